"""Results against quotas, by campaign and organisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, select

from pipeline.archive import dates, paths
from pipeline.archive.conditions import standing
from pipeline.archive.holding import Results, time_of, why_not, worse
from pipeline.archive.narrowing import narrowed
from pipeline.archive.queries import figure, own_column
from pipeline.archive.rows import Claim, Filter, ProgressRow
from pipeline.archive.schema import directives, targets
from pipeline.archive.words import key

#: Claims of one document are compared with each other where no campaign joins documents.
_Group = tuple[str, str, str, str]
_PERCENT: Final = "%"


#: What a claim takes from its row as it is: the first columns of the query, in this order.
_TAKEN: Final = (
    directives.c.id.label("directive_id"), directives.c.number.label("directive_number"),
    directives.c.issuer.label("directive_issuer"), directives.c.issued.label("directive_issued"),
    targets.c.position, targets.c.kind, targets.c.text, targets.c.comparator, targets.c.unit,
    targets.c.population, targets.c.period, targets.c.status, targets.c.page,
)  # fmt: skip
_NAMES: Final = tuple(column.name for column in _TAKEN)


def progress(
    connection: Connection, wanted: Filter | None, *, every: bool, limit: int
) -> tuple[list[ProgressRow], bool]:
    """Goals of the newest directives with what was reached; ``every``: each result that fits.

    Of an archive with more than ``limit`` claims that ``wanted`` names, those of the newest
    documents; the second value says whether there are more.
    """
    rows = _rows(connection, wanted, limit + 1)
    names = paths.first_names(connection, (row.content for row in rows[:limit]))
    claims = [(row, _claim(row, names.get(row.content, ""))) for row in rows[:limit]]
    percents = _stated([claim for _, claim in claims])
    groups: dict[_Group, list[tuple[Any, Claim]]] = {}
    for row, claim in claims:
        if (claim.directive_id, claim.position - 1) in percents and claim.unit == _PERCENT:
            continue  # told with the result that it is a share of
        of = row.campaign_id or row.directive_id
        unit = _folded(row.unit) or row.unit or ""
        group = (of, _folded(row.directive_issuer), unit, _folded(row.population))
        groups.setdefault(group, []).append((row, claim))
    found: list[ProgressRow] = []
    for name in sorted(groups):
        found += _of_group(groups[name], percents, every)
    return found, len(rows) > limit


def _rows(connection: Connection, wanted: Filter | None, limit: int) -> Sequence[Any]:
    d, t = directives.c, targets.c
    # From document to document, the newest first, and never through all claims: so no index leads
    # from a claim to its document.
    of_it = t.directive_pk == own_column(connection)(d.pk)
    return connection.execute(
        select(
            *_TAKEN, t.value, t.breakdown_of, d.issuer_status, d.campaign_id, d.campaign_name,
            paths.CONTENT,
        )
        .join_from(directives, targets, of_it)
        .where(narrowed(connection, standing(wanted), newest=True).where, t.value.is_not(None))
        .order_by(d.issued_first.desc().nulls_last(), d.id, t.position)
        .limit(limit)
    ).all()  # fmt: skip


def _claim(row: Any, path: str) -> Claim:
    values = dict(zip(_NAMES, row, strict=False))
    first, last = _bounds(row.period)
    own = row.kind == "result" and row.period is None
    if own:
        first, last = _bounds(row.directive_issued)
        first = last  # known to the month: it says what was reached by the month's end
    values |= {
        "value": figure(row.value), "first": first, "last": last, "dated_by_document": own,
        "path": path,
    }  # fmt: skip
    return Claim.model_validate(values)


#: Offices, units and times are few, and each of many claims has one.
_folded: Final = lru_cache(maxsize=4096)(key)
_bounds: Final = lru_cache(maxsize=4096)(dates.bounds)


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
    goals = list(_ordered([(row, claim) for row, claim in of if claim.kind != "result"]))
    results = [(row, claim) for row, claim in of if claim.kind == "result"]
    among = Results([claim for _, claim in results])
    held: set[tuple[str, int]] = set()
    # One goal of each time: the others take and refuse the same results.
    unlike: dict[tuple[object, ...], tuple[Claim, bool]] = {}
    for row, goal, part in goals:
        unlike.setdefault(time_of(goal, part=part), (goal, part))
        for one in among.held(goal, part=part, every=every):
            if one.result is not None:
                held.add((one.result.directive_id, one.result.position))
            yield _row(row, one, part, percents)
    for row, result in results:
        at = (result.directive_id, result.position)
        if at in held:
            continue
        reasons = dict.fromkeys(why_not(goal, result, part=part) for goal, part in unlike.values())
        if every or "" not in reasons:
            yield _alone(row, result, "; ".join(reasons) or "no goal", percents.get(at))


def _ordered(goals: Sequence[tuple[Any, Claim]]) -> Iterator[tuple[Any, Claim, bool]]:
    """Each whole with its parts behind it."""
    positions = {(claim.directive_id, claim.position) for _, claim in goals}
    parts: dict[tuple[str, int], list[tuple[Any, Claim]]] = {}
    wholes = []
    for row, claim in goals:
        at = (row.directive_id, row.breakdown_of)
        if row.breakdown_of is not None and at in positions:
            parts.setdefault(at, []).append((row, claim))
        else:
            wholes.append((row, claim))
    for row, claim in wholes:
        yield row, claim, False
        for other, part in parts.get((claim.directive_id, claim.position), ()):
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
