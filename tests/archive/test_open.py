"""Opening: what is an archive, what is not, and what a clerk is told."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event

import pipeline.archive.migrations
from pipeline.archive import Archive
from pipeline.archive.schema import HEAD, metadata
from pipeline.errors import ArchiveProblem, NoSpace, UsageProblem
from tests.archive.conftest import Put
from tests.archive.strategies import directive, page, source


def told(error: pytest.ExceptionInfo[ArchiveProblem]) -> str:
    assert error.value.advice
    return error.value.reason


def test_a_missing_archive_is_not_made_by_asking(root: Path) -> None:
    with pytest.raises(ArchiveProblem) as error:
        Archive.open(root)
    assert "no archive" in told(error)
    assert not root.exists()


def test_a_new_archive_is_empty_and_opens_again(root: Path) -> None:
    Archive.open(root / "deep", create=True).close()
    with Archive.open(str(root / "deep")) as again:
        assert again.list() == []
        assert set(again.counts().values()) == {0}
        assert list(again.verify()) == []
    with Archive.open(root / "deep", create=True) as again:
        assert not again.read_only


def test_a_folder_of_other_things_is_no_archive_and_does_not_become_one(root: Path) -> None:
    root.mkdir()
    (root / "holiday.jpg").write_bytes(b"x")
    for create in (False, True):
        with pytest.raises(ArchiveProblem):
            Archive.open(root, create=create)
    assert [p.name for p in root.iterdir()] == ["holiday.jpg"]


def test_a_file_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for where in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ArchiveProblem):
            Archive.open(where, create=True)


@pytest.mark.parametrize("where", ["", "a\0b"])
def test_what_is_no_path_is_refused(where: str) -> None:
    with pytest.raises(UsageProblem):
        Archive.open(where)


@pytest.mark.parametrize("name", ["nón lá", "100% %20?#&", "a'b\"c\nd", os.fsdecode(b"\xff\xfe")])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    with Archive.open(tmp_path / name, create=True) as made:
        made.begin_run("ingest", "1")
    with Archive.open(tmp_path / name) as again:
        assert again.counts()["directives"] == 0
    assert (tmp_path / name / "vanthu.db").is_file()


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough" * 100, b"SQLite format 3\0"]
)
def test_a_file_that_is_no_database_is_told(archive: Archive, root: Path, content: bytes) -> None:
    archive.close()
    (root / "vanthu.db").write_bytes(content)
    with pytest.raises(ArchiveProblem) as error:
        Archive.open(root)
    assert "damaged" in told(error)


def test_damage_inside_is_told_when_it_is_met(archive: Archive, root: Path, put: Put) -> None:
    for number in range(120):
        put(str(number), "chữ " * 400)
    archive.close()
    db = root / "vanthu.db"
    content = bytearray(db.read_bytes())
    half = len(content) // 16384 * 8192  # the first pages tell what there is; they stay
    content[half:] = b"\xa5" * (len(content) - half)
    db.write_bytes(content)
    with pytest.raises(ArchiveProblem) as error, Archive.open(root) as damaged:
        list(damaged.directives())
    assert "damaged" in told(error)
    with Archive.open(root) as damaged:
        assert "database.damaged" in {d.kind for d in damaged.verify()}


def test_another_program_s_database_is_left_alone(root: Path) -> None:
    root.mkdir()
    with closing(sqlite3.connect(root / "vanthu.db")) as db:
        db.execute("CREATE TABLE theirs (x)")
    for create in (False, True):
        with pytest.raises(ArchiveProblem, match="not of vanthu"):
            Archive.open(root, create=create)


def test_a_newer_archive_is_not_touched(archive: Archive, root: Path) -> None:
    archive.close()
    with closing(sqlite3.connect(root / "vanthu.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.commit()
    for create in (False, True):
        with pytest.raises(ArchiveProblem, match="newer version"):
            Archive.open(root, create=create)


def test_creation_that_was_killed_is_finished_by_the_next_run(root: Path) -> None:
    (root / "tmp").mkdir(parents=True)
    (root / "vanthu.db").touch()
    with pytest.raises(ArchiveProblem, match="never finished"):
        Archive.open(root)
    with Archive.open(root, create=True) as made:
        assert made.list() == []


def test_opening_removes_leftovers_of_the_dead(archive: Archive, root: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from pipeline.archive import FileStore;"
        "s = FileStore(Path(sys.argv[1])).scratch(); s.__enter__(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(root)], check=False)
    assert len(list((root / "tmp").iterdir())) == 1
    Archive.open(root).close()
    assert list((root / "tmp").iterdir()) == []


# -- reading where nothing may be written -------------------------------------------------------


@contextmanager
def without_leave_to_write(root: Path) -> Iterator[None]:
    """Take the right to write away, also from the superuser."""
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [root, *root.rglob("*")]}
    user = os.geteuid()
    closed = (p for p in root.parents if user == 0 and not p.stat().st_mode & 0o001)
    opened = list(closed)  # others must be let through to reach the archive at all
    before = {p: stat.S_IMODE(p.stat().st_mode) for p in opened}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for path in opened:
        path.chmod(before[path] | 0o011)
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(0)
        for path, mode in {**modes, **before}.items():
            if path.exists():
                path.chmod(mode)


def test_a_read_only_archive_answers_and_refuses_to_change(
    archive: Archive, root: Path, put: Put
) -> None:
    put("a", "sáng kiến", number="482/LĐLĐ")
    archive.close()
    with without_leave_to_write(root), Archive.open(root) as readable:
        assert readable.read_only
        assert [row.id for row in readable.list()] == ["d-a"]
        assert [hit.id for hit in readable.search("sang kien")] == ["d-a"]
        assert len(list(readable.directives())) == 1
        assert {d.kind for d in readable.verify()} == {"original.missing"}
        with pytest.raises(ArchiveProblem, match="written"):
            readable.begin_run("ingest", "1")


def test_a_full_disk_is_told_and_loses_nothing(
    archive: Archive, run_id: int, put: Put, root: Path
) -> None:
    put("a", "sáng kiến")
    archive.record_source("b.pdf", source("b"))
    with archive._database.read() as connection:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {used}")
    pages = [page("chữ " * 50_000)]
    with pytest.raises(NoSpace):
        archive.put_directive(directive("b"), pages, result_key="k", run_id=run_id)
    assert [row.id for row in archive.list()] == ["d-a"]


def differences(archive: Archive) -> list[Any]:
    """What Alembic would change to make the tables those of ``schema``."""
    with archive._database.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, *_: (
                    not str(name).startswith(("directive_fts", "search_words"))
                ),
            },
        )
        return list(compare_metadata(context, metadata))


# -- the schema -----------------------------------------------------------------------------------


def test_migrations_end_in_the_schema_that_the_code_has(archive: Archive) -> None:
    assert differences(archive) == []


def test_the_schema_s_head_is_that_of_the_migrations() -> None:
    config = Config()
    folder = next(iter(pipeline.archive.migrations.__path__))
    config.set_main_option("script_location", folder)
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_every_table_is_described_and_every_column_has_a_comment() -> None:
    import pipeline.archive.schema as schema

    for table in metadata.tables.values():
        assert f"``{table.name}``" in (schema.__doc__ or ""), table.name
        assert all(column.comment for column in table.columns), table.name


def test_an_archive_in_use_is_in_wal_mode_and_knows_its_owner(root: Path, archive: Archive) -> None:
    with closing(sqlite3.connect(root / "vanthu.db")) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA application_id").fetchone() == (0x564E5448,)


def test_opening_and_listing_asks_no_more_of_a_larger_archive(
    archive: Archive, root: Path, put: Put
) -> None:
    def statements() -> int:
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            asked.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            with Archive.open(root) as again:
                again.list(limit=100)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(asked)

    put("first", "sáng kiến", number="1/LĐLĐ")
    of_one = statements()
    for number in range(20):
        put(str(number), "sáng kiến", number=f"{number}/LĐLĐ", issued="2022-04")
    assert statements() == of_one > 0


def test_opening_a_current_archive_does_not_import_alembic(archive: Archive, root: Path) -> None:
    code = (
        "import sys; from pipeline.archive import Archive; Archive.open(sys.argv[1]).list();"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(root)], check=True)
