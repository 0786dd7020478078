r"""VIQR (RFC 1456): Vietnamese in plain ASCII, ``Tie^'ng Vie^.t``, as mail had it.

A mark follows its vowel: ``( ^ +`` for breve, circumflex and horn, then ``` ` ' ? ~ .``` for the
tone; ``dd`` is đ, and ``\`` keeps what follows from being a mark. People who typed it by hand did
without the escapes, so a full stop or question mark behind a word is weighed where a text has none.
Addresses are left alone, and of a token with a digit only DD is read (``12/QDD-UBND``).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from models.vietnamese import LETTERS, is_syllable
from pipeline.ingest.encodings.likelihood import bare, surprise

_MARKS: Final = {"(": "\u0306", "^": "\u0302", "+": "\u031b"}
_TONES: Final = {"`": "\u0300", "'": "\u0301", "?": "\u0309", "~": "\u0303", ".": "\u0323"}
_SIGNS: Final = {mark: sign for sign, mark in {**_MARKS, **_TONES}.items()}
_TAKES: Final = {"a": "(^", "e": "^", "o": "^+", "u": "+"}

#: Of three d the last two are đ: GDĐT is common, GĐDT is not. Three dots are no mark and two dots.
_LETTER: Final = re.compile(
    r"\\(.?)|(?![dD]{3}(?![dD]))([dD])[dD]"
    r"|([aeiouyAEIOUY])([(^+]?)((?:[`'?~]|\.(?!\.\.(?!\.)))?)|(.)",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\([.?'(`^+~\\])")
_ADDRESS: Final = re.compile(r"@|://|www\.|\.(?:com|org|net|vn|edu|gov)\b", re.IGNORECASE)
_CLOSED: Final = re.compile(r"[aeiouyAEIOUY][(^+]?[.?'][\"')\]]*$")
#: By how much a word must be rarer than the same word without the mark for the sign behind it to
#: be punctuation: at the end of a line, and before a capital letter. Directives ask few questions.
_MARGINS: Final = {".": (-0.5, 3.0), "?": (4.0, 5.0)}


def has_signs(token: str) -> bool:
    """Whether ``token`` could hold a letter in VIQR; cheap, for most ASCII tokens do not."""
    return bool(_ANY.search(token))


_ANY: Final = re.compile(r"[aeiouyAEIOUY][(^+`'?~.]|[dD][dD]|\\")


def escapes(text: str) -> bool:
    r"""Whether the writer kept to the rule: punctuation behind a vowel stands as ``\.``."""
    return bool(re.search(r"[A-Za-z(^+`'?~.]\\[.?'(`^+~]", text))


def read(token: str, *, strict: bool, after: str | None = None) -> str:
    """``token`` in Unicode. ``after`` is the token behind it on its line, where there is one."""
    if _ADDRESS.search(token):
        return _ESCAPE.sub(r"\1", token)
    if any(char.isdigit() for char in token):
        return _around_digits(token)
    marked = _read(token, strict=strict)
    if strict or not _CLOSED.search(token):
        return marked
    stem, sign, behind = re.split(r"([.?'])(?=[\"')\]]*$)", token, maxsplit=1)
    plain = _read(stem, strict=False) + sign + behind
    if not is_syllable(bare(marked)):
        return plain
    at_end, before_capital = _MARGINS.get(sign, (None, None))
    margin = before_capital if after else at_end
    if after and (not after[0].isupper() or token.isupper()):
        margin = None  # no sentence ends here
    if margin is not None and surprise(marked) > surprise(plain) + margin:
        return plain
    return marked


def _around_digits(token: str) -> str:
    """A token with a digit: of a code only DD is read, words beside a number are (``6.To^?``)."""
    parts = re.split(r"(\[?\d[\d.,:/)\]-]*)", token)
    return "".join(
        _ESCAPE.sub(r"\1", _PAIR.sub("Đ", part))
        if len(part) < _WORD or part.isupper()
        else _read(part, strict=True)
        for part in parts
    )


_WORD: Final = 3
_PAIR: Final = re.compile("DD(?!D)")


def _read(token: str, *, strict: bool) -> str:
    out: list[str] = []
    toned = False  # a syllable has one tone: the next sign is punctuation, unless that is escaped
    for found in _LETTER.finditer(token):
        literal, d, vowel, mark, tone, other = found.groups()
        if literal is not None:
            out.append(literal)
            toned = toned and literal.isalpha()
        elif d:
            out.append("đ" if d == "d" else "Đ")
        elif vowel:
            signs = _TAKES.get(vowel.lower(), "")
            kept = mark and mark not in signs
            letter = vowel + ("" if kept else _MARKS.get(mark, ""))
            rest = (mark if kept else "") + (tone if toned or kept else "")
            if tone and not toned and not kept:
                letter, toned = letter + _TONES[tone], not strict
            out.append(unicodedata.normalize("NFC", letter) + rest)
        else:
            out.append(other)
            toned = toned and other.isalpha()
    return "".join(out)


def write(text: str) -> str:
    """``text`` in VIQR, with the escapes that the RFC asks for."""
    out: list[str] = []
    for char in text:
        if char in _LETTER_SET:
            base, *marks = list(unicodedata.normalize("NFD", char))
            if base in "đĐ":
                out.append("dd" if base == "đ" else "DD")
            else:
                ordered = sorted((_SIGNS[m] for m in marks), key=lambda s: s in _TONES)
                out.append(base + "".join(ordered))
        elif _would_be_read(char, out[-1] if out else ""):
            out.append("\\" + char)
        else:
            out.append(char)
    return "".join(out)


def _would_be_read(char: str, before: str) -> bool:
    """Whether ``char`` behind ``before`` would be read as a part of a letter."""
    if char in "dD":
        return before in ("d", "D")
    return char == "\\" or (char in _SIGNS.values() and bool(_OPEN.search(before)))


#: Behind these a sign would be taken for a mark: a vowel that has no tone yet.
_OPEN: Final = re.compile(r"^[aeiouyAEIOUY][(^+]?$")
_LETTER_SET: Final = frozenset(LETTERS)
