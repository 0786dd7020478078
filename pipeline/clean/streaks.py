"""Lines that the scanner draws: dust on the glass shades one column of a page from edge to edge.

A thin line through every line of text costs more words than any other wear. What shades the paper
is divided out, so that print under it comes back; a black line is cut where no print crosses it.
Rules of tables and under headings end within the page, so none is as long as such a line.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clean.quality import Grey

Image = npt.NDArray[np.uint8]

#: A streak is darker than this share of the paper beside it, over this share of its length.
_SHADED: Final = 0.96
_LENGTH: Final = 0.9
#: In inches: it is no wider than this, and no nearer to the edge, where shadows lie, than that.
_WIDEST: Final = 0.04
_MARGIN: Final = 0.1
#: Below this share of the paper nothing under it can be seen.
_BLACK: Final = 0.35
_BANDS: Final = 200
#: More than a few are a pattern of the page: a ruled form, a grid, a photograph.
_MOST: Final = 6


def without_streaks(image: Image, grey: Grey, dpi: float) -> tuple[Image, int]:
    """``image`` (grey or RGB, ``grey`` its luminance) without streaks, and how many there were.

    The image itself comes back where there is none; it is never changed.
    """
    height, width = grey.shape
    if min(height, width) < max(_BANDS, 4 * _MARGIN * dpi):
        return image, 0
    # Means over short bands: noise evens out, and between the lines of text paper remains.
    bands = cv2.resize(grey, (width, _BANDS), interpolation=cv2.INTER_AREA)
    down = _streaks(np.asarray(bands, np.uint8), dpi)
    bands = cv2.resize(grey, (_BANDS, height), interpolation=cv2.INTER_AREA)
    across = _streaks(np.ascontiguousarray(bands.T, np.uint8), dpi)
    if not down and not across:
        return image, 0
    cleaned = image.copy()
    _lift(cleaned, down)
    _lift(cleaned.swapaxes(0, 1), across)
    return cleaned, len(down) + len(across)


def _streaks(bands: Grey, dpi: float) -> list[tuple[int, npt.NDArray[np.float32]]]:
    """Where streaks down the page begin, with the share of light that each column lets through."""
    width = bands.shape[1]
    widest, margin = max(1, round(_WIDEST * dpi)), max(3, round(_MARGIN * dpi))
    beside = cv2.morphologyEx(bands, cv2.MORPH_CLOSE, np.ones((1, 2 * widest + 3), np.uint8))
    through = bands.astype(np.float32) / np.maximum(beside, 1)
    shaded = (through < _SHADED).mean(axis=0) > _LENGTH
    steps = np.diff(np.concatenate(([False], shaded, [False])).astype(np.int8))
    found = []
    for start, stop in zip(np.nonzero(steps == 1)[0], np.nonzero(steps == -1)[0], strict=True):
        inside = margin <= start and stop <= width - margin
        if inside and stop - start <= widest:
            low, high = int(start) - 2, int(stop) + 2
            found.append((low, np.median(through[:, low:high], axis=0).astype(np.float32)))
    return found if len(found) <= _MOST else []


def _lift(image: Image, streaks: list[tuple[int, npt.NDArray[np.float32]]]) -> None:
    """Take streaks down the page off ``image``, in place."""
    for start, through in streaks:
        part = image[:, start : start + len(through)]
        if through.min() >= _BLACK:
            light = through[None] if image.ndim == 2 else through[None, :, None]
            part[:] = np.minimum(part / light, 255).astype(np.uint8)
            continue
        # Print on both sides goes on under the line; all else of it becomes paper.
        sides = part[:, [0, -1]].reshape(len(part), 2, -1).max(axis=2)
        paper = np.percentile(image[:, start - 3 : start], 80)
        part[sides.max(axis=1) > 0.5 * paper, 1:-1] = paper
