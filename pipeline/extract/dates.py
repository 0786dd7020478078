"""Dates as Vietnamese offices write them, as EDTF.

Folded text in, positions and values out. A year must be plausible (1900-2100), month and day must
exist; anything else is no date.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SLASHED = (
    r"(?<![\d/.,-])(?P<d1>\d{1,2})\s?(?P<sep>[/.-])\s?(?P<m1>\d{1,2})\s?(?P=sep)\s?"
    r"(?P<y1>(?:19|20)\d{2})(?![\d/]|[.,]\d)"
)
_LONG = (
    r"(?<![\d/.,])(?P<d2>\d{1,2})\s{1,3}thang\s{1,3}(?P<m2>\d{1,2})\s{1,3}nam\s{1,3}"
    r"(?P<y2>(?:19|20)\d{2})(?!\d)"
)
_MONTH_LONG = r"thang\s{1,3}(?P<m3>\d{1,2})\s{1,3}nam\s{1,3}(?P<y3>(?:19|20)\d{2})(?!\d)"
_MONTH_SLASH = r"(?<![\d/.,-])(?P<m4>\d{1,2})\s?/\s?(?P<y4>(?:19|20)\d{2})(?![\d/]|[.,]\d)"

#: A full date or a month, for the folded view.
DATE = re.compile(f"{_SLASHED}|{_LONG}|{_MONTH_LONG}|{_MONTH_SLASH}")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in the text and its EDTF value (``2022-04-25`` or ``2022-07``)."""

    start: int
    end: int
    value: str

    @property
    def full(self) -> bool:
        return len(self.value) == 10


def edtf(year: int, month: int, day: int | None = None) -> str | None:
    """The EDTF form; ``None`` where there is no such date."""
    if not (1900 <= year <= 2100 and 1 <= month <= 12):
        return None
    if day is None:
        return f"{year:04d}-{month:02d}"
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return f"{year:04d}-{month:02d}-{day:02d}"


def read_date(match: re.Match[str]) -> FoundDate | None:
    """The date of a :data:`DATE` match."""
    group = match.groupdict()
    for day, month, year in (("d1", "m1", "y1"), ("d2", "m2", "y2")):
        if group[year]:
            value = edtf(int(group[year]), int(group[month]), int(group[day]))
            return FoundDate(match.start(), match.end(), value) if value else None
    for month, year in (("m3", "y3"), ("m4", "y4")):
        if group[year]:
            value = edtf(int(group[year]), int(group[month]))
            return FoundDate(match.start(), match.end(), value) if value else None
    return None


def find_dates(folded: str, start: int = 0, end: int | None = None) -> Iterator[FoundDate]:
    """Every date in a stretch of folded text."""
    for match in DATE.finditer(folded, start, len(folded) if end is None else end):
        found = read_date(match)
        if found is not None:
            yield found


def last_day(value: str) -> str:
    """The last day of an EDTF date of day, month or year precision."""
    if len(value) == 10:
        return value
    year = int(value[:4])
    month = int(value[5:7]) if len(value) >= 7 else 12
    return f"{year:04d}-{month:02d}-{calendar.monthrange(year, month)[1]:02d}"
