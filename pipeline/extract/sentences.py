"""Sentences and clauses of the body, by offset."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract.grammar import UPPER, mostly_upper

#: A full stop after a letter, a year, a per cent sign or a closing bracket, before a capital or the
#: line's end; a semicolon; a blank line; a line that opens a list item.
_EDGE = re.compile(
    r"(?<=[^\W\d_])[.!?](?=\s+[^\W\d_a-z]|\s*\n|\s*$)"
    rf"|(?:(?<=\d{{4}})|(?<=[%)”\"]))\.(?=\s+[{UPPER}]|\s*\n|\s*$)"
    r"|[.!?](?=\s*\n\s*\n)|;(?=\s)|\n\s*\n"
    r"|\n(?=\s{0,3}(?:[-–+•]|\d{1,2}[.)]|[a-zđ]\))\s)"
)
_LIMIT = 3000
_LONGEST_HEADING = 120


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
    for at, stop, new_paragraph in sorted(_edges(text, start, end)):
        if at < position:
            continue
        _add(out, text, position, at, paragraph)
        position = stop
        if new_paragraph:
            paragraph = stop
    _add(out, text, position, end, paragraph)
    return out


def _edges(text: str, start: int, end: int) -> list[tuple[int, int, bool]]:
    """Where clauses end, where the next begin, and whether that begins a paragraph."""
    edges = [(m.start(), m.end(), "\n" in m[0]) for m in _EDGE.finditer(text, start, end)]
    position = start
    for line in text[start:end].split("\n"):
        # A heading in capitals is no part of the sentence under it.
        if 4 <= len(line) <= _LONGEST_HEADING and mostly_upper(line):
            edges.append((position, position, True))
            edges.append((position + len(line), position + len(line), True))
        position += len(line) + 1
    return edges


def _add(out: list[Sentence], text: str, start: int, end: int, paragraph: int) -> None:
    while start < end:
        stop = min(end, start + _LIMIT)
        body = text[start:stop]
        if body.strip():
            left = len(body) - len(body.lstrip())
            out.append(Sentence(start + left, start + len(body.rstrip()), paragraph))
        start = stop
