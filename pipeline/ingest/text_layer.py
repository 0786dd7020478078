"""The text layer of a born-digital page: words with boxes, and whether they are sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from models.base import BBox
from models.source import DigitalSignature
from models.text import Word
from models.vietnamese import nfc, vietnamese_share
from pipeline.ingest.programs import run_poppler
from pipeline.settings import IngestSettings


@dataclass(frozen=True)
class LayerPage:
    """Lines of words as poppler groups them, boxes in fractions of the page."""

    lines: tuple[tuple[Word, ...], ...]

    @property
    def text(self) -> str:
        return "\n".join(" ".join(word.text for word in line) for line in self.lines)


def read_layer(
    path: Path, *, timeout_seconds: float, page: int | None = None
) -> dict[int, LayerPage]:
    """The text layer of every page (or of one), by page number; annotations must be gone already.

    Reads the XHTML that ``pdftotext -bbox-layout`` writes; control characters that fonts without a
    Unicode map produce make it ill-formed, so the parser recovers.
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
        lines = (
            tuple(_word(w, width, height) for w in line.iter("{*}word") if (w.text or "").strip())
            for line in element.iter("{*}line")
        )
        pages[number] = LayerPage(lines=tuple(line for line in lines if line))
    return pages


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

    Layers in a legacy font's encoding, without a Unicode map or from an OCR that does not know
    Vietnamese fail.
    """
    return vietnamese_share(text) >= settings.text_layer_min_syllable_share


def _word(element: etree._Element, width: float, height: float) -> Word:
    def at(name: str, size: float) -> float:
        return round(min(1.0, max(0.0, float(element.get(name, "0")) / size)), 5)

    box: BBox = (at("xMin", width), at("yMin", height), at("xMax", width), at("yMax", height))
    return Word(text=nfc((element.text or "").strip()), bbox=box)
