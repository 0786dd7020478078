"""Two words that lost the blank between them: ``Tudo`` for Tự do, ``KHINHA`` for KHI NHÀ.

Only a word for which the error model has no good reading is tried, and a cut must explain it much
better, for most of what is long and strange is no word at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from pipeline.repair.channel import Channel
from pipeline.repair.lm import LanguageModel
from pipeline.repair.text import Unit
from pipeline.repair.tokens import Piece

#: A word is tried whose best candidate is less likely than this (log P(read | true)).
_POOR: Final = -8.0
_SHORTEST: Final = 4
#: log P(a blank is lost); how much better a cut must be; how many readings of a half are tried.
_LOST_BLANK: Final = -5.0
_BETTER: Final = 3.0
_TRIED: Final = 4
_SCALE: Final = 0.9


def cut_glued(
    model: LanguageModel, units: Sequence[Unit], channel_of: Callable[[str], Channel]
) -> Iterator[Unit]:
    """The units, those that are two words replaced by two that share their token."""
    for unit in units:
        piece = unit.piece
        parts = _parts(model, piece, channel_of(piece.text)) if piece is not None else None
        if parts is None:
            yield unit
            continue
        for part in parts:
            identifier = model.id_of(part.text.lower())
            yield Unit(unit.line, unit.word, part, identifier)


def _parts(model: LanguageModel, piece: Piece, channel: Channel) -> tuple[Piece, Piece] | None:
    word = piece.text.lower()
    if len(word) < _SHORTEST or not piece.text.isalpha() or model.knows(word):
        return None
    whole = channel.candidates(word, _TRIED)
    if whole and max(value for _, value in whole) > _POOR:
        return None
    best = max((v + _SCALE * float(model.unigram[i]) for i, v in whole), default=-60.0) + _BETTER
    found: int | None = None
    for at in range(2, len(word) - 1):
        left = channel.candidates(word[:at], _TRIED)
        right = channel.candidates(word[at:], _TRIED) if left else []
        if not left or not right:
            continue
        first = np.array([i for i, _ in left])[:, None]
        second = np.array([i for i, _ in right])[None, :]
        values = (
            np.array([v for _, v in left])[:, None]
            + np.array([v for _, v in right])[None, :]
            + _SCALE * (model.unigram[first] + model.log_pairs(first, second))
            + _LOST_BLANK
        )
        if float(values.max()) > best:
            best, found = float(values.max()), at
    if found is None:
        return None
    return Piece(piece.text[:found], piece.start), Piece(piece.text[found:], piece.start + found)
