"""Which runs of a text are in a legacy encoding, and in which.

The words of a text are looked at in order. For each encoding the cheapest division of the text into
runs "as it stands" and "in this encoding" is found (:mod:`likelihood` gives the price of a word,
changing over costs a fixed price), so that documents which mix fonts are read run by run. An
encoding is believed where it gains much, where what it makes is Vietnamese, and where no other one
gains nearly as much with another result. A text that is Unicode already has next to no words that
are no syllables, and is done with before any of this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.ingest.encodings import tcvn3, viqr
from pipeline.ingest.encodings.likelihood import is_common, is_possible, surprise
from pipeline.ingest.encodings.tables import (
    ALPHABET,
    ENCODINGS,
    TCVN3,
    UNICODE_ONLY,
    Encoding,
)

Lines = list[list[str]]

#: What a change between runs costs, and by how much a reading must be better to be believed. All
#: are natural logarithms; a word of a wrongly shown text costs some 10 more than when it is read.
_CHANGE: Final = 6.0
_GAIN: Final = 18.0
#: Bytes that are no UTF-8 are in *some* other encoding, and a font's name is evidence by itself.
_GAIN_EXPECTED: Final = 8.0
#: The next best encoding must stay this far behind, unless it reads the same.
_MARGIN: Final = 6.0
#: Different words that were none and are common syllables when read.
_WORDS: Final = 3
#: Share of the different words read that are common syllables.
_SHARE: Final = 0.75
#: A word that only Unicode can hold is no part of a run in another encoding.
_UNICODE: Final = 4.0
_NONE: Final = frozenset[str]()


@dataclass
class Found:
    """What was made of the tokens: their reading, and how much of it comes from which encoding.

    ``letters_changed`` counts characters of the tokens that changed; ``doubtful`` names encodings
    that fit somewhat, but not enough to read the text by them.
    """

    lines: Lines
    encodings: Counter[str] = field(default_factory=Counter)
    letters_changed: int = 0
    example: tuple[str, str] = ("", "")
    doubtful: tuple[str, ...] = ()
    lost_horns: bool = False


@dataclass(frozen=True)
class _Path:
    """One encoding's best division of the text: which tokens it reads, and what that gains."""

    encoding: Encoding
    readings: dict[str, str]
    chosen: frozenset[int]
    gain: float


def find(lines: Lines, *, expected: frozenset[str] = _NONE, must_be_legacy: bool = False) -> Found:
    """Read the runs of ``lines`` (tokens without blanks) that are in a legacy encoding.

    :param expected: names of encodings that something else speaks for (a font's name)
    :param must_be_legacy: whether the text cannot be right as it stands (bytes that are no UTF-8)
    """
    found = Found(lines)
    tokens = [token for line in lines for token in line]
    suspects = {token for token in set(tokens) if _is_suspect(token)}
    if not must_be_legacy:
        suspects = {token for token in suspects if not _DASHES.issuperset(token)}
    strange = {token for token in suspects if not is_possible(token)}
    if len(strange) >= _WORDS or (strange and (must_be_legacy or expected)):
        _find_eight_bit(found, tokens, suspects, expected, must_be_legacy)
    _find_viqr(found)
    return found


def _is_suspect(token: str) -> bool:
    if len(token) > _LONGEST or (token.isascii() and token.isprintable()):
        return False
    return ALPHABET.issuperset(c for c in token if not "\x20" <= c < "\x7f")


#: With a row of dots behind it a word can be long; what is longer is none.
_LONGEST: Final = 400
#: What a line or a quotation is set off with; letters only where nothing else can be.
_DASHES: Final = frozenset("•–—-\u00ad…“”‘’")


def _find_eight_bit(
    found: Found, tokens: list[str], suspects: set[str], expected: frozenset[str], must: bool
) -> None:
    fixed = {t for t in set(tokens) if t not in suspects and not UNICODE_ONLY.isdisjoint(t)}
    believed: list[_Path] = []
    left = tokens
    while best := _next_best(found, left, suspects, fixed, expected, must):
        believed.append(best)
        left = [t if i not in best.chosen else "" for i, t in enumerate(left)]
    if not believed:
        return
    if len(believed) == 1:
        owners = dict.fromkeys(believed[0].chosen, 0)
    else:  # together they share out the text better than one after the other
        owners = _divide([path.readings for path in believed], tokens, fixed)
    for i, token in enumerate(tokens):
        if must and i not in owners and token in believed[0].readings:
            owners[i] = 0  # nothing is right as it stands
    taken = {i: believed[owner].readings[tokens[i]] for i, owner in owners.items()}
    for number, path in enumerate(believed):
        chosen = frozenset(i for i, owner in owners.items() if owner == number)
        found.encodings[path.encoding.name] += len(chosen)
        if path.encoding is TCVN3:
            _finish_tcvn3(found, tokens, taken, chosen)
    _put_back(found, tokens, taken)


def _next_best(
    found: Found,
    tokens: list[str],
    suspects: set[str],
    fixed: set[str],
    expected: frozenset[str],
    must: bool,
) -> _Path | None:
    """The encoding that explains most of what is left, where it can be believed."""
    likely = _likely(tokens, suspects)
    paths = sorted((_best_path(e, tokens, suspects, fixed) for e in likely), key=lambda p: -p.gain)
    if not paths:
        return None
    best = paths[0]
    needed = _GAIN_EXPECTED if must or best.encoding.name in expected else _GAIN
    if best.gain < needed or not _is_convincing(best, tokens):
        if best.gain >= _GAIN_EXPECTED and _is_thinkable(best, tokens, suspects):
            found.doubtful = (best.encoding.title,)
        return None
    rival = next((p for p in paths[1:] if _rivals(p, best, tokens)), None)
    if rival is not None:
        found.doubtful = (best.encoding.title, rival.encoding.title)
        return None
    return best


def _likely(tokens: Sequence[str], suspects: set[str]) -> list[Encoding]:
    """The few encodings that make common syllables of words that were none, best first."""
    strange = [t for t in dict.fromkeys(tokens) if t in suspects and not is_possible(t)]
    if not strange:
        return []
    step = len(strange) // _SAMPLE + 1
    hits = {e: sum(is_common(_read(e, t)) for t in strange[::step]) for e in ENCODINGS}
    most = max(hits.values())
    return sorted((e for e in ENCODINGS if 2 * hits[e] >= most > 0), key=lambda e: -hits[e])


#: Words by which it is seen which encodings need a closer look.
_SAMPLE: Final = 80


def _best_path(
    encoding: Encoding, tokens: Sequence[str], suspects: Iterable[str], fixed: set[str]
) -> _Path:
    readings = {}
    for token in suspects:
        reading = _read(encoding, token)
        if reading != token:
            readings[token] = reading
    chosen = frozenset(_divide([readings], tokens, fixed))
    runs = sum(1 for i in chosen if i - 1 not in chosen)
    saved = sum(surprise(tokens[i]) - surprise(readings[tokens[i]]) for i in chosen)
    return _Path(encoding, readings, chosen, saved - _CHANGE * min(1, runs))


def _divide(
    choices: list[dict[str, str]], tokens: Sequence[str], fixed: set[str]
) -> dict[int, int]:
    """Which of the ``choices`` reads which token, by the cheapest division of the text into runs.

    Tokens that stand as they are have no entry. Dynamic programming over the tokens that matter;
    state 0 is "as it stands".
    """
    states = range(len(choices) + 1)
    prices = {token: _prices(token, choices, fixed) for token in set(tokens)}
    total = [0.0 for _ in states]
    at: list[int] = []
    back: list[list[int]] = []
    for i, token in enumerate(tokens):
        price = prices[token]
        if price is None:
            continue
        least = min(total)
        change, cheapest = least + _CHANGE, total.index(least)
        back.append([s if total[s] <= change else cheapest for s in states])
        total = [min(total[s], change) + price[s] for s in states]
        at.append(i)
    state = min(states, key=total.__getitem__)
    owners: dict[int, int] = {}
    for i, came in zip(reversed(at), reversed(back), strict=True):
        if state and tokens[i] in choices[state - 1]:
            owners[i] = state - 1
        state = came[state]
    return owners


def _prices(token: str, choices: list[dict[str, str]], fixed: set[str]) -> list[float] | None:
    """The price of ``token`` in each state; ``None`` where it is the same in all."""
    if token in fixed:
        return [0.0, *(_UNICODE for _ in choices)]
    if not any(token in readings for readings in choices):
        return None
    return [surprise(token), *(surprise(readings.get(token, token)) for readings in choices)]


def _read(encoding: Encoding, token: str) -> str:
    if encoding is TCVN3:
        if token in _SYMBOL_BULLETS:
            return token
        return tcvn3.with_horns(encoding.read(token))
    return encoding.read(token)


#: Alone it is the bullet of the Symbol font, hardly ever "ã".
_SYMBOL_BULLETS: Final = frozenset("·")


def _is_convincing(path: _Path, tokens: Sequence[str]) -> bool:
    different = {tokens[i] for i in path.chosen}
    words = [t for t in different if not is_possible(t)]
    common = [t for t in words if is_common(path.readings[t])]
    sound = sum(1 for t in different if is_common(path.readings[t]))
    return len(common) >= _WORDS and sound >= _SHARE * len(different)


def _is_thinkable(path: _Path, tokens: Sequence[str], suspects: set[str]) -> bool:
    """Whether a person should look: half of what is no word would be one in this encoding."""
    strange = {t for t in suspects if not is_possible(t)}
    words = strange & {tokens[i] for i in path.chosen}
    common = sum(is_common(path.readings[t]) for t in words)
    return common >= _WORDS - 1 and 2 * common >= max(len(words), len(strange))


def _rivals(one: _Path, best: _Path, tokens: Sequence[str]) -> bool:
    """Whether ``one`` reads most of the same words in another way, and hardly worse."""
    contested = [
        tokens[i]
        for i in one.chosen & best.chosen
        if one.readings[tokens[i]] != best.readings[tokens[i]]
    ]
    if 2 * len(contested) < len(best.chosen):
        return False
    ahead = sum(surprise(one.readings[t]) - surprise(best.readings[t]) for t in contested)
    return ahead < _MARGIN


def _finish_tcvn3(
    found: Found, tokens: list[str], taken: dict[int, str], chosen: frozenset[int]
) -> None:
    """Hyphens for ư in words that have no other marked letter, where the text has such hyphens."""
    hyphens = sum(1 for i in chosen if "-" in tokens[i] and "-" not in taken.get(i, "-"))
    if hyphens >= _WORDS:
        for i, token in enumerate(tokens):
            if i not in taken and token.isascii() and not token.isupper():
                made = tcvn3.with_horns(token)
                if made != token:
                    taken[i] = made
    words = {taken[i] for i in chosen if i in taken}
    letters = "".join(w for w in words if any(c.isascii() and c.islower() for c in w))
    # One word in twelve has a ư without a tone; the code of Ư is not that of the soft hyphen.
    found.lost_horns = len(letters) >= _ENOUGH_LETTERS and "ư" not in letters


#: Of different words.
_ENOUGH_LETTERS: Final = 300


def _put_back(found: Found, tokens: list[str], taken: dict[int, str]) -> None:
    if not taken:
        return
    at, lines = 0, []
    for line in found.lines:
        new = [taken.get(at + i, token) for i, token in enumerate(line)]
        if TCVN3.name in found.encodings and any(at + i in taken for i in range(len(line))):
            new = tcvn3.with_capitals(new)
        lines.append(new)
        at += len(line)
    found.lines = lines
    _count(found, (tokens[i] for i in sorted(taken)), (taken[i] for i in sorted(taken)))


def _count(found: Found, before: Iterable[str], after: Iterable[str]) -> None:
    for old, new in zip(before, after, strict=True):
        if old != new:
            found.letters_changed += sum(1 for c in new if not c.isascii())
            if not found.example[0] and len(new) > 2:
                found.example = (old, new)


def _find_viqr(found: Found) -> None:
    """VIQR is plain ASCII: decided for the document, and in it line by line."""
    candidates = [i for i, line in enumerate(found.lines) if any(map(_may_be_viqr, line))]
    if not candidates:
        return
    text = "\n".join(" ".join(found.lines[i]) for i in candidates)
    read = _viqr_reader(strict=viqr.escapes(text))
    changed = {i: read(found.lines[i]) for i in candidates}
    pairs = {
        (old, new)
        for i, line in changed.items()
        for old, new in zip(found.lines[i], line, strict=True)
        if old != new and not is_possible(old)
    }
    common = sum(1 for _, new in pairs if is_common(new))
    gain = sum(min(surprise(old), 24.0) - surprise(new) for old, new in pairs)
    if common < _WORDS or gain < _GAIN or common < _SHARE * len(pairs):
        if common >= _WORDS and gain >= _GAIN_EXPECTED and not found.encodings:
            found.doubtful = (*found.doubtful, VIQR_TITLE)
        return
    for i, line in changed.items():
        old = found.lines[i]
        # A sign taken for punctuation costs nothing: a line goes with its document.
        if sum(map(surprise, old)) + _CHANGE > sum(map(surprise, line)):
            found.encodings[VIQR] += sum(a != b for a, b in zip(old, line, strict=True))
            _count(found, old, line)
            found.lines[i] = line


def _may_be_viqr(token: str) -> bool:
    return len(token) <= _LONGEST and token.isascii() and viqr.has_signs(token)


def _viqr_reader(*, strict: bool) -> Callable[[list[str]], list[str]]:
    def read(line: list[str]) -> list[str]:
        following = [*line[1:], ""]
        return [
            viqr.read(token, strict=strict, after=after) if _may_be_viqr(token) else token
            for token, after in zip(line, following, strict=True)
        ]

    return read


VIQR: Final = "viqr"
VIQR_TITLE: Final = "VIQR"
