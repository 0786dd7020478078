"""Page images: for engines at the page's own resolution without annotations, for people as seen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from pdf2image import convert_from_path
from pdf2image.exceptions import (
    PDFInfoNotInstalledError,
    PDFPageCountError,
    PDFPopplerTimeoutError,
    PDFSyntaxError,
)
from PIL import Image

from models.source import SourceDocument, SourcePage
from pipeline.errors import BadInput, EngineFailure, EnvironmentProblem, PageTimeout
from pipeline.ingest.embedded import embedded_image
from pipeline.ingest.images import check_pixels, load_frame
from pipeline.settings import IngestSettings, Limits

#: Engines gain nothing above this share over ``render_dpi``; the page is brought down to it.
_SLACK = 1.2
#: What a page is taken for whose size is not known, in points.
_A4 = (595.0, 842.0)


def load_page_image(
    path: Path,
    source: SourceDocument,
    page: SourcePage,
    settings: IngestSettings,
    limits: Limits,
) -> tuple[np.ndarray, float]:
    """The image of one scanned page and its dots per inch.

    :returns: uint8 array (H, W) or (H, W, 3) RGB
    """
    if source.media_type == "application/pdf":
        pixels, dpi = _pdf_page(path, page, settings, limits)
    else:
        pixels = np.asarray(load_frame(path, page.number, limits))
        dpi = page.image_dpi or settings.render_dpi
    if dpi > settings.render_dpi * _SLACK:
        scale = settings.render_dpi / dpi
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        dpi = float(settings.render_dpi)
    return pixels, float(dpi)


def _pdf_page(
    path: Path, page: SourcePage, settings: IngestSettings, limits: Limits
) -> tuple[np.ndarray, float]:
    """The page's own image where it is one; else, and for what is in doubt, the page as drawn."""
    if page.image_dpi is not None:
        taken = embedded_image(path, page.number, limits)
        if taken is not None:
            return taken
    image, dpi = _render(path, page, settings, limits)
    return np.asarray(image), dpi


def _render(
    path: Path, page: SourcePage, settings: IngestSettings, limits: Limits
) -> tuple[Image.Image, float]:
    dpi = min(page.image_dpi or settings.render_dpi, settings.render_dpi)
    width = round((page.width_pt or 0) / 72 * dpi)
    height = round((page.height_pt or 0) / 72 * dpi)
    check_pixels(max(1, width), max(1, height), page.number, limits)
    return _drawn(path, page, limits, dpi=dpi, hide_annotations=True), float(dpi)


def draw_page(
    path: Path, source: SourceDocument, page: SourcePage, width: int, limits: Limits
) -> Image.Image:
    """A page as people see it, annotations and all, ``width`` pixels wide.

    :raises TooLarge: it would have more pixels than the limit
    """
    if source.media_type == "application/pdf":
        tall = (page.height_pt or _A4[1]) / (page.width_pt or _A4[0])
        check_pixels(width, max(1, round(width * tall)), page.number, limits)
        return _drawn(path, page, limits, size=(width, None))
    picture = load_frame(path, page.number, limits)
    height = max(1, round(width * picture.height / picture.width))
    check_pixels(width, height, page.number, limits)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _drawn(path: Path, page: SourcePage, limits: Limits, **how: Any) -> Image.Image:
    """A page of a PDF as poppler draws it."""
    try:
        images = convert_from_path(
            os.fspath(path),
            first_page=page.number,
            last_page=page.number,
            timeout=int(limits.page_seconds),
            fmt="ppm",
            **how,
        )
    except PDFPopplerTimeoutError:
        raise PageTimeout(
            f"Rendering page {page.number} took longer than {limits.page_seconds:.0f} s.",
            page=page.number,
        ) from None
    except PDFInfoNotInstalledError:
        raise EnvironmentProblem(
            "The program pdftoppm is missing.",
            advice="Install poppler: apt-get install poppler-utils",
        ) from None
    except (PDFPageCountError, PDFSyntaxError) as error:
        raise BadInput(
            f"Page {page.number} cannot be rendered.", page=page.number, detail=str(error)
        ) from None
    except OSError as error:
        raise EngineFailure(
            f"pdftoppm failed on page {page.number}.", page=page.number, detail=str(error)
        ) from None
    if len(images) != 1:
        raise EngineFailure(f"pdftoppm gave no image of page {page.number}.", page=page.number)
    return images[0]
