"""Two readings of a line become one: words are paired by where they stand, then voted on.

The first engine's words are the frame: none is added, split or dropped. Where the engines differ
the vote weighs what each thinks of its own reading, whether it can be a Vietnamese syllable and,
if a language model is at hand, which of both fits its neighbours. A word with a digit is never
voted on: its first reading stands, with little confidence, and the other is kept beside it. Where
the first engine lacks a letter that the second one read, it is no witness against it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from rapidfuzz.distance import Levenshtein

from models.text import Block, Line, Reading, Word
from models.vietnamese import fold, is_syllable, tone_key, unify
from pipeline.recognise.calibration import (
    DOUBTED_DIGITS,
    ITEM_DASH,
    ONE_WITNESS,
    agreed,
    alone,
    doubted,
    logit,
    unheard,
)
from pipeline.recognise.engine import EngineLine
from pipeline.recognise.second import Heard

#: The natural logarithm of the probability of a few words in a row.
Scorer: TypeAlias = Callable[[Sequence[str]], float]
Blocks: TypeAlias = tuple[Block, ...]
Difference: TypeAlias = Literal["none", "punctuation", "case", "marks", "letters", "digits"]

#: Two boxes are of one word where the narrower lies in the wider by this share.
_OVERLAP: Final = 0.5
_MARKS: Final = ".,:;()[]“”\"'’!?…*-–—"


@dataclass(frozen=True)
class _Weights:
    """Log odds that the second reading is the right one, given that one of both is."""

    bias: float
    first: float
    second: float
    syllable: float
    punctuation: float
    case: float
    letters: float
    language: float


#: Logistic regressions over 2 300 words read differently by the engines on 100 generated pages
#: of four wear levels. The real pages were kept out, and only measured.
_ALONE: Final = _Weights(-0.27, -1.08, 0.42, 2.75, -1.64, 2.87, 1.26, 0.0)
_WITH_LANGUAGE: Final = _Weights(-0.03, -1.06, 0.34, 3.82, -1.66, 2.71, 0.86, 0.49)
#: The bounds within which the language model is believed.
_LANGUAGE_BOUND: Final = 8.0
#: What the first engine makes of a dash at the beginning of an item (94 of 96 on generated pages).
_DASHES: Final = frozenset({"~", "~-", "-~", "_~", "¬"})
#: Of so many words (33 000) the second engine wrote none with a letter that the first one lacks
#: where there was none, so below this confidence only is it asked for the vote.
_WITNESS: Final = 0.3
#: Words before and after the one in question that the language model is shown.
_CONTEXT: Final = 2


def pair(line: EngineLine, heard: Sequence[Heard]) -> list[Heard | None]:
    """For each word of ``line`` the other reading of the same place, each at most once."""
    best_of: list[int | None] = [_best(word, heard) for word in line]
    taken: dict[int, int] = {}
    for index, choice in enumerate(best_of):
        if choice is None:
            continue
        rival = taken.get(choice)
        if rival is None or _fit(line[index], heard[choice]) > _fit(line[rival], heard[choice]):
            taken[choice] = index
    pairs: list[Heard | None] = [None] * len(line)
    for choice, index in taken.items():
        pairs[index] = heard[choice]
    return _despaced(line, heard, pairs)


def _despaced(
    line: EngineLine, heard: Sequence[Heard], pairs: list[Heard | None]
) -> list[Heard | None]:
    """The pairs, with a blank that one engine saw and the other did not taken out of the way.

    Where "1. Về" was heard as "1.Về", or the other way about, the engines agree on both words.
    """
    for other in heard:
        inside = [i for i, word in enumerate(line) if _lies_in(word, other)]
        texts = "".join(line[i].text for i in inside)
        if len(inside) > 1 and _key(texts) == _key(other.text):
            for i in inside:
                pairs[i] = replace(other, text=line[i].text)
    for i, word in enumerate(line):
        if word.bbox is not None:
            x0, _, x1, _ = word.bbox
            parts = [other for other in heard if x0 < (other.x0 + other.x1) / 2 < x1]
            if len(parts) > 1 and _key("".join(p.text for p in parts)) == _key(word.text):
                pairs[i] = replace(parts[0], text=word.text)
    return pairs


def _lies_in(word: Word, other: Heard) -> bool:
    return word.bbox is not None and other.x0 < (word.bbox[0] + word.bbox[2]) / 2 < other.x1


def _best(word: Word, heard: Sequence[Heard]) -> int | None:
    fits = [(_fit(word, other), index) for index, other in enumerate(heard)]
    fit, index = max(fits, default=(0.0, 0))
    return index if fit > 0 else None


def _fit(word: Word, other: Heard) -> float:
    """How well the places agree, the letters deciding between neighbours; 0: not the same place."""
    if word.bbox is None:
        return 0.0
    common = min(word.bbox[2], other.x1) - max(word.bbox[0], other.x0)
    narrow = min(word.bbox[2] - word.bbox[0], other.x1 - other.x0)
    if narrow <= 0 or common < _OVERLAP * narrow:
        return 0.0
    return common / narrow + Levenshtein.normalized_similarity(fold(word.text), fold(other.text))


def difference(first: str, second: str) -> Difference:
    """What sets two readings of a word apart, most telling first."""
    one, other = _key(first), _key(second)
    if one == other:
        return "none"
    if any(c.isdigit() for c in one + other):
        return "digits"
    one, other = one.strip(_MARKS), other.strip(_MARKS)
    if one == other:
        return "punctuation"
    if one.lower() == other.lower():
        return "case"
    return "marks" if fold(one) == fold(other) else "letters"


def _key(text: str) -> str:
    return tone_key(unify(text)).replace("–", "-").replace("—", "-")


def pair_all(lines: Sequence[EngineLine], heard: Sequence[Sequence[Heard]]) -> dict[int, Heard]:
    """The other reading of each word that has one, by the word's identity.

    Layout moves words about and changes none, so the identity is what survives it.
    """
    return {
        id(word): other
        for line, others in zip(lines, heard, strict=True)
        for word, other in zip(line, pair(line, others), strict=True)
        if other is not None
    }


def trust_one(blocks: Sequence[Block]) -> Blocks:
    """The blocks with the probability of each word, where there is one engine only."""
    return tuple(
        block.model_copy(
            update={
                "lines": tuple(
                    Line(words=tuple(_trusted(word) for word in line.words)) for line in block.lines
                )
            }
        )
        for block in blocks
    )


def _trusted(word: Word) -> Word:
    if word.confidence is None:
        return word
    return word.model_copy(update={"confidence": alone(word.confidence)})


def vote(
    blocks: Sequence[Block],
    others: dict[int, Heard],
    scorer: Scorer | None = None,
    missing: str = "",
) -> Blocks:
    """The blocks with the better reading of each word and the probability that it is right.

    :param missing: letters that the first engine cannot write

    Voting comes after layout: there the neighbours of a word are those of the text. What lies over
    the page is stamped and scrawled, nothing the weights were made for: it stays as first read.
    """
    return tuple(
        block.model_copy(
            update={
                "lines": tuple(
                    _vote_line(line, others, scorer, missing, keep=block.kind == "overlay")
                    for line in block.lines
                )
            }
        )
        for block in blocks
    )


def _vote_line(
    line: Line, others: dict[int, Heard], scorer: Scorer | None, missing: str, *, keep: bool
) -> Line:
    texts = [word.text for word in line.words]
    words: list[Word] = []
    for index, word in enumerate(line.words):
        other = others.get(id(word))
        voted = _seen(word, other, missing) or _vote_word(word, other, texts, index, scorer)
        if index == 0 and len(texts) > 1:
            voted = _dash(voted)
        if keep and voted.text != word.text:
            voted = _kept(word, voted)
        texts[index] = voted.text
        words.append(voted)
    return Line(words=tuple(words))


def _dash(word: Word) -> Word:
    """A mark that stands where an item begins, as the dash that it is."""
    if word.text not in _DASHES:
        return word
    known = word.reading.alternatives if word.reading is not None else ()
    reading = Reading(alternatives=tuple(dict.fromkeys((word.text, *known))))
    return word.model_copy(update={"text": "-", "confidence": ITEM_DASH, "reading": reading})


def _seen(word: Word, other: Heard | None, missing: str) -> Word | None:
    """The word with the letters that only the second engine could write; ``None``: none of them.

    The first engine's punctuation stays: of that it is the better judge.
    """
    if other is None or word.confidence is None or other.confidence < _WITNESS:
        return None
    core, seen = word.text.strip(_MARKS), unify(other.text).strip(_MARKS)
    if not core or core == seen or not any(letter in missing for letter in seen):
        return None
    if len(core) != len(seen) or any(
        one != two and not (two in missing and fold(one) == fold(two))
        for one, two in zip(core, seen, strict=True)
    ):
        return None
    text = word.text.replace(core, seen, 1)
    reading = Reading(source="second", alternatives=(word.text,))
    sure = min(alone(other.confidence), ONE_WITNESS)
    return word.model_copy(update={"text": text, "confidence": sure, "reading": reading})


def _kept(word: Word, voted: Word) -> Word:
    """``word`` as it was first read, the reading that the vote preferred beside it."""
    sure = min(word.confidence or 0.0, DOUBTED_DIGITS)
    reading = Reading(alternatives=(voted.text,))
    return word.model_copy(update={"confidence": sure, "reading": reading})


def _vote_word(
    word: Word, other: Heard | None, texts: Sequence[str], index: int, scorer: Scorer | None
) -> Word:
    sure = word.confidence
    if sure is None:
        return word
    digits = any(c.isdigit() for c in word.text)
    if other is None:
        return word.model_copy(update={"confidence": unheard(sure, digits=digits)})
    differs = difference(word.text, other.text)
    if differs == "none":
        probability = agreed(sure, other.confidence, digits=digits)
        return word.model_copy(update={"confidence": probability})
    if differs == "digits":
        reading = Reading(alternatives=(other.text,))
        return word.model_copy(update={"confidence": min(DOUBTED_DIGITS, sure), "reading": reading})
    odds = odds_for(other, word, texts, index, scorer)
    probability = doubted(1 / (1 + math.exp(-abs(odds))), letters=differs == "letters")
    taken, left = (other.text, word.text) if odds > 0 else (word.text, other.text)
    reading = Reading(source="second" if odds > 0 else "first", alternatives=(left,))
    return word.model_copy(update={"text": taken, "confidence": probability, "reading": reading})


def odds_for(
    other: Heard, word: Word, texts: Sequence[str], index: int, scorer: Scorer | None
) -> float:
    """Log odds that ``other`` is right and not ``word``, which differs from it without digits."""
    differs = difference(word.text, other.text)
    odds = _odds(word.confidence or 0.0, word.text, other, differs, scorer is not None)
    if scorer is not None:
        odds += _WITH_LANGUAGE.language * _language(texts, index, other.text, scorer)
    return odds


def _odds(sure: float, text: str, other: Heard, differs: Difference, with_language: bool) -> float:
    """Log odds for the second reading, before the language model is asked."""
    weights = _WITH_LANGUAGE if with_language else _ALONE
    extra = {
        "punctuation": weights.punctuation,
        "case": weights.case,
        "letters": weights.letters,
    }
    gain = is_syllable(other.text.strip(_MARKS)) - is_syllable(text.strip(_MARKS))
    return (
        weights.bias
        + weights.first * logit(sure)
        + weights.second * logit(other.confidence)
        + weights.syllable * gain
        + extra.get(differs, 0.0)
    )


def _language(texts: Sequence[str], index: int, other: str, scorer: Scorer) -> float:
    """By how much the language model prefers the other reading among its neighbours."""
    before, after = texts[max(0, index - _CONTEXT) : index], texts[index + 1 : index + 1 + _CONTEXT]
    gain = scorer([*before, other, *after]) - scorer([*before, texts[index], *after])
    return min(max(gain, -_LANGUAGE_BOUND), _LANGUAGE_BOUND)
