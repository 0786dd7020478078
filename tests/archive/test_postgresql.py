"""An archive in PostgreSQL: its URL, its server's refusals, its schema, its locks."""

from __future__ import annotations

import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pipeline.archive import Archive, database, database_postgresql, tsvector, writing
from pipeline.archive.database_url import database_url, shown
from pipeline.archive.schema import metadata
from pipeline.archive.words import ask
from pipeline.errors import ArchiveProblem, EnvironmentProblem, UsageProblem
from tests.archive.cluster import Cluster
from tests.archive.places import Databases, PostgresqlPlace
from tests.archive.strategies import directive, page, source

SECRET = "mật-khẩu@:/?"  # noqa: S105 - nobody's
QUOTED = "m%E1%BA%ADt-kh%E1%BA%A9u%40%3A%2F%3F"


@pytest.fixture
def here(databases: Databases, tmp_path: Path) -> Iterator[PostgresqlPlace]:
    """A database with an empty archive."""
    place = databases.take(tmp_path / "files")
    yield place
    databases.give_back(place)


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[str]:
    """The name of a database without an archive."""
    name = cluster.database()
    yield name
    cluster.drop(name)


# -- the URL --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "PostgreSQL"])
def test_a_database_is_named_by_a_url(here: PostgresqlPlace, scheme: str) -> None:
    where = here.where.replace("postgresql", scheme, 1)
    with Archive.open(where, files=here.files) as archive:
        assert archive.list() == []
        assert archive.where.startswith("postgresql://")
        assert archive.files.root == here.files


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("sqlite:///x.db", "sqlite:// is no database that can hold"),
        ("mysql://h/d", "mysql:// is no database"),
        ("s3://bucket/archive", "s3:// is no database"),
        ("postgresql+psycopg2://h/d", "is no database"),
        (Path("postgresql://h/d"), "lacks a slash"),
        ("postgresql:/h/d", "lacks a slash"),
        ("postgresql://h", "names no database"),
        (f"postgresql://u:{SECRET}x@h:port/d", "cannot be read"),
        ("postgresql://h/d?schema=a-b", "no name of a schema"),
        ("postgresql://h/d?schema=a%22;drop", "no name of a schema"),
    ],
)
def test_other_urls_are_refused_in_words(where: str | Path, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem) as error:
        Archive.open(where, create=True, files=tmp_path)
    assert words in error.value.reason
    assert error.value.advice
    assert SECRET not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize("where", ["postgresql://h/d", "postgres:///d?host=/tmp"])
def test_a_database_demands_a_place_for_the_files(where: str) -> None:
    with pytest.raises(UsageProblem, match="files"):
        Archive.open(where, create=True)


def test_a_folder_may_have_its_files_elsewhere(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a", create=True, files=str(tmp_path / "b")) as archive:
        archive.files.put("check", "abcd", b"x")
    assert [p.name for p in (tmp_path / "a").iterdir() if p.is_dir()] == []
    assert (tmp_path / "b" / "results").is_dir()


def test_no_message_shows_a_password(cluster: Cluster, here: PostgresqlPlace) -> None:
    url = f"postgresql://u:{QUOTED}@h/d?password={QUOTED}&sslpassword={QUOTED}&sslmode=prefer"
    assert shown(*database_url(url)) == "postgresql://u@h/d?sslmode=prefer"
    cluster.execute("DROP ROLE IF EXISTS guarded")
    cluster.execute(f"CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'")
    cluster.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guarded", here.name)
    with Archive.open(cluster.tcp(here.name, "guarded", QUOTED), files=here.files) as archive:
        assert "guarded@" in repr(archive)
        assert SECRET not in repr(archive) + repr(vars(archive)) + archive.where
        assert QUOTED not in repr(archive) + repr(vars(archive)) + archive.where
    wrong = cluster.tcp(here.name, "guarded", QUOTED + "x")
    with pytest.raises(ArchiveProblem, match="does not let us in") as error:
        Archive.open(wrong, files=here.files)
    told = "".join(traceback.format_exception(error.value)) + error.value.detail
    assert "pgpass" in error.value.advice
    assert SECRET not in told
    assert QUOTED not in told
    cluster.execute("DROP OWNED BY guarded", here.name)


# -- what the server says -------------------------------------------------------------------------


def refusal(where: str, files: Path, *, create: bool = False) -> ArchiveProblem:
    with pytest.raises(ArchiveProblem) as error:
        Archive.open(where, files=files, create=create)
    assert error.value.advice
    assert error.value.detail
    return error.value


def test_what_the_server_refuses_is_told_in_words(cluster: Cluster, tmp_path: Path) -> None:
    tcp = cluster.tcp("postgres")
    closed = tcp.replace(f":{cluster.port}", ":1")
    for where, words in {
        closed: "cannot be reached",
        "postgresql:///d?host=/nowhere": "cannot be reached",
        cluster.tcp("absent"): "There is no database",
        cluster.tcp("postgres", "nobody_we_know"): "does not let us in",
        cluster.tcp("postgres", "guarded"): "does not let us in",
        f"{tcp}?sslmode=require": "encrypted connection",
        f"{tcp}?sslmode=perhaps": "does not understand",
        f"{tcp}?no_such_option=1": "does not understand",
    }.items():
        assert words in refusal(where, tmp_path).reason, where


def test_an_old_server_is_told(
    cluster: Cluster, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_postgresql, "OLDEST_SERVER", 999)
    with pytest.raises(ArchiveProblem, match="is PostgreSQL 1") as error:
        Archive.open(cluster.url(empty), create=True, files=tmp_path)
    assert "999" in error.value.advice


def test_a_database_that_is_not_unicode_is_told(cluster: Cluster, tmp_path: Path) -> None:
    cluster.execute(
        "CREATE DATABASE latin ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    )
    with pytest.raises(ArchiveProblem, match="LATIN1") as error:
        Archive.open(cluster.url("latin"), create=True, files=tmp_path)
    assert "UTF8" in error.value.advice
    cluster.drop("latin")


def test_a_missing_library_is_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(EnvironmentProblem, match="psycopg") as error:
        Archive.open("postgresql://h/d", files=tmp_path)
    assert "vanthu[postgresql]" in error.value.advice


@pytest.mark.slow
def test_folders_need_no_postgresql_and_opening_needs_no_alembic(here: PostgresqlPlace) -> None:
    folder = (
        "import sys; from pipeline.archive import Archive; Archive.open(sys.argv[1], create=True);"
        "assert not {'psycopg', 'pipeline.archive.database_postgresql'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", folder, str(here.files / "a")], check=True)
    database = (
        "import sys; from pipeline.archive import Archive;"
        "Archive.open(sys.argv[1], files=sys.argv[2]).list();"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", database, here.where, str(here.files)], check=True)


# -- whose tables ---------------------------------------------------------------------------------


def test_one_database_holds_several_archives(cluster: Cluster, empty: str, tmp_path: Path) -> None:
    first, second = (f"{cluster.url(empty)}&schema={name}" for name in ("ca_mau", "Hue"))
    with pytest.raises(ArchiveProblem, match="schema does not exist"):
        Archive.open(first, files=tmp_path)
    for where, name in ((first, "a"), (second, "b")):
        with Archive.open(where, create=True, files=tmp_path) as archive:
            run_id = archive.begin_run("ingest", "1")
            assert run_id == 1
            archive.record_source(f"{name}.pdf", source(name))
            archive.put_directive(directive(name), [page("chữ")], result_key="k", run_id=run_id)
            assert archive.where.endswith(where.rpartition("&")[2])
    for where, name in ((first, "d-a"), (second, "d-b")):
        with Archive.open(where, files=tmp_path) as archive:
            assert [row.id for row in archive.list()] == [name]
            assert [hit.id for hit in archive.search("chu")] == [name]


def test_a_search_path_of_one_s_own_names_the_schema(
    cluster: Cluster, empty: str, tmp_path: Path
) -> None:
    where = f"{cluster.url(empty)}&options=-csearch_path%3Down%20-cwork_mem%3D8MB"
    with pytest.raises(ArchiveProblem, match="schema does not exist"):
        Archive.open(where, create=True, files=tmp_path)
    cluster.execute("CREATE SCHEMA own", empty)
    Archive.open(where, create=True, files=tmp_path).close()
    with Archive.open(f"{cluster.url(empty)}&schema=own", files=tmp_path) as archive:
        assert archive.list() == []


@pytest.mark.parametrize(
    "table",
    ["CREATE TABLE theirs (x int)", "CREATE VIEW theirs AS SELECT 1",
     "CREATE TABLE alembic_version AS SELECT '0001' AS version_num"],
)  # fmt: skip
def test_another_program_s_tables_are_left_alone(
    cluster: Cluster, empty: str, tmp_path: Path, table: str
) -> None:
    cluster.execute(table, empty)
    for create in (False, True):
        with pytest.raises(ArchiveProblem, match="other tables") as error:
            Archive.open(cluster.url(empty), create=create, files=tmp_path)
        assert "schema=" in error.value.advice
    assert cluster.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'runs'", empty) == [
        (0,)
    ]


def test_every_text_is_compared_by_code_point_and_every_column_described(
    here: PostgresqlPlace,
) -> None:
    odd = here.rows(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'text' "
        "AND collation_name IS DISTINCT FROM 'C'"
    )
    assert odd == []
    silent = here.rows(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 "
        "AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL"
    )
    assert not {(table, column) for table, column in silent if table in metadata.tables}


# -- leave to write -------------------------------------------------------------------------------


def test_who_may_only_read_reads_and_is_told_when_it_writes(here: PostgresqlPlace) -> None:
    here.cluster.execute("DROP ROLE IF EXISTS reader")
    here.cluster.execute("CREATE ROLE reader LOGIN")
    here.cluster.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", here.name)
    with Archive.open(here.cluster.url(here.name, "reader"), files=here.files) as archive:
        assert archive.read_only
        assert archive.search("x") == archive.list() == list(archive.verify()) == []
        with pytest.raises(ArchiveProblem, match="may not be written") as error:
            archive.begin_run("ingest", "1")
        assert "GRANT" in error.value.advice
    here.cluster.execute("DROP OWNED BY reader", here.name)
    here.cluster.execute("DROP ROLE reader")


def test_who_may_make_no_tables_is_told(cluster: Cluster, empty: str, tmp_path: Path) -> None:
    cluster.execute("DROP ROLE IF EXISTS guest")
    cluster.execute("CREATE ROLE guest LOGIN")
    for where in (cluster.url(empty, "guest"), cluster.url(empty, "guest") + "&schema=new"):
        with pytest.raises(ArchiveProblem, match="lacks leave") as error:
            Archive.open(where, create=True, files=tmp_path)
        assert "GRANT" in error.value.advice
    cluster.execute("DROP ROLE guest")


def test_a_database_that_is_read_only_is_opened_for_reading(
    here: PostgresqlPlace,
) -> None:
    where = f"{here.where}&options=-cdefault_transaction_read_only%3Don"
    with Archive.open(where, files=here.files) as archive:
        assert archive.read_only
        assert archive.list() == []


# -- locks and lost connections -------------------------------------------------------------------


def test_a_writer_waits_for_its_turn_and_is_told_when_it_does_not_come(
    here: PostgresqlPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BEGIN_ATTEMPTS", 2)
    monkeypatch.setattr(
        database_postgresql, "_WRITING", "SELECT set_config('lock_timeout', '20ms', true)"
    )
    with here.open() as archive, here.open() as other:
        with other._database.write(), pytest.raises(ArchiveProblem, match="another process"):
            archive.begin_run("ingest", "1")
        with other._database.write():
            assert archive.list() == []  # readers do not wait
        assert archive.begin_run("ingest", "1") == 1


def test_a_writer_that_died_gives_its_turn_back(here: PostgresqlPlace) -> None:
    code = (
        "import os, sys; from pipeline.archive import Archive;"
        "a = Archive.open(sys.argv[1], files=sys.argv[2]); a._database.write().__enter__();"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, here.where, str(here.files)], check=False)
    with here.open() as archive:
        assert archive.begin_run("ingest", "1") == 1


END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_a_server_that_was_restarted_is_met_again(here: PostgresqlPlace) -> None:
    with here.open() as archive:
        archive.begin_run("ingest", "1")
        here.rows(END_OTHERS)
        assert archive.list() == []
        here.rows(END_OTHERS)
        assert archive.begin_run("ingest", "1") == 2


def test_a_connection_lost_in_the_middle_is_told_and_changes_nothing(
    here: PostgresqlPlace,
) -> None:
    with here.open() as archive:

        def interrupted() -> None:
            with archive._database.write() as connection:
                writing.begin_run(connection, "ingest", "1")
                here.rows(END_OTHERS)
                writing.begin_run(connection, "ingest", "2")

        with pytest.raises(ArchiveProblem, match="was lost") as error:
            interrupted()
        assert "nothing done is lost" in error.value.advice
        assert here.rows("SELECT * FROM runs") == []
        assert archive.list() == []


def test_what_takes_too_long_is_given_up(here: PostgresqlPlace) -> None:
    def endless() -> None:
        with archive._database.read() as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 20")
            connection.exec_driver_sql("SELECT pg_sleep(60)")

    with here.open() as archive:
        with pytest.raises(ArchiveProblem, match="too long"):
            endless()
        with archive._database.read() as connection:
            limits = connection.exec_driver_sql("SHOW statement_timeout").scalar()
        assert limits == "15min"


def test_more_readers_than_connections_are_told(
    here: PostgresqlPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_postgresql, "BUSY_SECONDS", 0.05)
    with here.open() as archive:
        for name in "ab":
            archive.record_source(f"{name}.pdf", source(name))
            archive.put_directive(directive(name), [], result_key="k", run_id=None)  # type: ignore[arg-type]
        open_views = [archive.directives() for _ in range(15)]
        for view in open_views:
            next(view)
        with pytest.raises(ArchiveProblem, match="same time"):
            archive.list()
        for view in open_views:
            view.close()
        assert len(archive.list()) == 2


def test_an_error_of_the_server_that_we_do_not_expect_is_told(here: PostgresqlPlace) -> None:
    with (
        here.open() as archive,
        pytest.raises(ArchiveProblem, match="failed") as error,
        archive._database.read() as connection,
    ):
        connection.exec_driver_sql("SELECT no_such_function()")
    assert "42883" in error.value.detail


def test_no_statement_of_ours_is_compiled_and_every_question_has_a_plan_of_its_own(
    here: PostgresqlPlace,
) -> None:
    asked = "SELECT current_setting('jit'), current_setting('plan_cache_mode')"
    with here.open() as archive, archive._database.read() as reading:
        assert reading.exec_driver_sql(asked).one() == ("off", "force_custom_plan")
    with here.open() as archive, archive._database.write() as writing_:
        assert writing_.exec_driver_sql(asked).one() == ("off", "auto")


def test_words_of_titles_are_looked_up_in_an_index_of_titles(here: PostgresqlPlace) -> None:
    with here.open() as archive:
        run = archive.begin_run("ingest", "0.1.0")
        for name, subject in (("a", "sáng kiến"), ("b", "tiền lương"), ("c", "x" * 3000 + " thi")):
            made = directive(name, subject=subject)
            archive.record_source(f"in/{name}", source(name))
            archive.put_directive(made, [page("sáng kiến thi đua")], result_key="k", run_id=run)
        found = [hit.subject for hit in archive.search('"sang kien"')]
        assert found[0] == "sáng kiến"
        assert len(found) == 3
        with archive._database.read() as reading:
            reading.exec_driver_sql("SET LOCAL enable_seqscan = off")
            reading.exec_driver_sql("SET LOCAL enable_indexscan = off")
            question = ask("thi")
            assert tsvector.newest(reading, question, 9, titled=True) == [3]
            assert tsvector.newest(reading, ask("x" * 3000), 9, titled=True) == [3]
            assert tsvector.newest(reading, ask("x" * 300 + "*"), 9, titled=True) == [3]
            assert tsvector.newest(reading, ask("x" * 300), 9, titled=True) == []
            plan = "EXPLAIN " + str(
                tsvector.keys(question, titled=True).compile(compile_kwargs={"literal_binds": True})
            )
            lines = reading.exec_driver_sql(plan).scalars().all()
            assert any("directive_fts_titles" in line for line in lines)


def test_a_closed_archive_holds_no_connection(here: PostgresqlPlace) -> None:
    with here.open() as archive:
        archive.list()
    with psycopg.connect(here.where) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
    assert others == (0,)
