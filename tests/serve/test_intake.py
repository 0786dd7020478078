"""Uploads ingested by processes of the server: to their end, through its end, and again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from pipeline.archive import Archive
from pipeline.archive.runs import RunFilter, RunRow, run_slice
from pipeline.serving_intake import Taking
from pipeline.settings import ServeSettings, Settings
from tests import makers

pytestmark = pytest.mark.slow
_LIMIT_SECONDS = 300.0
Take = Callable[..., Taking]


def until(true: Callable[[], object]) -> None:
    ends = time.monotonic() + _LIMIT_SECONDS
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", create=True) as archive:
        yield archive


@pytest.fixture
def taking(opened: Archive) -> Iterator[Take]:
    """Makes what a server takes files in with, at work."""
    made: list[Taking] = []

    def make(where: str | None = None) -> Taking:
        one = Taking(opened, Settings(serve=ServeSettings()), where or opened.where)
        one.open_up()
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()


def send(taken: Taking, files: dict[str, bytes]) -> str:
    batch = taken.begin()
    for name, content in files.items():
        file = taken.receive(batch, name)
        file.write(content)
        file.keep()
    assert taken.start(batch) == len(files)
    return batch


def waiting(archive: Archive) -> list[str]:
    root = Path(archive.where) / "incoming"
    return sorted(path.name for path in root.glob("*/files/*"))


def latest(archive: Archive) -> RunRow:
    return archive.read(partial(run_slice, wanted=RunFilter(), after=None, limit=1)).rows[0]


def letter(number: int) -> bytes:
    return makers.CONG_VAN.replace("45", str(number)).encode()


def test_what_is_sent_is_archived_under_its_name_and_what_fails_stays(
    opened: Archive, taking: Take, tmp_path: Path
) -> None:
    taken = taking()
    bad = makers.encrypted_pdf(tmp_path / "bad.pdf").read_bytes()
    first = send(taken, {"Công văn 46.txt": letter(46), "khoá.pdf": bad})
    second = send(taken, {"scans/47.txt": letter(47)})
    until(lambda: not taken.jobs())
    names = sorted(row.path for row in opened.list())
    assert set(names) == {f"incoming/{first}/Công văn 46.txt", f"incoming/{second}/scans/47.txt"}
    assert waiting(opened) == ["0002-khoá.pdf"]
    (entry,) = opened.quarantined()
    assert (entry.path, entry.failure.category) == (f"incoming/{first}/khoá.pdf", "encrypted")
    assert [latest(opened).state, latest(opened).counts["created"]] == ["finished", 1]

    makers.text_pdf(entry.file)
    assert taken.retry(path=entry.path) == (1, 0)
    until(lambda: not taken.jobs())
    assert opened.quarantined() == []
    assert waiting(opened) == []
    assert list((Path(opened.where) / "incoming").iterdir()) == []
    assert [damage for damage in opened.verify() if damage.severity == "error"] == []


def test_a_server_that_ends_ends_its_run_and_the_next_one_goes_on(
    opened: Archive, taking: Take
) -> None:
    taken = taking()
    batch = send(taken, {f"{number}.txt": letter(number) for number in range(100, 220)})
    until(lambda: opened.counts()["directives"] > 0)  # sooner than the run tells of it
    taken.close()
    assert latest(opened).state == "interrupted"
    assert latest(opened).ended_at is not None
    assert len(waiting(opened)) > 0
    again = taking()
    until(lambda: not again.jobs())
    assert opened.quarantined() == []
    assert waiting(opened) == []
    assert sorted(int(Path(row.path).stem) for row in opened.list()) == list(range(100, 220))
    assert opened.counts()["directives"] == 120
    assert {row.path.split("/")[1] for row in opened.list()} == {batch}
    assert waiting(opened) == []


def test_a_run_that_is_killed_can_be_had_again(opened: Archive, taking: Take) -> None:
    taken = taking()
    send(taken, {"1.txt": letter(1)})
    until(lambda: taken._process is not None)
    process = taken._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    until(lambda: [job.state for job in taken.jobs()] == ["failed"])
    (job,) = taken.jobs()
    assert waiting(opened) == ["0001-1.txt"]
    taken.again(job.id)
    until(lambda: not taken.jobs())
    assert opened.counts()["directives"] == 1


def test_what_a_run_said_at_its_end_is_told(opened: Archive, taking: Take, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    taken = taking(str(tmp_path / "other"))
    send(taken, {"1.txt": letter(1)})
    until(lambda: [job.state for job in taken.jobs()] == ["failed"])
    assert "holds other files" in taken.jobs()[0].message
    assert "Traceback" not in taken.jobs()[0].message
