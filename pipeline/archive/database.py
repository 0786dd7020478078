"""Opening ``vanthu.db``: connections, transactions, upgrades, and errors in plain words.

Writers begin with ``BEGIN IMMEDIATE``, so a transaction either has the database to itself from its
first statement or has not begun; only beginning can meet another writer, and only beginning is
tried again. Readers see the state of their first statement until they end (WAL).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from pipeline.archive import patience
from pipeline.archive.durable import make_folder, told
from pipeline.archive.schema import APPLICATION_ID, HEAD
from pipeline.errors import ArchiveProblem, NoSpace, TooSlow, VanthuError

NAME: Final = "vanthu.db"
BUSY_SECONDS: Final = 30.0
#: Beginning a transaction is tried this often, each time waiting up to ``BUSY_SECONDS``.
BEGIN_ATTEMPTS: Final = 5

_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DISK_ERRORS: Final = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})


def database_error(error: sqlite3.Error, root: Path) -> VanthuError:
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
        return ArchiveProblem(
            f"The archive {root} may not be written to.",
            advice="Check who owns the folder and whether its disk is mounted read-only.",
            detail=detail,
        )
    return ArchiveProblem(f"The database of the archive {root} failed.", detail=detail)


class Database:
    """Connections to one ``vanthu.db``."""

    def __init__(self, root: Path, *, read_only: bool, immutable: bool = False) -> None:
        self.root = root
        self.read_only = read_only
        self._immutable = immutable
        # Said, because by its address the database counts as one in memory, and the pool for those
        # closes connections that other threads are using.
        self._engine = create_engine(
            "sqlite://", creator=self._connect, poolclass=QueuePool, max_overflow=-1
        )
        event.listen(self._engine, "begin", _begin)

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
        connection.execute("PRAGMA cache_size = -16000")
        patience.watch(connection)
        return connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the database."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One change: all of it happens or none."""
        if self.read_only:
            raise ArchiveProblem(
                f"The archive {self.root} may not be written to.",
                advice="Check who owns the folder and whether its disk is mounted read-only.",
            )
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        with self.translated():
            connection = self._begun(begin)
            with connection, connection.get_transaction() or contextlib.nullcontext():
                yield connection

    def _begun(self, begin: str) -> Connection:
        for attempt in range(1, BEGIN_ATTEMPTS + 1):
            connection = self._engine.connect().execution_options(vanthu_begin=begin)
            try:
                connection.begin()
            except BaseException as error:
                connection.invalidate()
                connection.close()
                if attempt < BEGIN_ATTEMPTS and isinstance(error, Exception) and _is_busy(error):
                    time.sleep(0.05 * attempt)
                    continue
                raise
            return connection
        raise AssertionError("unreachable")

    @contextlib.contextmanager
    def translated(self) -> Iterator[None]:
        """Turn the database's errors into ours."""
        try:
            yield
        except DBAPIError as error:
            if isinstance(error.orig, sqlite3.Error):
                raise database_error(error.orig, self.root) from error
            raise
        except sqlite3.Error as error:
            raise database_error(error, self.root) from error

    def close(self) -> None:
        """Close all connections; the last one folds the write-ahead log into the database."""
        self._engine.dispose()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options()["vanthu_begin"])
    # The view of a reader begins with its first look; take it here, where waiting is in order.
    connection.exec_driver_sql("SELECT 1 FROM sqlite_schema LIMIT 1").close()


def _is_busy(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF in _BUSY


def uri(root: Path, query: str) -> str:
    """The database as SQLite's URI, whatever bytes are in its path."""
    return f"file:{quote(os.fsencode(root / NAME))}?{query}"


# -- opening -----------------------------------------------------------------------------------


def open_database(root: Path, *, create: bool) -> Database:
    """Open the database at ``root``, created or upgraded first where needed and allowed.

    Without leave to write, an existing archive is opened for reading.
    """
    path = root / NAME
    if not create and not _writable(root, path):
        return _open_to_read(root)
    database = Database(root, read_only=False)
    try:
        if not (path.exists() and _revision(database) == HEAD):
            with _upgrade_lock(root):
                _bring_up_to_date(database, create=create)
    except BaseException:
        database.close()
        raise
    return database


def _writable(root: Path, path: Path) -> bool:
    return all(os.access(p, os.W_OK, effective_ids=True) for p in (root, path))


def _open_to_read(root: Path) -> Database:
    """For reading only: SQLite wants to make its -shm file, and may not be able to.

    Without a log of pending changes the database file is complete, and saying that nobody changes
    it (``immutable``) lets SQLite read it as it lies there.
    """
    wal = root / f"{NAME}-wal"
    quiet = not wal.exists() or wal.stat().st_size == 0
    attempts = (False, True) if quiet else (False,)
    for immutable in attempts:
        database = Database(root, read_only=True, immutable=immutable)
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
        raise _unreadable_revision(root, revision)
    raise AssertionError("unreachable")


def _unreadable_revision(root: Path, revision: str | None) -> ArchiveProblem:
    if revision is None:
        return ArchiveProblem(
            f"{root} is an archive that was never finished.",
            advice="Run 'vanthu ingest' with this archive again.",
        )
    if revision > HEAD:
        return ArchiveProblem(
            f"The archive {root} was written by a newer version of vanthu.",
            advice="Install that version or a newer one.",
            detail=f"its schema is {revision}, this version knows {HEAD}",
        )
    return ArchiveProblem(
        f"The archive {root} is from an older version and must be upgraded, which needs leave to "
        "write to it.",
        advice="Open it once, with any command, where you may write to it.",
        detail=f"its schema is {revision}, this version knows {HEAD}",
    )


def _revision(database: Database) -> str | None:
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


def _bring_up_to_date(database: Database, *, create: bool) -> None:
    path = database.root / NAME
    if not path.exists():
        with told(database.root):
            path.touch()
    revision = _revision(database)  # another process may have been quicker
    if revision == HEAD:
        return
    if (revision is None and not create) or (revision is not None and revision > HEAD):
        raise _unreadable_revision(database.root, revision)
    with (
        database.translated(),
        contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection,
    ):
        connection.execute("PRAGMA journal_mode = WAL")
    with database.write() as change:
        _migrate(change)
        change.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def _migrate(connection: Connection) -> None:
    """Run the migrations inside the connection's transaction."""
    from alembic import command  # slow to import, and most openings need no migration
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
