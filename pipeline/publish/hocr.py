"""hOCR 1.2: the document as one XHTML file that a browser opens, every word with its box.

``x_wconf`` is the engine's confidence in percent. The reading before repair is the word's
``data-raw``, what repair was not sure enough of its ``data-proposed``, what another engine read
its ``data-others``; ``data-handwritten`` marks a guess at handwriting. The kind of a block is
``data-kind``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, Final

from lxml import etree

from models.directive import Directive
from models.source import SourceDocument
from models.text import PageText
from pipeline import __version__
from pipeline.publish.geometry import frame_of
from pipeline.publish.layout import Box, LaidBlock, LaidWord, file_name, fit, laid_out, read_with

XHTML: Final = "http://www.w3.org/1999/xhtml"
_NAMESPACES: Final[Any] = {None: XHTML}  # stubs know no default namespace
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_STYLE: Final = """
body { font: 1rem/1.5 serif; max-width: 50rem; margin: 1rem auto; padding: 0 1rem; }
.ocr_page { border-bottom: 1px solid #999; padding: 1rem 0; }
.ocr_line { display: block; }
.ocr_carea { margin-bottom: .8rem; }
[data-kind="overlay"] { color: #666; font-size: .85rem; }
[data-raw] { background: #fff3bf; }
[data-proposed] { background: #ffd8d8; }
[data-handwritten] { border-bottom: 2px dotted #c00; }
"""


def write_hocr(
    source: SourceDocument,
    pages: Sequence[PageText],
    directive: Directive,
    out: BinaryIO,
) -> None:
    """Write a document as hOCR 1.2, UTF-8."""
    root = etree.Element(f"{{{XHTML}}}html", nsmap=_NAMESPACES)
    root.set("lang", "vi")
    root.set(_LANG, "vi")
    _head(root, pages, directive)
    body = _put(root, "body")
    name = file_name(directive.source.path).replace('"', "'")
    for page in pages:
        frame = frame_of(source.pages[page.page - 1], page)
        key = f"page_{page.page}"
        whole = (0, 0, frame.width, frame.height)
        title = f'image "{name}"; {_bbox(whole)}; ppageno {page.page - 1}'
        sheet = _put(body, "div", "ocr_page", key, title)
        for number, block in enumerate(laid_out(page, frame), start=1):
            _block(sheet, block, f"{page.page}_{number}")
    text = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, doctype="<!DOCTYPE html>", method="xml"
    )
    out.write(text + b"\n")


def _put(
    parent: etree._Element, tag: str, kind: str = "", key: str = "", title: str = ""
) -> etree._Element:
    element = etree.SubElement(parent, f"{{{XHTML}}}{tag}")
    for name, value in (("class", kind), ("id", key), ("title", title)):
        if value:
            element.set(name, value)
    return element


def _head(root: etree._Element, pages: Sequence[PageText], directive: Directive) -> None:
    head = _put(root, "head")
    _put(head, "meta").set("charset", "utf-8")
    number = directive.number.value if directive.number.status == "accepted" else None
    _put(head, "title").text = fit(number or directive.id)
    engines = sorted({read_with(page) for page in pages})
    for name, content in (
        ("ocr-system", f"vanthu {__version__}; {', '.join(engines)}"),
        ("ocr-capabilities", "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf"),
        ("ocr-langs", "vi"),
        ("ocr-number-of-pages", str(len(pages))),
    ):
        meta = _put(head, "meta")
        meta.set("name", name)
        meta.set("content", content)
    _put(head, "style").text = _STYLE


def _bbox(box: Box | None) -> str:
    return "bbox " + " ".join(str(v) for v in box) if box is not None else ""


def _block(parent: etree._Element, block: LaidBlock, key: str) -> None:
    area = _put(parent, "div", "ocr_carea", f"block_{key}", _bbox(block.box))
    area.set("data-kind", block.kind)
    paragraph = _put(area, "p", "ocr_par", f"par_{key}", _bbox(block.box))
    for number, line in enumerate(block.lines, start=1):
        row = _put(paragraph, "span", "ocr_line", f"line_{key}_{number}", _bbox(line.box))
        for index, word in enumerate(line.words, start=1):
            element = _word(row, word, f"word_{key}_{number}_{index}")
            element.tail = " " if index < len(line.words) else None
        row.tail = "\n"


def _word(parent: etree._Element, word: LaidWord, key: str) -> etree._Element:
    properties = [_bbox(word.box)] if word.box is not None else []
    if word.confidence is not None:
        properties.append(f"x_wconf {round(100 * word.confidence)}")
    element = _put(parent, "span", "ocrx_word", key, "; ".join(properties))
    element.text = word.text
    if word.raw:
        element.set("data-raw", word.raw)
    if word.proposed:
        element.set("data-proposed", word.proposed)
    if word.others:
        element.set("data-others", " ".join(word.others))
    if word.handwritten:
        element.set("data-handwritten", "true")
    return element
