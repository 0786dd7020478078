"""Sentences and clauses of the body, by offset."""

from __future__ import annotations

import re
from dataclasses import dataclass

_EDGE = re.compile(
    r"(?<=[^\W\d_])[.!?](?=\s+[^\W\d_a-z]|\s*\n|\s*$)|[.!?](?=\s*\n\s*\n)|;(?=\s)|\n\s*\n"
    r"|\n(?=\s{0,3}(?:[-–+•]|\d{1,2}[.)]|[a-zđ]\))\s)"
)
_LIMIT = 3000


@dataclass(frozen=True, slots=True)
class Sentence:
    """A clause that ends with a full stop, a semicolon or a paragraph."""

    start: int
    end: int
    paragraph: int


def sentences(text: str, start: int, end: int) -> list[Sentence]:
    """Cut the text; a clause is never longer than some 3000 characters."""
    out: list[Sentence] = []
    position = start
    paragraph = start
    for match in _EDGE.finditer(text, start, end):
        _add(out, text, position, match.start(), paragraph)
        position = match.end()
        if "\n" in match[0]:
            paragraph = position
    _add(out, text, position, end, paragraph)
    return out


def _add(out: list[Sentence], text: str, start: int, end: int, paragraph: int) -> None:
    while start < end:
        stop = min(end, start + _LIMIT)
        body = text[start:stop]
        if body.strip():
            left = len(body) - len(body.lstrip())
            out.append(Sentence(start + left, start + len(body.rstrip()), paragraph))
        start = stop
