"""Worker processes that can be killed one at a time.

``concurrent.futures.ProcessPoolExecutor`` cannot end one hung task: it can only break the whole
pool. Here each worker is a spawned process of its own session, watched by a thread: past its time
limit the worker and the engines it started are killed, a new one takes its place, and only the
task in question fails. To callers it is a ``concurrent.futures.Executor``, so that a distributed
one (``dask.distributed``) can take its place.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import resource
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from pipeline.errors import (
    EngineFailure,
    EnvironmentProblem,
    InternalFailure,
    OutOfMemory,
    PageTimeout,
    VanthuError,
)

#: A worker imports OpenCV and an engine before its first task; slow disks take their time.
_START_SECONDS = 120.0
_THREADS = {
    # One page a worker: threads of libraries would only fight over the cores.
    "OMP_THREAD_LIMIT": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass
class _Task:
    future: Future[Any]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    timeout_seconds: float | None


@dataclass
class _Worker:
    """One process and our end of its pipe."""

    process: SpawnProcess
    pipe: Connection


class WorkerPool(Executor):
    """An executor of ``workers`` spawned processes with limits of time and memory.

    :param memory_megabytes: address space of each worker and, separately, of every program that it
        starts (limits are inherited)
    :param initializer: called once in each new worker, before its first task
    """

    def __init__(
        self,
        workers: int,
        *,
        memory_megabytes: int,
        initializer: Callable[..., None] | None = None,
        initargs: tuple[Any, ...] = (),
    ) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._start = (memory_megabytes, initializer, initargs)
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
        self._live: set[SpawnProcess] = set()
        self._threads = [
            threading.Thread(target=self._supervise, name=f"vanthu-worker-{n}", daemon=True)
            for n in range(max(1, workers))
        ]
        for thread in self._threads:
            thread.start()

    def submit(  # type: ignore[override]
        self,
        fn: Callable[..., Any],
        /,
        *args: Any,
        timeout_seconds: float | None = None,
    ) -> Future[Any]:
        """Run ``fn(*args)`` in a worker; the future raises a typed error where it cannot.

        ``PageTimeout`` past ``timeout_seconds``, ``OutOfMemory`` where the worker ran out of it,
        ``EngineFailure`` where it died, ``InternalFailure`` for an exception that is none of ours.
        """
        if self._closed:
            raise RuntimeError("the pool is closed")
        future: Future[Any] = Future()
        self._tasks.put(_Task(future, fn, args, timeout_seconds))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let running tasks end; with ``cancel_futures`` kill them at once."""
        self._closed = True
        if cancel_futures:
            with contextlib.suppress(queue.Empty):
                while True:
                    task = self._tasks.get_nowait()
                    if task is not None:
                        task.future.cancel()
            with self._lock:
                for process in self._live:
                    _kill(process)
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _supervise(self) -> None:
        worker: _Worker | None = None
        while (task := self._tasks.get()) is not None:
            if not task.future.set_running_or_notify_cancel():
                continue
            try:
                worker = worker or self._started()
                result = self._run(worker, task)
            except BaseException as error:
                if worker is not None and _must_end(error):
                    self._end(worker)
                    worker = None
                task.future.set_exception(error)
            else:
                task.future.set_result(result)
        if worker is not None:
            with contextlib.suppress(OSError):
                worker.pipe.send(None)
            worker.process.join(timeout=2)
            self._end(worker)

    def _started(self) -> _Worker:
        """A new worker; that none can be started is no fault of the file that waits for it."""
        for attempt in (1, 2):
            try:
                return self._spawn()
            except (PageTimeout, OutOfMemory, EngineFailure) as error:
                # A machine short of memory for a moment gets a second chance.
                if attempt == 2:
                    raise EnvironmentProblem(
                        "A worker process cannot be started.",
                        advice="Raise VANTHU_LIMITS__WORKER_MEMORY_MEGABYTES, use fewer --jobs, or "
                        "close other programs.",
                        detail=f"{error.reason} {error.detail}",
                    ) from None
        raise AssertionError("unreachable")

    def _spawn(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, *self._start), daemon=True)
        with self._lock:
            if self._closed:
                raise InternalFailure("The run was stopped.")
            process.start()
            self._live.add(process)
        theirs.close()
        worker = _Worker(process, ours)
        try:
            _receive(worker, _START_SECONDS, "Starting a worker")
        except BaseException:
            self._end(worker)
            raise
        return worker

    def _run(self, worker: _Worker, task: _Task) -> Any:
        worker.pipe.send((task.function, task.arguments))
        return _receive(worker, task.timeout_seconds, "The task")

    def _end(self, worker: _Worker) -> None:
        _kill(worker.process)
        worker.process.join()
        worker.pipe.close()
        with self._lock:
            self._live.discard(worker.process)


def _must_end(error: BaseException) -> bool:
    """Whether the worker's state is in doubt after ``error``. Our own errors leave it sound."""
    return not isinstance(error, VanthuError) or isinstance(
        error, PageTimeout | OutOfMemory | EngineFailure
    )


def _receive(worker: _Worker, timeout_seconds: float | None, what: str) -> Any:
    ready = connection.wait([worker.pipe, worker.process.sentinel], timeout_seconds)
    if not ready:
        raise PageTimeout(f"{what} took longer than {timeout_seconds:.0f} s and was stopped.")
    if worker.pipe in ready:
        with contextlib.suppress(EOFError, OSError):
            succeeded, value = worker.pipe.recv()
            if succeeded:
                return value
            raise value
    worker.process.join(timeout=5)
    status = worker.process.exitcode
    if status == -signal.SIGKILL:
        # Not by us: we would have timed out. The kernel ends whatever uses up the memory.
        raise OutOfMemory("The worker was killed, most likely for want of memory.")
    raise EngineFailure("The worker process crashed.", detail=f"exit status {status}")


def _kill(process: SpawnProcess) -> None:
    """End the worker and everything it started: it leads a session of its own."""
    if process.pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            process.kill()


# --- inside the worker ---------------------------------------------------------------------------


def _serve(
    pipe: Connection,
    memory_megabytes: int,
    initializer: Callable[..., None] | None,
    initargs: tuple[Any, ...],
) -> None:
    with contextlib.suppress(PermissionError):
        os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when a run ends
    os.environ.update(_THREADS)
    _die_with_parent()
    limit = memory_megabytes * 2**20
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        if initializer is not None:
            initializer(*initargs)
    except BaseException as error:
        pipe.send((False, _portable(error)))
        return
    pipe.send((True, None))
    while (message := pipe.recv()) is not None:
        function, arguments = message
        try:
            answer = (True, function(*arguments))
        except BaseException as error:
            answer = (False, _portable(error))
        pipe.send(answer)


def _die_with_parent() -> None:
    """End this worker and its engines when the parent is gone, killed included."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getpgrp() == os.getpid():
                os.killpg(os.getpid(), signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, name="vanthu-parent-watch", daemon=True).start()


def _portable(error: BaseException) -> VanthuError:
    """``error`` as one of ours, able to cross to the parent."""
    if isinstance(error, VanthuError):
        return error
    if isinstance(error, MemoryError):
        return OutOfMemory("The page needs more memory than a worker may have.")
    detail = "".join(traceback.format_exception(error))
    return InternalFailure(
        f"Unexpected {type(error).__name__} inside vanthu.", detail=detail[-2000:]
    )
