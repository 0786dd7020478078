"""The same archive in SQLite and in PostgreSQL: how long each takes to fill and to answer.

``VANTHU_BENCH_POSTGRESQL=1 python -m benchmarks archive``, or ``archive_postgresql``;
``VANTHU_BENCH_DIRECTIVES`` says how many (20,000 unless said). The server is our own, as in the
tests. Times are walls, for a server's CPU time is not ours; the ratio of medians is what counts.
"""

from __future__ import annotations

import os
import time
from typing import Any

from benchmarks import loading
from benchmarks.archive_questions import SEED, asked, questions
from benchmarks.common import scratch, show, write
from pipeline.archive import Archive
from tests.archive.cluster import programs, running

_BATCH = 1000


def main() -> None:
    count = int(os.environ.get("VANTHU_BENCH_DIRECTIVES", "20000"))
    where = programs()
    if where is None:
        raise SystemExit("PostgreSQL's programs (Debian: postgresql) are not on this machine.")
    with scratch() as folder, running(where) as cluster:
        server = cluster.url(cluster.database())
        with (
            Archive.open(folder / "sqlite", create=True) as sqlite,
            Archive.open(server, create=True, files=folder / "files") as postgresql,
        ):
            loads = _load((sqlite, postgresql), count)
            # What autovacuum does by itself within minutes: the tests' server has none.
            cluster.execute("VACUUM ANALYZE", server.split("@/")[1].split("?")[0])
            compared = _compare(sqlite, postgresql, count)
    title = f"Questions to {count:,} directives in SQLite and PostgreSQL"
    columns = ("question", "SQLite ms", "p95", "PostgreSQL ms", "p95", "ratio")
    show(title, columns, [tuple(row.values()) for row in compared])
    show(
        "Bulk load, directives a second",
        ("SQLite", "PostgreSQL", "ratio"),
        [(*loads, round(loads[1] / loads[0], 2))],
    )
    write(
        "archive_postgresql",
        {
            "directives": count,
            "load_per_second": dict(zip(("sqlite", "postgresql"), loads, strict=True)),
            "questions": compared,
        },
    )


def _load(archives: tuple[Archive, Archive], count: int) -> list[int]:
    """Directives a second in each, filled in turns from the same batches."""
    runs = [archive.begin_run("load", "benchmark") for archive in archives]
    walls = [0.0, 0.0]
    for first in range(0, count, _BATCH):
        items = loading.items(SEED, first, min(first + _BATCH, count))
        for number, archive in enumerate(archives):
            begun = time.perf_counter()
            archive.put_many(items, run_id=runs[number])
            walls[number] += time.perf_counter() - begun
    for run, archive in zip(runs, archives, strict=True):
        archive.end_run(run, {}, "finished")
    return [round(count / wall) for wall in walls]


def _compare(sqlite: Archive, postgresql: Archive, count: int) -> list[dict[str, Any]]:
    """Each question in both, one after the other; the rows must be as many."""
    compared = []
    for (name, one), (_, other) in zip(
        questions(sqlite, count), questions(postgresql, count), strict=True
    ):
        here, there = asked(name, one), asked(name, other)
        if here["rows"] != there["rows"]:
            raise SystemExit(f"{name}: {here['rows']} rows in SQLite, {there['rows']} elsewhere.")
        compared.append(
            {
                "question": name,
                "sqlite_median_ms": here["median_ms"],
                "sqlite_p95_ms": here["p95_ms"],
                "postgresql_median_ms": there["median_ms"],
                "postgresql_p95_ms": there["p95_ms"],
                "ratio": round(there["median_ms"] / max(here["median_ms"], 0.1), 2),
            }
        )
    return compared
