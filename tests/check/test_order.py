"""Numbering, and the order that torn sentences ask for."""

from __future__ import annotations

import pytest

from models.directive import Directive
from pipeline.check import check
from pipeline.check.numerals import heading_numeral, roman, to_roman
from pipeline.settings import CheckSettings
from tests.extract.builders import SHARED, ocr_page, read, read_pages, text_pages

_ONE = (
    "I. MỤC ĐÍCH\n\nCác cấp công đoàn tăng cường các biện pháp phòng, chống dịch với tinh thần an"
)
_TWO = (
    "toàn mới sản xuất, sản xuất phải an toàn.\n\nII. NHIỆM VỤ\n\n"
    "Các đơn vị chủ động phát hiện, kịp thời biểu dương các mô hình hay,"
)
_THREE = (
    "cách làm sáng tạo, hiệu quả trong công tác phòng, chống dịch.\n\nIII. TỔ CHỨC THỰC HIỆN\n\n"
    "Các cấp công đoàn căn cứ Kế hoạch này để triển khai thực hiện."
)


def findings(text: str) -> dict[str, str]:
    directive = check(read(text), text_pages(text), CheckSettings())
    return {f.code: f.message for f in directive.findings}


def test_torn_parts_are_put_in_the_only_order_that_joins_them() -> None:
    assert "text.order_proposed" not in findings("\n\n".join([_ONE, _TWO, _THREE]))
    torn = findings("\n\n".join([_ONE, _THREE, _TWO]))
    message = torn["text.order_proposed"]
    assert message.index("“toàn mới") < message.index("“cách làm")
    assert torn["section.out_of_order"] == "Section II stands after section III."


def test_where_a_part_is_missing_nothing_is_proposed() -> None:
    torn = findings("\n\n".join([_ONE, _THREE]))
    assert "text.order_proposed" not in torn


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I. MỤC ĐÍCH\n\nIII. NHIỆM VỤ", "section.missing"),
        ("I. MỤC ĐÍCH\n\nIII. NHIỆM VỤ\n\nII. YÊU CẦU", "section.out_of_order"),
        ("I. MỤC ĐÍCH\n\nII. NHIỆM VỤ\n\nII. YÊU CẦU", "section.number_twice"),
        ("Điều 1. Ban hành.\n\nĐiều 3. Hiệu lực.", "article.missing"),
        ("Điều 1. Ban hành.\n\nĐiều 2. Giao.\n\nĐiều 2. Hiệu lực.", "article.out_of_order"),
    ],
)
def test_numbers_that_do_not_follow(text: str, code: str) -> None:
    assert code in findings(text)


@pytest.mark.parametrize(
    "text",
    [
        "I. MỤC ĐÍCH\n\nII. NHIỆM VỤ\n\nPhụ lục\n\nI. BIỂU MẪU\n\nII. GHI CHÚ",
        "Điều 1. Sửa đổi:\n\n“Điều 5. Quy định khác.\n\nĐiều 9. Nội dung.”\n\nĐiều 2. Hiệu lực.",
    ],
)
def test_a_new_list_and_a_quoted_law_have_numbers_of_their_own(text: str) -> None:
    assert not {c for c in findings(text) if c.startswith(("section.", "article."))}


@pytest.mark.parametrize(
    "numerals", ["I. II. IV. IV. V.", "I. II. II. IV. V.", "I. II. III IV. V."]
)
def test_an_engines_numeral_is_no_missing_section(numerals: str) -> None:
    headings = ("MỤC ĐÍCH", "YÊU CẦU", "NHIỆM VỤ", "KINH PHÍ", "TỔ CHỨC")
    lines = [f"{n} {h}" for n, h in zip(numerals.split(), headings, strict=True)]
    page = ocr_page(("body", "\n".join(lines)))
    directive: Directive = check(read_pages(page), [page], CheckSettings())
    assert not {f.code for f in directive.findings if f.code.startswith("section.")}


@pytest.mark.parametrize(
    ("text", "value"),
    [("IV. NHIỆM VỤ", 4), ("HI. NHIỆM VỤ", 3), ("1I. MỤC TIÊU", 2),
     ("TT. Huế", None), ("1. Mục đích", None)],
)  # fmt: skip
def test_the_number_of_a_heading(text: str, value: int | None) -> None:
    assert heading_numeral(text) == value


def test_roman_numerals_there_and_back() -> None:
    assert [roman(to_roman(n)) for n in range(1, 50)] == list(range(1, 50))


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="no reference material")
def test_the_pages_of_seed_004_are_put_in_order() -> None:
    found = findings(next((SHARED / "seeds").glob("004_*.txt")).read_text())
    message = found["text.order_proposed"]
    assert message.index("an toàn”, thúc đẩy") < message.index("cách làm sáng tạo")
    assert "2021 would fit" in found["date.before_citation"]
    assert found["section.missing"] == "Section V is missing between IV and VI."
