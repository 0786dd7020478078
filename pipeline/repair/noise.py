"""Layout junk of OCR dumps: strokes of initials, seals and rules that were read as characters."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

#: Punctuation that stands alone in sound text: dashes, bullets, leaders, asterisks, form lines.
_SOUND: Final = re.compile(
    r"^(?:[-–—•·+*=#>…_.,;:!?/|%&()\"“”'‘’\[\]~×→]|[-–—_.…*=#]{2,}|\./\.|---+)$"
)
_STARRED_INITIAL: Final = re.compile(r"^\*{1,2}[^\W\d_]{1,2}\*{1,2}$")
_STRAY: Final = re.compile(r"[»«|~_^{}\[\]\\<>¬¦©®™¤■□]")
_LETTERS: Final = re.compile(r"[^\W_]")


def is_noise(token: str, line: str) -> bool:
    """Whether a token is junk: ``?_’];``, a lone ``ea»`` without its «, Markdown's ``*m*``."""
    if _STARRED_INITIAL.match(token):
        return True
    letters = _LETTERS.findall(token)
    if not letters:
        return len(token) > 1 and not _SOUND.match(token) and _odd_marks(token)
    if len(letters) > 3 or any(c.isdigit() for c in letters) or not _STRAY.search(token):
        return False
    return not _balanced(line)


def _odd_marks(token: str) -> bool:
    return bool(_STRAY.search(token)) or len(set(token) - set("\"“”'‘’().,;:-–—/…*")) > 1


@lru_cache(maxsize=8)
def _balanced(line: str) -> bool:
    pairs = (("«", "»"), ("[", "]"), ("{", "}"), ("<", ">"))
    return all(line.count(a) == line.count(b) for a, b in pairs) and not re.search(
        r"[|~_^\\¬¦©®™¤■□]", line
    )
