"""Under which names a content was seen.

A name has one current content. A content's names are its current ones or, when every one of them
has other content now, the ones it had: its directive is superseded then, and kept.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, func, select, update

from models.source import SourceDocument
from pipeline.archive.dialects import upsert
from pipeline.archive.schema import directives, source_paths, sources

_BATCH = 500
#: Longer names are shortened: an entry of PostgreSQL's index may have 2,700 bytes in all.
_NAME_BYTES: Final = 2000


def stored_name(path: str) -> str:
    """``path`` as the database can hold it: bytes that are no UTF-8 become ``\\xNN``.

    Of a name past 2,000 bytes the middle becomes a hash of the whole, so that it is still its own.
    """
    if path.isascii() and len(path) <= _NAME_BYTES:
        return path
    name = _bytes(path).decode("utf-8", "backslashreplace").encode()
    if len(name) > _NAME_BYTES:
        half = _NAME_BYTES // 2 - 12
        mark = f"…{hashlib.sha256(name).hexdigest()[:16]}…".encode()
        name = name[:half] + mark + name[-half:]
    return name.decode("utf-8", "ignore")


def _bytes(path: str) -> bytes:
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a surrogate pair: no path of this system has one
        return path.encode("utf-8", "backslashreplace")


def location_of(path: str, location: Path | None) -> bytes:
    """The absolute path as bytes, to find the file again from any working directory."""
    if location is None and not _UNTIDY.search(path):
        # As pathlib would say it, in a fifth of the time.
        return _bytes(path if path[0] == "/" else f"{os.getcwd().rstrip('/')}/{path}")  # noqa: PTH109
    return _bytes(str(Path(path if location is None else location).absolute()))


#: What pathlib leaves out of a path: repeated slashes, single dots, a slash at the end.
_UNTIDY: Final = re.compile(r"//|/\./|/\.?$|^\./|^\.?$")


def source_row(source: SourceDocument, now: str) -> dict[str, Any]:
    """The row of a content that is first met ``now``."""
    return {
        "sha256": source.sha256,
        "byte_size": source.byte_size,
        "media_type": source.media_type,
        "kind": source.kind,
        "pages": len(source.pages),
        "document": source.model_dump_json(by_alias=True),
        "first_seen_at": now,
    }


def record(
    connection: Connection, path: str, source: SourceDocument, *, location: Path | None, now: str
) -> list[tuple[str, str]]:
    """Note that ``path`` has this content; (directive id, change) of directives touched by it."""
    name = stored_name(path)
    add = upsert(connection, sources).values(source_row(source, now))
    renewed = {c: add.excluded[c] for c in ("media_type", "kind", "pages", "document")}
    connection.execute(add.on_conflict_do_update(index_elements=["sha256"], set_=renewed))

    was_gone = not is_current(connection, source.sha256)
    had = connection.scalar(
        select(source_paths.c.current).where(
            source_paths.c.path == name, source_paths.c.sha256 == source.sha256
        )
    )
    before = connection.scalars(
        select(source_paths.c.sha256).where(
            source_paths.c.path == name,
            source_paths.c.current == 1,
            source_paths.c.sha256 != source.sha256,
        )
    ).all()
    connection.execute(
        update(source_paths)
        .where(source_paths.c.path == name, source_paths.c.sha256 != source.sha256)
        .values(current=0)
    )
    put = upsert(connection, source_paths).values(
        path=name, sha256=source.sha256, current=1, location=location_of(path, location)
    )
    connection.execute(
        put.on_conflict_do_update(
            index_elements=["path", "sha256"],
            set_={"current": 1, "location": put.excluded.location},
        )
    )
    changes: list[tuple[str, str]] = []
    for sha in before:
        change = "renamed" if is_current(connection, sha) else "superseded"
        changes += [(id_, change) for id_ in _directives_of(connection, sha)]
    if was_gone or not had:
        change = "reinstated" if was_gone else "renamed"
        changes += [(id_, change) for id_ in _directives_of(connection, source.sha256)]
    return changes


def is_current(connection: Connection, sha256: str) -> bool:
    """Whether a name has this content now."""
    found = select(source_paths.c.path).where(
        source_paths.c.sha256 == sha256, source_paths.c.current == 1
    )
    return connection.execute(found.limit(1)).first() is not None


def _directives_of(connection: Connection, sha256: str) -> list[str]:
    found = select(directives.c.id).where(directives.c.sha256 == sha256)
    return list(connection.scalars(found.order_by(directives.c.id)))


def names(connection: Connection, contents: Iterable[str]) -> dict[str, list[str]]:
    """The names of each content, in code-point order (which is that of SQLite's bytes)."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    rest = iter(dict.fromkeys(contents))
    while batch := list(islice(rest, _BATCH)):
        rows = connection.execute(
            select(source_paths.c.sha256, source_paths.c.path, source_paths.c.current)
            .where(source_paths.c.sha256.in_(batch))
            .order_by(source_paths.c.sha256, source_paths.c.path)
        )
        for sha256, path, current in rows:
            found.setdefault(sha256, ([], []))[0 if current else 1].append(path)
    return {sha256: current or former for sha256, (current, former) in found.items()}


def archived(connection: Connection, wanted: Iterable[str]) -> set[str]:
    """Those of these names whose content the archive has a directive of, as stored.

    A name alone is no proof: a run that was killed has noted a name before its directive.
    """
    found: set[str] = set()
    rest = iter(dict.fromkeys(stored_name(name) for name in wanted))
    p, d = source_paths.c, directives.c
    while batch := list(islice(rest, _BATCH)):
        query = select(p.path).join(directives, d.sha256 == p.sha256)
        found.update(connection.scalars(query.where(p.path.in_(batch), p.current == 1)))
    return found


#: The content of a directive, in a query whose rows are given to :func:`with_names`.
CONTENT: Final = directives.c.sha256.label("content")


def first_names(connection: Connection, contents: Iterable[str]) -> dict[str, str]:
    """The first name of each content."""
    p = source_paths.c
    now = func.min(case((p.current == 1, p.path)))
    found: dict[str, str] = {}
    rest = iter(dict.fromkeys(contents))
    while batch := list(islice(rest, _BATCH)):
        query = select(p.sha256, func.coalesce(now, func.min(p.path)).label("name"))
        rows = connection.execute(query.where(p.sha256.in_(batch)).group_by(p.sha256))
        found.update((row.sha256, row.name) for row in rows)
    return found


def with_names(connection: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows with :data:`CONTENT`, each with the first name of that content as ``path`` instead.

    Names are looked up last: a query that sorts would look them up for rows that it leaves out.
    """
    found = first_names(connection, (row.content for row in rows))
    named: list[dict[str, Any]] = []
    for row in rows:
        values = dict(row._mapping)
        values["path"] = found.get(values.pop("content"), "")
        named.append(values)
    return named


def first_name() -> ColumnElement[Any]:
    """The first name of a directive's content, inside a query over ``directives``.

    Correlated by name: left to itself, SQLAlchemy correlates only with the next enclosing query,
    and every row would get the first name of all.
    """
    of_this = source_paths.c.sha256 == directives.c.sha256
    current = select(func.min(source_paths.c.path)).where(of_this, source_paths.c.current == 1)
    former = select(func.min(source_paths.c.path)).where(of_this)
    return func.coalesce(
        current.correlate(directives).scalar_subquery(),
        former.correlate(directives).scalar_subquery(),
        "",
    )


def is_superseded() -> Any:
    """Whether no name of a directive's content is current, inside a query over ``directives``.

    From an index of the few, so that no row is fetched for it.
    """
    gone = directives.alias("gone")
    return directives.c.pk.in_(select(gone.c.pk).where(gone.c.live_seq.is_(None)))
