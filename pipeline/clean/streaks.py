"""Lines that the scanner drew: dust on its glass leaves a thin line down the whole page.

Such a line cuts words in two and, to an engine, the page into two columns. It stands out at nearly
every height where there is paper on both sides, which no stroke of a letter and no rule of a table
does. It multiplies: what is printed under it is darker still, so divided out it gives the print
back.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

#: A streak is thinner than this (inches); its neighbours are looked at this far to either side.
_REACH: Final = 0.03
#: Rows looked at: enough to judge a column by.
_ROWS: Final = 400
#: A neighbour this bright, as a share of the paper, is paper.
_BRIGHT: Final = 0.75
#: How much darker than paper the streak is, at least, and in how many of the rows with paper.
_DEPTH: Final = 0.04
_HEIGHT_SHARE: Final = 0.8
#: So many of the rows must have paper on both sides for a column to be judged.
_PAPER_SHARE: Final = 0.3
#: Below this share of the paper's light nothing can be seen through the streak.
_OPAQUE: Final = 0.35
#: More columns than this share of the width are no streaks but a page unlike any.
_MOST: Final = 0.03


def erase_streaks(grey: Grey, dpi: float) -> Grey:
    """The page without full-length lines, upright or level; the same array where there are none."""
    upright = _cleared(grey, dpi)
    aside = upright.T
    level = _cleared(aside, dpi)
    return upright if level is aside else np.ascontiguousarray(level.T)


def _cleared(grey: Grey, dpi: float) -> Grey:
    reach = max(2, round(_REACH * dpi))
    height, width = grey.shape
    if height < 8 * reach or width < 8 * reach:
        return grey
    found = _streaks(grey, reach)
    if not found:
        return grey
    out = grey.copy()
    for first, last in found:
        _lighten(out, grey, first, last, reach)
    return out


def _sides(rows: Grey, reach: int) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]:
    """What stands ``reach`` to the left and to the right of each pixel."""
    wide = np.pad(rows.astype(np.int16), ((0, 0), (reach, reach)), mode="edge")
    return wide[:, : -2 * reach], wide[:, 2 * reach :]


def _streaks(grey: Grey, reach: int) -> list[tuple[int, int]]:
    """First and last column of each streak."""
    rows = np.ascontiguousarray(grey[:: max(1, grey.shape[0] // _ROWS)])
    paper = float(np.percentile(rows[:, ::4], 70))
    left, right = _sides(rows, reach)
    bright = np.minimum(left, right)
    valid = bright >= _BRIGHT * paper
    deep = valid & (bright - rows >= _DEPTH * paper)
    seen = valid.sum(axis=0)
    judged = seen >= _PAPER_SHARE * rows.shape[0]
    hit = judged & (deep.sum(axis=0) >= _HEIGHT_SHARE * np.maximum(seen, 1))
    hit[:reach] = hit[-reach:] = False
    columns = np.flatnonzero(hit)
    if columns.size == 0 or columns.size > max(_MOST * grey.shape[1], reach):
        return []
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > 2) + 1)
    return [(int(g[0]), int(g[-1])) for g in groups if g[-1] - g[0] < reach]


def _lighten(out: Grey, grey: Grey, first: int, last: int, reach: int) -> None:
    """Divide the streak out of its columns and of the blurred edge beside them."""
    before = grey[:, first - min(reach, first)].astype(np.float32)
    behind = grey[:, min(last + reach, grey.shape[1] - 1)].astype(np.float32)
    level = np.maximum(before, behind)
    clear = np.minimum(before, behind) >= _BRIGHT * float(np.percentile(level, 70))
    if not clear.any():
        return
    # The paper between two strokes is as light as that above and below them.
    paper = cv2.dilate(level[:, None], np.ones((8 * reach + 1, 1), np.uint8))[:, 0]
    for column in range(max(first - 2, 0), min(last + 3, grey.shape[1])):
        ink = grey[:, column].astype(np.float32)
        share = float(np.median(ink[clear] / np.maximum(level[clear], 1.0)))
        if share >= 0.985:
            continue
        if share < _OPAQUE:
            # Nothing shows through: what stands on both sides goes on between them.
            near = grey[:, max(first - 3, 0)].astype(np.float32)
            far = grey[:, min(last + 3, grey.shape[1] - 1)].astype(np.float32)
            weight = (column - first + 3) / (last - first + 6)
            value = near * (1 - weight) + far * weight
        else:
            value = ink / share
        # No brighter than the paper beside it, so that no white line takes the streak's place.
        out[:, column] = np.maximum(ink, np.minimum(value, paper)).astype(np.uint8)
