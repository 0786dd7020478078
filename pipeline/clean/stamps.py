"""Rectangular stamps that were taken off the print, kept as small pictures of their own.

Where a stamp lies over text neither can be read through the other; but the stamp's ink is coloured
and the print is not, so that the colour alone shows the stamp. Round seals carry nothing that the
document does not say itself, and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from models.base import BBox
from pipeline.clean.colour import CHROMA, balanced, paper_colour
from pipeline.clean.geometry import Rotation, turned
from pipeline.clean.quality import ColourRegion, Grey, measuring_copy

#: Inches: the least width and height, and the most.
_LEAST: Final = (0.7, 0.25)
_MOST: Final = (4.5, 2.5)
#: Share of the slanted box around the ink that its hull fills: a disc fills 0.79, a seal with the
#: signature beside it still less.
_FULLNESS: Final = 0.86
#: In the upper part of the page anything clearly wider than high is tried, whatever its outline.
_UPPER_SHARE: Final = 0.5
_WIDE: Final = 1.3
#: No stamp leans further than this; a steeper outline is that of something else.
_MOST_LEAN: Final = 12.0
_MOST_STAMPS: Final = 2
#: Chroma that counts as paper, and the share of the ink that is at least half as strong as black.
_FAINT: Final = 10.0
_STRONG_PERCENTILE: Final = 30.0


class StampLayer(NamedTuple):
    """A stamp's ink, dark on white and level, and where it lies on the cleaned page."""

    bbox: BBox
    image: Grey


def stamp_layers(
    image: npt.NDArray[np.uint8],
    regions: Sequence[ColourRegion],
    dpi: float,
    *,
    rotation: Rotation = 0,
    levelled_degrees: float = 0.0,
) -> tuple[StampLayer, ...]:
    """The stamps among the removed ``regions`` of an RGB page.

    The turn and the slope are those that were undone on the page, and are undone here too.
    """
    if image.ndim == 2 or image.shape[2] < 3:
        return ()
    height, width = image.shape[:2]
    sized = [r for r in regions if r.removed and _fits(r.bbox, width / dpi, height / dpi, rotation)]
    if not sized:
        return ()
    paper = paper_colour(measuring_copy(image, dpi))
    found: list[StampLayer] = []
    for region in sized:
        x0, y0, x1, y1 = region.bbox
        rows = slice(int(y0 * height), int(np.ceil(y1 * height)))
        columns = slice(int(x0 * width), int(np.ceil(x1 * width)))
        crop = balanced(image[rows, columns, :3], paper)
        crop = turned(crop, rotation)
        box = _as_read(region.bbox, width, height, rotation, levelled_degrees)
        chroma = np.asarray(cv2.subtract(crop.max(axis=2), crop.min(axis=2)), dtype=np.uint8)
        lean = _lean(chroma, (box[1] + box[3]) / 2)
        if lean is not None:
            found.append(StampLayer(box, _levelled(_dark_on_white(chroma), lean)))
    return tuple(found[:_MOST_STAMPS])


def _fits(box: BBox, width: float, height: float, rotation: Rotation) -> bool:
    wide, high = (box[2] - box[0]) * width, (box[3] - box[1]) * height
    if rotation in (90, 270):
        wide, high = high, wide
    return _LEAST[0] <= wide <= _MOST[0] and _LEAST[1] <= high <= _MOST[1] and wide > high


def _lean(chroma: Grey, middle: float) -> float | None:
    """By how many degrees the stamp leans; ``None`` where the ink is no rectangular stamp."""
    points = cv2.findNonZero((chroma > CHROMA).astype(np.uint8))
    if points is None or len(points) < 50:
        return None
    hull = cv2.convexHull(points)
    (_, sides, angle) = cv2.minAreaRect(hull)
    around = max(sides[0] * sides[1], 1.0)
    if sides[0] < sides[1]:
        angle -= 90.0
    angle = (angle + 90.0) % 180.0 - 90.0
    full = cv2.contourArea(hull) / around >= _FULLNESS and abs(angle) <= _MOST_LEAN
    if full and max(sides) > 1.15 * min(sides):
        return float(angle)
    height, width = chroma.shape[:2]
    return 0.0 if middle < _UPPER_SHARE and width > _WIDE * height else None


def _dark_on_white(chroma: npt.NDArray[np.uint8]) -> Grey:
    """Ink as dark as it is coloured; black print has no colour and turns to paper."""
    strong = max(float(np.percentile(chroma[chroma > CHROMA], _STRONG_PERCENTILE)), 2 * _FAINT)
    scale = 255.0 / (strong - _FAINT)
    ink = cv2.convertScaleAbs(cv2.subtract(chroma, np.full_like(chroma, int(_FAINT))), alpha=scale)
    return np.asarray(255 - ink, dtype=np.uint8)


def _levelled(layer: Grey, lean: float) -> Grey:
    height, width = layer.shape
    if abs(lean) < 0.3:
        return layer
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), lean, 1.0)
    level = cv2.warpAffine(
        layer, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255.0,)
    )
    return np.asarray(level, dtype=np.uint8)


def _as_read(box: BBox, width: int, height: int, rotation: Rotation, degrees: float) -> BBox:
    """``box`` of the page as it came on the page as it was turned and levelled to be read."""
    x0, y0, x1, y1 = box
    if rotation == 90:
        x0, y0, x1, y1 = 1 - y1, x0, 1 - y0, x1
    elif rotation == 180:
        x0, y0, x1, y1 = 1 - x1, 1 - y1, 1 - x0, 1 - y0
    elif rotation == 270:
        x0, y0, x1, y1 = y0, 1 - x1, y1, 1 - x0
    if rotation in (90, 270):
        width, height = height, width
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    middle = turn @ np.array([(x0 + x1) / 2 * width, (y0 + y1) / 2 * height, 1.0])
    half_x, half_y = (x1 - x0) / 2, (y1 - y0) / 2
    x, y = float(middle[0]) / width, float(middle[1]) / height
    corners = (x - half_x, y - half_y, x + half_x, y + half_y)
    low_x, low_y, high_x, high_y = (round(min(1.0, max(0.0, v)), 5) for v in corners)
    return low_x, low_y, high_x, high_y
