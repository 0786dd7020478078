"""Words that people decided: those that the model does not know and that are right as they stand,
and how words were misread before."""

from __future__ import annotations

from typing import Final

from models.lexicon import Lexicon
from models.text import Edit
from pipeline.repair import guard
from pipeline.repair.lm import LanguageModel

_EDGES: Final = ".,:;()“”\"'’!?-…*/"
#: A person's word about another document is one witness: it proposes, a person here decides.
_PROBABILITY: Final = 0.5


class Taught:
    """What is used of a lexicon: only what the model cannot know.

    A word of the model's own may be right there and misread here, so nothing is said of it.
    """

    def __init__(self, lexicon: Lexicon, lm: LanguageModel) -> None:
        self._right = frozenset(w for w in lexicon.words if not lm.knows(w))
        self._misread = {k: v for k, v in lexicon.misread.items() if not lm.knows(k)}

    def edit(self, raw: str, edit: Edit | None, at: tuple[int, int]) -> Edit | None:
        """The repair of a token, with what people taught about it."""
        if not (self._right or self._misread):
            return edit
        word = raw.strip(_EDGES)
        low = word.lower()
        if low in self._right:
            return None
        meant = self._misread.get(low)
        if edit is not None or meant is None:
            return edit
        repaired = raw.replace(word, _cased(meant, word), 1)
        if not guard.allows(raw, repaired, foreign=False):
            return None
        return Edit(
            line=at[0], word=at[1], raw=raw, repaired=repaired, probability=_PROBABILITY,
            reason="a person read this word so in another document", status="review",
        )  # fmt: skip


def _cased(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word
