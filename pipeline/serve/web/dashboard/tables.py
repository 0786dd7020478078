"""The data behind a chart, once: shown as a table and sent as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from starlette.responses import Response

from models.cells import Cell, figure, guarded, plain
from pipeline.serve.answers import attachment

Kind = Literal["text", "number", "percent", "day", "link", "code"]
_BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is stable and stands in the CSV; pages say it by ``dashboard.column.NAME``.

    ``code``: a value from a list of our own; pages say it by ``dashboard.WORDS.VALUE``.
    """

    name: str
    kind: Kind = "text"
    words: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells in the order of the columns; a ``percent`` is in hundredths."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


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
