"""Is this text Vietnamese as it was written, or damaged?

The share of words that are possible Vietnamese syllables, by onset and rime. What an engine of
another language makes of a Vietnamese page falls far below a sound page; nothing of it is accepted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_TONES = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")
_ONSET = r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
_RIME = (
    r"(?:a(?:ch|c|i|m|ng|nh|n|o|p|t|u|y)?|ă(?:c|m|ng|n|p|t)|â(?:c|m|ng|n|p|t|u|y)|"
    r"e(?:c|m|ng|n|o|p|t)?|ê(?:ch|c|m|nh|n|p|t|u)?|i(?:a|ch|m|nh|n|p|t|u)?|"
    r"iê(?:c|m|ng|n|p|t|u)|yê(?:m|ng|n|t|u)|o(?:a|c|e|i|m|ng|n|p|t)?|"
    r"oa(?:ch|c|i|m|ng|nh|n|o|p|t|y)|oă(?:c|m|ng|n|t)|oe(?:n|o|t)?|oo(?:c|ng)|"
    r"ô(?:c|i|m|ng|n|p|t)?|ơ(?:i|m|n|p|t)?|u(?:a|c|i|m|ng|n|p|t|y)?|uâ(?:n|ng|t|y)|"
    r"uê(?:ch|nh|n)?|uô(?:c|i|m|ng|n|t)|uơ|uy(?:a|ch|nh|n|p|t|u|ên|êt)?|"
    r"ư(?:a|c|i|m|ng|n|t|u)?|ươ(?:c|i|m|ng|n|p|t|u)|y(?:ch|nh|n|t)?)"
)
_SYLLABLE = re.compile(_ONSET + _RIME)
#: Below this share a page is damaged; clean pages lie above 0.95, English-model ones near 0.6.
SOUND_SHARE = 0.88
_MIN_WORDS = 20


def is_syllable(word: str) -> bool:
    """Whether a word can be a Vietnamese syllable; tones are not checked against finals."""
    decomposed = unicodedata.normalize("NFD", word.lower()).translate(_TONES)
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", decomposed)) is not None


def sound_share(words: Iterable[str]) -> float:
    """Share of possible syllables among words in small letters; 1 where there are too few."""
    checked = good = 0
    for word in words:
        bare = word.strip(".,;:()“”\"'‘’!?…/-–")
        if len(bare) < 2 or len(bare) > 12 or not bare.isalpha() or not bare[1:].islower():
            continue
        checked += 1
        good += is_syllable(bare)
    return good / checked if checked >= _MIN_WORDS else 1.0
