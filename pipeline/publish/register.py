"""The register of documents, "sổ đăng ký văn bản", after Decree 30/2020/NĐ-CP, Annex IV.

A workbook with one sheet for each book: one office, one year, in the order of numbers. Each begins
with what the annex has on the cover, then come its ten columns. Numbers that no document bears are
lines of their own, so gaps in the series are seen. Printed on A4 across, the head on every page.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, Final

from models.directive import Directive
from models.vietnamese import fold
from pipeline.errors import UsageProblem
from pipeline.publish.register_entries import OPEN, Entry, Shown, Which, entry_of
from pipeline.publish.workbook import Book, Link, Look, Sheet, Value
from pipeline.publish.xlsx import full_day

#: A workbook with more sheets is of no use to a person.
MAX_BOOKS: Final = 1_000

_TITLES: Final[dict[Which, str]] = {
    "outgoing": "SỔ ĐĂNG KÝ VĂN BẢN ĐI",
    "incoming": "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN",
}
#: The columns of the annex, with widths that fill the page.
_COLUMNS: Final[dict[Which, tuple[tuple[str, int], ...]]] = {
    "outgoing": (
        ("Số, ký hiệu văn bản", 16),
        ("Ngày tháng văn bản", 12),
        ("Tên loại và trích yếu nội dung văn bản", 42),
        ("Người ký", 18),
        ("Nơi nhận văn bản", 30),
        ("Đơn vị, người nhận bản lưu", 14),
        ("Số lượng bản", 8),
        ("Ngày chuyển", 9),
        ("Ký nhận", 9),
        ("Ghi chú", 22),
    ),
    "incoming": (
        ("Ngày đến", 12),
        ("Số đến", 9),
        ("Tác giả", 26),
        ("Số, ký hiệu văn bản", 16),
        ("Ngày tháng văn bản", 12),
        ("Tên loại và trích yếu nội dung văn bản", 42),
        ("Đơn vị hoặc người nhận", 18),
        ("Ngày chuyển", 9),
        ("Ký nhận", 9),
        ("Ghi chú", 22),
    ),
}
_WIDE: Final = 10
#: Where the number stands, and where a gap is told.
_PLACES: Final[dict[Which, tuple[int, int]]] = {"outgoing": (0, 2), "incoming": (1, 5)}
_NO_OFFICE: Final = "Chưa rõ cơ quan"
_SHORT: Final = (
    ("Tổng Liên đoàn Lao động Việt Nam", "TLĐ"),
    ("Liên đoàn Lao động", "LĐLĐ"),
    ("Công đoàn cơ sở", "CĐCS"),
    ("Công đoàn", "CĐ"),
)
_LEGEND: Final = (
    "[ ] giá trị chưa được xác nhận, chờ người kiểm tra;  … không đọc được hoặc chưa rõ, để trống; "
    "nền xám: số không có văn bản trong kho lưu trữ (tính chung các loại văn bản của sổ)."
)

_CELL: Final = Look(border=True)
_HEAD: Final = Look(bold=True, align="center", border=True, fill="D9E2F3")
_ORDINAL: Final = Look(italic=True, align="center", border=True, size=9)
_GAP: Final = Look(italic=True, border=True, fill="E7E6E6", colour="7F7F7F")
_BY_STATUS: Final = {
    "review": Look(border=True, italic=True, fill="FFF2CC"),
    "unreadable": Look(border=True, fill="F8CBAD"),
}
_NOTE: Final = Look(italic=True, size=9, wrap=False)
_LINE: Final = Look(align="centerContinuous", wrap=False)


def write_register(
    directives: Iterable[Directive], out: BinaryIO, *, register: Which = "outgoing"
) -> int:
    """Write the register; how many documents are in it.

    ``register``: ``outgoing`` has every document under its issuer and year, ``incoming`` those that
    bear the stamp of the office that received them.

    :raises UsageProblem: more books than a workbook is good for
    """
    with closing(_Entries()) as entries:
        for directive in directives:
            entry = entry_of(directive, register)
            if entry is not None:
                entries.add(entry)
        entries.complete()
        _write(entries, out, register)
        return entries.count


@dataclass(frozen=True, slots=True)
class _BookFacts:
    """One book: whose, of which year, from when to when and from which number to which."""

    key: str
    office: str
    parent: str
    year: int
    documents: int
    first_day: str
    last_day: str
    first: int | None
    last: int | None


class _Entries:
    """Entries in order, on disk: an archive may have more than memory holds."""

    def __init__(self) -> None:
        self.count = 0
        # The empty name is a database in a file of its own that goes with the connection.
        self._rows = sqlite3.connect("")
        self._rows.execute(
            "CREATE TABLE entry (book, office, parent, year, serial, counted, number, day, id,"
            " cells, remarks)"
        )

    def add(self, entry: Entry) -> None:
        self._rows.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                fold(_sound(entry.office)),
                _sound(entry.office),
                _sound(entry.parent),
                entry.year,
                entry.serial,
                entry.counted,
                _sound(entry.number),
                entry.day,
                _sound(entry.id),
                json.dumps(entry.cells, default=date.isoformat),
                json.dumps(entry.remarks),
            ),
        )
        self.count += 1

    def complete(self) -> None:
        """All are there."""
        self._rows.execute("CREATE INDEX book ON entry (book, year, serial)")

    def books(self) -> list[_BookFacts]:
        """By office, then year; what is not known last."""
        rows = self._rows.execute(
            "SELECT book, MIN(office), MAX(parent), year, COUNT(*),"
            " MIN(NULLIF(day, '')), MAX(day),"
            " MIN(CASE WHEN counted THEN serial END), MAX(CASE WHEN counted THEN serial END)"
            " FROM entry GROUP BY book, year ORDER BY book = '', book, year = 0, year"
        )
        return [
            _BookFacts(
                key, office, parent, year, documents, first_day or "", last_day or "", first, last
            )
            for key, office, parent, year, documents, first_day, last_day, first, last in rows
        ]

    def serials(self, book: _BookFacts) -> list[int]:
        """The accepted serials of a book, in order, each once."""
        rows = self._rows.execute(
            "SELECT DISTINCT serial FROM entry WHERE book = ? AND year = ? AND counted"
            " AND serial IS NOT NULL ORDER BY serial",
            (book.key, book.year),
        )
        return [serial for (serial,) in rows]

    def of(self, book: _BookFacts) -> Iterator[tuple[int | None, list[Shown], list[str], str]]:
        """Serial, cells, remarks and id of each line; lines without a number last, by day."""
        rows = self._rows.execute(
            "SELECT serial, cells, remarks, id, number <> '' AND COUNT(*) OVER"
            " (PARTITION BY number) > 1 FROM entry WHERE book = ? AND year = ?"
            " ORDER BY serial IS NULL, serial, number, day, id",
            (book.key, book.year),
        )
        for serial, cells, remarks, id_, twice in rows:
            noted = [*json.loads(remarks), *(["trùng số, ký hiệu"] if twice else [])]
            yield serial, [(text, status) for text, status in json.loads(cells)], noted, id_

    def close(self) -> None:
        self._rows.close()


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _write(entries: _Entries, out: BinaryIO, which: Which) -> None:
    books = entries.books()
    if len(books) > MAX_BOOKS:
        raise UsageProblem(
            f"The register would have {len(books):,} books, and {MAX_BOOKS:,} is the most.",
            advice="Choose some with --issuer, or some years with --from and --to.",
        )
    with Book(_TITLES[which].capitalize()) as workbook:
        index: list[list[tuple[Value, Look]]] = []
        for facts in books:
            sheet = _begin(workbook, facts, which)
            missing = _fill(sheet, entries, facts, which)
            sheet.end()
            index.append(_index_line(sheet.title, facts, missing))
        _write_index(workbook, index, which)
        workbook.save(out)


def _begin(workbook: Book, facts: _BookFacts, which: Which) -> Sheet:
    columns = _COLUMNS[which]
    head = _cover(facts, which)
    head.append([(name, _HEAD) for name, _ in columns])
    head.append([(f"({number})", _ORDINAL) for number in range(1, _WIDE + 1)])
    return Sheet(
        workbook,
        _sheet_title(facts),
        [width for _, width in columns],
        head=head,
        frozen=f"A{len(head) + 1}",
        repeated=(len(head) - 1, len(head)),
    )


def _cover(facts: _BookFacts, which: Which) -> list[list[tuple[Value, Look]]]:
    """What the annex has on the cover; a blank is left where it is not known."""
    numbers = (str(n) if n is not None else OPEN for n in (facts.first, facts.last))
    days = (_written(facts.first_day), _written(facts.last_day))
    lines = [
        (facts.parent.upper() or OPEN, _LINE),
        ((facts.office or _NO_OFFICE).upper(), Look(True, align="centerContinuous", wrap=False)),
        (_TITLES[which], Look(True, size=16, align="centerContinuous", wrap=False)),
        (f"Năm: {facts.year or OPEN}", _LINE),
        ("Từ ngày {} đến ngày {}".format(*days), _LINE),
        ("Từ số {} đến số {}".format(*numbers), _LINE),
        (f"Quyển số: {OPEN}", _LINE),
    ]
    wide: list[list[tuple[Value, Look]]] = [
        [(text, look), *[(None, look)] * (_WIDE - 1)] for text, look in lines
    ]
    return [*wide, [(_LEGEND, _NOTE)]]


def _written(day: str) -> str:
    return date.fromisoformat(day).strftime("%d/%m/%Y") if day else OPEN


def _sheet_title(facts: _BookFacts) -> str:
    office = facts.office or _NO_OFFICE
    for long, short in _SHORT:
        office = re.sub(re.escape(long), short, office, flags=re.IGNORECASE)
    return f"{facts.year or 'Chưa rõ năm'} {office}"


def _fill(sheet: Sheet, entries: _Entries, facts: _BookFacts, which: Which) -> int:
    """The lines of a book; how many numbers are missing."""
    gaps = _Gaps(entries.serials(facts))
    for serial, cells, remarks, id_ in entries.of(facts):
        for first, last in gaps.before(serial):
            sheet.append(_gap_line(first, last, which))
        line = [_cell(*shown) for shown in cells]
        sheet.append([*line, ("\n".join([*remarks, id_]), _CELL)])
    return gaps.missing


class _Gaps:
    """The numbers from 1 to the last accepted one that no accepted document bears."""

    def __init__(self, serials: list[int]) -> None:
        self._ranges: list[tuple[int, int]] = []
        last = 0
        for serial in serials:
            if serial > last + 1:
                self._ranges.append((last + 1, serial - 1))
            last = max(last, serial)
        self.missing = sum(end - begin + 1 for begin, end in self._ranges)

    def before(self, serial: int | None) -> Iterator[tuple[int, int]]:
        """Ranges to be told before ``serial``; a proposed number parts the range that it is in."""
        while self._ranges and (serial is None or self._ranges[0][0] <= serial):
            begin, end = self._ranges.pop(0)
            if serial is None or end < serial:
                yield begin, end
                continue
            if begin < serial:
                yield begin, serial - 1
            if serial < end:
                self._ranges.insert(0, (serial + 1, end))
            return


def _gap_line(first: int, last: int, which: Which) -> list[tuple[Value, Look]]:
    number, told = _PLACES[which]
    line: list[tuple[Value, Look]] = [(None, _GAP)] * _WIDE
    line[number] = (f"{first:02d}" if first == last else f"{first:02d} – {last:02d}", _GAP)
    line[told] = (f"Không có trong kho lưu trữ ({last - first + 1} số)", _GAP)
    return line


def _cell(text: Any, status: str) -> tuple[Value, Look]:
    """A cell from what was kept on disk; an accepted day is a date again."""
    day = full_day(text) if status == "accepted" else None
    return day or text or None, _BY_STATUS.get(status, _CELL)


def _index_line(title: str, facts: _BookFacts, missing: int) -> list[tuple[Value, Look]]:
    cells: list[Value] = [
        Link(facts.office or _NO_OFFICE, title),
        facts.year or OPEN,
        facts.documents,
        facts.first,
        facts.last,
        missing,
    ]
    return [(cell, _CELL) for cell in cells]


def _write_index(workbook: Book, lines: list[list[tuple[Value, Look]]], which: Which) -> None:
    names = ("Cơ quan", "Năm", "Số văn bản", "Từ số", "Đến số", "Số còn thiếu")
    empty: list[tuple[Value, Look]] = [(None, _LINE)] * (len(names) - 1)
    sheet = Sheet(
        workbook,
        "Mục lục",
        [60, 10, 12, 10, 10, 14],
        head=[
            [(_TITLES[which], Look(True, size=16, align="centerContinuous", wrap=False)), *empty],
            [(_LEGEND, _NOTE)],
            [(name, _HEAD) for name in names],
        ],
        frozen="A4",
        repeated=(3, 3),
    )
    for line in lines:
        sheet.append(line)
    sheet.end()
    workbook.move_to_front(sheet)
