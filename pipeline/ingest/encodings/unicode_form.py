"""What is Unicode but not as we write it: letters in pieces, and Đ written with a look-alike."""

from __future__ import annotations

import re
from typing import Final

from models.vietnamese import is_syllable, nfc
from pipeline.ingest.encodings.tables import composed

#: Eth (U+00D0, ð) and the African D (U+0189, ɖ) look like Đ; keyboards and fonts mixed them up.
_LOOKALIKES: Final = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"})
_LOOKS: Final = frozenset("ÐƉðɖ")
_WORD: Final = re.compile(r"\w+")


def compose(text: str) -> tuple[str, int]:
    """``text`` in NFC and how many letters were in pieces."""
    if text.isascii():
        return text, 0
    whole = composed(text)
    return whole, 0 if whole == text else max(1, len(text) - len(whole))


def with_d_stroke(text: str) -> tuple[str, int]:
    """``text`` with Đ for its look-alikes, and how many there were.

    Only in a word that is then a syllable, or one of capitals as codes are (``LÐLÐ``): Icelandic
    and Old English words keep their eth.
    """
    count = 0

    def mend(found: re.Match[str]) -> str:
        nonlocal count
        word = found[0]
        if _LOOKS.isdisjoint(word):
            return word
        made = word.translate(_LOOKALIKES)
        letters = [c for c in made if c.isalpha()]
        if not (is_syllable(made) or (made.isupper() and all(_at_home(c) for c in letters))):
            return word
        count += sum(a != b for a, b in zip(word, made, strict=True))
        return made

    if _LOOKS.isdisjoint(text):
        return text, 0
    made = _WORD.sub(mend, text)
    return made, count


def _at_home(char: str) -> bool:
    return char.isascii() or nfc(char) in _CODE_LETTERS


#: Letters beside ASCII that codes of Vietnamese bodies are made of.
_CODE_LETTERS: Final = frozenset("ĐƯƠÂÊÔĂ")
