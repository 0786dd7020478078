"""The first and last day that an EDTF date can mean, so that a database can compare dates.

Covers what ``models`` says dates look like: ``2022-04-25``, ``2022-07``, ``2022``, intervals and
open intervals (``2021-09/..``), with the qualifiers ``~``, ``?`` and ``%`` and unspecified digits
(``2021-XX``). Anything else has no bounds: it is kept, but no date filter finds it.
"""

from __future__ import annotations

import calendar
import re
from typing import Final

_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d|XX)(?:-(\d\d|XX))?)?[~?%]?")

Bounds = tuple[str | None, str | None]


def _bounds_of_date(text: str) -> Bounds:
    match = _DATE.fullmatch(text)
    if match is None or match[1] == "0000":
        return None, None
    year, month, day = match[1], match[2], match[3]
    if month in {None, "XX"}:
        return f"{year}-01-01", f"{year}-12-31"
    if not 1 <= int(month) <= 12:
        return None, None
    last = calendar.monthrange(int(year), int(month))[1]
    if day in {None, "XX"}:
        return f"{year}-{month}-01", f"{year}-{month}-{last:02d}"
    if not 1 <= int(day) <= last:
        return None, None
    return f"{year}-{month}-{day}", f"{year}-{month}-{day}"


def bounds(edtf: str | None) -> Bounds:
    """First and last day as ``YYYY-MM-DD``; year 1 and year 9999 stand for open ends."""
    if not edtf:
        return None, None
    if "/" not in edtf:
        return _bounds_of_date(edtf)
    begin, end = edtf.split("/", 1)
    first = "0001-01-01" if begin in {"", ".."} else _bounds_of_date(begin)[0]
    last = "9999-12-31" if end in {"", ".."} else _bounds_of_date(end)[1]
    if first is None or last is None or first > last:
        return None, None
    return first, last
