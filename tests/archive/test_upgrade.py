"""An archive of an earlier version is brought up to date with everything in it."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, insert

import pipeline.archive.migrations
from models.directive import Directive
from models.text import PageText
from pipeline.archive import record
from pipeline.archive.database import Database, migrate
from pipeline.archive.database_postgresql import _MARK, PostgresqlDatabase
from pipeline.archive.database_sqlite import SqliteDatabase
from pipeline.archive.database_url import database_url
from pipeline.archive.organisations import bodies_of
from pipeline.archive.schema import APPLICATION_ID, HEAD
from pipeline.errors import ArchiveProblem
from tests.archive.conftest import Place
from tests.archive.strategies import failure, full_directive, page, sha, source
from tests.archive.test_open import differences


def earlier() -> list[str]:
    config = Config()
    config.set_main_option("script_location", next(iter(pipeline.archive.migrations.__path__)))
    found = ScriptDirectory.from_config(config).walk_revisions()
    return sorted(script.revision for script in found if script.revision != HEAD)


def opened(place: Place) -> Database:
    if place.dialect == "postgresql":
        return PostgresqlDatabase(*database_url(place.where))
    place.files.mkdir()
    (place.files / "vanthu.db").touch()
    return SqliteDatabase(place.files, read_only=False)


def make(place: Place, revision: str, given: Directive, pages: list[PageText]) -> None:
    """An archive as the version with this revision left it, one document in it."""
    database = opened(place)
    with database.write() as connection:
        if place.dialect == "postgresql":
            connection.exec_driver_sql("CREATE SCHEMA new")
        migrate(connection, revision)
        fill(connection, given, pages)
        if place.dialect == "postgresql":
            connection.exec_driver_sql(f"COMMENT ON TABLE alembic_version IS '{_MARK}'")
        else:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    database.close()


def earlier_page(page: PageText) -> dict[str, Any]:
    """The row of a page as every version before the fifth wrote it."""
    said = page.model_dump_json(by_alias=True).encode()
    texts = {"text": page.text, "text_raw": page.raw_text, "document": zlib.compress(said)}
    return {"page": page.page, "read_by": page.read_by, "engine": page.engine} | texts


def fill(connection: Connection, given: Directive, pages: list[PageText]) -> None:
    """Rows as that version wrote them: of today's columns those that its tables have."""

    def put(name: str, *rows: dict[str, Any]) -> None:
        table = Table(name, MetaData(), autoload_with=connection)
        for row in rows:
            known = {column: row[column] for column in row if column in table.c}
            connection.execute(insert(table), known)

    stored = record.document(given)
    documents = [one.model_dump_json(by_alias=True).encode() for one in pages]
    digest = given.source.sha256
    kept = source("full")
    put("runs", {"command": "ingest", "version": "0.1.0", "started_at": "2026-01-01",
                 "counts": "{}"})  # fmt: skip
    put("sources", {"sha256": digest, "byte_size": 10, "media_type": "application/pdf",
                    "kind": "scan", "pages": 1, "document": kept.model_dump_json(by_alias=True),
                    "first_seen_at": "2026-01-01"})  # fmt: skip
    put("source_paths", {"path": "in/full.pdf", "sha256": digest, "current": 1})
    put("directives", record.directive_row(given) | {
        "result_key": "k1", "document": stored, "created_seq": 1, "change_seq": 2, "live_seq": 1,
        "content_hash": record.content_hash(stored, documents),
    })  # fmt: skip
    put(
        "pages",
        *(row | {"directive_pk": 1} for row in map(earlier_page, pages)),
    )
    bodies = bodies_of(given)
    unknown: Any = dict.fromkeys(body.id for body in bodies.every())
    for name, rows in record.list_rows(given, bodies, unknown).items():
        put(name, *(row | {"directive_pk": 1} for row in rows))
    put("search_texts", record.search_row(given, [page.text for page in pages]) | {"pk": 1})
    put("history",
        {"at": "2026-01-01", "run_id": 1, "directive_id": given.id, "change": "created",
         "actor": "machine", "version": "0.1.0"},
        {"at": "2026-01-02", "run_id": 1, "directive_id": given.id, "change": "changed",
         "actor": "machine", "version": "0.1.0",
         "before": zlib.compress(stored.encode())})  # fmt: skip
    put("quarantine", {"path": "bad.pdf", "category": "bad_input", "attempts": 2,
                       "failure": failure().model_dump_json(), "first_at": "2026-01-01",
                       "last_at": "2026-01-02", "run_id": 1})  # fmt: skip


@pytest.mark.parametrize("revision", earlier())
def test_an_archive_of_any_earlier_version_is_upgraded_and_keeps_everything(
    new_place: Place, revision: str
) -> None:
    given, pages = full_directive(), [page("sáng kiến của công đoàn"), page("trang hai", 2)]
    make(new_place, revision, given, pages)
    with new_place.open() as archive:
        (whole,) = archive.directives()
        assert whole.model_copy(update={"source": given.source}) == given
        assert whole.source.path == "in/full.pdf"
        assert archive.pages("d-full") == pages
        assert [hit.id for hit in archive.search('"cong doan trang hai"')] == ["d-full"]
        assert archive.source(sha("full")) == source("full")
        assert archive.result_key(sha("full")) == "k1"
        assert [(e.path, e.attempts) for e in archive.quarantined()] == [("bad.pdf", 2)]
        assert len(archive.targets()) == len(archive.deadlines()) == 2
        assert {d.kind for d in archive.verify()} == {"original.missing"}
        assert differences(archive) == []
        assert archive.begin_run("ingest", "2") == 2
    history = new_place.rows("SELECT seq, change FROM history ORDER BY seq")
    assert history == [(1, "created"), (2, "changed")]
    assert new_place.rows("SELECT version_num FROM alembic_version") == [(HEAD,)]


def test_a_newer_archive_is_told_on_either_database(new_place: Place) -> None:
    new_place.open(create=True).close()
    new_place.execute("UPDATE alembic_version SET version_num = '9999'")
    for create in (False, True):
        with pytest.raises(ArchiveProblem, match="newer version"):
            new_place.open(create=create)


def test_a_new_archive_is_made_only_when_asked_for(new_place: Place) -> None:
    with pytest.raises(ArchiveProblem, match="no archive"):
        new_place.open()
    for create in (True, False, True):
        with new_place.open(create=create) as archive:
            assert set(archive.counts().values()) == {0}
            assert list(archive.verify()) == []
            assert not archive.read_only
