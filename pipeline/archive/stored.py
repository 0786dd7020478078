"""Records as they are stored, passed on without being read: fast, and the very same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from models import personal
from pipeline.archive import reading, record
from pipeline.archive.narrowing import narrowed
from pipeline.archive.rows import Filter
from pipeline.archive.schema import directives, findings, sources


class Stored(NamedTuple):
    """A record: the contract as JSON (UTF-8 text), and what tells it from an earlier one.

    ``media_type`` and ``size_bytes`` are those of the original with the hash ``sha256``;
    ``personal``: there may be personal data in it.
    """

    id: str
    json: str
    content_hash: str
    sha256: str
    paths: tuple[str, ...]
    media_type: str
    size_bytes: int
    personal: bool


def records(
    connection: Connection,
    wanted: Filter | None = None,
    *,
    ids: Sequence[str] | None = None,
    after: str = "",
    limit: int,
) -> list[Stored]:
    """Records by id, those behind ``after``; only ``ids`` where they are given."""
    d = directives.c
    query = (
        select(*reading.COLUMNS, sources.c.media_type, sources.c.byte_size)
        .join_from(directives, sources, sources.c.sha256 == d.sha256)
        .where(d.id > after)
    )
    if wanted is not None:
        query = query.where(narrowed(connection, wanted).where)
    if ids is not None:
        query = query.where(d.id.in_(ids))
    rows = connection.execute(query.order_by(d.id).limit(limit)).all()
    more = reading.joined(connection, rows)
    return [_stored(row, joined) for row, joined in zip(rows, more, strict=True)]


def _stored(row: Any, joined: record.Joined) -> Stored:
    whole = record.whole(row.document, joined)
    return Stored(
        id=row.id,
        json=whole,
        content_hash=hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest(),
        sha256=row.sha256,
        paths=tuple(joined.paths),
        media_type=row.media_type,
        size_bytes=row.byte_size,
        personal=personal.may_hold(whole),
    )


def personal_texts(connection: Connection, ids: Sequence[str]) -> dict[str, personal.Words]:
    """What must be masked in each of these directives; none where nothing is marked."""
    d = directives.c
    marked = (
        select(findings.c.position)
        .where(
            findings.c.directive_pk == d.pk,
            findings.c.code.startswith(personal.PREFIX, autoescape=True),
        )
        .exists()
    )
    rows = connection.execute(select(d.id, reading.DOCUMENT).where(d.id.in_(ids), marked))
    return {row.id: personal.words_of(json.loads(row.document)) for row in rows}
