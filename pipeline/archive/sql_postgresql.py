"""Reading an archive in PostgreSQL in SQL.

Each query is the query of a server-side cursor, so it can only be one that has rows, in a
transaction of its own that only reads and ends after its time. What else may be read than the
views is up to the rights of the user in the URL.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final

from pipeline.archive.sql import PREFIX, Answer, WrongQuery

#: Rows that are asked of the server at a time.
_ROWS: Final = 1000
_VIEWS: Final = """
SELECT v.table_name, array_agg(c.column_name::text ORDER BY c.ordinal_position)
FROM information_schema.views v JOIN information_schema.columns c
    ON c.table_schema = v.table_schema AND c.table_name = v.table_name
WHERE v.table_schema = current_schema() AND starts_with(v.table_name, %s)
GROUP BY 1 ORDER BY 1
"""


class PostgresqlSession:
    """A session over a connection of psycopg that is given up to it."""

    def __init__(self, connection: Any, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        connection.rollback()
        connection.read_only = True
        with connection.cursor() as cursor:
            found = cursor.execute(_VIEWS, [PREFIX]).fetchall()
        connection.rollback()
        self._views = {name: tuple(columns) for name, columns in found}

    def views(self) -> dict[str, tuple[str, ...]]:
        return dict(self._views)

    def run(self, query: str) -> Answer:
        query = query.strip().removesuffix(";")
        if not query:
            raise WrongQuery("There is no query here that has an answer.")
        rows = self._rows(query)
        columns = next(rows)
        return Answer(columns, rows)

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The names of the columns, then the rows."""
        with self._told(query), self._connection.transaction(force_rollback=True):
            limit = f"{max(1, round(self._seconds * 1000))}ms"
            self._connection.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
            with self._connection.cursor(name="asked") as cursor:
                cursor.itersize = _ROWS
                cursor.execute(query.encode())
                yield tuple(column.name for column in cursor.description)
                yield from cursor

    @contextlib.contextmanager
    def _told(self, query: str) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.errors.QueryCanceled:
            raise WrongQuery(
                f"The query took longer than {self._seconds:g} seconds and was stopped.",
                advice="Narrow it with WHERE or LIMIT, or raise sql.seconds in the settings.",
            ) from None
        except psycopg.OperationalError:
            raise  # of the connection, not of the query
        except psycopg.Error as error:
            raise _wrong(error, query) from None
        except (UnicodeError, ValueError) as error:  # half characters, a NUL inside
            raise WrongQuery(f"The query cannot be read: {error}.") from None


def _wrong(error: Any, query: str) -> WrongQuery:
    """What is wrong, with the line that the server names."""
    said = (error.diag.message_primary or str(error)).strip()
    if error.sqlstate in ("25006", "42501"):  # read-only transaction, no right
        return WrongQuery(
            f"The session only reads ({said}).",
            advice="Ask with SELECT from the views that docs/views.md lists.",
        )
    line = _line(error.diag.statement_position, query)
    where = f" in line {line}" if line else ""
    return WrongQuery(f"The query is wrong{where}: {said}.")


def _line(position: str | None, query: str) -> int | None:
    """The server counts from the beginning of its own statement, ``DECLARE … FOR`` before ours."""
    if position is None:
        return None
    begin = len('DECLARE "asked" CURSOR FOR ')
    return query.count("\n", 0, max(0, int(position) - 1 - begin)) + 1
