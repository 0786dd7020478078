"""What the archive is asked when it is measured: search, and every question of analysts.

Words, numbers, offices and days are drawn by chance from the archive that ``generated`` makes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from benchmarks import generated
from pipeline.archive import Archive, Filter
from pipeline.archive.paging import (
    CitationFilter,
    DeadlineFilter,
    FindingFilter,
    Slice,
    citation_slice,
    deadline_slice,
    directive_slice,
    finding_slice,
)
from pipeline.archive.paging_bodies import OrganisationFilter, organisation_slice
from pipeline.archive.paging_relations import ToldFilter, told_slice
from pipeline.archive.rows import Ambiguous
from pipeline.errors import NotFound

SEED = 1
_TIMES = 60
_COMMON = ("liên đoàn lao động", "công đoàn", "thực hiện", "kế hoạch", "cán bộ", "người lao động")
_HALF = ("lien doan lao dong", "sang kien", "cong doan co so", "thi đua", "ho tro", "doan vien")
_PHRASES = ("người lao động", "tổ chức thực hiện", "kết quả công tác", "chương trình công đoàn")
#: docs/views.md asks the first of all documents; here of one.
_REACHED = """
SELECT r.directive_number, r.value, t.value, r.page FROM v_results r
JOIN v_targets t ON t.directive_id = r.directive_id AND t.unit = r.unit AND t.kind = 'quota'
WHERE r.superseded = 0 AND r.directive_id = '{id}'
"""
_OF_A_YEAR = """
SELECT issuer_level, count(*) FROM v_directives
WHERE issued_first BETWEEN '{year}-01-01' AND '{year}-01-31' GROUP BY issuer_level
"""

#: Asks once, and says how many rows came.
Ask = Callable[[random.Random], int]
Named = Iterator[tuple[str, Ask]]


def questions(archive: Archive, count: int) -> Named:
    """Name, and a function that asks once with what it draws by chance."""
    draw = _Draw(count)
    yield from _searches(archive, draw)
    yield from _lists(archive, draw)
    yield from _claims(archive, draw)
    yield from _relations(archive, draw)
    yield from _wholes(archive, draw)


class _Draw:
    """What questions are about, by chance."""

    def __init__(self, count: int) -> None:
        self._count = count

    def directive(self, chance: random.Random) -> Any:
        return generated.make(SEED, chance.randrange(self._count)).directive

    def filter(self, chance: random.Random) -> Filter:
        issuer = self.directive(chance).issuer.value
        return Filter(issuer=issuer, issued_from=date(2015, 1, 1))

    def campaign(self, chance: random.Random) -> str:
        return str(chance.choice(generated.CAMPAIGNS)[0])

    def office(self, chance: random.Random) -> str:
        return f"huyện {chance.choice(generated.PROVINCES)} {chance.randint(1, 9)}"

    def day(self, chance: random.Random) -> date:
        return date(2010, 1, 1) + timedelta(days=chance.randrange(5000))


def _searches(archive: Archive, draw: _Draw) -> Named:
    def search(query: str, wanted: Filter | None = None) -> int:
        return len(archive.search(query, limit=20, filter=wanted))

    yield "search: common words", lambda c: search(c.choice(_COMMON))
    yield "search: without marks", lambda c: search(c.choice(_HALF))
    yield "search: a phrase", lambda c: search(f'"{c.choice(_HALF)}"')
    yield "search: a phrase of common words", lambda c: search(f'"{c.choice(_PHRASES)}"')
    yield "search: words of a subject", lambda c: search(draw.directive(c).subject.value)
    yield "search: a number", lambda c: search(draw.directive(c).number.value)
    yield "search: a beginning", lambda c: search(c.choice(("th*", "ngh*", "cong do*", "l*")))
    yield "search: with issuer and date", lambda c: search(c.choice(_HALF), draw.filter(c))
    yield (
        "search: with campaign, type and level",
        lambda c: search(
            c.choice(_COMMON),
            Filter(campaign=draw.campaign(c), doc_type="Hướng dẫn", level="province"),
        ),
    )


def _lists(archive: Archive, draw: _Draw) -> Named:
    def page(ask: Callable[..., Slice[Any]], *given: Any) -> int:
        return len(archive.read(lambda c: ask(c, *given, 100)).rows)

    yield "get by id", lambda c: len(archive.get(draw.directive(c).id).citations)
    yield "get by number", lambda c: _got(archive, draw.directive(c).number.value)
    yield "get: nothing has it", lambda c: _got(archive, f"a{c.randrange(10**6)}")
    yield "list by issuer", lambda c: len(archive.list(draw.filter(c), limit=100))
    yield (
        "list by campaign",
        lambda c: len(archive.list(Filter(campaign=draw.campaign(c)), limit=100)),
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
        "list of three days",
        lambda c: len(
            archive.list(
                Filter(issued_from=(day := draw.day(c)), issued_to=day + timedelta(days=2)),
                limit=100,
            )
        ),
    )
    yield (
        "list by campaign, type and level",
        lambda c: len(
            archive.list(
                Filter(campaign=draw.campaign(c), doc_type="Hướng dẫn", level="district"), limit=100
            )
        ),
    )
    yield (
        "a page deep in a list",
        lambda c: page(directive_slice, Filter(), (draw.day(c).isoformat(), "vt-8")),
    )
    yield (
        "citations of a number",
        lambda c: page(
            citation_slice, CitationFilter(cited_number=draw.directive(c).number.value), None
        ),
    )
    yield (
        "deadlines of a day",
        lambda c: page(
            deadline_slice, DeadlineFilter(due_from=(day := draw.day(c)), due_to=day), None
        ),
    )
    yield (
        "findings of a kind",
        lambda _: page(finding_slice, FindingFilter(code="page.blank"), None),
    )
    yield (
        "organisations",
        lambda c: page(
            organisation_slice, OrganisationFilter(name=c.choice(("huyen", "tinh", "lao"))), None
        ),
    )


def _got(archive: Archive, asked: str) -> int:
    try:
        return len(archive.get(asked).citations)
    except Ambiguous as several:
        return len((several.detail or "").splitlines())
    except NotFound:
        return 0


def _claims(archive: Archive, draw: _Draw) -> Named:
    yield (
        "progress: issuer and campaign",
        lambda c: len(
            archive.progress(
                Filter(issuer=draw.directive(c).issuer.value, campaign=draw.campaign(c)), limit=1000
            )
        ),
    )
    yield (
        "progress: campaign, newest claims",
        lambda c: len(archive.progress(Filter(campaign=draw.campaign(c)), limit=1000)),
    )
    yield (
        "deadlines: next 7 days",
        lambda c: len(archive.due(draw.day(c), ahead_days=7, limit=100)),
    )
    yield (
        "deadlines: passed in 30 days, of an issuer",
        lambda c: len(
            archive.due(draw.day(c), ahead_days=0, passed_days=30, filter=draw.filter(c), limit=100)
        ),
    )


def _relations(archive: Archive, draw: _Draw) -> Named:
    def page(wanted: ToldFilter) -> int:
        return len(archive.read(lambda c: told_slice(c, wanted, None, 100)).rows)

    yield "told: a document", lambda c: len(archive.told(Filter(id=draw.directive(c).id)))
    yield (
        "told: an organisation",
        lambda c: len(archive.told(organisation=draw.office(c), limit=100)),
    )
    yield "told: an organisation, a page", lambda c: page(ToldFilter(organisation=draw.office(c)))
    yield "told: by a campaign", lambda c: page(ToldFilter(campaign=draw.campaign(c)))
    yield "chain: down", lambda c: len(archive.chain(draw.directive(c).id, depth=2).nodes)
    yield (
        "chain: up",
        lambda c: len(archive.chain(draw.directive(c).id, direction="up", depth=3).nodes),
    )


def _wholes(archive: Archive, draw: _Draw) -> Named:
    def asked(query: str) -> int:
        with archive.sql() as session:
            return sum(1 for _ in session.run(query).rows)

    yield (
        "findings by kind, of an issuer",
        lambda c: len(archive.finding_counts(draw.filter(c))),
    )
    yield "findings by kind", lambda _: len(archive.finding_counts())
    yield "sql: results of a document", lambda c: asked(_REACHED.format(id=draw.directive(c).id))
    yield "sql: a month by level", lambda c: asked(_OF_A_YEAR.format(year=c.randint(2006, 2020)))
    yield "counts of everything", lambda _: len(archive.counts())


def asked(name: str, ask: Ask) -> dict[str, Any]:
    """How long a question takes, warm."""
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
