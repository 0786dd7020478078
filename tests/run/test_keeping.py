"""Runs whose files lie in an object store, and backups while a run goes on."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.archive import Archive, BackupReport, restore
from tests import makers
from tests.archive.stores import s3, s3_server
from tests.run.conftest import Command, environment

__all__ = ["s3", "s3_server"]
pytestmark = pytest.mark.slow

#: Documents of a run that backups are made in the midst of.
MANY = 24


def test_a_run_with_its_files_in_an_object_store_is_a_run(
    s3: str, tmp_path: Path, vanthu: Command
) -> None:
    """Programs that want a path (pdftotext) get one; other commands find everything there."""
    inbox = tmp_path / "in"
    inbox.mkdir()
    makers.text_pdf(inbox / "digital.pdf")
    (inbox / "one.txt").write_text(makers.CONG_VAN.replace("45", "47"), encoding="utf-8")
    (inbox / "two.md").write_text(makers.CONG_VAN.replace("45", "48"), encoding="utf-8")
    at_home = vanthu("ingest", "in", "--archive", "home", "--jobs", "2")
    away = vanthu("ingest", "in", "--archive", "away", "--jobs", "2", VANTHU_FILES=s3)
    assert (at_home.returncode, away.returncode) == (0, 0), away.stderr
    assert sorted(p.name for p in (tmp_path / "away").iterdir()) == ["vanthu.db", "vanthu.lock"]
    exported = vanthu("export", "--archive", "home").stdout
    assert exported.count("\n") == 3
    assert vanthu("export", "--archive", "away", VANTHU_FILES=s3).stdout == exported
    again = vanthu("ingest", "in", "--archive", "away", "--jobs", "2", VANTHU_FILES=s3)
    assert "3 unchanged" in again.stderr
    assert "0 pages read" in again.stderr
    checked = vanthu("verify", "--archive", "away", VANTHU_FILES=s3)
    assert checked.returncode == 0, checked.stdout
    copies = vanthu("export", "--format", "pdfa", "-o", "c", "--archive", "away", VANTHU_FILES=s3)
    assert len(list((tmp_path / "c").rglob("*.pdf"))) == 1, copies.stderr


def test_a_store_that_is_gone_stops_the_run_in_words(
    s3: str, tmp_path: Path, vanthu: Command
) -> None:
    (tmp_path / "one.txt").write_text(makers.CONG_VAN, encoding="utf-8")
    done = vanthu("ingest", "one.txt", "--archive", "a", VANTHU_FILES="s3://no-such-bucket/x")
    assert done.returncode == 6
    assert "no bucket 'no-such-bucket'" in done.stderr
    assert "Traceback" not in done.stderr


def archived(folder: Path) -> int:
    """Directives in the database now."""
    with closing(sqlite3.connect(folder / "vanthu.db", timeout=60)) as db:
        return int(db.execute("SELECT count(*) FROM directives").fetchone()[0])


def made(folder: Path, number: int) -> BackupReport:
    """A backup of ``a``, proved by restoring it as ``then-{number}``."""
    with Archive.open(folder / "a") as archive:
        report = archive.backup(folder / "usb")
    then = folder / f"then-{number}"
    assert restore(folder / "usb", then).damages == ()
    with Archive.open(then) as restored:
        assert [d for d in restored.verify() if d.severity == "error"] == []
        assert restored.counts()["directives"] == report.directives
    return report


def test_backups_while_a_run_goes_on_are_whole(tmp_path: Path, vanthu: Command) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    for number in range(MANY):
        text = makers.CONG_VAN.replace("45", str(100 + number))
        (inbox / f"{number}.txt").write_text(text, encoding="utf-8")
    first = vanthu("ingest", "in/0.txt", "--archive", "a", "--jobs", "1")
    assert first.returncode == 0, first.stderr
    running = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "ingest", "in", "--archive", "a", "--jobs", "1"],
        cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while archived(tmp_path / "a") == 1 and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGSTOP)  # so that one is surely made in the midst
    try:
        assert 1 < made(tmp_path, 0).directives < MANY
    finally:
        running.send_signal(signal.SIGCONT)
    done = 0
    while running.poll() is None:
        done += 1
        made(tmp_path, done)
    assert running.returncode == 0
    assert made(tmp_path, done + 1).directives == MANY
    exported = vanthu("export", "--archive", "a").stdout
    assert exported.count("\n") == MANY
    assert vanthu("export", "--archive", f"then-{done + 1}").stdout == exported
    again = vanthu("ingest", "in", "--archive", f"then-{done + 1}", "--jobs", "1")
    assert f"{MANY} unchanged" in again.stderr
