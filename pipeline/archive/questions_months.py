"""In which months something is due, so that one finds one's way to it."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from models.base import Model
from pipeline.archive import gone
from pipeline.archive.conditions import standing, standing_conditions
from pipeline.archive.questions import Answer
from pipeline.archive.rows import Filter
from pipeline.archive.schema import deadlines, directives

_OPEN: Final = "9999-12-31"


class MonthsQuestion(Filter):
    """Of which directives."""


class MonthRow(Model):
    """How many dated deadlines have their last day in a month (``2022-07``).

    Those that only say from when are among them; what recurs is not counted.
    """

    month: str
    deadlines: int


def months_answer(connection: Connection, asked: MonthsQuestion, limit: int) -> Answer[MonthRow]:
    """The latest ``limit`` months in which something is due, in order."""
    found = months(connection, standing(asked))
    kept = sorted(found)[-limit:]
    return Answer([MonthRow(month=m, deadlines=found[m]) for m in kept], len(found) > limit)


def months(connection: Connection, wanted: Filter) -> Counter[str]:
    """Month -> deadlines whose last day lies in it."""
    dl = deadlines.c
    month = func.substr(dl.date_last, 1, 7).label("month")
    query = select(month, func.count().label("many")).where(dl.date_last < _OPEN).group_by(month)
    if wanted != standing(None):
        joined = query.join_from(deadlines, directives, dl.directive_pk == directives.c.pk)
        return _counted(connection, joined.where(standing_conditions(connection, wanted)))
    # All but the few that no file has any more: counted in the index alone.
    found = _counted(connection, query.select_from(deadlines))
    for pks in gone.batches(connection):
        found.subtract(_counted(connection, query.where(dl.directive_pk.in_(pks))))
    return +found


def _counted(connection: Connection, query: Select[Any]) -> Counter[str]:
    return Counter({row.month: row.many for row in connection.execute(query)})
