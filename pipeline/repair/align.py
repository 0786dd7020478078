"""Letter-level alignment of true and read words, and the confusion counts it yields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz.distance import Levenshtein

from models.vietnamese import fold

#: What engines print for a vowel they lack, beyond its base letter.
LOOKALIKES: Final[dict[str, str]] = {
    "6": "oóòỏõọôốồổỗộơớờởỡợ",
    "4": "aáàảãạâấầẩẫậăắằẳẵặ",
    "1": "liíìỉĩịt",
    "l": "iíìỉĩị",
    "0": "oôơ",
    "8": "ởồểề",
    "5": "ốổồớ",
    "$": "s",
    "€": "eêếềểễệc",
    "é": "êếềểễệôốồổộơớờáàạâấầậăắ",
    "¢": "êệếợc",
    "&": "ởờơ",
    "@": "ờởỡ",
    "§": "ỹ",
    "i": "ỉịíìĩuưứừữửáăắ",
    "t": "ưứừữửĩ",
    "d": "áàăắâậộớờởốêếềểễệ",
    "b": "ộốổô",
    "p": "đ",
    "ii": "úũứừữ",
    "ir": "ứừử",
    "it": "ứừữử",
    "im": "ữ",
    "iin": "ữn",
}
_CHUNK: Final = 3
#: Cost of a letter without a counterpart, where an unrelated letter costs 10.
_GAP: Final = 8


def _cost(read: str, true: str) -> int:
    if read == true:
        return 0
    if fold(read) == fold(true):
        return 3
    return 5 if true in LOOKALIKES.get(read, "") else 10


def chunks(read: str, true: str) -> Iterator[tuple[str, str]]:
    """Pairs of segments (read, true) that make up the two words, neither side empty."""
    rows, columns = len(read) + 1, len(true) + 1
    cost = [[_GAP * (i + j) for j in range(columns)] for i in range(rows)]
    for i in range(1, rows):
        for j in range(1, columns):
            cost[i][j] = min(
                cost[i - 1][j - 1] + _cost(read[i - 1], true[j - 1]),
                cost[i - 1][j] + _GAP,
                cost[i][j - 1] + _GAP,
            )
    steps: list[tuple[str, str]] = []
    i, j = len(read), len(true)
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + _cost(read[i - 1], true[j - 1]):
            i, j = i - 1, j - 1
            steps.append((read[i], true[j]))
        elif i and (not j or cost[i][j] == cost[i - 1][j] + _GAP):
            i -= 1
            steps.append((read[i], ""))
        else:
            j -= 1
            steps.append(("", true[j]))
    yield from _merged(steps[::-1])


def _merged(steps: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Runs of changes with an insertion or deletion become one chunk; others stay single.

    A run that would leave one side empty takes the letter after it, or before it at the end.
    """
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(steps):
        end = at
        while end < len(steps) and steps[end][0] != steps[end][1]:
            end += 1
        if end == at:
            out.append(steps[at])
            at += 1
            continue
        run = list(steps[at:end])
        at = end
        if all(a and b for a, b in run):
            out.extend(run)
            continue
        read, true = _join(run)
        if not read or not true:
            if end < len(steps):
                read, true = read + steps[end][0], true + steps[end][1]
                at = end + 1
            elif out:
                before = out.pop()
                read, true = before[0] + read, before[1] + true
        if read and true:
            out.append((read, true))
    yield from out


def _join(run: Sequence[tuple[str, str]]) -> tuple[str, str]:
    return "".join(a for a, _ in run), "".join(b for _, b in run)


@dataclass
class Confusions:
    """How often a true segment was read as what."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    truths: Counter[str] = field(default_factory=Counter)
    words: int = 0
    wrong: int = 0

    def add(self, read: str, true: str) -> None:
        """Count one word pair (both lower case)."""
        self.words += 1
        self.wrong += read != true
        for a, b in chunks(read, true):
            if len(a) <= _CHUNK and len(b) <= _CHUNK:
                self.pairs[a, b] += 1
        for size in range(1, _CHUNK + 1):
            for at in range(len(true) - size + 1):
                self.truths[true[at : at + size]] += 1


def word_pairs(read: Sequence[str], true: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Words of two lines that stand for each other, one to one; splits and joins are left out."""
    rows, columns = len(read) + 1, len(true) + 1
    cost = [[0.7 * (i + j) for j in range(columns)] for i in range(rows)]
    folded_read, folded_true = [fold(w) for w in read], [fold(w) for w in true]
    match: dict[tuple[int, int], float] = {}
    for i in range(1, rows):
        for j in range(1, columns):
            distance = Levenshtein.normalized_distance(folded_read[i - 1], folded_true[j - 1])
            match[i, j] = distance
            cost[i][j] = min(
                cost[i - 1][j - 1] + distance, cost[i - 1][j] + 0.7, cost[i][j - 1] + 0.7
            )
    i, j = len(read), len(true)
    while i and j:
        if cost[i][j] == cost[i - 1][j - 1] + match[i, j]:
            if match[i, j] <= 0.67:
                yield read[i - 1], true[j - 1]
            i, j = i - 1, j - 1
        elif cost[i][j] == cost[i - 1][j] + 0.7:
            i -= 1
        else:
            j -= 1
