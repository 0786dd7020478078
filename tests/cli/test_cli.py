"""The command line as a user meets it: data on stdout, talk on stderr, telling exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from typer.main import get_command

from pipeline import cli
from pipeline.errors import ExitCode, VanthuError
from tests import makers
from tests.conftest import ROOT
from tests.run.conftest import environment

COMMANDS = sorted(get_command(cli.app).commands)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two texts and one empty file."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "a.txt").write_text(makers.CONG_VAN, encoding="utf-8")
    (folder / "b.txt").write_text(makers.CONG_VAN.replace("45/", "46/"), encoding="utf-8")
    (folder / "empty.txt").touch()
    done = call(folder, "ingest", "a.txt", "b.txt", "empty.txt", "--archive", "archive")
    assert done.returncode == ExitCode.LEFT_OUT, done.stderr
    return folder


def call(
    folder: Path, *args: str, stdin: str | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *args],
        cwd=folder, env=environment() | settings, capture_output=True, text=True, check=False,
        input=stdin or "", timeout=300,
    )  # fmt: skip


def lines(folder: Path, *args: str) -> list[dict[str, object]]:
    done = call(folder, *args, "--archive", "archive")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_command_of_the_design_is_there() -> None:
    design = {
        "ingest", "text", "repair", "show", "list", "search", "targets", "deadlines", "citations",
        "export", "schema", "quarantine", "retry", "verify", "serve",
    }  # fmt: skip
    assert design <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example_of_the_command_itself(name: str) -> None:
    text = get_command(cli.app).commands[name].help or ""  # type: ignore[attr-defined]
    example = text.split("Example: ", 1)[1]
    assert example.startswith(f"vanthu {name}")


def test_help_documents_every_exit_code() -> None:
    text = cli.app.info.help or ""
    for code in ExitCode:
        assert re.search(rf"\b{int(code)} ", text), code


def test_the_readme_names_no_command_that_is_not_there() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for name in re.findall(r"`?vanthu ([a-z]+)", page.read_text(encoding="utf-8")):
            assert name in COMMANDS, f"{page.name}: vanthu {name}"


def test_every_error_class_has_advice_and_a_code_of_its_own_kind() -> None:
    def below(kind: type[VanthuError]) -> list[type[VanthuError]]:
        return [kind, *(k for child in kind.__subclasses__() for k in below(child))]

    for kind in below(VanthuError):
        error = kind("It failed.")
        assert error.advice.endswith(".") or error.advice.endswith("poppler-utils")
        assert error.exit_code != ExitCode.OK


@pytest.mark.slow
def test_export_validates_against_the_schema(archive: Path) -> None:
    schema = json.loads(call(archive, "schema").stdout)
    records = lines(archive, "export", "--format", "jsonl")
    assert len(records) == 2
    for record in records:
        jsonschema.validate(record, schema)
    assert {r["number"]["value"] for r in records} == {"45/CĐN", "46/CĐN"}  # type: ignore[index]


@pytest.mark.slow
def test_show_list_search_and_claims(archive: Path) -> None:
    (row, other) = lines(archive, "list", "--json")
    assert {row["number"], other["number"]} == {"45/CĐN", "46/CĐN"}
    shown = call(archive, "show", "45/cdn", "--archive", "archive")
    assert "Công đoàn ngành Y tế" in shown.stdout
    hits = lines(archive, "search", "sang kien", "--json")
    assert len(hits) == 2
    assert lines(archive, "targets", "--json")[0]["value"] == 150
    assert lines(archive, "deadlines", "--json")[0]["date"] == "2022-06-30"
    assert lines(archive, "citations", "--json")[0]["number"] == "12/KH-LĐLĐ"
    assert "45/CĐN" in call(archive, "overview", "--archive", "archive").stdout


@pytest.mark.slow
def test_data_goes_to_stdout_and_talk_to_stderr(archive: Path) -> None:
    done = call(archive, "ingest", "a.txt", "--archive", "archive")
    assert done.stdout == ""
    assert "1 archived (1 unchanged)" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["show", "999/KHÔNG", "--archive", "archive"], ExitCode.NOT_FOUND, "list"),
        (["list", "--archive", "nowhere"], ExitCode.ARCHIVE, "archive"),
        (["search", "khongcotunay", "--archive", "archive"], ExitCode.NOT_FOUND, ""),
        (["export", "--format", "docx", "--archive", "archive"], ExitCode.USAGE, "jsonl"),
        (["text", "missing.pdf"], ExitCode.NOT_FOUND, "missing.pdf"),
        (["text", "a.txt", "--stage", "cooked"], ExitCode.USAGE, "repaired"),
        (["text", "empty.txt"], ExitCode.LEFT_OUT, "empty"),
        (["nonsense"], ExitCode.USAGE, "nonsense"),
        (["ingest", "missing.pdf", "--archive", "other"], ExitCode.LEFT_OUT, "does not exist"),
    ],
)
def test_exit_codes(archive: Path, args: list[str], code: ExitCode, said: str) -> None:
    done = call(archive, *args)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_wrong_settings_are_named(archive: Path) -> None:
    done = call(archive, "ingest", "a.txt", "--archive", "x", VANTHU_LIMITS__PAGE_SECONDS="soon")
    assert done.returncode == ExitCode.USAGE
    assert "limits.page_seconds" in done.stderr


@pytest.mark.slow
def test_a_broken_or_missing_configuration_file_is_named(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "vanthu.toml").write_text("[limits\n")
    done = call(tmp_path, "ingest", "x", "--archive", "x")
    assert (done.returncode, "no TOML" in done.stderr) == (ExitCode.USAGE, True)
    done = call(archive, "ingest", "a.txt", "--archive", "x", VANTHU_CONFIG="none.toml")
    assert (done.returncode, "none.toml" in done.stderr) == (ExitCode.USAGE, True)


@pytest.mark.slow
def test_a_configuration_file_sets_limits(tmp_path: Path) -> None:
    (tmp_path / "vanthu.toml").write_text("[limits]\ntext_file_megabytes = 1\n")
    (tmp_path / "big.txt").write_text("công đoàn " * 120_000, encoding="utf-8")
    done = call(tmp_path, "text", "big.txt")
    assert done.returncode == ExitCode.LEFT_OUT
    assert "the limit is 1 MB" in done.stderr


@pytest.mark.slow
def test_text_prints_pages_with_form_feeds(archive: Path) -> None:
    (archive / "pages.txt").write_text("Trang một.\n\fTrang hai.\n", encoding="utf-8")
    done = call(archive, "text", "pages.txt", "--stage", "raw")
    assert [p.strip() for p in done.stdout.split("\f")] == ["Trang một.", "Trang hai."]


@pytest.mark.slow
def test_repair_is_line_for_line_and_lists_its_edits(archive: Path) -> None:
    damaged = "Ban Thuong vu Lien doan Lao dong tinh de nghi\n\n  cac cap cong doan 120/LDLD\n"
    done = call(archive, "repair", "-", "--edits", "edits.jsonl", stdin=damaged)
    assert done.returncode == 0, done.stderr
    repaired = done.stdout.split("\n")
    assert len(repaired) == len(damaged.split("\n"))
    assert "Lao động" in repaired[0]
    assert repaired[1] == ""
    edits = [json.loads(x) for x in (archive / "edits.jsonl").read_text("utf-8").splitlines()]
    assert all(e["raw"] != e["repaired"] for e in edits if e["status"] == "applied")
    assert any(e["line"] == 0 for e in edits)


@pytest.mark.slow
def test_repair_reads_legacy_text_and_says_so_on_standard_error(archive: Path) -> None:
    text = "Liªn ®oµn Lao ®éng tØnh ®Ò nghÞ c¸c cÊp c«ng ®oµn thùc hiÖn\nNguyÔn ¸i Quèc"
    (archive / "legacy.txt").write_bytes(text.encode("latin-1"))
    done = call(archive, "repair", "legacy.txt")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[0] == (
        "Liên đoàn Lao động tỉnh đề nghị các cấp công đoàn thực hiện"
    )
    assert "TCVN3" in done.stderr


@pytest.mark.slow
def test_a_closed_pipe_is_no_error(archive: Path) -> None:
    command = f"{sys.executable} -m pipeline export --archive archive | head -c 10"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=archive, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_interrupted_output_files_are_never_half_written(archive: Path) -> None:
    done = call(archive, "export", "-o", "missing/out.jsonl", "--archive", "archive")
    assert done.returncode == ExitCode.USAGE
    done = call(archive, "export", "-o", "out.jsonl", "--archive", "archive")
    assert done.returncode == 0
    assert sorted(p.name for p in archive.glob("*out.jsonl*")) == ["out.jsonl"]


@pytest.mark.slow
def test_pages_are_exported_as_files_and_what_has_none_is_named(tmp_path: Path) -> None:
    makers.scanned_pdf(tmp_path / "scan.pdf")
    (tmp_path / "a.txt").write_text(makers.CONG_VAN, encoding="utf-8")
    assert call(tmp_path, "ingest", "scan.pdf", "a.txt", "--archive", "archive").returncode == 0
    done = call(tmp_path, "export", "--format", "pdfa", "--archive", "archive")
    assert (done.returncode, "folder" in done.stderr) == (ExitCode.USAGE, True)
    for form, suffix in (("pdfa", ".pdf"), ("alto", ".alto.xml"), ("hocr", ".hocr.html")):
        done = call(tmp_path, "export", "--format", form, "-o", form, "--archive", "archive")
        assert done.returncode == ExitCode.LEFT_OUT, done.stderr
        assert "1 documents left out" in done.stderr
        files = [p for p in (tmp_path / form).rglob("*") if p.is_file()]
        assert [p.name.endswith(suffix) for p in files] == [True]
    text = subprocess.run(
        ["pdftotext", next((tmp_path / "pdfa").iterdir()), "-"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "LIÊN ĐOÀN LAO ĐỘNG" in text


@pytest.mark.slow
def test_the_installed_command_completes_in_the_shell(archive: Path) -> None:
    """Not by --show-completion, which asks the parent process which shell it is."""
    done = subprocess.run(
        [Path(sys.executable).with_name("vanthu")],
        env=environment() | {"_VANTHU_COMPLETE": "source_bash"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "complete -o default -F _vanthu_completion vanthu" in done.stdout
