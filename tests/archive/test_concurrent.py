"""Several processes at one archive: nothing lost, nothing twice, nobody told of a lock."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.archive import Archive
from pipeline.archive.schema import history
from tests import makers
from tests.archive.conftest import Place
from tests.archive.strategies import directive, page, source
from tests.run.conftest import environment

WRITERS, EACH, DOCUMENTS = 3, 20, 10
Seen = list[tuple[Any, ...]]


def _follow(where: str, files: str, stop: Any, answer: Any) -> None:
    """Read the history by its cursor, a few changes at a time, until told to stop."""
    seen: Seen = []
    with Archive.open(where, files=files) as archive:
        last_look = False
        while True:
            after = seen[-1][0] if seen else 0
            found = (
                select(history.c.seq, history.c.directive_id, history.c.change)
                .where(history.c.seq > after)
                .order_by(history.c.seq)
                .limit(3)
            )
            with archive._database.read() as connection:
                rows = [
                    (row.seq, row.directive_id, row.change) for row in connection.execute(found)
                ]
            seen += rows
            if not rows and last_look:
                break
            last_look = last_look or stop.is_set()
    answer.put(seen)


class Follower:
    """A process that follows the history while the block runs; ``seen`` is what it saw."""

    def __init__(self, place: Place) -> None:
        context = multiprocessing.get_context("spawn")
        self._stop, self._answer = context.Event(), context.Queue()
        arguments = (place.where, str(place.files), self._stop, self._answer)
        self._process = context.Process(target=_follow, args=arguments)
        self.seen: Seen = []

    def __enter__(self) -> Follower:
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self.seen = self._answer.get(timeout=120)
        self._process.join(60)
        assert self._process.exitcode == 0


def _put_many(where: str, files: str, who: int, barrier: Any) -> None:
    with Archive.open(where, files=files) as archive:
        run_id = archive.begin_run("ingest", str(who))
        barrier.wait()
        for number in range(EACH):
            name = f"{who}-{number}"
            archive.record_source(f"{name}.txt", source(name))
            archive.put_directive(
                directive(name), [page("chữ " * 20)], result_key="k", run_id=run_id
            )


def changes(place: Place) -> list[tuple[Any, ...]]:
    return place.rows("SELECT seq, directive_id, change FROM history ORDER BY seq")


@pytest.mark.slow
def test_who_follows_the_history_misses_nothing_however_many_write(place: Place) -> None:
    place.open(create=True).close()
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(WRITERS)
    arguments = [(place.where, str(place.files), who, barrier) for who in range(WRITERS)]
    writers = [context.Process(target=_put_many, args=one) for one in arguments]
    with Follower(place) as follower:
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(180)
        assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert follower.seen == changes(place)
    assert len({id_ for _, id_, _ in follower.seen}) == len(follower.seen) == WRITERS * EACH


def start(command: list[str], place: Place, folder: Path) -> subprocess.Popen[str]:
    where = {"VANTHU_ARCHIVE": place.where, "VANTHU_FILES": str(place.files)}
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", *command],
        cwd=folder, env=environment() | where, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def exported(place: Place, folder: Path) -> list[dict[str, Any]]:
    """The lines of one export; each must be whole, and no document there twice."""
    process = start(["export", "--format", "jsonl"], place, folder)
    out, talk = process.communicate(timeout=300)
    assert process.returncode == 0, talk
    assert talk == ""
    lines = [json.loads(line) for line in out.splitlines()]
    ids = [line["id"] for line in lines]
    assert ids == sorted(set(ids))
    return lines


@pytest.mark.slow
def test_two_ingest_the_same_folder_while_one_exports_and_one_follows(
    place: Place, tmp_path: Path
) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    for number in range(DOCUMENTS):
        text = makers.CONG_VAN.replace("45", str(100 + number))
        (inbox / f"{number:02}.txt").write_text(text, encoding="utf-8")
    place.open(create=True).close()
    counts = [0]
    with Follower(place) as follower:
        runs = [start(["ingest", "in", "--jobs", "1"], place, tmp_path) for _ in range(2)]
        while any(run.poll() is None for run in runs):
            counts.append(len(exported(place, tmp_path)))
            time.sleep(0.3)
        talks = [run.communicate(timeout=60)[1] for run in runs]
        assert [run.returncode for run in runs] == [0, 0], talks
    for talk in talks:
        assert "locked" not in talk
        assert "Traceback" not in talk
    assert counts == sorted(counts), "an export had lost what an earlier one had"
    lines = exported(place, tmp_path)
    assert sorted(line["source"]["path"] for line in lines) == [
        f"in/{number:02}.txt" for number in range(DOCUMENTS)
    ]
    assert follower.seen == changes(place)
    created = [id_ for _, id_, change in follower.seen if change == "created"]
    assert sorted(created) == [line["id"] for line in lines]
    with place.open() as archive:
        assert list(archive.verify()) == []
    alone = tmp_path / "alone"
    with Archive.open(alone, create=True):
        process = start(["ingest", "in", "--archive", str(alone)], place, tmp_path)
        assert process.communicate(timeout=300)[1] is not None
        assert process.returncode == 0
    assert lines == exported_from(alone, tmp_path)


def exported_from(folder: Path, cwd: Path) -> list[dict[str, Any]]:
    with Archive.open(folder) as archive:
        return [json.loads(d.model_dump_json(by_alias=True)) for d in archive.directives()]
