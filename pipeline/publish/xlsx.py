"""XLSX: the tables of :mod:`pipeline.publish.tables`, one sheet each, for people.

Values that wait for a person are on yellow, those that could not be read on red; their columns of
status stand at the right end of the sheet, empty for what is absent. Full days are dates, other
EDTF stays text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import BinaryIO, Final, Literal

from models.cells import Cell
from models.directive import Directive
from pipeline.publish.tables import TABLES, Column, Table
from pipeline.publish.workbook import (
    HEADER,
    MAX_ROWS,
    PLAIN,
    Book,
    Look,
    Sheet,
    Value,
    fits_date,
)

Language = Literal["vi", "en"]

_DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
REVIEW: Final = Look(fill="FFF2CC", italic=True)
UNREADABLE: Final = Look(fill="F8CBAD")
_LOOKS: Final = {"review": REVIEW, "unreadable": UNREADABLE}

_TITLE: Final = {"vi": "Văn bản chỉ đạo", "en": "Directives"}
_LEGEND: Final[dict[Language, tuple[str, tuple[tuple[str, Look], ...]]]] = {
    "vi": (
        "Chú giải",
        (
            ("Nền vàng: giá trị đề xuất, chờ người kiểm tra (trạng thái review).", REVIEW),
            ("Nền đỏ: có chữ nhưng không đọc được (unreadable); giá trị để trống.", UNREADABLE),
            ("Trạng thái accepted: đủ căn cứ; để trống: văn bản không có.", PLAIN),
            ("Ngày đầy đủ là ô ngày tháng; ngày chưa đủ ghi theo EDTF (ví dụ 2022-07).", PLAIN),
            ("[e-mail], [phone], …: dữ liệu cá nhân đã được che.", PLAIN),
            ("… [+123]: ô không chứa hết, còn 123 ký tự; bản đầy đủ ở định dạng jsonl.", PLAIN),
        ),
    ),
    "en": (
        "Legend",
        (
            ("On yellow: a value is proposed, a person must look (status review).", REVIEW),
            ("On red: something stands there and cannot be read; no value.", UNREADABLE),
            ("Status accepted: evidence suffices; empty: the document does not have it.", PLAIN),
            ("Full days are dates; other dates are EDTF (2022-07).", PLAIN),
            ("[e-mail], [phone], …: personal data that was masked.", PLAIN),
            ("… [+123]: 123 characters more than a cell holds; whole in the format jsonl.", PLAIN),
        ),
    ),
}


def write_xlsx(
    directives: Iterable[Directive],
    out: BinaryIO,
    *,
    language: Language = "vi",
    max_rows: int = MAX_ROWS,
) -> int:
    """Write a workbook; how many directives. ``language`` is that of sheets and headers.

    :param max_rows: rows of a sheet with its header; a table with more goes on in another sheet
    """
    with Book(_TITLE[language]) as book:
        sheets = [_TableSheet(book, table, language, max_rows) for table in TABLES]
        count = 0
        for directive in directives:
            for sheet in sheets:
                sheet.add(directive)
            count += 1
        for sheet in sheets:
            sheet.end()
        _write_legend(book, language)
        book.save(out)
    return count


class _TableSheet:
    """A table as a sheet: values first, columns of status at the end."""

    def __init__(self, book: Book, table: Table, language: Language, max_rows: int) -> None:
        self._table = table
        columns = table.columns
        #: Where each column of the sheet is in the table.
        self._order = sorted(range(len(columns)), key=lambda i: bool(columns[i].status_of))
        names = [column.name for column in columns]
        self._status: list[int | None] = [_status_column(column, table) for column in columns]
        self._columns = columns
        shown = [columns[i] for i in self._order]
        frozen_at = "C2" if "position" in names else "B2"
        self._sheet = Sheet(
            book,
            getattr(table, language),
            [column.width for column in shown],
            head=[[(getattr(column, language), HEADER) for column in shown]],
            frozen=frozen_at,
            filtered=True,
            repeated=(1, 1),
            max_rows=max_rows,
        )

    def add(self, directive: Directive) -> None:
        for row in self._table.rows(directive):
            self._sheet.append(
                [(_value(row[i], self._columns[i]), self._look(row, i)) for i in self._order]
            )

    def _look(self, row: Sequence[Cell], index: int) -> Look:
        status = self._status[index]
        return PLAIN if status is None else _LOOKS.get(str(row[status]), PLAIN)

    def end(self) -> None:
        self._sheet.end()


def _status_column(column: Column, table: Table) -> int | None:
    """Where the status of ``column`` is."""
    for index, other in enumerate(table.columns):
        if other.status_of == column.name:
            return index
    return None


def _value(cell: Cell, column: Column) -> Value:
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, str) and column.kind == "date":
        return full_day(cell) or cell
    # Most fields of most documents are absent: an empty cell says so without the noise.
    return None if column.status_of and cell == "absent" else cell


def full_day(edtf: str) -> date | None:
    """The date that ``edtf`` is, where it is one full day that a workbook can hold."""
    match = _DAY.fullmatch(edtf)
    if match is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return day if fits_date(day) else None


def _write_legend(book: Book, language: Language) -> None:
    title, lines = _LEGEND[language]
    sheet = Sheet(book, title, [100])
    for line in lines:
        sheet.append([line])
    sheet.end()
