"""Verify finds what is damaged, and only that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models.source import SourceDocument
from pipeline.archive import Archive
from tests.archive.conftest import Place
from tests.archive.strategies import directive, failure, full_directive, page, sha

KEY = "ab" * 32


@pytest.fixture
def whole(archive: Archive, run_id: int, tmp_path: Path) -> Archive:
    """An archive with one document, its original and a stored result."""
    digest = keep(archive, tmp_path, b"content")
    kept = SourceDocument(
        sha256=digest, byte_size=7, media_type="application/pdf", kind="scan", pages=()
    )
    made = full_directive()
    made = made.model_copy(update={"source": made.source.model_copy(update={"sha256": digest})})
    archive.record_source("a.pdf", kept)
    archive.put_directive(made, [page("sáng kiến"), page("", 2)], result_key="k", run_id=run_id)
    archive.files.put("check", KEY, b"result")
    return archive


def keep(archive: Archive, folder: Path, content: bytes) -> str:
    file = folder / "scan.pdf"
    file.write_bytes(content)
    return archive.files.put_original(file, max_bytes=100)[0]


def original(place: Place) -> Path:
    return next(p for p in (place.files / "originals").rglob("*") if p.is_file())


def rot(place: Place) -> None:
    original(place).chmod(0o644)
    original(place).write_bytes(b"cXntent")


def sql(statement: str, postgresql: str = "") -> Callable[[Place], None]:
    def do(place: Place) -> None:
        place.execute(postgresql if postgresql and place.dialect == "postgresql" else statement)

    return do


def stray(where: str) -> Callable[[Place], None]:
    def do(place: Place) -> None:
        (place.files / where).parent.mkdir(parents=True, exist_ok=True)
        (place.files / where).write_bytes(b"x")

    return do


def test_a_whole_archive_has_no_damage(whole: Archive) -> None:
    assert list(whole.verify()) == []


@pytest.mark.parametrize(
    ("damage", "kind", "severity"),
    [
        (rot, "original.changed", "error"),
        (lambda place: original(place).unlink(), "original.missing", "error"),
        (stray("originals/ab/note.txt"), "original.stray", "info"),
        (stray("originals/" + sha("x")), "original.stray", "info"),
        (stray(f"results/check/ab/{KEY}.gz"), "result.damaged", "warning"),
        (stray("results/check/note.txt"), "result.stray", "info"),
        (sql("UPDATE pages SET text = 'khác' WHERE page = 1"), "search.stale", "error"),
        (sql("DELETE FROM search_texts"), "search.stale", "error"),
        (sql("INSERT INTO directive_fts(directive_fts) VALUES ('delete-all')",
             "DELETE FROM directive_fts"), "search.stale", "error"),
        (sql("DELETE FROM directives"), "database.reference", "error"),
    ],
)  # fmt: skip
def test_damage_is_named(
    whole: Archive, place: Place, damage: Callable[[Place], None], kind: str, severity: str
) -> None:
    damage(place)
    found = list(whole.verify())
    assert {(d.kind, d.severity) for d in found} == {(kind, severity)}
    assert all(d.where and d.message for d in found)


def test_a_copy_without_a_document_is_no_loss(whole: Archive, tmp_path: Path) -> None:
    digest = keep(whole, tmp_path, b"killed before it was recorded")
    (found,) = whole.verify()
    assert (found.kind, found.severity) == ("original.orphan", "info")
    run_id = whole.begin_run("ingest", "1")
    whole.quarantine("b.pdf", failure(), sha256=digest, run_id=run_id)
    assert list(whole.verify()) == []


def test_verify_changes_nothing(whole: Archive, place: Place) -> None:
    stray(f"results/check/ab/{KEY}.gz")(place)
    before = sorted(place.files.rglob("*"))
    assert list(whole.verify()) == list(whole.verify())
    assert sorted(place.files.rglob("*")) == before


def test_a_directive_without_pages_is_whole(archive: Archive, run_id: int, tmp_path: Path) -> None:
    digest = keep(archive, tmp_path, b"content")
    kept = SourceDocument(
        sha256=digest, byte_size=7, media_type="application/pdf", kind="scan", pages=()
    )
    archive.record_source("a.pdf", kept)
    made = directive("a")
    made = made.model_copy(update={"source": made.source.model_copy(update={"sha256": digest})})
    archive.put_directive(made, [], result_key="k", run_id=run_id)
    assert list(archive.verify()) == []
