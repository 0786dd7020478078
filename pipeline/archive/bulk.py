"""Many rows at once: tuples straight to the driver, and row numbers given before they are used.

SQLAlchemy looks at every value of every row twice before the driver sees it, which costs a loader
more than the database does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from pipeline.archive.dialects import POSTGRESQL


def insert(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Insert ``rows`` into ``table``; values are given to the driver as they are.

    Text must be free of NUL characters (see ``dialects``). Names are quoted: they may come from a
    backup.
    """
    if not rows:
        return
    mark = "%s" if connection.dialect.name == POSTGRESQL else "?"
    quote = connection.dialect.identifier_preparer.quote
    into = f"{quote(table)} ({', '.join(map(quote, columns))})"
    marks = ", ".join([mark] * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks})", list(rows))  # noqa: S608 - names are quoted


def reserved(connection: Connection, table: str, key: str, count: int) -> list[int]:
    """``count`` numbers for new rows of ``table``, growing, and greater than all before.

    Only inside a transaction that has the database to itself.
    """
    if connection.dialect.name == POSTGRESQL:
        numbers = text(
            "SELECT nextval(pg_get_serial_sequence(:name, :key)) FROM generate_series(1, :count)"
        )
        values = {"name": table, "key": key, "count": count}
        return sorted(connection.scalars(numbers, values))
    last = connection.scalar(text(f"SELECT max({key}) FROM {table}")) or 0  # noqa: S608 - names of the schema
    has_own = text("SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema WHERE name = :name")
    if connection.scalar(has_own, {"name": table}):
        kept = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        last = max(last, connection.scalar(kept, {"name": table}) or 0)
    return list(range(last + 1, last + 1 + count))
