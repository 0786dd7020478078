"""What the engines made of the handwritten serial and day, as digits and gaps.

Two engines read every line; where they differ the other reading is kept beside the word. Neither is
believed by itself: wrong readings of handwriting look as good as right ones. Here they are only
brought into a form that can be compared with what other sources say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from models.vietnamese import fold
from pipeline.extract.context import Context
from pipeline.extract.view import ViewWord

#: Letters and marks that engines give for written digits; anything else is a gap.
_LOOKS = str.maketrans("olijd|][!†zsbgqya", "01110111112569974")
_LABEL = re.compile(r"\W{0,3}s[o06]\s?[:.;,]?\s*")
_SYMBOL = re.compile(r"\s?[/⁄]|-\s?(?=[a-z]{1,4}\s?/)|[\s:]*[a-z]{2,4}(?=-)")
_DATE_WORDS = re.compile(r"n[gp][a-z]?y|t?h[a-z]ng|n[a-z]m")
_SLOT = re.compile(r"n[gp][a-z]?y(?P<day>[^\n]{0,9}?)t?h[a-z]ng(?P<month>[^\n]{0,8}?)(?=n[a-z]m|$)")
_EDGE = " .,:;'’`„“”\"()_-~*"

#: ``sole``: only one reading, as far as is known; ``voted``: what the vote took; ``other``: not.
ReadBy = Literal["sole", "voted", "other"]

#: How a reading stands to a number: the same, every digit read fits, one digit differs, otherwise.
Agreement = Literal["exact", "part", "near", "miss", "none"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One engine's reading of a slot; ``digits`` has ``?`` where no digit can be made of it."""

    by: ReadBy
    text: str
    digits: str

    @property
    def whole(self) -> int | None:
        """The number, where every digit was read."""
        return int(self.digits) if self.digits.isdecimal() else None


def as_digits(text: str) -> str:
    """``Ô ]`` -> ``01``, ``#0`` -> ``?0``; empty where nothing stands there."""
    bare = "".join(fold(text).translate(_LOOKS).split()).strip(_EDGE)
    return re.sub(r"[^0-9]", "?", bare)[:6]


def agreement(digits: str, truth: int, width: int = 0) -> Agreement:
    """How a reading stands to ``truth``; ``width``: digits written at least (days have two)."""
    if not any(c.isdigit() for c in digits):
        return "none"
    if digits.isdecimal() and int(digits) == truth:
        return "exact"
    for written in {f"{truth:0{max(width, 1)}d}", f"{truth:02d}", str(truth)}:
        if len(written) != len(digits):
            continue
        same = sum(a == b for a, b in zip(written, digits, strict=True))
        wrong = sum(a not in ("?", b) for a, b in zip(digits, written, strict=True))
        if same and not wrong:
            return "part"
        if same and wrong == 1:
            return "near"
    return "miss"


def _reading(by: ReadBy, text: str) -> Reading:
    return Reading(by, " ".join(text.split()), as_digits(text))


def _other(words: list[ViewWord]) -> str | None:
    """The line as the outvoted engine read it, where it differs."""
    if not any(word.others for word in words):
        return None
    return " ".join(word.others[-1] for word in words if word.others)


def serial_readings(context: Context, start: int, end: int) -> tuple[Reading, ...]:
    """Readings of the serial on the number line whose slot is ``start`` to ``end``."""
    view = context.view
    line = view.lines[view.line_at(start)]
    words = list(view.words_in(line.start, end))
    text = view.folded[start:end]
    cut = _SYMBOL.search(text)
    voted = view.text[start : start + cut.start()] if cut else view.text[start:end]
    other = _other(words)
    if other is None:
        return (_reading("sole", voted),)
    folded = fold(other)
    label = _LABEL.match(folded)
    at = label.end() if label else 0
    stop = _SYMBOL.search(folded, at)
    read = other[at : stop.start() if stop else len(other)] if len(folded) == len(other) else ""
    return (_reading("voted", voted), _reading("other", read))


def date_readings(
    context: Context, start: int, end: int
) -> tuple[tuple[Reading, ...], tuple[Reading, ...]]:
    """Readings of day and month on the dateline ``start`` to ``end``."""
    view = context.view
    words = list(view.words_in(start, end))
    folded = view.folded[start:end]
    voted = _SLOT.search(folded)
    days: list[Reading] = []
    months: list[Reading] = []
    gaps = _gaps(words)
    for into, name, other in ((days, "day", gaps[0]), (months, "month", gaps[1])):
        read = voted[name] if voted else ""
        if voted:
            read = view.text[start + voted.start(name) : start + voted.end(name)]
        into.append(_reading("sole" if other is None else "voted", read))
        if other is not None:
            into.append(_reading("other", other))
    return tuple(days), tuple(months)


def _gaps(words: list[ViewWord]) -> tuple[str | None, str | None]:
    """What the outvoted engine read between "ngày", "tháng" and "năm"; ``None``: the same.

    Where it read a slot otherwise, only its own words count: a word beside them that it did not
    read at all would be counted twice.
    """
    found: list[list[tuple[str, bool]]] = [[], [], []]
    slot = -1
    for word in words:
        differs = bool(word.others)
        text = word.others[-1] if differs else word.text
        folded = fold(text)
        at = 0
        for mark in _DATE_WORDS.finditer(folded):
            if slot in (0, 1) and mark.start() > at:
                found[slot].append((text[at : mark.start()], differs))
            at = mark.end()
            slot = 0 if mark[0].endswith("y") else 1 if mark[0].endswith("ng") else 2
            found[slot] = [] if slot == 0 else found[slot]
        if slot in (0, 1) and at < len(text):
            found[slot].append((text[at:], differs))
    day, month = (
        " ".join(text for text, differs in part if differs)
        if any(differs for _, differs in part)
        else None
        for part in found[:2]
    )
    return day, month


def month_is_written(context: Context, start: int, end: int) -> bool:
    """Whether the month of the dateline stands where the recogniser saw handwriting."""
    behind = False
    for word in context.view.words_in(start, end):
        folded = fold(word.text)
        mark = re.search("th[a-z]ng", folded)
        if word.handwritten and (
            behind or (mark and any(c.isalnum() for c in folded[mark.end() :]))
        ):
            return True
        if re.match("n[a-z]m", folded):
            return False
        behind = behind or mark is not None
    return False
