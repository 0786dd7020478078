"""verify, backup and restore as commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline import cli
from pipeline.archive import Archive
from pipeline.errors import ExitCode
from tests.archive.test_backup import add


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with an archive of two documents."""
    monkeypatch.chdir(tmp_path)
    with Archive.open("archive", create=True) as archive:
        add(archive, b"one")
        add(archive, b"two")
    return tmp_path


def call(*args: str) -> Result:
    return CliRunner().invoke(cli.app, list(args))


def original(root: Path) -> Path:
    return min((root / "originals").glob("*/*"))


def test_a_backup_is_restored_and_says_so(here: Path) -> None:
    done = call("backup", "usb", "--archive", "archive")
    assert done.exit_code == 0
    assert "backup 1 of 2 directives" in done.stderr
    assert done.stdout == ""
    done = call("restore", "usb", "--archive", "again", "--json")
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert (report["directives"], report["damages"]) == (2, [])
    assert call("verify", "--archive", "again").exit_code == 0
    exported = [call("export", "--archive", name).stdout for name in ("archive", "again")]
    assert exported[0]
    assert exported[0] == exported[1]


def test_damage_is_data_with_an_exit_code_of_its_own(here: Path) -> None:
    original(here / "archive").chmod(0o644)
    original(here / "archive").write_bytes(b"six")
    done = call("verify", "--archive", "archive", "--json")
    assert done.exit_code == ExitCode.DAMAGED
    assert [json.loads(line)["kind"] for line in done.stdout.splitlines()] == ["original.changed"]
    assert call("verify", "--archive", "archive", "--quick").exit_code == 0
    done = call("backup", "usb", "--archive", "archive", "--json")
    assert done.exit_code == ExitCode.DAMAGED
    assert json.loads(done.stdout)["missing"] == [original(here / "archive").name]
    done = call("restore", "usb", "--archive", "again")
    assert done.exit_code == ExitCode.DAMAGED
    assert "original.missing" in done.stdout


def test_without_results_only_what_cannot_be_made_again_is_copied(here: Path) -> None:
    call("backup", "usb", "--archive", "archive", "--without-results")
    assert sorted(p.name.partition("-")[0] for p in (here / "usb" / "data").iterdir()) == [
        "database", "originals",
    ]  # fmt: skip


def test_a_damaged_backup_is_restored_only_when_told_to(here: Path) -> None:
    call("backup", "usb", "--archive", "archive")
    original(here / "usb" / "data").write_bytes(b"six")
    done = call("restore", "usb", "--archive", "again")
    assert done.exit_code != 0
    done = call("restore", "usb", "--archive", "again", "--despite-damage")
    assert done.exit_code == ExitCode.DAMAGED
    assert "left out" in done.stderr
