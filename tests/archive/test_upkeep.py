"""An archive of any older version becomes what it would be had it been made today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, insert, select

import pipeline.archive.migrations
from models.directive import Citation
from pipeline.archive import Archive
from pipeline.archive.schema import APPLICATION_ID, metadata
from tests.archive.strategies import directive, field, full_directive, page, source

#: What differs between two archives that hold the same.
_OF_ITS_OWN = {("about", "value"), ("merges", "id"), ("merges", "proposed_at")}


def fill(archive: Archive) -> None:
    run_id = archive.begin_run("ingest", "1")
    long = " ".join(f"chữ {n}" for n in range(60))
    made = [
        (directive("plan", number="3259/CTr-TLĐ", issued="2021-09-01",
                   issuer="Tổng Liên đoàn Lao động Việt Nam"), long),
        (directive("citing", citations=(
            Citation(number=field("3259/CTr-TLĐ"), issued=field("2021-09-01")),)), "x"),
        (full_directive(), long + " thêm"),
        (directive("gone"), "y"),
    ]  # fmt: skip
    for one, text in made:
        name = one.id.removeprefix("d-")
        archive.record_source(f"in/{name}.pdf", source(name))
        archive.put_directive(one, [page(text)], result_key="k", run_id=run_id)
    archive.record_source("in/gone.pdf", source("newer"))


def contents(connection: Connection, tables: MetaData) -> dict[str, list[dict[str, Any]]]:
    return {
        table.name: [
            {k: v for k, v in row._mapping.items() if (table.name, k) not in _OF_ITS_OWN}
            for row in connection.execute(select(table).order_by(*table.primary_key.columns))
        ]
        for table in tables.sorted_tables
        if not table.name.startswith(("directive_fts", "search_words", "alembic", "sqlite"))
    }


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_an_older_archive_is_upgraded_with_all_that_follows_from_its_records(
    root: Path, tmp_path: Path, revision: str
) -> None:
    with Archive.open(root, create=True) as archive:
        fill(archive)
        expected = [d.model_dump_json() for d in archive.directives()]
        feed = [(r.id, r.change, r.at) for r in archive.changes().changes]
    now = create_engine(f"sqlite:///{root / 'vanthu.db'}")
    old_root = tmp_path / "old"
    Archive.open(old_root, create=True).close()
    (old_root / "vanthu.db").unlink()
    old = create_engine(f"sqlite:///{old_root / 'vanthu.db'}")
    with now.connect() as today, old.begin() as before:
        before.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        _migrate(before, revision)
        were = MetaData()
        were.reflect(
            before, only=lambda name, _: not name.startswith(("directive_fts", "search_words"))
        )
        rows = contents(today, metadata)
        records = {row["pk"]: row["document"] for row in rows["records"]}
        for table in were.sorted_tables:
            for row in rows.get(table.name, []):
                kept = {k: v for k, v in row.items() if k in table.columns}
                if table.name == "directives":  # a field that the contract had not
                    kept["document"] = records[row["pk"]].replace(',"version_of":null', "")
                if table.name == "citations":
                    kept["resolved_id"] = None
                if table.name == "pages" and revision < "0005":
                    kept["text_raw"] = kept["text_raw"] or kept["text"]
                before.execute(insert(table).values(kept))
        whole = rows
    old.dispose()
    with Archive.open(old_root) as upgraded:
        assert [d.model_dump_json() for d in upgraded.directives()] == expected
        assert [(r.id, r.change, r.at) for r in upgraded.changes().changes] == feed
        assert {d.kind for d in upgraded.verify()} == {"original.missing"}
        assert upgraded.search("chữ")
    with old.connect() as after:
        assert contents(after, metadata) == whole
    now.dispose()
    old.dispose()


def _migrate(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", next(iter(pipeline.archive.migrations.__path__)))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
