"""What can be a Vietnamese syllable: onset, rime and tone (the spelling rules of quốc ngữ).

A structural test needs no word list, so that rare but right syllables are never held to be damage.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_ONSET_LIST: Final = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x"
_RIME_LIST: Final = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet
oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uên uênh uêt ui uit um un ung uôc uôi uôm uôn uông uôt up ut
uơ uy uya uych uyên uyêt uynh uyt uyu
ư ưa ưc ưi ưm ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
y yêm yên yêng yêt yêu
"""
_ONSETS: Final = frozenset(["", *_ONSET_LIST.split()])
_RIMES: Final = frozenset(_RIME_LIST.split())
_STOPS: Final = ("c", "ch", "p", "t")
_TONE_MARKS: Final = frozenset("\u0300\u0301\u0309\u0303\u0323")
_STOP_TONES: Final = frozenset({"", "\u0301", "\u0323"})


def split_tone(word: str) -> tuple[str, str]:
    """The letters without the tone, and the tone marks: ``những`` -> ``nhưng``, ``U+0303``."""
    tones: list[str] = []
    rest: list[str] = []
    for char in unicodedata.normalize("NFD", word):
        (tones if char in _TONE_MARKS else rest).append(char)
    return unicodedata.normalize("NFC", "".join(rest)), "".join(tones)


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether a lower-case word obeys the spelling rules (``nghiêng`` yes, ``thr`` no)."""
    letters, tone = split_tone(word)
    if not letters or len(letters) > 7 or len(tone) > 1:
        return False
    for size in (3, 2, 1, 0):
        onset, rime = letters[:size], letters[size:]
        if len(onset) == size and onset in _ONSETS and rime in _RIMES:
            if onset == "q" and not rime.startswith("u"):
                continue
            return not rime.endswith(_STOPS) or tone in _STOP_TONES
    return False
