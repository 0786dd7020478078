"""Lists in pages: each page begins where the one before ended, whatever was added meanwhile.

A page is asked for by the key of the last row seen (keyset), not by a count of rows: a row that was
there all the time is met exactly once. The leading column may be null; such rows come last, and
are asked for apart, so that the index serves both parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, or_, select

from models.base import Model
from models.directive import FieldStatus, Relation
from models.failure import Failure
from models.finding import Severity
from pipeline.archive import paths, queries
from pipeline.archive.narrowing import narrowed, overlapping
from pipeline.archive.rows import (
    AskedDay,
    CitationRow,
    Cited,
    DeadlineRow,
    DirectiveRow,
    Filter,
    FindingRow,
    TargetRow,
)
from pipeline.archive.schema import (
    citations,
    deadlines,
    directives,
    findings,
    quarantine,
    targets,
)
from pipeline.archive.words import number_key
from pipeline.errors import UsageProblem

Row = TypeVar("Row")
#: Values of the columns a list is ordered by.
Key = tuple[str | int | None, ...]


class TargetFilter(Filter):
    """Targets of these directives; of this kind, as sure as this."""

    kind: Literal["quota", "coverage", "per_unit", "result", "aspiration"] | None = None
    status: FieldStatus | None = None


class DeadlineFilter(Filter):
    """Deadlines of these directives; those that can mean a day from ``due_from`` to ``due_to``."""

    due_from: AskedDay | None = None
    due_to: AskedDay | None = None


class CitationFilter(Filter):
    """Citations in these directives; of the document with this number, in this relation."""

    cited_number: str | None = None
    relation: Relation | None = None
    resolved: bool | None = None


class FindingFilter(Filter):
    """Findings of these directives; with this code, this severe."""

    code: str | None = None
    severity: Severity | None = None


class QuarantineFilter(Model):
    """What failed with this category."""

    category: str | None = None


class QuarantineRow(Model):
    """A file that failed, and why. Times are ISO 8601 in UTC."""

    path: str
    sha256: str | None
    attempts: int
    first_at: str
    last_at: str
    failure: Failure


class Slice(NamedTuple, Generic[Row]):
    """Some rows, and the key after which there are more (``None``: there are none)."""

    rows: list[Row]
    next: Key | None


@dataclass(frozen=True, slots=True)
class By:
    """A column that a list is ordered by; null only where it leads."""

    column: ColumnElement[Any]
    kind: type[str] | type[int] = str
    descending: bool = False
    nullable: bool = False

    @property
    def order(self) -> ColumnElement[Any]:
        ordered = self.column.desc() if self.descending else self.column.asc()
        return ordered.nulls_last() if self.nullable else ordered

    def past(self, value: str | int | None, *, last: bool) -> ColumnElement[bool]:
        """Behind ``value`` in the order; not at it where this is the ``last`` column."""
        if self.descending:
            return self.column < value if last else self.column <= value
        return self.column > value if last else self.column >= value


def _past(order: Sequence[By], after: Key) -> ColumnElement[bool]:
    first, *rest = order
    if not rest:
        return first.past(after[0], last=True)
    # The first condition alone lets an index find the place.
    return and_(
        first.past(after[0], last=False),
        or_(first.past(after[0], last=True), _past(rest, after[1:])),
    )


def checked(order: Sequence[By], after: Key) -> None:
    """That a key from outside is one of this list: other databases refuse wrong types."""
    good = len(after) == len(order) and all(
        (value is None and by.nullable)
        or (isinstance(value, by.kind) and not isinstance(value, bool))
        for by, value in zip(order, after, strict=True)
    )
    if not good or any(isinstance(v, int) and abs(v) >= 2**63 for v in after):
        raise UsageProblem(
            "The cursor does not belong to this list.",
            advice="Use a cursor that an answer to the same question gave.",
        )


def sliced(
    connection: Connection,
    query: Select[Any],
    order: Sequence[By],
    after: Key | None,
    limit: int,
    make: Callable[[dict[str, Any]], Row],
) -> Slice[Row]:
    """Rows of ``query`` behind ``after`` in an ``order`` that is the same for every page.

    :raises UsageProblem: the key is none of this list
    """
    if after is not None:
        checked(order, after)
    lead = order[0]
    keyed = query.add_columns(*(by.column.label(f"key_{n}") for n, by in enumerate(order)))
    found: list[Any] = []
    for null in (False, True) if lead.nullable else (False,):
        part, by = keyed, order
        if lead.nullable:
            part = part.where(lead.column.is_(None) if null else lead.column.is_not(None))
            by = order[1:] if null else order
        if after is not None:
            began_null = lead.nullable and after[0] is None
            if began_null and not null:
                continue
            if began_null == null:
                part = part.where(_past(by, after[1:] if null else after))
        part = part.order_by(*(b.order for b in by)).limit(limit + 1 - len(found))
        found += connection.execute(part).all()
        if len(found) > limit:
            break
    shown: list[Any] = found[:limit]
    if shown and "content" in shown[0]._mapping:
        shown = paths.with_names(connection, shown)
    else:
        shown = [row._mapping for row in shown]
    rows = [make(_without_keys(row)) for row in shown]
    more = len(found) > limit and limit > 0
    last = found[limit - 1]._mapping if more else {}
    return Slice(rows, tuple(last[f"key_{n}"] for n in range(len(order))) if more else None)


def _without_keys(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items() if not str(name).startswith("key_")}


# -- the lists -----------------------------------------------------------------------------------

_d: Final = directives.c


def directive_slice(
    connection: Connection, wanted: Filter, after: Key | None, limit: int
) -> Slice[DirectiveRow]:
    """Newest document first, undated ones last."""
    order = (By(_d.issued_first, descending=True, nullable=True), By(_d.id))
    query = select(*queries.SUMMARY).where(narrowed(connection, wanted, newest=True).where)
    return sliced(connection, query, order, after, limit, queries.summary)


#: Columns of lists by which an index has the keys of directives.
_KEYED: Final = frozenset((targets.c.kind, citations.c.number_key, findings.c.code))


def _items(
    connection: Connection, table: Table, row: type[Cited], wanted: Filter, **values: str | None
) -> Select[Any]:
    """Items of the directives that ``wanted`` names, with these values where there are any."""
    asked = {table.c[name]: value for name, value in values.items() if value is not None}
    keys = [
        select(table.c.directive_pk).where(column == value)
        for column, value in asked.items()
        if column in _KEYED
    ]
    own = queries.own_column(connection)
    query = queries.items(table, row, narrowed(connection, wanted, *keys).where)
    return query.where(*(own(column) == value for column, value in asked.items()))


def _in_order_of_documents(table: Table) -> tuple[By, ...]:
    return By(_d.id), By(table.c.position, int)


def target_slice(
    connection: Connection, wanted: TargetFilter, after: Key | None, limit: int
) -> Slice[TargetRow]:
    """By directive, in the order of the document."""
    query = _items(connection, targets, TargetRow, wanted, kind=wanted.kind, status=wanted.status)

    def made(row: dict[str, Any]) -> TargetRow:
        value = row["value"]
        whole = isinstance(value, float) and value.is_integer()
        return TargetRow.model_validate(row | {"value": int(value) if whole else value})

    return sliced(connection, query, _in_order_of_documents(targets), after, limit, made)


def deadline_slice(
    connection: Connection, wanted: DeadlineFilter, after: Key | None, limit: int
) -> Slice[DeadlineRow]:
    """By the last day they can mean; those without a date last."""
    l = deadlines.c  # noqa: E741 - as everywhere
    begin = None if wanted.due_from is None else wanted.due_from.isoformat()
    end = None if wanted.due_to is None else wanted.due_to.isoformat()
    such = []
    if begin or end:
        such = [overlapping(deadlines, l.directive_pk, (l.date_first, l.date_last), (begin, end))]
    found = narrowed(connection, wanted, *such)
    own = queries.own_column(connection)
    # Many: in the order of the index of last days, which no other leads away from.
    first, last = own(l.date_first), own(l.date_last) if found.few else l.date_last
    query = queries.items(deadlines, DeadlineRow, found.where)
    if begin is not None:
        query = query.where(last >= begin)
    if end is not None:
        query = query.where(first <= end)
    order = (By(last, nullable=True), *_in_order_of_documents(deadlines))
    return sliced(connection, query, order, after, limit, DeadlineRow.model_validate)


def citation_slice(
    connection: Connection, wanted: CitationFilter, after: Key | None, limit: int
) -> Slice[CitationRow]:
    """By directive, in the order of the document."""
    cited = None if wanted.cited_number is None else number_key(wanted.cited_number)
    query = _items(
        connection, citations, CitationRow, wanted, number_key=cited, relation=wanted.relation
    )
    if wanted.resolved is not None:
        there = queries.own_column(connection)(citations.c.resolved_id)
        query = query.where(there.is_not(None) if wanted.resolved else there.is_(None))
    order = _in_order_of_documents(citations)
    return sliced(connection, query, order, after, limit, CitationRow.model_validate)


def finding_slice(
    connection: Connection, wanted: FindingFilter, after: Key | None, limit: int
) -> Slice[FindingRow]:
    """By directive, in the order of the record."""
    query = _items(
        connection, findings, FindingRow, wanted, code=wanted.code, severity=wanted.severity
    )
    order = _in_order_of_documents(findings)
    return sliced(connection, query, order, after, limit, FindingRow.model_validate)


def quarantine_slice(
    connection: Connection, wanted: QuarantineFilter, after: Key | None, limit: int
) -> Slice[QuarantineRow]:
    """By path."""
    q = quarantine.c
    query = select(q.path, q.sha256, q.attempts, q.first_at, q.last_at, q.failure)
    if wanted.category is not None:
        query = query.where(q.category == wanted.category)

    def made(row: dict[str, Any]) -> QuarantineRow:
        failure = Failure.model_validate_json(row["failure"])
        return QuarantineRow.model_validate(row | {"failure": failure})

    return sliced(connection, query, (By(q.path),), after, limit, made)
