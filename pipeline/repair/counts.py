"""From text to the language model's arrays: vocabulary, counts, discounting, pruning."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.vietnamese import tone_key
from pipeline.repair import lm
from pipeline.repair.modelfile import Array
from pipeline.repair.syllable import is_syllable, split_tone
from pipeline.repair.tokens import TRAIN_TOKEN

_BATCH_CHARS: Final = 8_000_000
_DISCOUNT: Final = 0.8
#: Least weighted count of a syllable, and of another word (covid), to be in the vocabulary.
_MIN_SYLLABLE: Final = 16
_MIN_FOREIGN: Final = 600
_MAX_FOREIGN: Final = 1500
MAX_PAIRS: Final = 2_500_000
MAX_TRIPLES: Final = 5_000_000

Longs = NDArray[np.int64]
Doubles = NDArray[np.float64]


@dataclass
class Text:
    """The training text as identifiers of word types, by weight."""

    types: dict[str, int] = field(default_factory=lambda: {c: i for i, c in enumerate(lm.CLASSES)})
    parts: list[tuple[NDArray[np.int32], int]] = field(default_factory=list)

    def add(self, lines: Iterable[str], weight: int) -> None:
        """Take lines in; each line is a text of its own."""
        for batch in _batches(lines):
            self.parts.append((self._ids(batch), weight))

    def _ids(self, text: str) -> NDArray[np.int32]:
        types = self.types
        out: list[int] = [lm.BOUNDARY]
        for line in text.split("\n"):
            for token in TRAIN_TOKEN.findall(line):
                first = token[0]
                if first.isalpha() and token.isalpha():
                    out.append(types.setdefault(token, len(types)))
                elif first in ".;:!?…":
                    if out[-1]:
                        out.append(lm.BOUNDARY)
                else:
                    out.append(lm.NUMBER)
            if out[-1]:
                out.append(lm.BOUNDARY)
        return np.array(out, dtype=np.int32)


def _batches(lines: Iterable[str]) -> Iterator[str]:
    batch: list[str] = []
    size = 0
    for line in lines:
        batch.append(line.lower())
        size += len(line)
        if size > _BATCH_CHARS:
            yield "\n".join(batch)
            batch, size = [], 0
    if batch:
        yield "\n".join(batch)


@dataclass(frozen=True)
class _Tally:
    """Distinct keys, sorted, with their summed weights and what is discounted from each.

    The discount is a share of one sighting, by the mean weight of the sightings: a phrase seen once
    in a text that counts eight times has still been seen only once.
    """

    keys: Longs
    weights: Doubles
    discounts: Doubles


def _tally(keys: Iterable[tuple[Longs, int]]) -> _Tally:
    all_keys: Longs = np.empty(0, np.int64)
    all_weights: Doubles = np.empty(0, np.float64)
    all_numbers: Doubles = np.empty(0, np.float64)
    for part, weight in keys:
        unique, number = np.unique(part, return_counts=True)
        merged = np.concatenate([all_keys, unique])
        weights = np.concatenate([all_weights, number.astype(np.float64) * weight])
        numbers = np.concatenate([all_numbers, number.astype(np.float64)])
        all_keys, inverse = np.unique(merged, return_inverse=True)
        all_weights = np.bincount(inverse, weights=weights).astype(np.float64)
        all_numbers = np.bincount(inverse, weights=numbers).astype(np.float64)
    return _Tally(all_keys, all_weights, _DISCOUNT * all_weights / all_numbers)


def _vocabulary(types: dict[str, int], count: Doubles) -> tuple[list[str], int]:
    """Syllables (one spelling each, the commoner), then other frequent words."""
    spellings: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    foreign: Counter[str] = Counter()
    for word, i in types.items():
        if i < len(lm.CLASSES) or count[i] < 2:
            continue
        if is_syllable(word):
            spellings[split_tone(word)][word] += int(count[i])
        elif count[i] >= _MIN_FOREIGN and 3 <= len(word) <= 15:
            foreign[word] = int(count[i])
    chosen: Counter[str] = Counter()
    for group in spellings.values():
        if group.total() >= _MIN_SYLLABLE:
            best = min(group, key=lambda w: (-group[w], w))
            chosen[best] = group.total()
    syllables = sorted(chosen, key=lambda w: (-chosen[w], w))
    others = sorted(foreign, key=lambda w: (-foreign[w], w))[:_MAX_FOREIGN]
    return [*syllables, *others], len(syllables)


def _remap(types: dict[str, int], words: list[str]) -> NDArray[np.int32]:
    """From the identifiers of types to those of the vocabulary."""
    ids = {word: i + len(lm.CLASSES) for i, word in enumerate(words)}
    by_key = {tone_key(word): i for word, i in ids.items()}
    table = np.full(len(types), lm.UNKNOWN, dtype=np.int32)
    table[: len(lm.CLASSES)] = np.arange(len(lm.CLASSES))
    for word, i in types.items():
        if i >= len(lm.CLASSES):
            table[i] = ids.get(word) or by_key.get(tone_key(word), lm.UNKNOWN)
    return table


def build(text: Text) -> tuple[dict[str, Any], dict[str, Array]]:
    """The arrays that :func:`pipeline.repair.lm.from_arrays` reads."""
    seen: Doubles = np.zeros(len(text.types), dtype=np.float64)
    for ids, weight in text.parts:
        seen += np.bincount(ids, minlength=len(seen)).astype(np.float64) * weight
    words, syllables = _vocabulary(text.types, seen)
    table = _remap(text.types, words)
    size = len(words) + len(lm.CLASSES)
    parts = [(table[ids].astype(np.int64), weight) for ids, weight in text.parts]
    pairs = _tally((ids[:-1] * size + ids[1:], weight) for ids, weight in parts)
    arrays, model = _pairs(pairs, size)
    triples = _tally(
        ((ids[:-2] * size + ids[1:-1]) * size + ids[2:], weight) for ids, weight in parts
    )
    arrays.update(_triples(triples, model, size))
    return {"words": " ".join(words), "syllables": syllables}, arrays


@dataclass(frozen=True)
class _PairModel:
    """The pruned pair model in full precision, for discounting the triples."""

    keys: Longs
    given: Doubles
    backoff: Doubles
    unigram: Doubles

    def probability(self, left: Longs, right: Longs) -> Doubles:
        keys = left * len(self.unigram) + right
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found = self.keys[at] == keys
        result: Doubles = np.where(found, self.given[at], self.backoff[left] * self.unigram[right])
        return result


def _pairs(seen: _Tally, size: int) -> tuple[dict[str, Array], _PairModel]:
    pair, weight, discount = seen.keys, seen.weights, seen.discounts
    left, right = pair // size, pair % size
    total = np.bincount(left, weights=weight, minlength=size) + 1e-9
    kinds = np.bincount(right, minlength=size).astype(np.float64)
    mass = np.bincount(right, weights=weight, minlength=size)
    unigram = 0.5 * (kinds + 0.1) / (kinds + 0.1).sum() + 0.5 * (mass + 0.5) / (mass + 0.5).sum()
    lost = np.bincount(left, weights=discount, minlength=size)
    spare = np.clip(lost / total, 1e-6, 1.0)
    given = np.maximum(weight - discount, 0.0) / total[left] + spare[left] * unigram[right]
    best = _best(weight, given, spare[left] * unigram[right], MAX_PAIRS)
    left, right, given = left[best], right[best], given[best]
    kept = np.bincount(left, weights=given, minlength=size)
    covered = np.bincount(left, weights=unigram[right], minlength=size)
    backoff = np.clip((1.0 - kept) / np.maximum(1.0 - covered, 1e-6), 1e-5, 1.0)
    arrays = {
        **lm.pack_keys("pair", pair[best]),
        "pairs": lm.quantise(np.log(given)),
        "unigram": lm.quantise(np.log(unigram)),
        "backoff": lm.quantise(np.log(backoff)),
    }
    return arrays, _PairModel(pair[best], given, backoff, unigram)


def _triples(seen: _Tally, model: _PairModel, size: int) -> dict[str, Array]:
    weight, discount = seen.weights, seen.discounts
    context, word = seen.keys // size, seen.keys % size
    at = np.minimum(np.searchsorted(model.keys, context), len(model.keys) - 1)
    known = model.keys[at] == context
    at, word, weight, discount = at[known], word[known], weight[known], discount[known]
    number = len(model.keys)
    total = np.bincount(at, weights=weight, minlength=number) + 1e-9
    lost = np.bincount(at, weights=discount, minlength=number)
    spare = np.clip(lost / total, 1e-6, 1.0)
    lower = model.probability(model.keys[at] % size, word)
    given = np.maximum(weight - discount, 0.0) / total[at] + spare[at] * lower
    best = _best(weight, given, spare[at] * lower, MAX_TRIPLES)
    at, word, given, lower = at[best], word[best], given[best], lower[best]
    kept = np.bincount(at, weights=given, minlength=number)
    covered = np.bincount(at, weights=lower, minlength=number)
    backoff = np.clip((1.0 - kept) / np.maximum(1.0 - covered, 1e-6), 1e-5, 1.0)
    return {
        **lm.pack_keys("triple", at * size + word),
        "triples": lm.quantise(np.log(given)),
        "backoff2": lm.quantise(np.log(backoff)),
    }


def _best(weight: Doubles, given: Doubles, lower: Doubles, most: int) -> Longs:
    """Indices (sorted) of the entries that backing off would cost the most likelihood."""
    gain = weight * (np.log(given) - np.log(lower))
    gain[weight < 2] = -1.0
    number = min(most, int((gain > 0).sum()))
    result: Longs = np.sort(np.argsort(-gain, kind="stable")[:number])
    return result
