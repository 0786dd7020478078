"""Many new directives at once: the same rows as one by one, in a fraction of the statements.

For what comes from elsewhere already read (another archive, a benchmark). Whatever is not wholly
new (a content, a name or an id that is there) goes the ordinary way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from models.directive import Directive
from models.source import SourceDocument
from models.text import PageText
from pipeline.archive import citing, identity, organisations, paths, record, writing
from pipeline.archive.guidance import Guidance
from pipeline.archive.log import Author, utc_now, version_of
from pipeline.archive.schema import (
    directives,
    history,
    metadata,
    quarantine,
    source_paths,
    sources,
    text_bands,
)

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Item:
    """A document to put, as for ``record_source`` and ``put_directive``."""

    path: str
    source: SourceDocument
    directive: Directive
    pages: Sequence[PageText]
    result_key: str
    location: Path | None = None


def put_many(
    connection: Connection, items: Sequence[Item], author: Author, guidance: Guidance
) -> int:
    """Put ``items``; how many were created or changed."""
    changed = 0
    for start in range(0, len(items), _BATCH):
        batch = items[start : start + _BATCH]
        new = _new(connection, batch)
        if new:
            _put_new(connection, [batch[i] for i in sorted(new)], author)
            changed += len(new)
        for number, item in enumerate(batch):
            if number not in new:
                changed += _put_one(connection, item, author, guidance)
    return changed


def _put_one(connection: Connection, item: Item, author: Author, guidance: Guidance) -> bool:
    writing.record_source(connection, item.path, item.source, location=item.location, author=author)
    done = writing.put_directive(
        connection, item.directive, item.pages,
        result_key=item.result_key, author=author, guidance=guidance,
    )  # fmt: skip
    return done != "unchanged"


def _new(connection: Connection, items: Sequence[Item]) -> set[int]:
    """The places of the items of which nothing is there yet, nor earlier in ``items``."""
    names = [paths.stored_name(item.path) for item in items]
    contents = [item.source.sha256 for item in items]
    ids = [item.directive.id for item in items]
    s, d = source_paths.c, directives.c
    taken: set[tuple[str, str]] = set()
    for kind, column, asked in (
        ("path", s.path, names), ("sha256", sources.c.sha256, contents), ("id", d.id, ids),
    ):  # fmt: skip
        there = connection.scalars(select(column).where(column.in_(asked)))
        taken.update((kind, value) for value in there)
    new: set[int] = set()
    for number, item in enumerate(items):
        own = {("path", names[number]), ("sha256", contents[number]), ("id", ids[number])}
        if not own & taken and item.directive.source.sha256 == item.source.sha256:
            new.add(number)
        taken |= own
    return new


@dataclass(slots=True)
class _Made:
    """An item with the parts of its rows that do not depend on the database."""

    item: Item
    pages: list[record.Row]
    search: record.Row
    row: record.Row
    bodies: organisations.Bodies


def _made(item: Item) -> _Made:
    row, pages, search = record.Content(item.directive, item.pages).rows(item.result_key)
    return _Made(item, pages, search, row, organisations.bodies_of(item.directive))


def _put_new(connection: Connection, items: Sequence[Item], author: Author) -> None:
    now = utc_now()
    connection.execute(insert(sources), [paths.source_row(i.source, now) for i in items])
    connection.execute(insert(source_paths), [_path_row(item) for item in items])
    names = [paths.stored_name(item.path) for item in items]
    connection.execute(delete(quarantine).where(quarantine.c.path.in_(names)))
    made = [_made(item) for item in items]
    bodies = {body.id: body for one in made for body in one.bodies.every()}
    orgs: dict[str, int] = {}
    for batch in _batches(list(bodies.values())):
        orgs |= organisations.register(connection, batch, orgs)
    organisations.register_campaigns(connection, [one.item.directive.campaign for one in made])
    seqs = _note_created(connection, items, now, author)
    for one, seq in zip(made, seqs, strict=True):
        one.row |= {"created_seq": seq, "change_seq": seq, "live_seq": seq}
        one.row |= one.bodies.columns(orgs)
    pks = _keys(connection, directives, "pk", [one.row for one in made])
    _put_parts(connection, made, pks, orgs)
    ids = [one.item.directive.id for one in made]
    rows = connection.execute(
        select(directives.c.number_key, directives.c.issuer_org, directives.c.issued).where(
            directives.c.pk.in_(pks)
        )
    )
    spots = {spot for row in rows for spot in citing.spot(row)}
    citing.resolve(connection, spots, pks, author=author, quiet=frozenset(ids))
    identity.propose(connection, pks, fresh=True)


def _batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]


def _path_row(item: Item) -> record.Row:
    return {
        "path": paths.stored_name(item.path),
        "sha256": item.source.sha256,
        "current": 1,
        "location": paths.location_of(item.path, item.location),
    }


def _note_created(
    connection: Connection, items: Sequence[Item], now: str, author: Author
) -> list[int]:
    version = version_of(connection, author)
    rows = [
        {
            "at": now,
            "run_id": author.run_id,
            "directive_id": item.directive.id,
            "change": "created",
            "actor": author.actor,
            "version": version,
        }
        for item in items
    ]
    return _keys(connection, history, "seq", rows)


def _keys(connection: Connection, table: Any, key: str, rows: Sequence[record.Row]) -> list[int]:
    """Insert ``rows``; their keys, in the same order."""
    made = insert(table).returning(table.c[key], sort_by_parameter_order=True)
    return [int(value) for value in connection.scalars(made, rows)]


def _put_parts(
    connection: Connection, made: Sequence[_Made], pks: Sequence[int], orgs: dict[str, int]
) -> None:
    parts: dict[str, list[record.Row]] = defaultdict(list)
    for one, pk in zip(made, pks, strict=True):
        lists = record.list_rows(one.item.directive, one.bodies, orgs)
        for name, rows in {"pages": one.pages, **lists}.items():
            parts[name] += [row | {"directive_pk": pk} for row in rows]
        parts["search_texts"].append(one.search | {"pk": pk})
        parts[text_bands.name] += identity.band_rows(pk, one.row["signature"])
    for name, rows in parts.items():
        if rows:
            connection.execute(insert(metadata.tables[name]), rows)
