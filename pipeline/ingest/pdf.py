"""What a PDF holds, page by page, found before anything is decoded."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf

from models.finding import Finding
from models.source import DigitalSignature, SourcePage
from pipeline.errors import BadInput, EncryptedInput, OutOfMemory, TooLarge
from pipeline.ingest.programs import run_poppler
from pipeline.ingest.signatures import read_signatures
from pipeline.ingest.text_layer import LayerPage, is_sound, read_layer
from pipeline.settings import IngestSettings, Limits

#: A page whose image covers this share of it is a picture of a page.
_COVER_SHARE = 0.75
_POINTS_PER_INCH = 72.0
#: Longest decoded content stream. A page of dense vector drawing has some 5 MB.
_CONTENT_BYTES = 64 * 1024 * 1024
#: Readers look for the end mark in the last 1024 bytes; mailers append some more.
_TAIL_BYTES = 4096


@dataclass(frozen=True)
class _Image:
    """An image drawn on a page: the size it is drawn at and its own resolution."""

    width_px: int
    height_px: int
    x_ppi: float
    y_ppi: float

    @property
    def square_inches(self) -> float:
        if self.x_ppi <= 0 or self.y_ppi <= 0:
            return 0.0
        return (self.width_px / self.x_ppi) * (self.height_px / self.y_ppi)


@contextmanager
def opened(path: Path) -> Iterator[pikepdf.Pdf]:
    """``path`` as a PDF; qpdf's errors become ours."""
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            yield pdf
    except pikepdf.PasswordError:
        raise EncryptedInput("The PDF is protected by a password.") from None
    except MemoryError:
        raise OutOfMemory("The PDF needs more memory than a worker may have.") from None
    except (pikepdf.PdfError, pikepdf.DependencyError) as error:
        raise BadInput("The PDF is damaged and cannot be opened.", detail=str(error)) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        # A hostile object tree: pikepdf meets a type that the standard does not allow there.
        raise BadInput("The PDF's structure is damaged.", detail=repr(error)) from None


def examine_pdf(
    path: Path, scratch: Path, settings: IngestSettings, limits: Limits
) -> tuple[tuple[SourcePage, ...], tuple[DigitalSignature, ...], tuple[Finding, ...]]:
    """Pages, signatures and findings of a PDF.

    :raises TooLarge: too many pages, a page too wide, an image or a stream too large when decoded
    :raises BadInput: damaged, or without pages
    """
    _check_end(path)
    with opened(path) as pdf:
        sizes = _page_sizes(pdf, limits)
        damage = [str(warning) for warning in pdf.get_warnings()]
        signatures = read_signatures(pdf, scratch, timeout_seconds=limits.examine_seconds)
        fonts = fonts_by_page(pdf)
        stripped = without_annotations(pdf, scratch)
    layer = read_layer(stripped, timeout_seconds=limits.examine_seconds, fonts=fonts)
    images = _images(stripped, timeout_seconds=limits.examine_seconds)
    pages = tuple(
        _judge(number, size, layer.get(number), images.get(number, []), settings)
        for number, size in enumerate(sizes, start=1)
    )
    decoded = [
        finding
        for page in pages
        if page.kind == "born_digital"
        for finding in layer[page.number].findings
    ]
    return pages, signatures, (*_recovered(damage), *_gathered(decoded))


def fonts_by_page(pdf: pikepdf.Pdf) -> dict[int, frozenset[str]]:
    """Names of the fonts that each page may use; what no standard allows is passed over."""
    return {n: frozenset(_font_names(page)) for n, page in enumerate(pdf.pages, start=1)}


def _font_names(page: pikepdf.Page) -> Iterator[str]:
    try:
        fonts: Any = page.resources.get("/Font", pikepdf.Dictionary())
        for font in fonts.values():
            yield str(font.get("/BaseFont", ""))
    except (AttributeError, KeyError, TypeError, ValueError):
        return


def _gathered(findings: list[Finding]) -> Iterator[Finding]:
    """One finding of each kind for the document, with every page as evidence."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.code, []).append(finding)
    for first, *others in kinds.values():
        more = f" Likewise on {len(others)} more pages." if others else ""
        evidence = tuple(item for finding in (first, *others) for item in finding.evidence)
        yield first.model_copy(update={"message": first.message + more, "evidence": evidence})


def _check_end(path: Path) -> None:
    """Refuse a file that was cut off: readers mend it silently, and its last pages are gone."""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - _TAIL_BYTES))
        tail = file.read()
    if b"%%EOF" not in tail:
        raise BadInput(
            "The PDF is cut off: its end is missing.",
            advice="Copy or scan it again; the transfer may have been interrupted.",
        )


def _recovered(damage: list[str]) -> tuple[Finding, ...]:
    if not damage:
        return ()
    return (
        Finding(
            code="source.recovered",
            message="The PDF is damaged and was mended while reading; compare it with the pages: "
            + damage[0][-200:],
        ),
    )


def without_annotations(pdf: pikepdf.Pdf, scratch: Path) -> Path:
    """A working copy without annotations: signature marks are not the document's own text."""
    for page in pdf.pages:
        if "/Annots" in page.obj:
            del page.obj["/Annots"]
    if "/AcroForm" in pdf.Root:
        del pdf.Root["/AcroForm"]
    target = scratch / "plain.pdf"
    pdf.save(
        target,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        encryption=False,
    )
    return target


def _page_sizes(pdf: pikepdf.Pdf, limits: Limits) -> list[tuple[float, float]]:
    declared = pdf.Root.get("/Pages", pikepdf.Dictionary()).get("/Count", 0)
    count = int(declared) if isinstance(declared, int) else 0
    if count <= limits.document_pages:
        count = len(pdf.pages)
    if count > limits.document_pages:
        raise TooLarge(
            f"The PDF has {count:,} pages; the limit is {limits.document_pages:,}.",
            advice="Split it, or raise VANTHU_LIMITS__DOCUMENT_PAGES.",
        )
    if count == 0:
        raise BadInput("The PDF has no pages.")
    sizes = []
    for number, page in enumerate(pdf.pages, start=1):
        sizes.append(_page_size(page, number, limits))
        _check_streams(page, number, limits)
    return sizes


def _page_size(page: pikepdf.Page, number: int, limits: Limits) -> tuple[float, float]:
    """Width and height in points as displayed (user unit and rotation applied).

    Of the media box, which is what poppler renders and measures words on.
    """
    box = [float(v) for v in page.mediabox]
    unit = float(page.obj.get("/UserUnit", 1))
    width, height = abs(box[2] - box[0]) * unit, abs(box[3] - box[1]) * unit
    side = max(width, height) / _POINTS_PER_INCH
    if not side <= limits.page_side_inches:
        raise TooLarge(
            f"Page {number} is {side:.0f} inches long; the limit is "
            f"{limits.page_side_inches:.0f} inches.",
            advice="Print it to a normal paper size, or raise VANTHU_LIMITS__PAGE_SIDE_INCHES.",
            page=number,
        )
    if min(width, height) <= 0:
        raise BadInput(f"Page {number} has no area.", page=number)
    rotation = int(page.obj.get("/Rotate", 0))
    return (height, width) if rotation % 180 == 90 else (width, height)


def _check_streams(page: pikepdf.Page, number: int, limits: Limits) -> None:
    """Refuse what would burst when decoded: images by their header, content by counting."""
    for image in page.get_images().values():
        pixels = int(image.get("/Width", 0)) * int(image.get("/Height", 0))
        if pixels > limits.image_megapixels * 1e6:
            raise TooLarge(
                f"Page {number} holds an image of {pixels / 1e6:,.0f} megapixels; the limit is "
                f"{limits.image_megapixels:,.0f}.",
                advice="Downsample it, or raise VANTHU_LIMITS__IMAGE_MEGAPIXELS.",
                page=number,
            )
    contents: Any = page.obj.get("/Contents")
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    room = _CONTENT_BYTES
    for stream in streams:
        if isinstance(stream, pikepdf.Stream):
            room -= _decoded_size(stream, room)
            if room < 0:
                raise TooLarge(
                    f"Page {number} unpacks to more than {_CONTENT_BYTES // 2**20} MB of drawing "
                    "commands.",
                    advice="It may be a decompression bomb; print it to a new PDF if you trust it.",
                    page=number,
                )


def _decoded_size(stream: pikepdf.Stream, room: int) -> int:
    """Bytes that ``stream`` unpacks to, counted without keeping more than ``room`` of them."""
    declared: Any = stream.get("/Filter")
    filters = list(declared) if isinstance(declared, pikepdf.Array) else [declared]
    data = stream.read_raw_bytes()
    for name in filters:
        if name != "/FlateDecode":
            break
        try:
            data = zlib.decompressobj().decompress(data, room + 1)
        except zlib.error:
            break  # poppler mends some of these; its limits hold then
    return len(data)


def _images(path: Path, *, timeout_seconds: float) -> dict[int, list[_Image]]:
    """Images drawn on each page, from ``pdfimages -list`` (reads headers, decodes nothing)."""
    table = run_poppler(["pdfimages", "-list", path], timeout_seconds=timeout_seconds)
    found: dict[int, list[_Image]] = {}
    for row in table.decode("ascii", errors="replace").splitlines()[2:]:
        cells = row.split()
        if len(cells) < 14 or cells[2] != "image":
            continue
        try:
            image = _Image(int(cells[3]), int(cells[4]), float(cells[-4]), float(cells[-3]))
        except ValueError:
            continue
        found.setdefault(int(cells[0]), []).append(image)
    return found


def _judge(
    number: int,
    size: tuple[float, float],
    layer: LayerPage | None,
    images: list[_Image],
    settings: IngestSettings,
) -> SourcePage:
    """Scan or born digital, with the reason."""
    width, height = size
    area = (width / _POINTS_PER_INCH) * (height / _POINTS_PER_INCH)
    cover = max(images, key=lambda i: i.square_inches, default=None)
    covered = cover is not None and cover.square_inches >= _COVER_SHARE * area
    dpi = cover.y_ppi if covered and cover is not None and cover.y_ppi >= settings.min_dpi else None
    text = layer.text if layer is not None else ""
    chars = sum(1 for c in text if not c.isspace())
    if chars < settings.text_layer_min_chars:
        kind, reason = "scan", f"text layer of {chars} characters is too short to be the page's"
    elif covered:
        kind, reason = "scan", "a page image covers the page; its text layer is an earlier OCR"
    elif layer is not None and not layer.whole:
        kind, reason = "scan", "letters were lost on the way into the text layer"
    elif not is_sound(text, settings):
        kind, reason = "scan", "the text layer is not sound Vietnamese (legacy font or no marks)"
    else:
        kind, reason = "born_digital", "sound text layer without a page image"
    return SourcePage(
        number=number,
        kind="scan" if kind == "scan" else "born_digital",
        reason=reason,
        width_pt=round(width, 2),
        height_pt=round(height, 2),
        image_dpi=dpi,
        text_layer_chars=chars,
    )
