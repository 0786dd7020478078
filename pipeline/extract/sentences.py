"""Sentences and clauses of the body, by offset."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract.grammar import UPPER, mostly_upper

#: A full stop before a capital, an opening quote or bracket, or the line's end; one behind which a
#: quotation closes; a semicolon; a blank line; a line that opens a list item. What stands before
#: the stop decides whether it ends a sentence (:func:`_ends`).
_EDGE = re.compile(
    rf"(?<=[^\W_])[.!?](?=\s+[^\W\d_a-z]|\s+[“(\"][{UPPER}]|\s*\n|\s*$)"
    rf"|(?<=[%)”\"])[.!?](?=\s+[{UPPER}]|\s*\n|\s*$)"
    rf"|(?<=[.!?][”\"])(?=\s+[{UPPER}]|\s*\n)"
    r"|[.!?](?=\s*\n\s*\n)|;(?=\s)|\n\s*\n"
    r"|\n(?=\s{0,3}(?:[-–+•]|\d{1,2}[.)]|[a-zđ]\))\s)"
)
#: "1.", "5.2.", "IV." at the head of a line open what follows; so do "Điều 5." and "Câu số 18.".
_OPENS = re.compile(
    r"(?:^|\n)[\s#*_“\"]*(?:(?:\d{1,3}\.)*\d{1,3}|[IVXLC]{1,6})$"
    r"|(?:[Đđ]iều|[Kk]hoản|[Mm]ục|[Cc]hương|[Pp]hần|[Cc]âu|[Pp]hụ lục|[Bb]ảng|[Ss]ố)(?:\s+số)?\s+"
    r"(?:\d{1,3}|[IVX]{1,5})$"
)
#: Titles and places that bear a full stop before a name: "TP. Cà Mau", "PGS.TS. Lê Văn A".
_ABBREVIATED = re.compile(
    r"(?<!\w)(?:TP|Tp|TX|Tx|TT|Tt|P|Q|H|GS|PGS|TS|ThS|Ths|BS|KS|CN|LS|NGƯT|NGND|St|Mr|Ms)$"
)
_BEFORE = 40
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
    edges = [
        (m.start(), m.end(), "\n" in m[0])
        for m in _EDGE.finditer(text, start, end)
        if _ends(text, m, start)
    ]
    position = start
    for line in text[start:end].split("\n"):
        # A heading in capitals is no part of the sentence under it.
        if 4 <= len(line) <= _LONGEST_HEADING and mostly_upper(line):
            edges.append((position, position, True))
            edges.append((position + len(line), position + len(line), True))
        position += len(line) + 1
    return edges


def _ends(text: str, edge: re.Match[str], start: int) -> bool:
    """Whether a stop ends a sentence, by what stands before it."""
    if edge[0] != ".":
        return True
    before = text[max(start, edge.start() - _BEFORE) : edge.start()]
    if start >= edge.start() - _BEFORE:
        before = f"\n{before}"
    if _OPENS.search(before):
        return False
    return "\n" in text[edge.end() : edge.end() + 2] or not _ABBREVIATED.search(before)


def _add(out: list[Sentence], text: str, start: int, end: int, paragraph: int) -> None:
    while start < end:
        stop = min(end, start + _LIMIT)
        body = text[start:stop]
        if body.strip():
            left = len(body) - len(body.lstrip())
            out.append(Sentence(start + left, start + len(body.rstrip()), paragraph))
        start = stop
