"""Killed at any moment and started again, a run ends as if nothing had happened."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.errors import ExitCode
from tests.run.conftest import Command, environment

#: Kills are drawn from this seed, so that a failure can be repeated.
SEED = 20261121


def start(tmp_path: Path, archive: str, *paths: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "ingest", *paths, "--archive", archive, "--jobs", "2"],
        cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def session_processes(pid: int) -> set[int]:
    """Live processes whose parent is ``pid``."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.add(int(entry.name))
    return found


def gone(pids: set[int]) -> bool:
    for _ in range(200):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.05)
    return False


def check_kills(
    tmp_path: Path, vanthu: Command, paths: list[str], kills: int, *, fresh: bool
) -> None:
    """Kill ``kills`` runs; with ``fresh`` each on an archive of its own, else one after another."""
    began = time.monotonic()
    done = vanthu("ingest", *paths, "--archive", "calm", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    lasted = time.monotonic() - began
    expected = vanthu("export", "--archive", "calm").stdout
    assert expected
    chance = random.Random(SEED)
    for number in range(kills):
        archive = f"killed{number}" if fresh else "killed"
        process = start(tmp_path, archive, *paths)
        time.sleep(chance.uniform(0.2, lasted * (0.95 if fresh else 0.5)))
        workers = session_processes(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert gone(workers), "workers must not outlive the run"
        if fresh:
            finish(vanthu, paths, archive, expected)
            shutil.rmtree(tmp_path / archive)
    if not fresh:
        finish(vanthu, paths, "killed", expected)


def finish(vanthu: Command, paths: list[str], archive: str, expected: str) -> None:
    done = vanthu("ingest", *paths, "--archive", archive, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert vanthu("export", "--archive", archive).stdout == expected
    checked = vanthu("verify", "--archive", archive)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
def test_killed_again_and_again_the_export_is_the_same(
    folder: Path, tmp_path: Path, vanthu: Command
) -> None:
    check_kills(tmp_path, vanthu, ["in"], 4, fresh=False)


@pytest.mark.slow
def test_an_interrupt_ends_soon_and_the_next_run_goes_on(
    folder: Path, tmp_path: Path, vanthu: Command
) -> None:
    process = start(tmp_path, "archive", "in")
    while not (tmp_path / "archive" / "results").exists():
        time.sleep(0.05)
    workers = session_processes(process.pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == ExitCode.INTERRUPTED
    assert gone(workers)
    done = vanthu("ingest", "in", "--archive", "archive")
    assert done.returncode == 0, done.stderr
    assert len(vanthu("export", "--archive", "archive").stdout.splitlines()) == 5


@pytest.mark.full
@pytest.mark.shared
def test_killed_at_20_moments_over_samples_and_scans(
    tmp_path: Path, vanthu: Command, samples: Path, shared: Path
) -> None:
    (tmp_path / "samples").symlink_to(samples)
    (tmp_path / "scans").mkdir()
    for scan in sorted((shared / "scans").glob("*.pdf")):
        shutil.copy(scan, tmp_path / "scans" / scan.name)
    check_kills(tmp_path, vanthu, ["samples", "scans"], 20, fresh=True)
