"""Codes with Đ, mined from official texts: what can be restored where a Đ was lost.

A code counts where its own spelling is used and the spelling with D for Đ practically is not
(``HĐND`` 1,605 times, ``HDND`` once); words in capitals are no codes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from pipeline.repair.syllable import is_syllable

_LEAST_COUNT: Final = 5
_LEAST_LETTERS: Final = 3
_MOST_OTHERS: Final = 0.02
_PART: Final = re.compile(r"(?<![^\W\d_])[A-ZĐƯƠ]{2,}(?![^\W\d_])")


def mine(lines: Iterable[str]) -> list[str]:
    """The codes, most frequent first."""
    count: Counter[str] = Counter()
    for line in lines:
        if not line.isupper():
            count.update(_PART.findall(line))
    return [
        code
        for code, number in sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))
        if "Đ" in code
        and number >= _LEAST_COUNT
        and len(code) >= _LEAST_LETTERS
        and not is_syllable(code.lower())
        and count[code.replace("Đ", "D")] <= _MOST_OTHERS * number
    ]
