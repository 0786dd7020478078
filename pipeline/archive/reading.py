"""Records as they are read: the stored document with what is joined to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, select

from models.directive import Directive
from pipeline.archive import paths, record
from pipeline.archive.record import Joined
from pipeline.archive.schema import citations, directives, records

#: The stored record of a directive, for a query that has ``directives``.
DOCUMENT: Final = (
    select(records.c.document)
    .where(records.c.pk == directives.c.pk)
    .correlate(directives)
    .scalar_subquery()
    .label("document")
)
#: What a row must have to be read as a record.
COLUMNS: Final = (
    directives.c.pk,
    directives.c.id,
    directives.c.sha256,
    directives.c.version_of,
    DOCUMENT,
)
_BATCH: Final = 500


def joined(connection: Connection, rows: Sequence[Any]) -> list[Joined]:
    """What belongs to each row of :data:`COLUMNS`, in their order."""
    names = paths.names(connection, (row.sha256 for row in rows))
    resolved: dict[int, dict[int, str]] = {}
    for batch in _batches(row.pk for row in rows):
        found = connection.execute(
            select(citations.c.directive_pk, citations.c.position, citations.c.resolved_id).where(
                citations.c.directive_pk.in_(batch), citations.c.resolved_id.is_not(None)
            )
        )
        for pk, position, resolved_id in found:
            resolved.setdefault(pk, {})[position] = resolved_id
    mains = ids(connection, {row.version_of for row in rows if row.version_of is not None})
    return [
        Joined(
            names.get(row.sha256, []),
            resolved.get(row.pk),
            mains.get(row.version_of) if row.version_of is not None else None,
        )
        for row in rows
    ]


def ids(connection: Connection, pks: Iterable[int]) -> dict[int, str]:
    """The ids of directives by their row numbers."""
    found: dict[int, str] = {}
    for batch in _batches(pks):
        rows = connection.execute(
            select(directives.c.pk, directives.c.id).where(directives.c.pk.in_(batch))
        )
        found.update((row.pk, row.id) for row in rows)
    return found


def _batches(pks: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(pks)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def restored(connection: Connection, rows: Sequence[Any]) -> list[Directive]:
    """Rows of :data:`COLUMNS` as records."""
    return [
        record.restored(row.document, more)
        for row, more in zip(rows, joined(connection, rows), strict=True)
    ]


def whole(connection: Connection, rows: Sequence[Any]) -> list[str]:
    """Rows of :data:`COLUMNS` as JSON, not validated again."""
    return [
        record.whole(row.document, more)
        for row, more in zip(rows, joined(connection, rows), strict=True)
    ]
