"""A text as repair sees it: tokens judged by the guard, cut into units for the language model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.repair import codes, guard
from pipeline.repair.guard import Verdict
from pipeline.repair.lm import BOUNDARY, NUMBER, UNKNOWN
from pipeline.repair.tokens import Piece, ends_sentence, pieces


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token whatever its neighbours."""

    verdict: Verdict
    pieces: tuple[Piece, ...]
    ends: bool


@lru_cache(maxsize=65536)
def examine(token: str, foreign: bool = False) -> Token:
    """Judge and cut one token (cached: texts repeat themselves); see :func:`guard.judge`."""
    verdict = guard.judge(token, foreign=foreign)
    free = verdict in ("free", "mixed", "glued")
    return Token(
        verdict,
        tuple(pieces(token)) if free else (),
        ends_sentence(token) and verdict != "number",
    )


@dataclass(frozen=True, slots=True)
class Unit:
    """One position of the language model: a word, or a class that stands for a guarded token.

    ``piece`` is ``None`` for the classes; ``identifier`` is that of the class, or of the word as it
    stands (``UNKNOWN`` where the vocabulary lacks it). ``number`` is a number of one or two digits,
    which may have been a short word (``14`` for ``là``); ``closed``: a mark follows the piece.
    """

    line: int
    word: int
    piece: Piece | None
    identifier: int
    number: Piece | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """What the reader of a token knows of it: how sure it is, and what else it may be."""

    confidence: float | None = None
    alternatives: tuple[str, ...] = ()


#: By line and word, as in :class:`Unit`; plain text has none.
Hints = Mapping[tuple[int, int], Hint]

#: Between paragraphs: the language model looks two words back.
GAP = (Unit(-1, -1, None, BOUNDARY), Unit(-1, -1, None, BOUNDARY))


Lines = Sequence[Sequence[str]]


def units(
    lines: Lines, first: int, id_of: Callable[[str], int], *, foreign: bool = False
) -> Iterator[Unit]:
    """The units of a paragraph whose first line has the number ``first``."""
    for row, tokens in enumerate(lines, first):
        for column, raw in enumerate(tokens):
            token = examine(raw, foreign)
            if token.verdict in ("number", "glued"):
                short = len(raw) <= 2 and raw.isdecimal() and raw.isascii()
                yield Unit(row, column, None, NUMBER, Piece(raw, 0) if short else None)
            elif token.verdict == "code":
                name = codes.restore_in(raw, foreign=foreign).strip(".,;:()").lower()
                yield Unit(row, column, None, id_of(name))
            elif token.verdict == "address":
                yield Unit(row, column, None, UNKNOWN)
            for piece in token.pieces:
                closed = piece.end < len(raw)
                yield Unit(row, column, piece, id_of(piece.text.lower()), closed=closed)
            if token.ends:
                yield Unit(row, column, None, BOUNDARY)


def paragraphs(lines: Lines) -> Iterator[tuple[int, Lines]]:
    """Runs of lines without a blank line between them, with the number of their first line."""
    start = 0
    for row in range(len(lines) + 1):
        if row == len(lines) or not lines[row]:
            if row > start:
                yield start, lines[start:row]
            start = row + 1
