"""``vanthu export`` as a user meets it: formats by name and by ending, filters, masking."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from typer.main import get_command

from pipeline import cli
from pipeline.archive import Filter
from pipeline.cli_options import FILTER_OPTIONS
from pipeline.errors import ExitCode
from tests import makers
from tests.run.conftest import environment

ADDRESS = "hop.thu@example.org"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two texts; the first names an e-mail address."""
    folder = tmp_path_factory.mktemp("export")
    text = makers.CONG_VAN.replace("gửi báo cáo", f"gửi báo cáo qua {ADDRESS}")
    (folder / "a.txt").write_text(text, encoding="utf-8")
    (folder / "b.txt").write_text(makers.CONG_VAN.replace("45/", "46/"), encoding="utf-8")
    assert call(folder, "ingest", "a.txt", "b.txt", "--archive", "archive").returncode == 0
    return folder


def call(folder: Path, *args: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, args)],
        cwd=folder, env=environment(), capture_output=True, check=False,
        stdin=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip


def export(folder: Path, *args: str | Path) -> subprocess.CompletedProcess[bytes]:
    return call(folder, "export", "--archive", "archive", *args)


def numbers(folder: Path, *args: str) -> set[str]:
    done = export(folder, *args)
    assert done.returncode == 0, done.stderr
    return {json.loads(line)["number"]["value"] for line in done.stdout.splitlines()}


def test_every_condition_of_the_filter_is_an_option_of_export_and_list() -> None:
    assert set(FILTER_OPTIONS) == set(Filter.model_fields)
    for name in ("export", "list"):
        command = get_command(cli.app).commands[name]  # type: ignore[attr-defined]
        assert set(FILTER_OPTIONS) <= {parameter.name for parameter in command.params}


@pytest.mark.slow
def test_personal_data_is_masked_unless_asked_for(archive: Path, tmp_path: Path) -> None:
    for form in ("jsonl", "csv", "dc"):
        assert ADDRESS.encode() not in export(archive, "--format", form).stdout
    for options, there in (((), False), (("--personal-data",), True)):
        assert export(archive, *options, "-o", tmp_path / "x.parquet").returncode == 0
        assert (ADDRESS in str(pq.read_table(tmp_path / "x.parquet").to_pylist())) is there
        said = export(archive, *options, "-o", tmp_path / "x.jsonl").stderr.decode()
        assert ("data masked" in said) is not there
        assert (ADDRESS in (tmp_path / "x.jsonl").read_text(encoding="utf-8")) is there


@pytest.mark.slow
def test_the_ending_of_the_file_tells_the_format(archive: Path, tmp_path: Path) -> None:
    for name in ("x.xlsx", "x.csv", "x.rdf"):
        assert export(archive, "-o", tmp_path / name).returncode == 0
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames[0] == "Văn bản"
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        assert {row["number"] for row in csv.DictReader(file)} == {"45/CĐN", "46/CĐN"}
    assert b"rdf:RDF" in (tmp_path / "x.rdf").read_bytes()
    # A file and a pipe get the same bytes.
    assert (tmp_path / "x.xlsx").read_bytes() == export(
        archive, "--format", "xlsx", "-o", "-"
    ).stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.csv", "x.rdf", "x.xlsx"]


@pytest.mark.slow
def test_tables_and_registers(archive: Path, tmp_path: Path) -> None:
    assert export(archive, "--format", "csvw", "-o", tmp_path / "tables").returncode == 0
    assert (tmp_path / "tables" / "metadata.json").is_file()
    done = export(archive, "--format", "register", "-o", tmp_path / "r.xlsx")
    assert done.returncode == 0
    (sheet,) = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[1:]
    assert sheet.title.startswith("2022")
    done = export(
        archive, "--format", "register", "--register", "incoming", "-o", tmp_path / "i.xlsx"
    )
    assert done.stderr.decode().startswith("0 directives written")
    english = export(archive, "--headers", "en", "-o", tmp_path / "e.xlsx")
    assert english.returncode == 0
    assert openpyxl.load_workbook(tmp_path / "e.xlsx").sheetnames[0] == "Directives"


@pytest.mark.slow
def test_filters_choose(archive: Path) -> None:
    assert numbers(archive) == {"45/CĐN", "46/CĐN"}
    assert numbers(archive, "--number", "45 cdn") == {"45/CĐN"}
    assert numbers(archive, "--text", "hop thu") == {"45/CĐN"}
    assert numbers(archive, "--finding", "pii.email") == {"45/CĐN"}
    assert numbers(archive, "--superseded") == set()
    assert numbers(archive, "--current", "--state", "pending", "--type", "cong van") == {
        "45/CĐN", "46/CĐN",
    }  # fmt: skip
    assert numbers(archive, "--state", "approved") == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["-o", "x.docx"], "jsonl"),
        (["--format", "csv", "--headers", "en"], "--headers"),
        (["--format", "jsonl", "--bom"], "--bom"),
        (["--format", "csvw"], "folder"),
        (["--format", "pdfa", "-o", "-"], "folder"),
        (["--format", "csv", "-o", "."], "folder"),
        (["-o", "missing/x.csv"], "cannot be written"),
        (["--format", "csvw", "-o", "a.txt"], "cannot be written"),
        (["--state", "lost"], "pending"),
    ],
)
def test_wrong_use_is_told(archive: Path, args: list[str], said: str) -> None:
    done = export(archive, *args)
    assert done.returncode == ExitCode.USAGE, done.stderr
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""
    assert sorted(p.name for p in archive.iterdir()) == ["a.txt", "archive", "b.txt"]


@pytest.mark.slow
def test_binary_formats_are_not_for_a_terminal(archive: Path) -> None:
    reader, terminal = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "export", "--format=xlsx", "--archive=archive"],
            cwd=archive, env=environment(), stdout=terminal, stderr=subprocess.PIPE, check=False,
            stdin=subprocess.DEVNULL, timeout=300,
        )  # fmt: skip
    finally:
        os.close(terminal)
        os.close(reader)
    assert done.returncode == ExitCode.USAGE
    assert b"-o" in done.stderr


@pytest.mark.slow
def test_a_device_is_written_to_and_not_replaced(archive: Path) -> None:
    assert export(archive, "--format", "csv", "-o", "/dev/null").returncode == 0
    assert Path("/dev/null").is_char_device()
