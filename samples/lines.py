"""Words, lines and pages: what layout makes, press prints and truth is read from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from samples import fonts


@dataclass(frozen=True)
class Piece:
    """A run of text in one face. ``hand`` pieces are left blank for the pen; ``glued`` pieces
    follow the one before without a blank."""

    text: str
    font: str
    size: float
    x: float = 0.0
    hand: bool = False
    glued: bool = False
    fixed: float | None = None

    @property
    def width(self) -> float:
        return (
            self.fixed if self.fixed is not None else fonts.width(self.text, self.font, self.size)
        )


@dataclass(frozen=True)
class Line:
    """A printed line; ``y`` is its baseline, measured down from the top of the page."""

    y: float
    pieces: tuple[Piece, ...]
    role: str

    @property
    def text(self) -> str:
        words = "".join(p.text if p.glued else f" {p.text}" for p in self.pieces)
        return words.strip()

    @property
    def x0(self) -> float:
        return self.pieces[0].x

    @property
    def x1(self) -> float:
        return self.pieces[-1].x + self.pieces[-1].width


@dataclass
class Page:
    """A page: its lines in reading order, ruled lines, and places for ink (in points)."""

    lines: list[Line] = field(default_factory=list)
    rules: list[tuple[float, float, float]] = field(default_factory=list)
    marks: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def text(self) -> list[str]:
        return [line.text for line in self.lines]

    def hands(self) -> list[tuple[str, Line, Piece]]:
        return [(line.role, line, p) for line in self.lines for p in line.pieces if p.hand]


def styled(text: str, size: float, bold: bool = False, italic: bool = False) -> list[Piece]:
    """Words of ``text``, with ``**`` and ``*`` switching bold and italic on and off."""
    pieces: list[Piece] = []
    blank = True
    for bit in re.findall(r"\*\*|\*| +|[^* ]+", text):
        if bit == "**":
            bold = not bold
        elif bit == "*":
            italic = not italic
        elif bit[0] == " ":
            blank = True
        else:
            font = fonts.face(bold, italic)
            pieces.append(Piece(bit, font, size, glued=not blank))
            blank = False
    return pieces


def words_of(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces grouped into words that must not be broken."""
    words: list[list[Piece]] = []
    for piece in pieces:
        if piece.glued and words:
            words[-1].append(piece)
        else:
            words.append([piece])
    return words


def word_width(word: list[Piece]) -> float:
    return sum(p.width for p in word)


def wrap(pieces: list[Piece], room: float, first: float = 0.0) -> list[list[list[Piece]]]:
    """Break words into lines no wider than ``room``; the first is ``first`` narrower."""
    rows: list[list[list[Piece]]] = [[]]
    used = first
    for word in words_of(pieces):
        blank = fonts.width(" ", word[0].font, word[0].size)
        need = word_width(word) + (blank if rows[-1] else 0.0)
        if rows[-1] and used + need > room:
            rows.append([])
            used, need = 0.0, word_width(word)
        rows[-1].append(word)
        used += need
    return rows


def balanced(pieces: list[Piece], room: float) -> list[list[list[Piece]]]:
    """As few lines as ``wrap`` makes, of near equal length: how headings are broken by hand."""
    rows = wrap(pieces, room)
    while room > 40 and len(rows) > 1:
        room -= 4
        tighter = wrap(pieces, room)
        if len(tighter) > len(rows) or any(word_width(w) > room for w in words_of(pieces)):
            break
        rows = tighter
    return rows


def place(row: list[list[Piece]], x: float, room: float, align: str) -> tuple[Piece, ...]:
    """Give each piece its x: ``left``, ``centre`` or ``justify`` within ``room``."""
    blank = fonts.width(" ", row[0][0].font, row[0][0].size)
    natural = sum(word_width(w) for w in row)
    if align == "justify" and len(row) > 1:
        blank = (room - natural) / (len(row) - 1)
    if align == "centre":
        x += (room - natural - blank * (len(row) - 1)) / 2
    out: list[Piece] = []
    for word in row:
        for piece in word:
            out.append(replace(piece, x=x))
            x += piece.width
        x += blank
    return tuple(out)
