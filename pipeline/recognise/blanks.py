"""Blanks of the body that somebody filled in: pen strokes on a dotted or ruled leader.

Engines make nothing regular of them ("số ....12..../QĐ" is read as "....J-/2..." or not at all), so
the text only says where to look: words of which the engine is unsure, and gaps that it left in a
line. What is a blank the image says: dots at one height and one pitch, or a rule, with ink as tall
as letters on it. An empty leader is no handwriting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from models.base import BBox
from models.text import Word
from pipeline.recognise.strokes import LEAST, Grey, Mark, letter_height, marks_in

#: A word at least as sure as this is print, unless it is made of leaders.
_SURE: Final = 0.75
#: A gap this many letter heights wide may hold something that was not read.
_GAP: Final = 1.2
#: A dot of a leader is no larger, and dots follow each other no further, in letter heights.
_DOT: Final = 0.3
_PITCH: Final = 0.7
#: So many dots in a row, one height and one pitch, are no accident; dots below letters never are.
_DOTS: Final = 5
#: A rule is at least so long and at most so thick, in letter heights.
_RULE: Final = (1.2, 0.2)
#: What is taller than this, in letter heights, is the border of a table.
_TALLEST: Final = 2.6
_LEADER: Final = re.compile(r"[.…_·]{4,}|…{2,}")


@dataclass(frozen=True)
class Blank:
    """Words ``start`` to ``end`` of a line stand in a blank (none may: nothing was read)."""

    start: int
    end: int
    bbox: BBox


def filled_blanks(words: Sequence[Word], image: Grey) -> Iterator[Blank]:
    """The blanks of a line that were filled in."""
    height = letter_height([word for word in words if not _is_doubtful(word)])
    if height <= 0:
        return
    rows, columns = image.shape[:2]
    em = height * rows
    for start, end in _spans(words, _GAP * em / columns):
        box = _box(words, start, end)
        if box is None or box[2] <= box[0]:
            continue
        marks = marks_in(image, box, height)
        middle = (box[1] + box[3]) / 2 * rows
        strokes = [
            mark
            for mark in marks
            if LEAST * em <= mark.height <= _TALLEST * em and abs(mark.y - middle) < 0.9 * em
        ]
        width = (box[2] - box[0]) * columns
        if strokes and (_has_rule(marks, em, middle, width) or _has_dots(marks, em, middle)):
            yield Blank(start, end, box)


def _is_doubtful(word: Word) -> bool:
    unsure = word.confidence is not None and word.confidence < _SURE
    mere_marks = not any(c.isalnum() for c in word.text)
    return unsure or mere_marks or _LEADER.search(word.text) is not None


def _spans(words: Sequence[Word], gap: float) -> Iterator[tuple[int, int]]:
    """Runs of doubtful words, and gaps between sure ones (start equals end)."""
    start: int | None = None
    for index, word in enumerate(words):
        if _is_doubtful(word):
            start = index if start is None else start
            continue
        if start is not None:
            yield start, index
            start = None
        elif index and _gap(words[index - 1], word) > gap:
            yield index, index
    if start is not None:
        yield start, len(words)


def _gap(left: Word, right: Word) -> float:
    if left.bbox is None or right.bbox is None:
        return 0.0
    return right.bbox[0] - left.bbox[2]


def _box(words: Sequence[Word], start: int, end: int) -> BBox | None:
    """From the sure word before to the sure word behind; as high as the line's sure words."""
    inside = [w.bbox for w in words[start:end] if w.bbox is not None]
    before = words[start - 1].bbox if start else None
    after = words[end].bbox if end < len(words) else None
    level = [b for b in (before, after) if b is not None] or inside
    if not level or (not inside and (before is None or after is None)):
        return None
    x0 = before[2] if before else inside[0][0]
    x1 = after[0] if after else inside[-1][2]
    return x0, min(b[1] for b in level), x1, max(b[3] for b in level)


def _low(marks: Sequence[Mark], em: float, middle: float) -> list[Mark]:
    return [mark for mark in marks if middle < mark.y < middle + em]


def _has_rule(marks: Sequence[Mark], em: float, middle: float, width: float) -> bool:
    """Whether there is a rule to write on; one from end to end is the border of a table."""
    longest, thickest = _RULE[0] * em, _RULE[1] * em
    return any(
        longest <= mark.width < width - 4 and mark.height <= thickest
        for mark in _low(marks, em, middle)
    )


def _has_dots(marks: Sequence[Mark], em: float, middle: float) -> bool:
    """Whether there are dots to write on."""
    low = _low(marks, em, middle)
    dots = sorted((m for m in low if max(m.width, m.height) <= _DOT * em), key=lambda m: m.x)
    run: list[Mark] = dots[:1]
    for before, dot in pairwise(dots):
        if dot.x - before.x > _PITCH * em or abs(dot.y - before.y) > 0.1 * em:
            run = []
        run.append(dot)
        if len(run) >= _DOTS and _is_even(run[-_DOTS:]):
            return True
    return False


def _is_even(dots: Sequence[Mark]) -> bool:
    steps = [b.x - a.x for a, b in pairwise(dots)]
    usual = median(steps)
    return all(abs(step - usual) <= 0.25 * usual + 1 for step in steps)
