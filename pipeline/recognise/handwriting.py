"""Where people write by hand: the serial number, the day and the month in the head of a document.

In these places a reading counts as printed only if that is proven: the engines agree and are sure,
and the ink is no taller than the print around it. All else is marked as handwritten, with so little
confidence that no stage can accept it: wrong readings there look as good as right ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from models.base import BBox
from models.finding import Evidence, Finding
from models.text import Block, Line, PageText, Reading, Word
from models.vietnamese import fold

Grey = npt.NDArray[np.uint8]

#: The most that a reading of handwriting may be believed.
_CONFIDENCE: Final = 0.2
#: A printed word is at least as sure as this.
_PRINTED: Final = 0.85
#: Printed digits are as tall as the capitals and digits beside them, within this.
_AS_TALL: Final = (0.87, 1.15)
#: Marks below this share of the line's height are dots and specks.
_LEAST: Final = 0.45
#: Darker than this share of the paper is ink.
_INK: Final = 0.62
#: A printed number, alone or with the symbol behind it.
_NUMBER: Final = re.compile(r"\d+[a-zA-Z]?(?:[/⁄-].*)?$")
_PUNCTUATION: Final = ".,:; "
_LABEL: Final = re.compile(r"s[o06]\b *[.:;]?|s[o06](?=\d)")
#: What only a line with a number has: a slash, or digits before a hyphen and letters.
_CODE: Final = re.compile(r"[/⁄]|\d-[^\W\d]")
#: Where the symbol begins: "/LĐLĐ", or Party style "-CV/TU".
_SYMBOL: Final = re.compile(r"[/⁄-]\s*[^\W\d]|[/⁄-]$")


def mark_handwriting(text: PageText, image: Grey) -> PageText:
    """``text`` with the words in handwriting zones marked, and a finding with their boxes."""
    found: list[Evidence] = []
    blocks = []
    for block in text.blocks:
        if block.kind not in ("header_left", "header_right"):
            blocks.append(block)
            continue
        lines = tuple(_mark_line(line, block, image, text.page, found) for line in block.lines)
        blocks.append(block.model_copy(update={"lines": lines}))
    if not found:
        return text
    finding = Finding(
        code="ocr.handwriting",
        severity="info",
        message=f"Written by hand in {len(found)} place{'s' if len(found) > 1 else ''} of the head:"
        " to be read by a person.",
        evidence=tuple(found),
    )
    return text.model_copy(update={"blocks": tuple(blocks), "findings": (*text.findings, finding)})


def _mark_line(line: Line, block: Block, image: Grey, page: int, found: list[Evidence]) -> Line:
    words = list(line.words)
    slots = _serial_slot(words) if block.kind == "header_left" else _date_slots(words)
    height = _letter_height(words)
    for slot in slots:
        box = _slot_box(words, slot)
        marks = _marks(image, box, height)
        inside = words[slot.start : slot.end]
        if inside and all(_is_printed(word) for word in inside):
            beside = words[slot.beside].bbox if slot.beside is not None else None
            near = _marks(image, beside, height)
            if slot.digits:  # of "517/QĐ-TLĐ" the first three marks are compared with the rest
                marks, near = near[: slot.digits], near[slot.digits + 1 :]
            if _like_print(marks, near):
                continue
        if not inside and not marks:
            continue
        for index in range(slot.start, slot.end):
            words[index] = _handwritten(words[index])
        seen = " ".join(word.text for word in inside)
        found.append(Evidence(page=page, bbox=box, text=seen, origin="ocr"))
    return Line(words=tuple(words))


@dataclass(frozen=True)
class _Slot:
    """Words ``start`` to ``end`` stand in a handwriting zone; the first or last may hold more.

    ``lead`` and ``tail``: shares of the first and of the last word that are print around the zone.
    ``beside``: the printed word that its ink is compared with; where that is the word itself, its
    first ``digits`` characters stand in the zone.
    """

    start: int
    end: int
    lead: float = 0.0
    tail: float = 0.0
    beside: int | None = None
    digits: int = 0


def _serial_slot(words: Sequence[Word]) -> Iterator[_Slot]:
    """From behind "Số:" to the slash of the symbol; either may be run together with the number."""
    for index, word in enumerate(words):
        label = _LABEL.match(fold(word.text))
        if label is None or not (
            label[0].endswith((".", ":", ";")) or any(_CODE.search(w.text) for w in words[index:])
        ):
            continue  # "SỞ NỘI VỤ" and "CÔNG ĐOÀN CƠ SỞ" begin like "Số" once their marks are off
        glued = label.end() < len(word.text)
        start = index if glued else index + 1
        end = start
        while end < len(words) and not _SYMBOL.search(words[end].text):
            end += 1
        tail, digits = 0.0, 0
        if end < len(words):
            symbol = _SYMBOL.search(words[end].text)
            if symbol is not None and symbol.start() > (
                label.end() if glued and end == index else 0
            ):
                tail = 1 - symbol.start() / len(words[end].text)
                digits = symbol.start() if end == start else 0
                end += 1
        if glued:
            end = max(end, index + 1)
        beside = end - 1 if tail else end if end < len(words) else None
        lead = label.end() / len(word.text) if glued else 0.0
        yield _Slot(start, end, lead, tail, beside, digits if not glued else 0)
        return


def _date_slots(words: Sequence[Word]) -> Iterator[_Slot]:
    """Between "ngày" and "tháng", and between "tháng" and "năm".

    Of "ngày04tháng" the whole word lies in the first of both.
    """
    folded = [fold(word.text).strip(_PUNCTUATION) for word in words]
    day = next((i for i, text in enumerate(folded) if text.startswith("ngay")), None)
    month = next((i for i, text in enumerate(folded) if "thang" in text), None)
    year = next((i for i, text in enumerate(folded) if text.startswith("nam")), None)
    numbers = [i for i, text in enumerate(folded) if len(text) == 4 and text.isdigit()]
    beside = numbers[-1] if numbers else None
    if day is not None and month is not None and day <= month:
        start = day if folded[day] != "ngay" else day + 1
        end = month + 1 if not folded[month].startswith("thang") else month
        yield _Slot(start, max(start, end), beside=beside)
    if month is not None and year is not None and month < year:
        start = month if not folded[month].endswith("thang") else month + 1
        end = year + 1 if folded[year] != "nam" and not folded[year][3:].isdigit() else year
        yield _Slot(start, max(start, end), beside=beside)


def _is_printed(word: Word) -> bool:
    sure = word.confidence is not None and word.confidence >= _PRINTED
    return sure and word.reading is None and _NUMBER.match(word.text) is not None


def _handwritten(word: Word) -> Word:
    reading = (word.reading or Reading()).model_copy(update={"handwritten": True})
    confidence = min(_CONFIDENCE, word.confidence if word.confidence is not None else 1.0)
    return word.model_copy(update={"confidence": confidence, "reading": reading})


def _letter_height(words: Sequence[Word]) -> float:
    """Height of the line's printed words, as a share of the page."""
    heights = [w.bbox[3] - w.bbox[1] for w in words if w.bbox and any(c.isalpha() for c in w.text)]
    return median(heights) if heights else 0.0


def _slot_box(words: Sequence[Word], slot: _Slot) -> BBox | None:
    """The place between the printed words around the slot."""
    inside = [w.bbox for w in words[slot.start : slot.end] if w.bbox is not None]
    before = words[slot.start - 1].bbox if slot.start and not slot.lead else None
    after = words[slot.end].bbox if slot.end < len(words) and not slot.tail else None
    boxes = [b for b in (before, *inside, after) if b is not None]
    if not inside and (before is None or after is None):
        return None
    x0 = before[2] if before else inside[0][0] + slot.lead * (inside[0][2] - inside[0][0])
    x1 = after[0] if after else inside[-1][2] - slot.tail * (inside[-1][2] - inside[-1][0])
    if x1 <= x0:
        return None
    return x0, min(b[1] for b in boxes), x1, max(b[3] for b in boxes)


def _marks(image: Grey, box: BBox | None, height: float) -> list[float]:
    """Heights in pixels of the letter-sized marks in the box, left to right, whole if they reach
    out of it above or below.
    """
    if height <= 0 or box is None:
        return []
    rows, columns = image.shape[:2]
    x0, x1 = int(box[0] * columns) + 1, int(box[2] * columns) - 1
    y0, y1 = max(0, int((box[1] - height) * rows)), min(rows, int((box[3] + height) * rows))
    part = image[y0:y1, x0:x1]
    if part.size == 0 or part.shape[1] < 4:
        return []
    paper = float(np.percentile(part, 90))
    ink = (part < _INK * paper).astype(np.uint8)
    count, _, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    middle = (box[1] + box[3]) / 2 * rows - y0
    near = abs(centres[1:count, 1] - middle) < 0.9 * height * rows
    tall = stats[1:count, cv2.CC_STAT_HEIGHT]
    kept = near & (tall >= _LEAST * height * rows)
    order = np.argsort(centres[1:count, 0][kept])
    return [float(h) for h in tall[kept][order]]


def _like_print(marks: Sequence[float], print_beside: Sequence[float]) -> bool:
    """Whether all marks are as tall as the capitals or digits printed beside them."""
    if not marks or not print_beside:
        return False
    usual = median(print_beside)
    return all(_AS_TALL[0] * usual <= mark <= _AS_TALL[1] * usual for mark in marks)
