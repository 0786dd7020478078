"""The office's other numbers: within a year and a series they grow with the date.

Decree 30/2020/ND-CP, Article 15: numbers begin with 01 on 1 January and run to 31 December. Points
of the series are documents of the archive and documents that any of them cites. They are weak
evidence: they never name a number, they only tell about where it must lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from models.directive import Directive, FieldValue
from models.orgs import write_out
from models.vietnamese import fold

#: A band narrower than this share of its number tells something.
_NARROW = 0.5
#: "Chủ tịch UBND tỉnh" signs in the office's own series.
_HEADS = frozenset({"chu", "tich", "giam", "doc", "thu", "truong"})
_INSIDE, _OUTSIDE, _AGAINST = 6.0, 0.3, 0.02


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A number with its full date. ``body``: who issued it as far as is told; ``citing``: by whom
    it is cited (``body`` of an abbreviation such as "UBND tỉnh" is that one's)."""

    issued: str
    serial: int
    symbol: str
    body: str = ""
    citing: str = ""
    cited: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """Where the number of a day lies, as the series has it."""

    low: float
    high: float
    floor: int
    ceiling: int | None
    points: tuple[Point, ...]

    def supports(self, serial: int) -> bool:
        """Inside of a band that is narrow enough to tell."""
        narrow = self.high - self.low <= max(6.0, _NARROW * self.high)
        return narrow and self.low <= serial <= self.high


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What other documents say of the day: its date as they cite it (all must agree), and the days
    of lower and higher numbers of its series, between which it lies."""

    dated: date | None = None
    after: date | None = None
    before: date | None = None
    points: tuple[Point, ...] = ()


def series_key(symbol: str, issued: str) -> tuple[str, str]:
    """What documents of one series have in common at least: the symbol and the year."""
    return _key(symbol), issued[:4]


def same_body(point: Point, directive: Directive) -> bool:
    """Whether a point belongs to the series of this document: its symbol, office and year.

    "UBND tỉnh" without a name is the citing office's own province, so the citing office must be of
    the same place as this one.
    """
    itself = point.id == directive.id and not point.cited
    series = series_key(directive.symbol.value or "", directive.issued.value or "")
    if itself or series != series_key(point.symbol, point.issued):
        return False
    issuer = _words(directive.issuer.value or "")
    body = _words(point.body) - _HEADS
    if not issuer or not body:
        return False
    if issuer <= body:
        return True
    return body <= issuer and len(body) >= 4 and _words(point.citing) >= issuer - body


_NUMBER = re.compile(r"(\d{1,6})[a-zđ]?[/-](.+)")


def points_of(directive: Directive) -> Iterator[Point]:
    """What one document tells of any series: its own number if sure, and every dated citation."""
    body = directive.issuer.value or ""
    own = _point(directive.number, directive.issued)
    if own is not None and body:
        yield Point(*own, body=body, citing=body, id=directive.id)
    for cited in directive.citations:
        point = _point(cited.number, cited.issued)
        if point is not None and cited.issuer.value:
            yield Point(*point, body=cited.issuer.value, citing=body, cited=True, id=directive.id)


def _point(number: FieldValue, issued: FieldValue) -> tuple[str, int, str] | None:
    match = _NUMBER.fullmatch(number.value or "")
    if match is None or number.status != "accepted" or issued.status != "accepted":
        return None
    if len(issued.value or "") != 10:
        return None
    return issued.value or "", int(match[1]), match[2]


@lru_cache(4096)
def _key(symbol: str) -> str:
    return "".join(c for c in fold(symbol) if c.isalnum())


@lru_cache(4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(fold(write_out(text)).split())


def expected(points: Sequence[Point], day: date, doubt_days: int) -> Band | None:
    """The band for ``day``, give or take ``doubt_days``: from the points around it and the rate."""
    dated = sorted((date.fromisoformat(p.issued), p.serial, p) for p in points)
    before = [d for d in dated if d[0] <= day]
    after = [d for d in dated if d[0] > day + timedelta(days=doubt_days)]
    if not before:
        return None
    when, serial, point = max(before, key=lambda d: d[1])
    passed = (when - date(when.year, 1, 1)).days + 1
    rate = serial / passed
    middle = serial + rate * (day - when).days
    ahead = max(1.0, middle - serial)
    slack = max(3.0, 0.25 * ahead + 2.0 * ahead**0.5 + rate * doubt_days)
    ceiling = min((s for _, s, _ in after), default=None)
    high = middle + slack if ceiling is None else min(middle + slack, ceiling)
    low = max(serial if not doubt_days else serial - rate * doubt_days, middle - slack)
    used = (point,) if ceiling is None else (point, min(after, key=lambda d: d[1])[2])
    return Band(low, max(low, high), serial, ceiling, used)


def fits(band: Band | None, serial: int) -> float:
    """How much likelier the series makes a number."""
    if band is None:
        return 1.0
    if serial < band.floor or (band.ceiling is not None and serial > band.ceiling):
        return _AGAINST
    if band.supports(serial):
        return _INSIDE
    return 1.0 if band.low <= serial <= band.high else _OUTSIDE


def neighbours_of(directive: Directive, points: Iterable[Point]) -> Neighbours | None:
    """What others say of the day of this document, once its serial is known."""
    if directive.serial.status != "accepted" or not directive.serial.value:
        return None
    serial = int(directive.serial.value)
    month = (directive.issued.value or "")[:7]
    own = [p for p in points if p.id != directive.id and same_body(p, directive)]
    itself = [
        p for p in own
        if p.cited and p.serial == serial and (not month or p.issued[:7] == month)
    ]  # fmt: skip
    below = max((p for p in own if p.serial < serial), key=lambda p: p.issued, default=None)
    above = min((p for p in own if p.serial > serial), key=lambda p: p.issued, default=None)
    if below is not None and above is not None and below.issued > above.issued:
        below = above = None  # the series itself is out of order
    dated = {p.issued for p in itself}
    found = Neighbours(
        date.fromisoformat(itself[0].issued) if len(dated) == 1 else None,
        date.fromisoformat(below.issued) if below is not None else None,
        date.fromisoformat(above.issued) if above is not None else None,
        (*(itself[:1] if len(dated) == 1 else ()), *(p for p in (below, above) if p is not None)),
    )
    return found if found.points else None
