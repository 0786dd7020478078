"""From units to decisions: which positions are open, with what candidates, and how sure to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.vietnamese import tone_key
from pipeline.repair.channel import Channel
from pipeline.repair.decoder import Slot, posteriors
from pipeline.repair.lm import BOUNDARY, NUMBER, UNKNOWN
from pipeline.repair.model import RepairModel
from pipeline.repair.regime import Regime
from pipeline.repair.text import Lines, Unit
from pipeline.repair.tokens import Piece, like_case

_CANDIDATES: Final = 16
#: In sound text a word that exists is changed only against overwhelming evidence, one with a
#: capital (a name) against still more.
_LEAST_KNOWN: Final = 0.995
_LEAST_NAME: Final = 0.999
#: log P(letter | not a word of ours), for keeping a token as it stands; capitals start names.
_KEEP_LETTER: Final = -1.9
_KEEP: Final = {"lower": -4.0, "capital": -2.0, "sound": 3.0, "odd": -6.0}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A reading of a piece and its posterior probability."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What the decoder thinks of one piece, best first."""

    unit: Unit
    piece: Piece
    proposals: tuple[Proposal, ...]
    #: Least probability to change it, and to mention it at all.
    least: float = 0.0
    least_review: float = 0.3

    @property
    def best(self) -> Proposal:
        return self.proposals[0]

    @property
    def others(self) -> tuple[Proposal, ...]:
        return self.proposals[1:4]


def propose(
    model: RepairModel, units: Sequence[Unit], kind: Regime, lines: Lines, first: int
) -> Iterator[Decision]:
    """Decisions for the open positions of one paragraph."""
    if kind is Regime.SOUND:
        yield from _sound(model, units)
        return
    slots = [_open_slot(model, unit, kind, lines[unit.line - first]) for unit in units]
    for unit, slot, chances in zip(units, slots, posteriors(model.lm, slots), strict=True):
        piece = unit.piece or _bare_number(unit, lines[unit.line - first])
        if piece is not None and len(slot.ids) > 1:
            yield _decision(model, unit, piece, slot, chances.tolist())


def _decision(
    model: RepairModel,
    unit: Unit,
    piece: Piece,
    slot: Slot,
    chances: Sequence[float],
    least: float = 0.0,
) -> Decision:
    shown: defaultdict[str, float] = defaultdict(float)
    for chance, identifier in zip(chances, slot.ids, strict=True):
        shown[_shown(model, piece.text, identifier)] += chance
    ranked = sorted(shown.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    proposals = tuple(Proposal(text, chance) for text, chance in ranked)
    if unit.piece is None:  # a number: the guard keeps it, a likely word is only mentioned
        return Decision(unit, piece, proposals, least=2.0, least_review=0.6)
    return Decision(unit, piece, proposals, least)


def _shown(model: RepairModel, raw: str, identifier: int) -> str:
    if identifier in (UNKNOWN, NUMBER):
        return raw
    word = model.lm.words[identifier]
    return raw if tone_key(raw.lower()) == tone_key(word) else like_case(raw, word)


def _bare_number(unit: Unit, tokens: Sequence[str]) -> Piece | None:
    """A number of one or two digits, which may have been a short word (``14`` for ``là``)."""
    token = tokens[unit.word]
    if unit.identifier == NUMBER and len(token) <= 2 and token.isdecimal() and token.isascii():
        return Piece(token, 0)
    return None


def _open_slot(model: RepairModel, unit: Unit, kind: Regime, tokens: Sequence[str]) -> Slot:
    """Candidates of a unit in a text where most words are damaged."""
    piece = unit.piece
    if piece is None:
        number = _bare_number(unit, tokens)
        if number is None or kind is Regime.NO_MARKS:
            return Slot.fixed(unit.identifier)
        found = model.foreign.candidates(number.text, 6)
        keep = -0.5
        identity = NUMBER
    else:
        lower = piece.text.lower()
        if unit.identifier != UNKNOWN and lower not in model.syllables and lower.isascii():
            return Slot.fixed(unit.identifier)  # a known foreign word: covid, website
        found = _channel(model, piece.text, kind).candidates(lower, _CANDIDATES)
        keep = _keep(piece.text)
        identity = UNKNOWN
    return Slot(
        (identity, *(identifier for identifier, _ in found)), (keep, *(e for _, e in found))
    )


def _channel(model: RepairModel, raw: str, kind: Regime) -> Channel:
    if kind is Regime.NO_MARKS:
        return model.no_marks
    return model.foreign_upper if len(raw) > 1 and raw.isupper() else model.foreign


def _keep(raw: str) -> float:
    start = _KEEP["capital"] if raw[:1].isupper() else _KEEP["lower"]
    odd = 0.0 if raw.isalpha() else _KEEP["odd"]
    return start + odd + _KEEP_LETTER * len(raw)


def _sound(model: RepairModel, units: Sequence[Unit]) -> Iterator[Decision]:
    """Only words that do not exist, or that do not fit a neighbour, are opened."""
    ids = np.array([BOUNDARY, *(unit.identifier for unit in units), BOUNDARY], dtype=np.int64)
    fits = model.lm.has_pairs(ids[:-1], ids[1:])
    lonely = ~(fits[:-1] & fits[1:])
    suspects = [
        at
        for at, unit in enumerate(units)
        if unit.piece is not None
        and (unit.identifier == UNKNOWN or (lonely[at] and len(unit.piece.text) > 1))
    ]
    if not suspects:
        return
    slots = {at: _sound_slot(model, units[at]) for at in suspects}
    open_at = [at for at in suspects if len(slots[at].ids) > 1]
    order = sorted({near for at in open_at for near in range(at - 2, at + 3)})
    window = [
        slots.get(at) or Slot.fixed(int(ids[min(max(at + 1, 0), len(ids) - 1)])) for at in order
    ]
    place = {at: row for row, at in enumerate(order)}
    chances = posteriors(model.lm, window)
    for at in open_at:
        unit = units[at]
        assert unit.piece is not None  # noqa: S101 - suspects are pieces
        row = place[at]
        yield _decision(
            model, unit, unit.piece, window[row], chances[row].tolist(), _least(unit, unit.piece)
        )


def _sound_slot(model: RepairModel, unit: Unit) -> Slot:
    assert unit.piece is not None  # noqa: S101 - suspects are pieces
    raw = unit.piece.text
    lower = raw.lower()
    known = unit.identifier != UNKNOWN
    if len(raw) < 2 or (known and lower not in model.syllables and tone_key(lower) == lower):
        return Slot.fixed(unit.identifier)
    found = model.sound.candidates(lower, _CANDIDATES)
    if known:
        return Slot(
            tuple(i for i, _ in found) or (unit.identifier,), tuple(e for _, e in found) or (0.0,)
        )
    keep = _keep(raw) + _KEEP["sound"]
    return Slot((UNKNOWN, *(i for i, _ in found)), (keep, *(e for _, e in found)))


def _least(unit: Unit, piece: Piece) -> float:
    if piece.text[:1].isupper() and not piece.text.isupper():
        return _LEAST_NAME
    return _LEAST_KNOWN if unit.identifier != UNKNOWN else 0.0
