"""The document as one text with a way back: offsets to page, line, word, box and raw reading.

Extraction works on two strings of the same length, ``text`` (NFC, look-alikes set right, Markdown
marks taken out) and ``folded`` (lower case, no marks), so that a match in the folded view gives the
span in the text and from there the words on the page.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from models.base import BBox, Origin, union_of
from models.finding import Evidence
from models.text import BlockKind, Line, PageText, ReadBy
from models.vietnamese import fold, nfc, unify
from pipeline.extract.anchors import in_reading_order
from pipeline.extract.soundness import SOUND_SHARE, sound_share

_SPACE = re.compile(r"\s")
_PAGE_NUMBER = re.compile(r"[-–—. ]{0,4}\d{1,3}[-–—. ]{0,4}")
_INITIALS = re.compile(r"\*{1,3}[a-zđ]{1,2}\*{1,3}")
#: A word that repair changed is at best this sure.
_REPAIRED = 0.9
_ORIGINS: dict[ReadBy, Origin] = {
    "ocr": "ocr",
    "text_layer": "text_layer",
    "text": "text",
    "person": "person",
}


@dataclass(frozen=True, slots=True)
class ViewWord:
    """A word in the view; ``raw`` is its reading before repair, ``others`` what else was read."""

    start: int
    end: int
    page: int
    bbox: BBox | None
    confidence: float | None
    raw: str
    text: str = ""
    others: tuple[str, ...] = ()
    handwritten: bool = False


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A line in the view; blank lines are kept, they part paragraphs."""

    start: int
    end: int
    page: int
    kind: BlockKind
    block: int

    @property
    def blank(self) -> bool:
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class View:
    """The whole document, overlays and page numbers left out."""

    text: str
    folded: str
    lines: tuple[ViewLine, ...]
    words: tuple[ViewWord, ...]
    read_by: dict[int, ReadBy]
    damaged: frozenset[int] = frozenset()

    def line_at(self, position: int) -> int:
        """Index of the line that holds ``position``."""
        return max(0, bisect_right(self.lines, position, key=lambda line: line.start) - 1)

    def of_line(self, index: int) -> str:
        """The text of a line."""
        line = self.lines[index]
        return self.text[line.start : line.end]

    def folded_line(self, index: int) -> str:
        """The folded text of a line."""
        line = self.lines[index]
        return self.folded[line.start : line.end]

    def words_in(self, start: int, end: int) -> Sequence[ViewWord]:
        """Words that overlap the span."""
        first = bisect_right(self.words, start, key=lambda word: word.end)
        last = bisect_left(self.words, end, key=lambda word: word.start)
        return self.words[first:last]

    def plain(self, start: int, end: int) -> str:
        """The text of the span on one line."""
        return " ".join(self.text[start:end].split())

    def raw(self, start: int, end: int) -> str:
        """The span as it was read, before repair; words cut by the span are cut in the text."""
        parts = [
            word.raw
            if word.start >= start and word.end <= end
            else self.text[max(start, word.start) : min(end, word.end)]
            for word in self.words_in(start, end)
        ]
        return " ".join(part for part in parts if part)

    def is_ocr(self, position: int) -> bool:
        """Whether the page at ``position`` was read by an engine."""
        if not self.lines:
            return False
        return self.read_by.get(self.lines[self.line_at(position)].page, "ocr") == "ocr"

    def confidences(self, start: int, end: int) -> list[float]:
        """Confidences of the words in the span; a repaired word is never surer than 0.9."""
        out = []
        for word in self.words_in(start, end):
            repaired = word.raw != self.text[word.start : word.end]
            if repaired:
                out.append(min(_REPAIRED, word.confidence or _REPAIRED))
            elif word.confidence is not None:
                out.append(word.confidence)
        return out

    def is_damaged(self, start: int, end: int) -> bool:
        """Whether the span stands on a page whose text is no sound Vietnamese."""
        if not self.damaged:
            return False
        return any(word.page in self.damaged for word in self.words_in(start, end))

    def evidence(self, start: int, end: int) -> tuple[Evidence, ...]:
        """Where the span stands: an entry for each line of an image, for each page of a text.

        A box around a span that is broken over two lines would point at both lines whole.
        """
        places: dict[tuple[int, int], list[ViewWord]] = {}
        for word in self.words_in(start, end):
            line = self.line_at(word.start) if word.bbox is not None else -1
            places.setdefault((word.page, line), []).append(word)
        out = []
        for (page, _), words in places.items():
            low, high = max(start, words[0].start), min(end, words[-1].end)
            out.append(
                Evidence(
                    page=page,
                    bbox=union_of([w.bbox for w in words if w.bbox is not None]),
                    text=self.plain(low, high)[:400],
                    origin=_ORIGINS[self.read_by.get(page, "ocr")],
                )
            )
        return tuple(out)


def _clean(text: str, *, markdown: bool) -> str:
    if markdown:
        if _INITIALS.fullmatch(text):
            return ""
        text = text.replace("*", "")
    return _SPACE.sub(" ", unify(text))


def _is_heading_mark(text: str) -> bool:
    return bool(text) and set(text) == {"#"}


def _page_number_lines(lines: Sequence[Line]) -> set[int]:
    """A lone integer on the first or last line of a page (Decree 30, Annex I, I.7)."""
    filled = [i for i, line in enumerate(lines) if line.text.strip()]
    ends = {filled[0], filled[-1]} if len(filled) > 1 else set()
    return {i for i in ends if _PAGE_NUMBER.fullmatch(lines[i].text.strip())}


def _damaged_pages(words: Sequence[ViewWord]) -> frozenset[int]:
    """Pages whose words as read are too rarely possible syllables."""
    by_page: dict[int, list[str]] = {}
    for word in words:
        by_page.setdefault(word.page, []).append(word.raw)
    return frozenset(p for p, found in by_page.items() if sound_share(found) < SOUND_SHARE)


def build_view(pages: Sequence[PageText]) -> View:
    """Lay the pages out as one text."""
    parts: list[str] = []
    lines: list[ViewLine] = []
    words: list[ViewWord] = []
    position = 0
    first_block = 0
    for page in pages:
        markdown = page.read_by == "text"
        pairs = [(b, line) for b, line in page.lines() if b.kind != "page_number"]
        placed = in_reading_order(pairs)
        skip = _page_number_lines([one.line for one in placed])
        for index, one in enumerate(placed):
            line = one.line
            if index in skip:
                continue
            start = position
            filled = 0
            for number, word in enumerate(line.words):
                if markdown and number == 0 and _is_heading_mark(word.text):
                    continue
                text = _clean(word.text, markdown=markdown)
                if not text.strip():
                    continue
                if filled:
                    parts.append(" ")
                    position += 1
                raw = nfc(word.as_read) if word.raw is not None else text
                reading = word.reading
                words.append(
                    ViewWord(
                        position,
                        position + len(text),
                        page.page,
                        word.bbox,
                        word.confidence,
                        raw,
                        text,
                        tuple(map(nfc, reading.alternatives)) if reading else (),
                        reading is not None and reading.handwritten,
                    )
                )
                parts.append(text)
                position += len(text)
                filled += 1
            lines.append(ViewLine(start, position, page.page, one.kind, first_block + one.block))
            parts.append("\n")
            position += 1
        first_block += 10_000
    text = "".join(parts)
    return View(
        text=text,
        folded=fold(text),
        lines=tuple(lines),
        words=tuple(words),
        read_by={page.page: page.read_by for page in pages},
        damaged=_damaged_pages(words),
    )
