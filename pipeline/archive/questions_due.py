"""What is due around a day: deadlines that come, deadlines that passed, and what recurs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from pipeline.archive import paths
from pipeline.archive.queries import conditions, standing
from pipeline.archive.recurrence import occurrences
from pipeline.archive.rows import DueRow, Filter
from pipeline.archive.schema import deadlines, directives

_OPEN: Final = "9999-12-31"
_DAY: Final = timedelta(days=1)


def due(
    connection: Connection,
    on: date,
    *,
    ahead_days: int,
    passed_days: int,
    wanted: Filter | None,
    recurring: bool,
    limit: int,
) -> list[DueRow]:
    """What is due from ``passed_days`` before ``on`` to ``ahead_days`` after, earliest first.

    Of more than ``limit``, those nearest to the beginning of the span; of what recurs, the rules
    of the newest documents.
    """
    first, last = _moved(on, -passed_days), _moved(on, ahead_days)
    where = and_(conditions(standing(wanted)), deadlines.c.status != "absent")
    rows = [*_dated(connection, on, first, last, where, limit)]
    if recurring:
        rows += _recurring(connection, on, first, last, where, limit)
    rows.sort(key=lambda row: (row.due, row.directive_id, row.position))
    return rows[:limit]


def _moved(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def _select(*more: Any) -> Select[Any]:
    d, dl = directives.c, deadlines.c
    return select(
        d.pk, d.id.label("directive_id"), d.number.label("directive_number"),
        d.number_status.label("directive_number_status"), d.issuer.label("directive_issuer"),
        d.issued.label("directive_issued"), d.issued_first, paths.first_name().label("path"),
        dl.position, dl.text, dl.date, dl.date_first, dl.date_last, dl.operator, dl.recurrence,
        dl.action, dl.responsible, dl.status, dl.page, *more,
    ).join_from(deadlines, directives, dl.directive_pk == d.pk)  # fmt: skip


def _dated(
    connection: Connection,
    on: date,
    first: date,
    last: date,
    where: ColumnElement[bool],
    limit: int,
) -> Iterable[DueRow]:
    """ "Before a day" (or month) is due on the day before it; all else on its last day."""
    dl = deadlines.c
    single = dl.date.not_like("%/%")
    is_before = and_(dl.operator == "before", single)
    ways = (
        (and_(is_before, dl.date_first > first.isoformat(),
              dl.date_first <= _moved(last, 1).isoformat()), dl.date_first),
        (and_(or_(dl.operator != "before", ~single), dl.operator != "from",
              dl.date_last >= first.isoformat(), dl.date_last <= last.isoformat(),
              dl.date_last < _OPEN), dl.date_last),
    )  # fmt: skip
    for between, order in ways:
        found = connection.execute(_select().where(between, where).order_by(order).limit(limit))
        for row in found:
            before = row.operator == "before" and "/" not in row.date
            day = date.fromisoformat(row.date_first) - _DAY if before else None
            yield _row(row, on, day or date.fromisoformat(row.date_last), "date", None)


def _recurring(
    connection: Connection,
    on: date,
    first: date,
    last: date,
    where: ColumnElement[bool],
    limit: int,
) -> Iterable[DueRow]:
    """From the day after the document's own; until the end of the action that it dates, if any."""
    d, dl = directives.c, deadlines.c
    known = select(dl.recurrence).where(dl.recurrence.is_not(None)).distinct()
    rules = [r for r in connection.scalars(known) if occurrences(r, first, _moved(last, 1))]
    if not rules:
        return
    other = deadlines.alias("other")
    until = (
        select(func.max(other.c.date_last))
        .where(other.c.directive_pk == d.pk, other.c.operator == "within",
               other.c.date.like("%/%"), other.c.date_last < _OPEN)
        .scalar_subquery()
    )  # fmt: skip
    found = connection.execute(
        _select(until.label("until"))
        .where(dl.recurrence.in_(rules), where)
        .where(func.coalesce(d.issued_first, "") <= last.isoformat())
        .where(func.coalesce(until, _OPEN) >= first.isoformat())
        .order_by(d.issued_first.desc(), d.id)
        .limit(limit)
    )
    for row in found:
        step = _DAY if row.operator == "before" else timedelta(0)
        begins = max(first, date.fromisoformat(row.issued_first)) if row.issued_first else first
        ends = min(last, date.fromisoformat(row.until)) if row.until else last
        for day, basis in occurrences(row.recurrence, first, _moved(last, 1)):
            if begins <= (at := day - (step if basis == "day" else timedelta(0))) <= ends:
                yield _row(row, on, at, basis, row.until)


def _row(row: Any, on: date, day: date, basis: str, until: str | None) -> DueRow:
    names = DueRow.model_fields.keys() - {"due", "days", "basis", "until"}
    known = row._mapping
    return DueRow.model_validate(
        {name: known[name] for name in names}
        | {"due": day, "days": (day - on).days, "basis": basis, "until": until}
    )
