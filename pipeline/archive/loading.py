"""Many new directives at once: the same rows as one by one, in a fraction of the time.

For what comes from elsewhere already read (another archive, a benchmark). Whatever is not wholly
new (a content, a name or an id that is there) goes the ordinary way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from pipeline.archive import bulk, citing, fts5, identity, organisations, writing
from pipeline.archive.guidance import Guidance
from pipeline.archive.log import Author, utc_now, version_of
from pipeline.archive.paths import stored_name
from pipeline.archive.preparing import Item, Prepared, Rows, prepare
from pipeline.archive.schema import (
    directives,
    quarantine,
    records,
    search_texts,
    source_paths,
    sources,
)

_BATCH: Final = 500
#: The tables that have one row for a directive, under its key.
_SAME_KEY: Final = frozenset({records.name, search_texts.name})
#: From so many on the search index is told of all at once.
_MANY: Final = 50


def put_many(
    connection: Connection, items: Sequence[Item], author: Author, guidance: Guidance
) -> int:
    """Put ``items``; how many were created or changed."""
    changed = 0
    for start in range(0, len(items), _BATCH):
        batch = items[start : start + _BATCH]
        new = _new(
            connection,
            [stored_name(item.path) for item in batch],
            [item.source.sha256 for item in batch],
            [item.directive.id for item in batch],
        )
        new = [n for n in new if batch[n].directive.source.sha256 == batch[n].source.sha256]
        if new:
            put_new(connection, prepare(batch[n] for n in new), author)
            changed += len(new)
        for number in sorted(set(range(len(batch))) - set(new)):
            changed += _put_one(connection, batch[number], author, guidance)
    return changed


def put_prepared(
    connection: Connection, prepared: Prepared, author: Author, guidance: Guidance
) -> int:
    """As :func:`put_many`, of what was prepared elsewhere."""
    rows = prepared.tables.get("directives", Rows())
    at = rows.columns.index("sha256") if rows.columns else 0
    new = {
        start + number
        for start in range(0, len(prepared), _BATCH)
        for number in _new(
            connection,
            prepared.names[start : start + _BATCH],
            prepared.contents[start : start + _BATCH],
            prepared.ids[start : start + _BATCH],
        )
        if rows.values[start + number][at] == prepared.contents[start + number]
    }
    if len(new) == len(prepared) and _all_differ(prepared):
        put_new(connection, prepared, author)
        return len(new)
    items = [prepared.item(number) for number in range(len(prepared))]
    return put_many(connection, items, author, guidance)


def _all_differ(prepared: Prepared) -> bool:
    return all(
        len(set(values)) == len(values)
        for values in (prepared.ids, prepared.names, prepared.contents)
    )


def _put_one(connection: Connection, item: Item, author: Author, guidance: Guidance) -> bool:
    writing.record_source(connection, item.path, item.source, location=item.location, author=author)
    done = writing.put_directive(
        connection, item.directive, item.pages,
        result_key=item.result_key, author=author, guidance=guidance,
    )  # fmt: skip
    return done != "unchanged"


def _new(
    connection: Connection, names: Sequence[str], contents: Sequence[str], ids: Sequence[str]
) -> list[int]:
    """The places of the documents of which nothing is there yet, nor earlier among these."""
    taken: set[tuple[str, str]] = set()
    for kind, column, asked in (
        ("path", source_paths.c.path, names),
        ("sha256", sources.c.sha256, contents),
        ("id", directives.c.id, ids),
    ):
        there = connection.scalars(select(column).where(column.in_(asked)))
        taken.update((kind, value) for value in there)
    new: list[int] = []
    for number, (name, content, id_) in enumerate(zip(names, contents, ids, strict=True)):
        own = {("path", name), ("sha256", content), ("id", id_)}
        if not own & taken:
            new.append(number)
        taken |= own
    return new


def put_new(connection: Connection, prepared: Prepared, author: Author) -> None:
    """Put documents of which nothing is in the archive, in one transaction."""
    pks = bulk.reserved(connection, "directives", "pk", len(prepared))
    with fts5.told_at_once(connection, prepared.words, after=pks[0] - 1, wanted=len(pks) >= _MANY):
        _put_rows(connection, prepared, pks, author)
    spots = {spot for row in _spots_of(connection, pks) for spot in citing.spot(row)}
    citing.resolve(connection, spots, pks, author=author, quiet=frozenset(prepared.ids))
    identity.propose(connection, pks, fresh=True, by_band=_by_band(prepared, pks))


def _put_rows(
    connection: Connection, prepared: Prepared, pks: Sequence[int], author: Author
) -> None:
    now = utc_now()
    tables = dict(prepared.tables)
    _insert(connection, "sources", _seen(tables.pop("sources"), now))
    _insert(connection, "source_paths", tables.pop("source_paths"))
    for start in range(0, len(prepared), _BATCH):
        names = prepared.names[start : start + _BATCH]
        connection.execute(delete(quarantine).where(quarantine.c.path.in_(names)))
    orgs = _registered(connection, prepared)
    organisations.register_campaigns(connection, prepared.campaigns)
    seqs = _note_created(connection, prepared.ids, now, author)
    own = tables.pop("directives")
    columns = (
        *("pk", "created_seq", "change_seq", "live_seq", "issuer_org", "parent_org"),
        *own.columns,
    )
    facts = zip(pks, seqs, prepared.orgs, own.values, strict=True)
    rows = [
        (pk, seq, seq, seq, orgs[issuer], orgs[parent], *values)
        for pk, seq, (issuer, parent), values in facts
    ]
    bulk.insert(connection, "directives", columns, rows)
    for name, parts in tables.items():
        key = "pk" if name in _SAME_KEY else "directive_pk"
        columns = (key, *parts.columns)
        bulk.insert(connection, name, columns, _numbered(parts, pks, orgs))


def _insert(connection: Connection, name: str, rows: Rows) -> None:
    bulk.insert(connection, name, rows.columns, rows.values)


def _seen(rows: Rows, now: str) -> Rows:
    at = rows.columns.index("first_seen_at")
    seen = [(*values[:at], now, *values[at + 1 :]) for values in rows.values]
    return Rows(rows.columns, seen)


def _numbered(
    rows: Rows, pks: Sequence[int], orgs: Mapping[int | None, int | None]
) -> list[tuple[Any, ...]]:
    """Rows with numbers for places: of the document in front, of an organisation at the end."""
    if rows.columns == ("band",):
        # In the order of the table, so that each of its pages is met once.
        return sorted([(pks[place], band) for place, band in rows.values], key=_second)
    # Slices: to take tuples apart into lists and together again takes twice as long.
    if rows.columns[-1] in ("org", "issuer_org"):
        return [(pks[row[0]], *row[1:-1], orgs[row[-1]]) for row in rows.values]
    return [(pks[row[0]], *row[1:]) for row in rows.values]


_second: Final = itemgetter(1)


def _registered(connection: Connection, prepared: Prepared) -> dict[int | None, int | None]:
    """The row numbers of the bodies by their places; none for no body."""
    pks: dict[str, int] = {}
    for start in range(0, len(prepared.bodies), _BATCH):
        batch = prepared.bodies[start : start + _BATCH]
        pks |= organisations.register(connection, batch, pks)
    places: dict[int | None, int | None] = {None: None}
    places |= {place: pks[body.id] for place, body in enumerate(prepared.bodies)}
    return places


def _note_created(
    connection: Connection, ids: Sequence[str], now: str, author: Author
) -> list[int]:
    version = version_of(connection, author)
    seqs = bulk.reserved(connection, "history", "seq", len(ids))
    columns = ("seq", "at", "run_id", "directive_id", "change", "actor", "version")
    bulk.insert(
        connection,
        "history",
        columns,
        [
            (seq, now, author.run_id, id_, "created", author.actor, version)
            for seq, id_ in zip(seqs, ids, strict=True)
        ],
    )
    return seqs


def _by_band(prepared: Prepared, pks: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for place, band in prepared.tables.get("text_bands", Rows()).values:
        found.setdefault(band, []).append(pks[place])
    return found


def _spots_of(connection: Connection, pks: Sequence[int]) -> list[Any]:
    d = directives.c
    between = d.pk.between(pks[0], pks[-1])
    query = select(d.number_key, d.issuer_org, d.issued).where(between)
    return list(connection.execute(query).all())
