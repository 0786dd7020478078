"""Findings flag; they never alter a value."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.directive import Alternative, Directive, FieldValue
from models.text import PageText
from pipeline.check import check
from pipeline.check.numerals import roman
from pipeline.check.order import printed_page_number
from pipeline.settings import CheckSettings
from tests.extract.builders import PLAN, SHARED, ocr_page, read, read_pages, text_pages


def checked(text: str) -> Directive:
    return check(read(text), text_pages(text), CheckSettings())


def codes(directive: Directive) -> set[str]:
    return {finding.code for finding in directive.findings}


def test_a_sound_document_has_no_warning() -> None:
    directive = checked(PLAN)
    assert [f for f in directive.findings if f.severity != "info"] == []
    assert directive.review.reasons == ()
    assert "sum.agrees" in codes(directive)


def test_values_stay_as_they_are() -> None:
    before = read(PLAN)
    after = check(before, text_pages(PLAN), CheckSettings())
    assert after.model_copy(update={"findings": (), "review": before.review}) == before
    assert check(after, text_pages(PLAN), CheckSettings()) == after


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("ngày 05 tháng 3 năm 2022", "ngày 05 tháng 3 năm 2021", "date.before_citation"),
        ("ngày 15/12/2022", "ngày 15/12/2021", "deadline.before_date"),
        ("giai đoạn 2 là 20", "giai đoạn 2 là 25", "sum.contradicts"),
        ("II. TỔ CHỨC", "IV. TỔ CHỨC", "section.missing"),
        ("năm 2022\n", "năm 1935\n", "date.year_out_of_range"),
        ("Số: 34 /KH-LĐLĐ", "", "header.number_missing"),
        ("TM. BAN THƯỜNG VỤ\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n\nLê Thị Hồng Thắm", "",
         "signature.missing"),
        ("báo cáo kết quả", "báo cáo kết quả qua abc@example.org", "pii.email"),
        ("báo cáo kết quả", "báo cáo kết quả (0912 345 678)", "pii.phone"),
        ("- 100% Công đoàn cơ sở xây", "Đã có 8.818/1.527 đạt 577%.\n- 100% Công đoàn cơ sở xây",
         "ratio.agrees"),
        ("- 100% Công đoàn cơ sở xây", "Đã có 8.818/1.527 đạt 57%.\n- 100% Công đoàn cơ sở xây",
         "ratio.contradicts"),
    ],
)  # fmt: skip
def test_what_a_clerk_would_note(old: str, new: str, code: str) -> None:
    assert old in PLAN
    directive = checked(PLAN.replace(old, new))
    assert code in codes(directive)
    finding = next(f for f in directive.findings if f.code == code)
    assert finding.message
    assert finding.evidence
    if finding.severity != "info":
        assert f"finding: {code}" in directive.review.reasons


def test_empty_text_is_a_finding() -> None:
    directive = checked(" \n \n")
    assert codes(directive) == {"text.empty"}
    assert directive.findings[0].severity == "error"


def test_pages_out_of_order_get_a_proposed_order() -> None:
    pages = [
        ocr_page(("body", "một hai ba\nbốn năm"), page=1),
        ocr_page(("page_number", "4"), ("body", "a\nb"), page=2),
        ocr_page(("page_number", "3"), ("body", "c\nd"), page=3),
    ]
    directive = check(read_pages(*pages), pages, CheckSettings())
    found = next(f for f in directive.findings if f.code == "page.out_of_order")
    assert "the order is 1, 3, 2" in found.message


def test_unsure_pages_are_named() -> None:
    page = ocr_page(("body", "một hai ba bốn năm " * 5), confidence=0.4)
    assert "ocr.low_confidence" in codes(check(read_pages(page), [page], CheckSettings()))


def test_a_hand_written_day_is_a_reason_for_review() -> None:
    page = ocr_page(
        ("header_left", "ỦY BAN NHÂN DÂN\nTỈNH QUẢNG NGÃI\nSố: 01 /CT-UBND"),
        ("header_right", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nQuảng Ngãi, ngày 4 tháng 1 năm 2021"),
    )
    reasons = check(read_pages(page), [page], CheckSettings()).review.reasons
    assert "issued: day may be handwritten" in reasons
    assert "number: may be handwritten" in reasons
    assert list(reasons) == sorted(reasons)


def test_what_witnesses_say_of_a_number_is_named_in_the_reason() -> None:
    wording = "not enough witnesses agree on 51 (file name), not 57 (reading)"
    disagreeing = FieldValue(
        value="51",
        status="review",
        rule="fusion.serial.filename",
        alternatives=(Alternative(value="57", confidence=0.2, origin="ocr"),),
    )
    open_day = FieldValue(
        status="unreadable",
        rule="fusion.date.none",
        alternatives=(
            Alternative(value="2023-09-14", confidence=0.3, origin="digital_signature"),
            Alternative(value="2023-09-04", confidence=0.2, origin="ocr"),
        ),
    )
    directive = read(PLAN).model_copy(update={"number": disagreeing, "issued": open_day})
    reasons = check(directive, text_pages(PLAN), CheckSettings()).review.reasons
    assert f"number: {wording}" in reasons
    seen = "2023-09-14 (time of signing), 2023-09-04 (reading)"
    assert f"issued: unreadable; candidates {seen}" in reasons


@pytest.mark.parametrize(
    ("text", "value"), [("IV", 4), ("IX", 9), ("VI", 6), ("IIII", None), ("IVX", None)]
)
def test_roman_numerals(text: str, value: int | None) -> None:
    assert roman(text) == value


def test_a_number_alone_on_a_page_edge_is_its_number() -> None:
    assert printed_page_number(text_pages("2\nmột hai ba")[0]) == 2
    assert printed_page_number(text_pages("một 2 ba")[0]) is None


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PLAN.split("\n"))).map("\n".join)))
def test_any_text_can_be_checked(text: str) -> None:
    pages: list[PageText] = text_pages(text)
    once = check(read(text), pages, CheckSettings())
    assert check(once, pages, CheckSettings()) == once


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="no reference material")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("000", {"ratio.agrees"}),
        ("001", {"ratio.agrees", "header.missing"}),
        ("002", {"sum.agrees", "header.missing"}),
        ("003", {"pii.email", "signature.missing", "text.truncated"}),
        ("004", {"date.before_citation", "section.out_of_order", "section.missing",
                 "list.share_missing"}),
    ],
)  # fmt: skip
def test_findings_of_the_seeds(name: str, expected: set[str]) -> None:
    text = next((SHARED / "seeds").glob(f"{name}_*.txt")).read_text()
    assert expected <= codes(checked(text))
