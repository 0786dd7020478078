"""Coloured ink off the print: seals, stamps and signatures that lie over black text.

Where a patch of ink is coloured, its brightest channel shows the coloured ink as light and black
print under it as dark; scaled so that the coloured ink itself becomes paper, the patch reads like
the rest of the page. Only patches of the size and shape of a seal, a stamp or a signature are
treated: small blue marks may be a handwritten serial number, and coloured lines of text are print.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clean.quality import Colour, ColourRegion, Grey, measuring_copy

Image = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]

_WORK_DPI: Final = 100.0

#: How far the strongest channel must stand out from the weakest for ink to count as coloured.
CHROMA: Final = 45

# Sizes in inches.
_GAP: Final = 0.06  # marks nearer than this belong together
_STAMP_SIDE: Final = 0.4  # a seal, stamp or signature is at least this in both directions
_STAMP_MAX: Final = (4.5, 3.5)  # wider or higher: the document's own coloured print
_LINE_HEIGHT: Final = (0.06, 0.9)  # one or two lines of coloured print
_LINE_ASPECT: Final = 2.5
_HEADER_SHARE: Final = 0.22  # the serial number and the day stand above this


def to_grey(image: Image) -> Grey:
    """Luminance of an RGB image; a grey one as it is."""
    if image.ndim == 2:
        return image
    if image.shape[2] == 1:
        return np.ascontiguousarray(image[:, :, 0])
    return np.asarray(cv2.cvtColor(image[:, :, :3], cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def separate(
    image: Image, dpi: float, *, remove: bool
) -> tuple[Grey, tuple[ColourRegion, ...], float]:
    """Grey page without coloured stamps, the coloured patches, and their share of the page."""
    grey = to_grey(image)
    if image.ndim == 2 or image.shape[2] < 3:
        return grey, (), 0.0
    small = measuring_copy(image, dpi)
    work_dpi = dpi * small.shape[0] / image.shape[0]
    paper = paper_colour(small)
    mask = _coloured(small, paper)
    share = float(np.count_nonzero(mask)) / mask.size
    if np.count_nonzero(mask) < 12:
        return grey, (), share
    regions: list[ColourRegion] = []
    height, width = mask.shape
    for x0, y0, x1, y1 in _patches(mask, work_dpi):
        inside = mask[y0:y1, x0:x1] > 0
        colour = _name(small[y0:y1, x0:x1][inside].mean(axis=0))
        wide, high = (x1 - x0) / work_dpi, (y1 - y0) / work_dpi
        framed = _is_framed(mask[y0:y1, x0:x1])
        removed = remove and _is_stamp(wide, high, y1 / height, colour, framed=framed)
        box = (x0 / width, y0 / height, x1 / width, y1 / height)
        regions.append(ColourRegion(bbox=box, colour=colour, removed=removed))
        if removed:
            if grey is image:
                grey = grey.copy()
            _lift(grey, image, box, paper, dpi)
    return grey, tuple(regions), share


def paper_colour(small: Image) -> tuple[float, float, float]:
    """The colour of the paper: the upper middle of each channel."""
    channels = np.percentile(small[::2, ::2, :3].reshape(-1, 3), 70, axis=0)
    red, green, blue = (float(max(c, 64.0)) for c in channels)
    return red, green, blue


def balanced(image: Image, paper: tuple[float, float, float]) -> Image:
    """Tinted paper made white, so that a tint does not count as coloured ink."""
    if max(paper) - min(paper) < 8:
        return image
    levels = np.arange(256, dtype=np.float32)[:, None] * (255.0 / np.asarray(paper, np.float32))
    table = np.minimum(levels, 255.0).astype(np.uint8)[None]
    return np.asarray(cv2.LUT(np.ascontiguousarray(image[:, :, :3]), table), dtype=np.uint8)


def _coloured(image: Image, paper: tuple[float, float, float]) -> Grey:
    """255 where the ink is coloured."""
    red, green, blue = cv2.split(balanced(image, paper))
    high = cv2.max(cv2.max(red, green), blue)
    low = cv2.min(cv2.min(red, green), blue)
    _, mask = cv2.threshold(cv2.subtract(high, low), CHROMA, 255, cv2.THRESH_BINARY)
    return np.asarray(mask, dtype=np.uint8)


def _patches(mask: Grey, dpi: float) -> list[Box]:
    """Boxes of the coloured patches, marks that lie close together taken as one."""
    reach = max(3, round(_GAP * dpi)) | 1
    joined = cv2.dilate(mask, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes: list[Box] = []
    for index in range(1, count):
        x, y, w, h, _area = (int(v) for v in stats[index])
        boxes.append((x, y, x + w, y + h))
    return _merged(boxes)


def _merged(boxes: list[Box]) -> list[Box]:
    """Boxes that lie mostly within a larger one become part of it: the star within the ring."""
    kept: list[Box] = []
    for box in sorted(boxes, key=_area, reverse=True):
        for index, other in enumerate(kept):
            width = min(box[2], other[2]) - max(box[0], other[0])
            height = min(box[3], other[3]) - max(box[1], other[1])
            if width > 0 and height > 0 and 2 * width * height > _area(box):
                kept[index] = (
                    min(box[0], other[0]),
                    min(box[1], other[1]),
                    max(box[2], other[2]),
                    max(box[3], other[3]),
                )
                break
        else:
            kept.append(box)
    return kept


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _name(rgb: npt.NDArray[np.float64]) -> Colour:
    """A plain name for the mean colour of a patch."""
    red, green, blue = (float(c) for c in rgb[:3])
    if red >= blue and red - green > 20 and red - blue > 0.4 * (red - green):
        return "red"
    if blue > red and red <= green + 12:
        return "blue"
    if green < min(red, blue):
        return "violet"
    return "other"


def _is_framed(mask: Grey) -> bool:
    """Whether one thin stroke runs round the whole patch: a stamp's frame, not a line of print."""
    closed = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    if count < 2:
        return False
    _, _, wide, high, area = (int(v) for v in max(stats[1:], key=lambda s: int(s[2] * s[3])))
    height, width = mask.shape
    return wide >= 0.85 * width and high >= 0.85 * height and area <= 0.5 * wide * high


def _is_stamp(width: float, height: float, bottom: float, colour: Colour, *, framed: bool) -> bool:
    """Whether a patch (inches; bottom edge as page share) may be taken off the print."""
    if width > _STAMP_MAX[0] or height > _STAMP_MAX[1]:
        return False
    low, high = _LINE_HEIGHT
    is_line = low + _GAP <= height <= high and width >= _LINE_ASPECT * height
    if is_line and not (framed and height >= _STAMP_SIDE):
        return False
    if min(width, height) >= _STAMP_SIDE:
        # A large serial number written with a blue pen stays, for whoever reads handwriting.
        return colour == "red" or bottom > _HEADER_SHARE or max(width, height) > 2 * _STAMP_SIDE
    # Flecks of red seal ink; anything of a letter's height or more could be print or writing.
    return colour == "red" and max(width, height) < 2 * _GAP + low


def _lift(
    grey: Grey,
    image: Image,
    box: tuple[float, float, float, float],
    paper: tuple[float, float, float],
    dpi: float,
) -> None:
    """Turn the coloured ink inside ``box`` into paper, in place."""
    height, width = grey.shape
    x0, x1 = int(box[0] * width), min(width, int(np.ceil(box[2] * width)))
    y0, y1 = int(box[1] * height), min(height, int(np.ceil(box[3] * height)))
    crop = balanced(image[y0:y1, x0:x1, :3], paper)
    mask = _coloured(crop, (255.0, 255.0, 255.0))
    if not mask.any():
        return
    high = np.asarray(crop.max(axis=2), dtype=np.uint8)
    reach = max(3, round(0.012 * dpi)) | 1
    kernel = np.ones((reach, reach), np.uint8)
    target = grey[y0:y1, x0:x1]
    paper_there = _paper_under(target, cv2.dilate(mask, kernel) > 0, dpi)
    # A blue signature is darker than the red seal it runs into: each colour has its own level.
    strongest = crop.argmax(axis=2)
    for channel in range(3):
        ink = ((mask > 0) & (strongest == channel)).astype(np.uint8)
        if not ink.any():
            continue
        # Half of the coloured ink is lighter than its median; the darker half blends with print.
        level = max(96.0, float(np.median(high[ink > 0])) * 0.92)
        scaled = cv2.convertScaleAbs(high, alpha=255.0 / level)
        near = cv2.dilate(ink, kernel) > 0
        # White rings on grey paper would be marks again: the ink becomes the paper beside it.
        lifted = cv2.multiply(scaled, paper_there, scale=1 / 255)
        target[near] = np.maximum(target, np.asarray(lifted, dtype=np.uint8))[near]


def _paper_under(target: Grey, near: npt.NDArray[np.bool_], dpi: float) -> Grey:
    """The brightness of the paper at each pixel of a patch, ``near`` being coloured ink."""
    free = target[~near]
    if free.size < 50:
        return np.full_like(target, 255)
    usual = float(np.percentile(free, 70))
    paper = (~near) & (target >= 0.85 * usual)
    side = max(9, round(0.4 * dpi)) | 1
    weight = cv2.boxFilter(paper.astype(np.float32), -1, (side, side), normalize=False)
    light = np.where(paper, target, 0).astype(np.float32)
    total = cv2.boxFilter(light, -1, (side, side), normalize=False)
    level = np.where(weight > 0.02 * side * side, total / np.maximum(weight, 1.0), usual)
    return np.asarray(np.clip(np.rint(level), 0, 255), dtype=np.uint8)
