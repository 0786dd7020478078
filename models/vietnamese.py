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


_ONSETS: Final = frozenset(
    ["", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh"]
) | frozenset(["nh", "p", "ph", "q", "qu", "r", "s", "t", "th", "tr", "v", "x"])
#: Rimes by their letters without tone, after the onset is taken off (``qu`` and ``gi`` as onsets).
_RIMES: Final = frozenset(
    """
    a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt
    â âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
    i ia ich im in inh ip it iu iê iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet
    oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uan uang uât uâng uân uây uê uêch uênh uơ uc ui um un ung up ut
    uy uya uych uyn uynh uyt uyu
    uyên uyêt uôc uôi uôm uôn uông uôt uô
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươ ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu ych ynh yt
    """.split()  # noqa: SIM905 - a table, easier to check against a grammar than a list
)
_STOPPED: Final = ("c", "ch", "p", "t")


def is_syllable(word: str) -> bool:
    """Whether ``word`` can be one Vietnamese syllable: onset, rime and tone fit together.

    Letters only, any case. A stopped rime (-c, -ch, -p, -t) bears only sắc or nặng.
    """
    bare: list[str] = []
    tone = ""
    for char in nfc(word).lower():
        base, this = _TONE_OF.get(char, (char, ""))
        if this and tone:
            return False
        tone = tone or this
        bare.append(base)
    text = "".join(bare)
    for length in (3, 2, 1, 0):
        onset, rime = text[:length], text[length:]
        if onset in _ONSETS and rime in _RIMES:
            if rime.endswith(_STOPPED) and tone not in ("\u0301", "\u0323"):
                continue
            return True
    return False


def vietnamese_share(text: str) -> float:
    """Share of the alphabetic words of ``text`` that are possible syllables, if marks are there.

    Text without its marks, in a legacy encoding or of another language scores low: Vietnamese
    prose has a mark on some 85 % of its words, so fewer than 35 % scales the share down.
    """
    words = [w for w in (w.strip("\"'“”‘’.,;:!?()[]…-–/*") for w in text.split()) if w.isalpha()]
    if not words:
        return 0.0
    valid = sum(1 for w in words if is_syllable(w)) / len(words)
    marked = sum(1 for w in words if not w.isascii()) / len(words)
    return valid * min(1.0, marked / 0.35)
