"""The analysts' commands, in this process: an archive, a command, what it prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.archive import Archive
from pipeline.archive.sql import WrongQuery
from pipeline.cli import app
from pipeline.errors import UsageProblem
from tests.archive.strategies import full_directive, page, source


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions") / "archive"
    with Archive.open(folder, create=True) as archive:
        run_id = archive.begin_run("ingest", "1")
        archive.record_source("in/full.pdf", source("full"))
        archive.put_directive(full_directive(), [page("đổi mới")], result_key="k", run_id=run_id)
    return folder


def called(where: Path, *args: str, stdin: str = "") -> str:
    done = CliRunner().invoke(app, [*args, "--archive", str(where)], input=stdin)
    assert done.exit_code != 2, done.output
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout


COMMANDS = [
    (["progress", "--level", "province"], "goal", 2),
    (["recipients", "--document", "120/ldld"], "addressee", 2),
    (["findings"], "findings", 1),
    (["findings", "--code", "page"], "message", 1),
    (["deadlines", "--on", "2022-07-01", "--passed", "--no-recurring"], "days", 1),
    (["deadlines"], "operator", 2),
    (["search", "đổi", "--state", "pending", "--target", "quota", "--due-to", "2022-07-01"],
     "snippet", 1),
]  # fmt: skip


@pytest.mark.parametrize(("args", "field", "rows"), COMMANDS)
def test_each_question_has_a_table_and_json(
    where: Path, args: list[str], field: str, rows: int
) -> None:
    lines = [json.loads(line) for line in called(where, *args, "--json").splitlines()]
    assert len(lines) == rows
    assert all(field in line for line in lines)
    assert called(where, *args).strip()


def test_sql_answers_as_table_json_and_csv(where: Path) -> None:
    query = "SELECT number, issuer_level AS level FROM v_directives"
    assert "120/LĐLĐ" in called(where, "sql", query)
    assert json.loads(called(where, "sql", query, "--json")) == {
        "number": "120/LĐLĐ", "level": "province",
    }  # fmt: skip
    assert called(where, "sql", "--csv", stdin=query).splitlines() == [
        "number,level", "120/LĐLĐ,province",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (["sql", "SELECT id FROM directives"], WrongQuery),
        (["sql", "SELECT 1", "--json", "--csv"], UsageProblem),
        (["findings", "--severity", "grave"], UsageProblem),
        (["progress", "--level", "galaxy"], UsageProblem),
        (["deadlines", "--passed"], UsageProblem),
    ],
)
def test_wrong_use_is_told(where: Path, args: list[str], error: type[UsageProblem]) -> None:
    with pytest.raises(error) as told:
        called(where, *args)
    assert told.value.advice
