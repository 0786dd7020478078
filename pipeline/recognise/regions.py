"""A part of the page that the first reading passed over, read by itself.

Next to a black seal or a large signature much of what an engine sees is no text, so that only lines
which it is sure of come in: a half-read title would be worse than none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from models.base import BBox
from models.text import Word
from pipeline.recognise.engine import Engine, EngineLine

#: The engine looks for the layout of the part as it does for that of a page.
_AS_A_PAGE: Final = 3
_SURE_WORD: Final = 0.6
_SURE_LINE: Final = 0.85
_LEAST_WORDS: Final = 2
#: Ink in so much of the height beside the first or last letter means that the line goes on there.
_CUT_SHARE: Final = 0.4
_DARK: Final = 110
_MARGIN_INCHES: Final = 0.3


def read_region(
    engine: Engine,
    image: npt.NDArray[np.uint8],
    box: BBox,
    known: Sequence[EngineLine],
    *,
    dpi: float,
    timeout_seconds: float,
) -> list[EngineLine]:
    """Lines that stand within ``box`` and are surely read, without the words of ``known``."""
    height, width = image.shape[:2]
    pad = round(_MARGIN_INCHES * dpi)
    x0, y0 = max(0, int(box[0] * width) - pad), max(0, int(box[1] * height) - pad)
    x1, y1 = min(width, int(box[2] * width) + pad), min(height, int(box[3] * height) + pad)
    part = np.ascontiguousarray(image[y0:y1, x0:x1])
    lines = engine.read(part, dpi=dpi, timeout_seconds=timeout_seconds, segmentation=_AS_A_PAGE)
    taken = [word.bbox for line in known for word in line if word.bbox is not None]
    found: list[EngineLine] = []
    for line in lines:
        placed = [_moved(w, (x0, y0, x1, y1), width, height) for w in line]
        new = tuple(w for w in placed if not _is_taken(w, taken))
        if _is_sure(new) and not _is_cut(new, image):
            found.append(new)
    return found


def _is_cut(line: EngineLine, image: npt.NDArray[np.uint8]) -> bool:
    """Whether ink goes on beyond an end of the line and a letter may be lost in it, in a seal.

    A name that still has its capital has lost nothing before it.
    """
    height, width = image.shape[:2]
    boxes = [word.bbox for word in line if word.bbox is not None]
    whole = line[0].text[:1].isupper() and not line[0].text.isupper()
    for box, at_left in ((boxes[0], True), (boxes[-1], False)):
        if at_left and whole:
            continue
        rows = slice(int(box[1] * height), max(int(box[3] * height), int(box[1] * height) + 1))
        reach = max(2, round(0.5 * (rows.stop - rows.start)))
        edge = round((box[0] if at_left else box[2]) * width)
        beside = slice(max(0, edge - reach), edge) if at_left else slice(edge, edge + reach)
        band = image[rows, beside]
        if band.size and float((band < _DARK).any(axis=1).mean()) > _CUT_SHARE:
            return True
    return False


def _moved(word: Word, part: tuple[int, int, int, int], width: int, height: int) -> Word:
    """``word`` of the part with its box on the page."""
    if word.bbox is None:
        return word
    left, top, right, bottom = part
    x0, y0, x1, y1 = word.bbox
    box = (
        round((left + x0 * (right - left)) / width, 5),
        round((top + y0 * (bottom - top)) / height, 5),
        round((left + x1 * (right - left)) / width, 5),
        round((top + y1 * (bottom - top)) / height, 5),
    )
    return word.model_copy(update={"bbox": box})


def _is_taken(word: Word, taken: Sequence[BBox]) -> bool:
    if word.bbox is None:
        return True
    x, y = (word.bbox[0] + word.bbox[2]) / 2, (word.bbox[1] + word.bbox[3]) / 2
    return any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in taken)


def _is_sure(line: EngineLine) -> bool:
    sure = [word.confidence or 0.0 for word in line]
    letters = [word for word in line if sum(c.isalpha() for c in word.text) >= 2]
    return (
        len(letters) >= _LEAST_WORDS
        and min(sure) >= _SURE_WORD
        and sum(sure) / len(sure) >= _SURE_LINE
    )
