"""What a visitor of the dashboard asks for: the filter that all panels share, and its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query
from pydantic import BaseModel, ValidationError

from pipeline.serve.masking import row_dicts
from pipeline.serve.ports import Question, Whole
from pipeline.serve.problems import ProblemError
from pipeline.serve.web.site import Visit

LEVELS: Final = ("central", "province", "district", "commune", "sector", "grassroots")
Level = Literal["", "central", "province", "district", "commune", "sector", "grassroots"]
#: A day, or nothing: a form sends empty fields.
_Day = Annotated[str, Query(pattern=r"^(\d{4}-\d\d-\d\d)?$")]
_Words = Annotated[str, Query(max_length=300)]


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as it was typed; empty: not filtered by."""

    campaign: str = ""
    issuer: str = ""
    level: Level = ""
    issued_from: str = ""
    issued_to: str = ""

    @property
    def values(self) -> dict[str, str]:
        """What is filtered by, as the archive's filter names it."""
        names = ("campaign", "issuer", "level", "issued_from", "issued_to")
        return {name: value for name in names if (value := getattr(self, name))}

    def query(self, **more: object) -> str:
        """The query of an address with this filter and ``more`` (lists are repeated)."""
        own = {name: value for name, value in more.items() if value not in (None, "", [])}
        return urlencode(self.values | own, doseq=True, errors="replace")


def _asked(
    campaign: _Words = "",
    issuer: _Words = "",
    level: Level = "",
    issued_from: _Day = "",
    issued_to: _Day = "",
) -> Asked:
    for day in (issued_from, issued_to):
        if day:
            day_of(day)
    return Asked(campaign.strip(), " ".join(issuer.split()), level, issued_from, issued_to)


#: The filter, for routes.
AskedHere = Annotated[Asked, Depends(_asked)]


def day_of(text: str) -> date:
    """A day as it was typed.

    :raises ProblemError: there is no such day
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProblemError(422, f"There is no day {text!r}.") from None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as they may be shown, as dicts; ``whole``: with what else the answer says."""

    rows: list[dict[str, Any]]
    whole: Whole


def ask(visit: Visit, name: str, asked: Asked, most: int, /, **more: object) -> Rows:
    """Ask a question of the archive with the filter and ``more``; masked as the visitor may see."""
    question = _question(visit, name)
    try:
        parameters = question.parameters.model_validate(asked.values | more)
    except ValidationError:
        raise ProblemError(422, "That cannot be asked for.") from None
    found = question.ask(parameters, most)
    return Rows(row_dicts(visit.holdings, found.rows, question.owners, visit.unmasked), found)


def _question(visit: Visit, name: str) -> Question:
    return next(question for question in visit.holdings.questions if question.name == name)


def campaigns(visit: Visit, most: int = 200) -> list[dict[str, Any]]:
    """The campaigns to choose from, those with the most documents first."""
    listed = next(one for one in visit.holdings.collections if one.name == "campaigns")
    wanted: BaseModel = listed.filters()
    rows = row_dicts(
        visit.holdings, listed.ask(wanted, None, most).rows, listed.owners, visit.unmasked
    )
    return sorted(rows, key=lambda row: (-row["directives"], row["name"]))
