"""Footnotes: small type at the foot of the page that begins with a mark or a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median
from typing import Final

from pipeline.recognise.pieces import Frame, Piece, rows_of

#: Raised figures are often read as other marks (``!`` for 1, ``?`` for 2), never as a dash.
_MARK: Final = re.compile(
    r"^([(\[]?(\d{1,2}|[*†‡¹²³⁴⁵⁶⁷⁸⁹]{1,3})[)\].:]?( |(?=[^\W\d]))"
    r"|[^\w\s(\[–—~+•-]{1,2} (?=[^\W\d]))"
)
#: Footnotes are set two points or more below the text: 10 or 11 on 13 or 14.
_SMALL: Final = 0.87
#: They stand below this share of the page.
_FOOT_SHARE: Final = 0.5
#: Fewer words than these tell nothing about the size of type.
_LEAST_WORDS: Final = 3
_LEAST_BODY: Final = 25


def take_footnotes(
    pieces: Sequence[Piece], frame: Frame, letters: float | None = None
) -> tuple[list[Piece], list[Piece]]:
    """The pieces without the footnotes below them, and the footnotes.

    ``letters`` is the height of the page's own type, measured by :func:`type_height`.
    """
    rows = rows_of(pieces)
    usual = type_height(rows) if letters is None else letters
    if usual is None:
        return list(pieces), []
    start = len(rows)
    while start > 0 and _is_small(rows[start - 1], usual):
        start -= 1
    # The small type may begin above the first mark: that is no footnote's.
    while start < len(rows) and not _MARK.match(rows[start][0].text):
        start += 1
    if start == len(rows) or rows[start][0].cy < _FOOT_SHARE * frame.aspect:
        return list(pieces), []
    notes = [p for row in rows[start:] for p in row]
    if sum(len(p.words) for p in notes) < _LEAST_WORDS:
        return list(pieces), []
    return [p for row in rows[:start] for p in row], notes


def type_height(rows: Sequence[Sequence[Piece]]) -> float | None:
    """The height of the letters of running text; ``None`` where there is too little of it."""
    heights = [h for row in rows for h in _heights(row)]
    return median(heights) if len(heights) >= _LEAST_BODY else None


def _heights(row: Sequence[Piece]) -> list[float]:
    """Heights of the words that are words: marks and dashes are lower than the type is."""
    return [
        w.bbox[3] - w.bbox[1]
        for p in row
        for w in p.words
        if w.bbox is not None and sum(c.isalpha() for c in w.text) >= 2
    ]


def _is_small(row: Sequence[Piece], usual: float) -> bool:
    heights = _heights(row)
    return bool(heights) and median(heights) < _SMALL * usual
