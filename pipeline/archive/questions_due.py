"""What is due around a day: deadlines that come, deadlines that passed, and what recurs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from pipeline.archive import paths
from pipeline.archive.conditions import Own, as_it_is, standing, unindexed
from pipeline.archive.dialects import POSTGRESQL
from pipeline.archive.narrowing import FEW, narrowed, narrowed_from
from pipeline.archive.recurrence import occurrences
from pipeline.archive.rows import DueRow, Filter
from pipeline.archive.schema import deadlines, directives

_OPEN: Final = "9999-12-31"
_DAY: Final = timedelta(days=1)
_THERE: Final = deadlines.c.status != "absent"
#: What a row says of the deadline as it stands in the table.
_SHOWN: Final = DueRow.model_fields.keys() - {"due", "days", "basis", "until"}


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
    # SQLite goes by the days of deadlines where the directives are many, and else by those.
    chosen = narrowed_from(connection, standing(wanted), deadlines.c.directive_pk)
    column = unindexed if chosen.few else as_it_is
    rows = [*_dated(connection, on, first, last, and_(chosen.where, _THERE), limit, column)]
    if recurring:
        rows += _recurring(connection, on, first, last, wanted, limit)
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
        d.issued.label("directive_issued"), d.issued_first, paths.CONTENT,
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
    column: Own,
) -> Iterable[DueRow]:
    """ "Before a day" (or month) is due on the day before it; all else on its last day."""
    dl = deadlines.c
    single = dl.date.not_like("%/%")
    is_before = and_(dl.operator == "before", single)
    begins, ends = column(dl.date_first), column(dl.date_last)
    ways = (
        (and_(is_before, begins > first.isoformat(), begins <= _moved(last, 1).isoformat()),
         begins),
        (and_(or_(dl.operator != "before", ~single), dl.operator != "from",
              ends >= first.isoformat(), ends <= last.isoformat(), ends < _OPEN), ends),
    )  # fmt: skip
    for between, order in ways:
        found = _select().where(between, where).order_by(order).limit(limit)
        for row in _named(connection, found):
            before = row.operator == "before" and "/" not in row.date
            day = date.fromisoformat(row.date_first) - _DAY if before else None
            yield _row(row, on, day or date.fromisoformat(row.date_last), "date", None)


def _recurring(
    connection: Connection,
    on: date,
    first: date,
    last: date,
    wanted: Filter | None,
    limit: int,
) -> Iterable[DueRow]:
    """From the day after the document's own; until the end of the action that it dates, if any."""
    d, dl = directives.c, deadlines.c
    rules = [r for r in _known_rules(connection) if occurrences(r, first, _moved(last, 1))]
    if not rules:
        return
    newest = narrowed(connection, standing(wanted), newest=True)
    rule: ColumnElement[Any] = dl.recurrence
    if connection.dialect.name != POSTGRESQL and (newest.few or _many(connection, rules)):
        rule = unindexed(rule)  # by directive, the newest first: soon there are enough
    other = deadlines.alias("other")
    until = (
        select(func.max(other.c.date_last))
        .where(other.c.directive_pk == d.pk, other.c.operator == "within",
               other.c.date.like("%/%"), other.c.date_last < _OPEN)
        .scalar_subquery()
    )  # fmt: skip
    found = (
        _select(until.label("until"))
        .where(rule.in_(rules), newest.where, _THERE)
        .where(func.coalesce(d.issued_first, "") <= last.isoformat())
        .where(func.coalesce(until, _OPEN) >= first.isoformat())
        .order_by(d.issued_first.desc(), d.id)
        .limit(limit)
    )
    for row in _named(connection, found):
        step = _DAY if row.operator == "before" else timedelta(0)
        begins = max(first, date.fromisoformat(row.issued_first)) if row.issued_first else first
        ends = min(last, date.fromisoformat(row.until)) if row.until else last
        for day, basis in occurrences(row.recurrence, first, _moved(last, 1)):
            if begins <= (at := day - (step if basis == "day" else timedelta(0))) <= ends:
                yield _row(row, on, at, basis, row.until)


def _known_rules(connection: Connection) -> list[str]:
    """Every rule by which a deadline recurs: from one to the next through the index."""
    other = deadlines.alias("other")
    rules = select(func.min(deadlines.c.recurrence).label("rule")).cte("rules", recursive=True)
    following = select(func.min(other.c.recurrence)).where(other.c.recurrence > rules.c.rule)
    rules = rules.union_all(select(following.scalar_subquery()).where(rules.c.rule.is_not(None)))
    return list(connection.scalars(select(rules.c.rule).where(rules.c.rule.is_not(None))))


def _many(connection: Connection, rules: Sequence[str]) -> bool:
    such = select(deadlines.c.recurrence).where(deadlines.c.recurrence.in_(rules))
    return connection.execute(such.limit(1).offset(FEW)).first() is not None


def _named(connection: Connection, query: Select[Any]) -> list[SimpleNamespace]:
    rows = paths.with_names(connection, connection.execute(query).all())
    return [SimpleNamespace(**row) for row in rows]


def _row(row: Any, on: date, day: date, basis: str, until: str | None) -> DueRow:
    known = vars(row)
    return DueRow.model_validate(
        {name: known[name] for name in _SHOWN}
        | {"due": day, "days": (day - on).days, "basis": basis, "until": until}
    )
