"""Entries of the register of documents: what a directive says in the ten columns of the decree.

Decree 30/2020/NĐ-CP, Annex IV, forms I (văn bản đi) and VI (văn bản đến). What is not accepted
stands in brackets; what could not be read is left open (``…``), never guessed. Columns that people
fill in by hand (number of copies, day of transfer, receipt) stay empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from models.directive import Directive, FieldStatus, FieldValue
from models.vietnamese import fold
from pipeline.publish.xlsx import full_day

Which = Literal["outgoing", "incoming"]

OPEN: Final = "…"
_EDTF_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_SERIAL: Final = re.compile(r"\D{0,3}(\d{1,6})(?!\d)")
#: The State's form, whose series runs through one calendar year. The Party's (``259-CV/VPHU``) runs
#: through a term of office, type by type, so nothing can be said of what is missing in it.
_YEARLY: Final = re.compile(r"\d{1,6}[a-zđ]?/")
_KEPT_COPY: Final = re.compile(r"l[uư]u\b[\s:]*", re.IGNORECASE)

#: A text or a day, and the status to be shown by the look of its cell.
Shown = tuple[str | date, FieldStatus]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a register and where it belongs.

    ``office`` and ``year`` name the book; ``year`` 0 is not known. ``serial`` orders the lines of a
    book, ``None`` where there is no number; ``counted``: it is accepted and of a yearly series.
    ``day`` is accepted.
    """

    id: str
    office: str
    parent: str
    year: int
    serial: int | None
    counted: bool
    number: str
    day: str
    cells: tuple[Shown, ...]
    remarks: tuple[str, ...]


def entry_of(directive: Directive, which: Which) -> Entry | None:
    """The line of ``directive``; none in the register of arrivals where it bears no stamp."""
    return _outgoing(directive) if which == "outgoing" else _incoming(directive)


def _outgoing(d: Directive) -> Entry:
    accepted = d.number.status == "accepted"
    kept, others = _copies(d.copied_to)
    remarks = [_shown(d.urgency)[0], _shown(d.secrecy)[0]]
    if d.number.status == "absent":
        remarks.append("không số")
    if d.issuer.status != "accepted":
        remarks.append(f"cơ quan ban hành: {_shown(d.issuer)[0] or OPEN}")
    return Entry(
        id=d.id,
        office=d.issuer.value or "",
        parent=_accepted(d.parent_issuer),
        year=_year(d.issued),
        serial=_serial(d.number),
        counted=accepted and bool(_YEARLY.match(d.number.value or "")),
        number=_accepted(d.number),
        day=_accepted_day(d.issued),
        cells=(
            _number(d),
            _day(d.issued),
            _named(d),
            _shown(d.signer.name),
            _listed([*d.recipients, *others]),
            _listed(kept, strip=_KEPT_COPY),
            _empty(),
            _empty(),
            _empty(),
        ),
        remarks=tuple(str(remark) for remark in remarks if remark),
    )


def _incoming(d: Directive) -> Entry | None:
    stamp = d.incoming
    if all(field.status == "absent" for field in (stamp.number, stamp.received, stamp.office)):
        return None
    remarks = [_shown(d.urgency)[0], _shown(d.secrecy)[0]]
    if stamp.office.status != "accepted":
        remarks.append(f"cơ quan nhận: {_shown(stamp.office)[0] or OPEN}")
    return Entry(
        id=d.id,
        office=stamp.office.value or "",
        parent="",
        year=_year(stamp.received),
        serial=_serial(stamp.number),
        counted=stamp.number.status == "accepted",
        number=_accepted(stamp.number),
        day=_accepted_day(stamp.received),
        cells=(
            _day(stamp.received),
            _shown(stamp.number),
            _shown(d.issuer),
            _number(d),
            _day(d.issued),
            _named(d),
            _empty(),
            _empty(),
            _empty(),
        ),
        remarks=tuple(str(remark) for remark in remarks if remark),
    )


def _empty() -> Shown:
    return "", "absent"


def _accepted(field: FieldValue) -> str:
    return (field.value or "") if field.status == "accepted" else ""


def _shown(field: FieldValue) -> tuple[str, FieldStatus]:
    if field.status == "accepted":
        return field.value or "", "accepted"
    if field.status == "review" and field.value:
        return f"[{field.value}]", "review"
    return (OPEN, "unreadable") if field.status in ("unreadable", "review") else ("", "absent")


def _number(d: Directive) -> Shown:
    """The number and symbol; where the number is not read, the symbol behind an open place."""
    text, status = _shown(d.number)
    symbol, _ = _shown(d.symbol)
    if status == "unreadable" and symbol not in ("", OPEN):
        return f"{OPEN}{'-' if '/' in symbol else '/'}{symbol}", status
    return text, status


def _serial(number: FieldValue) -> int | None:
    match = _SERIAL.match(number.value or "") if number.status in ("accepted", "review") else None
    return int(match[1]) if match else None


def _year(field: FieldValue) -> int:
    match = _EDTF_DAY.match(field.value or "")
    return int(match[1]) if match else 0


def _accepted_day(field: FieldValue) -> str:
    value = _accepted(field)
    return value if full_day(value) else ""


def _day(field: FieldValue) -> Shown:
    """A date where the full day is accepted; else as it is written, open where it is not known."""
    text, status = _shown(field)
    if status not in ("accepted", "review") or field.value is None:
        return text, status
    if status == "accepted" and (day := full_day(field.value)):
        return day, status
    match = _EDTF_DAY.fullmatch(field.value)
    written = f"{match[3] or OPEN}/{match[2] or OPEN}/{match[1]}" if match else field.value
    return (written if status == "accepted" else f"[{written}]"), status


def _named(d: Directive) -> Shown:
    """Type and subject: the weaker of the two says how the cell looks."""
    kind, kind_status = _shown(d.doc_type)
    subject, subject_status = _shown(d.subject)
    text = "\n".join(part for part in (kind, subject) if part)
    return text, _weaker(kind_status, subject_status)


def _weaker(*statuses: FieldStatus) -> FieldStatus:
    order: tuple[FieldStatus, ...] = ("unreadable", "review", "accepted", "absent")
    return min(statuses, key=order.index, default="absent")


def _copies(fields: Iterable[FieldValue]) -> tuple[list[FieldValue], list[FieldValue]]:
    """Where copies are kept ("Lưu: VT"), and the others."""
    kept: list[FieldValue] = []
    others: list[FieldValue] = []
    for field in fields:
        (kept if fold(field.value or "").startswith("luu") else others).append(field)
    return kept, others


def _listed(fields: Iterable[FieldValue], *, strip: re.Pattern[str] | None = None) -> Shown:
    texts, statuses = [], []
    for field in fields:
        text, status = _shown(field)
        texts.append(strip.sub("", text, count=1) if strip else text)
        statuses.append(status)
    return ";\n".join(text for text in texts if text), _weaker(*statuses)
