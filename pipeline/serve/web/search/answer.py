"""What is found: cards, how many there are, and the way to more of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from pipeline.serve import cursor
from pipeline.serve.masking import record_json, row_dicts
from pipeline.serve.ports import Collection
from pipeline.serve.problems import ProblemError
from pipeline.serve.web.search.question import Question
from pipeline.serve.web.site import Visit

SIZE: Final = 20
#: Counting goes no further: nobody reads the difference, and everybody waits for it.
_COUNTED: Final = 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a snippet; ``on``: it was asked for."""

    text: str
    on: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A document that was found. ``page`` and ``snippet`` say where, if words were asked for.

    ``pictured``: its first page can be shown to this visitor.
    """

    record: Mapping[str, Any]
    snippet: tuple[Piece, ...]
    page: int | None
    pictured: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Cards, how many answer in all (``more``: at least so many), and where one goes on.

    ``ends``: there are more than ranking tells apart; only the newest first go on to the end.
    """

    cards: Sequence[Card]
    count: int
    more: bool
    first: str | None
    before: str | None
    behind: str | None
    ends: bool


def answer(visit: Visit, asked: Question) -> Answer:
    """The documents that answer a question."""
    if asked.ranked:
        return _ranked(visit, asked)
    return _newest(visit, asked)


def _ranked(visit: Visit, asked: Question) -> Answer:
    search = visit.holdings.search
    most = visit.request.app.state.settings.search_rows_most
    last = max(1, most // SIZE)
    page = min(asked.page, last)
    hits = search.ask(asked.words, asked.wanted, min(most, page * SIZE + 1))
    rows = row_dicts(visit.holdings, hits[(page - 1) * SIZE : page * SIZE], ("id",), visit.unmasked)
    there = len(hits) > page * SIZE
    count = len(hits) if page == 1 and len(hits) < SIZE else _count(visit, asked)
    return Answer(
        cards=_cards(visit, [(row["id"], row) for row in rows]),
        count=count,
        more=count > _COUNTED,
        first=asked.address() if page > 1 else None,
        before=asked.address(page=page - 1) if page > 1 else None,
        behind=asked.address(page=page + 1) if there and page < last else None,
        ends=count > page * SIZE and (page == last or not there),
    )


def _newest(visit: Visit, asked: Question) -> Answer:
    listed = _directives(visit)
    wanted = asked.wanted.model_copy(update={"text": asked.words or None})
    name = cursor.question(listed.name, wanted)
    after = _place(name, asked.cursor)
    found = listed.ask(wanted, after, SIZE)
    ids: list[str] = [row.id for row in found.rows]  # type: ignore[attr-defined] # has one
    hits = _hits(visit, asked.words, ids)
    there = found.next is not None
    count = _count(visit, asked) if there or after else len(ids)
    behind = None if found.next is None else asked.address(cursor=cursor.encode(name, found.next))
    return Answer(
        cards=_cards(visit, [(id_, hits.get(id_)) for id_ in ids]),
        count=count,
        more=count > _COUNTED,
        first=asked.address() if after else None,
        before=None,
        behind=behind,
        ends=False,
    )


def _directives(visit: Visit) -> Collection:
    return next(one for one in visit.holdings.collections if one.name == "directives")


def _place(name: str, sent: str | None) -> tuple[str | int | None, ...] | None:
    """Where the list goes on; from its beginning where the cursor is of another question."""
    try:
        return None if sent is None else cursor.decode(name, sent)
    except ProblemError:
        return None


def _hits(visit: Visit, words: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Where the words stand in each of a few documents."""
    if not words:
        return {}
    search = visit.holdings.search
    found: list[BaseModel] = []
    for id_ in ids:
        found += search.ask(words, search.filters.model_validate({"id": id_}), 1)
    rows = row_dicts(visit.holdings, found, ("id",), visit.unmasked)
    return {row["id"]: row for row in rows}


def _count(visit: Visit, asked: Question) -> int:
    return visit.holdings.counted(asked.words, asked.wanted, _COUNTED)


def _cards(visit: Visit, found: Sequence[tuple[str, Mapping[str, Any] | None]]) -> list[Card]:
    records = {one.id: one for one in visit.holdings.records([id_ for id_, _ in found])}
    cards = []
    for id_, hit in found:
        record = records.get(id_)
        if record is None:  # gone since it was found
            continue
        data = json.loads(record_json(record, visit.unmasked))
        hidden = record.personal and not visit.unmasked
        cards.append(
            Card(
                record=data,
                snippet=pieces(hit["snippet"], hit["marks"]) if hit else (),
                page=hit["page"] if hit else None,
                pictured=data["source"]["kind"] != "text" and not hidden,
                hidden=hidden,
            )
        )
    return cards


def pieces(text: str, marks: Sequence[Sequence[int]]) -> tuple[Piece, ...]:
    """A snippet as stretches, those that were asked for told apart."""
    made: list[Piece] = []
    at = 0
    for start, end in marks:
        made += [Piece(text[at:start], on=False), Piece(text[start:end], on=True)]
        at = end
    made.append(Piece(text[at:], on=False))
    return tuple(piece for piece in made if piece.text)
