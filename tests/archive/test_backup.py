"""A backup is whole or refused, and what is restored is what was backed up."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import bagit
import pytest

from models.source import SourceDocument
from pipeline.archive import Archive, backup, restore
from pipeline.archive.bag import MANIFEST
from pipeline.archive.restoring import MARKER
from pipeline.errors import ArchiveProblem, NoSpace, UsageProblem, VanthuError
from tests.archive.conftest import Place
from tests.archive.strategies import directive, failure, full_directive, page


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "office"


def add(archive: Archive, content: bytes, *, path: str = "", text: str = "sáng kiến") -> str:
    """Archive a document with this content, as a run would; its SHA-256."""
    import io

    digest, size = archive.files.put_original(io.BytesIO(content), max_bytes=1 << 20)
    kept = SourceDocument(
        sha256=digest, byte_size=size, media_type="application/pdf", kind="scan", pages=()
    )
    archive.record_source(path or f"in/{digest[:8]}.pdf", kept)
    made = full_directive(digest[:8])
    made = made.model_copy(update={"source": made.source.model_copy(update={"sha256": digest})})
    archive.files.put("check", digest, made.model_dump_json().encode())
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.put_directive(made, [page(text), page("", 2)], result_key="k", run_id=run_id)
    archive.end_run(run_id, {"created": 1}, "finished")
    return digest


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """Three documents, one of them changed and one superseded, and one file in quarantine."""
    for number in range(3):
        add(archive, b"content %d" % number, path=f"in/{number}.pdf", text=f"số {number}")
    add(archive, b"content 1", text="đã sửa")
    add(archive, b"new content under an old name", path="in/2.pdf")
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.quarantine("in/bad\udcff.pdf", failure(), sha256=None, run_id=run_id)
    return archive


def state(archive: Archive) -> dict[str, object]:
    """Everything that can be asked of an archive."""
    return {
        "records": [d.model_dump_json(by_alias=True) for d in archive.directives()],
        "pages": [archive.pages(d.id) for d in archive.directives()],
        "failed": archive.quarantined(),
        # Each database has its own scale of scores.
        "found": [hit.model_copy(update={"score": 0.0}) for hit in archive.search("sang kien")],
        "counts": archive.counts(),
        "changes": [(row.id, row.change, row.at) for row in archive.changes(None).changes],
    }


HISTORY = "SELECT seq, at, run_id, directive_id, change, version, before FROM history ORDER BY seq"


def test_what_is_restored_is_what_was_backed_up(
    place: Place, filled: Archive, target: Path, tmp_path: Path
) -> None:
    report = filled.backup(target)
    assert (report.number, report.missing, report.directives) == (1, (), 4)
    restored = restore(target, tmp_path / "again")
    assert (restored.damages, restored.left_out, restored.directives) == ((), (), 4)
    with Archive.open(tmp_path / "again") as again:
        assert state(again) == state(filled)
        assert list(again.verify()) == []
        assert not (tmp_path / "again" / MARKER).exists()
        assert again.files.get("check", next(iter(filled.directives())).source.sha256)


def test_the_history_goes_on_where_it_was(
    place: Place, filled: Archive, target: Path, tmp_path: Path
) -> None:
    from tests.archive.places import SqlitePlace

    before = place.rows(HISTORY)
    filled.backup(target)
    restore(target, tmp_path / "again")
    again = SqlitePlace(tmp_path / "again")
    assert [tuple(row) for row in again.rows(HISTORY)] == [
        tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in before
    ]
    with again.open() as opened:
        add(opened, b"after the restore")
    assert again.rows("SELECT max(seq) FROM history")[0][0] == before[-1][0] + 1


def test_cursors_hold_for_what_was_backed_up_and_no_further(
    filled: Archive, target: Path, tmp_path: Path
) -> None:
    """A cursor from after the backup is of a future that the restored archive does not have."""
    early = filled.changes(None, limit=2).cursor
    at_backup = filled.changes(None).cursor
    filled.backup(target)
    add(filled, b"after the backup")
    late = filled.changes(None).cursor
    restore(target, tmp_path / "again")
    with Archive.open(tmp_path / "again") as again:
        expected = [row.id for row in filled.changes(early).changes]
        seen = [row.id for row in again.changes(early).changes]
        assert seen == expected[: len(seen)]
        assert len(seen) == len(expected) - 1
        assert again.changes(at_backup).changes == ()
        for content in (b"one more", b"and one"):
            add(again, content)
        assert len(again.changes(at_backup).changes) == 2
        with pytest.raises(UsageProblem, match="before this one was restored"):
            again.changes(late)
        again.backup(target)
    restore(target, tmp_path / "a third time")
    with Archive.open(tmp_path / "a third time") as third:
        assert len(third.changes(at_backup).changes) == 2


def test_a_number_of_the_history_that_was_taken_back_is_not_given_again(
    filled: Archive, root: Path, target: Path, tmp_path: Path
) -> None:
    import sqlite3

    with sqlite3.connect(root / "vanthu.db") as db:
        db.execute("UPDATE sqlite_sequence SET seq = 1000 WHERE name = 'history'")
    filled.backup(target)
    restore(target, tmp_path / "again")
    with Archive.open(tmp_path / "again") as again:
        add(again, b"after the restore")
    with sqlite3.connect(tmp_path / "again" / "vanthu.db") as db:
        assert db.execute("SELECT max(seq) FROM history").fetchone() == (1001,)


@pytest.fixture
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An empty database of PostgreSQL, and a folder for the files."""
    cluster = request.getfixturevalue("cluster")
    name = cluster.database()
    yield cluster.url(name), tmp_path / "other files"
    cluster.drop(name)


@pytest.mark.slow
def test_a_backup_of_one_database_is_restored_into_the_other(
    filled: Archive, target: Path, tmp_path: Path, other: tuple[str, Path]
) -> None:
    filled.backup(target)
    url, files = other
    report = restore(target, url, files=files)
    assert report.damages == ()
    with Archive.open(url, files=files) as server:
        assert state(server) == state(filled)
        assert list(server.verify()) == []
        add(server, b"made on the server")
        assert server.backup(target).copied_files == 2
        restore(target, tmp_path / "back")
        with Archive.open(tmp_path / "back") as back:
            assert state(back) == state(server)
            assert list(back.verify()) == []
    with pytest.raises(VanthuError):
        restore(target, url, files=tmp_path / "yet other files")


def test_others_can_verify_it(filled: Archive, target: Path) -> None:
    filled.backup(target)
    bagit.Bag(str(target)).validate()
    add(filled, b"more")
    filled.backup(target)
    bagit.Bag(str(target)).validate()


def test_a_second_backup_copies_only_what_is_new(filled: Archive, target: Path) -> None:
    first = filled.backup(target)
    assert first.copied_files == 8
    before = {p: p.stat().st_mtime_ns for p in (target / "data" / "originals").rglob("*.*")}
    assert filled.backup(target).copied_files == 0
    add(filled, b"new")
    second = filled.backup(target)
    assert (second.number, second.copied_files) == (3, 2)
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert len(list((target / "data").glob("database-*"))) == 1


def test_without_results_the_originals_are_there(
    filled: Archive, target: Path, tmp_path: Path
) -> None:
    assert filled.backup(target, results=False).copied_files == 4
    restore(target, tmp_path / "again")
    with Archive.open(tmp_path / "again") as again:
        assert list(again.verify()) == []
    assert not (tmp_path / "again" / "results").exists()
    assert filled.backup(target).copied_files == 4
    assert filled.backup(target, results=False).files == filled.backup(target).files


def test_an_original_that_failed_is_backed_up_too(
    archive: Archive, target: Path, tmp_path: Path
) -> None:
    add(archive, b"content")
    import io

    digest, _ = archive.files.put_original(io.BytesIO(b"failed"), max_bytes=100)
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.quarantine("in/bad.pdf", failure(), sha256=digest, run_id=run_id)
    assert archive.backup(target).copied_files == 3
    restore(target, tmp_path / "again")
    with Archive.open(tmp_path / "again") as again, again.files.original(digest) as path:
        assert path.read_bytes() == b"failed"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["memory", "s3"])
def test_files_in_an_object_store_go_and_come(
    tmp_path: Path, target: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    store = request.getfixturevalue(kind)
    with Archive.open(tmp_path / "a", create=True, files=f"{store}/one") as archive:
        add(archive, b"content")
        archive.backup(target)
        report = restore(target, tmp_path / "b", files=f"{store}/two")
        assert report.damages == ()
        with Archive.open(tmp_path / "b", files=f"{store}/two") as again:
            assert state(again) == state(archive)
            assert list(again.verify()) == []
    with pytest.raises(UsageProblem, match="files at"):
        restore(target, tmp_path / "c", files=f"{store}/two")


# -- damage --------------------------------------------------------------------------------------


def some(target: Path, pattern: str) -> Path:
    return min(p for p in (target / "data").glob(pattern) if p.is_file())


def rot(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def cut_manifest(target: Path) -> None:
    lines = (target / MANIFEST).read_text().splitlines(keepends=True)
    originals = [n for n, line in enumerate(lines) if "data/originals/" in line]
    del lines[originals[0]]
    (target / MANIFEST).write_text("".join(lines))


@pytest.mark.parametrize(
    "damage",
    [
        lambda target: rot(some(target, "originals/*/*")),
        lambda target: some(target, "originals/*/*").unlink(),
        lambda target: rot(some(target, "database-*/directives.jsonl.gz")),
        lambda target: rot(some(target, "database-*/backup.json")),
        lambda target: some(target, "database-*/pages.jsonl.gz").unlink(),
        lambda target: rot(target / MANIFEST),
        cut_manifest,
    ],
)
def test_a_damaged_backup_is_refused(
    filled: Archive, target: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    filled.backup(target)
    damage(target)
    with pytest.raises(ArchiveProblem, match="damaged"):
        restore(target, tmp_path / "again")
    with pytest.raises(ArchiveProblem):
        Archive.open(tmp_path / "again")


def test_what_is_sound_is_restored_despite_damage_and_the_loss_is_named(
    filled: Archive, target: Path, tmp_path: Path
) -> None:
    filled.backup(target)
    lost = some(target, "originals/*/*")
    rot(lost)
    report = restore(target, tmp_path / "again", despite_damage=True)
    assert report.left_out == (str(lost.relative_to(target)),)
    assert [(d.kind, d.severity) for d in report.damages] == [("original.missing", "error")]


def test_a_damaged_result_is_left_out_for_it_can_be_made_again(
    filled: Archive, target: Path, tmp_path: Path
) -> None:
    filled.backup(target)
    rot(some(target, "results/check/*/*"))
    report = restore(target, tmp_path / "again")
    assert len(report.left_out) == 1
    assert report.damages == ()


def test_an_original_damaged_in_the_archive_never_replaces_the_sound_one(
    filled: Archive, root: Path, target: Path, tmp_path: Path
) -> None:
    filled.backup(target)
    for path in (root / "originals").glob("*/*"):
        rot(path)
    assert filled.backup(target).missing == ()
    restore(target, tmp_path / "again")
    with Archive.open(tmp_path / "again") as again:
        assert list(again.verify()) == []


def test_what_is_lost_already_is_named_by_backup_and_restore(
    filled: Archive, root: Path, target: Path, tmp_path: Path
) -> None:
    lost = min((root / "originals").glob("*/*"))
    rot(lost)
    assert filled.backup(target).missing == (lost.name,)
    report = restore(target, tmp_path / "again")
    assert [d.kind for d in report.damages] == ["original.missing"]


def test_a_backup_cut_short_is_mended_by_the_next(filled: Archive, target: Path) -> None:
    filled.backup(target)
    some(target, "originals/*/*").write_bytes(b"con")
    some(target, "results/check/*/*").write_bytes(b"\x1f\x8b")
    assert filled.backup(target).copied_files == 2
    bagit.Bag(str(target)).validate()


# -- kills ---------------------------------------------------------------------------------------

KILLED = """
import os, sys
from pathlib import Path
from pipeline.archive import Archive, bag, restore, restoring
from pipeline.archive.storage import Folder

def after(owner, name, count):
    real, left = getattr(owner, name), [count]
    def wrapped(*a, **k):
        if not left[0]:
            os.kill(os.getpid(), 9)
        left[0] -= 1
        return real(*a, **k)
    setattr(owner, name, wrapped)

where, target, at = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
owner, name, count = {
    "dump": (bag.Bag, "move_in", 0), "file": (bag.Bag, "move_in", 3),
    "commit": (bag.Bag, "commit", 0), "tags": (Path, "write_text", 2),
    "restore": (restoring._Files, "_place", 2), "load": (restoring, "_looked_at", 0),
}[at]
after(owner, name, count)
if at in ("restore", "load"):
    restore(target, where)
else:
    with Archive.open(where) as archive:
        archive.backup(target)
"""


def killed(where: Path, target: Path, at: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(where), str(target), at], check=False, env=os.environ
    )
    assert done.returncode == -9


@pytest.mark.parametrize("at", ["dump", "file", "commit"])
def test_a_first_backup_that_is_killed_is_refused_until_it_is_finished(
    filled: Archive, root: Path, target: Path, tmp_path: Path, at: str
) -> None:
    killed(root, target, at)
    with pytest.raises(ArchiveProblem, match="never finished"):
        restore(target, tmp_path / "again")
    filled.backup(target)
    bagit.Bag(str(target)).validate()
    assert restore(target, tmp_path / "again").damages == ()


@pytest.mark.parametrize("at", ["dump", "file", "commit", "tags"])
def test_a_later_backup_that_is_killed_leaves_a_backup(
    filled: Archive, root: Path, target: Path, tmp_path: Path, at: str
) -> None:
    filled.backup(target)
    for number in range(3):
        add(filled, b"more %d" % number)
    killed(root, target, at)
    restored = restore(target, tmp_path / "again")
    assert (restored.damages, restored.directives) == ((), 7 if at == "tags" else 4)
    filled.backup(target)
    bagit.Bag(str(target)).validate()


@pytest.mark.slow
@pytest.mark.parametrize("at", ["restore", "load"])
def test_a_restore_that_is_killed_leaves_no_archive_and_goes_on(
    filled: Archive, target: Path, tmp_path: Path, at: str
) -> None:
    filled.backup(target)
    again = tmp_path / "again"
    killed(again, target, at)
    assert (again / MARKER).exists()
    for create in (False, True):
        with pytest.raises(ArchiveProblem):
            Archive.open(again, create=create)
    assert restore(target, again).damages == ()
    with Archive.open(again) as opened:
        assert state(opened) == state(filled)
        assert list(opened.verify()) == []
    assert sorted(p.name for p in again.iterdir() if not p.name.startswith("vanthu.db-")) == [
        "originals", "results", "tmp", "vanthu.db",
    ]  # fmt: skip


# -- what is refused -----------------------------------------------------------------------------


def test_nothing_is_restored_over_anything(filled: Archive, target: Path, tmp_path: Path) -> None:
    filled.backup(target)
    busy = tmp_path / "busy"
    busy.mkdir()
    (busy / "a.txt").write_text("mine")
    with pytest.raises(UsageProblem, match="not empty"):
        restore(target, busy)
    with pytest.raises(UsageProblem, match="not empty"):
        restore(target, busy / "a.txt")
    assert [p.name for p in busy.iterdir()] == ["a.txt"]
    restore(target, tmp_path / "again")
    with pytest.raises(UsageProblem, match="not empty"):
        restore(target, tmp_path / "again")


def test_what_is_no_backup_is_not_restored(tmp_path: Path) -> None:
    for there in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(ArchiveProblem, match="no backup"):
            restore(there, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_backup_goes_into_no_folder_of_others(
    filled: Archive, root: Path, target: Path, tmp_path: Path
) -> None:
    (tmp_path / "busy").mkdir()
    (tmp_path / "busy" / "a.txt").write_text("mine")
    with pytest.raises(UsageProblem, match="other files"):
        filled.backup(tmp_path / "busy")
    with pytest.raises(UsageProblem, match="not to a URL"):
        filled.backup(Path("s3://bucket/backup"))
    with pytest.raises(UsageProblem, match="inside the archive"):
        filled.backup(root / "backup")
    filled.backup(target)
    with Archive.open(tmp_path / "another", create=True) as another:
        add(another, b"x")
        with pytest.raises(UsageProblem, match="another archive"):
            another.backup(target)


def test_a_backup_is_not_replaced_by_an_earlier_state(
    filled: Archive, target: Path, tmp_path: Path
) -> None:
    filled.backup(tmp_path / "early")
    add(filled, b"later")
    filled.backup(target)
    restore(tmp_path / "early", tmp_path / "again")
    with Archive.open(tmp_path / "again") as again:
        again.backup(tmp_path / "early")
        with pytest.raises(UsageProblem, match="later state"):
            again.backup(target)


def test_one_backup_at_a_time(filled: Archive, target: Path) -> None:
    with backup.Bag(target).written(), pytest.raises(ArchiveProblem, match="running"):
        filled.backup(target)


def test_a_full_disk_leaves_the_former_backup(
    filled: Archive, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    filled.backup(target)
    add(filled, b"more")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(NoSpace, match="disk of the backup"):
            filled.backup(target)
    assert restore(target, tmp_path / "again").directives == 4


# -- versions ------------------------------------------------------------------------------------


def rewritten(target: Path, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    """Change a backup's description, and its hash in the manifest."""
    import hashlib

    path = some(target, "database-*/backup.json")
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    description = json.loads(path.read_text())
    change(description)
    path.write_text(json.dumps(description))
    new = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = target / MANIFEST
    manifest.write_text(manifest.read_text().replace(old, new))


def test_a_backup_of_a_newer_version_is_refused(
    filled: Archive, target: Path, tmp_path: Path
) -> None:
    filled.backup(target)
    rewritten(target, lambda told: told["dump"].update(revision="9999"))
    with pytest.raises(ArchiveProblem, match="newer version"):
        restore(target, tmp_path / "again")
    rewritten(target, lambda told: told.update(format="vanthu.backup/2"))
    with pytest.raises(ArchiveProblem, match="newer version"):
        restore(target, tmp_path / "again")


def made_older(target: Path, revision: str) -> None:
    """Make a backup what a version with this schema would have written."""
    import hashlib

    from sqlalchemy import create_engine, inspect

    from pipeline.archive.database import migrate

    with create_engine("sqlite://").begin() as connection:
        migrate(connection, revision)
        facts = inspect(connection)
        columns = {
            name: [column["name"] for column in facts.get_columns(name)]
            for name in facts.get_table_names()
        }
    described = some(target, "database-*/backup.json")
    description = json.loads(described.read_text())
    with gzip.open(described.with_name("records.jsonl.gz"), "rt", encoding="utf-8") as lines:
        records = {row["pk"]: row["document"] for row in map(json.loads, lines)}
    kept = []
    for table in description["dump"]["tables"]:
        file = described.with_name(f"{table['name']}.jsonl.gz")
        if table["name"] not in columns:
            file.unlink()
            continue
        if table["name"] == "directives":
            table["columns"].append("document")
        table["columns"] = [c for c in table["columns"] if c in columns[table["name"]]]
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        with gzip.open(file, "wt", encoding="utf-8") as out:
            for row in rows:
                if table["name"] == "pages":
                    row["text_raw"] = row["text_raw"] or row["text"]
                if table["name"] == "directives":
                    row["document"] = records[row["pk"]]
                out.write(json.dumps({c: row[c] for c in table["columns"]}) + "\n")
        kept.append(table)
    description["dump"] |= {"revision": revision, "tables": kept}
    names = [line.split("  ")[1] for line in (target / MANIFEST).read_text().splitlines()]
    lines = [
        f"{hashlib.sha256((target / name).read_bytes()).hexdigest()}  {name}\n"
        for name in names
        if (target / name).exists() and not name.endswith("/backup.json")
    ]
    description["manifest_sha256"] = hashlib.sha256("".join(lines).encode()).hexdigest()
    described.write_text(json.dumps(description))
    own = hashlib.sha256(described.read_bytes()).hexdigest()
    lines.append(f"{own}  {described.relative_to(target)}\n")
    (target / MANIFEST).write_text("".join(lines))


@pytest.mark.parametrize("revision", ["0001", "0002", "0005"])
def test_a_backup_of_an_older_version_is_restored_and_upgraded(
    filled: Archive, target: Path, tmp_path: Path, revision: str
) -> None:
    filled.backup(target)
    made_older(target, revision)
    assert restore(target, tmp_path / "again").damages == ()
    with Archive.open(tmp_path / "again") as again:
        assert state(again) == state(filled)
        assert list(again.verify()) == []


def test_rows_in_a_backup_are_for_anyone_to_read(filled: Archive, target: Path) -> None:
    filled.backup(target)
    with gzip.open(some(target, "database-*/source_paths.jsonl.gz"), "rt") as lines:
        rows = [json.loads(line) for line in lines]
    assert {row["path"] for row in rows} >= {"in/0.pdf", "in/1.pdf", "in/2.pdf"}
    assert all(set(row["location"]) == {"base64"} for row in rows)


def test_an_empty_archive_can_be_backed_up(archive: Archive, target: Path, tmp_path: Path) -> None:
    archive.backup(target)
    assert restore(target, tmp_path / "again").damages == ()
    with Archive.open(tmp_path / "again") as again:
        assert list(again.directives()) == []
        add(again, directive("a").id.encode())
