"""A filter as a condition on ``directives``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    UnaryExpression,
    and_,
    exists,
    func,
    literal_column,
    not_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import custom_op

from models.places import province_named
from pipeline.archive import fulltext, paths
from pipeline.archive.dialects import POSTGRESQL
from pipeline.archive.rows import Filter
from pipeline.archive.schema import deadlines, directives, findings, organisations, targets
from pipeline.archive.words import ask, key, number_key, short_key

Column = ColumnElement[Any]
#: How a condition names its columns.
Own = Callable[[Column], Column]


class _place(FunctionElement[int]):  # noqa: N801 - reads as the function it is
    """Where a text begins in another, from 1; 0: nowhere."""

    type = Integer()
    inherit_cache = True


@compiles(_place)
def _place_in_sqlite(element: _place, compiler: SQLCompiler, **more: Any) -> str:
    return f"instr({compiler.process(element.clauses, **more)})"


@compiles(_place, POSTGRESQL)
def _place_in_postgresql(element: _place, compiler: SQLCompiler, **more: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **more)})"


def contains(column: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """That a column has ``part`` in it, whatever signs are in that; several times LIKE's speed."""
    return _place(column, part) > 0


def standing(wanted: Filter | None) -> Filter:
    """``wanted``, without documents that no file has any more unless it asks for them.

    A filter and nothing else, also of a question that asks for more: so it can be compared.
    """
    wanted = wanted or Filter()
    given = {name: getattr(wanted, name) for name in Filter.model_fields}
    if wanted.superseded is None:
        given["superseded"] = False
    return Filter.model_construct(**given)


def as_it_is(column: Column) -> Column:
    """A column that may be looked up in an index."""
    return column


#: All states of the review: said so, what there is to look at is found in an index.
STATES: Final = ("pending", "approved", "corrected")


def needs_a_look(own: Own = as_it_is) -> ColumnElement[bool]:
    """That a person should look: what was done too, where the machine reads otherwise since."""
    return and_(own(directives.c.state).in_(STATES), own(directives.c.reason_count) > 0)


def unindexed(column: Column) -> Column:
    """A column that SQLite is not to look up in an index. Not for PostgreSQL."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def there(connection: Connection) -> ColumnElement[bool]:
    """That a file still has a directive, in the way that each database finds it out soonest."""
    if connection.dialect.name == POSTGRESQL:
        return directives.c.live_seq.is_not(None)
    is_gone: ColumnElement[bool] = paths.is_superseded()
    return not_(is_gone)


def standing_conditions(connection: Connection, wanted: Filter) -> ColumnElement[bool]:
    """``wanted`` as a condition, where it leaves out what no file has as :func:`there` does it."""
    if wanted.superseded is not False:
        return conditions(wanted)
    return and_(conditions(wanted.model_copy(update={"superseded": None})), there(connection))


def conditions(
    wanted: Filter | None, *, indexed: bool = True, issuers: Sequence[str] | None = None
) -> ColumnElement[bool]:
    """``wanted`` as a condition on ``directives``.

    :param indexed: whether indexes may be used to find what meets it (always in PostgreSQL)
    :param issuers: the folded names of the issuers that are wanted, where they are known
    """
    f = wanted or Filter()
    own = as_it_is if indexed else unindexed
    all_of = [literal_column("1") == 1, *_own(f, own, issuers)]
    if f.finding is not None:
        found = findings.alias("found")
        all_of.append(_has(found, found.c.code == f.finding))
    if f.text is not None and (question := ask(f.text)).terms:
        all_of.append(fulltext.contains(question))
    if f.target_kind is not None:
        claimed = targets.alias("claimed")
        all_of.append(_has(claimed, claimed.c.kind == f.target_kind))
    if f.deadline_from is not None or f.deadline_to is not None:
        dated = deadlines.alias("dated")
        all_of.append(_has(dated, *_due_between(dated, f)))
    return and_(*all_of)


def _own(f: Filter, own: Own, issuers: Sequence[str] | None) -> Iterator[ColumnElement[bool]]:
    """What is asked of the directive's own columns."""
    d = directives.c
    if f.id is not None:
        yield own(d.id) == f.id
    if f.issuer is not None:
        among = issuers_with(key(f.issuer)) if issuers is None else issuers
        yield own(d.issuer_key).in_(among)
    if f.doc_type is not None:
        yield own(d.doc_type_key) == short_key(f.doc_type)
    if f.number is not None:
        yield own(d.number_key) == number_key(f.number)
    if f.issued_from is not None:
        yield own(d.issued_last) >= f.issued_from.isoformat()
    if f.issued_to is not None:
        yield own(d.issued_first) <= f.issued_to.isoformat()
    if f.state is not None:
        yield own(d.state) == f.state
    if f.needs_review is not None:
        needs = needs_a_look(own)
        yield needs if f.needs_review else ~needs
    if f.campaign is not None:
        yield own(d.campaign_id) == f.campaign
    if f.superseded is not None:
        gone = d.live_seq.is_(None) if own is as_it_is else paths.is_superseded()
        yield gone if f.superseded else ~gone
    if (bodies := bodies_of(f)) is not None:
        yield own(d.issuer_org).in_(bodies)


def bodies_of(f: Filter) -> Select[Any] | None:
    """The issuers of the level and province that are wanted, where any is."""
    o = organisations.c
    wanted = [] if f.level is None else [o.level == f.level]
    for column, name in ((o.province, f.province), (o.province_now, f.province_now)):
        if name is not None:
            wanted.append(column == (province_named(name) or name))
    return select(o.pk).where(*wanted) if wanted else None


def _has(items: FromClause, *such: ColumnElement[bool]) -> ColumnElement[bool]:
    """That a directive has an item in a list; an alias, for the query may be over that list."""
    of_this = items.c.directive_pk == directives.c.pk
    return exists(select(items.c.position).where(of_this, *such).correlate(directives))


def _due_between(dated: FromClause, f: Filter) -> Iterator[ColumnElement[bool]]:
    yield dated.c.date_last.is_not(None)
    if f.deadline_from is not None:
        yield dated.c.date_last >= f.deadline_from.isoformat()
    if f.deadline_to is not None:
        yield dated.c.date_first <= f.deadline_to.isoformat()


def issuers_with(part: str) -> Select[Any]:
    """Folded names of issuers that have ``part`` in them.

    From name to next name through the index: there are a thousand times more directives.
    """
    other = directives.alias("other")
    names = select(func.min(directives.c.issuer_key).label("name")).cte("names", recursive=True)
    following = select(func.min(other.c.issuer_key)).where(other.c.issuer_key > names.c.name)
    names = names.union_all(select(following.scalar_subquery()).where(names.c.name.is_not(None)))
    return select(names.c.name).where(contains(names.c.name, part))
