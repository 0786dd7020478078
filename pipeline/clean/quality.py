"""What is measured of a page image, and the findings that follow from it."""

from __future__ import annotations

from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import Field

from models.base import BBox, Model, Probability
from models.finding import Evidence, Finding

Grey = npt.NDArray[np.uint8]

#: Resolution of the copy on which pages are measured: letters are still some ten pixels high.
MEASURE_DPI: Final = 100.0

_LOW_DPI: Final = 90.0
_LOW_CONTRAST: Final = 0.35
_LOW_SHARPNESS: Final = 0.12

Colour = Literal["red", "blue", "violet", "other"]


class ColourRegion(Model):
    """A patch of coloured ink: a seal, a stamp, a signature, coloured print.

    ``removed`` tells whether it was taken off the print. What is kept may be handwriting (a serial
    number in blue pen) or the document's own coloured print.
    """

    bbox: BBox
    colour: Colour
    removed: bool


class PageQuality(Model):
    """The measures of one page.

    ``rotation`` is the clockwise quarter turn that was applied, ``skew_degrees`` the slope of the
    text lines as found (positive: lines fall to the right), ``deskewed`` whether it was undone.
    ``contrast`` is the distance of ink from the paper around it (0..1), ``sharpness`` the steepest
    edges as a share of that distance per pixel (1: bilevel), ``ink_share`` the share of dark pixels
    without coloured ink and borders. ``streaks_removed`` counts lines of the scanner.

    Boxes refer to the page as it lies in the file, before any turn: unlike those of words they need
    not be brought back. ``black_seals`` are round seals on a page without colour: they lie over the
    print and are not taken off.
    """

    rotation: Literal[0, 90, 180, 270] = 0
    skew_degrees: float = 0.0
    deskewed: bool = False
    contrast: Probability
    sharpness: Probability
    dpi: float = Field(gt=0)
    ink_share: Probability
    blank: bool = False
    mirrored_back: bool = False
    light_evened: bool = False
    streaks_removed: int = Field(0, ge=0)
    coloured_ink_share: Probability = 0.0
    colour_regions: tuple[ColourRegion, ...] = ()
    black_seals: tuple[BBox, ...] = ()


def measuring_copy(image: Grey, dpi: float) -> Grey:
    """``image`` at :data:`MEASURE_DPI` or less."""
    factor = MEASURE_DPI / dpi
    if factor >= 1.0:
        return image
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def paper_light(small: Grey, dpi: float) -> Grey:
    """The brightness of the paper everywhere: the lightest tone within a third of an inch."""
    reach = max(3, round(0.33 * min(dpi, MEASURE_DPI))) | 1
    light = cv2.dilate(cv2.medianBlur(small, 5), np.ones((reach, reach), np.uint8))
    return np.asarray(cv2.blur(light, (reach, reach)), dtype=np.uint8)


def evenly_lit(small: Grey, dpi: float) -> Grey:
    """``small`` with the paper equally bright everywhere, so that a shadow counts as no ink.

    Nothing darker than half the paper is lifted: black bars and photographs stay dark.
    """
    light = paper_light(small, dpi)
    high = float(np.percentile(light, 90))
    if high < 1:
        return small
    light = np.maximum(light, np.uint8(high / 2))
    return np.asarray(cv2.divide(small, light, scale=high), dtype=np.uint8)


def ink_and_paper(small: Grey) -> tuple[float, float]:
    """Typical grey of the ink and of the paper; equal where there is nothing on the page."""
    paper = float(np.percentile(small, 80))
    darker = small[small < 0.93 * paper]
    if darker.size < 20:
        return paper, paper
    return float(np.percentile(darker, 15)), paper


def sharpness_of(image: Grey, contrast: float) -> float:
    """Steepness of the steepest edges, as a share of the contrast per pixel."""
    if contrast <= 0.02 or image.shape[1] < 2:
        return 0.0
    rows = image[::4]
    counts = np.bincount(cv2.absdiff(rows[:, 1:], rows[:, :-1]).ravel(), minlength=256)
    # The step that one pixel in a thousand reaches: few, for a page may hold little print.
    steepest = np.cumsum(counts[::-1]) >= max(20, counts.sum() // 1000)
    return float(min(1.0, (255 - int(np.argmax(steepest))) / (255.0 * contrast)))


def findings_for(quality: PageQuality, *, deskew_max_degrees: float) -> tuple[Finding, ...]:
    """The remarks that follow from the measures."""
    found: list[Finding] = []

    def note(code: str, severity: Literal["info", "warning"], message: str) -> None:
        found.append(Finding(code=code, severity=severity, message=message))

    if quality.mirrored_back:
        boxes = [r.bbox for r in quality.colour_regions]
        found.append(
            Finding(
                code="page.mirrored_back",
                severity="info",
                message="The page is a back that shows only ink from its front side.",
                evidence=tuple(Evidence(bbox=box) for box in boxes[:4]),
            )
        )
    if quality.blank:
        note("page.blank", "info", "The page is blank and was not read.")
        return tuple(found)
    if quality.rotation:
        note("page.rotated", "info", f"The page was turned by {quality.rotation} degrees.")
    if abs(quality.skew_degrees) > deskew_max_degrees:
        note(
            "page.skew_doubtful",
            "warning",
            f"The lines seem to slope by {quality.skew_degrees:.1f} degrees; left as it is.",
        )
    elif quality.deskewed and abs(quality.skew_degrees) >= 2.0:
        note("page.skewed", "info", f"The page lay askew by {quality.skew_degrees:.1f} degrees.")
    if quality.black_seals:
        note(
            "page.black_seal",
            "info",
            "A seal without colour lies over the print; what stands under it is less sure.",
        )
    if quality.streaks_removed:
        note("page.streaks", "info", "Lines that the scanner drew were taken off the page.")
    if quality.light_evened:
        note("page.light_evened", "info", "The page was lit unevenly; the light was evened.")
    if quality.dpi < _LOW_DPI:
        note("page.low_resolution", "warning", f"The scan has only {quality.dpi:.0f} dpi.")
    if 0.0 < quality.contrast < _LOW_CONTRAST:
        note("page.low_contrast", "warning", "The print stands out little from the paper.")
    if quality.contrast > 0.02 and quality.sharpness < _LOW_SHARPNESS:
        note("page.blurred", "warning", "The print is blurred.")
    return tuple(found)
