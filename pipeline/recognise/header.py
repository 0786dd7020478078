"""The two-column head of a document: issuer and number left, national title and date right.

Decree 30/2020/NĐ-CP puts them side by side, and an engine reads straight across. The national title
(or the Party's) is the anchor: it is printed in capitals, always the same, on the right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from pipeline.recognise.pieces import COLUMN_GAP, Frame, Piece, gaps, rows_of

_TITLES: Final = ("cong hoa xa hoi chu nghia viet nam", "dang cong san viet nam")
_TITLE_SCORE: Final = 78.0
_MOTTO: Final = "doc lap - tu do - hanh phuc"
_ADDRESS: Final = re.compile(r"\W{0,2}kinh (gui|trinh)\b")
_DATE: Final = re.compile(r"ngay.*thang|thang.*nam\b|ngay.*\bnam\b")

#: The head begins in this upper share of the page; a page may carry the head of an annex.
_TOP_SHARE: Final = 0.45


@dataclass(frozen=True)
class Columns:
    """Two columns, and what of the page is neither.

    ``left_signs``: at the foot, someone signs on the left too, instead of the list.
    """

    left: list[Piece]
    right: list[Piece]
    rest: list[Piece]
    left_signs: bool = False


def find_header(pieces: Sequence[Piece], frame: Frame) -> Columns | None:
    """The head of the page, or ``None`` where the page has none in two columns."""
    found = _find_title(pieces, frame)
    if found is None:
        return None
    index, title, before = found
    others = [part for i, p in enumerate(pieces) if i != index for part in frame.columns(p)]
    em = frame.em
    beside = [
        p
        for p in (*before, *others)
        if p.x1 <= title.x0 and title.y0 - 2.5 * em < p.cy < title.y1 + 3.5 * em
    ]
    if not beside and title.cx < 0.58:
        return None  # the title stands alone in the middle: one column
    gutter = (max((p.x1 for p in beside), default=title.x0 - em) + title.x0) / 2
    middle = max(beside, key=lambda p: p.width).cx if beside else gutter / 2
    parts = [
        *before,
        *(part for i, p in enumerate(pieces) if i != index for part in _halves(p, gutter, frame)),
    ]
    return _Walk(title, gutter, middle, frame).down(parts)


def _find_title(pieces: Sequence[Piece], frame: Frame) -> tuple[int, Piece, list[Piece]] | None:
    """Index of the line with the national title, the title, and what stands left of it."""
    for index, piece in enumerate(pieces):
        if piece.cy > _TOP_SHARE * frame.aspect:
            continue
        start = _title_start(piece)
        if start is None:
            continue
        cut = frame.cut(piece, [start])
        title, before = cut[-1], cut[:-1]
        if title.x0 > 0.3:
            return index, title, before
    return None


def _title_start(piece: Piece) -> int | None:
    """The word with which a national title begins in ``piece``."""
    folded = piece.folded
    if len(folded) < 12:
        return None
    for title in _TITLES:
        if len(folded) <= len(title):
            if fuzz.ratio(folded, title) >= _TITLE_SCORE:
                return 0
            continue
        match = fuzz.partial_ratio_alignment(title, folded, score_cutoff=_TITLE_SCORE)
        if match is None:
            continue
        position = 0
        starts = []
        for word in piece.words:
            starts.append(position)
            position += len(word.text) + 1
        return min(range(len(starts)), key=lambda i: abs(starts[i] - match.dest_start))
    return None


def _halves(piece: Piece, gutter: float, frame: Frame) -> list[Piece]:
    """``piece`` cut at the gutter, if a wide blank lies there.

    Blanks left for a handwritten day or number are as wide, so that only the blank nearest to the
    gutter counts. A number and a date may stand closer together than other columns.
    """
    em = frame.em
    close = piece.folded.startswith("so") and _DATE.search(piece.folded)
    limit = (0.6 if close else COLUMN_GAP) * em
    best: tuple[float, int] | None = None
    for index, gap in enumerate(gaps(piece), 1):
        box = piece.words[index].bbox
        if gap < limit or box is None:
            continue
        away = max(0.0, box[0] - gap - gutter, gutter - box[0])
        if away < 5 * em and (best is None or away < best[0]):
            best = (away, index)
    return frame.cut(piece, [best[1]]) if best else [piece]


class _Walk:
    """Down from the title, row by row, until something belongs to neither column."""

    def __init__(self, title: Piece, gutter: float, middle: float, frame: Frame) -> None:
        self.title = title
        self.gutter = gutter
        self.middle = middle
        self.em = frame.em
        self.left: list[Piece] = []
        self.right: list[Piece] = [title]
        self.left_end = self.right_end = title.y1
        self.dated = self.right_done = self.ended = False

    def down(self, parts: Sequence[Piece]) -> Columns:
        rest = [p for p in parts if p.cy < self.title.y0 - 2.0 * self.em]
        rows = rows_of(p for p in parts if p.cy >= self.title.y0 - 2.0 * self.em)
        for number, row in enumerate(rows):
            refused = self._take(row)
            if refused:
                rest += refused
                below = any(p.cy > self.title.y1 for p in refused)
                if self.ended or (below and not self._left_goes_on(refused)):
                    rest += [p for later in rows[number + 1 :] for p in later]
                    break
        return Columns(self.left, self.right, rest)

    def _left_goes_on(self, refused: list[Piece]) -> bool:
        """Only the right column has ended: a subject may go on under the number on the left."""
        return all(p.x0 > self.gutter for p in refused) and self.right_done

    def _take(self, row: list[Piece]) -> list[Piece]:
        """Take what of the row belongs to the head; what does not comes back."""
        reach = 0.5 * self.em
        if any(_ADDRESS.match(p.folded) for p in row if p.y0 > self.title.y1):
            # "Kính gửi" may stand under the left column; the head ends above it.
            self.right_done = self.ended = True
            return row
        left = [p for p in row if p.x1 <= self.gutter + reach and p.cx < self.gutter]
        right = [p for p in row if p not in left]
        refused: list[Piece] = []
        if left:
            middle = (left[0].x0 + left[-1].x1) / 2
            near = left[0].y0 - self.left_end < 3.5 * self.em
            if near and abs(middle - self.middle) < 0.12:
                self.left += left
                self.left_end = max(self.left_end, *(p.y1 for p in left))
            else:
                refused += left
        if right and max(p.cy for p in right) < self.title.y0:
            refused += right  # above the title: nothing of the head, but its end neither
        elif right and not self._take_right(right):
            refused += right
        return refused

    def _take_right(self, row: list[Piece]) -> bool:
        x0, x1 = row[0].x0, row[-1].x1
        text = " ".join(p.folded for p in row)
        is_date = bool(_DATE.search(text))
        known = is_date or fuzz.ratio(text, _MOTTO) > 70
        starts = self.gutter - (0.12 if known else 0.5 * self.em)
        aligned = known or abs((x0 + x1) / 2 - self.title.cx) < 0.1
        # The date stands beside the number, and the names of two offices may stand above that.
        end = max(self.right_end, self.left_end) if is_date else self.right_end
        near = row[0].y0 - end < 3.5 * self.em
        if self.right_done or x0 < starts or not aligned or not near or (self.dated and not known):
            self.right_done = True
            return False
        self.right += row
        self.right_end = max(self.right_end, *(p.y1 for p in row))
        self.dated = self.dated or is_date
        return True
