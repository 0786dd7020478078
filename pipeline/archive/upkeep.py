"""Makes what follows from the records anew, after an older archive was brought up to date.

Migrations make tables; the rows that are derived from ``document`` are made here, by the code that
also makes them when a directive is put. Batch by batch, so memory stays flat.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select, update

from models.directive import Directive
from pipeline.archive import (
    citing,
    identity,
    likeness,
    organisations,
    page_form,
    paths,
    reading,
    record,
    writing,
)
from pipeline.archive.log import Author
from pipeline.archive.schema import (
    directives,
    history,
    pages,
    records,
    search_texts,
    text_bands,
)

_BATCH: Final = 200


def rederive(connection: Connection) -> None:
    """Make every derived row anew; the records stay what they say, in today's form."""
    connection.execute(delete(text_bands))
    for row in _rows(connection):
        _rederive_one(connection, row)
        _feed_columns(connection, row)
    for row in _rows(connection):
        # An upgrade is no change of a directive: nothing is noted, no feed repeats the archive.
        citing.resolve(connection, (), [row.pk], author=Author(), quiet=_Everyone())
        identity.propose(connection, [row.pk])


class _Everyone(frozenset[str]):
    """Holds every id."""

    def __contains__(self, _: object) -> bool:
        return True


def _rows(connection: Connection) -> Iterator[Any]:
    d = directives.c
    after = 0
    while True:
        batch = connection.execute(
            select(d.pk, d.id, d.sha256, reading.DOCUMENT, search_texts.c.body)
            .join_from(directives, search_texts, search_texts.c.pk == d.pk, isouter=True)
            .where(d.pk > after)
            .order_by(d.pk)
            .limit(_BATCH)
        ).all()
        if not batch:
            return
        yield from batch
        after = batch[-1].pk


def _rederive_one(connection: Connection, row: Any) -> None:
    directive = Directive.model_validate_json(row.document)
    bodies = organisations.bodies_of(directive)
    pks = organisations.register(connection, bodies.every())
    organisations.register_campaign(connection, directive.campaign)
    stored = record.document(directive)
    signature = likeness.signature(row.body or "")
    values = record.directive_row(directive) | {"signature": signature}
    if stored != row.document:  # fields that the contract gained since
        values["content_hash"] = _content_hash(connection, row.pk, stored)
        of_this = records.c.pk == row.pk
        connection.execute(update(records).where(of_this).values(document=stored))
    values |= bodies.columns(pks)
    connection.execute(update(directives).where(directives.c.pk == row.pk).values(values))
    writing.clear_lists(connection, row.pk)
    writing.put_lists(connection, row.pk, record.list_rows(directive, bodies, pks))
    identity.move_bands(connection, row.pk, None, signature)


def _content_hash(connection: Connection, pk: int, stored: str) -> str:
    p = pages.c
    of_this = select(p.document, p.text).where(p.directive_pk == pk).order_by(p.page)
    kept = [page_form.content(row.document, row.text) for row in connection.execute(of_this)]
    return record.content_hash(stored, kept)


def _feed_columns(connection: Connection, row: Any) -> None:
    h = history.c
    first, last = connection.execute(
        select(func.min(h.seq), func.max(h.seq)).where(h.directive_id == row.id)
    ).one()
    there = h.change.in_(("created", "reinstated"))
    since = connection.scalar(select(func.max(h.seq)).where(h.directive_id == row.id, there))
    live = paths.is_current(connection, row.sha256)
    connection.execute(
        update(directives)
        .where(directives.c.pk == row.pk)
        .values(
            created_seq=first or 0,
            change_seq=last or 0,
            live_seq=(since or 0) if live else None,
        )
    )
