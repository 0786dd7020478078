"""Workers can be killed one at a time, and every end of a task has its typed error."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import (
    BadInput,
    EngineFailure,
    EnvironmentProblem,
    InternalFailure,
    OutOfMemory,
    PageTimeout,
)
from pipeline.pool import WorkerPool
from tests.run import tasks


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(1, memory_megabytes=1024, initializer=tasks.start, initargs=("ready",)) as made:
        yield made


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state != "Z"


def test_runs_tasks_in_an_initialised_worker(pool: WorkerPool) -> None:
    assert pool.submit(tasks.started).result() == "ready"
    assert pool.submit(tasks.add, 2, 3).result() == 5
    assert pool.submit(tasks.pid).result() != os.getpid()


def test_a_worker_is_kept_between_tasks(pool: WorkerPool) -> None:
    assert pool.submit(tasks.pid).result() == pool.submit(tasks.pid).result()


def test_our_errors_cross_with_all_they_know(pool: WorkerPool) -> None:
    before = pool.submit(tasks.pid).result()
    with pytest.raises(BadInput) as caught:
        pool.submit(tasks.refuse).result()
    error = caught.value
    assert (error.page, error.stage, error.sha256, error.detail) == (3, "clean", "ab", "x")
    assert pool.submit(tasks.pid).result() == before, "a refused file costs no worker"


def test_other_errors_become_internal_failures_with_a_traceback(pool: WorkerPool) -> None:
    with pytest.raises(InternalFailure) as caught:
        pool.submit(tasks.bug).result()
    assert "ZeroDivisionError" in caught.value.detail


def test_a_hung_task_is_killed_and_the_next_one_runs(pool: WorkerPool) -> None:
    before = pool.submit(tasks.pid).result()
    with pytest.raises(PageTimeout):
        pool.submit(tasks.sleep, 60.0, timeout_seconds=0.3).result()
    assert pool.submit(tasks.started).result() == "ready"
    assert pool.submit(tasks.pid).result() != before


def test_programs_of_a_killed_worker_die_with_it(pool: WorkerPool, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(PageTimeout):
        pool.submit(tasks.sleep_in_child, str(note), timeout_seconds=6.0).result()
    child = int(note.read_text())
    for _ in range(100):
        if not alive(child):
            break
        time.sleep(0.05)
    assert not alive(child)


def test_a_crash_is_an_engine_failure(pool: WorkerPool) -> None:
    with pytest.raises(EngineFailure):
        pool.submit(tasks.crash).result()
    assert pool.submit(tasks.add, 1, 1).result() == 2


def test_a_kill_from_outside_counts_as_want_of_memory(pool: WorkerPool) -> None:
    with pytest.raises(OutOfMemory):
        pool.submit(tasks.killed).result()


def test_memory_is_limited(pool: WorkerPool) -> None:
    with pytest.raises(OutOfMemory):
        pool.submit(tasks.hog).result()
    assert pool.submit(tasks.add, 1, 1).result() == 2


def test_a_worker_that_cannot_start_is_no_fault_of_the_file() -> None:
    with WorkerPool(1, memory_megabytes=1024, initializer=tasks.fail_to_start) as pool:
        future = pool.submit(tasks.add, 1, 1)
        with pytest.raises(EnvironmentProblem) as caught:
            future.result()
    assert "MEMORY" in caught.value.advice


def test_closing_with_cancel_ends_running_tasks() -> None:
    pool = WorkerPool(1, memory_megabytes=1024)
    running = pool.submit(tasks.sleep, 60.0)
    waiting = pool.submit(tasks.sleep, 60.0)
    while not running.running():
        time.sleep(0.01)
    pool.shutdown(cancel_futures=True)
    assert waiting.cancelled()
    assert running.exception() is not None
