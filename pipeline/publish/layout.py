"""What page forms (ALTO, hOCR) say of a page: blocks, lines and words with whole-pixel boxes.

Boxes are in pixels of the original page as it lies in the file, at the resolution it was read with.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from models.base import BBox
from models.geometry import Frame
from models.source import SourceDocument
from models.text import BlockKind, Edit, PageText, Word
from models.vietnamese import nfc

#: x0, y0, x1, y1 in whole pixels.
Box = tuple[int, int, int, int]
#: Characters that XML 1.0 does not allow, and controls that it discourages.
_UNFIT: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class LaidWord:
    """A word; ``raw`` where repair changed it, ``proposed`` what repair would have it be.

    ``others`` are other engines' readings; ``handwritten``: the text is a guess.
    """

    text: str
    box: Box | None
    confidence: float | None
    raw: str | None
    proposed: str | None
    others: tuple[str, ...] = ()
    handwritten: bool = False


@dataclass(frozen=True, slots=True)
class LaidLine:
    """A line with at least one word."""

    words: tuple[LaidWord, ...]
    box: Box | None


@dataclass(frozen=True, slots=True)
class LaidBlock:
    """A block with at least one line."""

    kind: BlockKind
    lines: tuple[LaidLine, ...]
    box: Box | None


def fit(text: str) -> str:
    """``text`` in NFC, as XML can hold it."""
    return _UNFIT.sub("", nfc(text)).strip()


def laid_out(page: PageText, frame: Frame) -> list[LaidBlock]:
    """The blocks of a page in reading order, overlays where they stand in it."""
    proposals = {(e.line, e.word): e for e in page.edits if e.status == "review"}
    blocks, number = [], 0
    for block in page.blocks:
        lines = []
        for line in block.lines:
            words = tuple(_words(line.words, proposals, number, frame))
            number += 1
            if words:
                lines.append(LaidLine(words, _around([word.box for word in words])))
        if lines:
            blocks.append(LaidBlock(block.kind, tuple(lines), _around([x.box for x in lines])))
    return blocks


def _words(
    words: Sequence[Word], proposals: dict[tuple[int, int], Edit], line: int, frame: Frame
) -> Iterator[LaidWord]:
    for index, word in enumerate(words):
        text = fit(word.text)
        if not text:
            continue
        edit, reading = proposals.get((line, index)), word.reading
        yield LaidWord(
            text=text,
            box=_whole(frame.page_box(word.bbox)) if word.bbox is not None else None,
            confidence=word.confidence,
            raw=fit(word.raw) if word.raw is not None and fit(word.raw) != text else None,
            proposed=fit(edit.repaired) if edit is not None else None,
            others=tuple(fit(other) for other in reading.alternatives) if reading else (),
            handwritten=reading is not None and reading.handwritten,
        )


def _whole(box: BBox) -> Box:
    x0, y0 = math.floor(box[0] + 1e-6), math.floor(box[1] + 1e-6)
    return x0, y0, max(x0 + 1, math.ceil(box[2] - 1e-6)), max(y0 + 1, math.ceil(box[3] - 1e-6))


def _around(boxes: Sequence[Box | None]) -> Box | None:
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    return (
        min(box[0] for box in known),
        min(box[1] for box in known),
        max(box[2] for box in known),
        max(box[3] for box in known),
    )


def file_name(path: str) -> str:
    """The last part of a source's path, as XML can hold it."""
    return fit(re.split(r"[/\\]", path)[-1])


def read_with(page: PageText) -> str:
    """What read the page, as one phrase."""
    return fit(page.engine) or {"ocr": "an OCR engine", "text_layer": "text layer"}.get(
        page.read_by, page.read_by
    )


def page_class(source: SourceDocument, number: int) -> str:
    """How the page came to be read."""
    return source.pages[number - 1].kind
