"""PDF/A-2b in two layers: the page as it looks, and our text, invisible, where its words stand.

Follows ISO 19005-2 level B (and the Unicode maps that level U asks for). The original is never
altered: this is a new file, which names the original by its SHA-256. The same input gives the same
bytes: nothing in the file tells when it was made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, Final

import pikepdf
from pikepdf import Array, Dictionary, Name

from models.directive import Directive
from models.geometry import Affine, Frame, Turn
from models.source import SourceDocument, SourcePage
from models.text import PageText, Word
from pipeline.errors import InternalFailure, Unsupported
from pipeline.publish.blankfont import BlankFont
from pipeline.publish.geometry import frame_of
from pipeline.publish.pictures import RENDER_DPI, How, PagePicture, page_pictures
from pipeline.publish.srgb import srgb_profile
from pipeline.publish.textlayer import Blocks, blocks_of, runs_of, text_commands
from pipeline.publish.xmp import PRODUCER, Facts, facts_of, packet

if TYPE_CHECKING:
    from pathlib import Path

_HOW: Final[dict[How, str]] = {
    "copied": "page images kept as they are in the original",
    "re-encoded": "page images packed anew (bilevel without loss, others as JPEG)",
    "rendered": f"drawn from the original at {RENDER_DPI} dpi or more, their fonts and vectors not "
    "kept",
}


def write_pdfa(
    original: Path,
    source: SourceDocument,
    pages: Sequence[PageText],
    directive: Directive,
    out: BinaryIO,
) -> None:
    """Write a document as PDF/A-2b.

    :param pages: the repaired text of every page, in order

    :raises Unsupported: a text file has no pages to keep; :raises BadInput: a damaged original
    """
    check_pages(source, pages)
    with pikepdf.new() as pdf:
        layers = _laid_out(source, pages)
        font = BlankFont(_characters(layers))
        font_object = font.add_to(pdf)
        made: dict[How, list[int]] = defaultdict(list)
        for number, picture in enumerate(page_pictures(pdf, original, source), start=1):
            made[picture.how].append(number)
            text = b"\n".join(
                text_commands(blocks, frame, _to_points(frame, picture), font)
                for blocks, frame in layers[number - 1]
                if blocks
            )
            _add_page(pdf, picture, text, font_object)
        _finish(pdf, facts_of(directive, source, _told(made)))
        pdf.save(
            out,
            deterministic_id=True,
            force_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )


#: Words, and what their boxes refer to.
_Layer = tuple[Blocks, Frame]


def _characters(layers: list[list[_Layer]]) -> Iterator[str]:
    for page in layers:
        for blocks, _ in page:
            for block in blocks:
                for line in block:
                    for run in line:
                        yield from run.text


def _to_points(frame: Frame, picture: PagePicture) -> Affine:
    """From pixels of the original page to points, origin at the bottom left."""
    across, down = picture.width_pt / frame.width, picture.height_pt / frame.height
    return Affine(across, 0, 0, -down, 0, picture.height_pt)


def check_pages(source: SourceDocument, pages: Sequence[PageText]) -> None:
    """That the document has pages to publish, and the text of each.

    :raises Unsupported: it is a text file
    """
    if source.kind == "text":
        raise Unsupported(
            "A text file has no page image, so there is no page form of it.",
            advice="Its original is kept in the archive; export it as jsonl, or print it to PDF "
            "and ingest that.",
        )
    if [page.page for page in pages] != [page.number for page in source.pages]:
        raise InternalFailure("The stored text does not have the pages of the document.")


def _laid_out(source: SourceDocument, pages: Sequence[PageText]) -> list[list[_Layer]]:
    """The layers of every page: what was read from it, and the marks of digital signatures."""
    layers = []
    for facts, text in zip(source.pages, pages, strict=True):
        frame = frame_of(facts, text)
        # Their boxes are of the page as it lies, however it was turned to be read.
        lying = Frame(frame.width, frame.height, Turn())
        marks = [[run] for run in runs_of(_mark_words(source, facts), lying)]
        layers.append([(blocks_of(text, frame), frame), ([marks] if marks else [], lying)])
    return layers


def _mark_words(source: SourceDocument, page: SourcePage) -> list[Word]:
    """Words of the visible marks of digital signatures; the engine did not see them."""
    return [
        word
        for signature in source.signatures
        if signature.page == page.number
        # Numbers that were filled in as marks are in a born-digital page's text already.
        and not (page.kind == "born_digital" and signature.stamp_text.strip().isdecimal())
        for word in signature.stamp_words
    ]


def _add_page(pdf: pikepdf.Pdf, picture: PagePicture, text: bytes, font: pikepdf.Object) -> None:
    size = (picture.width_pt, picture.height_pt)
    page = pdf.add_blank_page(page_size=size)
    page.obj.MediaBox = _box((0, 0, *size))
    if max(abs(a - b) for a, b in zip(picture.crop, (0, 0, *size), strict=True)) > 0.01:
        page.obj.CropBox = _box(picture.crop)
    images = {f"/Im{index}": image for index, (image, _) in enumerate(picture.images)}
    commands = [
        b"q %s cm /Im%d Do Q"
        % (b" ".join(f"{v:.4f}".rstrip("0").rstrip(".").encode() for v in place), index)
        for index, (_, place) in enumerate(picture.images)
    ]
    page.obj.Resources = Dictionary(XObject=Dictionary(images))
    if text:
        page.obj.Resources.Font = Dictionary(F=font)
        commands.append(text)
    page.obj.Contents = pdf.make_stream(b"\n".join(commands))


def _box(box: tuple[float, ...]) -> pikepdf.Array:
    return Array([round(v, 3) for v in box])


def _told(made: dict[How, list[int]]) -> list[str]:
    """How the pages were made, as sentences."""
    whole = sum(len(numbers) for numbers in made.values())
    told = ["Two layers: the pages as they look, and their recognised and repaired text."]
    for how, numbers in sorted(made.items()):
        some = "All pages" if len(numbers) == whole else f"Pages {_ranges(numbers)}"
        told.append(f"{some}: {_HOW[how]}.")
    return told


def _ranges(numbers: list[int]) -> str:
    """``[1, 2, 3, 5]`` as ``1-3, 5``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    return ", ".join("-".join(str(n) for n in part) for part in parts)


def _finish(pdf: pikepdf.Pdf, facts: Facts) -> None:
    """Catalogue, output intent, metadata and Info."""
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=pikepdf.String("sRGB"),
        Info=pikepdf.String("sRGB IEC61966-2.1"),
        DestOutputProfile=pdf.make_stream(srgb_profile(), N=3),
    )
    metadata = pikepdf.Stream(pdf, b"")
    # Not compressed: tools that know nothing of PDF look for the packet in the bytes.
    metadata.write(packet(facts))
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = pdf.make_indirect(metadata)
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])
    pdf.Root.Lang = pikepdf.String("vi-VN")
    pdf.Root.MarkInfo = Dictionary(Marked=False)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.docinfo.Title = pikepdf.String(facts.title)
    if facts.creator:
        pdf.docinfo.Author = pikepdf.String(facts.creator)
    pdf.docinfo.Subject = pikepdf.String(facts.description)
    pdf.docinfo.Creator = pikepdf.String(PRODUCER)
    pdf.docinfo.Producer = pikepdf.String(PRODUCER)
