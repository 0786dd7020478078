"""What an analyst shows to the chair: targets, deadlines, chains, coverage, quality.

Each panel has an address of its own and is loaded by itself; ``report`` has them all at once, for
print. Every chart is made of the same rows as its table and its CSV.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from pipeline.serve.problems import ProblemError
from pipeline.serve.web.dashboard import chain, coverage, deadlines, progress, quality, tables
from pipeline.serve.web.dashboard.asked import (
    LEVELS,
    Asked,
    AskedHere,
    campaigns,
    day_of,
)
from pipeline.serve.web.site import Here, Visit

router = APIRouter()


class Chosen:
    """What the panels are asked for beside the filter; each reads its own."""

    def __init__(
        self,
        span: Annotated[str, Query(max_length=7)] = "",
        on: Annotated[str, Query(max_length=10)] = "",
        root: Annotated[str, Query(max_length=300)] = "",
        open: Annotated[tuple[str, ...], Query(max_length=40)] = (),
        provinces: Annotated[str, Query(pattern="^(then|now|)$")] = "",
    ) -> None:
        self.span = span
        self.today = day_of(on) if on else datetime.now().astimezone().date()
        self.on = on
        self.root = root.strip()
        self.opened = [key[:300] for key in open]
        self.provinces = provinces or "now"


ChosenHere = Annotated[Chosen, Depends()]


def _progress(visit: Visit, asked: Asked, chosen: Chosen) -> dict[str, Any]:
    return progress.show(visit, asked)


def _deadlines(visit: Visit, asked: Asked, chosen: Chosen) -> dict[str, Any]:
    return deadlines.show(visit, asked, chosen.span, chosen.today)


def _chain(visit: Visit, asked: Asked, chosen: Chosen) -> dict[str, Any]:
    return chain.show(visit, asked, chosen.root, chosen.opened)


def _coverage(visit: Visit, asked: Asked, chosen: Chosen) -> dict[str, Any]:
    return coverage.show(visit, asked, now=chosen.provinces == "now")


def _quality(visit: Visit, asked: Asked, chosen: Chosen) -> dict[str, Any]:
    return quality.show(visit, asked)


#: The panels, in the order of the page.
PANELS: Final[dict[str, Callable[[Visit, Asked, Chosen], dict[str, Any]]]] = {
    "progress": _progress,
    "deadlines": _deadlines,
    "chain": _chain,
    "coverage": _coverage,
    "quality": _quality,
}


@router.get("/dashboard")
def dashboard(visit: Here, asked: AskedHere, chosen: ChosenHere) -> Response:
    """The frame: the filter, and a place for each panel, which is loaded by itself."""
    return _page(visit, asked, chosen, {}, "dashboard/page.html")


@router.get("/dashboard/report")
def report(visit: Here, asked: AskedHere, chosen: ChosenHere) -> Response:
    """Everything at once, to print."""
    shown = {name: show(visit, asked, chosen) for name, show in PANELS.items()}
    return _page(visit, asked, chosen, shown, "dashboard/page.html", report=True)


@router.get("/dashboard/deadlines.ics")
def deadlines_file(
    visit: Here,
    asked: AskedHere,
    chosen: ChosenHere,
    pick: Annotated[tuple[str, ...], Query(max_length=400)] = (),
) -> Response:
    """The deadlines of a month or a quarter as a calendar file."""
    if not chosen.span:
        raise ProblemError(422, "A calendar is of a month or a quarter.", advice="Give 'span'.")
    return deadlines.calendar_file(visit, asked, chosen.span, chosen.today, list(pick))


@router.get("/dashboard/{name}.csv")
def data(visit: Here, asked: AskedHere, chosen: ChosenHere, name: str) -> Response:
    """The data behind a chart."""
    show = PANELS.get(name.partition("-")[0])
    made = [] if show is None else show(visit, asked, chosen)["tables"]
    for table in made:
        if table.name == name:
            return tables.sent(table)
    raise ProblemError(404, "There is no such table.")


@router.get("/dashboard/{name}")
def panel(visit: Here, asked: AskedHere, chosen: ChosenHere, name: str) -> Response:
    """One panel: as a part of the page, or as a page of its own."""
    show = PANELS.get(name)
    if show is None:
        raise ProblemError(404, "There is no such panel.")
    shown = {name: show(visit, asked, chosen)}
    if visit.partial:
        return _page(visit, asked, chosen, shown, "dashboard/part.html", name=name)
    return _page(visit, asked, chosen, shown, "dashboard/page.html", only=name)


def _page(
    visit: Visit, asked: Asked, chosen: Chosen, shown: dict[str, Any], template: str, **more: Any
) -> Response:
    context: dict[str, Any] = {
        "asked": asked, "chosen": chosen, "shown": shown, "panels": tuple(PANELS), "levels": LEVELS,
        "report": False, "only": None, "today": chosen.today.isoformat(), "campaigns": (),
    } | more  # fmt: skip
    if template == "dashboard/page.html":
        context["campaigns"] = campaigns(visit)
    return visit.page(template, **context)
