"""A workbook (Office Open XML, ISO/IEC 29500) written row by row, the same bytes for the same rows.

Every text is written as a text, never as a formula, an error value or a number, and keeps being one
when a person edits the cell (``quotePrefix``). Rows go to a temporary file at once, so memory stays
flat. Nothing tells when or where the file was made.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from models.cells import plain

#: Limits of the format (ECMA-376, and Excel's own).
MAX_ROWS: Final = 1_048_576
MAX_CHARS: Final = 32_767
_MAX_TITLE: Final = 31
#: The first day on which all programs agree; Excel's calendar has a 29 February 1900.
_FIRST_DAY: Final = date(1900, 3, 1)
#: What the file says it was made, whenever that was.
_MADE: Final = datetime(2000, 1, 1)
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
#: They only change the direction of what is shown, which is a way to deceive.
_BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
#: What a text must have for any of it to be written otherwise; most have nothing.
_ODD: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f_\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufdd0-\ufdef\ufffe\uffff]"
)
_FORMULA_LIKE: Final = re.compile(r"\s*[=+\-@＝＋－＠]")
_BAD_TITLE: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to a sheet of the same workbook."""

    text: str
    sheet: str


Value = str | int | float | date | Link | None


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks: ``fill`` and ``colour`` in RGB, ``align`` in the words of the format."""

    bold: bool = False
    italic: bool = False
    size: float = 11
    fill: str = ""
    colour: str = ""
    align: str = ""
    wrap: bool = True
    border: bool = False
    link: bool = False


PLAIN: Final = Look()
HEADER: Final = Look(bold=True, fill="1F4E78", colour="FFFFFF", align="center", border=True)


def fit_text(text: str) -> str:
    """``text`` as a cell can hold it; what is over 32,767 UTF-16 units is cut and counted."""
    if len(text) <= MAX_CHARS // 2 and not _ODD.search(text):
        return text
    text = _BIDI.sub("", plain(text)).replace("\r\n", "\n").replace("\r", "\n")
    escaped = _ESCAPE.sub("_x005F_", text)
    if _units(escaped) <= MAX_CHARS:
        return escaped
    mark = f"… [+{len(text)}]"
    kept = escaped.encode("utf-16-le")[: 2 * (MAX_CHARS - _units(mark))]
    whole = kept.decode("utf-16-le", "ignore")
    return whole + f"… [+{max(1, len(escaped) - len(whole))}]"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _quoted(title: str) -> str:
    """A sheet's title inside quotes of a reference."""
    return title.replace("'", "''")


def fits_date(day: date) -> bool:
    """Whether the format's calendar has the day."""
    return day >= _FIRST_DAY


class Sheet:
    """A sheet that takes rows; when it is full, the next one of the same form is begun.

    ``head`` are its first rows, ``frozen`` the first cell that scrolls, ``repeated`` the rows that
    are printed on every page. ``filtered``: the last row of the head has buttons of a filter.
    """

    def __init__(
        self,
        book: Book,
        title: str,
        widths: Sequence[int],
        *,
        head: Sequence[Sequence[tuple[Value, Look]]] = (),
        frozen: str = "",
        filtered: bool = False,
        repeated: tuple[int, int] | None = None,
        max_rows: int = MAX_ROWS,
    ) -> None:
        self._book = book
        self._title = title
        self._widths = widths
        self._head = head
        self._frozen = frozen
        self._filtered = filtered
        self._repeated = repeated
        self._max_rows = max_rows
        self._count = 0
        self.rows = 0
        self._begin()

    def _begin(self) -> None:
        self._count += 1
        title = self._title if self._count == 1 else f"{self._title} ({self._count})"
        self._sheet = sheet = self._book.new_sheet(title)
        self.title = sheet.title
        for index, width in enumerate(self._widths, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        if self._frozen:
            sheet.freeze_panes = self._frozen
        self._set_up_printing(sheet)
        self.rows = 0
        for row in self._head:
            self._append(row)

    def _set_up_printing(self, sheet: Any) -> None:
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.oddFooter.center.text = "&P/&N"
        if self._repeated is not None:
            sheet.print_title_rows = "{}:{}".format(*self._repeated)

    def append(self, row: Sequence[tuple[Value, Look]]) -> None:
        """Add a row of values with their looks."""
        if self.rows >= self._max_rows:
            self.end()
            self._begin()
        self._append(row)

    def _append(self, row: Sequence[tuple[Value, Look]]) -> None:
        self._sheet.append(
            [
                None
                if value is None and look is PLAIN
                else self._book.cell(self._sheet, value, look)
                for value, look in row
            ]
        )
        self.rows += 1

    def end(self) -> None:
        """Write what stands behind the rows; no row can follow."""
        if self._filtered and self.rows:
            last = get_column_letter(len(self._widths))
            head = len(self._head)
            self._sheet.auto_filter.ref = f"A{head}:{last}{max(self.rows, head)}"
        self._sheet.close()


class Book:
    """A workbook; leave the ``with`` block after :meth:`save`, for its temporary files."""

    def __init__(self, title: str) -> None:
        self._workbook = Workbook(write_only=True)
        properties = self._workbook.properties
        properties.creator, properties.title = "vanthu", fit_text(title)
        properties.created = properties.modified = _MADE
        self._styles: dict[tuple[Look, str, bool], Any] = {}
        self._titles: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for sheet in self._workbook.worksheets:
            if sheet._writer is not None:
                Path(sheet._writer.out).unlink(missing_ok=True)

    def new_sheet(self, title: str) -> Any:
        """A sheet of openpyxl under ``title``, or as near to it as the format allows."""
        wanted = _BAD_TITLE.sub("-", plain(title)).strip("' ")[:_MAX_TITLE] or "Sheet"
        free, count = wanted, 1
        while free.lower() in self._titles or free.lower() == "history":
            count += 1
            suffix = f" ({count})"
            free = wanted[: _MAX_TITLE - len(suffix)] + suffix
        self._titles.add(free.lower())
        return self._workbook.create_sheet(free)

    def cell(self, sheet: Any, value: Value, look: Look) -> Any:
        """A cell whose type is that of ``value``, whatever its text looks like."""
        cell = WriteOnlyCell(sheet)
        kind, quoted = "", False
        if isinstance(value, str):
            text = fit_text(value)
            cell.value = text
            cell.data_type = "s"
            quoted = bool(_FORMULA_LIKE.match(text))
        elif isinstance(value, Link):
            cell.hyperlink = Hyperlink(ref="", location=f"'{_quoted(value.sheet)}'!A1")
            cell.value = fit_text(value.text)
            cell.data_type = "s"
            look = replace(look, link=True)
        elif isinstance(value, date):
            cell.value = value
            kind = "date"
        elif isinstance(value, int) and abs(value) > 10**15:
            # More digits than a number of the format has.
            cell.value = str(value)
            cell.data_type = "s"
        else:
            cell.value = value
        cell._style = self._style(sheet, look, kind, quoted)
        return cell

    def _style(self, sheet: Any, look: Look, kind: str, quoted: bool) -> Any:
        key = (look, kind, quoted)
        style = self._styles.get(key)
        if style is None:
            cell = WriteOnlyCell(sheet)
            colour = look.colour or ("0563C1" if look.link else None)
            cell.font = Font(
                name="Times New Roman", size=look.size, bold=look.bold, italic=look.italic,
                color=colour, underline="single" if look.link else None,
            )  # fmt: skip
            cell.alignment = Alignment(
                horizontal=look.align or None, vertical="top", wrap_text=look.wrap
            )
            if look.fill:
                cell.fill = PatternFill("solid", start_color=look.fill, end_color=look.fill)
            if look.border:
                thin = Side(style="thin", color="808080")
                cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
            if kind == "date":
                cell.number_format = "dd/mm/yyyy"
            if quoted:
                cell.quotePrefix = True
            style = self._styles[key] = cell._style
        return style

    def move_to_front(self, sheet: Sheet) -> None:
        """Show ``sheet`` first."""
        names = self._workbook.sheetnames
        self._workbook.move_sheet(sheet.title, -names.index(sheet.title))
        self._workbook.active = 0

    def save(self, out: BinaryIO) -> None:
        """Write the workbook, once."""
        with _FixedZip(cast(BinaryIO, _Stream(out)), "w", ZIP_DEFLATED) as archive:
            ExcelWriter(self._workbook, archive).write_data()


class _Stream:
    """Only written to: a file then gets the same bytes as a pipe (zip seeks where it can)."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        return self._out.write(data)

    def flush(self) -> None:
        self._out.flush()


class _FixedZip(ZipFile):
    """A zip whose members tell no time and no owner."""

    def _info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, _ZIP_DATE)
        info.compress_type = ZIP_DEFLATED
        info.create_system = 3
        info.external_attr = 0o600 << 16
        return info

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        super().writestr(self._info(str(zinfo_or_arcname)), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        info = self._info(str(arcname))
        with Path(filename).open("rb") as source, self.open(info, "w", force_zip64=True) as member:
            shutil.copyfileobj(source, member)
