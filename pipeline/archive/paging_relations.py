"""Addresses of documents and pairs that may be one document, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from models.base import Model
from pipeline.archive import merging, paging, paths
from pipeline.archive.identity import MergeKind, MergeState
from pipeline.archive.merging import Merge
from pipeline.archive.paging import Key, Slice
from pipeline.archive.questions_told import COLUMNS, Addresses, chosen
from pipeline.archive.rows import Filter, ToldRow
from pipeline.archive.schema import directives, merges
from pipeline.archive.words import key

#: Directives that are looked at together.
_BATCH = 100


class MergeFilter(Model):
    """Which pairs: so decided, of this kind, with this directive on one side."""

    state: MergeState | None = None
    kind: MergeKind | None = None
    directive_id: str | None = None


class ToldFilter(Filter):
    """Addresses of these directives. ``organisation`` is a part of the name of a body.

    Then only addresses count that mean such a body, by its own name or as one of a group.
    """

    organisation: str | None = None


def merge_slice(
    connection: Connection, wanted: MergeFilter, after: Key | None, limit: int
) -> Slice[Merge]:
    """In the order in which they were found."""
    m = merges.c
    query = select(m.id)
    if wanted.state is not None:
        query = query.where(m.state == wanted.state)
    if wanted.kind is not None:
        query = query.where(m.kind == wanted.kind)
    if wanted.directive_id is not None:
        query = query.where(or_(m.one_id == wanted.directive_id, m.two_id == wanted.directive_id))
    found = paging.sliced(connection, query, (paging.By(m.id, int),), after, limit, dict)
    return Slice(merging.listed(connection, ids=[row["id"] for row in found.rows]), found.next)


def told_slice(
    connection: Connection, wanted: ToldFilter, after: Key | None, limit: int
) -> Slice[ToldRow]:
    """Newest document first, undated ones last; then in the order of the document.

    One address may mean several bodies ("Như trên"), so the last value of the key is how many rows
    of a document were seen.
    """
    d = directives.c
    part = None if wanted.organisation is None else key(wanted.organisation)
    where = chosen(connection, wanted, part)
    order = (paging.By(d.issued_first, descending=True, nullable=True), paging.By(d.id))
    query = select(*COLUMNS, d.issued_first).where(where)
    if after is not None:
        paging.checked((*order, paging.By(d.pk, int)), after)
    addresses = Addresses(connection)
    rows: list[tuple[ToldRow, Key]] = []

    def take(found: Sequence[Any], seen: int) -> None:
        for directive, of_this in zip(found, addresses.of(found, part), strict=True):
            for number, row in enumerate(of_this[seen:], seen + 1):
                rows.append((row, (directive.issued_first, directive.id, number)))
            if len(rows) > limit:
                break

    if after is not None:
        begun = connection.execute(query.where(d.id == after[1])).all()
        take(
            [_Directive(row) for row in paths.with_names(connection, begun)],
            max(0, int(after[2] or 0)),
        )
    place = None if after is None else after[:2]
    while len(rows) <= limit:
        few = min(limit + 1 - len(rows), _BATCH)  # nearly every one has an address that is wanted
        found: Slice[Any] = paging.sliced(connection, query, order, place, few, _Directive)
        take(found.rows, 0)
        if found.next is None:
            break
        place = found.next
    more = len(rows) > limit
    return Slice([row for row, _ in rows[:limit]], rows[limit - 1][1] if more else None)


class _Directive:
    """A row of :data:`COLUMNS`, by name."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.__dict__.update(row)
