"""The pixels of the image that is a page, taken directly: nothing is drawn, scaled or smoothed.

Only where the page is one plain image in a common form. Everything unusual is left to poppler, and
so is every image that cannot be decoded: the page as drawn is always right.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import pikepdf
from pikepdf.models import image as undecodable

from models.geometry import Affine
from pipeline.covering import Placed, covering_image, displayed
from pipeline.errors import InputError
from pipeline.ingest.images import check_pixels
from pipeline.settings import Limits

Pixels = npt.NDArray[np.uint8]

_POINTS_PER_INCH: Final = 72.0
#: Decoders that Pillow and qpdf hold themselves. JPEG 2000 has colour rules of its own.
_FILTERS: Final = frozenset(
    {"/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/FlateDecode", "/LZWDecode",
     "/RunLengthDecode", "/ASCII85Decode", "/ASCIIHexDecode"}
)  # fmt: skip
_GREY: Final = frozenset({"/DeviceGray", "/CalGray"})
_RGB: Final = frozenset({"/DeviceRGB", "/CalRGB"})
#: A fax is 204 dots an inch wide and 98 high: above this ratio pixels are made square.
_SQUARE: Final = 1.02
#: How Pillow names what an image decodes to.
_MODES: Final = {1: ("1", "L"), 3: ("RGB",)}


def embedded_image(path: Path, number: int, limits: Limits) -> tuple[Pixels, float] | None:
    """Page ``number`` as grey or RGB pixels with its dots per inch; ``None``: have it drawn.

    :raises TooLarge: where the image has more pixels than the limit
    """
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            page = pdf.pages[number - 1]
            placed = covering_image(page, page.mediabox)
            if placed is None:
                return None
            image: Any = placed.image
            check_pixels(int(image.Width), int(image.Height), number, limits)
            pixels = _decoded(image)
            if pixels is None:
                return None
            return _as_displayed(pixels, placed, page)
    except InputError:
        raise
    except (pikepdf.PdfError, pikepdf.DependencyError, pikepdf.DataDecodingError,
            undecodable.UnsupportedImageTypeError, undecodable.NotExtractableError,
            undecodable.InvalidPdfImageError, undecodable.ImageDecompressionError,
            OSError, SyntaxError, ValueError, TypeError, KeyError, AttributeError, IndexError,
            RecursionError, NotImplementedError, MemoryError, RuntimeError, ArithmeticError,
            EOFError, zlib.error, cv2.error):  # fmt: skip
        # Damaged, or more than the decoders know; pikepdf and Pillow raise all of these.
        return None


def _decoded(image: Any) -> Pixels | None:
    """The image's own pixels; ``None`` where it is of an unusual form."""
    components = _components(image.get("/ColorSpace"))
    bits = int(image.BitsPerComponent)
    if components is None or bits not in (1, 2, 4, 8) or not _plainly_packed(image, components):
        return None
    inverted = _inverted(image, bits)
    if inverted is None:
        return None
    if "/Decode" in image:
        del image["/Decode"]  # from the copy in memory: some of the decoders would apply it
    picture = pikepdf.PdfImage(image).as_pil_image()
    if picture.size != (int(image.Width), int(image.Height)):
        return None
    if picture.mode == "P":
        picture = picture.convert("RGB")
    if picture.mode not in _MODES[components] and not _indexed(image):
        return None
    if picture.mode == "1":
        picture = picture.convert("L")
    pixels = np.asarray(picture)
    return 255 - pixels if inverted else pixels


def _components(space: Any) -> int | None:
    """1 for grey, 3 for RGB, ``None`` for colours that only a renderer should turn into RGB."""
    if isinstance(space, pikepdf.Name):
        return 1 if space in _GREY else 3 if space in _RGB else None
    if not isinstance(space, pikepdf.Array) or len(space) < 2:
        return None
    kind = str(space[0])
    if kind == "/ICCBased":
        return {1: 1, 3: 3}.get(int(space[1].N))
    if kind == "/Indexed":
        base = space[1]
        nested = isinstance(base, pikepdf.Array) and str(base[0]) == "/Indexed"
        return None if nested else _components(base)
    return 1 if kind in _GREY else 3 if kind in _RGB else None


def _indexed(image: Any) -> bool:
    space = image.get("/ColorSpace")
    return isinstance(space, pikepdf.Array) and str(space[0]) == "/Indexed"


def _plainly_packed(image: Any, components: int) -> bool:
    """Whether filters are known ones and unpack to no more than the pixels need."""
    filters, parameters = _listed(image.get("/Filter")), _listed(image.get("/DecodeParms"))
    if any(str(name) not in _FILTERS for name in filters):
        return False
    if any(isinstance(p, pikepdf.Dictionary) and "/ColorTransform" in p for p in parameters):
        return False
    if not filters or str(filters[0]) != "/FlateDecode":
        return True
    # A bomb in an image's clothes: poppler reads only as much as the pixels need.
    bits = int(image.Width) * components * int(image.BitsPerComponent)
    room = (bits // 8 + 2) * int(image.Height) + 65_536
    return len(zlib.decompressobj().decompress(image.read_raw_bytes(), room)) < room


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _inverted(image: Any, bits: int) -> bool | None:
    """Whether ``Decode`` swaps black and white; ``None`` where it does anything else."""
    decode = image.get("/Decode")
    if decode is None:
        return False
    values = [float(v) for v in decode]
    if _indexed(image):
        return False if values == [0.0, 2.0**bits - 1] else None
    if values == [0.0, 1.0] * (len(values) // 2):
        return False
    return True if values == [1.0, 0.0] else None


def _as_displayed(pixels: Pixels, placed: Placed, page: pikepdf.Page) -> tuple[Pixels, float]:
    """Turned as the page shows it, cut to the page, pixels made square."""
    width, height, shown = displayed(page)
    place = placed.matrix.then(shown)
    pixels = _turned(pixels, place)
    x0, y0, x1, y1 = place.box(0, 0, 1, 1)
    across, down = pixels.shape[1] / (x1 - x0), pixels.shape[0] / (y1 - y0)
    # What the image lacks to the edge of the page is paper, what hangs over is not seen.
    margins = (-x0 * across, (x1 - width) * across, (y1 - height) * down, -y0 * down)
    left, right, top, bottom = (round(v) for v in margins)
    pixels = pixels[
        max(0, top) : pixels.shape[0] - max(0, bottom),
        max(0, left) : pixels.shape[1] - max(0, right),
    ]
    if min(left, right, top, bottom) < 0:
        sides = [(max(0, -top), max(0, -bottom)), (max(0, -left), max(0, -right)), (0, 0)]
        pixels = np.pad(pixels, sides[: pixels.ndim], constant_values=255)
    dpi = max(across, down) * _POINTS_PER_INCH
    if max(across, down) > _SQUARE * min(across, down):
        size = (round(width / _POINTS_PER_INCH * dpi), round(height / _POINTS_PER_INCH * dpi))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    return np.ascontiguousarray(pixels), dpi


def _turned(pixels: Pixels, place: Affine) -> Pixels:
    """The rows and columns as the matrix lays them: its unit square has its origin bottom left."""
    if abs(place.a) + abs(place.d) >= abs(place.b) + abs(place.c):
        rightwards, upwards = place.a > 0, place.d > 0
    else:
        pixels = pixels.swapaxes(0, 1)
        rightwards, upwards = place.c < 0, place.b < 0
    return pixels[:: 1 if upwards else -1, :: 1 if rightwards else -1]
