"""Records as they are stored, passed on without being read: fast, and the very same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from models import personal
from pipeline.archive import paths
from pipeline.archive.queries import conditions
from pipeline.archive.rows import Filter
from pipeline.archive.schema import directives, findings, sources

_NO_PATH: Final = '"source":{"path":""'
_NO_OTHERS: Final = '"other_paths":[]'


class Stored(NamedTuple):
    """A record: the contract as JSON (UTF-8 text), and what tells it from an earlier one.

    ``media_type`` and ``size_bytes`` are those of the original with the hash ``sha256``;
    ``personal``: findings mark personal data in it.
    """

    id: str
    json: str
    content_hash: str
    sha256: str
    paths: tuple[str, ...]
    media_type: str
    size_bytes: int
    personal: bool


def with_paths(document: str, names: Sequence[str]) -> str:
    """A stored document with its paths put in, as ``record.restored`` would write it.

    The model writes ``schema``, ``id`` and ``source`` first, and a quote inside a value is escaped:
    the first place that looks like the source is the source.
    """
    first, *others = names or [""]

    def text(value: str | list[str]) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    start = document.index(_NO_PATH)
    end = document.index(_NO_OTHERS, start)
    between = document[start + len(_NO_PATH) : end]
    rest = document[end + len(_NO_OTHERS) :]
    return (
        f'{document[:start]}"source":{{"path":{text(first)}{between}"other_paths":{text(others)}'
        f"{rest}"
    )


_has_personal: Final = (
    select(findings.c.position)
    .where(
        findings.c.directive_pk == directives.c.pk,
        findings.c.code.startswith(personal.PREFIX, autoescape=True),
    )
    .exists()
)


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
        select(
            d.id, d.document, d.content_hash, d.sha256, sources.c.media_type, sources.c.byte_size,
            _has_personal.label("personal"),
        )
        .join_from(directives, sources, sources.c.sha256 == d.sha256)
        .where(d.id > after)
    )  # fmt: skip
    if wanted is not None:
        query = query.where(conditions(wanted))
    if ids is not None:
        query = query.where(d.id.in_(ids))
    rows = connection.execute(query.order_by(d.id).limit(limit)).all()
    names = paths.names(connection, (row.sha256 for row in rows))
    return [
        Stored(
            id=row.id,
            json=with_paths(row.document, names.get(row.sha256, [])),
            content_hash=row.content_hash,
            sha256=row.sha256,
            paths=tuple(names.get(row.sha256, [])),
            media_type=row.media_type,
            size_bytes=row.byte_size,
            personal=bool(row.personal),
        )
        for row in rows
    ]


def personal_texts(connection: Connection, ids: Sequence[str]) -> dict[str, personal.Words]:
    """What must be masked in each of these directives; none where nothing is marked."""
    d = directives.c
    rows = connection.execute(select(d.id, d.document).where(d.id.in_(ids), _has_personal))
    return {row.id: personal.words_of(json.loads(row.document)) for row in rows}
