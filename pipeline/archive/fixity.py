"""``vanthu verify``: is everything still there, and still what it was?

Memory does not grow with the archive: files are looked at folder by folder, rows batch by batch.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from typing import Final

from sqlalchemy import func, select

from pipeline.archive.consistency import check_database
from pipeline.archive.database import Database
from pipeline.archive.results import FileStore, original_name, unpack
from pipeline.archive.rows import Damage, DamageKind
from pipeline.archive.schema import quarantine, sources
from pipeline.archive.storage import Storage, Stored, walk
from pipeline.archive.watch import Watch, unwatched
from pipeline.errors import ArchiveProblem, StoreProblem

_PREFIXES: Final = tuple(f"{n:02x}" for n in range(256))
RESULT: Final = re.compile(r"results/([a-z][a-z0-9_]{0,31})/(..)/(\2[0-9a-z_-]{1,126})\.gz")
_SEVERITY: Final = {
    "original.orphan": "info",
    "original.stray": "info",
    "result.stray": "info",
    "result.damaged": "warning",
}
#: What the database knows of the originals under two digits of hash: size in bytes, if known.
_Ledger = Callable[[str], dict[str, int | None]]


def verify(
    database: Database, files: FileStore, *, quick: bool = False, watch: Watch = unwatched
) -> Iterator[Damage]:
    """Everything that is not as it should be; nothing is changed.

    :raises StoreProblem: the object store cannot be asked, which is no damage
    """
    ledger: _Ledger | None = None
    expected: int | None = None
    try:
        yield from check_database(database, files, quick=quick, watch=watch)
        with database.read() as connection:
            expected = connection.scalar(select(func.count()).select_from(sources))
        ledger = _ledger(database)
    except StoreProblem:
        raise
    except ArchiveProblem as problem:
        yield Damage(
            kind="database.damaged",
            severity="error",
            where=database.name,
            message=f"{problem.reason} {problem.detail}".strip(),
        )
    yield from _originals(files.storage, ledger, quick, lambda n: watch("originals", n, expected))
    yield from _results(files.storage, quick, lambda n: watch("results", n, None))


def _found(kind: DamageKind, name: str, message: str) -> Damage:
    where = os.fsencode(name).decode("utf-8", "backslashreplace")
    return Damage.model_validate(
        {"kind": kind, "severity": _SEVERITY.get(kind, "error"), "where": where, "message": message}
    )


def _ledger(database: Database) -> _Ledger:
    def known(prefix: str) -> dict[str, int | None]:
        found: dict[str, int | None] = {}
        with database.read() as connection:
            for column, size in (
                (quarantine.c.sha256, None),
                (sources.c.sha256, sources.c.byte_size),
            ):
                rows = select(column, size) if size is not None else select(column)
                for row in connection.execute(rows.where(column >= prefix, column < f"{prefix}g")):
                    found[row[0]] = row[1] if size is not None else None
        return found

    return known


def _originals(
    storage: Storage, ledger: _Ledger | None, quick: bool, watch: Callable[[int], None]
) -> Iterator[Damage]:
    """``ledger`` is ``None`` where the database cannot say."""
    done = 0
    # Once: asking an object store for each of 256 folders that are not there takes its time. A file
    # whose folder comes later is asked for by its name.
    there = set(storage.listed("originals")[0])
    for prefix in _PREFIXES:
        # Asked before the folder is listed: what ingest adds meanwhile is then not missed.
        known = ledger(prefix) if ledger is not None else None
        seen = set()
        folder = f"originals/{prefix}"
        for file in walk(storage, folder) if folder in there else ():
            done += 1
            watch(done)
            sha256 = file.name.rpartition("/")[2]
            if not _at_home(file.name, sha256):
                yield _found("original.stray", file.name, "This file is not one of the archive's.")
                continue
            seen.add(sha256)
            yield from _original(storage, file, sha256, known, quick)
        for sha256 in sorted((known or {}).keys() - seen):
            if storage.size(original_name(sha256)) is None:
                yield _found("original.missing", original_name(sha256), "The file is gone.")
    yield from _strays(storage)


def _at_home(name: str, sha256: str) -> bool:
    try:
        return name == original_name(sha256)
    except ValueError:
        return False


def _original(
    storage: Storage, file: Stored, sha256: str, known: dict[str, int | None] | None, quick: bool
) -> Iterator[Damage]:
    size = known.get(sha256) if known is not None else None
    try:
        changed = size is not None and size != file.size
        if not changed and not quick:
            changed = _digest(storage, file.name) != sha256
    except FileNotFoundError:
        yield _found("original.missing", file.name, "The file is gone.")
        return
    except StoreProblem:
        raise
    except ArchiveProblem as problem:
        yield _found("original.missing", file.name, f"It cannot be read: {problem.detail}.")
        return
    if changed:
        yield _found("original.changed", file.name, "Its content is not what was archived.")
    elif known is not None and sha256 not in known:
        yield _found("original.orphan", file.name, "No document of the archive came from it.")


def _strays(storage: Storage) -> Iterator[Damage]:
    folders, files = storage.listed("originals")
    strange = [name for name in folders if name.rpartition("/")[2] not in _PREFIXES]
    for file in (*files, *(file for folder in sorted(strange) for file in walk(storage, folder))):
        yield _found("original.stray", file.name, "This file is not one of the archive's.")


def _results(storage: Storage, quick: bool, watch: Callable[[int], None]) -> Iterator[Damage]:
    for done, file in enumerate(walk(storage, "results"), start=1):
        watch(done)
        known = RESULT.fullmatch(file.name)
        if known is None:
            yield _found("result.stray", file.name, "This file is not one of the archive's.")
        elif file.size == 0 or not (quick or _sound(storage, file.name, known[1], known[3])):
            message = "A stored result is damaged; the stage will run again when it is needed."
            yield _found("result.damaged", file.name, message)


def _sound(storage: Storage, name: str, stage: str, key: str) -> bool:
    """By gzip's own checksum; pictures cut from a page are named by their hash besides."""
    try:
        packed = storage.read(name)
    except StoreProblem:
        raise
    except ArchiveProblem:
        return False
    data = unpack(packed) if packed is not None else None
    return data is not None and (stage != "crop" or hashlib.sha256(data).hexdigest() == key)


def _digest(storage: Storage, name: str) -> str:
    digest = hashlib.sha256()
    for chunk in storage.chunks(name):
        digest.update(chunk)
    return digest.hexdigest()
