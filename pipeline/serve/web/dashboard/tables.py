"""The data behind a chart, once: shown as a table and sent as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from starlette.responses import Response

from models.cells import Cell, figure, guarded, plain
from pipeline.serve.answers import attachment
from pipeline.serve.web.site import Visit

Kind = Literal["text", "number", "percent", "day", "link", "code"]
_BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is stable and stands in the CSV; pages say it by ``dashboard.column.NAME``.

    ``code``: a value from a list of our own; pages say it by ``dashboard.WORDS.VALUE``. Not
    ``printed``: left out on paper, where it would make the others too narrow.
    """

    name: str
    kind: Kind = "text"
    words: str = ""
    printed: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells in the order of the columns; a ``percent`` is in hundredths."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


def rounded(value: float) -> int | float:
    """To two places; a whole number as one."""
    short = round(value, 2)
    return int(short) if short == int(short) else short


def csv_text(table: Table) -> str:
    """RFC 4180 with one line of names; texts that a spreadsheet takes for formulas are guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([_written(cell) for cell in row])
    return out.getvalue()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    return guarded(plain(cell)) if isinstance(cell, str) else figure(cell)


def sent(table: Table) -> Response:
    """The table as a file. It begins with a byte order mark, so that Excel sees UTF-8."""
    body = (_BOM + csv_text(table)).encode("utf-8", "replace")
    headers = {
        "Content-Disposition": attachment(f"vanthu-{table.name}.csv"),
        "Cache-Control": "no-store",
    }
    return Response(body, headers=headers, media_type="text/csv; charset=utf-8")


def slug(value: str) -> str:
    """A sentence of our own as the end of a message's key."""
    return re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")


#: Lists of values of our own, with the beginning of their messages' keys.
_WORDS: Final = {
    "base": "dashboard.base.", "met": "dashboard.met.", "standing": "dashboard.standing.",
    "when": "dashboard.when.", "basis": "dashboard.basis.", "has": "dashboard.has.",
    "states": "dashboard.states.", "field": "dashboard.field.", "by": "dashboard.by.",
    "finding": "dashboard.finding.", "severity": "dashboard.severity.",
    "level": "dashboard.level.", "relation": "dashboard.relation.", "certain": "dashboard.certain.",
}  # fmt: skip
_WHY: Final = "dashboard.why."
_CAUSE: Final = "dashboard.cause."


def code(visit: Visit, words: str, value: str) -> str:
    """A value from a list of our own in words; as it is where there are none for it."""
    if words == "why":
        parts = [part for part in value.split("; ") if part]
        return "; ".join(_said(visit, _WHY + slug(part), part) for part in parts)
    if words == "reason":
        return _reason(visit, value)
    return _said(visit, _WORDS[words] + value, value)


def _reason(visit: Visit, value: str) -> str:
    """``number: unreadable`` and ``finding: date.before_citation``, in words."""
    field, _, cause = value.partition(": ")
    if field == "finding":
        return code(visit, "finding", cause)
    return f"{code(visit, 'field', field)}: {_said(visit, _CAUSE + slug(cause), cause)}"


def _said(visit: Visit, key: str, other: str) -> str:
    return visit.say(key) if visit.site.catalogue.has(key) else other
