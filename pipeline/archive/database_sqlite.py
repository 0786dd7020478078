"""Opening ``vanthu.db``: connections, transactions, upgrades, and errors in plain words.

Writers begin with ``BEGIN IMMEDIATE``, readers see the state of their first statement (WAL).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from pipeline.archive import patience
from pipeline.archive.database import (
    BUSY_SECONDS,
    NAME,
    Database,
    Fill,
    migrate,
    unreadable_revision,
)
from pipeline.archive.durable import make_folder, told
from pipeline.archive.rows import Damage, DamageKind
from pipeline.archive.schema import APPLICATION_ID, HEAD
from pipeline.archive.sql import Session, SqliteSession
from pipeline.errors import ArchiveProblem, NoSpace, TooSlow, VanthuError

#: Pages of the database that a connection keeps in memory, in KiB: always, and while it loads.
_CACHE_KIB: Final = 64_000
_MUCH_KIB: Final = 512_000
#: What a connection remembers that has so much.
_MUCH: Final = "much"
#: A record takes 4 to 10 kB: with SQLite's own 4,096 it is read and written in many pieces.
_PAGE_BYTES: Final = 8192
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DISK_ERRORS: Final = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})


def database_error(error: BaseException, root: Path) -> VanthuError:
    """What SQLite's error means to a clerk."""
    code = getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR
    kind = code & 0xFF
    detail = f"{getattr(error, 'sqlite_errorname', '')} {error}".strip()
    if kind == sqlite3.SQLITE_FULL or code in _DISK_ERRORS:
        return NoSpace(f"The disk of the archive {root} is full.", detail=detail)
    if kind in _DAMAGED:
        return ArchiveProblem(
            f"The database of the archive {root} is damaged.",
            advice="Restore vanthu.db from a backup, or move it away and ingest again: "
            "the originals and the results of stages are kept as files.",
            detail=detail,
        )
    if kind == sqlite3.SQLITE_INTERRUPT:
        return TooSlow("The question took longer than it may.", detail=detail)
    if kind in _BUSY:
        return ArchiveProblem(
            f"The archive {root} is being written to by another process.",
            advice="Wait until it has finished, then run the same command again.",
            detail=detail,
        )
    if kind == sqlite3.SQLITE_READONLY:
        return not_writable(root, detail)
    return ArchiveProblem(f"The database of the archive {root} failed.", detail=detail)


def not_writable(root: Path, detail: str = "") -> ArchiveProblem:
    """That nothing may be changed."""
    return ArchiveProblem(
        f"The archive {root} may not be written to.",
        advice="Check who owns the folder and whether its disk is mounted read-only.",
        detail=detail,
    )


class SqliteDatabase(Database):
    """Connections to one ``vanthu.db``."""

    def __init__(self, root: Path, *, read_only: bool, immutable: bool = False) -> None:
        self.root = root
        self._immutable = immutable
        self._loads = 0
        engine = create_engine(
            "sqlite://", creator=self._connect, poolclass=QueuePool, max_overflow=-1
        )
        super().__init__(str(root), engine, read_only=read_only)

    def _connect(self) -> sqlite3.Connection:
        mode = "ro" if self.read_only else "rw"
        connection = sqlite3.connect(
            uri(self.root, f"mode={mode}" + ("&immutable=1" if self._immutable else "")),
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,  # we say BEGIN ourselves
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        # In WAL a commit is safe from a killed process without a flush; after a power cut the
        # last commits may be gone, whole, and the run that made them makes them again.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        patience.watch(connection)
        return connection

    def _begin(self, connection: Connection, *, write: bool) -> None:
        connection.begin()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
        if write and self._loads and not connection.info.get(_MUCH):
            connection.info[_MUCH] = True
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_MUCH_KIB}")
        elif not self._loads and connection.info.pop(_MUCH, False):
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")
        # The view of a reader begins with its first look; take it here, where waiting is in order.
        connection.exec_driver_sql("SELECT 1 FROM sqlite_schema LIMIT 1").close()

    @contextlib.contextmanager
    def much(self) -> Iterator[None]:
        """See :meth:`Database.much`: more pages in memory, for most are changed again and again.

        What a transaction read and wrote is still there for the next one.
        """
        self._loads += 1
        try:
            yield
        finally:
            self._loads -= 1
            with contextlib.suppress(VanthuError), self.read():
                pass  # to begin gives the memory back

    def _busy(self, error: DBAPIError) -> bool:
        return (getattr(error.orig, "sqlite_errorcode", None) or 0) & 0xFF in _BUSY

    @contextlib.contextmanager
    def translated(self) -> Iterator[None]:
        """Turn the database's errors into ours, also those of a connection of one's own."""
        try:
            with super().translated():
                yield
        except sqlite3.Error as error:
            raise self._told(error) from error

    def _told(self, error: BaseException) -> VanthuError:
        return database_error(error, self.root)

    def _not_writable(self) -> ArchiveProblem:
        return not_writable(self.root)

    @contextlib.contextmanager
    def session(self, seconds: float) -> Iterator[Session]:
        """See :meth:`Database.session`: a connection that only reads."""
        reading = SqliteDatabase(self.root, read_only=True, immutable=self._immutable)
        with self.translated(), contextlib.closing(reading._connect()) as connection:
            yield SqliteSession(connection, seconds)

    def check(self) -> Iterator[Damage]:
        """SQLite's own checks: of its pages, of references, of the search index and its words."""
        with self.read() as connection:
            for row in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
                if row[0] != "ok":
                    yield _damage("database.damaged", str(row[0]))
            for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
                yield _damage("database.reference", f"A row of {row[0]} names no row of {row[2]}.")
        if self.read_only:
            return
        for index in ("directive_fts", "directive_fts_titles"):
            check = f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)"  # noqa: S608 - our own names
            try:
                with self.write() as connection:  # FTS5 phrases its check as a write
                    connection.exec_driver_sql(check)
            except ArchiveProblem as problem:
                yield _damage("search.stale", f"The search index: {problem.detail}")
        with self.write() as connection:
            connection.exec_driver_sql(_INDEXED)
            unknown = connection.exec_driver_sql(_UNLISTED).scalar()
            connection.exec_driver_sql("DROP TABLE temp.indexed")
        if unknown is not None:
            yield _damage(
                "search.stale", f"The list of words has not {unknown!r}, which is indexed."
            )


#: The words of the index; and one that search would not find by its beginning.
_INDEXED: Final = """
    CREATE VIRTUAL TABLE temp.indexed USING fts5vocab('main', 'directive_fts', 'row')"""
_UNLISTED: Final = """
    SELECT term FROM temp.indexed WHERE term NOT IN (SELECT word FROM search_words) LIMIT 1"""


def _damage(kind: DamageKind, message: str) -> Damage:
    return Damage(kind=kind, severity="error", where=NAME, message=message)


def uri(root: Path, query: str) -> str:
    """The database as SQLite's URI, whatever bytes are in its path."""
    return f"file:{quote(os.fsencode(root / NAME))}?{query}"


# -- opening -----------------------------------------------------------------------------------


def open_folder(root: Path, *, create: bool, fill: Fill = migrate) -> SqliteDatabase:
    """Open the database at ``root``, created or upgraded first where needed and allowed.

    Without leave to write, an existing archive is opened for reading.
    """
    path = root / NAME
    if not create and not _writable(root, path):
        return _open_to_read(root)
    database = SqliteDatabase(root, read_only=False)
    try:
        if not (path.exists() and _revision(database) == HEAD):
            with _upgrade_lock(root):
                _bring_up_to_date(database, fill, create=create)
    except BaseException:
        database.close()
        raise
    return database


def _writable(root: Path, path: Path) -> bool:
    return all(os.access(p, os.W_OK, effective_ids=True) for p in (root, path))


def _open_to_read(root: Path) -> SqliteDatabase:
    """For reading only: SQLite wants to make its -shm file, and may not be able to.

    Without a log of pending changes the database file is complete, and saying that nobody changes
    it (``immutable``) lets SQLite read it as it lies there.
    """
    wal = root / f"{NAME}-wal"
    quiet = not wal.exists() or wal.stat().st_size == 0
    attempts = (False, True) if quiet else (False,)
    for immutable in attempts:
        database = SqliteDatabase(root, read_only=True, immutable=immutable)
        try:
            revision = _revision(database)
        except ArchiveProblem:
            database.close()
            if immutable is attempts[-1]:
                raise
            continue
        if revision == HEAD:
            return database
        database.close()
        raise unreadable_revision(str(root), revision)
    raise AssertionError("unreachable")


def _revision(database: SqliteDatabase) -> str | None:
    """The schema's revision; ``None`` in an empty database.

    :raises ArchiveProblem: the database is damaged or somebody else's
    """
    with database.read() as connection:
        run: Any = connection.exec_driver_sql
        if run("SELECT count(*) FROM sqlite_schema").scalar() == 0:
            return None
        if run("PRAGMA application_id").scalar() != APPLICATION_ID:
            raise ArchiveProblem(
                f"{database.root / NAME} is a database, but not of vanthu.",
                advice="Name the folder of an archive with --archive.",
            )
        return str(run("SELECT version_num FROM alembic_version").scalar())


@contextlib.contextmanager
def _upgrade_lock(root: Path) -> Iterator[None]:
    """One process at a time creates or upgrades; released by the system if it is killed."""
    with told(root):
        make_folder(root, root)
        handle = os.open(root / "vanthu.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        with told(root):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _bring_up_to_date(database: SqliteDatabase, fill: Fill, *, create: bool) -> None:
    path = database.root / NAME
    if not path.exists():
        with told(database.root):
            path.touch()
    revision = _revision(database)  # another process may have been quicker
    if revision == HEAD:
        return
    if (revision is None and not create) or (revision is not None and revision > HEAD):
        raise unreadable_revision(database.where, revision)
    with (
        database.translated(),
        contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection,
    ):
        if revision is None:  # a database keeps the size that it begins with
            connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode = WAL")
    with database.much(), database.write() as change:
        fill(change)
        change.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    if revision is not None:
        with database.translated():
            _close_gaps(path)


def _close_gaps(path: Path) -> None:
    """Let an upgraded archive lie as tightly as a new one, where the disk has room for that."""
    with (
        contextlib.suppress(sqlite3.OperationalError),
        contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection,
    ):
        connection.execute("VACUUM")
