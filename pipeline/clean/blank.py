"""Is there anything to read on the page?"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.clean.geometry import (
    find_direction,
    head_up,
    ink_mask,
    letter_boxes,
    letters_only,
    turned,
)
from pipeline.clean.quality import ColourRegion, Grey

#: Letter-sized marks in one row that make a line of text.
_LETTERS_OF_A_LINE: Final = 4


#: Ink is darker than this share of the paper's brightness; faint ink than that one.
_DARK: Final = 0.72
_FAINT: Final = 0.9
#: So many times the ink of a blank page make a page that is blurred or faded, not blank.
_MUCH_FAINT: Final = 5
#: A page whose tones differ by less than this shows nothing at all.
_ONE_TONE: Final = 10
#: Letters whose lean is measured, and how many standard errors to the wrong side of their middle
#: their ink must lie. No page that reads forwards was seen beyond 0.5, full backs at 5.
_LEANING_LETTERS: Final = 40
_BACKWARDS: Final = 2.5
_MAX_DEGREES: Final = 8.0


def nothing_to_read(
    even: Grey, dark: Grey, dpi: float, regions: tuple[ColourRegion, ...], ink_share: float
) -> tuple[bool, bool]:
    """Whether there is nothing to read, and whether that is for print seen from behind.

    In doubt there is something: a faded page must not be lost. ``even`` is the page evenly lit,
    ``dark`` its :func:`dark_ink`; below ``ink_share`` it may be blank. Pale remains of coloured ink
    in ``regions`` do not count as faint print.
    """
    if int(even.max()) - int(even.min()) < _ONE_TONE:
        return True, False
    if np.count_nonzero(dark) >= ink_share * dark.size or has_text(dark, dpi):
        return False, False
    faint = dark_ink(even, float(np.percentile(even, 80)), share=_FAINT)
    height, width = faint.shape
    for region in regions:
        x0, y0, x1, y1 = region.bbox
        rows = slice(int(y0 * height), int(y1 * height) + 1)
        faint[rows, int(x0 * width) : int(x1 * width) + 1] = 0
    much = _MUCH_FAINT * ink_share * faint.size
    if np.count_nonzero(faint) < much and not has_text(faint, dpi):
        return True, False
    backwards = runs_backwards(even, dpi)
    return backwards, backwards


def runs_backwards(even: Grey, dpi: float) -> bool:
    """Whether the faint print on a page is that of its other side, mirrored.

    More letters have their stem or their closed side at the left (b, c, e, h, n, p, r, t) than at
    the right (a, d, g, q, u): ink lies left of their middle on every page seen, right of it in
    mirrored print. A page on its head does the same, so it is turned first, and where head and
    foot cannot be told apart nothing is concluded.
    """
    mask = letters_only(ink_mask(even, dpi), dpi)
    found = find_direction(mask, dpi, max_degrees=_MAX_DEGREES)
    mask, even = turned(mask, found.rotation), turned(even, found.rotation)
    if head_up(mask, dpi, found.skew_degrees) <= 0:
        return False
    lean = []
    for x, y, w, h in letter_boxes(mask, dpi).astype(int):
        if w < 3 or h < 3 or w > 1.4 * h:
            continue
        ink = 255.0 - even[y : y + h, x : x + w]
        columns = ink.sum(axis=0)
        middle = float((columns * (np.arange(w) + 0.5)).sum() / max(1.0, columns.sum())) / w
        lean.append(middle - 0.5)
    if len(lean) < _LEANING_LETTERS:
        return False
    spread = max(1e-6, float(np.std(lean))) / np.sqrt(len(lean))
    return bool(np.mean(lean) > _BACKWARDS * spread)


def dark_ink(small: Grey, paper: float, *, share: float = _DARK) -> Grey:
    """255 where a pixel is clearly darker than the paper, borders left out."""
    _, mask = cv2.threshold(small, share * paper, 255, cv2.THRESH_BINARY_INV)
    mask = np.asarray(mask, dtype=np.uint8).copy()
    rows, columns = max(2, mask.shape[0] // 40), max(2, mask.shape[1] // 40)
    mask[:rows] = mask[-rows:] = 0
    mask[:, :columns] = mask[:, -columns:] = 0
    return mask


def has_text(mask: Grey, dpi: float) -> bool:
    """Whether some row holds enough letter-sized marks: a page with one short line is not blank."""
    count, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count > 3000:
        return True
    height, width = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    letters = (height >= 0.05 * dpi) & (height <= 0.4 * dpi) & (width <= 1.5 * dpi)
    letters &= width >= 0.02 * dpi
    where = centres[1:][letters]
    for _, y in where:
        row = where[np.abs(where[:, 1] - y) < 0.06 * dpi]
        if len(row) >= _LETTERS_OF_A_LINE and np.ptp(row[:, 0]) < len(row) * 0.5 * dpi:
            return True
    return False
