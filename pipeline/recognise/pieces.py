"""Pieces of lines and the page's own measure: the geometry that reading order works with.

Boxes come in fractions of the page; here both axes are in page widths, so that heights and gaps
can be compared, and the slope of the lines is taken out, so that rows are rows on a skewed page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from models.base import BBox
from models.text import Line, Word
from models.vietnamese import fold

#: Height over width where the page's size is not known.
A4_ASPECT: Final = 842 / 595

#: A blank wider than this many letter heights parts columns; justified lines stay well below.
COLUMN_GAP: Final = 1.2


@dataclass(frozen=True, eq=False)
class Piece:
    """Neighbouring words of one line, with their box in page widths, levelled."""

    words: tuple[Word, ...]
    x0: float
    y0: float
    x1: float
    y1: float
    order: int

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def folded(self) -> str:
        return fold(self.text)

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def cx(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def cy(self) -> float:
        return (self.y0 + self.y1) / 2

    def beside(self, other: Piece) -> bool:
        """Whether both stand in one row: the middle of the flatter lies within the other."""
        small, large = sorted((self, other), key=lambda p: p.y1 - p.y0)
        return large.y0 <= small.cy <= large.y1


@dataclass(frozen=True)
class Frame:
    """The page's measure: its shape, the slope of its lines and the height of its letters."""

    aspect: float
    slope: float
    em: float

    @classmethod
    def of(cls, lines: Sequence[Sequence[Word]], aspect: float) -> Frame:
        """Measured from the lines as the reader grouped them."""
        heights: list[float] = []
        slopes: list[float] = []
        for line in lines:
            boxes = [word.bbox for word in line if word.bbox is not None]
            heights.extend((b[3] - b[1]) * aspect for b in boxes if b[2] - b[0] > 0.01)
            if len(boxes) >= 5 and boxes[-1][0] - boxes[0][0] > 0.3:
                rise = (_mid(boxes[-1]) - _mid(boxes[0])) * aspect
                slopes.append(rise / (boxes[-1][0] - boxes[0][0]))
        slope = median(slopes) if len(slopes) >= 3 else 0.0
        em = median(heights) if heights else 0.02
        return cls(aspect, slope if abs(slope) > 0.002 else 0.0, max(em, 0.004))

    def piece(self, words: Sequence[Word], order: int) -> Piece:
        """A piece of words that all have boxes.

        Its top and bottom are those of its middling word: one tall scrawl moves no line.
        """
        boxes = [word.bbox for word in words if word.bbox is not None]
        falls = [self.slope * ((b[0] + b[2]) / 2 - 0.5) for b in boxes]
        aside = self.slope * (_mid(boxes[0]) - 0.5) * self.aspect
        return Piece(
            tuple(words),
            min(b[0] for b in boxes) + aside,
            median(b[1] * self.aspect - f for b, f in zip(boxes, falls, strict=True)),
            max(b[2] for b in boxes) + aside,
            median(b[3] * self.aspect - f for b, f in zip(boxes, falls, strict=True)),
            order,
        )

    def cut(self, piece: Piece, starts: Iterable[int]) -> list[Piece]:
        """``piece`` cut before each of the words ``starts``."""
        edges = sorted({0, len(piece.words), *(s for s in starts if 0 < s < len(piece.words))})
        return [self.piece(piece.words[a:b], piece.order) for a, b in pairwise(edges)]

    def columns(self, piece: Piece) -> list[Piece]:
        """``piece`` cut at blanks that are too wide for a line of text."""
        limit = COLUMN_GAP * self.em
        return self.cut(piece, (i for i, gap in enumerate(gaps(piece), 1) if gap >= limit))


def gaps(piece: Piece) -> list[float]:
    """The blank before each word but the first, in page widths."""
    boxes = [word.bbox for word in piece.words if word.bbox is not None]
    return [b[0] - a[2] for a, b in pairwise(boxes)]


def rows_of(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces gathered into rows, top to bottom, each left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (p.cy, p.x0, p.order)):
        if rows and _fits(piece, rows[-1]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: (p.x0, p.order)) for row in rows]


def _fits(piece: Piece, row: list[Piece]) -> bool:
    """Whether ``piece`` stands beside all of ``row`` and over none of it."""
    return all(piece.beside(p) and min(piece.x1, p.x1) - max(piece.x0, p.x0) < 0.01 for p in row)


def line_of(pieces: Sequence[Piece]) -> Line:
    """One line of the pieces of a row."""
    return Line(words=tuple(word for piece in pieces for word in piece.words))


def lines_of(pieces: Iterable[Piece]) -> tuple[Line, ...]:
    """The rows of ``pieces`` as lines."""
    return tuple(line_of(row) for row in rows_of(pieces))


def _mid(box: BBox) -> float:
    return (box[1] + box[3]) / 2
