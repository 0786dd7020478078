"""The second pass: what a document says elsewhere votes for its damaged copies.

A directive repeats itself: the campaign's title, the issuer's name, "sửa đổi, bổ sung". Where the
first pass was sure of such a phrase, a copy of it that was read worse can lean on it, as in a cache
language model (Kuhn & De Mori 1990). So can a spelling: what ``dim`` stood for elsewhere in this
document, on this printer, it is likely to stand for here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.repair.decoder import Slot
from pipeline.repair.lm import BOUNDARY, UNKNOWN
from pipeline.repair.text import Unit

#: A word votes for others from this probability on, and is voted on up to that one.
_VOTES: Final = 0.9
_OPEN: Final = 0.98
#: Weight of a neighbour seen with the candidate, of two neighbours, and of the same spelling read
#: so, each times the logarithm of how often (tuned on held-out damage).
_PAIR: Final = 1.3
_TRIPLE: Final = 1.5
_FORM: Final = 0.9
#: What a round settles may settle its neighbours in the next.
_ROUNDS: Final = 3

_Array = NDArray[np.float64]
_NO_WORD: Final = (BOUNDARY, UNKNOWN)


def revote(units: Sequence[Unit], slots: Sequence[Slot], chances: Sequence[_Array]) -> list[_Array]:
    """The posteriors after the document's own vote; as many, in the same order."""
    result = list(chances)
    for _ in range(_ROUNDS):
        said = _Said.of(units, slots, result)
        changed = False
        for at, (unit, slot) in enumerate(zip(units, slots, strict=True)):
            if said.sure[at] >= _OPEN or unit.piece is None or len(slot.ids) < 2:
                continue
            votes = np.array([said.vote(at, unit.piece.text.lower(), i) for i in slot.ids])
            if votes.any():
                weighed = chances[at] * np.exp(votes)
                weighed /= weighed.sum()
                changed = changed or int(np.argmax(weighed)) != int(np.argmax(result[at]))
                result[at] = weighed
        if not changed:
            break
    return result


@dataclass(frozen=True)
class _Said:
    """What the document says where it is sure: phrases of two and three words, and spellings."""

    ids: list[int]
    sure: list[float]
    phrases: Counter[tuple[int, ...]]
    forms: Counter[tuple[str, int]]

    @classmethod
    def of(cls, units: Sequence[Unit], slots: Sequence[Slot], chances: Sequence[_Array]) -> _Said:
        best = [int(np.argmax(row)) for row in chances]
        ids = [slot.ids[at] for slot, at in zip(slots, best, strict=True)]
        sure = [float(row[at]) for row, at in zip(chances, best, strict=True)]
        said = cls(ids, sure, Counter(), Counter())
        for at, unit in enumerate(units):
            if not said.votes(at):
                continue
            if unit.piece is not None:
                said.forms[unit.piece.text.lower(), ids[at]] += 1
            if said.votes(at - 1):
                said.phrases[ids[at - 1], ids[at]] += 1
                if said.votes(at - 2):
                    said.phrases[ids[at - 2], ids[at - 1], ids[at]] += 1
        return said

    def votes(self, at: int) -> bool:
        """Whether a position is a word that the first pass was sure of."""
        inside = 0 <= at < len(self.ids)
        return inside and self.sure[at] >= _VOTES and self.ids[at] not in _NO_WORD

    def vote(self, at: int, form: str, candidate: int) -> float:
        """What the rest of the document adds to the log odds of a candidate."""
        if candidate == UNKNOWN:
            return 0.0
        mine = self.votes(at) and self.ids[at] == candidate
        total = _FORM * math.log1p(self.forms[form, candidate] - mine)
        for size, weight in ((2, _PAIR), (3, _TRIPLE)):
            for first in range(at - size + 1, at + 1):
                if first < 0 or first + size > len(self.ids):
                    continue
                others = [i for i in range(first, first + size) if i != at]
                phrase = tuple(
                    candidate if i == at else self.ids[i] for i in range(first, first + size)
                )
                seen = self.phrases[phrase]
                if seen:
                    own = mine and all(self.votes(i) for i in others)
                    sure = min(self.sure[i] for i in others)
                    total += weight * sure * math.log1p(seen - own)
        return total
