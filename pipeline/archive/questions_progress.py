"""Results against quotas, by campaign and organisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from pipeline.archive import dates, paths
from pipeline.archive.conditions import standing
from pipeline.archive.holding import hold, why_not, worse
from pipeline.archive.narrowing import narrowed
from pipeline.archive.queries import figure
from pipeline.archive.rows import Claim, Filter, ProgressRow
from pipeline.archive.schema import directives, targets
from pipeline.archive.words import key

#: Claims of one document are compared with each other where no campaign joins documents.
_Group = tuple[str, str, str, str]
_PERCENT: Final = "%"


def progress(
    connection: Connection, wanted: Filter | None, *, every: bool, limit: int
) -> tuple[list[ProgressRow], bool]:
    """Goals of the newest directives with what was reached; ``every``: each result that fits.

    Of an archive with more than ``limit`` claims that ``wanted`` names, those of the newest
    documents; the second value says whether there are more.
    """
    rows = _rows(connection, wanted, limit + 1)
    claims = [(row, _claim(row)) for row in rows[:limit]]
    percents = _stated([claim for _, claim in claims])
    groups: dict[_Group, list[tuple[Any, Claim]]] = {}
    for row, claim in claims:
        if (claim.directive_id, claim.position - 1) in percents and claim.unit == _PERCENT:
            continue  # told with the result that it is a share of
        of = row.campaign_id or row.directive_id
        unit = key(row.unit) or row.unit or ""
        group = (of, key(row.directive_issuer), unit, key(row.population))
        groups.setdefault(group, []).append((row, claim))
    found: list[ProgressRow] = []
    for name in sorted(groups):
        found += _of_group(groups[name], percents, every)
    return found, len(rows) > limit


def _rows(connection: Connection, wanted: Filter | None, limit: int) -> Sequence[Any]:
    d, t = directives.c, targets.c
    return connection.execute(
        select(
            d.id.label("directive_id"), d.number.label("directive_number"),
            d.issuer.label("directive_issuer"), d.issuer_status, d.issued.label("directive_issued"),
            d.campaign_id, d.campaign_name, paths.first_name().label("path"),
            t.position, t.kind, t.text, t.value, t.comparator, t.unit, t.population, t.period,
            t.breakdown_of, t.status, t.page,
        )
        .join_from(directives, targets, t.directive_pk == d.pk)
        .where(narrowed(connection, standing(wanted), newest=True).where, t.value.is_not(None))
        .order_by(d.issued_first.desc().nulls_last(), d.id, t.position)
        .limit(limit)
    ).all()  # fmt: skip


def _claim(row: Any) -> Claim:
    first, last = dates.bounds(row.period)
    own = row.kind == "result" and row.period is None
    if own:
        first, last = dates.bounds(row.directive_issued)
        first = last  # known to the month: it says what was reached by the month's end
    return Claim.model_validate(
        {name: getattr(row, name) for name in Claim.model_fields.keys() - _MADE}
        | {"value": figure(row.value), "first": first, "last": last, "dated_by_document": own}
    )


_MADE: Final = frozenset({"value", "first", "last", "dated_by_document"})


def _stated(claims: Sequence[Claim]) -> dict[tuple[str, int], float | int]:
    """What documents say a result is in percent: the share that follows it at once."""
    every = {(claim.directive_id, claim.position): claim for claim in claims}
    return {
        (id_, position - 1): claim.value
        for (id_, position), claim in every.items()
        if claim.kind == "result" and claim.unit == _PERCENT
        and (before := every.get((id_, position - 1))) is not None
        and before.kind == "result" and before.unit != _PERCENT
    }  # fmt: skip


def _of_group(
    of: Sequence[tuple[Any, Claim]], percents: dict[tuple[str, int], float | int], every: bool
) -> Iterator[ProgressRow]:
    goals = [(row, claim) for row, claim in of if claim.kind != "result"]
    results = [(row, claim) for row, claim in of if claim.kind == "result"]
    held: set[tuple[str, int]] = set()
    for row, goal, part in _ordered(goals):
        for one in hold(goal, [claim for _, claim in results], part=part, every=every):
            if one.result is not None:
                held.add((one.result.directive_id, one.result.position))
            yield _row(row, one, part, percents)
    for row, result in results:
        at = (result.directive_id, result.position)
        fits = any(not why_not(goal, result, part=part) for _, goal, part in _ordered(goals))
        if at not in held and (every or not fits):
            reason = "" if not goals else "; ".join(
                dict.fromkeys(why_not(goal, result, part=part) for _, goal, part in _ordered(goals))
            )  # fmt: skip
            yield _alone(row, result, reason or "no goal", percents.get(at))


def _ordered(goals: Sequence[tuple[Any, Claim]]) -> Iterator[tuple[Any, Claim, bool]]:
    """Each whole with its parts behind it."""
    positions = {(claim.directive_id, claim.position) for _, claim in goals}

    def whole_of(row: Any) -> tuple[str, int] | None:
        at = (row.directive_id, row.breakdown_of)
        return at if row.breakdown_of is not None and at in positions else None

    for row, claim in goals:
        if whole_of(row) is not None:
            continue
        yield row, claim, False
        for other, part in goals:
            if whole_of(other) == (claim.directive_id, claim.position):
                yield other, part, True


def _shared(row: Any) -> dict[str, Any]:
    return {
        "campaign": row.campaign_id,
        "campaign_name": row.campaign_name,
        "organisation": row.directive_issuer,
        "unit": row.unit,
        "population": row.population,
    }


def _row(
    row: Any, one: Any, part: bool, percents: dict[tuple[str, int], float | int]
) -> ProgressRow:
    result = one.result
    statuses = [one.goal.status, row.issuer_status] + ([result.status] if result else [])
    return ProgressRow(
        **_shared(row),
        part=int(part),
        goal=one.goal,
        result=result,
        ratio=one.ratio,
        at_least=result is not None and result.comparator in (">", ">="),
        stated_percent=percents.get((result.directive_id, result.position)) if result else None,
        standing=one.standing,
        met=one.met,
        status=worse(*statuses),
        reason=one.reason,
    )


def _alone(row: Any, result: Claim, reason: str, percent: float | int | None) -> ProgressRow:
    return ProgressRow(
        **_shared(row), part=0, goal=None, result=result, stated_percent=percent,
        status=result.status, reason=reason,
    )  # fmt: skip
