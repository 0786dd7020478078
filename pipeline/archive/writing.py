"""Putting directives into the database: everything of one document in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, delete, insert, select, update

from models.directive import Directive
from models.source import SourceDocument
from models.text import PageText
from pipeline.archive import citing, identity, organisations, overlay, paths, reading, record
from pipeline.archive.guidance import Guidance
from pipeline.archive.log import Author, Event, new_key, note, utc_now
from pipeline.archive.schema import (
    LISTS,
    directives,
    metadata,
    pages,
    quarantine,
    records,
    runs,
    search_texts,
    source_paths,
    sources,
)

Change = Literal["created", "changed", "unchanged"]


def begin_run(connection: Connection, command: str, version: str) -> int:
    """Note that a command began."""
    row = {"command": command, "version": version, "started_at": utc_now(), "counts": "{}"}
    return new_key(connection, insert(runs).values(row))


def end_run(connection: Connection, run_id: int, counts: dict[str, int], outcome: str) -> None:
    """Note how it ended."""
    connection.execute(
        update(runs)
        .where(runs.c.id == run_id)
        .values(ended_at=utc_now(), outcome=outcome, counts=json.dumps(counts, sort_keys=True))
    )


def record_source(
    connection: Connection,
    path: str,
    source: SourceDocument,
    *,
    location: Path | None,
    author: Author,
) -> None:
    """Note that ``path`` has this content, with what follows for the directives it touches."""
    changes = paths.record(connection, path, source, location=location, now=utc_now())
    note(connection, changes, author)
    moved = [id_ for id_, change in changes if change != "renamed"]
    if moved:
        d = directives.c
        rows = connection.execute(
            select(d.pk, d.number_key, d.issuer_org, d.issued).where(d.id.in_(moved)).order_by(d.id)
        ).all()
        spots = {spot for row in rows for spot in citing.spot(row)}
        citing.resolve(connection, spots, author=author)
        identity.propose(connection, [row.pk for row in rows])


def put_directive(
    connection: Connection,
    directive: Directive,
    page_texts: Sequence[PageText],
    *,
    result_key: str,
    author: Author,
    guidance: Guidance,
) -> Change:
    """Insert or replace a directive with all that hangs on it; nothing if it is what is there.

    It is the machine's result: what people decided about it is put on top.
    """
    sha256 = directive.source.sha256
    _must_know(connection, sha256)
    old = present_row(connection, directive.id)
    if old is not None:  # a person outranks the machine
        directive, page_texts = overlay.overlaid(connection, directive, page_texts, guidance)
    content = record.Content(directive, page_texts)
    _clear_quarantine(connection, sha256)
    if old is not None and old.content_hash == content.hash:
        of_this = directives.c.pk == old.pk
        connection.execute(update(directives).where(of_this).values(result_key=result_key))
        return "unchanged"
    pk = _put_content(connection, content, result_key, old)
    change: Change = "created" if old is None else "changed"
    changes = [(directive.id, str(change))]
    if old is None and not paths.is_current(connection, sha256):
        changes.append((directive.id, "superseded"))  # its file has other content by now
    note(connection, changes, author, before=None if old is None else str(old.document))
    _relate(connection, pk, directive.id, old, author)
    return change


def present_row(connection: Connection, id_: str) -> Any:
    """What a directive's row says that another will replace; ``None``: there is none."""
    d = directives.c
    return connection.execute(
        select(
            d.pk, d.id, d.content_hash, reading.DOCUMENT, d.result_key, d.number_key, d.issuer_org,
            d.issued, d.signature, d.created_seq, d.change_seq,
        ).where(d.id == id_)
    ).one_or_none()  # fmt: skip


def replace_reviewed(
    connection: Connection,
    content: record.Content,
    old: Any,
    event: Event,
    author: Author,
    detail: Mapping[str, Any],
) -> int:
    """Put a directive as people decided it; the number of that in the history."""
    pk = int(old.pk)
    if content.hash != old.content_hash:
        _put_content(connection, content, old.result_key, old)
    seq = note(
        connection, [(old.id, event)], author,
        before=str(old.document), after=content.document, detail=detail,
    )  # fmt: skip
    if content.hash != old.content_hash:
        _relate(connection, pk, old.id, old, author)
    return seq


def _put_content(connection: Connection, content: record.Content, result_key: str, old: Any) -> int:
    """A directive's rows with its pages and what is searched; its row number."""
    row, page_rows, search = content.rows(result_key)
    pk = _put_rows(connection, content.directive, row, old)
    if page_rows:
        connection.execute(insert(pages), [one | {"directive_pk": pk} for one in page_rows])
    connection.execute(insert(search_texts).values(search | {"pk": pk}))
    connection.execute(delete(records).where(records.c.pk == pk))
    connection.execute(insert(records).values(pk=pk, document=content.document))
    return pk


def _put_rows(connection: Connection, directive: Directive, row: record.Row, old: Any) -> int:
    """The directive's own row and those of its lists; its row number."""
    bodies = organisations.bodies_of(directive)
    pks = organisations.register(connection, bodies.every())
    organisations.register_campaign(connection, directive.campaign)
    row |= bodies.columns(pks)
    if old is None:
        row |= {"created_seq": 0, "change_seq": 0}
        pk = new_key(connection, insert(directives).values(row))
    else:
        pk = int(old.pk)
        connection.execute(update(directives).where(directives.c.pk == pk).values(row))
        connection.execute(delete(pages).where(pages.c.directive_pk == pk))
        connection.execute(delete(search_texts).where(search_texts.c.pk == pk))
        clear_lists(connection, pk)
    put_lists(connection, pk, record.list_rows(directive, bodies, pks))
    return pk


def clear_lists(connection: Connection, pk: int) -> None:
    """Take away the rows of a directive's lists."""
    for table in LISTS:
        connection.execute(delete(table).where(table.c.directive_pk == pk))


def put_lists(connection: Connection, pk: int, lists: Mapping[str, list[record.Row]]) -> None:
    """Put the rows of a directive's lists, by table."""
    for name, rows in lists.items():
        if rows:
            table = metadata.tables[name]
            connection.execute(insert(table), [one | {"directive_pk": pk} for one in rows])


def _relate(connection: Connection, pk: int, id_: str, old: Any, author: Author) -> None:
    """What the change means for other directives: citations and proposals to merge."""
    d = directives.c
    new = connection.execute(
        select(d.number_key, d.issuer_org, d.issued, d.signature).where(d.pk == pk)
    ).one()
    spots = citing.spot(new)
    if old is not None:
        spots |= citing.spot(old)
    citing.resolve(connection, spots, [pk], author=author, quiet=[id_])
    identity.move_bands(connection, pk, old.signature if old is not None else None, new.signature)
    identity.propose(connection, [pk], fresh=old is None)


def _must_know(connection: Connection, sha256: str) -> None:
    if connection.scalar(select(sources.c.sha256).where(sources.c.sha256 == sha256)) is None:
        raise ValueError(f"record_source comes before put_directive: {sha256}")


def _clear_quarantine(connection: Connection, sha256: str) -> None:
    """Release the names of an archived content.

    By name, not by content: a copy that was refused for its name (text called .pdf) stays refused.
    """
    current = select(source_paths.c.path).where(
        source_paths.c.sha256 == sha256, source_paths.c.current == 1
    )
    connection.execute(delete(quarantine).where(quarantine.c.path.in_(current)))
