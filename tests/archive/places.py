"""Where an archive may be, and how to look into it behind its back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from pipeline.archive import Archive
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

    def __init__(self, cluster: Cluster, name: str, files: Path) -> None:
        self.cluster = cluster
        self.name = name
        self.files = files
        self.where = cluster.url(name)

    def open(self, *, create: bool = False) -> Archive:
        return Archive.open(self.where, create=create, files=self.files)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.cluster.execute(query, self.name)]

    def execute(self, statement: str) -> None:
        """Change the database without the archive's knowledge, references unchecked."""
        if not statement.startswith(("CREATE", "ALTER", "DROP")):
            statement = f"SET session_replication_role = replica; {statement}"
        self.cluster.execute(statement, self.name)


def template(cluster: Cluster, folder: Path) -> str:
    """A database with an empty archive of the present version, to be copied."""
    name = "archive_template"
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    Archive.open(cluster.url(name), create=True, files=folder).close()
    return name
