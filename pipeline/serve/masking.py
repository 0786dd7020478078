"""Records, rows and snippets as they may be shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel

from models import personal
from models.personal import Words
from pipeline.serve.answers import dumps
from pipeline.serve.ports import Holdings, Record

#: What a row is found by again.
_KEPT: Final = frozenset({"id", "directive_id", "resolved_id", "sha256", "cursor"})


def record_json(record: Record, unmasked: bool) -> bytes:
    """The contract, without its personal data unless that may be seen."""
    if unmasked or not record.personal:
        return record.json.encode("utf-8", "replace")
    return dumps(personal.masked_record(json.loads(record.json)))


def row_dicts(
    holdings: Holdings, rows: Sequence[BaseModel], owner: str | None, unmasked: bool
) -> list[dict[str, Any]]:
    """Rows as JSON; each masked by what is marked in the directive that ``owner`` names."""
    found = [row.model_dump(mode="json", by_alias=True) for row in rows]
    if unmasked or owner is None or not found:
        return found
    words = holdings.personal_words(list({row[owner] for row in found}))
    return [_masked(row, words.get(row[owner], ())) for row in found]


def _masked(row: dict[str, Any], words: Words) -> dict[str, Any]:
    if "snippet" in row and "marks" in row:
        row["snippet"], row["marks"] = snippet(row["snippet"], row["marks"], words)
    kept = _KEPT | {"snippet"}
    return {k: v if k in kept else personal.mask(v, words, k) for k, v in row.items()}


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


def masked_model(model: BaseModel) -> dict[str, Any]:
    """A record that comes as a model, masked."""
    return personal.masked_record(model.model_dump(mode="json", by_alias=True))


def masked_text(text: str, words: Mapping[str, Words], directive_id: str) -> str:
    """A text of a directive, masked."""
    masked: str = personal.mask(text, words.get(directive_id, ()))
    return masked
