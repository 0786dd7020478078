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
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.repair.decoder import Slot
from pipeline.repair.lm import BOUNDARY, UNKNOWN
from pipeline.repair.text import Unit

#: A word votes for others from this probability on, and is voted on up to that one.
_VOTES: Final = 0.9
_OPEN: Final = 0.98
#: Weight of a neighbour seen with the candidate, and of the same spelling read so, each times the
#: logarithm of how often (tuned on held-out damage).
_PAIR: Final = 0.9
_FORM: Final = 0.5

_Array = NDArray[np.float64]


def revote(units: Sequence[Unit], slots: Sequence[Slot], chances: Sequence[_Array]) -> list[_Array]:
    """The posteriors after the document's own vote; as many, in the same order."""
    best = [int(np.argmax(row)) for row in chances]
    ids = [slot.ids[at] for slot, at in zip(slots, best, strict=True)]
    sure = [float(row[at]) for row, at in zip(chances, best, strict=True)]
    pairs: Counter[tuple[int, int]] = Counter()
    forms: Counter[tuple[str, int]] = Counter()
    for at, (unit, identifier) in enumerate(zip(units, ids, strict=True)):
        if sure[at] < _VOTES or identifier in (BOUNDARY, UNKNOWN):
            continue
        if unit.piece is not None:
            forms[unit.piece.text.lower(), identifier] += 1
        if at and sure[at - 1] >= _VOTES and ids[at - 1] not in (BOUNDARY, UNKNOWN):
            pairs[ids[at - 1], identifier] += 1
    result = list(chances)
    last = len(slots) - 1
    for at, slot in enumerate(slots):
        unit = units[at]
        if sure[at] >= _OPEN or unit.piece is None or len(slot.ids) < 2:
            continue
        form = unit.piece.text.lower()
        own = ids[at] if sure[at] >= _VOTES else None
        votes = np.zeros(len(slot.ids))
        for place, candidate in enumerate(slot.ids):
            if candidate == UNKNOWN:
                continue
            mine = int(candidate == own)
            votes[place] += _FORM * math.log1p(forms[form, candidate] - mine)
            if at:
                left = int(bool(mine) and sure[at - 1] >= _VOTES)
                seen = pairs[ids[at - 1], candidate] - left
                votes[place] += _PAIR * sure[at - 1] * math.log1p(max(seen, 0))
            if at < last:
                right = int(bool(mine) and sure[at + 1] >= _VOTES)
                seen = pairs[candidate, ids[at + 1]] - right
                votes[place] += _PAIR * sure[at + 1] * math.log1p(max(seen, 0))
        if votes.any():
            changed = chances[at] * np.exp(votes)
            result[at] = changed / changed.sum()
    return result
