"""The decoder: which candidate at each position, given all the others.

Coarse to fine: forward-backward with the pair model over all candidates, then with the triple model
over the few that remain. What comes out is a posterior probability for each candidate, not only the
best sentence, so that a doubtful word can be left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.repair.lm import BOUNDARY, LanguageModel

#: Weight of the language model against the error model (tuned on held-out damage).
LM_SCALE: Final = 0.9
_FINE: Final = 8
_CHUNK: Final = 400

_Array = NDArray[np.float64]
_Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Slot:
    """A position of the text: candidates by identifier, log P(read | candidate) for each."""

    ids: tuple[int, ...]
    emits: tuple[float, ...]

    @classmethod
    def fixed(cls, identifier: int) -> Slot:
        return cls((identifier,), (0.0,))


def posteriors(model: LanguageModel, slots: Sequence[Slot]) -> list[_Array]:
    """For every slot the posterior of each of its candidates."""
    result: list[_Array] = []
    for start in range(0, len(slots), _CHUNK):
        result.extend(_chunk(model, slots[start : start + _CHUNK]))
    return result


def _chunk(model: LanguageModel, slots: Sequence[Slot]) -> list[_Array]:
    edge = Slot.fixed(BOUNDARY)
    padded = [edge, edge, *slots, edge, edge]
    width = max(len(slot.ids) for slot in padded)
    ids = np.zeros((len(padded), width), dtype=np.int64)
    emits = np.zeros((len(padded), width))
    for row, slot in enumerate(padded):
        number = len(slot.ids)
        ids[row, :number] = slot.ids
        top = max(slot.emits)
        emits[row, :number] = np.exp([value - top for value in slot.emits])
    coarse = _pair_pass(model, ids, emits)
    keep = np.argsort(-coarse, axis=1, kind="stable")[:, : min(_FINE, width)]
    fine = _triple_pass(model, np.take_along_axis(ids, keep, 1), np.take_along_axis(emits, keep, 1))
    full = np.zeros_like(coarse)
    np.put_along_axis(full, keep, fine, 1)
    return [full[row + 2, : len(slot.ids)] for row, slot in enumerate(slots)]


def _normal(array: _Array) -> _Array:
    total = float(array.sum())
    return array / total if total > 0 else np.full_like(array, 1.0 / array.size)


def _pair_pass(model: LanguageModel, ids: _Ids, emits: _Array) -> _Array:
    steps = np.exp(LM_SCALE * model.log_pairs(ids[:-1, :, None], ids[1:, None, :]))
    length = len(ids)
    alpha = np.empty_like(emits)
    beta = np.empty_like(emits)
    alpha[0] = _normal(emits[0])
    for at in range(1, length):
        alpha[at] = _normal((alpha[at - 1] @ steps[at - 1]) * emits[at])
    beta[-1] = 1.0
    for at in range(length - 2, -1, -1):
        beta[at] = _normal(steps[at] @ (emits[at + 1] * beta[at + 1]))
    both = alpha * beta
    result: _Array = both / np.maximum(both.sum(axis=1, keepdims=True), 1e-300)
    return result


def _triple_pass(model: LanguageModel, ids: _Ids, emits: _Array) -> _Array:
    steps = np.exp(
        LM_SCALE
        * model.log_triples(
            ids[:-2, :, None, None], ids[1:-1, None, :, None], ids[2:, None, None, :]
        )
    )
    length, width = ids.shape
    alpha = np.empty((length, width, width))
    beta = np.empty((length, width, width))
    alpha[1] = _normal(emits[0][:, None] * emits[1][None, :])
    for at in range(2, length):
        alpha[at] = _normal((alpha[at - 1][:, :, None] * steps[at - 2]).sum(axis=0) * emits[at])
    beta[-1] = 1.0
    for at in range(length - 1, 1, -1):
        ahead = emits[at] * beta[at]
        beta[at - 1] = _normal((steps[at - 2] * ahead[None, :, :]).sum(axis=2))
    both = np.zeros_like(emits)
    both[1:] = (alpha[1:] * beta[1:]).sum(axis=1)
    both[0] = emits[0]
    result: _Array = both / np.maximum(both.sum(axis=1, keepdims=True), 1e-300)
    return result
