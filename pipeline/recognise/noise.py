"""What an engine makes of specks, rules, seals and signatures, told from real words.

A word goes only on several signs together: the engine doubts it, it is tiny or has no letter, and
nothing stands next to it. A word with a digit never goes: a doubtful number is for people to see.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Final

from models.base import BBox
from models.finding import Evidence, Finding
from models.text import Word
from models.vietnamese import fold
from pipeline.recognise.pieces import A4_ASPECT, COLUMN_GAP, Frame

_BULLETS: Final = frozenset("-–—~¬_=•+*○●")
#: What an engine makes of ruled lines, however sure it is.
_RULES: Final = frozenset("|¦")
#: Short words that stand alone before what is written by hand; never noise.
_SHORT_WORDS: Final = frozenset({"so", "ve", "v/v", "kt", "tm", "tl", "tuq", "gui"})
_STROKES: Final = frozenset("|¦`^\\")
_DOUBT_MARK: Final = 0.45
_DOUBT_SHORT: Final = 0.3
_DOUBT_SINGLE: Final = 0.6
_SHOWN: Final = 12


def drop_noise(
    lines: Sequence[Sequence[Word]], *, aspect: float = A4_ASPECT
) -> tuple[list[tuple[Word, ...]], list[Word]]:
    """The lines without junk, and the junk."""
    frame = Frame.of(lines, aspect)
    kept: list[tuple[Word, ...]] = []
    dropped: list[Word] = []
    for line in lines:
        words = []
        for index, word in enumerate(line):
            if _is_noise(line, index, frame):
                dropped.append(word)
            else:
                words.append(word)
        if words:
            kept.append(tuple(words))
    return kept, dropped


def drop_unheard(
    lines: Sequence[Sequence[Word]], heard: Container[int]
) -> tuple[list[tuple[Word, ...]], list[Word]]:
    """The lines without strokes that one engine took for a sign and the other did not hear.

    Of 77 such words on 100 generated pages one stood for print: the edge of a sheet, the border
    of a table, a stroke of a pen.

    :param heard: identities of the words that the other engine read too
    """
    kept: list[tuple[Word, ...]] = []
    dropped: list[Word] = []
    for line in lines:
        strokes = [w for w in line if id(w) not in heard and set(w.text) <= _STROKES]
        dropped.extend(strokes)
        if len(strokes) < len(line):
            gone = {id(w) for w in strokes}
            kept.append(tuple(w for w in line if id(w) not in gone))
    return kept, dropped


def _is_noise(line: Sequence[Word], index: int, frame: Frame) -> bool:
    word = line[index]
    doubt, text, box = word.confidence, word.text, word.bbox
    if doubt is None or box is None or any(c.isdigit() for c in text):
        return False
    alone = _stands_alone(line, index, frame)
    if set(text) <= _RULES:
        return True
    if not any(c.isalpha() for c in text):
        starts = index == 0 and len(line) > 1 and text[0] in _BULLETS and not alone
        return doubt < _DOUBT_MARK and not starts
    if text.endswith(":") or fold(text).strip(".,") in _SHORT_WORDS:
        return False
    letters = sum(c.isalpha() for c in text)
    height = (box[3] - box[1]) * frame.aspect
    if doubt < _DOUBT_SHORT and (height > 1.8 * frame.em or height < 0.25 * frame.em):
        return alone or letters <= 2
    if letters == 1 and len(text) <= 2 and text[-1] not in ").:/":
        return alone and doubt < _DOUBT_SINGLE
    return alone and letters <= 3 and doubt < _DOUBT_SHORT


def _stands_alone(line: Sequence[Word], index: int, frame: Frame) -> bool:
    """Whether nothing stands within a column gap on either side."""
    reach = COLUMN_GAP * frame.em
    box = line[index].bbox
    before = line[index - 1].bbox if index else None
    after = line[index + 1].bbox if index + 1 < len(line) else None
    if box is None:
        return False
    return _gap(before, box) >= reach and _gap(box, after) >= reach


def _gap(left: BBox | None, right: BBox | None) -> float:
    return 9.9 if left is None or right is None else right[0] - left[2]


def noise_finding(dropped: Sequence[Word], page: int) -> tuple[Finding, ...]:
    """What was kept out of the text, so that nothing goes silently."""
    if not dropped:
        return ()
    shown = [
        Evidence(page=page, bbox=word.bbox, text=word.text, origin="ocr")
        for word in dropped[:_SHOWN]
    ]
    count = len(dropped)
    return (
        Finding(
            code="ocr.noise",
            severity="info",
            message=f"{count} doubtful mark{'s' if count > 1 else ''} kept out of the text.",
            evidence=tuple(shown),
        ),
    )
