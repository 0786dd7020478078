"""Names of persons in sound text: changed only where the document has them elsewhere.

No language model knows whether a signer is Hai, Hải or Hãi. A run of three or four words with
capitals that begins with a family name is kept as it was read, unless the same letters with other
marks stand in the document at least twice, and more often than this form.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from models.vietnamese import fold, tone_key
from pipeline.repair.text import Unit

#: The family names of nine in ten Vietnamese, folded; rarer ones are often words as well.
_FAMILY_LIST: Final = """
nguyen tran le pham vo huynh phan bui hoang vu truong do dang ho ngo duong doan dinh trinh cao
dao mai luong luu lam ha thai phung ta ly to vuong chau
"""
_FAMILY: Final = frozenset(_FAMILY_LIST.split())
_LEAST, _MOST = 3, 4


def runs(units: Sequence[Unit]) -> Iterator[range]:
    """Positions of each name."""
    at = 0
    while at < len(units):
        end = at
        while end < len(units) and _capital(units, at, end):
            end += 1
        if _LEAST <= end - at <= _MOST and fold(_text(units[at])) in _FAMILY:
            yield range(at, end)
        at = max(end, at + 1)


def _capital(units: Sequence[Unit], first: int, at: int) -> bool:
    piece = units[at].piece
    if piece is None or not piece.text.isalpha() or units[at].line != units[first].line:
        return False
    before = units[at - 1]
    if at > first and (before.closed or units[at].word != before.word + 1):
        return False
    return piece.text[0].isupper() and (len(piece.text) == 1 or piece.text[1:].islower())


def _text(unit: Unit) -> str:
    return unit.piece.text if unit.piece is not None else ""


def said_elsewhere(units: Sequence[Unit], names: Sequence[range]) -> dict[int, str]:
    """Positions whose word the document spells otherwise in the same name, and that spelling."""
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    full = {name: " ".join(_text(units[at]) for at in name) for name in names}
    for text in full.values():
        forms[fold(text)][tone_key(text)] += 1
    found: dict[int, str] = {}
    for name, text in full.items():
        counts = forms[fold(text)]
        best = max(counts, key=lambda form: (counts[form], form))
        if counts[best] < 2 or counts[best] <= counts[tone_key(text)]:
            continue
        spelt = zip(name, best.split(), strict=True)
        found.update((at, word) for at, word in spelt if tone_key(_text(units[at])) != word)
    return found
