"""Which way up a page lies, and how far its lines slope. Measured on a small bilevel copy.

A wrong turn loses a page that would have been read, so no page is turned on one witness. Sideways:
its lines must be sharper across, *and* letters must stand in columns. On its head: letters must
hang from a common line instead of standing on one, *and* more marks must lie under them than over.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clean.quality import Grey, paper_light

Rotation = Literal[0, 90, 180, 270]
_Boxes = npt.NDArray[np.float32]

#: Fewer edge points than this (a blank page, a lone seal) say nothing about direction.
_MIN_POINTS: Final = 400
_COARSE_STEP: Final = 0.5
_FINE_STEP: Final = 0.05
#: A slope must make the lines this much sharper than no slope before it is believed.
_MIN_GAIN: Final = 1.03
#: Lines across must be this much sharper than lines along before a page is taken to lie sideways.
#: Upright pages were seen between 1.7 (a few lines) and 16, the other way about.
_SIDEWAYS_RATIO: Final = 1.3
#: Letters with their neighbour above or below over such with one beside them. Upright pages were
#: seen at 1:4 and clearer.
_COLUMN_RATIO: Final = 2.0
#: Fewer letters than this tell neither head from foot nor lines from columns.
_MIN_LETTERS: Final = 40
#: How well letters stand on a line over how well they hang from one. Upright pages were seen from
#: 1.2 up, pages on their head up to 0.85.
_HANGING: Final = 0.9
_SAMPLE: Final = 300


_TURNS: Final[dict[Rotation, int]] = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


class Direction(NamedTuple):
    """The clockwise quarter turn that sets the page upright, and the slope left after it."""

    rotation: Rotation
    skew_degrees: float


def turned(image: Grey, rotation: Rotation) -> Grey:
    """``image`` after a clockwise quarter turn."""
    return np.asarray(cv2.rotate(image, _TURNS[rotation]), np.uint8) if rotation else image


def ink_mask(small: Grey, dpi: float) -> Grey:
    """255 where there is ink; the border, where scanners leave shadows, is left out.

    Uneven light is divided out first: a page that is dark towards one side is no inked half page.
    """
    flat = cv2.divide(small, np.maximum(paper_light(small, dpi), 40), scale=255)
    _, mask = cv2.threshold(flat, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
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
    letters = letter_boxes(mask, dpi)
    beside, stacked = neighbours(letters, dpi)
    if len(letters) >= _MIN_LETTERS and stacked > _COLUMN_RATIO * beside:
        across = turned(mask, 90)
        sideways, side_skew = _best_slope(across, max_degrees)
        if sideways < _SIDEWAYS_RATIO * upright:
            return Direction(0, skew)
        head = head_up(across, dpi, side_skew)
        # Where head cannot be told from foot the page is left as it lies.
        return Direction(0, 0.0) if head == 0 else Direction(90 if head > 0 else 270, side_skew)
    return Direction(180 if head_up(mask, dpi, skew) < 0 else 0, skew)


def head_up(mask: Grey, dpi: float, skew: float) -> int:
    """1: the text stands upright, -1: on its head, 0: the witnesses are few or differ."""
    letters = letter_boxes(mask, dpi)
    if len(letters) < _MIN_LETTERS:
        return 0
    footing = standing(letters, dpi, skew)
    above, below = marks_above_and_below(mask, dpi)
    if footing < _HANGING and below > above:
        return -1
    return 1 if footing > 1 / _HANGING and above > below else 0


def letter_boxes(mask: Grey, dpi: float) -> _Boxes:
    """Marks of a letter's size, however the page lies: x, y, width, height."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    boxes = stats[1:, :4].astype(np.float32)
    small, large = np.sort(boxes[:, 2:], axis=1).T
    fits = (large >= 0.055 * dpi) & (large < 1.2 * dpi) & (small >= 0.02 * dpi)
    return np.asarray(boxes[fits & (small <= 0.3 * dpi)], dtype=np.float32)


def neighbours(letters: _Boxes, dpi: float) -> tuple[int, int]:
    """How many letters have their nearest neighbour beside them, and how many over or under."""
    low, high = letters[:, :2], letters[:, :2] + letters[:, 2:]
    some = _sample(len(letters))
    # How far two boxes are apart in x and in y; negative where they overlap.
    apart = np.maximum(low[some, None], low[None]) - np.minimum(high[some, None], high[None])
    smaller = np.minimum(letters[some, None, 2:], letters[None, :, 2:])
    facing = apart < -0.5 * smaller
    facing[np.arange(len(some)), some] = False
    gaps = np.where(facing[:, :, ::-1], np.maximum(apart, 0), np.inf).min(axis=1, initial=np.inf)
    near = gaps.min(axis=1) < 0.15 * dpi
    beside, stacked = gaps[:, 0], gaps[:, 1]
    return int((near & (beside < stacked)).sum()), int((near & (stacked < beside)).sum())


def standing(letters: _Boxes, dpi: float, skew: float) -> float:
    """How well the letters stand on common lines, over how well they hang from common lines.

    Latin letters stand on the baseline (few go below it) and end above at three heights. Unlike
    the marks this holds for figures and for worn print whose marks are lost.
    """
    middles = (letters[:, 0] + letters[:, 2] / 2) * np.float32(np.tan(np.radians(skew)))
    some = _sample(len(letters))

    def aligned(ends: npt.NDArray[np.floating]) -> float:
        apart = np.abs(ends[some, None] - ends[None])
        level = int(np.count_nonzero(apart <= 0.01 * dpi)) - len(some)
        near = int(np.count_nonzero(apart < 0.08 * dpi)) - len(some)
        return level / max(1, near)

    feet = aligned(letters[:, 1] + letters[:, 3] - middles)
    heads = aligned(letters[:, 1] - middles)
    return feet / max(heads, 1e-3)


def _sample(count: int) -> npt.NDArray[np.intp]:
    """Indices of all, or of :data:`_SAMPLE` spread evenly."""
    return np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.intp))


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
