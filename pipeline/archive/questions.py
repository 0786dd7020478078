"""Questions whose answer has no pages, with what may be asked and whether it is the whole."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Generic, NamedTuple, TypeVar

from pydantic import Field
from sqlalchemy import Connection

from models.finding import Severity
from pipeline.archive import queries
from pipeline.archive.questions_due import due
from pipeline.archive.questions_progress import progress
from pipeline.archive.rows import AskedDay, DueRow, Filter, FindingCount, ProgressRow

Row = TypeVar("Row")
#: Further away what recurs would fill any answer.
_DAYS: Final = 366


class Answer(NamedTuple, Generic[Row]):
    """Rows; ``truncated``: there were more than were wanted."""

    rows: list[Row]
    truncated: bool


class DueQuestion(Filter):
    """What is due around a day, of the directives that the filter names.

    ``on`` is the day, today without it; ``ahead`` and ``passed`` are days after and before it;
    ``recurring``: also what comes again and again.
    """

    on: AskedDay | None = None
    ahead: int = Field(30, ge=0, le=_DAYS)
    passed: int = Field(0, ge=0, le=_DAYS)
    recurring: bool = True


class ProgressQuestion(Filter):
    """Goals against results; ``every``: each result that fits, not only the latest."""

    every: bool = False


class FindingQuestion(Filter):
    """Findings by kind; ``code`` may be the beginning of one (``date``)."""

    code: str | None = None
    severity: Severity | None = None


def due_answer(connection: Connection, asked: DueQuestion, limit: int) -> Answer[DueRow]:
    """Earliest first."""
    day = asked.on or datetime.now().astimezone().date()
    rows = due(
        connection, day, ahead_days=asked.ahead, passed_days=asked.passed,
        wanted=asked, recurring=asked.recurring, limit=limit + 1,
    )  # fmt: skip
    return Answer(rows[:limit], len(rows) > limit)


def progress_answer(
    connection: Connection, asked: ProgressQuestion, limit: int
) -> Answer[ProgressRow]:
    """By campaign, organisation, unit and population; of the newest ``limit`` claims."""
    return Answer(*progress(connection, asked, every=asked.every, limit=limit))


def finding_answer(
    connection: Connection, asked: FindingQuestion, limit: int
) -> Answer[FindingCount]:
    """The most frequent first."""
    rows = queries.finding_counts(connection, asked, asked.code, asked.severity)
    return Answer(rows[:limit], len(rows) > limit)
