"""Roman and Arabic numbers of sections and articles (Decree 30, Annex I, II.6)."""

from __future__ import annotations

import re

_ROMAN = re.compile(r"(?P<roman>[IVXL]{1,6})\s?[.\-–]\s?(?=[^\W\d_])")
#: Before capitals only: there a numeral read badly is still one.
_DAMAGED = re.compile(
    r"(?P<roman>[IVXLH1lT|]{1,6}(?=\s?[.,])|[IVX]{2,5}(?=\s))(?:\s?[.,])?\s?(?=[^\W\d_])"
)
_STROKES = str.maketrans({"1": "I", "l": "I", "T": "I", "|": "I"})
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_LONGEST_HEADING = 160


def roman(text: str) -> int | None:
    """``IV`` -> 4; ``None`` where the numeral is not well formed."""
    total = 0
    for letter, following in zip(text, [*text[1:], ""], strict=True):
        if letter not in _VALUES:
            return None
        value = _VALUES[letter]
        total += -value if following and _VALUES.get(following, 0) > value else value
    return total if 0 < total < 50 and to_roman(total) == text else None


def to_roman(number: int) -> str:
    """4 -> ``IV``."""
    out = ""
    for value, letters in (
        (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")
    ):  # fmt: skip
        while number >= value:
            out += letters
            number -= value
    return out


def heading_numeral(text: str) -> int | None:
    """The number of a section heading: ``IV. NHIỆM VỤ`` -> 4; an engine's ``HI.`` is a III."""
    if len(text) >= _LONGEST_HEADING:
        return None
    match = _ROMAN.match(text)
    if match is not None:
        return roman(match["roman"])
    match = _DAMAGED.match(text)
    if match is None or not text[match.end() :].isupper():
        return None
    return roman(match["roman"].translate(_STROKES).replace("H", "II"))
