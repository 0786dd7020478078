"""Claims about figures, and figures that claim nothing."""

from __future__ import annotations

import pytest

from models.directive import Target
from tests.extract.builders import PLAN, read

_OWN = (
    "- 100% Công đoàn cơ sở xây dựng kế hoạch.\n"
    "- Giao chỉ tiêu là 30 sáng kiến, trong đó: giai đoạn 1 đến "
    "hết ngày 30/6/2022 là 10 sáng kiến, giai đoạn 2 là 20 sáng kiến.\n"
)


def targets(sentence: str) -> tuple[Target, ...]:
    assert _OWN in PLAN
    return read(PLAN.replace(_OWN, sentence + "\n")).targets


@pytest.mark.parametrize(
    ("sentence", "kind", "value", "comparator", "unit"),
    [
        ("Chỉ tiêu 5.091 sáng kiến.", "quota", 5091, "=", "sáng kiến"),
        ("Phấn đấu kết nạp mới 1.200 đoàn viên.", "quota", 1200, "=", "đoàn viên"),
        ("Phấn đấu thành lập ít nhất 15 CĐCS.", "quota", 15, ">=", "CĐCS"),
        ("Vận động ủng hộ tối thiểu 500 triệu đồng.", "quota", 500, ">=", "triệu đồng"),
        ("100% CĐCS xây dựng kế hoạch.", "coverage", 100, "=", "%"),
        ("Từ 80% trở lên công đoàn cơ sở hoàn thành nhiệm vụ.", "coverage", 80, ">=", "%"),
        ("Trên 90% đoàn viên được tuyên truyền.", "coverage", 90, ">", "%"),
        ("Tỷ lệ doanh nghiệp ký thỏa ước đạt ít nhất 75%.", "coverage", 75, ">=", "%"),
        ("Mỗi CĐCS có ít nhất 02 sáng kiến trở lên.", "per_unit", 2, ">=", "sáng kiến"),
        ("Đến nay đã có 2.660 sáng kiến tham gia.", "result", 2660, "=", "sáng kiến"),
        ("Đến nay đã kết nạp được 350 đoàn viên.", "result", 350, "=", "đoàn viên"),
        ("Kết quả đạt 52,2% chỉ tiêu.", "result", 52.2, "=", "%"),
        ("Số sáng kiến là 8.818/1.527 đạt 577%.", "result", 577, "=", "%"),
        ("Đến nay 96% đoàn viên đã tham gia.", "result", 96, "=", "%"),
        ("Phấn đấu tăng 10% so với cùng kỳ năm 2021.", "quota", 10, "=", "%"),
        ("Phấn đấu hoàn thành vượt chỉ tiêu được giao.", "aspiration", None, ">", None),
    ],
)
def test_what_is_claimed(
    sentence: str, kind: str, value: float | None, comparator: str, unit: str | None
) -> None:
    found = [(t.kind, t.value, t.comparator, t.unit) for t in targets(sentence)]
    assert found == [(kind, value, comparator, unit)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Chương trình “01 triệu sáng kiến - nỗ lực vượt khó”.",
        "Thực hiện nguyên tắc 5K, “3 tại chỗ”, “Siêu thị 0 đồng”.",
        "Chiến dịch 40 ngày; khoản 2 Điều 5; ngày 15/12/2022.",
        "Mức thu bằng 50% giá trị xây dựng mới của nhà ở.",
        "Cấp phó không quá 03 người.",
        "Thuế suất 10% đối với cơ sở kinh doanh.",
    ],
)
def test_what_is_no_target(sentence: str) -> None:
    assert targets(sentence) == ()


def test_who_is_meant_ends_before_what_they_do() -> None:
    texts = {
        "100% công đoàn cơ sở tổ chức hội nghị.": "công đoàn cơ sở",
        "100% cơ quan, tổ chức sử dụng phần mềm.": "cơ quan, tổ chức",
        "80% tổ chức công đoàn có kế hoạch.": "tổ chức công đoàn",
        "95% đoàn viên, người lao động được phổ biến.": "đoàn viên, người lao động",
    }
    for sentence, population in texts.items():
        assert [t.population for t in targets(sentence)] == [population]


def test_a_quota_is_broken_down_in_the_list_below() -> None:
    found = targets(
        "Giao chỉ tiêu 100 sáng kiến, trong đó:\n- Công đoàn ngành Y tế: 40 sáng kiến;\n"
        "- Công đoàn ngành Giáo dục: 60 sáng kiến."
    )
    assert [(t.value, t.breakdown_of) for t in found] == [(100, None), (40, 0), (60, 0)]
    assert found[1].population == "Công đoàn ngành Y tế"


def test_the_period_of_a_claim() -> None:
    assert targets("Đến năm 2025, có ít nhất 30 mô hình.")[0].period == "../2025"
    assert targets("Nhiệm kỳ 2023 - 2028 phấn đấu kết nạp 900 đoàn viên.")[0].period == "2023/2028"
    assert targets("Tính đến ngày 25/02/2022 đã có 12 sáng kiến.")[0].period == "2022-02-25"
