"""The error model: which true segments a read segment may stand for, and how likely.

A word's candidates are found by walking the tree of all syllables' prefixes along the read letters,
segment by segment, keeping the best paths (a beam). The tables come from ``train``; what no table
has seen gets a small prior, so that rare letters are not lost.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from models.vietnamese import LOWER, strip_marks
from pipeline.repair.align import LOOKALIKES, Confusions
from pipeline.repair.forms import Forms

Table = dict[str, list[tuple[str, float]]]

_VOWELS: Final = tuple(c for c in "aeiouy" + LOWER if c != "đ")
_ALPHABET: Final = tuple(dict.fromkeys("abcdeghiklmnopqrstuvxy" + LOWER))
_BEAM: Final = 60
_WIDTH: Final = 11.0
#: Log probability that an unseen odd character stands for a given vowel; that a letter was
#: misread in a way never seen.
_WILD: Final = math.log(2e-4)
_UNSEEN: Final = math.log(2e-5)
_LEAST: Final = math.log(1e-4)
_SEGMENT: Final = 3
#: Pseudo-readings of each letter in addition to those that were seen.
_PRIOR_READINGS: Final = 6.0
#: A read letter that stands for nothing; a vowel of which nothing was read (``cp`` for ``cấp``).
_EXTRA: Final = math.log(2e-3)
_LOST: Final = math.log(1e-3 / len(_VOWELS) * 4)
_FIRST: Final = 12
#: Weight of the frequency of a syllable when the list of candidates is cut.
_PRIOR: Final = 0.7


def from_confusions(seen: Confusions, *, marked: float, lookalike: float) -> Table:
    """A table from counts.

    Each letter gets a few readings before any evidence (itself, its base letter), and every
    look-alike is held possible, however rarely it was seen.
    """
    table: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for letter in _ALPHABET:
        base = strip_marks(letter)
        prior = {letter: 1.0} if base == letter else {letter: 1.0 - marked, base: marked}
        for read, share in prior.items():
            count = seen.pairs[read, letter] + _PRIOR_READINGS * share
            table[read][letter] = math.log(count / (seen.truths[letter] + _PRIOR_READINGS))
    for (read, true), count in seen.pairs.items():
        if true not in table[read] and (count > 1 or (len(read) == len(true) == 1)):
            table[read][true] = math.log(count / (seen.truths[true] + _PRIOR_READINGS))
    for read, truths in LOOKALIKES.items():
        for true in truths:
            table[read][true] = max(math.log(lookalike), table[read].get(true, -math.inf))
    return _sorted(table)


def stripped() -> Table:
    """Text typed without marks: every letter is its base."""
    table: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for letter in _ALPHABET:
        base = strip_marks(letter)
        table[base][letter] = math.log(0.97)
        if base != letter:
            table[letter][letter] = math.log(0.03)
    return _sorted(table)


def light(seen: Confusions | None = None) -> Table:
    """Text of a good engine: nearly always right, else another mark on the same base letter."""
    table: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for letter in _ALPHABET:
        table[letter][letter] = math.log(0.995)
        for other in _ALPHABET:
            if other != letter and strip_marks(other) == strip_marks(letter):
                table[letter][other] = math.log(4e-4)
    for (read, true), count in seen.pairs.items() if seen else ():
        if read != true and count > 1:
            value = math.log(count / (seen.truths[true] + 200.0)) if seen else 0.0
            table[read][true] = max(value, table[read].get(true, -math.inf))
    return _sorted(table)


def _sorted(table: Mapping[str, Mapping[str, float]]) -> Table:
    return {
        read: sorted(
            ((true, round(value, 2)) for true, value in truths.items() if value > _LEAST),
            key=lambda pair: (-pair[1], pair[0]),
        )
        for read, truths in sorted(table.items())
        if truths
    }


@dataclass
class Channel:
    """A table bound to a vocabulary."""

    table: Table
    prefixes: frozenset[str]
    syllables: Mapping[str, int]
    #: Whether letters may have been lost or added altogether.
    lossy: bool = False
    #: log P(syllable) by identifier: of many candidates the likelier are kept.
    prior: Sequence[float] | None = None
    forms: Forms = field(default_factory=Forms)
    _cache: dict[str, list[tuple[int, float]]] = field(default_factory=dict)

    def candidates(self, word: str, limit: int) -> list[tuple[int, float]]:
        """Syllables (by identifier) that the lower-case ``word`` may be, with log P(read|true)."""
        found = self._cache.get(word)
        if found is None:
            found = self.forms.get(word) or self._search(word)
            if len(self._cache) > 50_000:
                self._cache.clear()
            self._cache[word] = found
        return found[:limit]

    def _search(self, word: str) -> list[tuple[int, float]]:
        if len(word) > 12:
            return []
        states: list[dict[str, float]] = [{} for _ in range(len(word) + 1)]
        states[0][""] = 0.0
        for at in range(len(word)):
            beam = sorted(self._pruned(states[at]), key=lambda pair: (-pair[1], pair[0]))
            if not beam:
                continue
            if self.lossy:
                beam = self._with_lost(beam)
                skipped = states[at + 1]
                for prefix, value in beam[:_FIRST]:
                    if value + _EXTRA > skipped.get(prefix, -math.inf):
                        skipped[prefix] = value + _EXTRA
            for size in range(1, min(_SEGMENT, len(word) - at) + 1):
                options = self._options(word[at : at + size])
                self._extend(beam, options, states[at + size])
        ends = [
            (self.syllables[w], value) for w, value in states[-1].items() if w in self.syllables
        ]
        best = max((value for _, value in ends), default=0.0)
        ends = [pair for pair in ends if pair[1] > best - _WIDTH]
        prior = self.prior
        if prior is None:
            ends.sort(key=lambda pair: (-pair[1], pair[0]))
        else:
            ends.sort(key=lambda pair: (-pair[1] - _PRIOR * prior[pair[0]], pair[0]))
        return ends

    def _with_lost(self, beam: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """The beam, and its best paths with one more vowel that left no trace."""
        have = dict(beam)
        for prefix, value in beam[:_FIRST]:
            for vowel in _VOWELS:
                longer = prefix + vowel
                if longer in self.prefixes and value + _LOST > have.get(longer, -math.inf):
                    have[longer] = value + _LOST
        return sorted(have.items(), key=lambda pair: (-pair[1], pair[0]))

    def _extend(
        self,
        beam: list[tuple[str, float]],
        options: Iterable[tuple[str, float]],
        into: dict[str, float],
    ) -> None:
        prefixes = self.prefixes
        best = max(into.values(), default=-math.inf)
        for prefix, value in beam:
            for true, cost in options:
                score = value + cost
                if score < best - _WIDTH:
                    break  # the options are in order of their cost
                longer = prefix + true
                if longer in prefixes and score > into.get(longer, -math.inf):
                    into[longer] = score
                    if score > best:
                        best = score

    def _options(self, segment: str) -> list[tuple[str, float]]:
        options = self.table.get(segment)
        if options is not None:
            return options
        if len(segment) > 1:
            return []
        options = [(vowel, _WILD) for vowel in _VOWELS]  # in order of cost
        if segment.isalpha():
            options.append((segment, _UNSEEN))
        self.table[segment] = options
        return options

    @staticmethod
    def _pruned(states: dict[str, float]) -> list[tuple[str, float]]:
        if not states:
            return []
        least = max(states.values()) - _WIDTH
        beam = [pair for pair in states.items() if pair[1] >= least]
        if len(beam) > _BEAM:
            beam.sort(key=lambda pair: (-pair[1], pair[0]))
            del beam[_BEAM:]
        return beam


def prefix_tree(words: Iterable[str]) -> frozenset[str]:
    """All beginnings of all words, the empty one included."""
    return frozenset(word[:size] for word in words for size in range(len(word) + 1))
