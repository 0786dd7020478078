"""Did the engine pass over print? Letter-sized ink outside of every word's box tells.

Layout analysis sometimes drops whole lines without a word (on a page that lies two degrees askew it
has dropped half of them). On pages read in full less than one mark in a hundred is left uncovered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.recognise.engine import EngineLine

_WORK_DPI: Final = 100.0

#: Letters in inches: height from and to, width from and to.
_LETTER: Final = (0.055, 0.25, 0.03, 0.8)
#: With fewer marks than this a share means nothing.
_MIN_MARKS: Final = 40


def uncovered_share(
    image: npt.NDArray[np.uint8], lines: Sequence[EngineLine], *, dpi: float
) -> float:
    """Share of the letter-sized marks of the page that lie in no word's box."""
    factor = min(1.0, _WORK_DPI / dpi)
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    scale = dpi * factor
    _, ink = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    height, width = ink.shape[:2]
    count, _, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count <= _MIN_MARKS:
        return 0.0
    tall, wide = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    low, high, narrow, broad = (size * scale for size in _LETTER)
    where = centres[1:][(tall >= low) & (tall <= high) & (wide >= narrow) & (wide <= broad)]
    x, y = where[:, 0] / width, where[:, 1] / height
    inside = (x > 0.02) & (x < 0.98) & (y > 0.02) & (y < 0.98)
    x, y = x[inside], y[inside]
    if x.size < _MIN_MARKS:
        return 0.0
    covered = np.zeros((height, width), np.bool_)
    for line in lines:
        for word in line:
            if word.bbox is not None:
                x0, y0, x1, y1 = word.bbox
                rows = slice(int(y0 * height), int(y1 * height) + 1)
                covered[rows, int(x0 * width) : int(x1 * width) + 1] = True
    seen = covered[(y * height).astype(np.int64), (x * width).astype(np.int64)]
    return float(1.0 - seen.mean())
