"""Filling a generated archive, and what it took.

What is measured is all of a load: preparing in as many processes as there are cores, writing in one
more, every index, the search index too. What is not is the making of what is loaded: the processes
that will prepare make a stretch of directives and keep them, and then, all at once, the stretch is
loaded against the clock; and so on. An archive that has some of them already is filled up.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import generated
from pipeline.archive import Archive, Item
from pipeline.pool import WorkerPool

#: Directives a transaction, and those that are made before they are loaded.
_PIECE = 2000
_STRETCH = 16 * _PIECE
_MEMORY_MB = 4096

_kept: dict[int, list[Item]] = {}


@dataclass(frozen=True, slots=True)
class Piece:
    """The directives ``first`` to ``last`` of the archive ``seed``, kept by one process."""

    seed: int
    first: int
    last: int

    def make(self) -> None:
        """Make them and keep them."""
        _kept[self.first] = items(self.seed, self.first, self.last)
        gc.freeze()  # who loads has no other thousands in memory for the collector to look at

    def __call__(self) -> list[Item]:
        return _kept.pop(self.first)


def items(seed: int, first: int, last: int) -> list[Item]:
    """The directives ``first`` to ``last`` (without it) of the archive ``seed``."""
    every = (generated.make(seed, index) for index in range(first, last))
    return [Item(m.path, m.source, m.directive, m.pages, "made") for m in every]


class _Keepers(Executor):
    """Processes of which each is given the pieces that it keeps."""

    def __init__(self, stack: ExitStack, count: int) -> None:
        self.pools = [
            stack.enter_context(WorkerPool(1, memory_megabytes=_MEMORY_MB)) for _ in range(count)
        ]

    def of(self, piece: Piece) -> WorkerPool:
        """The one that keeps ``piece``."""
        return self.pools[piece.first // _PIECE % len(self.pools)]

    def submit(self, fn: Any, /, *args: Any, **more: Any) -> Future[Any]:
        """Run in the process that keeps the piece, which is the last argument."""
        return self.of(args[-1]).submit(fn, *args, **more)

    def cpu_seconds(self) -> float:
        """What all of them have used."""
        asked = [pool.submit(time.process_time) for pool in self.pools]
        return sum(future.result() for future in asked)


def load(folder: Path, seed: int, count: int) -> dict[str, Any]:
    """Fill the archive up to ``count`` directives; what it took. Empty where nothing was to do."""
    with Archive.open(folder, create=True) as archive, ExitStack() as stack:
        there = archive.counts()["directives"]
        if there >= count:
            return {}
        workers = os.cpu_count() or 1
        keepers = _Keepers(stack, workers)
        run = archive.begin_run("load", "benchmark")
        wall = writing = preparing = 0.0
        memory: dict[str, int] = {}
        for pieces in _stretches(seed, there, count):
            for future in [keepers.of(piece).submit(Piece.make, piece) for piece in pieces]:
                future.result()
            used = keepers.cpu_seconds()
            began, own = time.perf_counter(), time.process_time()
            archive.load(pieces, run_id=run, executor=keepers, ahead=2 * workers)
            wall += time.perf_counter() - began
            writing += time.process_time() - own
            preparing += keepers.cpu_seconds() - used
            _note_memory(memory, pieces[-1].last / count)
        archive.end_run(run, {}, "finished")
    new = count - there
    return {
        "directives": new,
        "processes": workers + 1,
        "per_second": round(new / wall),
        "writing_cpu_ms": round(1000 * writing / new, 3),
        "preparing_cpu_ms": round(1000 * preparing / new, 3),
        "load_average": round(os.getloadavg()[0], 1),
        "memory_mb": memory,
    }


def _stretches(seed: int, there: int, count: int) -> Iterator[Sequence[Piece]]:
    for start in range(there, count, _STRETCH):
        end = min(start + _STRETCH, count)
        yield [Piece(seed, at, min(at + _PIECE, end)) for at in range(start, end, _PIECE)]


def _note_memory(memory: dict[str, int], share: float) -> None:
    """What this process, which writes, has in memory at about 10, 50 and 100 %."""
    for percent in (10, 50, 100):
        name = f"{percent} %"
        if share >= percent / 100 and name not in memory:
            memory[name] = _resident_mb()


def _resident_mb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024
