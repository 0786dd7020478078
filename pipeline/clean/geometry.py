"""Which way up a page lies, and how far its lines slope. Measured on a small bilevel copy."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clean.quality import Grey

Rotation = Literal[0, 90, 180, 270]

#: Fewer edge points than this (a blank page, a lone seal) say nothing about direction.
_MIN_POINTS: Final = 400
_COARSE_STEP: Final = 0.5
_FINE_STEP: Final = 0.05
#: A slope must make the lines this much sharper than no slope before it is believed.
_MIN_GAIN: Final = 1.03
#: Lines across must be this much sharper than lines along before a page is taken to lie sideways.
_SIDEWAYS_RATIO: Final = 1.6
#: Marks under letters over marks above them, and how many, before a page is turned on its head.
_UPSIDE_DOWN_RATIO: Final = 2.0
_UPSIDE_DOWN_MARKS: Final = 20


class Direction(NamedTuple):
    """The clockwise quarter turn that sets the page upright, and the slope left after it."""

    rotation: Rotation
    skew_degrees: float


def ink_mask(small: Grey) -> Grey:
    """255 where there is ink; the border, where scanners leave shadows, is left out."""
    _, mask = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    mask = np.asarray(mask, dtype=np.uint8).copy()
    height, width = mask.shape
    rows, columns = max(2, height // 50), max(2, width // 50)
    mask[:rows] = mask[-rows:] = 0
    mask[:, :columns] = mask[:, -columns:] = 0
    return mask


def letters_only(mask: Grey, dpi: float) -> Grey:
    """``mask`` without marks far larger than letters: rules, frames, signatures, shadows."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    tall = stats[:, cv2.CC_STAT_HEIGHT] > 0.35 * dpi
    wide = stats[:, cv2.CC_STAT_WIDTH] > 1.2 * dpi
    keep = ~(tall | wide)
    keep[0] = False
    if count <= 1:
        return mask
    return np.where(keep[labels], np.uint8(255), np.uint8(0))


def find_direction(mask: Grey, dpi: float, *, max_degrees: float) -> Direction:
    """Rotation and slope of the text in ``mask`` (see :func:`letters_only`)."""
    upright, skew = _best_slope(mask, max_degrees)
    if upright == 0.0:
        return Direction(0, 0.0)
    turned = np.asarray(cv2.rotate(mask, cv2.ROTATE_90_CLOCKWISE), dtype=np.uint8)
    sideways, side_skew = _best_slope(turned, max_degrees)
    if sideways > _SIDEWAYS_RATIO * upright:
        above, below = marks_above_and_below(turned, dpi)
        # Without marks enough to tell head from foot the page is left as it lies.
        if above + below < _UPSIDE_DOWN_MARKS:
            return Direction(0, 0.0)
        return Direction(270 if below > above else 90, side_skew)
    above, below = marks_above_and_below(mask, dpi)
    if below >= _UPSIDE_DOWN_MARKS and below > _UPSIDE_DOWN_RATIO * above:
        return Direction(180, skew)
    return Direction(0, skew)


def _best_slope(mask: Grey, max_degrees: float) -> tuple[float, float]:
    """How sharp the lines are at their best slope, and that slope in degrees."""
    # The lower edges of letters: most of them stand on the baseline.
    edges = mask.copy()
    edges[:-1] &= ~mask[1:]
    ys, xs = np.nonzero(edges)
    if ys.size < _MIN_POINTS:
        return 0.0, 0.0
    y, x = ys.astype(np.float32), xs.astype(np.float32)

    def sharpness(degrees: float) -> float:
        return _sharpness(y - x * np.float32(np.tan(np.radians(degrees))), mask.shape)

    # A little beyond the limit, so that a page outside of it is seen to be outside.
    reach = max_degrees + 2.0
    coarse = np.arange(-reach, reach + _COARSE_STEP / 2, _COARSE_STEP)
    best = max(coarse, key=sharpness)
    fine = best + np.arange(-_COARSE_STEP, _COARSE_STEP + _FINE_STEP / 2, _FINE_STEP)
    best = max(fine, key=sharpness)
    level, score = sharpness(0.0), sharpness(float(best))
    if score < _MIN_GAIN * level:
        return level, 0.0
    return score, round(float(best), 2)


def _sharpness(rows: npt.NDArray[np.float32], shape: tuple[int, ...]) -> float:
    """Mean square of the row counts over the square of their mean: high where lines are sharp."""
    margin = shape[1] // 4
    counts = np.bincount(
        np.clip(rows + margin, 0, shape[0] + 2 * margin).astype(np.int32),
        minlength=shape[0],
    ).astype(np.float64)
    return float((counts**2).sum() / rows.size**2 * shape[0])


def marks_above_and_below(mask: Grey, dpi: float) -> tuple[int, int]:
    """How many small marks stand over letters, and how many under them.

    Vietnamese writes nearly all of its marks above the letters (and the dots of i and j); only the
    dot of the heavy tone stands below. On all pages seen, upright ones show three times as many
    above as below, or more.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    boxes = stats[1:]
    width, height = boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]
    letter = (height >= 0.055 * dpi) & (height < 0.3 * dpi)
    small = (height < 0.055 * dpi) & (width < 0.12 * dpi) & (height * width >= 3)
    letters = np.zeros(mask.shape, np.bool_)
    for x, y, w, h, _ in boxes[letter]:
        letters[y : y + h, x : x + w] = True
    reach = max(2, round(0.05 * dpi))
    above = below = 0
    for x, y, w, h, _ in boxes[small]:
        middle = x + w // 2
        over = bool(letters[y + h : y + h + reach, middle].any())
        under = bool(letters[max(0, y - reach) : y, middle].any())
        above += over and not under
        below += under and not over
    return above, below
