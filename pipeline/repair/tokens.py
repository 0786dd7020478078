"""Tokens between blanks, and the pieces of a token that can be words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

#: Characters that OCR engines print for Vietnamese letters they do not know; they count as letters
#: anywhere in a word (``tri€u``, ``hi¢u``, ``s&``).
ODD_LETTERS: Final = "€¢§£¥&$@"
#: Marks that stand for a letter only between letters (``b?mg``, ``thd’ng``).
_ODD_INSIDE: Final = "?!’'‘`^|°*"

#: Punctuation at the edges of a token.
EDGES: Final = ".,;:!?()[]{}“”\"'‘’«»…-–—/*"

_PIECE: Final = re.compile(
    rf"(?:[^\W_]|[{ODD_LETTERS}]|(?<=[^\W_])[{re.escape(_ODD_INSIDE)}](?=[^\W\d_]))+"
)
_GLUED: Final = re.compile(r"^(\W*\d+)([^\W\d_]{3,})\W*$")
_HAS_LETTER: Final = re.compile(r"[^\W\d_]")
#: A token after which a new sentence begins, for the language model.
_BREAK: Final = re.compile(r"[.;:!?…]+[\"”’)\]]*$")

#: How the language model's training text is cut. Must agree with :func:`pieces` on sound text.
TRAIN_TOKEN: Final = re.compile(r"\S*\d\S*|[^\W\d_]+|[.;:!?…]+(?=[\"”’)\]]*(?:\s|$))")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of letters (or what was read for letters) inside a token."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def pieces(token: str) -> list[Piece]:
    """The words inside one token: ``(“01`` none, ``sáng-kién,`` two."""
    if token.isalpha():
        return [Piece(token, 0)]
    glued = _GLUED.match(token)
    if glued and len(glued[1].lstrip('([“"')) > 1:
        return [Piece(glued[2], glued.end(1))]
    return [
        Piece(m.group(), m.start())
        for m in _PIECE.finditer(token)
        if m.group() and _HAS_LETTER.search(m.group())
    ]


def ends_sentence(token: str) -> bool:
    """Whether the language model starts anew after this token."""
    return not token[-1:].isalnum() and _BREAK.search(token) is not None


def like_case(raw: str, word: str) -> str:
    """``word`` (lower case) in the case pattern of ``raw``."""
    letters = [c for c in raw if c.isalpha()]
    if len(letters) > 1 and all(c.isupper() for c in letters):
        return word.upper()
    if letters and raw[:1].isupper():
        return word[:1].upper() + word[1:]
    return word
