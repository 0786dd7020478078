"""Records, rows and snippets as they may be shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel

from models import personal
from models.personal import Words
from pipeline.serve.answers import dumps
from pipeline.serve.ports import Holdings, Owners, Record

#: What a row is found by again.
_KEPT: Final = frozenset(
    {"id", "directive_id", "resolved_id", "organisation_id", "parent", "main_id", "sha256",
     "cursor", "root", "key", "citing", "cited"}
)  # fmt: skip


def record_json(record: Record, unmasked: bool) -> bytes:
    """The contract, without its personal data unless that may be seen."""
    if unmasked or not record.personal:
        return record.json.encode("utf-8", "replace")
    return dumps(personal.masked_record(json.loads(record.json)))


def row_dicts(
    holdings: Holdings, rows: Sequence[BaseModel], owners: Owners, unmasked: bool
) -> list[dict[str, Any]]:
    """Rows as JSON; each masked by what is marked in the directives that ``owners`` name."""
    found = [row.model_dump(mode="json", by_alias=True) for row in rows]
    if unmasked or owners is None or not found:
        return found
    if not owners:  # made of the words of many documents: what looks like personal data is hidden
        return [_hidden_in(row, (), unread=True) for row in found]
    of_rows = [[id_ for path in owners if (id_ := _at(row, path))] for row in found]
    words = holdings.personal_words(sorted({id_ for ids in of_rows for id_ in ids}))
    for ids, (place, row) in zip(of_rows, enumerate(found), strict=True):
        for id_ in dict.fromkeys(ids):
            row = masked_row(row, words.get(id_, ()))
        found[place] = row
    return found


def _at(row: Any, path: str) -> str | None:
    for step in path.split("."):
        row = None if row is None else row[step]
    return row  # type: ignore[no-any-return]


def masked_row(row: dict[str, Any], words: Words) -> dict[str, Any]:
    """A row without what is marked in a directive that it tells of."""
    shown: dict[str, Any] = _hidden_in(row, words)
    if "snippet" in row and "marks" in row:
        shown["snippet"], shown["marks"] = snippet(row["snippet"], row["marks"], words)
    return shown


def _hidden_in(value: Any, words: Words, key: str = "", *, unread: bool = False) -> Any:
    if key in _KEPT:
        return value
    if isinstance(value, dict):
        return {k: _hidden_in(v, words, k, unread=unread) for k, v in value.items()}
    if isinstance(value, list):
        return [_hidden_in(item, words, key, unread=unread) for item in value]
    return personal.mask(value, words, "path" if unread else key)


def snippet(text: str, marks: Sequence[Sequence[int]], words: Words) -> tuple[str, list[list[int]]]:
    """A cut text without personal data, and the marked spans that are still in it, moved along."""
    hidden = _hidden(text, words)
    made, moved = "", []
    at = 0
    for start, end, word in [*hidden, (len(text), len(text), "")]:
        for s, e in marks:
            if at <= s and e <= start:
                moved.append([s - at + len(made), e - at + len(made)])
        made += text[at:start] + word
        at = end
    return made, moved


def _hidden(text: str, words: Words) -> list[tuple[int, int, str]]:
    """Spans of ``text`` to be replaced; what is cut off at its edges is no part of it."""
    lead = 1 if text.startswith("…") else 0
    inner = text[lead:].removesuffix("…")
    return [(lead + begin, lead + end, word) for begin, end, word in personal.spans(inner, words)]


def line_json(record: str, unmasked: bool) -> bytes:
    """A record of the feed as it is stored, masked unless personal data may be seen."""
    return (record if unmasked else personal.masked_json(record)).encode("utf-8", "replace")


def masked_text(text: str, words: Mapping[str, Words], directive_id: str) -> str:
    """A text of a directive, masked."""
    masked: str = personal.mask(text, words.get(directive_id, ()))
    return masked
