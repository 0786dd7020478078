"""How wide words are, so that they fit. Fonts differ; it errs on the wide side."""

from __future__ import annotations

import unicodedata
from typing import Final

_NARROW: Final = frozenset("iljtfrI.,:;'’|!()[]/ ")
_WIDE: Final = frozenset("mwMWĐ%@—…Ơ")
_MISSING: Final = "…"


def _em(letter: str) -> float:
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "Cf"):
        return 0.0
    base = unicodedata.normalize("NFD", letter)[0]
    if base in _NARROW:
        return 0.36
    if base in _WIDE or letter in _WIDE:
        return 0.95
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return 0.72 if base.isupper() else 0.6


def width_px(text: str, size_px: float) -> float:
    """The width of a line of text in a sans-serif font, in pixels."""
    return size_px * sum(map(_em, text))


def fitted(text: str, size_px: float, most_px: float) -> str:
    """``text`` where it fits into ``most_px``, else as much of it as does and ``…``."""
    text = " ".join(text.split())
    if width_px(text, size_px) <= most_px:
        return text
    room = most_px - width_px(_MISSING, size_px)
    kept, used = "", 0.0
    for letter in text:
        used += size_px * _em(letter)
        if used > room:
            break
        kept += letter
    return f"{kept.rstrip()}{_MISSING}"


def wrapped(text: str, size_px: float, most_px: float, lines: int) -> tuple[str, ...]:
    """``text`` in at most ``lines`` lines of ``most_px``, cut at blanks; the last is fitted."""
    words = text.split()
    made: list[str] = []
    while words and len(made) < lines - 1:
        line = words.pop(0)
        while words and width_px(f"{line} {words[0]}", size_px) <= most_px:
            line += f" {words.pop(0)}"
        made.append(fitted(line, size_px, most_px))
    if words:
        made.append(fitted(" ".join(words), size_px, most_px))
    return tuple(made)
