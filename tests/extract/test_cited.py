"""Numbers as offices write and engines read them; documents without a number; bodies in full."""

from __future__ import annotations

import pytest

from models.codes import is_listed, nearest_type, unglue
from models.directive import Citation, Directive
from tests.extract.builders import ocr_page, read, read_pages

HEAD = """LIÊN ĐOÀN LAO ĐỘNG TỈNH LÂM ĐỒNG
LIÊN ĐOÀN LAO ĐỘNG HUYỆN ĐỨC TRỌNG

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số: 34/LĐLĐ
V/v góp ý dự thảo

Đức Trọng, ngày 05 tháng 3 năm 2022

Kính gửi: Công đoàn cơ sở trực thuộc.

"""


def cited(sentence: str) -> dict[str | None, Citation]:
    return {c.number.value: c for c in read(HEAD + sentence + "\n").citations}


def scanned(sentence: str) -> Directive:
    return read_pages(
        ocr_page(
            ("header_left", "ỦY BAN NHÂN DÂN\nTỈNH LÂM ĐỒNG\nSố: 34/UBND-NC"),
            ("header_right", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
             "Lâm Đồng, ngày 05 tháng 3 năm 2022"),
            ("body", sentence),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("Nghị định số 154/2020/NĐCP ngày 31/12/2020", "154/2020/NĐ-CP"),
        ("Nghị quyết số 76/NQ-HĐNĐ ngày 27/12/2021", "76/NQ-HĐND"),
        ("Nghị quyết số 58/NQ-HDND ngày 10/12/2021", "58/NQ-HĐND"),
        ("Tờ trình số 136/TTr-\nUBND ngày 04/12/2021", "136/TTr-UBND"),
    ],
)
def test_numbers_that_lost_a_mark_or_a_dash(printed: str, number: str) -> None:
    found = cited(f"Căn cứ {printed} của cơ quan có thẩm quyền;")
    assert number in found
    assert found[number].issued.value is not None


def test_a_letter_read_as_a_digit_is_put_back_for_review() -> None:
    found = {c.number.value: c for c in scanned(
        "Căn cứ đề xuất của Sở Tài chính tại Công văn số 286/5TC-HCSN ngày 04/02/2022;"
    ).citations}  # fmt: skip
    number = found["286/STC-HCSN"].number
    assert number.status == "review"
    assert "5TC" in (number.raw or "")
    assert found["286/STC-HCSN"].issuer.value == "Sở Tài chính"


def test_the_word_before_tells_a_lost_letter_of_the_type() -> None:
    found = {c.number.value: c for c in scanned(
        "Theo Tờ trình số 6326/TT-STNMT ngày 25/12/2021 của Sở Tài nguyên và Môi trường;"
    ).citations}  # fmt: skip
    assert found["6326/TTr-STNMT"].number.status == "review"
    assert found["6326/TTr-STNMT"].doc_type.value == "Tờ trình"


def test_a_text_is_not_corrected_by_the_word_before() -> None:
    assert "12/TT-BTC" in cited("Theo Tờ trình số 12/TT-BTC ngày 25/12/2021 của Bộ Tài chính;")


def test_numbers_in_a_list_and_a_date_for_both() -> None:
    found = cited(
        "Thực hiện Nghị định số 103/2021/NĐ-CP và số 104/2021/NĐ-CP cùng ngày 30/7/2021 của Chính "
        "phủ; Công văn số 79/LĐLĐ ngày 01/02/2022; số 657/LĐLĐ, cùng ngày."
    )
    assert found["103/2021/NĐ-CP"].issued.value == "2021-07-30"
    assert found["104/2021/NĐ-CP"].issued.value == "2021-07-30"
    assert found["657/LĐLĐ"].issued.value == "2022-02-01"


def unnumbered(sentence: str) -> list[tuple[str | None, str | None, str | None]]:
    return [
        (c.doc_type.value, c.title.value, c.issued.value)
        for c in read(HEAD + sentence + "\n").citations
        if c.number.value is None
    ]


def test_laws_are_cited_by_name_and_day() -> None:
    found = unnumbered(
        "Căn cứ Luật An toàn, vệ sinh lao động ngày 25/6/2015; Luật sửa đổi, bổ sung một số điều "
        "của Luật Tổ chức Chính phủ ngày 22/11/2019; Bộ luật Lao động năm 2019;"
    )
    assert found == [
        ("Luật", "An toàn, vệ sinh lao động", "2015-06-25"),
        ("Luật", "sửa đổi, bổ sung một số điều của Luật Tổ chức Chính phủ", "2019-11-22"),
        ("Bộ luật", "Lao động", "2019"),
    ]


def test_a_law_with_a_number_is_listed_once() -> None:
    citations = read(HEAD + "Căn cứ Luật Quy hoạch số 21/2017/QH14 ngày 24/11/2017;\n").citations
    assert [(c.number.value, c.doc_type.value) for c in citations] == [("21/2017/QH14", "Luật")]


def test_appeals_and_resolutions_of_congresses() -> None:
    found = unnumbered(
        "Hưởng ứng Lời kêu gọi ngày 29/7/2021 của Tổng Bí thư gửi đồng bào; thực hiện Nghị quyết "
        "Đại hội XII Công đoàn Việt Nam, Ban Thường vụ đề nghị các cấp."
    )
    assert [(kind, day) for kind, _, day in found] == [
        ("Lời kêu gọi", "2021-07-29"),
        ("Nghị quyết", None),
    ]
    assert found[1][1] == "Đại hội XII Công đoàn Việt Nam"


def test_the_own_province_and_district_are_named() -> None:
    found = cited(
        "Thực hiện Kế hoạch số 300/KH-LĐLĐ ngày 03/3/2022 của Ban Thường vụ Liên đoàn Lao động "
        "tỉnh về thi đua; Kế hoạch số 21/KH-UBND ngày 04/3/2022 của UBND huyện về thi đua."
    )
    province, district = found["300/KH-LĐLĐ"].issuer, found["21/KH-UBND"].issuer
    assert province.value == "Ban Thường vụ Liên đoàn Lao động tỉnh Lâm Đồng"
    assert district.value == "Ủy ban nhân dân huyện Đức Trọng"
    assert province.status == district.status == "review"
    assert "Lâm Đồng" not in (province.raw or "")


def test_codes() -> None:
    assert unglue("NĐCP") == "NĐ-CP"
    assert unglue("LĐLĐ") == "LĐLĐ"
    assert nearest_type("TT", "Tờ trình") == "TTr"
    assert nearest_type("QĐ", "Tờ trình") is None
    assert is_listed("KH-LĐLĐ")
    assert not is_listed("KH-XYZ")
