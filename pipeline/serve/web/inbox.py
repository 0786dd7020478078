"""The inbox: what was taken in and how far it is, files to send, and what could not be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import anyio.to_thread
from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from pipeline.serve.answers import send_file
from pipeline.serve.ports import Holdings, Slice
from pipeline.serve.problems import ProblemError
from pipeline.serve.web import failures
from pipeline.serve.web.formats import FORMATS
from pipeline.serve.web.site import FromOurPage, Here, Reviewers, Visit

router = APIRouter(prefix="/inbox", dependencies=[Reviewers])
_RUNS: Final = 15
_FILES: Final = 50
#: A rate is told from so many files on: earlier ones are chance.
_RATE_FILES: Final = 3
_NAME_CHARS: Final = 4000


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the page tells it. ``left_seconds``: an estimate, where one can be given."""

    row: Any
    files: int
    archived: int
    unchanged: int
    quarantined: int
    done: int
    seconds: float

    @classmethod
    def of(cls, row: Any) -> Run:
        """From a row of the list of runs, also of versions that counted less."""
        counts = row.counts
        unchanged, quarantined = counts.get("unchanged", 0), counts.get("quarantined", 0)
        archived = counts.get("created", 0) + counts.get("changed", 0)
        done = archived + unchanged + quarantined
        began, seen = (datetime.fromisoformat(at) for at in (row.started_at, row.seen_at))
        return cls(
            row=row,
            files=max(counts.get("files", 0), done),
            archived=archived,
            unchanged=unchanged,
            quarantined=quarantined,
            done=done,
            seconds=max(0.0, (seen - began).total_seconds()),
        )

    @property
    def left(self) -> int:
        return self.files - self.done

    @property
    def to_review(self) -> int:
        return max(0, int(self.row.counts.get("to_review", 0)))

    @property
    def pages(self) -> int:
        return int(self.row.counts.get("pages_read", 0))

    @property
    def pages_known(self) -> int:
        """Pages to be read of the documents that were begun so far."""
        return int(self.row.counts.get("pages", 0))

    @property
    def files_a_minute(self) -> float | None:
        return self._rate(self.done)

    @property
    def pages_a_minute(self) -> float | None:
        return self._rate(self.pages)

    def _rate(self, count: int) -> float | None:
        if self.done < _RATE_FILES or self.seconds < 1:
            return None
        return 60 * count / self.seconds

    @property
    def left_minutes(self) -> int | None:
        rate = self.files_a_minute
        return None if not rate or not self.left else max(1, round(self.left / rate))


def _asked(holdings: Holdings, name: str, wanted: dict[str, Any], after: Any, limit: int) -> Slice:
    collection = next(one for one in holdings.collections if one.name == name)
    key = None if after is None else (after,)
    return collection.ask(collection.filters.model_validate(wanted), key, limit)


def _now(visit: Visit, before: int | None) -> dict[str, Any]:
    """What the live part shows, with a mark that changes when it does."""
    found = _asked(visit.holdings, "runs", {}, before, _RUNS)
    runs = [Run.of(row) for row in found.rows]
    jobs = list(visit.intake.jobs())
    standing = visit.intake.standing()
    shown = repr((found.rows, jobs, standing, found.next, visit.language))
    working = [run for run in runs if run.row.state == "running"]
    return {
        "runs": runs,
        "working": working,
        "jobs": _unseen(jobs, runs),
        "standing": standing,
        "older": found.next[0] if found.next else None,
        "before": before,
        "busy": bool(working or any(job.state != "failed" for job in jobs)),
        "mark": hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()[:16],
    }


def _unseen(jobs: Sequence[Any], runs: Sequence[Run]) -> list[Any]:
    """Jobs that no run stands for yet: one that has just been started may have none.

    One whose run has ended still tidies up.
    """
    begun = [run.row.started_at for run in runs]
    return [
        job
        for job in jobs
        if job.state != "running" or not any(at[:19] >= job.since[:19] for at in begun)
    ]


@router.get("")
async def inbox(visit: Here, before: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """Files to send, and the runs, newest first; ``before`` that one where given."""
    context = await anyio.to_thread.run_sync(partial(_now, visit, before))
    intake = visit.intake
    return visit.page("inbox/index.html", limits=intake.limits, open=intake.open, **context)


@router.get("/live")
async def live(visit: Here, seen: Annotated[str, Query(max_length=40)] = "") -> Response:
    """The part that changes; nothing where it is as the page has it."""
    context = await anyio.to_thread.run_sync(partial(_now, visit, None))
    if context["mark"] == seen:
        return Response(status_code=204)
    return visit.part("inbox/live.html", **context)


@router.post("/jobs/{job}/again", dependencies=[FromOurPage])
async def again(visit: Here, job: str) -> Response:
    """Try a run again that could not do its work."""
    await anyio.to_thread.run_sync(partial(visit.intake.again, job))
    visit.notice("inbox.queued_again")
    return visit.go("/inbox")


# -- quarantine --------------------------------------------------------------------------------


@router.get("/quarantine")
async def quarantine(
    visit: Here,
    category: Annotated[str | None, Query(max_length=40)] = None,
    after: Annotated[str | None, Query(max_length=_NAME_CHARS)] = None,
) -> Response:
    """What could not be read, by path."""
    wanted = {"category": category or None}
    found, categories = await anyio.to_thread.run_sync(
        lambda: (
            _asked(visit.holdings, "quarantine", wanted, after, _FILES),
            visit.intake.categories(),
        )
    )
    return visit.page(
        "inbox/quarantine.html",
        rows=found.rows,
        why=lambda failure: failures.told(visit, failure),
        next=_address(category, str(found.next[0])) if found.next else None,
        first=_address(category) if after else None,
        categories=categories,
        category=category or None,
        total=sum(categories.values()),
    )


def _address(category: str | None, after: str | None = None) -> str:
    asked = {"category": category, "after": after}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/inbox/quarantine?{query}" if query else "/inbox/quarantine"


@router.post("/quarantine/retry", dependencies=[FromOurPage])
async def retry(
    visit: Here,
    path: Annotated[str, Form(max_length=_NAME_CHARS)] = "",
    category: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Try one file again, or those of a category, or all."""
    retried = await anyio.to_thread.run_sync(
        partial(visit.intake.retry, path=path or None, category=category or None)
    )
    if retried.queued == 0:
        visit.notice("inbox.quarantine.gone", count=_number(visit, retried.gone))
        return visit.go(_address(category))
    if retried.gone:
        visit.notice("inbox.quarantine.gone", count=_number(visit, retried.gone))
    visit.notice("inbox.quarantine.queued", count=_number(visit, retried.queued))
    return visit.go("/inbox")


@router.get("/quarantine/file")
async def file(visit: Here, path: Annotated[str, Query(max_length=_NAME_CHARS)]) -> Response:
    """The file itself, to be looked at in a program of one's own: never shown by the browser."""
    blob, sha256 = await anyio.to_thread.run_sync(partial(visit.intake.quarantined, path))
    if blob.size_bytes == 0:
        blob.file.close()
        raise ProblemError(404, "The file is empty.")
    return send_file(visit.request, blob, f'"{sha256}"', secret=True)


def _number(visit: Visit, count: int) -> str:
    return FORMATS[visit.language].number(count)
