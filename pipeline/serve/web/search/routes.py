"""``/search`` and the lists that complete what is typed into its filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import Response

from models.codes import TYPE_NAMES
from models.places import PROVINCES
from models.units import SUCCESSOR
from models.vietnamese import fold
from pipeline.serve.access import needs
from pipeline.serve.api.context import PREFIX
from pipeline.serve.problems import ProblemError
from pipeline.serve.web.formats import FORMATS
from pipeline.serve.web.search.answer import Answer, answer
from pipeline.serve.web.search.download import MOST
from pipeline.serve.web.search.question import Question, question
from pipeline.serve.web.site import Here, Visit

router = APIRouter(dependencies=[Depends(needs("read"))])
_OPTIONS: Final = 20
#: Of the bodies that documents name few issue any.
_LOOKED_AT: Final = 200
_TYPES: Final = tuple(sorted(TYPE_NAMES, key=fold))
_PROVINCES: Final = tuple(sorted(PROVINCES, key=fold))
_PROVINCES_NOW: Final = tuple(sorted({SUCCESSOR.get(p, p) for p in PROVINCES}, key=fold))
_DAYS: Final = frozenset({"issued_from", "issued_to", "deadline_from", "deadline_to"})
#: Filters whose values have names: the beginning of their messages.
_NAMED: Final[Mapping[str, str]] = {
    "level": "terms.level.", "target_kind": "terms.kind.", "state": "common.state.",
    "finding": "findings.", "needs_review": "search.needs_review.",
    "superseded": "search.superseded.",
}  # fmt: skip
_COMPLETED: Final[Mapping[str, str]] = {"issuer": "organisations", "campaign": "campaigns"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set: what it says, and where it is asked without it."""

    label: str
    value: str
    without: str


@router.get("/search")
def search(visit: Here) -> Response:
    """What answers the address; without a question the newest documents."""
    asked = question(visit.request.query_params.multi_items(), visit.holdings.search.filters)
    found = answer(visit, asked)
    return visit.page(
        "search/search.html",
        asked=asked,
        found=found,
        chips=_chips(visit, asked, found),
        refused=[(visit.say(f"search.filter.{n}"), value) for n, value in asked.refused.items()],
        types=_TYPES,
        provinces=_PROVINCES,
        provinces_now=_PROVINCES_NOW,
        export=_export(visit, asked),
        tables=_tables(asked),
        most=MOST,
        personal="&personal_data=true" if visit.unmasked else "",
    )


@router.get("/search/options/{name}")
def options(visit: Here, name: str) -> Response:
    """Names that have what was typed, for the box of a filter."""
    listed = next((c for c in visit.holdings.collections if c.name == _COMPLETED.get(name)), None)
    if listed is None:
        raise ProblemError(404, "There is no such list.")
    typed = visit.request.query_params.get(name, "").replace("\0", "").strip()[:200]
    wanted = listed.filters.model_validate({"name": typed or None})
    rows = [row.model_dump() for row in listed.ask(wanted, None, _LOOKED_AT).rows]
    named = [row for row in rows if row.get("issued", row.get("directives"))]
    return visit.page("search/options.html", rows=named[:_OPTIONS], by_id=name == "campaign")


def _chips(visit: Visit, asked: Question, found: Answer) -> list[Chip]:
    return [
        Chip(
            visit.say(f"search.filter.{name}"),
            _shown(visit, found, name, value),
            asked.without(name).address(),
        )
        for name, value in asked.given.items()
    ]


def _shown(visit: Visit, found: Answer, name: str, value: str) -> str:
    """A filter's value as people say it."""
    if name in _DAYS:
        return FORMATS[visit.language].day(value)
    if name in _NAMED and visit.site.catalogue.has(_NAMED[name] + value):
        return visit.say(_NAMED[name] + value)
    if name == "campaign":  # whoever is found belongs to it and knows its name
        named = (card.record["campaign"] for card in found.cards)
        return next((one["name"] for one in named if one and one["id"] == value), value)
    return value


def _tables(asked: Question) -> dict[str, str]:
    """Where tables of all that answer are, by their form."""
    query = asked.address().partition("?")[2]
    return {form: f"/search/results.{form}?{query}".rstrip("?") for form in ("csv", "xlsx")}


def _export(visit: Visit, asked: Question) -> str:
    """Where the API gives away whole records of all that answer."""
    wanted: dict[str, Any] = dict(asked.given)
    if asked.words:
        wanted["text"] = asked.words
    if visit.unmasked:
        wanted["personal_data"] = "true"
    return f"{PREFIX}/exports/directives.jsonl?{urlencode(wanted, errors='replace')}"
