"""The cleaning of one page: measure on a small copy, act on the page only where that helps."""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from models.finding import Finding
from pipeline.clean.blank import dark_ink, nothing_to_read
from pipeline.clean.colour import separate, to_grey
from pipeline.clean.geometry import Direction, find_direction, ink_mask, letters_only, turned
from pipeline.clean.quality import (
    ColourRegion,
    Grey,
    PageQuality,
    evenly_lit,
    findings_for,
    ink_and_paper,
    measuring_copy,
    paper_light,
    sharpness_of,
)
from pipeline.clean.seal import black_seals
from pipeline.clean.stamps import StampLayer, stamp_layers
from pipeline.clean.streaks import without_streaks
from pipeline.settings import CleanSettings

#: Light is evened where the darkest part of the paper is below this share of the lightest.
_UNEVEN: Final = 0.82


class CleanPage(NamedTuple):
    """A page ready to read (grey, same resolution), its measures and what they remark.

    ``stamps`` are the rectangular stamps that were taken off the print, to be read by themselves.
    """

    image: Grey
    report: PageQuality
    findings: tuple[Finding, ...]
    stamps: tuple[StampLayer, ...] = ()


def clean_page(image: npt.NDArray[np.uint8], *, dpi: float, settings: CleanSettings) -> CleanPage:
    """Clean one page image, grey (H, W) or RGB (H, W, 3).

    The result keeps the resolution and, but for a quarter turn, the size. A blank page comes back
    as it is, with ``report.blank`` set: it need not be read.
    """
    _check(image)
    unstreaked, streaks = without_streaks(image, to_grey(image), dpi)
    grey, regions, coloured = separate(unstreaked, dpi, remove=settings.suppress_colour)
    small = measuring_copy(grey, dpi)
    small_dpi = dpi * small.shape[0] / grey.shape[0]
    even = evenly_lit(small, small_dpi)
    ink, paper = ink_and_paper(even)
    dark = dark_ink(even, paper)
    ink_share = float(np.count_nonzero(dark)) / dark.size
    contrast = min(1.0, max(0.0, (paper - ink) / 255.0))
    blank, backwards = nothing_to_read(even, dark, small_dpi, regions, settings.blank_ink_share)

    report = PageQuality(
        contrast=contrast,
        sharpness=sharpness_of(grey, contrast),
        dpi=dpi,
        ink_share=ink_share,
        blank=blank,
        mirrored_back=backwards or (blank and _shows_through(regions, small_dpi, dark.shape)),
        streaks_removed=streaks,
        coloured_ink_share=min(1.0, coloured),
        colour_regions=regions,
        black_seals=() if any(r.removed for r in regions) else black_seals(even, dark, small_dpi),
    )
    stamps: tuple[StampLayer, ...] = ()
    if blank:
        grey = to_grey(image)
    else:
        grey, report = _straighten(grey, small, small_dpi, report, settings)
        grey, evened = even_light(grey, dpi)
        report = report.model_copy(update={"light_evened": evened})
        stamps = stamp_layers(
            image,
            regions,
            dpi,
            rotation=report.rotation,
            levelled_degrees=report.skew_degrees if report.deskewed else 0.0,
        )
    findings = findings_for(report, deskew_max_degrees=settings.deskew_max_degrees)
    return CleanPage(np.ascontiguousarray(grey), report, findings, stamps)


def _check(image: npt.NDArray[np.uint8]) -> None:
    fits = image.dtype == np.uint8 and image.ndim in (2, 3) and image.size > 0
    if not fits or (image.ndim == 3 and image.shape[2] not in (1, 3, 4)):
        raise ValueError(f"not a grey or RGB page image: {image.dtype} {image.shape}")


def _shows_through(regions: tuple[ColourRegion, ...], dpi: float, shape: tuple[int, ...]) -> bool:
    """Whether a patch of coloured ink the size of a seal is all there is."""
    inches = (shape[1] / dpi, shape[0] / dpi)
    return any(
        (r.bbox[2] - r.bbox[0]) * inches[0] > 0.3 and (r.bbox[3] - r.bbox[1]) * inches[1] > 0.3
        for r in regions
    )


def _straighten(
    grey: Grey, small: Grey, small_dpi: float, report: PageQuality, settings: CleanSettings
) -> tuple[Grey, PageQuality]:
    """Set the page upright and its lines level."""
    mask = letters_only(ink_mask(small, small_dpi), small_dpi)
    found: Direction = find_direction(mask, small_dpi, max_degrees=settings.deskew_max_degrees)
    grey = turned(grey, found.rotation)
    slope = abs(found.skew_degrees)
    deskew = settings.deskew_min_degrees <= slope <= settings.deskew_max_degrees
    if deskew:
        height, width = grey.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), found.skew_degrees, 1.0)
        level = cv2.warpAffine(
            grey, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(_paper(small),)
        )
        grey = np.asarray(level, dtype=np.uint8)
    return grey, report.model_copy(
        update={
            "rotation": found.rotation,
            "skew_degrees": found.skew_degrees,
            "deskewed": deskew,
        }
    )


def _paper(small: Grey) -> float:
    return float(np.percentile(small, 80))


def even_light(grey: Grey, dpi: float) -> tuple[Grey, bool]:
    """Divide uneven light out; an evenly lit page comes back untouched.

    The paper's brightness is taken as the lightest tone within a third of an inch; nothing darker
    than half the paper is lifted, so that black bars and photographs stay dark.
    """
    small = measuring_copy(grey, dpi)
    light = paper_light(small, dpi)
    low, high = (float(v) for v in np.percentile(light, (3, 90)))
    if high < 1 or low >= _UNEVEN * high:
        return grey, False
    light = np.maximum(light, np.uint8(high / 2))
    full = cv2.resize(light, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    evened = cv2.divide(grey, full, scale=high)
    return np.asarray(evened, dtype=np.uint8), True
