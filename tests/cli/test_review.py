"""What waits, what was learned and labelled cases on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from models.decision import Decision
from models.directive import Review
from pipeline import cli
from pipeline.archive import Archive
from pipeline.errors import NotFound, UsageProblem
from tests.archive.strategies import directive, field, page, source


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    with Archive.open(root, create=True) as opened:
        run_id = opened.begin_run("ingest", "1")
        for name in ("one", "two"):
            made = directive(
                name, number=field("12/KH-LĐLĐ", status="review"), issuer="Công đoàn x\x1b[31m",
                review=Review(reasons=("number: uncertain",)),
            )  # fmt: skip
            opened.record_source(f"in/{name}.pdf", source(name))
            opened.put_directive(made, [page("x")], result_key="k", run_id=run_id)
        decision = Decision(path="number", action="correct", value="13/KH-LĐLĐ")
        opened.review("d-two", [decision], by="Lan", expected=None)
    return root


def call(archive: Path, *args: str) -> Result:
    return CliRunner().invoke(cli.app, [*args, "--archive", str(archive)])


def test_review_lists_what_waits(archive: Path) -> None:
    done = call(archive, "review", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["directive_id"] for row in rows] == ["d-one"]
    shown = call(archive, "review")
    assert "d-one" in shown.stdout
    assert "\x1b[31m" not in shown.stdout
    assert call(archive, "review", "--number", "99/KH", "--json").stdout == ""


def test_the_lexicon_is_listed_and_revoked(archive: Path) -> None:
    (row,) = map(json.loads, call(archive, "lexicon", "--json").stdout.splitlines())
    assert (row["kind"], row["text"], row["count"]) == ("symbol", "KH-LĐLĐ", 1)
    done = call(archive, "lexicon", "--revoke", str(row["id"]), "--by", "Minh", "--json")
    assert json.loads(done.stdout)["revoked_by"] == "Minh"
    assert "Minh" in call(archive, "lexicon", "--kind", "symbol").stdout
    assert isinstance(call(archive, "lexicon", "--revoke", "1").exception, UsageProblem)
    missing = call(archive, "lexicon", "--revoke", "99", "--by", "Minh")
    assert isinstance(missing.exception, NotFound)


def test_cases_are_written_one_a_line(archive: Path, tmp_path: Path) -> None:
    done = call(archive, "cases")
    (case,) = map(json.loads, done.stdout.splitlines())
    assert (case["field"], case["machine"], case["person"]) == (
        "number", "12/KH-LĐLĐ", "13/KH-LĐLĐ",
    )  # fmt: skip
    target = tmp_path / "cases.jsonl"
    assert call(archive, "cases", "-o", str(target)).exit_code == 0
    assert json.loads(target.read_text(encoding="utf-8")) == case
