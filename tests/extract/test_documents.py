"""Whole documents of our own making: each part found, each value pointing home."""

from __future__ import annotations

import pytest

from models.directive import Directive, FieldValue
from tests.extract.builders import PLAN, ocr_page, read, read_pages


@pytest.fixture(scope="module")
def plan() -> Directive:
    return read(PLAN)


def test_the_header_of_a_plan(plan: Directive) -> None:
    assert plan.issuer.value == "Liên đoàn Lao động huyện Sông Mây"
    assert plan.parent_issuer.value == "Liên đoàn Lao động tỉnh Đồng Nai"
    assert (plan.number.value, plan.number.status) == ("34/KH-LĐLĐ", "accepted")
    assert plan.number.raw == "34 /KH-LĐLĐ"
    assert (plan.serial.value, plan.symbol.value) == ("34", "KH-LĐLĐ")
    assert plan.place.value == "Sông Mây"
    assert (plan.issued.value, plan.issued.status) == ("2022-03-05", "accepted")
    assert (plan.doc_type.value, plan.doc_type.status) == ("Kế hoạch", "accepted")
    assert plan.subject.value == (
        "Tổ chức phong trào thi đua “Mỗi người một việc tốt vì cộng đồng”"
    )


def test_the_end_of_a_plan(plan: Directive) -> None:
    assert [item.value for item in plan.copied_to] == [
        "Như trên",
        "Ban Tuyên giáo Huyện ủy",
        "Lưu: VT",
    ]
    assert plan.signer.name.value == "Lê Thị Hồng Thắm"
    assert plan.signer.authority.value == "TM. BAN THƯỜNG VỤ"
    assert plan.signer.position.value == "KT. CHỦ TỊCH / PHÓ CHỦ TỊCH"


def test_citations_of_a_plan(plan: Directive) -> None:
    found = [(c.number.value, c.doc_type.value, c.issued.value, c.relation) for c in plan.citations]
    assert found == [
        ("12/KH-LĐLĐ", "Kế hoạch", "2022-02-10", "based_on"),
        ("259-CV/HU", "Công văn", "2022-03-01", "based_on"),
    ]
    issuer = plan.citations[0].issuer
    assert issuer.value == "Ban Thường vụ Liên đoàn Lao động tỉnh Đồng Nai"
    assert issuer.raw == "Ban Thường vụ Liên đoàn Lao động tỉnh"
    assert issuer.rule.endswith(".own_place")


def test_targets_of_a_plan(plan: Directive) -> None:
    found = [(t.kind, t.value, t.comparator, t.unit, t.breakdown_of) for t in plan.targets]
    assert found == [
        ("coverage", 100, "=", "%", None),
        ("quota", 30, "=", "sáng kiến", None),
        ("quota", 10, "=", "sáng kiến", 1),
        ("quota", 20, "=", "sáng kiến", 1),
    ]


def test_deadlines_of_a_plan(plan: Directive) -> None:
    found = [(d.date, d.operator, d.recurrence) for d in plan.deadlines]
    assert ("2022-06-30", "by", None) in found
    assert ("2022-12-15", "before", None) in found
    assert (None, "before", "FREQ=MONTHLY;BYMONTHDAY=20") in found
    assert plan.campaign is not None
    assert plan.campaign.id == "moi-nguoi-mot-viec-tot-vi-cong-dong"


def _fields(directive: Directive) -> list[FieldValue]:
    return [value for _, value in directive if isinstance(value, FieldValue)]


def test_every_value_points_home(plan: Directive) -> None:
    for field in _fields(plan):
        if field.value is not None:
            assert field.evidence
            assert field.raw
            assert field.rule
            assert field.evidence[0].page == 1
            assert field.evidence[0].origin == "text"


@pytest.mark.parametrize(
    ("line", "value", "status"),
    [
        ("Số: 120/LĐLĐ", "120/LĐLĐ", "accepted"),
        ("Số:      /HDBX-CĐ", None, "unreadable"),
        ("Số: 4?8/LĐLĐ", None, "unreadable"),
        ("s6:48%  1PLD", None, "unreadable"),
        ("Số 12-NQ/ĐU", "12-NQ/ĐU", "accepted"),
    ],
)
def test_the_number_is_accepted_or_honestly_open(line: str, value: str | None, status: str) -> None:
    directive = read(f"{line}\n\nCà Mau, ngày 25 tháng 4 năm 2022\n\nKính gửi: Các ban.\n")
    assert (directive.number.value, directive.number.status) == (value, status)


@pytest.mark.parametrize(
    ("line", "value", "status"),
    [
        ("Cà Mau, ngày 25 tháng 4 năm 2022", "2022-04-25", "accepted"),
        ("Cà Mau, ngày     tháng 4 năm 2022", "2022-04", "review"),
        ("Ct Maw, npdy OB thing 7 néim 2022", "2022-07", "review"),
        ("Cà Mau, ngày 25 tháng    năm 2022", None, "unreadable"),
        ("Cà Mau, ngày 31 tháng 4 năm 2022", "2022-04", "review"),
    ],
)
def test_the_date_is_accepted_or_honestly_open(line: str, value: str | None, status: str) -> None:
    directive = read(f"Số: 120/LĐLĐ\n\n{line}\n\nKính gửi: Các ban.\n")
    assert (directive.issued.value, directive.issued.status) == (value, status)


def test_columns_run_together_on_one_line_are_cut() -> None:
    directive = read(
        "LIÊN ĐOÀN LAO ĐỘNG TỈNH CÀ MAU CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "CÔNG ĐOÀN NGÀNH Y TẾ Độc lập - Tự do - Hạnh phúc\n"
        "Số: 48/CĐN Cà Mau, ngày 08 tháng 7 năm 2022\n\nKính gửi: Các ban.\n"
    )
    assert directive.issuer.value == "Công đoàn ngành Y tế"
    assert directive.parent_issuer.value == "Liên đoàn Lao động tỉnh Cà Mau"
    assert directive.number.value == "48/CĐN"
    assert (directive.place.value, directive.issued.value) == ("Cà Mau", "2022-07-08")
    assert directive.doc_type.value == "Công văn"


def _scan(number: str, confidence: float) -> Directive:
    return read_pages(
        ocr_page(
            ("header_left", f"ỦY BAN NHÂN DÂN\nTỈNH QUẢNG NGÃI\n{number}"),
            (
                "header_right",
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
                "Quảng Ngãi, ngày 05 tháng 3 năm 2021",
            ),
            ("body", "CHỈ THỊ\nVề việc triển khai hóa đơn điện tử"),
            ("body", "Thực hiện Nghị định số 123/2020/NĐ-CP ngày 19/10/2020 của Chính phủ."),
            ("recipients", "Nơi nhận:\n- Như trên;\n- Lưu: VT."),
            ("signature", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nTrần Văn Mẫu"),
            confidence=confidence,
        )
    )


@pytest.mark.parametrize("confidence", [0.3, 0.7, 0.96, 1.0])
def test_serial_and_day_on_a_scan_are_never_accepted(confidence: float) -> None:
    directive = _scan("Số: 01 /CT-UBND", confidence)
    assert directive.number.status in {"review", "unreadable"}
    assert directive.serial.status in {"review", "unreadable"}
    assert directive.issued.status == "review"
    assert directive.issued.value is not None
    assert directive.issued.value.startswith("2021-03")


def test_a_well_read_scan_has_its_printed_parts_accepted() -> None:
    directive = _scan("Số: 01 /CT-UBND", 0.98)
    assert directive.issuer.value == "Ủy ban nhân dân tỉnh Quảng Ngãi"
    assert directive.issuer.status == "accepted"
    assert directive.issuer.raw == "ỦY BAN NHÂN DÂN\nTỈNH QUẢNG NGÃI"
    assert directive.issuer.evidence[0].bbox is not None
    assert (directive.symbol.value, directive.symbol.status) == ("CT-UBND", "accepted")
    assert (directive.doc_type.value, directive.doc_type.status) == ("Chỉ thị", "accepted")
    assert directive.subject.value == "triển khai hóa đơn điện tử"
    assert directive.subject.status == "review"
    assert directive.signer.name.value == "Trần Văn Mẫu"
    assert directive.citations[0].issued.value == "2020-10-19"


def test_confidence_rises_with_that_of_the_words() -> None:
    seen = [_scan("Số: 01 /CT-UBND", c).issuer.confidence for c in (0.2, 0.5, 0.8, 0.99)]
    assert seen == sorted(seen)


def test_a_type_code_that_contradicts_the_type_line_goes_to_review() -> None:
    directive = read(PLAN.replace("34 /KH-LĐLĐ", "34/QĐ-LĐLĐ"))
    assert (directive.doc_type.value, directive.doc_type.status) == ("Kế hoạch", "review")
    assert directive.doc_type.alternatives[0].value == "Quyết định"


def test_an_attached_draft_is_not_the_document() -> None:
    draft = PLAN.replace("34 /KH", "   /NQ").replace("2022", "2024").replace("Lê Thị", "Võ Thị")
    directive = read(f"{PLAN}\f{draft}")
    assert directive.number.value == "34/KH-LĐLĐ"
    assert directive.signer.name.value == "Lê Thị Hồng Thắm"
    assert len(directive.citations) == 2
    assert not any((d.date or "").startswith("2024") for d in directive.deadlines)


def test_the_campaign_has_one_id_in_all_spellings() -> None:
    for name in (
        "“01 triệu sáng kiến - nỗ lực vượt khó, sáng tạo”",
        "“01 triệu sáng kiến, nỗ lực”",
        "01triệu sáng kiến",
        "“01 trigu séng klen”",
    ):
        directive = read(f"Số: 1/LĐLĐ\n\nKính gửi: Các ban.\n\nThực hiện Chương trình {name}.\n")
        assert directive.campaign is not None, name
        assert directive.campaign.id == "01-trieu-sang-kien"
        assert not directive.targets


def test_nothing_in_nothing_out() -> None:
    directive = read("")
    assert directive.id.startswith("vt-")
    assert len(directive.id) == 19
    assert directive.number.status == "absent"
    assert directive.source.path == ""


@pytest.mark.parametrize(
    ("shift", "ends"), [(0.03, "hóa đơn điện tử"), (0.0, "thời gian qua, việc triển khai")]
)
def test_white_ends_a_subject_even_before_small_letters(shift: float, ends: str) -> None:
    head = ocr_page(
        ("header_left", "ỦY BAN NHÂN DÂN\nTỈNH QUẢNG NGÃI\nSố: 01 /CT-UBND"),
        ("header_right", "Quảng Ngãi, ngày 05 tháng 3 năm 2021"),
        ("body", "CHỈ THỊ\nVề việc triển khai hóa đơn điện tử\nthời gian qua, việc triển khai"),
    )
    *before, body = head.blocks
    last = body.lines[-1]
    words = tuple(
        word.model_copy(update={"bbox": (box[0], box[1] + shift, box[2], box[3] + shift)})
        for word in last.words
        if (box := word.bbox) is not None
    )
    lines = (*body.lines[:-1], last.model_copy(update={"words": words}))
    page = head.model_copy(update={"blocks": (*before, body.model_copy(update={"lines": lines}))})
    directive = read_pages(page)
    assert (directive.subject.value or "").endswith(ends)


JOINT = """LIÊN ĐOÀN LAO ĐỘNG TỈNH CÀ MAU
SỞ NỘI VỤ TỈNH CÀ MAU

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số: 15/LĐLĐ - 27/SNV

Cà Mau, ngày 05 tháng 3 năm 2022

KẾ HOẠCH LIÊN TỊCH
Về phối hợp chăm lo đời sống người lao động

Căn cứ Thông tư liên tịch số 01/2020/TTLT-BYT-BTC ngày 02 tháng 01 năm 2020; thực hiện Kế hoạch
liên tịch số 08/LĐLĐ - 11/SNV ngày 10/02/2021 của Liên đoàn Lao động tỉnh và Sở Nội vụ, hai cơ
quan thống nhất phối hợp thực hiện các nội dung sau đây trong năm 2022 và những năm tiếp theo.
"""


def test_a_joint_document_bears_both_numbers_and_both_offices() -> None:
    found = read(JOINT)
    assert found.number.value == "15/LĐLĐ-27/SNV"
    assert found.serial.value == "15"
    assert found.symbol.value == "LĐLĐ-27/SNV"
    assert found.doc_type.value == "Kế hoạch liên tịch"
    assert found.issuer.value == "Liên đoàn Lao động tỉnh Cà Mau; Sở Nội vụ tỉnh Cà Mau"
    assert found.issuer.status == "review"
    assert found.parent_issuer.value is None


def test_a_joint_number_is_cited_as_one_document() -> None:
    cited = {c.number.value: c for c in read(JOINT).citations}
    assert set(cited) == {"01/2020/TTLT-BYT-BTC", "08/LĐLĐ-11/SNV"}
    assert cited["01/2020/TTLT-BYT-BTC"].doc_type.value == "Thông tư liên tịch"
    assert cited["01/2020/TTLT-BYT-BTC"].issuer.value == "Bộ Y tế; Bộ Tài chính"
    assert cited["08/LĐLĐ-11/SNV"].issued.value == "2021-02-10"


def test_a_read_joint_number_is_never_accepted_for_its_second_serial_may_be_handwritten() -> None:
    head, _, rest = JOINT.partition("KẾ HOẠCH LIÊN TỊCH")
    found = read_pages(ocr_page(("header_left", head), ("body", "KẾ HOẠCH LIÊN TỊCH" + rest)))
    assert found.number.status != "accepted"
    assert found.symbol.status != "accepted"


PARTY_HEAD = ("header_right", "ĐẢNG CỘNG SẢN VIỆT NAM\nSông Mây, ngày 19 tháng 6 năm 2024")


@pytest.mark.parametrize(
    ("read_as", "symbol", "candidates"),
    [
        ("é4Š -cv/HU", "CV/HU", {"4-CV/HU"}),
        ("64 -nq/HU", "NQ/HU", {"64-NQ/HU"}),
        ("64 -xy/HU", "HU", {"64/HU"}),  # no type of document
        ("é4Š -CV/HU", "CV/HU", {"4-CV/HU"}),
    ],
)
def test_a_party_symbol_in_small_letters_keeps_its_type_and_waits_for_a_person(
    read_as: str, symbol: str, candidates: set[str]
) -> None:
    left = f"HUYỆN ỦY SÔNG MÂY\n*\nSố {read_as}\nVề việc tổ chức hội thi"
    made = read_pages(ocr_page(("header_left", left), PARTY_HEAD, ("body", "Kính gửi: Các chi bộ")))
    assert made.symbol.value == symbol
    assert made.number.status == "unreadable"
    assert {one.value for one in made.number.alternatives} <= candidates | {"648-CV/HU"}
    if read_as[-5].islower():
        assert made.symbol.status == "review"
