"""Place and date of issue (Decree 30, Annex I, II.4).

On scanned pages the day is written by hand as a rule; the date is never accepted there. Where the
day cannot be read but month and year can, the value has month precision.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from models.directive import ABSENT, Alternative, FieldStatus, FieldValue
from models.places import canonical_place
from models.units import districts_named, province_in
from models.vietnamese import fold
from pipeline.extract.anchors import DATELINE
from pipeline.extract.context import Context
from pipeline.extract.dates import edtf
from pipeline.extract.fields import make_field, unreadable

_SLOT = re.compile(
    r"\bngay(?P<day>[^\n]{0,9}?)\bthang(?P<month>[^\n]{0,8}?)\bnam\s{0,3}(?P<year>[\w.…]{1,7}|)"
)
_GLUED = re.compile(
    r"\bng[a-z]y(?P<day>[^\n]{0,9}?)th[a-z]ng(?P<month>[^\n]{0,8}?)n[a-z]m"
    r"\s{0,3}(?P<year>[\w.…]{1,7}|)"
)
_DAMAGED = re.compile(
    r"\bn[gp][a-z]{1,3}\s{0,3}(?P<day>[\w\d]{1,3})\s{1,3}th[a-z]{1,3}g\s{1,3}(?P<month>\d{1,2})"
    r"\s{1,3}n[a-z]{1,3}m\s{1,3}(?P<year>(?:19|20)\d{2})"
)
_SLASHED = re.compile(r"(?<!\d)ngay\s{0,3}(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})")
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")
_SURE_DAY = 0.85
#: Letters by which a damaged place may differ from the issuer's province.
_NEARLY = 2


@dataclass(frozen=True, slots=True)
class Dateline:
    """Place and date."""

    place: FieldValue = ABSENT
    issued: FieldValue = ABSENT


def extract_dateline(context: Context) -> Dateline:
    """Read the dateline of the header."""
    view = context.view
    for number, pattern in enumerate((_SLOT, _GLUED, _SLASHED, _DAMAGED)):
        for piece in context.header_pieces():
            folded = view.folded[piece.start : piece.end]
            if len(folded) > 160:
                continue
            match = pattern.search(folded)
            if match:
                issued = _date(context, piece.start, match, damaged=number in {1, 3})
                return Dateline(_place(context, piece.start, piece.start + match.start()), issued)
    if context.zones.motto >= 0 and _scanned_header(context):
        return Dateline(issued=FieldValue(status="unreadable", rule="header.date.not_found"))
    return Dateline()


def dateline_span(context: Context) -> tuple[int, int] | None:
    """The piece of the header that holds the dateline."""
    view = context.view
    for pattern in (_SLOT, _GLUED, _DAMAGED, DATELINE):
        for piece in context.header_pieces():
            folded = view.folded[piece.start : piece.end]
            if len(folded) <= 160 and pattern.search(folded):
                return piece.start, piece.end
    return None


def _scanned_header(context: Context) -> bool:
    start = context.zones.motto
    return context.view.is_ocr(context.view.lines[start].start)


def _number(text: str) -> int | None:
    digits = "".join(text.split()).strip(".,:;")
    return int(digits) if digits.isdecimal() and len(digits) <= 4 else None


def _date(context: Context, offset: int, match: re.Match[str], *, damaged: bool) -> FieldValue:
    view = context.view
    start, end = offset + match.start(), offset + match.end()
    day, month, year = _number(match["day"]), _number(match["month"]), _number(match["year"])
    if month is None or year is None or edtf(year, month) is None:
        return unreadable(view, start, end, "header.date.unreadable", _candidates(match))
    full = edtf(year, month, day) if day is not None else None
    month_only = edtf(year, month) or ""
    ocr = view.is_ocr(start)
    if full is not None and not ocr and not damaged:
        return make_field(view, start, end, full, "header.date", reliability=0.98,
                          accept=context.accept)  # fmt: skip
    seen = view.confidences(offset + match.start("day"), offset + match.end("day"))
    sure = bool(seen) and min(seen) >= _SURE_DAY
    cap: FieldStatus = "review"
    if full is not None and sure:
        return make_field(view, start, end, full, "header.date.day_may_be_handwritten",
                          reliability=0.6, accept=context.accept, cap=cap)  # fmt: skip
    origin = view.evidence(start, end)[0].origin
    candidates = [full] if full else [c for c in _days(match["day"], year, month) if c]
    return make_field(
        view, start, end, month_only, "header.date.month_only",
        reliability=0.7, accept=context.accept, cap=cap,
        alternatives=[
            Alternative(value=c, confidence=0.2, origin=origin) for c in candidates
        ],
    )  # fmt: skip


def _days(text: str, year: int, month: int) -> list[str | None]:
    """Candidate dates in a day slot read as ``OB`` or ``l1``."""
    looks = text.strip().translate(str.maketrans("oOlIiBsSzZ", "0011185522"))
    found = _DAY.search(looks)
    return [edtf(year, month, int(found[1]))] if found else []


def _candidates(match: re.Match[str]) -> list[str]:
    month, year = _number(match["month"]), _number(match["year"])
    if year is not None and 1900 <= year <= 2100 and month is None:
        return [f"{year:04d}"]
    return []


_UNIT_KIND = r"(?:xa|phuong|thi tran|dac khu|huyen|quan|thi xa|thanh pho|tinh|tp\.?)"
_NOT_PLACE = re.compile(r"[^\w\s.-]")


def place_of_office(place: FieldValue, issuer: FieldValue) -> FieldValue:
    """A damaged name of a place read as the issuer's own province, where it is nearly that.

    Offices date their documents where they sit (Decree 30, Annex I, II.4); never accepted.
    """
    place = _confirmed(place, issuer)
    printed, province = place.value, province_in(issuer.value)
    if printed is None or province is None or place.status == "accepted":
        return place
    if canonical_place(printed) is not None or fold(printed)[:1] != fold(province)[:1]:
        return place
    if Levenshtein.distance(fold(printed), fold(province)) > _NEARLY:
        return place
    other = Alternative(value=printed, confidence=round(place.confidence / 2, 4))
    return place.model_copy(
        update={
            "value": province,
            "status": "review",
            "alternatives": (other, *place.alternatives),
            "rule": "header.place.of_issuer",
        }
    )


def _confirmed(place: FieldValue, issuer: FieldValue) -> FieldValue:
    """A read place that no list knows must be the issuer's own, or half of it may be lost."""
    read = any(e.origin == "ocr" for e in place.evidence)
    if not read or place.status != "accepted" or place.value is None:
        return place
    name = fold(place.value)
    if canonical_place(place.value) is not None or districts_named(place.value):
        return place
    if re.search(rf"{_UNIT_KIND}\s+{re.escape(name)}$", fold(issuer.value or "")):
        return place
    if re.match(rf"{_UNIT_KIND}\s", name):
        return place
    return place.model_copy(update={"status": "review"})


def _place(context: Context, start: int, end: int) -> FieldValue:
    view = context.view
    text = view.text[start:end]
    stripped = text.rstrip(" ,.;-")
    left = len(stripped) - len(stripped.lstrip(" ,.;-"))
    start, end = start + left, start + len(stripped)
    printed = view.plain(start, end)
    if not printed or len(printed) > 60 or any(c.isdigit() for c in printed):
        return ABSENT
    known = canonical_place(printed)
    if known is not None:
        exact = fold(known) == fold(printed)
        return make_field(view, start, end, known,
                          "header.place" if exact else "header.place.gazetteer",
                          reliability=0.98 if exact else 0.8, closed=exact,
                          accept=context.accept)  # fmt: skip
    clean = not _NOT_PLACE.search(printed) and printed[0].isupper()
    return make_field(view, start, end, printed, "header.place", reliability=0.95 if clean else 0.5,
                      accept=context.accept)  # fmt: skip
