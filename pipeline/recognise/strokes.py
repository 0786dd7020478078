"""Marks of ink in a part of the page: how tall they are and whether they are a row of dots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from models.base import BBox
from models.text import Word

Grey = npt.NDArray[np.uint8]

#: Marks below this share of the line's height are dots and specks.
LEAST: Final = 0.45
#: Darker than this share of the paper is ink.
_INK: Final = 0.62


@dataclass(frozen=True)
class Mark:
    """A connected piece of ink: its middle and extent in pixels of the page."""

    x: float
    y: float
    width: float
    height: float


def letter_height(words: Sequence[Word]) -> float:
    """Height of the line's printed words, as a share of the page."""
    heights = [w.bbox[3] - w.bbox[1] for w in words if w.bbox and any(c.isalpha() for c in w.text)]
    return median(heights) if heights else 0.0


def marks_in(image: Grey, box: BBox, height: float) -> list[Mark]:
    """The ink between the left and right of ``box``, a line's height above and below it too."""
    rows, columns = image.shape[:2]
    x0, x1 = int(box[0] * columns) + 1, int(box[2] * columns) - 1
    y0, y1 = max(0, int((box[1] - height) * rows)), min(rows, int((box[3] + height) * rows))
    part = image[y0:y1, max(0, x0) : max(0, x1)]
    if part.size == 0 or part.shape[1] < 4:
        return []
    paper = float(np.percentile(part, 90))
    ink = (part < _INK * paper).astype(np.uint8)
    count, _, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    return [
        Mark(
            float(centres[n][0]) + x0,
            float(centres[n][1]) + y0,
            float(stats[n][cv2.CC_STAT_WIDTH]),
            float(stats[n][cv2.CC_STAT_HEIGHT]),
        )
        for n in range(1, count)
    ]


def tall_marks(image: Grey, box: BBox | None, height: float) -> list[float]:
    """Heights in pixels of the letter-sized marks in the box, left to right, whole if they reach
    out of it above or below.
    """
    if height <= 0 or box is None:
        return []
    rows = image.shape[0]
    middle = (box[1] + box[3]) / 2 * rows
    kept = [
        mark
        for mark in marks_in(image, box, height)
        if abs(mark.y - middle) < 0.9 * height * rows and mark.height >= LEAST * height * rows
    ]
    return [mark.height for mark in sorted(kept, key=lambda m: m.x)]
