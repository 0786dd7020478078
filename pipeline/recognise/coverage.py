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

from models.base import BBox
from pipeline.recognise.engine import EngineLine

_WORK_DPI: Final = 100.0

#: Letters in inches: height from and to, width from and to.
_LETTER: Final = (0.055, 0.25, 0.03, 0.8)
#: With fewer marks than this a share means nothing.
_MIN_MARKS: Final = 40
#: Marks nearer than this (inches, across and down) stand together, and so many make a region.
_TOGETHER: Final = (0.9, 0.7)
_LEAST_REGION: Final = 8


def uncovered_share(
    image: npt.NDArray[np.uint8], lines: Sequence[EngineLine], *, dpi: float
) -> float:
    """Share of the letter-sized marks of the page that lie in no word's box."""
    missed, count = _missed(image, lines, dpi)
    return len(missed) / count if count else 0.0


def unread_regions(
    image: npt.NDArray[np.uint8], lines: Sequence[EngineLine], *, dpi: float
) -> list[BBox]:
    """Where letter-sized marks that lie in no word's box stand together, the most of them first.

    An engine that takes a seal for a picture passes over the name beside it.
    """
    missed, _ = _missed(image, lines, dpi)
    height, width = image.shape[:2]
    inches_x, inches_y = width / dpi, height / dpi
    map_dpi = 20.0
    size = (max(1, round(inches_y * map_dpi)), max(1, round(inches_x * map_dpi)))
    spots = np.zeros(size, np.uint8)
    for x, y in missed:
        spots[min(int(y * size[0]), size[0] - 1), min(int(x * size[1]), size[1] - 1)] = 1
    reach = (round(_TOGETHER[0] * map_dpi) | 1, round(_TOGETHER[1] * map_dpi) | 1)
    joined = cv2.dilate(spots, np.ones((reach[1], reach[0]), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found: list[tuple[int, BBox]] = []
    for index in range(1, count):
        marks = int(spots[labels == index].sum())
        if marks >= _LEAST_REGION:
            x, y, w, h = (int(v) for v in stats[index, :4])
            box = (x / size[1], y / size[0], (x + w) / size[1], (y + h) / size[0])
            found.append((marks, box))
    return [box for _, box in sorted(found, key=lambda f: -f[0])]


def _missed(
    image: npt.NDArray[np.uint8], lines: Sequence[EngineLine], dpi: float
) -> tuple[list[tuple[float, float]], int]:
    """Letter-sized marks outside of all words, as places on the page, and how many there are."""
    factor = min(1.0, _WORK_DPI / dpi)
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    scale = dpi * factor
    _, ink = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    height, width = ink.shape[:2]
    count, _, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count <= _MIN_MARKS:
        return [], 0
    tall, wide = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    low, high, narrow, broad = (size * scale for size in _LETTER)
    where = centres[1:][(tall >= low) & (tall <= high) & (wide >= narrow) & (wide <= broad)]
    x, y = where[:, 0] / width, where[:, 1] / height
    inside = (x > 0.02) & (x < 0.98) & (y > 0.02) & (y < 0.98)
    x, y = x[inside], y[inside]
    if x.size < _MIN_MARKS:
        return [], 0
    covered = np.zeros((height, width), np.bool_)
    for line in lines:
        for word in line:
            if word.bbox is not None:
                x0, y0, x1, y1 = word.bbox
                rows = slice(int(y0 * height), int(y1 * height) + 1)
                covered[rows, int(x0 * width) : int(x1 * width) + 1] = True
    seen = covered[(y * height).astype(np.int64), (x * width).astype(np.int64)]
    return list(zip(x[~seen].tolist(), y[~seen].tolist(), strict=True)), int(x.size)
