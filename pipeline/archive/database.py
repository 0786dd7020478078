"""What the archive asks of its database, whichever it is.

Writers come one after the other: a transaction has the database to itself from its first statement
or has not begun. Only beginning can meet another writer, and only beginning is tried again. So the
numbers of ``history`` grow in the order in which changes become visible, and who follows them
misses none. Readers see one state, that of their first statement, until they end.
"""

from __future__ import annotations

import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pipeline.archive.rows import Damage
from pipeline.archive.schema import HEAD
from pipeline.archive.sql import Session
from pipeline.errors import ArchiveProblem, VanthuError

#: The database of an archive in a folder.
NAME: Final = "vanthu.db"
#: How long beginning a transaction waits for another writer, each time it is tried.
BUSY_SECONDS: Final = 30.0
#: How often it is tried.
BEGIN_ATTEMPTS: Final = 5


#: What makes an empty database an archive, inside the transaction of its connection.
Fill = Callable[[Connection], None]


class Database(ABC):
    """Connections to the database of one archive.

    ``where`` is how it is called in messages: never with a password.
    """

    def __init__(self, where: str, engine: Engine, *, read_only: bool) -> None:
        self.where = where
        self.read_only = read_only
        self._engine = engine

    @property
    def name(self) -> str:
        """What a report of damage calls it."""
        return NAME if self.dialect == "sqlite" else self.where

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    @abstractmethod
    def session(self, seconds: float) -> contextlib.AbstractContextManager[Session]:
        """A session for reading in SQL on a connection of its own; ``seconds`` for each query."""

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the database."""
        with self._transaction(write=False) as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One change: all of it happens or none."""
        if self.read_only:
            raise self._not_writable()
        with self._transaction(write=True) as connection:
            yield connection

    @contextlib.contextmanager
    def _transaction(self, *, write: bool) -> Iterator[Connection]:
        with self.translated():
            connection = self._begun(write=write)
            with connection, connection.get_transaction() or contextlib.nullcontext():
                yield connection

    def _begun(self, *, write: bool) -> Connection:
        for attempt in range(1, BEGIN_ATTEMPTS + 1):
            connection: Connection | None = None
            try:
                connection = self._engine.connect()
                self._begin(connection, write=write)
            except BaseException as error:
                if connection is not None:
                    connection.invalidate()
                    connection.close()
                if attempt < BEGIN_ATTEMPTS and isinstance(error, DBAPIError) and self._busy(error):
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
            if error.orig is None:
                raise
            raise self._told(error.orig) from error
        except PoolTimeout as error:
            raise ArchiveProblem(
                f"Too much is asked of the archive {self.where} at the same time.",
                advice="Try again in a moment.",
                detail=str(error),
            ) from error

    @contextlib.contextmanager
    def much(self) -> Iterator[None]:
        """While much is written, by whichever transactions; how it is written, never what."""
        yield

    def learn(self) -> None:  # noqa: B027 - for some databases
        """Look at what was written in bulk, where the way to an answer depends on that.

        SQLite's does not: see ``narrowing``.
        """

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @abstractmethod
    def check(self) -> Iterator[Damage]:
        """What is wrong inside the database, the texts that are searched apart."""

    @abstractmethod
    def _begin(self, connection: Connection, *, write: bool) -> None:
        """Begin a transaction; waits for another writer for ``BUSY_SECONDS``."""

    @abstractmethod
    def _busy(self, error: DBAPIError) -> bool:
        """Whether beginning again may help."""

    @abstractmethod
    def _told(self, error: BaseException) -> VanthuError:
        """What the database's error means to a clerk."""

    @abstractmethod
    def _not_writable(self) -> ArchiveProblem:
        """That nothing may be changed."""


def unreadable_revision(where: str, revision: str | None) -> ArchiveProblem:
    """Why an archive whose schema is ``revision`` (``None``: no tables yet) is not opened."""
    if revision is None:
        return ArchiveProblem(
            f"{where} is an archive that was never finished.",
            advice="Run 'vanthu ingest' with this archive again.",
        )
    if revision > HEAD:
        return ArchiveProblem(
            f"The archive {where} was written by a newer version of vanthu.",
            advice="Install that version or a newer one.",
            detail=f"its schema is {revision}, this version knows {HEAD}",
        )
    return ArchiveProblem(
        f"The archive {where} is from an older version and must be upgraded, which needs leave to "
        "write to it.",
        advice="Open it once, with any command, where you may write to it.",
        detail=f"its schema is {revision}, this version knows {HEAD}",
    )


def migrate(connection: Connection, to: str = "head") -> None:
    """Run the migrations, up to revision ``to``, inside the connection's transaction."""
    from alembic import command  # slow to import, and most openings need no migration
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
