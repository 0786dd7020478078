"""Vietnamese letters, and the one folding that serves matching, indexing and asking.

The alphabet has 12 vowel letters in six tones each, and đ: 67 lower-case letters that carry a mark,
134 with their capitals. Tone marks can stand in two places in the open rimes *oa, oe, uy* (hòa or
hoà): both are right, so comparison folds them and text is never rewritten.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_TONES: Final = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_VOWELS: Final = "aăâeêioôơuưy"

#: The 67 lower-case letters with a mark, in dictionary order of base letter.
LOWER: Final = "".join(
    dict.fromkeys(
        letter
        for letter in (
            *(unicodedata.normalize("NFC", v + t) for v in _VOWELS for t in _TONES),
            "đ",
        )
        if letter not in "aeiouy"
    )
)
#: All 134 letters with a mark.
LETTERS: Final = LOWER + LOWER.upper()

#: Look-alikes that stand for another character in Vietnamese text. Each maps one to one, so that
#: offsets are kept.
HOMOGLYPHS: Final[dict[str, str]] = {
    "Ð": "Đ",  # U+00D0 Eth
    "Ɖ": "Đ",  # U+0189
    "ð": "đ",  # U+00F0
    "\u00a0": " ",
    "\u2007": " ",
    "\u202f": " ",
    "\u2010": "-",
    "\u2011": "-",
    "\u2212": "-",
    **dict(zip("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx", strict=True)),  # Cyrillic
    "ο": "o",
    "Ο": "O",
}
_HOMOGLYPH_TABLE: Final = str.maketrans(HOMOGLYPHS)


def _fold_letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    return {"đ": "d", "Đ": "D"}.get(base, base)


_FOLD_TABLE: Final = str.maketrans(
    {
        **{letter: _fold_letter(letter).lower() for letter in LETTERS},
        **{chr(c): chr(c).lower() for c in range(ord("A"), ord("Z") + 1)},
        **{k: _fold_letter(v).lower() for k, v in HOMOGLYPHS.items()},
        "–": "-",
        "—": "-",
    }
)


def nfc(text: str) -> str:
    """Canonical composition: every letter of the alphabet becomes one code point."""
    return unicodedata.normalize("NFC", text)


def unify(text: str) -> str:
    """NFC with look-alikes (Ð, Cyrillic letters, odd blanks and hyphens) set right."""
    return nfc(text).translate(_HOMOGLYPH_TABLE)


def strip_marks(text: str) -> str:
    """Without tone and vowel marks, case kept: ``Đồng Tháp`` -> ``Dong Thap``."""
    return "".join(_fold_letter(c) if c in _LETTER_SET else c for c in nfc(text))


_LETTER_SET: Final = frozenset(LETTERS)


def fold(text: str) -> str:
    """Lower case, no marks, đ as d, dashes as ``-``: the form that is matched and indexed.

    For NFC input the result has the same length as the input, letter for letter, so a match in the
    folded text gives the span in the original.
    """
    return nfc(text).translate(_FOLD_TABLE)


_TONE_OF: Final = {
    unicodedata.normalize("NFC", v + t): (v, t) for v in _VOWELS for t in _TONES if t
}
_OPEN_RIMES: Final = frozenset({"oa", "oe", "uy"})


def tone_key(text: str) -> str:
    """A key in which hòa and hoà are the same; for comparing only, never shown.

    The tone of a syllable that ends in an open *oa, oe, uy* is moved to the last vowel.
    """
    out: list[str] = []
    chars = nfc(text)
    i = 0
    while i < len(chars):
        pair = chars[i : i + 2]
        if len(pair) == 2:
            first, second = pair[0].lower(), pair[1].lower()
            after = chars[i + 2 : i + 3]
            before = chars[i - 1 : i].lower()
            base, tone = _TONE_OF.get(first, (first, ""))
            if tone and base + second in _OPEN_RIMES and not after.isalpha() and before != "q":
                moved = nfc(second + tone)
                out.append(base.upper() if pair[0].isupper() else base)
                out.append(moved.upper() if pair[1].isupper() else moved)
                i += 2
                continue
        out.append(chars[i])
        i += 1
    return "".join(out)
