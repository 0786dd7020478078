"""The ways by which SQLite finds what the dashboard asks for: none goes through a whole table.

Without statistics it chooses alike however many rows there are, so a small archive tells.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from models.directive import Campaign, Citation, Deadline, Target
from pipeline.archive import Archive, Filter
from pipeline.archive.questions import (
    FindingQuestion,
    ProgressQuestion,
    finding_answer,
    progress_answer,
)
from pipeline.archive.questions_coverage import (
    CoverageQuestion,
    HeadsQuestion,
    coverage_answer,
    heads_answer,
)
from pipeline.archive.questions_months import MonthsQuestion, months_answer
from tests.archive.conftest import Put
from tests.archive.strategies import field

#: Through a table, or through all of one side of an index, and with each row's own page.
_THROUGH = re.compile(r"SCAN (targets|citations|findings|directives)(?! USING)")
_TO_EACH = re.compile(r"SEARCH directives USING INTEGER PRIMARY KEY")


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """The statements that are run meanwhile."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def ways(root: Path, ask: Callable[[], object]) -> list[str]:
    """The steps of the plans of all statements by which ``ask`` asks."""
    with asked() as seen:
        ask()
    assert seen
    connection = sqlite3.connect(f"file:{root / 'vanthu.db'}?mode=ro", uri=True)
    try:
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {sql}", given) for sql, given in seen]
        return [row[3] for plan in plans for row in plan]
    finally:
        connection.close()


@pytest.fixture
def some(archive: Archive, put: Put) -> Archive:
    of_it = {"campaign": Campaign(id="one", name="Một"), "issued": "2022-05-31"}
    cited = Citation(number=field("1/KH"), relation="implements")
    claims = (Target(kind="quota", text="giao", value=2.0, unit="nhà", status="accepted"),)
    due = (Deadline(text="hạn", date="2022-06-30"),)
    put("a", number="1/KH", **of_it)
    for name in ("b", "c"):
        put(name, citations=(cited,), targets=claims, deadlines=due, **of_it)
    return archive


@pytest.mark.parametrize("of", [{}, {"campaign": "one"}])
def test_claims_are_found_from_their_documents(
    root: Path, some: Archive, of: dict[str, str]
) -> None:
    question = ProgressQuestion(**of)
    found = ways(root, lambda: some.read(lambda c: progress_answer(c, question, 10)))
    assert any(step.startswith("SEARCH targets") for step in found)
    assert not [step for step in found if _THROUGH.match(step) or _TO_EACH.match(step)]


def test_documents_that_others_rest_on_are_found_from_the_newest(root: Path, some: Archive) -> None:
    found = ways(root, lambda: some.read(lambda c: heads_answer(c, HeadsQuestion(), 10)))
    assert any(step.startswith("SEARCH citations") for step in found)
    # Of all that is resolved to nothing: that is most of an archive.
    every = re.compile(r".*ix_citations_resolved \(resolved_id[=>]\?\)")
    assert not [step for step in found if every.match(step) or _THROUGH.match(step)]


def test_a_chain_is_found_by_numbers_and_ids(root: Path, some: Archive) -> None:
    found = ways(root, lambda: some.chain("d-a"))
    assert not [step for step in found if _THROUGH.match(step)]
    # The second way of each step down: what is resolved to nothing is most of an archive.
    assert any("ix_citations_identity" in step for step in found)


def test_the_whole_archive_is_counted_in_indexes(root: Path, some: Archive) -> None:
    for ask in (
        lambda: some.read(lambda c: months_answer(c, MonthsQuestion(), 10)),
        lambda: some.read(lambda c: finding_answer(c, FindingQuestion(), 10)),
        lambda: some.read(lambda c: coverage_answer(c, CoverageQuestion(), 10)),
    ):
        found = ways(root, ask)
        of_all = [step for step in found if _TO_EACH.match(step) or step == "SCAN directives"]
        assert not of_all


def test_a_question_that_asks_for_more_than_a_filter_is_still_one(some: Archive) -> None:
    from pipeline.archive.conditions import standing

    assert standing(MonthsQuestion()) == standing(None) == Filter(superseded=False)
    assert standing(MonthsQuestion(campaign="one")) == Filter(superseded=False, campaign="one")
