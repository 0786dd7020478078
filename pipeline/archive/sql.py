"""Reading the archive in SQL: the views of docs/views.md, and nothing else.

DuckDB reads SQLite only through an extension that it would download, so the session is SQLite's
own, shut in four ways: the file is opened for reading, ``query_only`` is on, an authorizer allows
SELECT on the views alone (no table, no PRAGMA, no ATTACH, no file, no extension), and a query is
stopped after its time.

Another database gives a session of its own with :class:`Session`'s two methods.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pipeline.errors import UsageProblem

#: The views' names begin so.
PREFIX: Final = "v_"
#: The longest value that a query may make, in bytes.
_LONGEST: Final = 64 * 1024 * 1024
#: The clock is looked at after so many steps of SQLite's machine.
_STEPS: Final = 20_000
_FORBIDDEN_FUNCTIONS: Final = frozenset(
    {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "fts5"}
)
#: Reading no column of a table tells how many rows it has; SQLite asks for that inside views too.
_PRIVATE: Final = frozenset({"tokens"})
_ALLOWED: Final = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)


class WrongQuery(UsageProblem):
    """A query that cannot be run, or took too long."""

    default_advice = "docs/views.md lists the views and their columns; '.views' does at the prompt."


@dataclass(frozen=True, slots=True)
class Answer:
    """``rows`` come as they are read; each has a value for every one of ``columns``."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


class Session(Protocol):
    """A session that can read and do nothing else."""

    def run(self, query: str) -> Answer:
        """Answer one query.

        :raises WrongQuery: it is no single SELECT, names what is not there, or takes too long
        """

    def views(self) -> dict[str, tuple[str, ...]]:
        """The views with their columns."""


class SqliteSession:
    """A session over a connection to SQLite that is given up to it; ``seconds`` for each query."""

    def __init__(self, connection: sqlite3.Connection, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._until = 0.0
        self._late = False
        self._views = _views(connection)
        connection.execute("PRAGMA query_only = ON")
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        connection.set_progress_handler(self._is_late, _STEPS)
        connection.set_authorizer(_authorizer(frozenset(self._views)))

    def views(self) -> dict[str, tuple[str, ...]]:
        return dict(self._views)

    def run(self, query: str) -> Answer:
        self._until, self._late = time.monotonic() + self._seconds, False
        with self._told(query):
            cursor = self._connection.execute(query)
        if cursor.description is None:
            cursor.close()
            raise WrongQuery("There is no query here that has an answer.")
        return Answer(tuple(column[0] for column in cursor.description), self._rows(cursor, query))

    def _rows(self, cursor: sqlite3.Cursor, query: str) -> Iterator[tuple[Any, ...]]:
        with contextlib.closing(cursor), self._told(query):
            yield from cursor

    def _is_late(self) -> bool:
        self._late = time.monotonic() > self._until
        return self._late

    @contextlib.contextmanager
    def _told(self, query: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, sqlite3.Warning) as error:
            if self._late:
                raise WrongQuery(
                    f"The query took longer than {self._seconds:g} seconds and was stopped.",
                    advice="Narrow it with WHERE or LIMIT, or raise sql.seconds in the settings.",
                ) from None
            raise _wrong(error, query) from None
        except (UnicodeError, ValueError) as error:  # half characters, a NUL inside
            raise WrongQuery(f"The query cannot be read: {error}.") from None


def _views(connection: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    names = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'view' AND name LIKE 'v\\_%' ESCAPE '\\' "
        "ORDER BY name"
    ).fetchall()
    return {
        name: tuple(row[1] for row in connection.execute(f'PRAGMA table_info("{name}")'))
        for (name,) in names
    }


def _authorizer(
    views: frozenset[str],
) -> Callable[[int, str | None, str | None, str | None, str | None], int]:
    """Allow SELECT, functions that touch no file, and reading the views (and tables from them)."""

    def allow(
        action: int, first: str | None, second: str | None, _: str | None, inside: str | None
    ) -> int:
        if action == sqlite3.SQLITE_READ and (
            inside in views or first in views or (not second and first not in _PRIVATE)
        ):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and second in _FORBIDDEN_FUNCTIONS:
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY

    return allow


_NAMED: Final = re.compile(
    r'near "(.+?)"|(?:no such (?:column|table|function|view)|ambiguous column name|access to|'
    r"wrong number of arguments to function):? ?(?:\w+\.)?(\w+)"
)


def _wrong(error: Exception, query: str) -> WrongQuery:
    """What is wrong, with the line where the word that SQLite names stands."""
    said = str(error)
    if "not authorized" in said or "prohibited" in said or "readonly" in said:
        return WrongQuery(
            f"The session only reads the views ({said}).",
            advice="Ask with SELECT from the views that docs/views.md lists; tables change.",
        )
    if "one statement" in said:
        return WrongQuery("One query at a time, please.", advice="Run them one after the other.")
    named = _NAMED.search(said)
    word = next(filter(None, named.groups()), "") if named else ""
    line = line_of(query, word)
    where = f" in line {line}" if line else ""
    return WrongQuery(f"The query is wrong{where}: {said}.")


def line_of(query: str, word: str) -> int | None:
    """The line, from 1, in which ``word`` first stands by itself; ``None``: nowhere."""
    if not word:
        return None
    either = re.escape(word)
    pattern = rf"(?<!\w){either}(?!\w)" if word[0].isalnum() or word[0] == "_" else either
    found = re.search(pattern, query, re.IGNORECASE)
    return query.count("\n", 0, found.start()) + 1 if found else None


def complete(lines: Sequence[str]) -> bool:
    """Whether what was typed at a prompt is a whole query."""
    return sqlite3.complete_statement("\n".join(lines))
