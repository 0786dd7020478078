"""``vanthu verify``: is everything still there, and still what it was?"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from pipeline.archive.database import Database
from pipeline.archive.results import FileStore, unpack
from pipeline.archive.rows import Damage, DamageKind
from pipeline.archive.schema import directives, pages, quarantine, search_texts, sources
from pipeline.archive.words import key
from pipeline.errors import ArchiveProblem

_BATCH: Final = 200
_RESULT: Final = re.compile(r"[0-9a-z][0-9a-z_-]{3,127}\.gz")


def verify(database: Database, files: FileStore) -> Iterator[Damage]:
    """Everything that is not as it should be; nothing is changed."""
    try:
        yield from _database(database)
        with database.read() as connection:
            wanted = set(connection.scalars(select(sources.c.sha256)))
            failed = set(connection.scalars(select(quarantine.c.sha256)))
    except ArchiveProblem as problem:
        yield Damage(
            kind="database.damaged",
            severity="error",
            where=database.name,
            message=f"{problem.reason} {problem.detail}".strip(),
        )
        wanted, failed = None, set()
    yield from _originals(files, wanted, failed)
    yield from _results(files)


def _found(kind: DamageKind, root: Path, path: Path, message: str) -> Damage:
    severity = {
        "original.orphan": "info",
        "original.stray": "info",
        "result.stray": "info",
        "result.damaged": "warning",
    }
    where = os.fsencode(path.relative_to(root)).decode("utf-8", "backslashreplace")
    return Damage.model_validate(
        {"kind": kind, "severity": severity.get(kind, "error"), "where": where, "message": message}
    )


def _originals(
    files: FileStore, wanted: set[str] | None, failed: set[str | None]
) -> Iterator[Damage]:
    """``wanted`` is ``None`` where the database cannot say."""
    root = files.root
    seen: set[str] = set()
    for path in _below(root / "originals"):
        try:
            home = path == files.original_path(path.name)
        except ValueError:
            home = False
        if not home:
            yield _found("original.stray", root, path, "This file is not one of the archive's.")
            continue
        seen.add(path.name)
        try:
            actual = _digest(path)
        except OSError as error:
            yield _found("original.missing", root, path, f"It cannot be read: {error.strerror}.")
            continue
        if actual != path.name:
            yield _found("original.changed", root, path, "Its content is not what was archived.")
        elif wanted is not None and path.name not in wanted | failed:
            yield _found("original.orphan", root, path, "No document of the archive came from it.")
    for sha256 in sorted((wanted or set()) - seen):
        yield _found("original.missing", root, files.original_path(sha256), "The file is gone.")


def _results(files: FileStore) -> Iterator[Damage]:
    root = files.root
    for path in _below(root / "results"):
        parts = path.relative_to(root / "results").parts
        if len(parts) != 3 or not _RESULT.fullmatch(path.name) or parts[1] != path.name[:2]:
            yield _found("result.stray", root, path, "This file is not one of the archive's.")
            continue
        packed: bytes | None = None
        with contextlib.suppress(OSError):
            packed = path.read_bytes()
        if packed is None or unpack(packed) is None:
            message = "A stored result is damaged; the stage will run again when it is needed."
            yield _found("result.damaged", root, path, message)


def _below(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(here, name)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _database(database: Database) -> Iterator[Damage]:
    yield from database.check()
    with database.read() as connection:
        yield from _search_index(connection)


def _of_database(kind: DamageKind, where: str, message: str) -> Damage:
    return Damage(kind=kind, severity="error", where=where, message=message)


def _search_index(connection: Connection) -> Iterator[Damage]:
    """Whether what is searched is what the pages say."""
    after = 0
    while True:
        d = directives.c
        rows = connection.execute(
            select(d.pk, d.id, search_texts.c.body)
            .join_from(directives, search_texts, d.pk == search_texts.c.pk, isouter=True)
            .where(d.pk > after)
            .order_by(d.pk)
            .limit(_BATCH)
        ).all()
        if not rows:
            return
        after = rows[-1].pk
        texts: dict[int, list[str]] = {}
        of_these = select(pages.c.directive_pk, pages.c.text).where(
            pages.c.directive_pk.in_([row.pk for row in rows])
        )
        for pk, page_text in connection.execute(of_these.order_by(pages.c.page)):
            texts.setdefault(pk, []).append(key(page_text))
        for row in rows:
            if row.body != " ".join(filter(None, texts.get(row.pk, []))):
                yield _of_database("search.stale", row.id, "Search does not know its present text.")
