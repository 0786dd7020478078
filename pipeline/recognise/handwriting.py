"""Where people write by hand: serial number, day and month in the head, and blanks filled in below.

In the head a reading counts as printed only if that is proven: the engines agree and are sure, and
the ink is no taller than the print around it. In the body, where most dates are printed, it is the
other way about: something must speak for a pen (see :mod:`.blanks`). What is marked as handwritten
has so little confidence that no stage can accept it: wrong readings there look as good as right
ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal, TypeAlias

from models.base import BBox, union_of
from models.finding import Evidence, Finding
from models.text import Block, Line, PageText, Reading, Word, Zone
from models.vietnamese import fold
from pipeline.recognise.blanks import filled_blanks
from pipeline.recognise.strokes import Grey, letter_height, tall_marks

#: The most that a reading of handwriting may be believed.
_CONFIDENCE: Final = 0.2
#: A printed word is at least as sure as this.
_PRINTED: Final = 0.85
#: Printed digits are as tall as the capitals and digits beside them, within this.
_AS_TALL: Final = (0.87, 1.15)
#: In the body only ink that is taller or lower than this beside print speaks for a pen.
_UNLIKE_PRINT: Final = (0.75, 1.25)
#: A printed number, alone or with the symbol behind it.
_NUMBER: Final = re.compile(r"\d+[a-zA-Z]?(?:[/⁄-].*)?$")
#: Blanks are lost on either side of it: "ngày04", "Mau,ngày".
_DAY: Final = re.compile(r"^ngay|ngay$")
_PUNCTUATION: Final = ".,:; "
_LABEL: Final = re.compile(r"s[o06]\b *[.:;]?|s[o06](?=\d)")
#: What only a line with a number has: a slash, or digits before a hyphen and letters.
_CODE: Final = re.compile(r"[/⁄]|\d-[^\W\d]")
#: Where the symbol begins: "/LĐLĐ", or Party style "-CV/TU".
_SYMBOL: Final = re.compile(r"[/⁄-]\s*[^\W\d]|[/⁄-]$")


def mark_handwriting(text: PageText, image: Grey) -> PageText:
    """``text`` with the words in handwriting zones marked, the zones, and a finding that tells."""
    found: list[Zone] = []
    blocks = []
    for block in text.blocks:
        if block.kind in ("overlay", "page_number", "signature"):
            blocks.append(block)  # what is written in these is no blank of the document
            continue
        mark = _mark_head if block.kind in ("header_left", "header_right") else _mark_body
        lines = tuple(mark(line, block, image, found) for line in block.lines)
        blocks.append(block.model_copy(update={"lines": lines}))
    if not found:
        return text
    finding = Finding(
        code="ocr.handwriting",
        severity="info",
        message=f"Written by hand in {len(found)} place{'s' if len(found) > 1 else ''}:"
        " to be read by a person.",
        evidence=tuple(
            Evidence(page=text.page, bbox=zone.bbox, text=zone.text, origin="ocr") for zone in found
        ),
    )
    return text.model_copy(
        update={
            "blocks": tuple(blocks),
            "zones": (*text.zones, *found),
            "findings": (*text.findings, finding),
        }
    )


def _mark_head(line: Line, block: Block, image: Grey, found: list[Zone]) -> Line:
    words = list(line.words)
    slots = _serial_slot(words) if block.kind == "header_left" else _date_slots(words)
    height = letter_height(words)
    for slot in slots:
        box = _slot_box(words, slot)
        marks = tall_marks(image, box, height)
        inside = words[slot.start : slot.end]
        if inside and all(_is_printed(word) for word in inside):
            marks, near = _beside(marks, words, slot, image, height)
            if _like_print(marks, near, _AS_TALL):
                continue
        if not inside and not marks:
            continue
        _mark(words, slot.start, slot.end, slot.kind, box, found)
    return Line(words=tuple(words))


def _mark_body(line: Line, _block: Block, image: Grey, found: list[Zone]) -> Line:
    words = list(line.words)
    for blank in filled_blanks(words, image):
        _mark(words, blank.start, blank.end, "blank", blank.bbox, found)
    height = letter_height(words)
    for slot in _date_slots(words):
        box = _slot_box(words, slot)
        inside = words[slot.start : slot.end]
        if any(_is_settled(word) for word in inside):
            continue
        marks, near = _beside(tall_marks(image, box, height), words, slot, image, height)
        if marks and near and not _like_print(marks, near, _UNLIKE_PRINT):
            _mark(words, slot.start, slot.end, slot.kind, box, found)
    return Line(words=tuple(words))


def _mark(
    words: list[Word], start: int, end: int, kind: _Kind, box: BBox | None, found: list[Zone]
) -> None:
    seen = " ".join(word.text for word in words[start:end])
    if box is None:  # the words around it overlap: what was read tells where it stands
        box = union_of([word.bbox for word in words[start:end] if word.bbox is not None])
    words[start:end] = [_handwritten(word) for word in words[start:end]]
    found.append(Zone(kind=kind, bbox=box, text=seen))


def _beside(
    marks: list[float], words: Sequence[Word], slot: _Slot, image: Grey, height: float
) -> tuple[list[float], list[float]]:
    """The marks in the slot, and those of the print that they are compared with."""
    beside = words[slot.beside].bbox if slot.beside is not None else None
    near = tall_marks(image, beside, height)
    if slot.digits:  # of "517/QĐ-TLĐ" the first three marks are compared with the rest
        return marks[: slot.digits], near[slot.digits + 1 :]
    return marks, near


_Kind: TypeAlias = Literal["serial", "day", "month", "blank"]


@dataclass(frozen=True)
class _Slot:
    """Words ``start`` to ``end`` stand in a handwriting zone; the first or last may hold more.

    ``lead`` and ``tail``: shares of the first and of the last word that are print around the zone.
    ``beside``: the printed word that its ink is compared with; where that is the word itself, its
    first ``digits`` characters stand in the zone.
    """

    kind: _Kind
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
        yield _Slot("serial", start, end, lead, tail, beside, digits if not glued else 0)
        return


def _date_slots(words: Sequence[Word]) -> Iterator[_Slot]:
    """Between "ngày" and "tháng", and between "tháng" and "năm".

    Of "ngày04tháng" the whole word lies in the first of both.
    """
    folded = [fold(word.text).strip(_PUNCTUATION) for word in words]
    day = next((i for i, text in enumerate(folded) if _DAY.search(text)), None)
    month = next((i for i, text in enumerate(folded) if "thang" in text), None)
    year = next((i for i, text in enumerate(folded) if text.startswith("nam")), None)
    numbers = [i for i, text in enumerate(folded) if len(text) == 4 and text.isdigit()]
    beside = numbers[-1] if numbers else None
    if day is not None and month is not None and day <= month:
        start = day + 1 if folded[day].endswith("ngay") else day
        end = month + 1 if not folded[month].startswith("thang") else month
        yield _Slot("day", start, max(start, end), beside=beside)
    if month is not None and year is not None and month < year:
        start = month if not folded[month].endswith("thang") else month + 1
        end = year + 1 if folded[year] != "nam" and not folded[year][3:].isdigit() else year
        yield _Slot("month", start, max(start, end), beside=beside)


def _is_printed(word: Word) -> bool:
    sure = word.confidence is not None and word.confidence >= _PRINTED
    return sure and word.reading is None and _NUMBER.match(word.text) is not None


def _is_settled(word: Word) -> bool:
    """Marked already, a printed number, or a printed word: "Tháng Công nhân năm 2022"."""
    if word.reading is not None and word.reading.handwritten:
        return True
    sure = word.confidence is not None and word.confidence >= _PRINTED
    return _is_printed(word) or (sure and any(c.isalpha() for c in word.text))


def _handwritten(word: Word) -> Word:
    reading = (word.reading or Reading()).model_copy(update={"handwritten": True})
    confidence = min(_CONFIDENCE, word.confidence if word.confidence is not None else 1.0)
    return word.model_copy(update={"confidence": confidence, "reading": reading})


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


def _like_print(
    marks: Sequence[float], print_beside: Sequence[float], bounds: tuple[float, float]
) -> bool:
    """Whether all marks are as tall as the capitals or digits printed beside them."""
    if not marks or not print_beside:
        return False
    usual = median(print_beside)
    return all(bounds[0] * usual <= mark <= bounds[1] * usual for mark in marks)
