"""Dates that cannot all be right. They are flagged; no date is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.directive import Directive, FieldValue
from models.finding import Finding
from pipeline.settings import CheckSettings

_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}")
#: Plans reach far ahead, but not so far.
_FARTHEST_YEARS = 40
#: What begins so much later would be ordered later.
_FAR_MONTHS = 9


def _usable(field: FieldValue) -> str | None:
    if field.value is None or field.status not in {"accepted", "review"}:
        return None
    return field.value if _DATE.fullmatch(field.value) else None


def _later(one: str, two: str) -> bool:
    """Whether ``one`` lies after ``two``, at the precision that both have."""
    length = min(len(one), len(two))
    return one[:length] > two[:length]


def _suspected_year(issued: str, cited: str) -> str:
    """The first year in which the document could cite it: often only the year is misprinted."""
    year = int(cited[:4])
    moved = cited[:4] + issued[4:]
    return str(year + 1 if _later(cited, moved) else year)


def cited_after(directive: Directive) -> Iterator[Finding]:
    """A document cannot cite one that did not exist yet."""
    issued = _usable(directive.issued)
    if issued is None:
        return
    for citation in directive.citations:
        cited = _usable(citation.issued)
        if cited is not None and _later(cited, issued):
            year = _suspected_year(issued, cited)
            hint = f" If the year is misprinted, {year} would fit." if year != issued[:4] else ""
            yield Finding(
                code="date.before_citation",
                severity="warning",
                message=f"Dated {issued}, but cites {citation.number.value or 'a document'} "
                f"of {cited}.{hint}",
                evidence=(*directive.issued.evidence, *citation.issued.evidence),
            )


def deadline_before(directive: Directive) -> Iterator[Finding]:
    """A deadline that has passed when the document is issued; a period that began long before."""
    issued = _usable(directive.issued)
    if issued is None:
        return
    for deadline in directive.deadlines:
        if not deadline.date:
            continue
        start, _, end = deadline.date.rpartition("/")
        due = end if _DATE.fullmatch(end) else None
        if due is not None and _later(issued, due):
            yield Finding(
                code="deadline.before_date",
                severity="warning",
                message=f"Dated {issued}, but a deadline in it is {due}.",
                evidence=(*directive.issued.evidence, *deadline.evidence),
            )
        elif due is not None and int(due[:4]) > int(issued[:4]) + _FARTHEST_YEARS:
            yield Finding(
                code="date.year_out_of_range",
                severity="warning",
                message=f"Dated {issued}, but a deadline in it lies in {due[:4]}.",
                evidence=(*directive.issued.evidence, *deadline.evidence),
            )
        elif end == ".." and _DATE.fullmatch(start) and _months(issued, start) >= _FAR_MONTHS:
            yield Finding(
                code="deadline.far_start",
                severity="warning",
                message=f"Dated {issued}, but something in it begins only in {start}.",
                evidence=(*directive.issued.evidence, *deadline.evidence),
            )


def _months(one: str, two: str) -> int:
    """Months from one date to the other; days and years without a month do not count."""
    years = int(two[:4]) - int(one[:4])
    if len(one) < 7 or len(two) < 7:
        return 12 * years
    return 12 * years + int(two[5:7]) - int(one[5:7])


def year_range(directive: Directive, settings: CheckSettings) -> Iterator[Finding]:
    """Years before ``settings.earliest_year``."""
    fields = [directive.issued, *(c.issued for c in directive.citations)]
    for field in fields:
        value = _usable(field)
        if value is not None and int(value[:4]) < settings.earliest_year:
            yield Finding(
                code="date.year_out_of_range",
                severity="warning",
                message=f"The year {value[:4]} is before {settings.earliest_year}.",
                evidence=field.evidence,
            )
