"""What an analyst shows to the chair: targets, deadlines, chains, coverage, quality.

Each panel has an address of its own and is loaded by itself; ``report`` has them all at once, for
print. Every chart is made of the same rows as its table and its CSV.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

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
from pipeline.serve.web.dashboard.tables import code, slug
from pipeline.serve.web.site import Here, Visit

router = APIRouter()


class Chosen:
    """What the panels are asked for beside the filter; each reads its own."""

    def __init__(
        self,
        span: Annotated[str, Query(max_length=7)] = "",
        on: Annotated[str, Query(max_length=10)] = "",
        root: Annotated[str, Query(max_length=300)] = "",
        open: Annotated[list[str], Query(max_length=40)] = [],  # noqa: B006 - FastAPI copies it
        provinces: Annotated[Literal["then", "now", ""], Query()] = "",
    ) -> None:
        self.on = on
        self.today = day_of(on) if on else datetime.now().astimezone().date()
        self.span = span
        self.root = root.strip()
        self.opened = [key[:300] for key in open]
        self.provinces = provinces
        #: For a file: all that there is, not only what is drawn.
        self.whole = False

    @property
    def values(self) -> dict[str, Any]:
        """What was chosen, for addresses."""
        return {
            "span": self.span, "on": self.on, "root": self.root, "open": self.opened,
            "provinces": self.provinces,
        }  # fmt: skip


ChosenHere = Annotated[Chosen, Depends()]
Show = Callable[[Visit, Asked, Chosen], dict[str, Any]]

#: The panels, in the order of the page.
PANELS: Final[dict[str, Show]] = {
    "progress": lambda visit, asked, _: progress.show(visit, asked),
    "deadlines": lambda visit, asked, c: deadlines.show(visit, asked, c.span, c.today),
    "chain": lambda visit, asked, c: chain.show(visit, asked, c.root, c.opened, whole=c.whole),
    "coverage": lambda visit, asked, c: coverage.show(visit, asked, now=c.provinces != "then"),
    "quality": lambda visit, asked, _: quality.show(visit, asked),
}


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of this dashboard as it is, with something else chosen.

    ``base`` is the page that is shown: all panels, or one by itself.
    """

    asked: Asked
    chosen: Chosen
    base: str

    def page(self, **changed: Any) -> str:
        """Of the whole page."""
        return self._to(self.base, changed)

    def to(self, name: str, **changed: Any) -> str:
        """Of a panel, or of one of its files."""
        return self._to(f"/dashboard/{name}", changed)

    def of_campaign(self, campaign: str) -> str:
        """Of the whole page, for one campaign."""
        return replace(self, asked=replace(self.asked, campaign=campaign)).page()

    def _to(self, path: str, changed: dict[str, Any]) -> str:
        query = self.asked.query(**(self.chosen.values | changed))
        return f"{path}?{query}" if query else path


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
    chosen.whole = True
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


def _shown_alone(visit: Visit) -> str | None:
    """The panel that a part is asked for by a page that has no other."""
    path = urlsplit(visit.request.headers.get("hx-current-url", "")).path
    name = path.removeprefix("/dashboard/")
    return name if visit.partial and name in PANELS else None


def _page(
    visit: Visit, asked: Asked, chosen: Chosen, shown: dict[str, Any], template: str, **more: Any
) -> Response:
    name = more.get("only") or _shown_alone(visit)
    links = Links(asked, chosen, f"/dashboard/{name}" if name else "/dashboard")
    context: dict[str, Any] = {
        "links": links, "asked": asked, "chosen": chosen, "shown": shown, "panels": tuple(PANELS),
        "levels": LEVELS, "code": partial(code, visit), "slug": slug, "report": False,
        "only": None, "today": chosen.today.isoformat(), "campaigns": (),
    } | more  # fmt: skip
    if template == "dashboard/page.html":
        context["campaigns"] = campaigns(visit)
    return visit.page(template, **context)
