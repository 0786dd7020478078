"""The archive at size: bulk load, search, what analysts ask, the feed, memory.

``python -m benchmarks archive``; ``VANTHU_BENCH_DIRECTIVES`` says how many (100,000 unless said;
1,000,000 takes 16 GB), ``VANTHU_BENCH_ARCHIVE`` names a folder that is kept, used again, and filled
up where a load was stopped (see ``loading``). Every question is asked warm, many times with other
words, and its 95th percentile shown. Warm is what lies in memory: where the system gives that up
between two questions, the folder may lie in a file system in memory.
``VANTHU_BENCH_POSTGRESQL=1`` compares with PostgreSQL instead: see ``archive_postgresql``.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import archive_postgresql, loading
from benchmarks.archive_questions import SEED, questions
from benchmarks.archive_questions import asked as measured
from benchmarks.common import scratch, show, write
from pipeline.archive import Archive

#: What is measured unless something else is said.
_USUAL = 100_000


def main() -> None:
    if os.environ.get("VANTHU_BENCH_POSTGRESQL"):
        archive_postgresql.main()
        return
    count = int(os.environ.get("VANTHU_BENCH_DIRECTIVES", _USUAL))
    with at_size() as folder:
        load = loading.load(folder, SEED, count)
        with Archive.open(folder) as archive:
            asked = [measured(name, ask) for name, ask in questions(archive, count)]
            feed = _feed(archive)
            asked.append(feed)
        size = (folder / "vanthu.db").stat().st_size
        kind = _file_system(folder)
    rows = [
        (a["question"], a["median_ms"], a["p95_ms"], a["p95_cpu_ms"], a["rows"]) for a in asked[:-1]
    ]
    title = f"Questions to {count:,} directives"
    show(title, ("question", "median ms", "p95 ms", "p95 cpu ms", "rows"), rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures = [
        ("bulk load, directives a second", load.get("per_second", "kept")),
        ("bulk load, processes", load.get("processes", "-")),
        ("bulk load, ms of CPU a directive: writing", load.get("writing_cpu_ms", "-")),
        ("bulk load, ms of CPU a directive: preparing", load.get("preparing_cpu_ms", "-")),
        *(
            (f"memory of the writer at {at}, MB", mb)
            for at, mb in load.get("memory_mb", {}).items()
        ),
        ("feed, records a second", feed["per_second"]),
        ("feed, records a CPU second", feed["per_cpu_second"]),
        ("database, bytes a directive", size // count),
        ("file system", kind),
        ("peak memory, MB", peak),
    ]
    show("Load, feed, memory", ("what", "figure"), figures)
    write(
        "archive" if count == _USUAL else f"archive_{count}",
        {"directives": count, "load": load, "questions": asked[:-1], "feed": feed,
         "bytes_per_directive": size // count, "peak_mb": peak, "file_system": kind},
    )  # fmt: skip


@contextmanager
def at_size() -> Iterator[Path]:
    """The folder of the archive that is measured; what is there is used again where it is kept."""
    kept = os.environ.get("VANTHU_BENCH_ARCHIVE")
    if kept:
        yield Path(kept)
        return
    with scratch() as folder:
        yield folder / "archive"


def _file_system(folder: Path) -> str:
    """The kind of file system that ``folder`` lies in: ``ext4``, ``tmpfs``."""
    mounts = [line.split(" ") for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    inside = [
        (len(Path(where).parts), kind)
        for _, where, kind, *_ in mounts
        if folder.resolve().is_relative_to(where)
    ]
    return max(inside, default=(0, "unknown"))[1]


def _feed(archive: Archive, most: int = 50_000) -> dict[str, Any]:
    """All changes from the beginning, as the exports and the server pass them on."""
    seen, cursor, more = 0, None, True
    begun, used = time.perf_counter(), time.process_time()
    while more and seen < most:
        page = archive.changes_json(cursor, 1000)
        seen += len(page.changes)
        cursor, more = page.cursor, page.more
    return {
        "per_second": round(seen / (time.perf_counter() - begun)),
        "per_cpu_second": round(seen / (time.process_time() - used)),
    }
