"""ALTO 4.4 (Library of Congress), one file a page, as METS/ALTO collections expect.

``CONTENT`` is the repaired reading, ``ALTERNATIVE PURPOSE="raw"`` the engine's own where repair
changed it, ``proposed`` what repair was not sure enough of to put in, ``other`` what another engine
read. The kinds of block are ``LayoutTag`` elements, guesses at handwriting refer to the
``OtherTag`` ``handwritten``; ``WC`` is the reader's confidence.
"""

from __future__ import annotations

from typing import Any, BinaryIO, Final

from lxml import etree

from models.directive import Directive
from models.source import SourceDocument
from models.text import PageText
from pipeline import __version__
from pipeline.publish.geometry import frame_of
from pipeline.publish.layout import (
    Box,
    LaidBlock,
    LaidLine,
    LaidWord,
    file_name,
    fit,
    laid_out,
    page_class,
    read_with,
)

ALTO: Final = "http://www.loc.gov/standards/alto/ns-v4#"
_HANDWRITTEN: Final = "HANDWRITTEN"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES: Final[Any] = {None: ALTO, "xsi": _XSI}  # stubs know no default namespace
_SCHEMA: Final = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"


def write_alto(
    source: SourceDocument,
    page: PageText,
    directive: Directive,
    out: BinaryIO,
) -> None:
    """Write one page as ALTO 4.4, UTF-8."""
    frame = frame_of(source.pages[page.page - 1], page)
    blocks = laid_out(page, frame)
    root = etree.Element(f"{{{ALTO}}}alto", nsmap=_NAMESPACES)
    root.set(f"{{{_XSI}}}schemaLocation", f"{ALTO} {_SCHEMA}")
    root.set("SCHEMAVERSION", "4.4")
    _description(root, source, page, directive)
    _tags(root, blocks)
    layout = _put(root, "Layout")
    sheet = _put(
        layout,
        "Page",
        ID=f"P{page.page}",
        PHYSICAL_IMG_NR=page.page,
        PAGECLASS=page_class(source, page.page),
        WIDTH=frame.width,
        HEIGHT=frame.height,
        LANG="vi",
        PROCESSINGREFS="READ REPAIR" if page.read_by == "ocr" else "READ",
    )
    space = _put(sheet, "PrintSpace", HPOS=0, VPOS=0, WIDTH=frame.width, HEIGHT=frame.height)
    rotation = round(frame.turn.text_degrees, 2)
    for number, block in enumerate(blocks, start=1):
        _block(space, block, f"B{number}", rotation)
    etree.indent(root)
    out.write(etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n")


def _put(parent: etree._Element, name: str, **attributes: object) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ALTO}}}{name}")
    for key, value in attributes.items():
        element.set(key, str(value))
    return element


def _said(parent: etree._Element, name: str, text: str) -> None:
    _put(parent, name).text = text


def _description(
    root: etree._Element, source: SourceDocument, page: PageText, directive: Directive
) -> None:
    description = _put(root, "Description")
    _said(description, "MeasurementUnit", "pixel")
    image = _put(description, "sourceImageInformation")
    _said(image, "fileName", file_name(directive.source.path))
    _said(image, "fileIdentifier", f"urn:sha256:{source.sha256}")
    _said(image, "documentIdentifier", fit(directive.id))
    _processing(description, "READ", "contentGeneration", "reading", read_with(page), "")
    if page.read_by == "ocr":
        _processing(
            description, "REPAIR", "contentModification",
            "repair of marks and letters; the reading before it is kept as ALTERNATIVE",
            "vanthu", __version__,
        )  # fmt: skip


def _processing(
    parent: etree._Element, key: str, category: str, what: str, software: str, version: str
) -> None:
    step = _put(parent, "Processing", ID=key)
    _said(step, "processingCategory", category)
    _said(step, "processingStepDescription", what)
    used = _put(step, "processingSoftware")
    _said(used, "softwareName", software)
    if version:
        _said(used, "softwareVersion", version)


def _tags(root: etree._Element, blocks: list[LaidBlock]) -> None:
    kinds = sorted({block.kind for block in blocks})
    if not kinds:
        return
    tags = _put(root, "Tags")
    for kind in kinds:
        _put(tags, "LayoutTag", ID=f"KIND.{kind}", LABEL=kind)
    if any(word.handwritten for block in blocks for line in block.lines for word in line.words):
        _put(tags, "OtherTag", ID=_HANDWRITTEN, LABEL="handwritten", DESCRIPTION="text is a guess")


def _placed(element: etree._Element, box: Box | None) -> None:
    if box is not None:
        for key, value in zip(
            ("HPOS", "VPOS", "WIDTH", "HEIGHT"),
            (box[0], box[1], box[2] - box[0], box[3] - box[1]),
            strict=True,
        ):
            element.set(key, str(value))


def _block(parent: etree._Element, block: LaidBlock, key: str, rotation: float) -> None:
    element = _put(parent, "TextBlock", ID=key, TAGREFS=f"KIND.{block.kind}")
    _placed(element, block.box)
    if rotation:
        element.set("ROTATION", f"{rotation:g}")
    for number, line in enumerate(block.lines, start=1):
        _line(element, line, f"{key}.L{number}")


def _line(parent: etree._Element, line: LaidLine, key: str) -> None:
    element = _put(parent, "TextLine", ID=key)
    _placed(element, line.box)
    for number, word in enumerate(line.words, start=1):
        if number > 1:
            _blank(element, line.words[number - 2].box, word.box)
        _word(element, word, f"{key}.W{number}")


def _blank(parent: etree._Element, left: Box | None, right: Box | None) -> None:
    blank = _put(parent, "SP")
    if left is not None and right is not None and right[0] > left[2]:
        top, bottom = max(left[1], right[1]), min(left[3], right[3])
        if bottom > top:
            _placed(blank, (left[2], top, right[0], bottom))


def _word(parent: etree._Element, word: LaidWord, key: str) -> None:
    element = _put(parent, "String", ID=key, CONTENT=word.text)
    _placed(element, word.box)
    if word.confidence is not None:
        element.set("WC", f"{word.confidence:.3f}")
    if word.handwritten:
        element.set("TAGREFS", _HANDWRITTEN)
    readings = [("raw", word.raw), ("proposed", word.proposed)]
    for purpose, text in [*readings, *(("other", text) for text in word.others)]:
        if text:
            _put(element, "ALTERNATIVE", PURPOSE=purpose).text = text
