"""The picture of each page for a PDF: kept as it is where it can be, else made with care.

* A PDF page that is one covering image: that image's packed bytes, untouched.
* JPEG and PNG files: their packed bytes, untouched (PNG without transparency or interlacing).
* TIFF frames: bilevel as CCITT group 4 without loss; others as JPEG.
* Any other PDF page: drawn by poppler; kept without loss where it is typeset, else as JPEG.

What a viewer draws over a page (the visible marks of digital signatures, numbers filled in by
records software) is laid over the picture as small pictures of its own: PDF/A would want fonts
embedded that those marks do not embed.
"""

from __future__ import annotations

import io
import struct
import subprocess
import tempfile
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageOps

from models.geometry import Affine
from models.source import SourceDocument, SourcePage
from pipeline.covering import displayed
from pipeline.errors import BadInput, EngineFailure, EnvironmentProblem, PageTimeout
from pipeline.publish.covering import copy_image, image_to_keep, profile_fits

RENDER_DPI: Final = 300
_MOST_RENDER_DPI: Final = 600
_RENDER_SECONDS: Final = 180.0
_JPEG_QUALITY: Final = 92
#: Fast; typeset pages still pack thirty to one.
_DEFLATE_LEVEL: Final = 4
_HIDDEN, _NO_VIEW = 2, 32
#: Annotations without a mark of their own on the page.
_MARKLESS: Final = frozenset({"/Link", "/Popup"})
_RASTER: Final = ("TIFF", "JPEG", "PNG")
#: How an EXIF orientation places the stored picture's unit square (origin bottom left).
_ORIENTATIONS: Final = {
    1: Affine(),
    2: Affine(-1, 0, 0, 1, 1, 0),
    3: Affine(-1, 0, 0, -1, 1, 1),
    4: Affine(1, 0, 0, -1, 0, 1),
    5: Affine(0, -1, -1, 0, 1, 1),
    6: Affine(0, -1, 1, 0, 0, 1),
    7: Affine(0, 1, 1, 0, 0, 0),
    8: Affine(0, 1, -1, 0, 1, 0),
}

How = Literal["copied", "re-encoded", "rendered"]


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page's size in points, its visible part, and images with the place of their unit square.

    The first image is the page, others are marks laid over it. ``how`` tells what was done.
    """

    width_pt: float
    height_pt: float
    crop: tuple[float, float, float, float]
    images: tuple[tuple[pikepdf.Object, Affine], ...]
    how: How


def page_pictures(
    pdf: pikepdf.Pdf, original: Path, source: SourceDocument
) -> Iterator[PagePicture]:
    """The picture of every page, as objects of ``pdf``, in order."""
    if source.media_type == "application/pdf":
        with _opened(original) as old:
            for number, page in enumerate(old.pages, start=1):
                facts = source.pages[number - 1]
                yield _pdf_page(pdf, original, page, facts)
            return
    for facts in source.pages:
        yield _raster_page(pdf, original, facts)


@contextmanager
def _opened(path: Path) -> Iterator[pikepdf.Pdf]:
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            yield pdf
    except (pikepdf.PdfError, pikepdf.DependencyError) as error:
        raise BadInput("The PDF is damaged and cannot be opened.", detail=str(error)) from None


# -- pages of a PDF -------------------------------------------------------------------------------


def _pdf_page(
    pdf: pikepdf.Pdf, original: Path, page: pikepdf.Page, facts: SourcePage
) -> PagePicture:
    width, height, shown = displayed(page)
    crop = shown.box(*(float(v) for v in page.cropbox))
    whole = Affine(width, 0, 0, height, 0, 0)
    placed = image_to_keep(page) if facts.kind == "scan" else None
    if placed is None:
        image = _rendered(pdf, original, facts)
        return PagePicture(width, height, crop, ((image, whole),), "rendered")
    images = [(copy_image(pdf, placed.image), placed.matrix.then(shown))]
    images += _drawn_marks(pdf, page, facts.number, shown, (width, height))
    return PagePicture(width, height, crop, tuple(images), "copied")


def _marks(page: pikepdf.Page) -> Iterator[tuple[float, float, float, float]]:
    """Where annotations draw something on the page, in its user space."""
    for annotation in page.obj.get("/Annots", Array()):
        try:
            flags = int(annotation.get("/F", 0))
            normal = annotation.get("/AP", Dictionary()).get("/N")
            box = [float(v) for v in annotation.get("/Rect", Array())]
        except (AttributeError, TypeError, ValueError):
            continue
        if str(annotation.get("/Subtype")) in _MARKLESS or flags & (_HIDDEN | _NO_VIEW):
            continue
        if normal is None or len(box) != 4 or box[0] == box[2] or box[1] == box[3]:
            continue
        yield min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])


def _drawn_marks(
    pdf: pikepdf.Pdf, page: pikepdf.Page, number: int, shown: Affine, size: tuple[float, float]
) -> list[tuple[pikepdf.Object, Affine]]:
    """Pictures of the marks that viewers draw over the page, with transparency, and their places.

    They are drawn from a copy of the page without its content, so the page below stays as it is.
    """
    boxes = [shown.box(*box) for box in _marks(page)]
    if not boxes:
        return []
    with tempfile.TemporaryDirectory(prefix="vanthu-") as folder:
        alone = Path(folder) / "marks.pdf"
        with pikepdf.new() as bare, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the marks need no form to be drawn
            bare.pages.append(page)
            for key in ("/Contents", "/Resources"):
                if key in bare.pages[0].obj:
                    del bare.pages[0].obj[key]
            bare.save(alone)
        pictures = [_mark(pdf, alone, number, box, size) for box in boxes]
    return [picture for picture in pictures if picture is not None]


def _mark(
    pdf: pikepdf.Pdf,
    alone: Path,
    number: int,
    box: tuple[float, float, float, float],
    size: tuple[float, float],
) -> tuple[pikepdf.Object, Affine] | None:
    """What is drawn in ``box`` of the only page of ``alone``; ``None`` for nothing."""
    scale = RENDER_DPI / 72
    left, top = max(0, int(box[0] * scale) - 1), max(0, int((size[1] - box[3]) * scale) - 1)
    right, bottom = int(min(box[2], size[0]) * scale), int((size[1] - max(box[1], 0)) * scale)
    width, height = right - left + 2, bottom - top + 2
    if width <= 2 or height <= 2:
        return None
    area: tuple[str | int, ...] = ("-x", left, "-y", top, "-W", width, "-H", height)
    program = ("pdftocairo", "-png", "-transp", "-singlefile", "-r", RENDER_DPI)
    command: tuple[str | int | Path, ...] = (*program, *area, alone, "-")
    data = _poppler(command, number)
    with Image.open(io.BytesIO(data), formats=("PNG",)) as png:
        image = png.convert("RGBA")
    alpha = image.getchannel("A")
    if not alpha.getbbox():
        return None
    stream: Any = _deflated(pdf, grey_if_grey(image.convert("RGB")))
    stream.SMask = _deflated(pdf, alpha)
    place = Affine(
        image.width / scale, 0, 0, image.height / scale,
        left / scale, size[1] - (top + image.height) / scale,
    )  # fmt: skip
    return stream, place


def _rendered(pdf: pikepdf.Pdf, original: Path, facts: SourcePage) -> pikepdf.Object:
    """The page as poppler draws it, with the marks laid over it."""
    dpi = min(_MOST_RENDER_DPI, max(RENDER_DPI, round(facts.image_dpi or 0)))
    number = facts.number
    data = _poppler(["pdftoppm", "-r", dpi, "-f", number, "-l", number, original], number)
    with Image.open(io.BytesIO(data), formats=("PPM",)) as drawn:
        image = grey_if_grey(drawn.convert("RGB"))
    return _deflated(pdf, image) if facts.kind == "born_digital" else encode_image(pdf, image)


def _poppler(command: Sequence[str | int | Path], number: int) -> bytes:
    """What a poppler program draws of page ``number``."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            timeout=_RENDER_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise EnvironmentProblem(
            f"The program {command[0]} is missing.",
            advice="Install poppler: apt-get install poppler-utils",
        ) from None
    except subprocess.TimeoutExpired:
        raise PageTimeout(
            f"Drawing page {number} took longer than {_RENDER_SECONDS:.0f} s.", page=number
        ) from None
    if done.returncode != 0 or not done.stdout:
        message = done.stderr.decode("utf-8", errors="replace").strip()
        raise EngineFailure(f"poppler cannot draw page {number}.", page=number, detail=message)
    return done.stdout


# -- image files ----------------------------------------------------------------------------------


def _raster_page(pdf: pikepdf.Pdf, original: Path, facts: SourcePage) -> PagePicture:
    width, height = facts.width_pt or 595.0, facts.height_pt or 842.0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(original, formats=_RASTER) as image:
                image.seek(facts.number - 1)
                turn = int(image.getexif().get(0x0112, 1)) if image.format != "TIFF" else 1
                kept = _kept_file(pdf, original, image)
                drawn = kept or encode_image(pdf, _plain(ImageOps.exif_transpose(image)))
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError) as error:
        raise BadInput("The image is damaged.", page=facts.number, detail=repr(error)) from None
    unit = _ORIENTATIONS.get(turn, Affine()) if kept is not None else Affine()
    place = unit.then(Affine(width, 0, 0, height, 0, 0))
    how: How = "copied" if kept is not None else "re-encoded"
    return PagePicture(width, height, (0, 0, width, height), ((drawn, place),), how)


def _kept_file(pdf: pikepdf.Pdf, original: Path, image: Image.Image) -> pikepdf.Object | None:
    """The file's own packed data as an image; ``None`` where a PDF cannot hold it so."""
    if image.format == "JPEG" and image.mode in ("L", "RGB"):
        stream: pikepdf.Object = _image(pdf, image, original.read_bytes(), Name.DCTDecode)
        _profiled(pdf, stream, image)
        return stream
    if image.format == "PNG" and image.mode in ("L", "RGB", "P", "1"):
        return _kept_png(pdf, original.read_bytes(), image)
    return None


def _profiled(pdf: pikepdf.Pdf, stream: Any, image: Image.Image) -> None:
    """Give an image the colour profile that its file carries."""
    profile = image.info.get("icc_profile") or b""
    components = 1 if image.mode == "L" else 3
    if profile_fits(profile, components):
        stream.ColorSpace = Array([Name.ICCBased, pdf.make_stream(profile, N=components)])


def _kept_png(pdf: pikepdf.Pdf, data: bytes, image: Image.Image) -> pikepdf.Object | None:
    """A PNG's own data: PDF's Flate filter has the same predictors (ISO 32000-1, 7.4.4.4)."""
    packed, palette, at = [], b"", 8
    header = data[16:29]
    depth, colour, interlaced = header[8], header[9], header[12]
    while at + 12 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        if kind == b"IDAT":
            packed.append(body)
        elif kind == b"PLTE":
            palette = body
        elif kind == b"tRNS":
            return None
        at += 12 + size
    if interlaced or colour not in (0, 2, 3) or depth > 8 or not packed:
        return None
    stream: pikepdf.Object = _flate(pdf, image.width, image.height, b"".join(packed), depth, colour)
    if colour == 3:
        stream.ColorSpace = Array(
            [Name.Indexed, Name.DeviceRGB, len(palette) // 3 - 1, pikepdf.String(palette)]
        )
    else:
        _profiled(pdf, stream, image)
    return stream


def _plain(image: Image.Image) -> Image.Image:
    """Bilevel, grey or RGB, on white."""
    if image.mode in ("1", "L", "RGB"):
        return image
    if image.mode.startswith(("I", "F")):
        pixels = np.asarray(image).astype(np.float64)
        top = 65535.0 if pixels.max() > 255 else 255.0
        return Image.fromarray((pixels.clip(0, top) * (255.0 / top)).astype(np.uint8))
    if image.mode in ("LA", "RGBA", "PA") or "transparency" in image.info:
        seen = image.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(paper, seen).convert("RGB")
    return image.convert("RGB")


# -- packing --------------------------------------------------------------------------------------


def grey_if_grey(image: Image.Image) -> Image.Image:
    """A picture without any colour as grey."""
    if image.mode != "RGB":
        return image
    red, green, blue = image.split()
    return red if red.tobytes() == green.tobytes() == blue.tobytes() else image


def encode_image(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Object:
    """Bilevel pictures without loss as CCITT group 4, others as JPEG without visible loss."""
    if image.mode == "1":
        return _group4(pdf, image)
    data = io.BytesIO()
    image.save(data, "JPEG", quality=_JPEG_QUALITY, subsampling=0, optimize=False)
    stream: pikepdf.Object = _image(pdf, image, data.getvalue(), Name.DCTDecode)
    return stream


def _group4(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Object:
    """CCITT group 4, one strip, through Pillow's TIFF writer."""
    packed = io.BytesIO()
    image.save(packed, "TIFF", compression="group4", tiffinfo={278: image.height})
    with Image.open(packed) as tiff:
        tags: Any = getattr(tiff, "tag_v2")  # noqa: B009 - a TIFF's own attribute
        offsets, counts, white_is_zero = tags[273], tags[279], tags.get(262, 0) == 0
    data = packed.getvalue()
    strips = b"".join(data[o : o + n] for o, n in zip(offsets, counts, strict=True))
    stream: pikepdf.Object = _image(pdf, image, strips, Name.CCITTFaxDecode)
    stream.BitsPerComponent = 1
    stream.DecodeParms = Dictionary(
        K=-1, Columns=image.width, Rows=image.height, BlackIs1=not white_is_zero
    )
    return stream


def _deflated(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Object:
    """A picture without loss."""
    pixels = np.asarray(image)
    rows = pixels.reshape(image.height, -1)
    # PNG's "up" predictor on every row: what is like the row above becomes zero.
    coded = np.zeros((rows.shape[0], rows.shape[1] + 1), np.uint8)
    coded[:, 0] = 2
    coded[:, 1:] = rows
    coded[1:, 1:] -= rows[:-1]
    packed = zlib.compress(coded.tobytes(), _DEFLATE_LEVEL)
    colour = 0 if image.mode == "L" else 2
    stream: pikepdf.Object = _flate(pdf, image.width, image.height, packed, 8, colour)
    return stream


def _flate(pdf: pikepdf.Pdf, width: int, height: int, data: bytes, depth: int, colour: int) -> Any:
    """An image of PNG-filtered rows; ``colour`` as in PNG: 0 grey, 2 RGB, 3 palette."""
    colours = 3 if colour == 2 else 1
    stream: Any = pikepdf.Stream(pdf, b"")
    stream.write(
        data,
        filter=Name.FlateDecode,
        decode_parms=Dictionary(
            Predictor=15, Colors=colours, Columns=width, BitsPerComponent=depth
        ),
    )
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height, stream.BitsPerComponent = width, height, depth
    stream.ColorSpace = Name.DeviceRGB if colour == 2 else Name.DeviceGray
    return pdf.make_indirect(stream)


def _image(pdf: pikepdf.Pdf, image: Image.Image, data: bytes, packing: pikepdf.Object) -> Any:
    """An image object of packed data."""
    stream: Any = pikepdf.Stream(pdf, b"")
    stream.write(data, filter=packing)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height, stream.BitsPerComponent = image.width, image.height, 8
    stream.ColorSpace = Name.DeviceRGB if image.mode == "RGB" else Name.DeviceGray
    return pdf.make_indirect(stream)
