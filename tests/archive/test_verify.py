"""Verify finds what is damaged, and only that."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from models.finding import Finding
from models.source import SourceDocument
from models.text import Zone
from pipeline.archive import Archive
from pipeline.errors import StoreProblem
from tests.archive.conftest import Place, Put
from tests.archive.strategies import directive, failure, full_directive, page, sha, source

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
        chosen = postgresql if postgresql and place.dialect == "postgresql" else statement
        for one in chosen.split("; "):
            place.execute(one)

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
        (sql("UPDATE pages SET text = 'khác' WHERE page = 1"), "database.inconsistent", "error"),
        (sql("UPDATE pages SET document = x'00'", r"UPDATE pages SET document = '\x00'"),
         "database.inconsistent", "error"),
        (sql("DELETE FROM pages WHERE page = 2"), "database.inconsistent", "error"),
        (sql("UPDATE directives SET number_key = 'other'"), "database.inconsistent", "error"),
        (sql("UPDATE records SET document = x'00'", r"UPDATE records SET document = '\x00'"),
         "database.inconsistent", "error"),
        (sql("UPDATE targets SET value = value + 1"), "database.inconsistent", "error"),
        (sql("DELETE FROM deadlines"), "database.inconsistent", "error"),
        (sql("UPDATE search_texts SET title = 'other'"), "search.stale", "error"),
        (sql("UPDATE source_paths SET current = 0"), "history.broken", "error"),
        (sql("UPDATE directives SET change_seq = 99"), "history.broken", "error"),
        (sql("UPDATE directives SET live_seq = NULL"), "history.broken", "error"),
        (sql("UPDATE directives SET issuer_org = parent_org"), "database.inconsistent", "error"),
        (sql("DROP TRIGGER history_no_delete; DELETE FROM history", "DELETE FROM history"),
         "history.broken", "error"),
        (sql("DROP TRIGGER history_no_update; UPDATE history SET directive_id = 'gone'",
             "UPDATE history SET directive_id = 'gone'"), "history.broken", "error"),
        (sql("UPDATE finding_totals SET findings = findings + 1"), "totals.wrong", "error"),
        (sql("UPDATE finding_totals SET documents = 0"), "totals.wrong", "error"),
        (sql("UPDATE finding_totals SET code = 'other'"), "totals.wrong", "error"),
        (sql("DELETE FROM finding_totals"), "totals.wrong", "error"),
        (sql("DELETE FROM search_texts"), "search.stale", "error"),
        (sql("INSERT INTO directive_fts(directive_fts) VALUES ('delete-all')",
             "DELETE FROM directive_fts"), "search.stale", "error"),
    ],
)  # fmt: skip
def test_damage_is_named(
    whole: Archive, place: Place, damage: Callable[[Place], None], kind: str, severity: str
) -> None:
    damage(place)
    found = list(whole.verify())
    assert {(d.kind, d.severity) for d in found} == {(kind, severity)}
    assert all(d.where and d.message for d in found)


def test_findings_that_are_gone_leave_totals_that_are_right(archive: Archive, put: Put) -> None:
    blank = Finding(code="page.blank", severity="info", message="Page 2 is blank.")
    put("a", findings=(blank, blank))
    put("b", findings=(blank,))
    for again in ((blank,), ()):
        put("a", findings=again)
        put("b", findings=again)
        assert not [d for d in archive.verify() if d.kind == "totals.wrong"]


def test_a_directive_that_is_gone_is_missed_by_its_parts_and_its_history(
    whole: Archive, place: Place
) -> None:
    place.execute("DELETE FROM directives")
    found = list(whole.verify())
    assert {d.kind for d in found} >= {"database.reference", "history.broken"}


def test_a_number_of_the_history_that_could_be_given_twice_is_told(
    whole: Archive, place: Place, root: Path
) -> None:
    place.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'history'")
    assert [d.kind for d in whole.verify()] == ["history.broken"]


def test_a_word_that_no_beginning_finds_is_told(whole: Archive, place: Place) -> None:
    if place.dialect == "postgresql":
        pytest.skip("its index finds beginnings by itself")
    place.execute("DELETE FROM search_words WHERE word = (SELECT max(word) FROM search_words)")
    (found,) = whole.verify()
    assert found.kind == "search.stale"
    assert "list of words" in found.message


def test_quick_sees_what_names_and_sizes_tell(whole: Archive, place: Place) -> None:
    rot(place)  # of the same size
    assert list(whole.verify(quick=True)) == []
    original(place).write_bytes(b"con")
    assert [d.kind for d in whole.verify(quick=True)] == ["original.changed"]
    original(place).unlink()
    assert [d.kind for d in whole.verify(quick=True)] == ["original.missing"]


def test_a_picture_of_handwriting_that_is_gone_or_changed_is_named(
    archive: Archive, run_id: int, tmp_path: Path
) -> None:
    digest = keep(archive, tmp_path, b"content")
    made = directive("a")
    made = made.model_copy(update={"source": made.source.model_copy(update={"sha256": digest})})
    archive.record_source(
        "a.pdf", source("a").model_copy(update={"sha256": digest, "byte_size": 7})
    )
    picture = hashlib.sha256(b"picture").hexdigest()
    zone = Zone(bbox=(0.1, 0.1, 0.2, 0.2), kind="blank", crop=picture)
    written = page("viết tay").model_copy(update={"zones": (zone,)})
    archive.put_directive(made, [written], result_key="k", run_id=run_id)
    assert [d.kind for d in archive.verify()] == ["result.missing"]
    archive.files.put("crop", picture, b"another picture")
    assert [d.kind for d in archive.verify()] == ["result.damaged"]
    archive.files.put("crop", picture, b"picture")
    assert list(archive.verify()) == []


def test_what_it_does_is_told_to_who_watches(whole: Archive) -> None:
    said: list[tuple[str, int, int | None]] = []
    list(whole.verify(watch=lambda *step: said.append(step)))
    assert said == [("directives", 1, 1), ("originals", 1, 1), ("results", 1, None)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["memory", "s3"])
def test_files_in_an_object_store_are_checked_too(
    root: Path, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    with Archive.open(root, create=True, files=request.getfixturevalue(kind)) as archive:
        made = full_directive()
        digest = keep(archive, tmp_path, b"content")
        made = made.model_copy(update={"source": made.source.model_copy(update={"sha256": digest})})
        kept = source("full").model_copy(update={"sha256": digest, "byte_size": 7})
        archive.record_source("a.pdf", kept)
        run_id = archive.begin_run("ingest", "1")
        archive.put_directive(made, [page("x")], result_key="k", run_id=run_id)
        archive.files.put("check", KEY, b"result")
        assert list(archive.verify()) == []
        storage = archive.files.storage
        storage.write(f"results/check/ab/{KEY}.gz", b"bad")
        storage.write("originals/note.txt", b"stray")
        storage.write(f"originals/{digest[:2]}/{digest}", b"cXntent")
        assert {d.kind for d in archive.verify()} == {
            "original.changed", "original.stray", "result.damaged",
        }  # fmt: skip
        storage.remove(f"originals/{digest[:2]}/{digest}")
        assert "original.missing" in {d.kind for d in archive.verify(quick=True)}


def test_a_store_that_cannot_be_asked_is_no_damage(root: Path, s3: str) -> None:
    with (
        Archive.open(root, create=True, files="s3://no-such-bucket/x") as archive,
        pytest.raises(StoreProblem),
    ):
        list(archive.verify())


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
