"""Putting directives into the database: everything of one document in one transaction."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, Insert, delete, insert, select, update

from models.directive import Directive
from models.text import PageText
from pipeline.archive import record
from pipeline.archive.schema import (
    LISTS,
    directives,
    history,
    metadata,
    pages,
    quarantine,
    runs,
    search_texts,
    source_paths,
    sources,
)

Change = Literal["created", "changed", "unchanged"]


def utc_now() -> str:
    """The machine's time as the database keeps it."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _new_key(connection: Connection, statement: Insert) -> int:
    made = connection.execute(statement).inserted_primary_key
    if made is None:
        raise AssertionError("a single insert has a key")
    return int(made[0])


def begin_run(connection: Connection, command: str, version: str) -> int:
    """Note that a command began."""
    row = {"command": command, "version": version, "started_at": utc_now(), "counts": "{}"}
    return _new_key(connection, insert(runs).values(row))


def end_run(connection: Connection, run_id: int, counts: dict[str, int], outcome: str) -> None:
    """Note how it ended."""
    connection.execute(
        update(runs)
        .where(runs.c.id == run_id)
        .values(ended_at=utc_now(), outcome=outcome, counts=json.dumps(counts, sort_keys=True))
    )


def note(
    connection: Connection,
    changes: Sequence[tuple[str, str]],
    *,
    run_id: int | None,
    before: str | None = None,
) -> None:
    """Append to the history. The version is that of the run, or unknown outside of one."""
    if not changes:
        return
    version = connection.scalar(select(runs.c.version).where(runs.c.id == run_id)) or ""
    packed = zlib.compress(before.encode(), 6) if before is not None else None
    connection.execute(
        insert(history),
        [
            {
                "at": utc_now(),
                "run_id": run_id,
                "directive_id": directive_id,
                "change": change,
                "actor": "machine",
                "version": version,
                "before": packed,
            }
            for directive_id, change in changes
        ],
    )


def put_directive(
    connection: Connection,
    directive: Directive,
    page_texts: Sequence[PageText],
    *,
    result_key: str,
    run_id: int,
) -> Change:
    """Insert or replace a directive with all that hangs on it; nothing if it is what is there."""
    sha256 = directive.source.sha256
    _must_know(connection, sha256)
    ordered = sorted(page_texts, key=lambda page: page.page)
    stored = record.document(directive)
    page_documents = [record.page_document(page) for page in ordered]
    digest = record.content_hash(stored, page_documents)
    _clear_quarantine(connection, sha256)
    old = connection.execute(
        select(directives.c.pk, directives.c.content_hash, directives.c.document).where(
            directives.c.id == directive.id
        )
    ).one_or_none()
    if old is not None and old.content_hash == digest:
        connection.execute(
            update(directives).where(directives.c.pk == old.pk).values(result_key=result_key)
        )
        return "unchanged"
    row = record.directive_row(directive) | {
        "result_key": result_key,
        "content_hash": digest,
        "document": stored,
    }
    if old is None:
        pk = _new_key(connection, insert(directives).values(row))
    else:
        pk = int(old.pk)
        connection.execute(update(directives).where(directives.c.pk == pk).values(row))
        for table in (pages, *LISTS, search_texts):
            owner = table.c.pk if table is search_texts else table.c.directive_pk
            connection.execute(delete(table).where(owner == pk))
    _put_parts(connection, pk, directive, record.page_rows(ordered, page_documents))
    found = record.search_row(directive, ordered)
    connection.execute(insert(search_texts).values(found | {"pk": pk}))
    change: Change = "created" if old is None else "changed"
    before = None if old is None else str(old.document)
    note(connection, [(directive.id, change)], run_id=run_id, before=before)
    return change


def _must_know(connection: Connection, sha256: str) -> None:
    if connection.scalar(select(sources.c.sha256).where(sources.c.sha256 == sha256)) is None:
        raise ValueError(f"record_source comes before put_directive: {sha256}")


def _put_parts(
    connection: Connection, pk: int, directive: Directive, page_rows: list[record.Row]
) -> None:
    for name, rows in {"pages": page_rows, **record.list_rows(directive)}.items():
        if rows:
            table = metadata.tables[name]
            connection.execute(insert(table), [row | {"directive_pk": pk} for row in rows])


def _clear_quarantine(connection: Connection, sha256: str) -> None:
    """Release the names of an archived content.

    By name, not by content: a copy that was refused for its name (text called .pdf) stays refused.
    """
    current = select(source_paths.c.path).where(
        source_paths.c.sha256 == sha256, source_paths.c.current == 1
    )
    connection.execute(delete(quarantine).where(quarantine.c.path.in_(current)))
