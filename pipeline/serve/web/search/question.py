"""What is asked, as the address says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

PATH: Final = "/search"
#: The filters of the archive that the address may have, in the order of their chips.
FILTERS: Final = (
    "issuer", "level", "province", "province_now", "campaign", "doc_type", "number",
    "issued_from", "issued_to", "target_kind", "deadline_from", "deadline_to", "state",
    "needs_review", "finding", "superseded",
)  # fmt: skip
Sort = Literal["best", "newest"]
_WORDS: Final = 1000
_VALUE: Final = 300
_CURSOR: Final = 2000
_PAGES: Final = 100


@dataclass(frozen=True, slots=True)
class Question:
    """Words and filters, the order, and how far along the answer.

    ``given`` is what was typed for each filter, ``wanted`` the archive's filter made of it; what
    is no value of a filter (a day that is none) is in ``refused`` and asks for nothing.
    """

    words: str
    given: Mapping[str, str]
    wanted: BaseModel
    refused: Mapping[str, str]
    sort: Sort
    page: int = 1
    cursor: str | None = None

    @property
    def ranked(self) -> bool:
        """Whether the best come first: where there is nothing to rank by, the newest do."""
        return bool(self.words) and self.sort == "best"

    @property
    def plain(self) -> bool:
        """Whether nothing at all is asked for."""
        return not self.words and not self.given

    def without(self, *names: str) -> Question:
        """The same question, from its beginning, without these filters."""
        given = {name: value for name, value in self.given.items() if name not in names}
        return replace(self, given=given, refused={}, page=1, cursor=None)

    def address(self, *, sort: Sort | None = None, page: int = 1, cursor: str | None = None) -> str:
        """Where this is asked; by ``page`` (of the ranked) or ``cursor`` further along."""
        asked: dict[str, str] = {"q": self.words} if self.words else {}
        asked |= self.given
        if (sort or self.sort) == "newest" and self.words:
            asked["sort"] = "newest"
        if page > 1:
            asked["page"] = str(page)
        if cursor is not None:
            asked["cursor"] = cursor
        return f"{PATH}?{urlencode(asked, errors='replace')}" if asked else PATH


def question(asked: Iterable[tuple[str, str]], filters: type[BaseModel]) -> Question:
    """A question from the pairs of an address; nothing that can be typed is a mistake."""
    sent = {name: value.replace("\0", "").strip() for name, value in asked}
    words = " ".join(sent.get("q", "")[:_WORDS].split())
    given = {name: sent[name][:_VALUE] for name in FILTERS if sent.get(name)}
    wanted, refused = _checked(given, filters)
    page = sent.get("page", "")
    return Question(
        words=words,
        given={name: value for name, value in given.items() if name not in refused},
        wanted=wanted,
        refused=refused,
        sort="newest" if sent.get("sort") == "newest" else "best",
        page=min(_PAGES, int(page)) if page.isascii() and page.isdigit() and int(page[:9]) else 1,
        cursor=sent.get("cursor", "")[:_CURSOR] or None,
    )


def _checked(
    given: Mapping[str, str], filters: type[BaseModel]
) -> tuple[BaseModel, dict[str, str]]:
    refused: dict[str, str] = {}
    try:
        return filters.model_validate(given), refused
    except ValidationError as error:
        for one in error.errors():
            name = str(one["loc"][0])
            refused[name] = given[name]
    kept = {name: value for name, value in given.items() if name not in refused}
    return filters.model_validate(kept), refused
