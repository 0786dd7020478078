"""Months in which something is due."""

from __future__ import annotations

from typing import Any

import pytest

from models.directive import Campaign, Deadline
from pipeline.archive import Archive
from pipeline.archive.questions_months import MonthsQuestion, months_answer
from tests.archive.conftest import Put
from tests.archive.strategies import source

ONE = Campaign(id="one", name="Một")


def dated(*days: str) -> tuple[Deadline, ...]:
    return tuple(Deadline(text=day, date=day) for day in days)


def months(archive: Archive, limit: int = 100, **asked: Any) -> list[tuple[str, int]]:
    answer = archive.read(lambda c: months_answer(c, MonthsQuestion(**asked), limit))
    return [(row.month, row.deadlines) for row in answer.rows]


def test_deadlines_are_counted_by_the_month_of_their_last_day(archive: Archive, put: Put) -> None:
    put("a", campaign=ONE, deadlines=dated("2022-06-30", "2022-06", "2022-05-01/2022-07-15"))
    put("b", deadlines=(*dated("2022-07-01", "2022-08/.."), Deadline(text="x", recurrence="R/P1M")))
    assert months(archive) == [("2022-06", 2), ("2022-07", 2)]
    assert months(archive, campaign="one") == [("2022-06", 2), ("2022-07", 1)]


def test_the_latest_months_are_told_where_there_are_many(archive: Archive, put: Put) -> None:
    put("a", deadlines=dated("2020-01-01", "2021-01-01", "2022-01-01"))
    assert months(archive, limit=2) == [("2021-01", 1), ("2022-01", 1)]
    assert archive.read(lambda c: months_answer(c, MonthsQuestion(), 2)).truncated


@pytest.mark.parametrize("asked", [{}, {"campaign": "one"}])
def test_documents_that_no_file_has_any_more_are_left_out(
    archive: Archive, put: Put, asked: dict[str, Any]
) -> None:
    put("old", campaign=ONE, deadlines=dated("2022-06-30", "2022-07-01"), path="in/one.pdf")
    put("new", campaign=ONE, deadlines=dated("2022-06-01"))
    archive.record_source("in/one.pdf", source("newer"))
    assert months(archive, **asked) == [("2022-06", 1)]
