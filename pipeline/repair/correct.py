"""From units to decisions: which positions are open, with what candidates, and how sure to be."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from models.vietnamese import tone_key
from pipeline.repair import names
from pipeline.repair.channel import Channel
from pipeline.repair.decoder import LM_SCALE, Slot, posteriors
from pipeline.repair.document import revote
from pipeline.repair.glued import cut_glued
from pipeline.repair.lm import BOUNDARY, NUMBER, UNKNOWN, Ints
from pipeline.repair.model import RepairModel
from pipeline.repair.regime import Regime
from pipeline.repair.text import Hint, Hints, Unit
from pipeline.repair.tokens import EDGES, Piece, like_case

CANDIDATES: Final = 28
#: So many of them are looked at for what is shown; the rest have next to no weight.
_SHOWN: Final = 8
#: In sound text a word that exists is changed only against overwhelming evidence, one with a
#: capital (a name) against still more.
_LEAST_KNOWN: Final = 0.96
_LEAST_NAME: Final = 0.99
#: log P(word | two before) below which a word of sound text is looked at; the same with the word
#: after it.
_SURPRISE: Final = -4.6
_BOTH: Final = -8.0
#: A rival this far (in nats) behind the word as it stands is not decoded.
_NEAR: Final = 3.0
#: A name that the document spells otherwise, more often.
_SAID_ELSEWHERE: Final = 0.95
#: A word that its reader was less sure of is looked at in any case.
_UNSURE: Final = 0.8
#: log P of what another engine read; the error rate that the error model takes for granted; how far
#: the reader's own confidence may move it (in nats).
_ALTERNATIVE: Final = math.log(0.05)
_MEAN_ERROR: Final = 0.03
_LEAST_SHIFT: Final = -2.5
_MOST_SHIFT: Final = 2.5
#: log P(letter | not a word of ours), for keeping a token as it stands; capitals start names.
_KEEP_LETTER: Final = -2.4
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
    model: RepairModel, units: Sequence[Unit], kind: Regime, hints: Hints
) -> Iterator[Decision]:
    """Decisions for the open positions of paragraphs of one kind, two boundaries between them."""
    if kind is Regime.SOUND:
        yield from _sound(model, units, hints)
        return
    if kind is Regime.FOREIGN_ENGINE:
        units = list(cut_glued(model.lm, units, lambda raw: _channel(model, raw, kind)))
    slots = [_open_slot(model, unit, kind) for unit in units]
    found = revote(units, slots, posteriors(model.lm, slots))
    for unit, slot, chances in zip(units, slots, found, strict=True):
        piece = unit.piece or unit.number
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
    order = sorted(range(len(chances)), key=lambda at: -chances[at])
    for at in order[:_SHOWN]:
        shown[_shown(model, piece.text, slot.ids[at])] += chances[at]
    ranked = sorted(shown.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    proposals = tuple(Proposal(text, chance) for text, chance in ranked)
    if unit.piece is None:  # a number: the guard keeps it, a likely word is only mentioned
        return Decision(unit, piece, proposals, least=2.0, least_review=0.6)
    return Decision(unit, piece, proposals, least)


_key = lru_cache(maxsize=65536)(tone_key)


def _shown(model: RepairModel, raw: str, identifier: int) -> str:
    if identifier in (UNKNOWN, NUMBER):
        return raw
    word = model.lm.words[identifier]
    return raw if _key(raw.lower()) == _key(word) else like_case(raw, word)


def _open_slot(model: RepairModel, unit: Unit, kind: Regime) -> Slot:
    """Candidates of a unit in a text where most words are damaged."""
    piece = unit.piece
    if piece is None:
        if unit.number is None or kind is Regime.NO_MARKS:
            return Slot.fixed(unit.identifier)
        found = model.foreign.candidates(unit.number.text, 6)
        keep = -0.5
        identity = NUMBER
    else:
        lower = piece.text.lower()
        found = _channel(model, piece.text, kind).candidates(lower, CANDIDATES)
        if unit.identifier != UNKNOWN and lower not in model.syllables and lower.isascii():
            keep, identity = 0.0, unit.identifier  # a known foreign word: covid, website
        else:
            keep, identity = _keep(piece.text), UNKNOWN
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


def _sound(model: RepairModel, units: Sequence[Unit], hints: Hints) -> Iterator[Decision]:
    """Only words that do not exist, or that surprise the language model, are opened.

    Three sieves, each dearer than the one before: surprise at the word as it stands, one look at
    every other candidate with its neighbours as they stand, and the decoder.
    """
    ids = np.array(
        [BOUNDARY, BOUNDARY, *(unit.identifier for unit in units), BOUNDARY, BOUNDARY],
        dtype=np.int64,
    )
    persons = list(names.runs(units))
    for at, text in names.said_elsewhere(units, persons).items():
        piece = units[at].piece
        if piece is not None:
            known = (Proposal(text, _SAID_ELSEWHERE), Proposal(piece.text, 1 - _SAID_ELSEWHERE))
            yield Decision(units[at], piece, known)
    suspects = set(_surprising(model, ids))
    if hints:
        suspects.update(
            at
            for at, unit in enumerate(units)
            if (hint := hints.get((unit.line, unit.word))) is not None
            and hint.confidence is not None
            and hint.confidence < _UNSURE
        )
    suspects.difference_update(at for name in persons for at in name)
    slots = {
        at: slot
        for at in sorted(suspects)
        if (piece := units[at].piece) is not None
        and (units[at].identifier == UNKNOWN or len(piece.text) > 1)
        and len((slot := _sound_slot(model, units[at], hints)).ids) > 1
    }
    slots = _contested(model, ids, slots)
    if not slots:
        return
    order = sorted({near for at in slots for near in range(at - 2, at + 3)})
    window = [slots.get(at) or Slot.fixed(int(ids[at + 2])) for at in order]
    place = {at: row for row, at in enumerate(order)}
    chances = posteriors(model.lm, window)
    for at in slots:
        unit = units[at]
        assert unit.piece is not None  # noqa: S101 - suspects are pieces
        row = place[at]
        yield _decision(
            model, unit, unit.piece, window[row], chances[row].tolist(), _least(unit, unit.piece)
        )


def _surprising(model: RepairModel, ids: Ints) -> list[int]:
    """Positions of words that their two predecessors, or the words after them, do not expect."""
    given = model.lm.log_triples(ids[:-3], ids[1:-2], ids[2:-1])
    own, after = given[:-1], given[1:]
    unknown = ids[2:-2] == UNKNOWN
    found: list[int] = np.flatnonzero((own < _SURPRISE) | (own + after < _BOTH) | unknown).tolist()
    return found


def _contested(model: RepairModel, ids: Ints, slots: dict[int, Slot]) -> dict[int, Slot]:
    """The slots where, between the neighbours as they stand, another candidate comes near."""
    if not slots:
        return {}
    owner = np.repeat(np.fromiter(slots, np.int64), [len(slot.ids) for slot in slots.values()])
    mine = np.array([i for slot in slots.values() for i in slot.ids], dtype=np.int64)
    emits = np.array([e for slot in slots.values() for e in slot.emits])
    at = owner + 2
    score = emits + LM_SCALE * (
        model.lm.log_triples(ids[at - 2], ids[at - 1], mine)
        + model.lm.log_triples(ids[at - 1], mine, ids[at + 1])
        + model.lm.log_triples(mine, ids[at + 1], ids[np.minimum(at + 2, len(ids) - 1)])
    )
    stands = mine == ids[at]
    own = np.full(len(ids), -np.inf)
    rival = np.full(len(ids), -np.inf)
    np.maximum.at(own, at[stands], score[stands])
    np.maximum.at(rival, at[~stands], score[~stands])
    return {here: s for here, s in slots.items() if rival[here + 2] > own[here + 2] - _NEAR}


def _sound_slot(model: RepairModel, unit: Unit, hints: Hints) -> Slot:
    assert unit.piece is not None  # noqa: S101 - suspects are pieces
    raw = unit.piece.text
    lower = raw.lower()
    known = unit.identifier != UNKNOWN
    if len(raw) < 2 or (known and lower not in model.syllables and tone_key(lower) == lower):
        return Slot.fixed(unit.identifier)
    found = model.sound.candidates(lower, CANDIDATES)
    hint = hints.get((unit.line, unit.word))
    if hint is not None:
        found = _hinted(model, unit, found, hint)
    if known:
        return Slot(
            tuple(i for i, _ in found) or (unit.identifier,), tuple(e for _, e in found) or (0.0,)
        )
    keep = _keep(raw) + _KEEP["sound"]
    return Slot((UNKNOWN, *(i for i, _ in found)), (keep, *(e for _, e in found)))


def _hinted(
    model: RepairModel, unit: Unit, found: Sequence[tuple[int, float]], hint: Hint
) -> list[tuple[int, float]]:
    """Candidates weighed by what the reader said: how sure it was, what another engine read."""
    other = dict(found)
    for text in hint.alternatives:
        word = text.strip(EDGES).lower()
        identifier = model.lm.id_of(word)
        if identifier != UNKNOWN and word in model.syllables:
            other[identifier] = max(other.get(identifier, -math.inf), _ALTERNATIVE)
    shift = 0.0
    if hint.confidence is not None:
        odds = (1.0 - hint.confidence) / _MEAN_ERROR
        shift = min(max(math.log(max(odds, 1e-6)), _LEAST_SHIFT), _MOST_SHIFT)
    return [(i, e if i == unit.identifier else min(e + shift, 0.0)) for i, e in other.items()]


def _least(unit: Unit, piece: Piece) -> float:
    if piece.text[:1].isupper() and not piece.text.isupper():
        return _LEAST_NAME
    return _LEAST_KNOWN if unit.identifier != UNKNOWN else 0.0
