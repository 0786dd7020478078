"""The archive at size: bulk load, search, what analysts ask, the feed, memory.

``python -m benchmarks archive``; ``VANTHU_BENCH_DIRECTIVES`` says how many (100,000 unless said;
1,000,000 takes 35 GB), ``VANTHU_BENCH_ARCHIVE`` names a folder that is kept, used again, and filled
up where a load was stopped (see ``loading``). Every question is asked warm, many times with other
words, and its 95th percentile shown.
"""

from __future__ import annotations

import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks import generated, loading
from benchmarks.common import scratch, show, write
from pipeline.archive import Archive, Filter

SEED = 1
_TIMES = 60
_COMMON = ("liên đoàn lao động", "công đoàn", "thực hiện", "kế hoạch", "cán bộ", "người lao động")
_HALF = ("lien doan lao dong", "sang kien", "cong doan co so", "thi đua", "ho tro", "doan vien")


def main() -> None:
    count = int(os.environ.get("VANTHU_BENCH_DIRECTIVES", "100000"))
    with _folder() as folder:
        load = loading.load(folder, SEED, count)
        with Archive.open(folder) as archive:
            asked = [_asked(name, ask) for name, ask in _questions(archive, count)]
            feed = _feed(archive)
            asked.append(feed)
        size = (folder / "vanthu.db").stat().st_size
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
        ("peak memory, MB", peak),
    ]
    show("Load, feed, memory", ("what", "figure"), figures)
    write(
        "archive",
        {"directives": count, "load": load, "questions": asked[:-1], "feed": feed,
         "bytes_per_directive": size // count, "peak_mb": peak},
    )  # fmt: skip


@contextmanager
def _folder() -> Iterator[Path]:
    kept = os.environ.get("VANTHU_BENCH_ARCHIVE")
    if kept:
        yield Path(kept)
        return
    with scratch() as folder:
        yield folder / "archive"


def _questions(
    archive: Archive, count: int
) -> Iterator[tuple[str, Callable[[random.Random], int]]]:
    """Name, and a function that asks once with words drawn by chance and says how many came."""

    def drawn(chance: random.Random) -> Any:
        return generated.make(SEED, chance.randrange(count)).directive

    def filtered(chance: random.Random) -> Filter:
        return Filter(issuer=drawn(chance).issuer.value, issued_from=date(2015, 1, 1))

    def search(query: str, wanted: Filter | None = None) -> int:
        return len(archive.search(query, limit=20, filter=wanted))

    yield "search: common words", lambda c: search(c.choice(_COMMON))
    yield "search: without marks", lambda c: search(c.choice(_HALF))
    yield "search: a phrase", lambda c: search(f'"{c.choice(_HALF)}"')
    yield "search: words of a subject", lambda c: search(drawn(c).subject.value)
    yield "search: a number", lambda c: search(drawn(c).number.value)
    yield "search: a beginning", lambda c: search(c.choice(("th*", "ngh*", "cong do*", "l*")))
    yield "search: with issuer and date", lambda c: search(c.choice(_HALF), filtered(c))
    yield "get by number", lambda c: len(archive.get(drawn(c).id).citations)
    yield "list by issuer", lambda c: len(archive.list(filtered(c), limit=100))
    yield (
        "list by campaign",
        lambda c: len(archive.list(Filter(campaign=c.choice(generated.CAMPAIGNS)[0]), limit=100)),
    )
    yield (
        "list by level and province",
        lambda c: len(
            archive.list(
                Filter(level="province", province=c.choice(generated.PROVINCES)), limit=100
            )
        ),
    )
    yield (
        "progress: issuer and campaign",
        lambda c: len(
            archive.progress(
                Filter(issuer=drawn(c).issuer.value, campaign=c.choice(generated.CAMPAIGNS)[0])
            )
        ),
    )
    yield (
        "progress: campaign, newest claims",
        lambda c: len(
            archive.progress(Filter(campaign=c.choice(generated.CAMPAIGNS)[0]), limit=1000)
        ),
    )
    yield "deadlines: next 7 days", lambda c: len(archive.due(_day(c), ahead_days=7, limit=100))
    yield (
        "deadlines: passed in 30 days, of an issuer",
        lambda c: len(
            archive.due(_day(c), ahead_days=0, passed_days=30, filter=filtered(c), limit=100)
        ),
    )
    yield "told: a document", lambda c: len(archive.told(Filter(id=drawn(c).id)))
    yield "told: an organisation", lambda c: len(
        archive.told(organisation=f"huyện {c.choice(generated.PROVINCES)} {c.randint(1, 9)}",
                     limit=100)
    )  # fmt: skip
    yield "chain: down", lambda c: len(archive.chain(drawn(c).id, depth=2).nodes)
    yield "chain: up", lambda c: len(archive.chain(drawn(c).id, direction="up", depth=3).nodes)
    yield "findings by kind, of an issuer", lambda c: len(archive.finding_counts(filtered(c)))
    yield "findings by kind", lambda _: len(archive.finding_counts())


def _day(chance: random.Random) -> date:
    return date(2010, 1, 1) + timedelta(days=chance.randrange(5000))


def _asked(name: str, ask: Callable[[random.Random], int]) -> dict[str, Any]:
    chance = random.Random(name)
    for _ in range(3):
        ask(chance)
    walls, cpus, rows = [], [], 0
    for _ in range(_TIMES):
        begun, used = time.perf_counter(), time.process_time()
        rows += ask(chance)
        walls.append(1000 * (time.perf_counter() - begun))
        cpus.append(1000 * (time.process_time() - used))
    walls.sort()
    cpus.sort()
    at = int(0.95 * _TIMES)
    return {
        "question": name,
        "median_ms": round(walls[_TIMES // 2], 1),
        "p95_ms": round(walls[at], 1),
        "p95_cpu_ms": round(cpus[at], 1),
        "rows": round(rows / _TIMES, 1),
    }


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
