"""Points of the calendar in running text, coarser than a date and sometimes without their year.

``Quý IV/2026``, ``ngày 15/11``, ``tháng 5 năm 2022``, ``cuối năm 2025`` (domain notes, 2.6). A
missing year is that of the document, or the next one where the day has passed by then; such a
reading is marked as guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.extract.dates import edtf, find_dates, last_day

Kind = Literal["day", "month", "quarter", "year"]

_DAY_MONTH = re.compile(
    r"(?<!\w)ngay\s+(?P<d>\d{1,2})\s?(?:/|-|\s+thang\s+)\s?(?P<m>\d{1,2})(?![\d/%]|[.,-]\d|\s?/|"
    r"\s+nam\s+\d)"
)
_QUARTER = re.compile(
    r"(?<!\w)quy\s+(?P<q>i{1,3}|iv|[1-4]|ll|lll|il)(?:\s?(?:/|nam|\s)\s?(?P<y>(?:19|20)\d{2}))?(?!\w)"
)
_YEAR = re.compile(r"(?<!\w)nam\s+(?P<y>20\d{2})(?![\d/]|\s?[-–]\s?20\d{2})")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "ll": 2, "lll": 3, "il": 2}


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, month, quarter or year of the calendar; ``first`` and ``last`` are EDTF dates."""

    start: int
    end: int
    kind: Kind
    first: str
    last: str
    guessed: bool = False
    yearless: bool = False

    @property
    def value(self) -> str:
        """As EDTF; of a quarter the first month."""
        return self.first

    @property
    def closing(self) -> str:
        """The end of it as EDTF: what "by" means."""
        return self.last

    @property
    def span(self) -> str:
        """The whole of it as EDTF."""
        return self.first if self.first == self.last else f"{self.first}/{self.last}"

    def in_year(self, year: str) -> Moment:
        """The same day in another year."""
        return replace(self, first=year + self.first[4:], last=year + self.last[4:], guessed=False)


def find_moments(folded: str, start: int, end: int, issued: str | None) -> list[Moment]:
    """Every moment of a stretch of folded text, in order, none inside another."""
    found: list[Moment] = []
    for moment in _all(folded, start, end, issued):
        if not any(moment.start < m.end and m.start < moment.end for m in found):
            found.append(moment)
    return sorted(found, key=lambda m: m.start)


def _all(folded: str, start: int, end: int, issued: str | None) -> Iterator[Moment]:
    for date in find_dates(folded, start, end):
        kind: Kind = "day" if date.full else "month"
        yield Moment(date.start, date.end, kind, date.value, date.value)
    year = issued[:4] if issued else None
    for match in _QUARTER.finditer(folded, start, end):
        of = match["y"] or year
        if of is not None:
            quarter = _ROMAN.get(match["q"]) or int(match["q"])
            yield Moment(
                match.start(), match.end(), "quarter", f"{of}-{3 * quarter - 2:02d}",
                f"{of}-{3 * quarter:02d}", guessed=match["y"] is None,
            )  # fmt: skip
    for match in _DAY_MONTH.finditer(folded, start, end):
        moment = _without_year(match, issued)
        if moment is not None:
            yield moment
    for match in _YEAR.finditer(folded, start, end):
        yield Moment(match.start(), match.end(), "year", match["y"], match["y"])


def _without_year(match: re.Match[str], issued: str | None) -> Moment | None:
    """Of the document's year, or of the next where the day has passed."""
    if issued is None:
        return None
    for year in (int(issued[:4]), int(issued[:4]) + 1):
        value = edtf(year, int(match["m"]), int(match["d"]))
        if value is not None and last_day(value) >= issued:
            start = match.start("d")
            return Moment(start, match.end(), "day", value, value, guessed=True, yearless=True)
    return None
