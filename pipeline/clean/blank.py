"""Is there anything to read on the page?"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

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


def is_blank(
    small: Grey, dark: Grey, dpi: float, regions: tuple[ColourRegion, ...], ink_share: float
) -> bool:
    """Whether there is nothing to read. In doubt there is: a faded page must not be lost.

    ``dark`` is :func:`dark_ink` of the page; below ``ink_share`` it may be blank. Pale remains of
    coloured ink in ``regions`` do not count as faint print.
    """
    if int(small.max()) - int(small.min()) < _ONE_TONE:
        return True
    if np.count_nonzero(dark) >= ink_share * dark.size or has_text(dark, dpi):
        return False
    faint = dark_ink(small, float(np.percentile(small, 80)), share=_FAINT)
    height, width = faint.shape
    for region in regions:
        x0, y0, x1, y1 = region.bbox
        rows = slice(int(y0 * height), int(y1 * height) + 1)
        faint[rows, int(x0 * width) : int(x1 * width) + 1] = 0
    much = _MUCH_FAINT * ink_share * faint.size
    return bool(np.count_nonzero(faint) < much) and not has_text(faint, dpi)


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
