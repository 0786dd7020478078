"""Bad files end in quarantine or are skipped with their reason; the good ones beside them stay."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import ExitCode
from tests import makers
from tests.run.conftest import Command, environment


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    makers.truncated_pdf(folder / "truncated.pdf")
    makers.encrypted_pdf(folder / "encrypted.pdf")
    (folder / "zero.pdf").touch()
    (folder / "text.pdf").write_text(makers.CONG_VAN, encoding="utf-8")
    makers.many_pages_pdf(folder / "pages.pdf", 100_000)
    makers.huge_png(folder / "huge.png", 60_000)
    makers.wide_pdf(folder / "wide.pdf", 200)
    makers.deflate_bomb_pdf(folder / "bomb.pdf", 300)
    (folder / "loop").symlink_to("loop")
    (folder / "up").symlink_to(".", target_is_directory=True)
    os.mkfifo(folder / "pipe.pdf")
    (folder / 'new\nline "and" quotes\'.txt').write_text(makers.CONG_VAN, encoding="utf-8")
    (Path(os.fsdecode(os.fsencode(folder) + b"/latin\xe9.txt"))).write_text(
        makers.CONG_VAN.replace("45", "51"), encoding="utf-8"
    )
    (folder / "good.txt").write_text(makers.CONG_VAN.replace("45", "52"), encoding="utf-8")
    makers.scanned_pdf(folder / "good.pdf")
    return folder


EXPECTED = {
    "truncated.pdf": "bad_input",
    "encrypted.pdf": "encrypted",
    "zero.pdf": "bad_input",
    "text.pdf": "bad_input",
    "pages.pdf": "too_large",
    "huge.png": "too_large",
    "wide.pdf": "too_large",
    "bomb.pdf": "too_large",
}


@pytest.mark.slow
def test_a_hostile_folder(hostile: Path, tmp_path: Path, vanthu: Command) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = vanthu("ingest", "in", "--archive", "archive", "--jobs", "2")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert done.returncode == ExitCode.LEFT_OUT, done.stderr
    assert peak == before or peak < 1_500_000, f"a process took {peak / 1e6:.1f} GB"

    listed = vanthu("quarantine", "--archive", "archive", "--json").stdout.splitlines()
    entries = {Path(e["path"]).name: e for e in map(json.loads, listed)}
    assert {name: e["category"] for name, e in entries.items()} == EXPECTED
    assert all(e["reason"] and e["advice"] for e in entries.values())

    for skipped in ("loop", "up", "pipe.pdf"):
        assert f"skipped in/{skipped}" in done.stderr

    exported = [json.loads(x) for x in vanthu("export", "--archive", "archive").stdout.splitlines()]
    assert sorted(d["source"]["path"] for d in exported) == [
        "in/good.pdf",
        "in/good.txt",
        "in/latin\\xe9.txt",
        'in/new\\nline "and" quotes\'.txt',
    ]
    assert vanthu("verify", "--archive", "archive").returncode == 0


@pytest.mark.slow
def test_retry_takes_in_what_was_mended(tmp_path: Path, vanthu: Command) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    file = folder / "a.pdf"
    makers.truncated_pdf(file)
    (folder / "empty.txt").touch()
    assert vanthu("ingest", "in", "--archive", "archive").returncode == ExitCode.LEFT_OUT
    makers.text_pdf(file)
    done = vanthu("retry", "--archive", "archive", "--category", "bad_input")
    assert "1 archived" in done.stderr
    assert done.returncode == ExitCode.LEFT_OUT, "the other file is still empty"
    left = [json.loads(x) for x in
            vanthu("quarantine", "--archive", "archive", "--json").stdout.splitlines()]  # fmt: skip
    assert [(Path(e["path"]).name, e["attempts"]) for e in left] == [("empty.txt", 2)]
    assert vanthu("retry", "--archive", "archive", "--category", "timeout").returncode == 0


@pytest.mark.slow
def test_a_page_that_takes_too_long_is_quarantined_with_its_number(
    tmp_path: Path, vanthu: Command
) -> None:
    makers.scanned_pdf(tmp_path / "slow.pdf")
    (tmp_path / "good.txt").write_text(makers.CONG_VAN, encoding="utf-8")
    path = fake_tesseract(tmp_path, "exec sleep 300")
    done = vanthu(
        "ingest", "slow.pdf", "good.txt", "--archive", "archive",
        PATH=path, VANTHU_LIMITS__PAGE_SECONDS="8",
    )  # fmt: skip
    assert done.returncode == ExitCode.LEFT_OUT, done.stderr
    (entry,) = vanthu("quarantine", "--archive", "archive", "--json").stdout.splitlines()
    failure = json.loads(entry)
    assert (failure["category"], failure["page"]) == ("timeout", 1)
    assert vanthu("retry", "--archive", "archive").returncode == 0
    assert len(vanthu("export", "--archive", "archive").stdout.splitlines()) == 2


def fake_tesseract(folder: Path, script: str) -> str:
    """A PATH on which reading a page with ``tesseract`` runs ``script`` instead."""
    bin_ = folder / "bin"
    bin_.mkdir()
    for program in ("pdftotext", "pdfimages", "pdftoppm", "pdfinfo", "sleep"):
        (bin_ / program).symlink_to(f"/usr/bin/{program}")
    fake = bin_ / "tesseract"
    fake.write_text(
        '#!/bin/sh\ncase "$1" in --version|--list-langs) exec /usr/bin/tesseract "$@";; esac\n'
        + script
    )
    fake.chmod(0o755)
    return str(bin_)


@pytest.mark.slow
def test_a_missing_engine_stops_the_run_with_the_command_to_install_it(
    tmp_path: Path, vanthu: Command
) -> None:
    makers.scanned_pdf(tmp_path / "scan.pdf")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for program in ("pdftotext", "pdfimages", "pdftoppm", "pdfinfo"):
        (bin_ / program).symlink_to(f"/usr/bin/{program}")
    done = vanthu("ingest", "scan.pdf", "--archive", "archive", PATH=str(bin_))
    assert done.returncode == ExitCode.ENVIRONMENT
    assert "tesseract" in done.stderr
    assert "apt-get install" in done.stderr


@pytest.mark.slow
def test_texts_need_no_engine(tmp_path: Path, vanthu: Command) -> None:
    (tmp_path / "a.txt").write_text(makers.CONG_VAN, encoding="utf-8")
    done = vanthu("ingest", "a.txt", "--archive", "archive", PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_broken_engine_trips_the_breaker(tmp_path: Path, vanthu: Command) -> None:
    """An engine that fails on every page is the machine's fault: not every file is quarantined."""
    path = fake_tesseract(tmp_path, "echo 'TESSDATA_NUM_ENTRIES' >&2; exit 1")
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(20):
        makers.scanned_pdf(folder / f"{n:02}.pdf", [makers.page_image(f"Trang {n}", dpi=75)], 75)
    done = vanthu(
        "ingest", "in", "--archive", "archive", PATH=path, VANTHU_RUN__BREAKER_MIN_FAILURES="4"
    )
    assert done.returncode == ExitCode.STOPPED, done.stderr
    entries = vanthu("quarantine", "--archive", "archive", "--json").stdout.splitlines()
    assert 4 <= len(entries) < 20


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_no_success(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "schema"],
            stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, env=environment(), check=False,
        )  # fmt: skip
    assert done.returncode != 0
