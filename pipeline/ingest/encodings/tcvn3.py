"""What the table of TCVN3 cannot tell: a ư that became a hyphen, and capitals typed for .VnTimeH.

The code of ư is that of the soft hyphen, which programs turn into a hyphen ("®-îc" for "được") or
drop. Marked capitals do not exist: one typed capitals and got small marked letters between them
("CéNG HOµ"), which a font then showed as capitals. Where both letters of a word were typed small,
nothing tells that they were shown as capitals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from models.vietnamese import is_syllable
from pipeline.ingest.encodings.likelihood import bare

_HYPHENS: Final = re.compile("[-\u00ad\u2010\u2011\u2212]")


def with_horns(word: str) -> str:
    """``word`` with ư for its hyphens, where that makes a syllable of what was none."""
    if not _HYPHENS.search(word):
        return word
    made = _HYPHENS.sub("ư", word)
    parts = [part for part in _HYPHENS.split(bare(word)) if part]
    if is_syllable(bare(made)) and not all(map(is_syllable, parts)):
        return made
    return word


def with_capitals(words: Sequence[str]) -> list[str]:
    """``words`` of a line, capitals where the letters beside a marked one were typed as capitals.

    A word such as "HộI" proves it; a word with one plain capital ("Xã") or with none ("ở") follows
    its neighbours where both are proven.
    """
    kinds = [_kind(word) for word in words]
    out = list(words)
    for i, kind in enumerate(kinds):
        if kind == "proven" or (kind == "open" and _among_proven(kinds, i)):
            out[i] = words[i].upper()
    return out


def _kind(word: str) -> str:
    letters = [c for c in word if c.isalpha()]
    plain = [c for c in letters if c.isascii()]
    if not letters or any(c.islower() for c in plain):
        return "small" if letters else "blank"
    if all(c.isupper() for c in letters):
        return "capital"
    first_small = next(i for i, c in enumerate(letters) if c.islower())
    later = any(c.isupper() for c in letters[first_small:])
    return "proven" if later or len(plain) > 1 else "open"


def _among_proven(kinds: Sequence[str], at: int) -> bool:
    """Whether the nearest words on both sides are capitals, one of them proven so."""
    before = next((k for k in reversed(kinds[:at]) if k not in ("blank", "open")), None)
    after = next((k for k in kinds[at + 1 :] if k not in ("blank", "open")), None)
    sides = {before, after} - {None}
    return "proven" in sides and sides <= {"proven", "capital"}
