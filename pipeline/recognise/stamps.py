"""Stamps of offices that received the document: their own text, their number and their date.

A coloured stamp comes as a small picture from the clean room and is read by itself; a black one is
part of the page and was set apart by the layout. The values are mostly written by hand, so they are
proposals for people, each with the slot to look at, never accepted values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from models.base import BBox, union_of
from models.finding import Evidence, Finding
from models.text import Block, IncomingStamp, Line, OverlayKind, Reading, StampValue, Word
from models.vietnamese import fold
from pipeline.recognise.calibration import DOUBTED_DIGITS, alone
from pipeline.recognise.engine import Engine
from pipeline.recognise.overlays import is_signature_mark
from pipeline.recognise.pieces import Frame, lines_of
from pipeline.recognise.second import Heard, SecondReader
from pipeline.recognise.tesseract import READING_DPI
from pipeline.recognise.voting import pair_all

#: One block of text, whatever gaps its forms have.
_ONE_BLOCK: Final = 6
#: A stroke that runs over this share of the stamp's width or height is its frame.
_FRAME_SHARE: Final = (0.5, 0.6)
#: The probability of digits that one engine alone has read.
_ONE_VOICE: Final = 0.1
_FIELD: Final = re.compile(r"[\W_]+")
_SERIAL: Final = re.compile(r"[1-9]\d{0,4}|0\d{1,4}")
_DATE: Final = re.compile(r"(?<!\d)(\d{1,2})\D{1,6}(\d{1,2})\D{1,6}(\d{4}|\d{2})(?!\d)")
_YEARS: Final = range(1975, 2100)
#: A label, the dots of the slot behind it, and what was made of the writing on them.
_OPEN: Final = re.compile(r"^\W*(\w+?)\W*[.:;…·]+\s*(.*)$")
_OPENING: Final = (".", ":", ";", "…", "·")
_EDGES: Final = ".,:;|[]'"
_OTHER_LABELS: Final = ("chuyen", "luu", "gio")


def read_stamp(
    engine: Engine,
    layer: npt.NDArray[np.uint8],
    place: BBox,
    *,
    dpi: float,
    timeout_seconds: float,
    second: SecondReader | None = None,
    reading_dpi: float = READING_DPI,
) -> Block | None:
    """The text of one stamp that lies at ``place`` on the page; ``None`` where there is none."""
    pad = max(8, round(0.08 * dpi))
    framed = cv2.copyMakeBorder(
        _without_frame(layer), pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(255,)
    )
    inside = np.asarray(framed, dtype=np.uint8)
    lines = engine.read(
        inside,
        dpi=dpi,
        timeout_seconds=timeout_seconds,
        reading_dpi=reading_dpi,
        segmentation=_ONE_BLOCK,
    )
    others = pair_all(lines, second.read_lines(inside, lines)) if second is not None else {}
    height, width = layer.shape
    share_x, share_y = pad / (width + 2 * pad), pad / (height + 2 * pad)
    kept = []
    for line in lines:
        words = [
            _doubted(_on_page(word, place, share_x, share_y), others.get(id(word)))
            for word in line
            if any(c.isalnum() for c in word.text)
        ]
        if words:
            kept.append(Line(words=tuple(words)))
    if not any(c.isalpha() for line in kept for c in line.text):
        return None
    return Block(kind="overlay", overlay=_kind(kept), lines=tuple(kept))


def _kind(lines: Sequence[Line]) -> OverlayKind:
    if any(is_signature_mark(line.text) for line in lines):
        return "signature_mark"
    return "incoming_stamp" if is_incoming(lines) else "stamp"


def _without_frame(layer: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The stamp without the strokes around it, which an engine reads as letters."""
    dark = (layer < 170).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    height, width = layer.shape
    long = [
        index
        for index in range(1, count)
        if stats[index, cv2.CC_STAT_WIDTH] > _FRAME_SHARE[0] * width
        or stats[index, cv2.CC_STAT_HEIGHT] > _FRAME_SHARE[1] * height
    ]
    if not long:
        return layer
    frame = cv2.dilate(np.isin(labels, long).astype(np.uint8), np.ones((5, 5), np.uint8))
    out = layer.copy()
    out[frame > 0] = 255
    return out


def _on_page(word: Word, place: BBox, share_x: float, share_y: float) -> Word:
    """``word`` of the padded stamp, with its box on the page."""
    if word.bbox is None:
        return word
    wide, high = place[2] - place[0], place[3] - place[1]

    def along(value: float, share: float, start: float, size: float) -> float:
        inner = min(1.0, max(0.0, (value - share) / (1 - 2 * share)))
        return round(start + size * inner, 5)

    x0, y0, x1, y1 = word.bbox
    box = (
        along(x0, share_x, place[0], wide),
        along(y0, share_y, place[1], high),
        along(x1, share_x, place[0], wide),
        along(y1, share_y, place[1], high),
    )
    return word.model_copy(update={"bbox": box})


def _doubted(word: Word, other: Heard | None) -> Word:
    """``word`` with its probability: digits are mostly written by hand, so never sure."""
    sure = word.confidence or 0.0
    if not any(c.isdigit() for c in word.text):
        return word.model_copy(update={"confidence": alone(sure)})
    same = other is not None and other.text == word.text
    seen = () if other is None or same else (other.text,)
    sure = min(sure, DOUBTED_DIGITS if same else _ONE_VOICE)
    reading = Reading(alternatives=seen, handwritten=True)
    return word.model_copy(update={"confidence": sure, "reading": reading})


def is_incoming(lines: Sequence[Line]) -> bool:
    """Whether a stamp says that something has come in: ĐẾN, or slots for a number and a day."""
    words = [w.text.strip(_EDGES) for line in lines for w in line.words]
    if any(w.isupper() and fold(w) == "den" for w in words):
        return True
    labels = {_slot(word).kind for line in lines for word in line.words[:2]}
    return {"number", "date"} <= labels


def is_surely_incoming(lines: Sequence[Line]) -> bool:
    """The same of black print, which may be the document's own: a table has no slots to fill in.

    "CÔNG VĂN ĐẾN", ĐẾN beside two slots, or three slots.
    """
    seen: set[str] = set()
    arrived = False
    for line in lines:
        parts = [w.text.strip(_EDGES) for w in line.words]
        for index, word in enumerate(line.words):
            label = _slot(word)
            behind = line.words[index + 1 : index + 2]
            if label.kind and (label.opens or any(w.text.startswith(_OPENING) for w in behind)):
                seen.add(label.kind)
            if parts[index].isupper() and fold(parts[index]) in {"den", "cv"}:
                arrived = True
                if (
                    index
                    and fold(parts[index - 1]) in {"van", "ban"}
                    and parts[index - 1].isupper()
                ):
                    return True
    return len(seen) >= (2 if arrived else 3)


class _Slot(NamedTuple):
    """What the slot behind a word is for, what fills it within the word, and if it lies open."""

    kind: str
    filled: str
    opens: bool


def _slot(word: Word) -> _Slot:
    """A word as label of a slot: "Số:", or "Số:.....77" where the dots run into it."""
    match = _OPEN.match(word.text)
    text = word.text if match is None else match[1]
    return _Slot(_label(text), "" if match is None else match[2], match is not None)


def _label(word: str) -> str:
    """What the slot behind a word is for; empty where the word is no label."""
    text = _FIELD.sub("", fold(word))
    if text in _OTHER_LABELS or fuzz.ratio(text, "chuyen") >= 83:
        return "other"
    if text[:1] == "s" and len(text) <= 2:
        return "number"
    if text[:1] == "n" and 2 < len(text) <= 5 and fuzz.ratio(text, "ngay") >= 57:
        return "date"
    return ""


def incoming_stamp(block: Block, *, aspect: float) -> IncomingStamp:
    """Number and date of a stamp from its words, as far as they can be read."""
    words = [w for line in block.lines for w in line.words if w.bbox is not None]
    frame = Frame.of([words], aspect)
    rows = lines_of(frame.piece((word,), index) for index, word in enumerate(words))
    slots: dict[str, list[Word]] = {}
    labels: dict[str, Word] = {}
    for row in rows:
        current = ""
        for word in row.words:
            slot = _slot(word)
            if slot.kind:
                current = slot.kind
                labels.setdefault(current, word)
            if current and (not slot.kind or any(c.isalnum() for c in slot.filled)):
                part = word.model_copy(update={"text": slot.filled}) if slot.kind else word
                slots.setdefault(current, []).append(part)
    edge = max((w.bbox[2] for w in words if w.bbox is not None), default=1.0)
    number, day = slots.get("number", []), slots.get("date", [])
    return IncomingStamp(
        bbox=block.bbox,
        number=_value(number, _serial(_text(number)), labels.get("number"), edge),
        date=_value(day, _day(_text(day)), labels.get("date"), edge),
    )


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _value(words: Sequence[Word], value: str | None, label: Word | None, edge: float) -> StampValue:
    slot = union_of([w.bbox for w in words if w.bbox is not None])
    if label is not None and label.bbox is not None:
        _, y0, x1, y1 = label.bbox
        high = y1 - y0
        behind = (x1, max(0.0, y0 - 0.4 * high), max(edge, x1), min(1.0, y1 + 0.4 * high))
        slot = behind if slot is None else union_of([slot, behind])
    seen = {a for w in words if w.reading is not None for a in w.reading.alternatives}
    # One reading of handwriting proves nothing: a value is proposed where two readers agree.
    agreed = not seen and all((w.confidence or 0.0) > _ONE_VOICE for w in words)
    if value is not None and not agreed:
        seen.add(value)
    return StampValue(
        value=value if agreed else None,
        raw=_text(words),
        status="review" if agreed and value is not None else "unreadable",
        alternatives=tuple(sorted(seen)),
        bbox=slot,
    )


def _serial(text: str) -> str | None:
    digits = text.strip(" .…·_:;|-")  # the dotted line that is written on
    return digits if _SERIAL.fullmatch(digits) else None


def _day(text: str) -> str | None:
    """The date as ISO 8601; two digits of a year are of this century."""
    match = _DATE.search(text)
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups())
    year += 2000 if year < 100 else 0
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def stamp_finding(stamp: IncomingStamp, block: Block, page: int) -> Finding:
    """The stamp as a remark, so that its values are seen with the document."""
    number = stamp.number.value or "not readable"
    day = stamp.date.value or "not readable"
    return Finding(
        code="page.incoming_stamp",
        severity="info",
        message=f"An incoming stamp, to be checked by eye: number {number}, date {day}.",
        evidence=(
            Evidence(
                page=page, bbox=stamp.bbox, text=" ".join(block.text.split())[:200], origin="stamp"
            ),
        ),
    )
