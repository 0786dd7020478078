"""TIFF, JPEG and PNG files: examined by their headers, decoded one page at a time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from models.source import SourcePage
from pipeline.errors import BadInput, OutOfMemory, TooLarge
from pipeline.settings import IngestSettings, Limits

#: Width of A4 in inches: the paper that a page without a stated resolution is taken for.
_A4_WIDTH = 8.27
_A4_HEIGHT = 11.69
_FORMATS = ("TIFF", "JPEG", "PNG")
#: The EXIF tag that says how a camera was held; 5 to 8 lie on their side.
_ORIENTATION = 0x0112
# The size is checked against our own limit first; Pillow's warning would only add noise.
Image.MAX_IMAGE_PIXELS = None


@contextmanager
def opened_image(path: Path) -> Iterator[Image.Image]:
    """``path`` as a Pillow image (header only until pixels are asked for); errors become ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as image:
                yield image
    except UnidentifiedImageError:
        raise BadInput("The image's header is damaged.") from None
    except MemoryError:
        raise OutOfMemory("The image needs more memory than a worker may have.") from None
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError) as error:
        # Pillow raises all of these for damaged files, depending on the decoder.
        raise BadInput("The image is damaged.", detail=repr(error)) from None


def examine_image(path: Path, settings: IngestSettings, limits: Limits) -> tuple[SourcePage, ...]:
    """The pages of an image file; no pixel is decoded.

    :raises TooLarge: too many pages, or a page with too many pixels
    """
    pages: list[SourcePage] = []
    with opened_image(path) as image:
        number = 1
        while True:
            if number > limits.document_pages:
                raise TooLarge(
                    f"The image file has more than {limits.document_pages:,} pages.",
                    advice="Split it, or raise VANTHU_LIMITS__DOCUMENT_PAGES.",
                )
            pages.append(_page(image, number, settings, limits))
            try:
                image.seek(number)
            except EOFError:
                return tuple(pages)
            number += 1


def _page(image: Image.Image, number: int, settings: IngestSettings, limits: Limits) -> SourcePage:
    width, height = image.size
    check_pixels(width, height, number, limits)
    if image.format != "TIFF" and image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8):
        width, height = height, width  # as it is shown; Pillow turns TIFF frames itself
    dpi = stated_dpi(image, settings)
    return SourcePage(
        number=number,
        kind="scan",
        reason="an image file",
        width_pt=round(width / dpi * 72, 2),
        height_pt=round(height / dpi * 72, 2),
        image_dpi=round(dpi, 1),
    )


def check_pixels(width: int, height: int, number: int, limits: Limits) -> None:
    """:raises TooLarge: where an image is over the limit"""
    if width * height > limits.image_megapixels * 1e6:
        raise TooLarge(
            f"The image is {width:,} x {height:,} pixels; the limit is "
            f"{limits.image_megapixels:,.0f} megapixels.",
            advice="Downsample it, or raise VANTHU_LIMITS__IMAGE_MEGAPIXELS.",
            page=number,
        )
    if min(width, height) < 1:
        raise BadInput(f"Page {number} has no area.", page=number)


def stated_dpi(image: Image.Image, settings: IngestSettings) -> float:
    """Dots per inch: as the file says where that is believable, else as if the page were A4."""
    stated = image.info.get("dpi")
    try:
        value = float(stated[1]) if stated else 0.0
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        value = 0.0
    if settings.min_dpi <= value <= 1200:
        return value
    width, height = sorted(image.size)
    return max(float(settings.min_dpi), width / _A4_WIDTH, height / _A4_HEIGHT)


def load_frame(path: Path, number: int, limits: Limits) -> Image.Image:
    """The pixels of page ``number`` (1-based), turned as its orientation tag says."""
    with opened_image(path) as image:
        image.seek(number - 1)
        check_pixels(*image.size, number, limits)
        image.load()
        turned = ImageOps.exif_transpose(image)
        return turned.convert("L" if turned.mode in ("1", "L", "I;16") else "RGB")
