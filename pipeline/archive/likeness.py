"""How alike two texts are: shingles of three folded words, MinHash to find, Jaccard to measure.

A text's signature is the least value of each of 32 hash functions over its shingles (Broder 1997);
the share of equal places estimates the share of shingles that two texts have in common. Four places
make a band, and texts that share one of the eight bands are looked at: with 80 % of their shingles
in common that is 98 % of pairs, with 30 % it is 6 %. Folding takes the commonest reading errors (a
lost or changed mark) out, so two scans of one page are far above what is asked.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

_PLACES: Final = 32
_BANDS: Final = 8
_WORDS: Final = 3
#: Shorter texts (a stamp, a header that was all that could be read) are alike by accident.
MIN_SHINGLES: Final = 24
#: Words of a text that are looked at: a book is told from another by its first 60 pages.
_MOST_WORDS: Final = 30_000
_MIX_1: Final = 0xBF58476D1CE4E5B9
_MIX_2: Final = 0x94D049BB133111EB


def _mixed(values: Any) -> Any:
    """The finaliser of SplitMix64: every bit depends on every bit."""
    import numpy as np

    values = (values ^ (values >> np.uint64(30))) * np.uint64(_MIX_1)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(_MIX_2)
    return values ^ (values >> np.uint64(31))


@cache
def _seeds() -> Hashes:
    import numpy as np

    with np.errstate(over="ignore"):
        return _mixed(np.arange(1, _PLACES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))  # type: ignore[no-any-return]


@lru_cache(maxsize=1 << 17)  # syllables are some 7,000: most are met again
def _hash(word: str) -> int:
    return zlib.crc32(word.encode())


def shingles(body: str) -> Hashes:
    """Hashes of the shingles of a text of tokens with blanks between; each once, sorted."""
    import numpy as np

    words = body.split(" ", _MOST_WORDS)[:_MOST_WORDS]
    if len(words) < _WORDS:
        return np.empty(0, dtype=np.uint64)
    hashes = np.fromiter(map(_hash, words), np.uint64, len(words))
    with np.errstate(over="ignore"):
        joined = hashes[:-2]
        for step in range(1, _WORDS):
            following = hashes[step : len(hashes) - (_WORDS - 1 - step)]
            joined = _mixed(joined * np.uint64(0x9E3779B97F4A7C15) + following)
    return np.unique(joined)


def signature(body: str) -> bytes | None:
    """128 bytes by which texts alike are found; ``None`` where there is too little text."""
    import numpy as np

    found = shingles(body)
    if len(found) < MIN_SHINGLES:
        return None
    with np.errstate(over="ignore"):
        least = _mixed(found[None, :] ^ _seeds()[:, None]).min(axis=1)
    return bytes((least >> np.uint64(32)).astype("<u4").tobytes())


def bands(stored: bytes) -> list[int]:
    """The bands of a signature as whole numbers that a database holds (64 bits, signed)."""
    width = len(stored) // _BANDS
    found = []
    for band in range(_BANDS):
        piece = bytes([band]) + stored[band * width : (band + 1) * width]
        value = zlib.crc32(piece) << 32 | zlib.crc32(piece[::-1])
        found.append(value - (1 << 64) if value >> 63 else value)
    return found


def estimates(stored: bytes, others: Sequence[bytes]) -> list[float]:
    """About how much each of ``others`` has in common with ``stored``, 0 to 1, from signatures."""
    import numpy as np

    if not others:
        return []
    own = np.frombuffer(stored, dtype="<u4")
    table = np.frombuffer(b"".join(others), dtype="<u4").reshape(len(others), _PLACES)
    return [float(share) for share in (table == own).mean(axis=1)]


def likeness(one: str, two: str) -> float:
    """Which share of the shingles of both texts together both have, 0 to 1."""
    import numpy as np

    if one == two:
        return 1.0
    first, second = shingles(one), shingles(two)
    common = len(np.intersect1d(first, second, assume_unique=True))
    both = len(first) + len(second) - common
    # 1 is said of equal texts only.
    return min(common / both, 0.9999) if both else 0.0
