"""Where an archive may be, and how to look into it behind its back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from pipeline.archive import Archive
from pipeline.archive.schema import metadata
from tests.archive.cluster import Cluster


class SqlitePlace:
    """A folder."""

    dialect = "sqlite"

    def __init__(self, files: Path) -> None:
        self.files = files
        self.where = str(files)

    def open(self, *, create: bool = False) -> Archive:
        return Archive.open(self.files, create=create)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.files / "vanthu.db")) as db:
            return db.execute(query).fetchall()

    def execute(self, statement: str) -> None:
        """Change the database without the archive's knowledge, references unchecked."""
        with closing(sqlite3.connect(self.files / "vanthu.db")) as db:
            db.execute(statement)
            db.commit()


class PostgresqlPlace:
    """A database, and a folder for the files."""

    dialect = "postgresql"

    def __init__(self, cluster: Cluster, name: str, files: Path, schema: str = "") -> None:
        self.cluster = cluster
        self.name = name
        self.files = files
        self.schema = schema
        self.where = cluster.url(name) + (f"&schema={schema}" if schema else "")
        self.spoiled = False

    def open(self, *, create: bool = False) -> Archive:
        return Archive.open(self.where, create=create, files=self.files)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.cluster.execute(query, self.name, self.schema)]

    def execute(self, statement: str) -> None:
        """Change the database without the archive's knowledge, references unchecked."""
        self.spoiled |= statement.startswith(_SPOILS) or "alembic_version" in statement
        unchecked = f"SET session_replication_role = replica; {statement}"
        self.cluster.execute(unchecked, self.name, self.schema)


_SPOILS = ("CREATE", "ALTER", "DROP", "COMMENT")


class Databases:
    """Empty archives in PostgreSQL, emptied and used again: to make one takes half a second."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self._cluster = cluster
        self._free: list[str] = []
        self._template = cluster.database()
        Archive.open(cluster.url(self._template), create=True, files=folder).close()

    def take(self, files: Path, schema: str = "") -> PostgresqlPlace:
        name = self._free.pop() if self._free else self._cluster.database(self._template)
        return PostgresqlPlace(self._cluster, name, files, schema)

    def give_back(self, place: PostgresqlPlace) -> None:
        if place.spoiled:
            self._cluster.drop(place.name)
            return
        if place.schema:
            self._cluster.execute(f'DROP SCHEMA IF EXISTS "{place.schema}" CASCADE', place.name)
            place.schema = ""
        kept = {"about"}  # made by the migrations
        names = [name for name in (*metadata.tables, "directive_fts") if name not in kept]
        emptied = [f"DELETE FROM {table}" for table in names]  # noqa: S608
        place.execute("; ".join(emptied))
        place.rows("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'")
        self._free.append(place.name)
