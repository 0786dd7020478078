"""How a text is damaged, measured: that decides how freely it may be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from models.vietnamese import strip_marks
from pipeline.repair.lm import LanguageModel

#: A paragraph with fewer words than this is judged with its document.
MIN_WORDS: Final = 25

#: Sound text has 75-90 % of its words marked and known; text read by the English model under 30 %.
_SOUND_SHARE: Final = 0.5
_SKELETON_SHARE: Final = 0.5
_ENGLISH_LIST: Final = """
the of and is was are with by that this which from be for or not it as at an were has have
"""
_ENGLISH: Final = frozenset(_ENGLISH_LIST.split())


_skeleton = lru_cache(maxsize=65536)(strip_marks)


class Regime(Enum):
    """What kind of text it is."""

    SOUND = "sound"  # Vietnamese with its marks, at most a few wrong
    NO_MARKS = "no_marks"  # Vietnamese typed without marks
    FOREIGN_ENGINE = "foreign_engine"  # Vietnamese read by an engine that does not know it
    OTHER = "other"  # not Vietnamese, or too little to tell: left alone


@dataclass(frozen=True, slots=True)
class Measure:
    """Shares of the words of a text."""

    words: int
    marked: float
    accented: float
    skeleton: float
    english: float

    @property
    def regime(self) -> Regime:
        if self.words == 0:
            return Regime.OTHER
        if self.marked >= _SOUND_SHARE:
            return Regime.SOUND
        if self.skeleton < _SKELETON_SHARE or self.english > 0.12:
            return Regime.OTHER
        if self.accented < 0.02 and self.skeleton > 0.85:
            return Regime.NO_MARKS
        return Regime.FOREIGN_ENGINE


def measure(model: LanguageModel, skeletons: frozenset[str], words: Sequence[str]) -> Measure:
    """Measure lower-case words."""
    number = len(words)
    if not number:
        return Measure(0, 0.0, 0.0, 0.0, 0.0)
    accented = [word for word in words if not word.isascii()]
    return Measure(
        words=number,
        marked=sum(model.knows(word) for word in accented) / number,
        accented=len(accented) / number,
        skeleton=sum(_skeleton(word) in skeletons for word in words) / number,
        english=sum(word in _ENGLISH for word in words) / number,
    )


def decide(document: Measure, paragraph: Measure) -> Regime:
    """The regime of a paragraph: its own where it is long enough, else its document's."""
    if paragraph.words >= MIN_WORDS or document.words == 0:
        return paragraph.regime
    return document.regime
