"""Chains, duplicates, merges and changes on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from models.directive import Citation
from models.finding import Evidence, Finding
from pipeline import cli
from pipeline.archive import Archive
from pipeline.errors import NotFound, UsageProblem
from tests.archive.strategies import directive, field, page, source

CENTRAL = "Tổng Liên đoàn Lao động Việt Nam"
TEXT = " ".join(f"chữ {chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(60))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    cites = Citation(
        number=field("3259/CTr-TLĐ"), issued=field("2021-09-01"), relation="implements"
    )
    with Archive.open(root, create=True) as opened:
        run_id = opened.begin_run("ingest", "1")
        for made, text in (
            (directive("plan", number="3259/CTr-TLĐ", issued="2021-09-01", issuer=CENTRAL), "x"),
            (directive("kh", number="300/KH-LĐLĐ", citations=(cites,)), TEXT),
            (directive("twin", subject="b\x1b[31m"), TEXT),
        ):
            name = made.id.removeprefix("d-")
            opened.record_source(f"in/{name}.pdf", source(name))
            opened.put_directive(made, [page(text)], result_key="k", run_id=run_id)
    return root


def run(archive: Path, *args: str) -> Result:
    return CliRunner().invoke(cli.app, [*args, "--archive", str(archive)])


def lines(archive: Path, *args: str) -> list[dict[str, Any]]:
    done = run(archive, *args)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_chain_is_drawn_as_a_tree(archive: Path) -> None:
    drawn = run(archive, "chain", "3259/ctr-tld").stdout
    first, second = drawn.splitlines()
    assert first.startswith("3259/CTr-TLĐ, 2021-09-01")
    assert second.startswith("└── implements: 300/KH-LĐLĐ")
    assert "3259/CTr-TLĐ" in run(archive, "chain", "300/KH-LĐLĐ", "--up").stdout.splitlines()[1]
    assert isinstance(run(archive, "chain", "1/XX").exception, NotFound)
    (found,) = lines(archive, "chain", "d-plan", "--json")
    assert [node["id"] for node in found["nodes"]] == ["d-plan", "d-kh"]


def test_duplicates_are_listed_and_merged_by_a_person(archive: Path) -> None:
    shown = run(archive, "duplicates").stdout
    assert "d-kh" in shown
    assert "exact" in shown
    assert "\x1b" not in shown
    (found,) = lines(archive, "duplicates", "--state", "proposed", "--json")
    number = str(found["id"])
    assert run(archive, "merge", number).exit_code == 2  # nobody decides
    (done,) = lines(archive, "merge", number, "--by", "Văn thư", "--json")
    assert (done["state"], done["main_id"]) == ("accepted", "d-kh")
    assert lines(archive, "duplicates", "--state", "proposed", "--json") == []
    assert "accepted by Văn thư" in " ".join(run(archive, "duplicates").stdout.split())
    (done,) = lines(archive, "merge", number, "--by", "Văn thư", "--undo", "--json")
    assert done["state"] == "undone"
    both = run(archive, "merge", number, "--by", "x", "--undo", "--reject")
    assert isinstance(both.exception, UsageProblem)


def test_changes_are_exported_from_a_cursor_on(archive: Path) -> None:
    done = run(archive, "export", "--since", "start")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["change"], line["id"]) for line in told] == [
        ("created", "d-plan"), ("created", "d-kh"), ("created", "d-twin"),
    ]  # fmt: skip
    assert list(told[0]) == ["change", "id", "at", "cursor", "directive"]
    with Archive.open(archive) as opened:
        for line in told:
            assert line["directive"] == json.loads(
                opened.get(line["id"]).model_dump_json(by_alias=True)
            )
    cursor = done.stderr.split()[-1]
    assert lines(archive, "export", "--since", cursor) == []
    assert [line["id"] for line in lines(archive, "export", "--since", told[0]["cursor"])] == [
        "d-kh", "d-twin",
    ]  # fmt: skip


def test_a_cursor_file_is_brought_forward_only_by_what_was_written(
    archive: Path, tmp_path: Path
) -> None:
    kept, out = tmp_path / "cursor", tmp_path / "changes.jsonl"
    assert run(archive, "export", "--cursor-file", str(kept), "-o", str(out)).exit_code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 3
    cursor = kept.read_text(encoding="utf-8")
    failed = run(archive, "export", "--cursor-file", str(kept), "-o", str(tmp_path / "no" / "x"))
    assert isinstance(failed.exception, UsageProblem)
    with Archive.open(archive) as opened:
        opened.record_source("copy.pdf", source("plan"))
    assert kept.read_text(encoding="utf-8") == cursor
    assert [line["id"] for line in lines(archive, "export", "--cursor-file", str(kept))] == [
        "d-plan"
    ]
    assert kept.read_text(encoding="utf-8") != cursor
    assert lines(archive, "export", "--cursor-file", str(kept)) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["archive", "changes.jsonl", "cursor"]


@pytest.mark.parametrize(
    "args",
    [
        ["--since", "start", "--issuer", "x"],
        ["--since", "start", "--format", "alto"],
        ["--since", "start", "--cursor-file", "c"],
        ["--since", "nonsense"],
        ["--cursor-file", "."],
    ],
)
def test_what_does_not_go_with_changes_is_told(archive: Path, args: list[str]) -> None:
    done = run(archive, "export", *args)
    assert isinstance(done.exception, UsageProblem)
    assert done.stdout == ""


def test_changes_hold_no_personal_data(archive: Path) -> None:
    mail = "van.thu@example.org"
    seen = (Evidence(page=1, text=mail, origin="ocr"),)
    found = (Finding(code="pii.email", severity="info", message="An address.", evidence=seen),)
    with Archive.open(archive) as opened:
        run_id = opened.begin_run("ingest", "1")
        made = directive("mail", subject=f"gửi về {mail}", findings=found)
        opened.record_source("mail.pdf", source("mail"))
        opened.put_directive(made, [page(mail)], result_key="k", run_id=run_id)
    done = run(archive, "export", "--since", "start").stdout
    assert "d-mail" in done
    assert mail not in done
