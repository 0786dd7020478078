"""A trigram language model over syllables, with back-off, as sorted arrays.

Built by ``counts.py`` with absolute discounting and half-Kneser-Ney unigrams (Chen & Goodman 1998);
looked up here with one binary search for all pairs, or all triples, of a text at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.vietnamese import tone_key
from pipeline.repair.modelfile import Array

BOUNDARY: Final = 0
UNKNOWN: Final = 1
NUMBER: Final = 2
#: Names of the first identifiers; words follow.
CLASSES: Final = ("<s>", "<unk>", "<num>")

#: Log probabilities and back-off weights are stored in steps of 1/16 nat.
STEP: Final = 16.0

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Words, their log probabilities, and those of the pairs and triples that were kept."""

    words: tuple[str, ...]
    ids: dict[str, int]
    syllables: int
    unigram: Floats
    backoff: Floats
    pair_keys: Ints
    pairs: Floats
    backoff2: Floats
    triple_keys: Ints
    triples: Floats

    def id_of(self, word: str) -> int:
        """The identifier of a lower-case word, wherever its tone mark stands."""
        found = self.ids.get(word)
        return found if found is not None else self.ids.get(tone_key(word), UNKNOWN)

    def knows(self, word: str) -> bool:
        """Whether a lower-case word is in the vocabulary."""
        return self.id_of(word) != UNKNOWN

    def syllable_ids(self) -> dict[str, int]:
        """The words that can be candidates, with their identifiers."""
        first = len(CLASSES)
        return {
            word: first + i for i, word in enumerate(self.words[first : first + self.syllables])
        }

    def log_pairs(self, left: Ints, right: Ints) -> Floats:
        """log P(right | left), element by element."""
        at, found = self._find_pairs(left, right)
        backed = self.backoff[left] + self.unigram[right]
        result: Floats = np.where(found, self.pairs[at], backed)
        return result

    def log_triples(self, first: Ints, second: Ints, third: Ints) -> Floats:
        """log P(third | first, second); the arguments may be broadcast against each other."""
        at, found = self._find_pairs(first, second)
        lower = self.log_pairs(second, third) + np.where(found, self.backoff2[at], np.float32(0))
        keys = at * len(self.words) + third
        where = np.minimum(np.searchsorted(self.triple_keys, keys), len(self.triple_keys) - 1)
        hit = (self.triple_keys[where] == keys) & found
        result: Floats = np.where(hit, self.triples[where], lower)
        return result

    def _find_pairs(self, left: Ints, right: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        keys = left * len(self.words) + right
        at = np.minimum(np.searchsorted(self.pair_keys, keys), len(self.pair_keys) - 1)
        return at, self.pair_keys[at] == keys


def quantise(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Negative log values as bytes."""
    result: NDArray[np.uint8] = np.clip(np.rint(-values * STEP), 0, 255).astype(np.uint8)
    return result


def _restore(array: Array) -> Floats:
    result: Floats = array.astype(np.float32) / np.float32(-STEP)
    return result


def pack_keys(name: str, keys: Ints) -> dict[str, Array]:
    """Sorted keys as three planes of bytes of their differences."""
    delta = np.diff(keys, prepend=0)
    if len(delta) and int(delta.max()) >= 1 << 32:
        raise ValueError(f"a gap between the keys of {name} does not fit")
    return {
        f"{name}.low": (delta & 255).astype(np.uint8),
        f"{name}.middle": (delta >> 8 & 255).astype(np.uint8),
        f"{name}.high": (delta >> 16).astype(np.uint16),
    }


def _unpack_keys(name: str, arrays: dict[str, Array]) -> Ints:
    delta = arrays[f"{name}.low"].astype(np.int64)
    delta += arrays[f"{name}.middle"].astype(np.int64) << 8
    delta += arrays[f"{name}.high"].astype(np.int64) << 16
    result: Ints = np.cumsum(delta)
    return result


def from_arrays(meta: dict[str, Any], arrays: dict[str, Array]) -> LanguageModel:
    """The model as ``train`` stored it."""
    words = (*CLASSES, *meta["words"].split(" "))
    ids = {word: i for i, word in enumerate(words)}
    for i, word in enumerate(words):
        ids.setdefault(tone_key(word), i)
    return LanguageModel(
        words=words,
        ids=ids,
        syllables=int(meta["syllables"]),
        unigram=_restore(arrays["unigram"]),
        backoff=_restore(arrays["backoff"]),
        pair_keys=_unpack_keys("pair", arrays),
        pairs=_restore(arrays["pairs"]),
        backoff2=_restore(arrays["backoff2"]),
        triple_keys=_unpack_keys("triple", arrays),
        triples=_restore(arrays["triples"]),
    )
