"""The text layer of a born-digital page: words with boxes, and whether they are sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from lxml import etree

from models.base import BBox
from models.finding import Evidence, Finding
from models.source import DigitalSignature
from models.text import Word
from models.vietnamese import vietnamese_share
from pipeline.ingest.encodings import decode_tokens, font_encodings
from pipeline.ingest.programs import run_poppler
from pipeline.settings import IngestSettings

_NO_FONTS: Final[Mapping[int, frozenset[str]]] = MappingProxyType({})


@dataclass(frozen=True)
class LayerPage:
    """Lines of words as poppler groups them, boxes in fractions of the page.

    Legacy encodings are read already; ``whole`` says whether no letter was lost before.
    """

    lines: tuple[tuple[Word, ...], ...]
    findings: tuple[Finding, ...] = ()
    whole: bool = True

    @property
    def text(self) -> str:
        return "\n".join(" ".join(word.text for word in line) for line in self.lines)


def read_layer(
    path: Path,
    *,
    timeout_seconds: float,
    page: int | None = None,
    fonts: Mapping[int, frozenset[str]] = _NO_FONTS,
) -> dict[int, LayerPage]:
    """The text layer of every page (or of one), by page number; annotations must be gone already.

    Reads the XHTML that ``pdftotext -bbox-layout`` writes; control characters that fonts without a
    Unicode map produce make it ill-formed, so the parser recovers. ``fonts`` are the names of each
    page's fonts, which speak for an encoding.
    """
    only = [] if page is None else ["-f", str(page), "-l", str(page)]
    xhtml = run_poppler(
        ["pdftotext", "-bbox-layout", *only, path, "-"], timeout_seconds=timeout_seconds
    )
    parser = etree.XMLParser(recover=True, no_network=True, resolve_entities=False, huge_tree=True)
    root = etree.fromstring(xhtml, parser)
    pages: dict[int, LayerPage] = {}
    if root is None:
        return pages
    for number, element in enumerate(root.iter("{*}page"), start=page or 1):
        width = float(element.get("width", "0")) or 1.0
        height = float(element.get("height", "0")) or 1.0
        lines = [
            tuple(_word(w, width, height) for w in line.iter("{*}word") if (w.text or "").strip())
            for line in element.iter("{*}line")
        ]
        lines = [line for line in lines if line]
        pages[number] = _in_unicode(lines, number, font_encodings(fonts.get(number, ())))
    return pages


def _in_unicode(lines: list[tuple[Word, ...]], page: int, expected: frozenset[str]) -> LayerPage:
    tokens, findings, whole = decode_tokens(
        [[word.text for word in line] for line in lines], expected=expected
    )
    made = tuple(
        tuple(
            word if word.text == text else word.model_copy(update={"text": text})
            for word, text in zip(line, texts, strict=True)
        )
        for line, texts in zip(lines, tokens, strict=True)
    )
    return LayerPage(made, tuple(_on_page(finding, page) for finding in findings), whole)


def _on_page(finding: Finding, page: int) -> Finding:
    evidence = finding.evidence or (Evidence(origin="text_layer"),)
    placed = tuple(item.model_copy(update={"page": page}) for item in evidence)
    return finding.model_copy(update={"evidence": placed})


def with_fill_ins(
    lines: tuple[tuple[Word, ...], ...], signatures: Sequence[DigitalSignature], page: int
) -> tuple[tuple[Word, ...], ...]:
    """``lines`` with the numbers that signing software put on the page as signature marks.

    Offices issue born-digital documents with an empty number and day; the records software writes
    both in as marks of the office's signature. Only marks of nothing but digits are taken in.
    """
    out = [list(line) for line in lines]
    for signature in signatures:
        words = signature.stamp_words
        if signature.page == page and len(words) == 1 and words[0].text.isdecimal():
            _insert(out, words[0])
    return tuple(tuple(line) for line in out)


def _insert(lines: list[list[Word]], word: Word) -> None:
    """Put ``word`` behind its nearest neighbour on the left, else before the one on the right."""
    if word.bbox is None:
        return
    x0, y0, x1, y1 = word.bbox
    best: tuple[float, int, int] | None = None
    for row, line in enumerate(lines):
        for column, other in enumerate(line):
            if other.bbox is None:
                continue
            a0, b0, a1, b1 = other.bbox
            if min(y1, b1) - max(y0, b0) < 0.3 * min(y1 - y0, b1 - b0):
                continue
            on_left = (a0 + a1) / 2 < (x0 + x1) / 2
            # A neighbour on the left is "Số:" or "ngày": worth more than one on the right.
            distance = abs(x0 - a1) if on_left else abs(a0 - x1) + 0.05
            if best is None or distance < best[0]:
                best = (distance, row, column + 1 if on_left else column)
    if best is None:
        lines.append([word])
    else:
        lines[best[1]].insert(best[2], word)


def is_sound(text: str, settings: IngestSettings) -> bool:
    """Whether the layer is Vietnamese as people write it: syllables that exist, with their marks.

    Layers in an encoding that could not be told, without a Unicode map or from an OCR that does
    not know Vietnamese fail.
    """
    return vietnamese_share(text) >= settings.text_layer_min_syllable_share


def _word(element: etree._Element, width: float, height: float) -> Word:
    def at(name: str, size: float) -> float:
        return round(min(1.0, max(0.0, float(element.get(name, "0")) / size)), 5)

    box: BBox = (at("xMin", width), at("yMin", height), at("xMax", width), at("yMax", height))
    return Word(text=(element.text or "").strip(), bbox=box)
