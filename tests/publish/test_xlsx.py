"""The workbook: what people open holds texts as texts, numbers as numbers, days as days."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from lxml import etree

from models.directive import Directive, FieldValue, Target
from pipeline.publish.tables import TABLES
from pipeline.publish.workbook import MAX_CHARS, Book, fit_text
from pipeline.publish.xlsx import write_xlsx
from tests.archive.strategies import directive, full_directive
from tests.publish import crafted

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def bytes_of(*directives: Directive, **options: Any) -> bytes:
    out = io.BytesIO()
    assert write_xlsx(directives, out, **options) == len(directives)
    return out.getvalue()


def book_of(*directives: Directive, **options: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(bytes_of(*directives, **options)))


def cell_of(sheet: Any, title: str, row: int = 2) -> Any:
    (found,) = [cell for cell in sheet[1] if cell.value == title]
    return sheet.cell(row, found.column)


def test_one_sheet_a_table_with_vietnamese_or_english_headers() -> None:
    book = book_of(full_directive())
    assert book.sheetnames == [*(table.vi for table in TABLES), "Chú giải"]
    assert cell_of(book["Văn bản"], "Số, ký hiệu").value == "120/LĐLĐ"
    english = book_of(full_directive(), language="en")
    assert english.sheetnames == [*(table.en for table in TABLES), "Legend"]
    assert cell_of(english["Directives"], "Number").value == "120/LĐLĐ"


def test_headers_are_frozen_filtered_printed_on_every_page_and_styled() -> None:
    sheet = book_of(full_directive())["Văn bản"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, sheet.max_column).column_letter}2"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet["A1"].font.bold
    assert sheet["A2"].alignment.wrap_text
    assert sheet.column_dimensions["A"].width == 22


def test_full_days_are_dates_and_others_stay_as_written() -> None:
    days = [full_directive(), *(directive(d, issued=d) for d in ("2022-07", "1899-05-01"))]
    sheet = book_of(*days)["Văn bản"]
    cells = [cell_of(sheet, "Ngày ban hành", row) for row in (2, 3, 4)]
    assert cells[0].value == datetime(2022, 4, 25)
    assert cells[0].number_format == "dd/mm/yyyy"
    assert [cell.value for cell in cells[1:]] == ["2022-07", "1899-05-01"]


def test_numbers_are_numbers_and_long_ones_lose_no_digit() -> None:
    long = Target(kind="quota", text="x", value=12345678901234567890)
    sheet = book_of(full_directive(), directive("x", targets=(long,)))["Chỉ tiêu"]
    values = [cell_of(sheet, "Giá trị", row).value for row in (2, 3, 4)]
    assert values == [5091, 90.5, "12345678901234567890"]


def test_what_waits_for_a_person_is_seen() -> None:
    record = directive(
        "x",
        number=FieldValue(value="12/A", status="review"),
        issued=FieldValue(status="unreadable"),
    )
    sheet = book_of(record)["Văn bản"]
    assert cell_of(sheet, "Số, ký hiệu").fill.start_color.rgb == "00FFF2CC"
    unread = cell_of(sheet, "Ngày ban hành")
    assert (unread.value, unread.fill.start_color.rgb) == (None, "00F8CBAD")
    assert cell_of(sheet, "Ngày ban hành: trạng thái").value == "unreadable"


def test_no_cell_is_a_formula_an_error_or_a_link() -> None:
    data = bytes_of(*crafted.all_hostile())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                root = etree.fromstring(archive.read(name))
                assert not root.findall(f".//{MAIN}f"), name
                assert not root.findall(f".//{MAIN}hyperlink"), name
                kinds = {cell.get("t") for cell in root.iter(f"{MAIN}c")}
                assert kinds <= {"inlineStr", "n", None}, kinds
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and re.match(r"\s*[=+\-@＝＋－＠]", cell.value):
                    assert (cell.data_type, cell.quotePrefix) == ("s", True), cell.value


@pytest.mark.parametrize("text", [*crafted.FORMULAS, *crafted.HARMLESS])
def test_texts_are_not_changed_to_be_harmless(text: str) -> None:
    cell = cell_of(book_of(crafted.with_subject(text))["Văn bản"], "Trích yếu nội dung")
    assert cell.value == text.replace("\r", "\n")


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("a\x00b", "a␀b"),
        ("a\ud800b", "a\ufffdb"),
        ("a\u202eb\u200f", "ab"),
        ("_x0041_", "_x005F_x0041_"),
        ("#N/A", "#N/A"),
        ("<script>", "<script>"),
        (" x ", " x "),
    ],
)
def test_what_a_cell_cannot_hold_is_written_otherwise(text: str, held: str) -> None:
    assert fit_text(text) == held
    cell = cell_of(book_of(crafted.with_subject(text))["Văn bản"], "Trích yếu nội dung")
    assert (cell.value, cell.data_type) == (held, "s")


@pytest.mark.parametrize("letter", ["x", "đ", "𠀀", "_x0041_"])
def test_a_text_too_long_for_a_cell_is_cut_and_counted(letter: str) -> None:
    text = letter * 40_000
    held = fit_text(text)
    assert len(held.encode("utf-16-le")) // 2 <= MAX_CHARS
    assert re.search(r"… \[\+\d+\]$", held)
    assert fit_text("x" * MAX_CHARS) == "x" * MAX_CHARS


def test_a_table_with_more_rows_than_a_sheet_goes_on_in_the_next() -> None:
    book = book_of(*(full_directive(str(n)) for n in range(5)), max_rows=3)
    names = [name for name in book.sheetnames if name.startswith("Văn bản")]
    assert names == ["Văn bản", "Văn bản (2)", "Văn bản (3)"]
    ids = [row[0] for name in names for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert ids == [f"d-{n}" for n in range(5)]
    assert all(book[name]["A1"].value == "Mã văn bản" for name in names)
    assert book["Văn bản (3)"].auto_filter.ref.endswith("2")


def test_the_file_tells_no_time() -> None:
    data = bytes_of(full_directive())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+", core)) == {"2000-01-01T00:00:00"}


@pytest.mark.parametrize(
    "titles",
    [["a/b:c*?[d]\\", "A-b-c---d--", "'x'"], ["History", "history"], ["y" * 40, "Y" * 40, "", " "]],
)
def test_sheets_always_get_a_title_of_their_own_that_the_format_allows(titles: list[str]) -> None:
    with Book("x") as book:
        made = [book.new_sheet(title).title for title in titles]
        book.save(io.BytesIO())
    assert len({title.lower() for title in made}) == len(titles)
    for title in made:
        assert 1 <= len(title) <= 31
        assert not re.search(r"[\[\]:*?/\\]", title)
        assert title.lower() != "history"
