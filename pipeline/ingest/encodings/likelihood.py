"""How surprising a word is: as Vietnamese where it is a syllable, letter by letter where it is not.

The maps from a legacy encoding to Unicode are one to one, so the likelihood of a text under an
encoding is that of its decoded form. A text is therefore compared with its decoded forms by one
and the same measure, in natural logarithms: what Vietnamese writes often is cheap, a possible
syllable that nobody uses is dearer, a string that is none is paid by the letter.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from models.vietnamese import LETTERS, is_syllable

TABLE: Final = Path(__file__).with_name("syllables.txt")

#: A syllable that is possible but not in the table (which ends near 13).
_RARE: Final = 14.5
#: What no syllable is pays this once, besides its letters.
_FOREIGN: Final = 2.0
#: Around a word, and never part of one in any of the encodings.
_PUNCTUATION: Final = "\"'“”‘’.,;:!?()[]{}<>…-–—/*_=|&%"

_ASCII: Final = 3.0
_WESTERN: Final = 5.0
_VIETNAMESE: Final = 7.0
_SYMBOL: Final = 6.0
_OTHER: Final = 8.0


@cache
def rarity() -> dict[str, float]:
    """Rarity of each common syllable, in lower case."""
    table: dict[str, float] = {}
    for row in TABLE.read_text(encoding="utf-8").splitlines():
        value, *words = row.split(" ")
        table.update(dict.fromkeys(words, float(value)))
    return table


def bare(token: str) -> str:
    """``token`` without the punctuation around it."""
    return token.strip(_PUNCTUATION)


@lru_cache(maxsize=65536)
def is_common(token: str) -> bool:
    """Whether every part of ``token`` is a syllable in use (``Lao`` in ``Lao-động`` is a part)."""
    parts = bare(token).lower().replace("/", "-").split("-")
    return all(part in rarity() for part in parts)


@lru_cache(maxsize=65536)
def is_possible(token: str) -> bool:
    """Whether ``token`` is a possible syllable, punctuation around it aside."""
    core = bare(token)
    return core.isalpha() and is_syllable(core)


@lru_cache(maxsize=65536)
def surprise(token: str) -> float:
    """Negative log-likelihood of ``token``; comparable between readings of the same token."""
    core = bare(token)
    if not core:
        return 0.0
    foreign = _FOREIGN + sum(map(_letter, core))
    known = rarity().get(core.lower())
    if known is not None:
        # Odd capitals (the marked letters of "cộNG") speak against a reading.
        return min(known, foreign)
    return min(_RARE, foreign) if core.isalpha() and is_syllable(core) else foreign


def _letter(char: str) -> float:
    if char < "\x80":
        return _ASCII if char >= " " else _OTHER
    if char in _WESTERN_LETTERS:
        return _WESTERN
    if char in _VIETNAMESE_LETTERS:
        return _VIETNAMESE
    return _SYMBOL if char <= "ÿ" else _OTHER


#: Letters of Western Europe, those that Vietnamese shares with it among them.
_WESTERN_LETTERS: Final = frozenset(chr(c) for c in range(0xC0, 0x100) if c not in (0xD7, 0xF7))
_VIETNAMESE_LETTERS: Final = frozenset(LETTERS)
