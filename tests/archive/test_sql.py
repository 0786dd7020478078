"""SQL over the views: what may be asked, and that nothing else can be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.archive import Archive
from pipeline.archive.sql import WrongQuery, complete, line_of
from tests.archive.conftest import Put
from tests.archive.strategies import full_directive, page, source


@pytest.fixture
def filled(archive: Archive, put: Put, run_id: int) -> Archive:
    archive.record_source("in/full.pdf", source("full"))
    archive.put_directive(full_directive(), [page("đổi mới")], result_key="k", run_id=run_id)
    return archive


def asked(archive: Archive, query: str) -> list[tuple[object, ...]]:
    with archive.sql() as session:
        return list(session.run(query).rows)


def test_views_are_asked_in_sql(filled: Archive) -> None:
    with filled.sql() as session:
        answer = session.run(
            "SELECT t.value, t.status, t.page FROM v_targets t "
            "JOIN v_directives d ON d.id = t.directive_id WHERE d.number LIKE '120/%'"
        )
        assert answer.columns == ("value", "status", "page")
        assert list(answer.rows) == [(5091.0, "review", None), (90.5, "review", None)]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT count(*) FROM v_directives", [(1,)]),
        ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) "
         "SELECT i FROM n", [(1,), (2,), (3,)]),
        ("SELECT 1 -- ; DROP TABLE directives", [(1,)]),
        ("SELECT upper(kind) FROM v_recipients ORDER BY 1", [("COPIED",), ("TO",)]),
        ("SELECT sum(value) OVER () FROM v_targets WHERE kind = 'quota'", [(5091.0,)]),
    ],
)  # fmt: skip
def test_any_select_over_the_views_may_be_asked(
    filled: Archive, query: str, rows: list[tuple[object, ...]]
) -> None:
    assert asked(filled, query) == rows


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM directives", "UPDATE v_directives SET number = 1", "DROP VIEW v_directives",
        "INSERT INTO history(at) VALUES (1)", "CREATE TABLE x (y)", "CREATE TEMP TABLE x (y)",
        "ATTACH '{root}/x.db' AS x", "ATTACH ':memory:' AS x", "PRAGMA query_only = OFF",
        "PRAGMA table_info(tokens)", "SELECT * FROM pragma_table_info('tokens')", "VACUUM",
        "VACUUM INTO '{root}/copy.db'", "SELECT digest FROM tokens",
        "SELECT count(*) FROM tokens", "SELECT 1 FROM tokens", "SELECT * FROM directives",
        "SELECT count(*) FROM v_pages, tokens WHERE tokens.digest > ''",
        "SELECT * FROM sqlite_schema", "SELECT load_extension('x')", "BEGIN", "COMMIT",
        "SELECT 1; DELETE FROM directives", "SELECT * FROM directive_fts('a')", "ANALYZE",
        "REINDEX", "SELECT readfile('/etc/passwd')", "EXPLAIN DELETE FROM directives", "", ";",
        "-- nothing", "WITH x AS (SELECT * FROM tokens) SELECT name FROM x",
    ],
)  # fmt: skip
def test_nothing_but_the_views_can_be_read_and_nothing_changed(
    filled: Archive, root: Path, query: str
) -> None:
    before = sorted(p.name for p in root.iterdir())
    with pytest.raises(WrongQuery):
        asked(filled, query.format(root=root))
    assert sorted(p.name for p in root.iterdir()) == before
    assert filled.counts()["directives"] == 1


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("SELECT 1\nFROM v_directives\nWHERE nummer = 1", 3),
        ("SELECT 1\nFORM v_directives", 2),
        ("SELECT\n  id,\n  nosuch(id) FROM v_directives", 3),
        ("SELECT *\nFROM v_nothing", 2),
    ],
)
def test_what_is_wrong_is_told_with_its_line(filled: Archive, query: str, line: int) -> None:
    with pytest.raises(WrongQuery) as error:
        asked(filled, query)
    assert f"in line {line}" in error.value.reason


def test_a_query_without_end_is_stopped(filled: Archive) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with filled.sql(seconds=0.05) as session:
        with pytest.raises(WrongQuery, match="longer than"):
            list(session.run(endless).rows)
        assert list(session.run("SELECT 1").rows) == [(1,)]


def test_a_value_too_long_is_refused(filled: Archive) -> None:
    with pytest.raises(WrongQuery):
        asked(filled, "SELECT length(zeroblob(1000000000))")


def test_an_archive_for_reading_only_is_asked_too(filled: Archive, root: Path) -> None:
    filled.close()
    with Archive.open(root) as again:
        assert asked(again, "SELECT id FROM v_directives") == [("d-full",)]


def test_lines_are_counted_from_one_and_words_are_whole() -> None:
    assert line_of("a\nab\nb", "b") == 3
    assert line_of("a", "c") is None
    assert complete(["SELECT 1", ";"])
    assert not complete(["SELECT ';'"])
