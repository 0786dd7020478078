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

#: What a row is found by again; names of files stand in records as they are, too.
_KEPT: Final = frozenset({"id", "directive_id", "resolved_id", "path", "sha256", "cursor"})
#: So much of a number's beginning or end, cut off by a snippet's edge, is masked too.
_SHORTEST: Final = 4


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
    if not words:
        return row
    if "snippet" in row and "marks" in row:
        row["snippet"], row["marks"] = snippet(row["snippet"], row["marks"], words)
    kept = _KEPT | {"snippet"}
    return {k: v if k in kept else personal.mask(v, words) for k, v in row.items()}


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
    """Spans of ``text`` to be replaced, from left to right, none inside another."""
    spans: list[tuple[int, int, str]] = []
    inner_start = 1 if text.startswith("…") else 0
    inner_end = len(text) - (1 if text.endswith("…") else 0)
    for private, word in words:
        private = " ".join(private.split())
        start = text.find(private)
        while private and start != -1:
            spans.append((start, start + len(private), word))
            start = text.find(private, start + len(private))
        for count in range(len(private) - 1, _SHORTEST - 1, -1):
            if inner_start and text.startswith(private[-count:], inner_start):
                spans.append((inner_start, inner_start + count, word))
                break
        for count in range(len(private) - 1, _SHORTEST - 1, -1):
            if inner_end < len(text) and text.endswith(private[:count], 0, inner_end):
                spans.append((inner_end - count, inner_end, word))
                break
    kept: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda s: (s[0], -s[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def masked_model(model: BaseModel) -> dict[str, Any]:
    """A record that comes as a model, masked."""
    return personal.masked_record(model.model_dump(mode="json", by_alias=True))


def masked_text(text: str, words: Mapping[str, Words], directive_id: str) -> str:
    """A text of a directive, masked."""
    masked: str = personal.mask(text, words.get(directive_id, ()))
    return masked
