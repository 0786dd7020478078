"""The alphabet guard: a language code is no proof, so the engine's own character set is asked.

A ``.traineddata`` file is a small container: a count of entries, a table of offsets (one for each
kind of component, -1 where it is missing), then the components. The one that matters here is the
LSTM's unicharset, a text file whose lines begin with the character (or cluster) they describe.
"""

from __future__ import annotations

import string
import struct
from pathlib import Path
from typing import Final

from models.vietnamese import LETTERS, nfc

_LSTM_UNICHARSET: Final = 21
_LEGACY_UNICHARSET: Final = 1
_MAX_ENTRIES: Final = 64

#: What an engine for Vietnamese must be able to write.
REQUIRED: Final = frozenset(LETTERS + string.ascii_letters + string.digits)

#: Letters whose lack is known and borne. The fast ``vie`` model that Debian ships cannot write the
#: rarest letter of all (*ly* for *lỵ*, *ky* for *kỵ*); whoever repairs its text must know.
KNOWN_GAPS: Final = frozenset("ỵỴ")


class NotTrainedData(ValueError):
    """The file is no Tesseract language file."""


def characters_of(path: Path) -> frozenset[str]:
    """Every character that the language file lets the engine write."""
    data = path.read_bytes()
    component = _component(data, _LSTM_UNICHARSET) or _component(data, _LEGACY_UNICHARSET)
    if not component:
        raise NotTrainedData(f"{path.name} holds no character set")
    lines = component.decode("utf-8", errors="replace").splitlines()[1:]
    clusters = (line.split(" ", 1)[0] for line in lines)
    return frozenset(letter for cluster in clusters for letter in nfc(cluster))


def missing_from(characters: frozenset[str]) -> str:
    """The required letters and digits that are not among ``characters``, in order."""
    return "".join(sorted(REQUIRED - characters))


def _component(data: bytes, index: int) -> bytes:
    """One component of the container; empty where it is missing."""
    for order in ("<", ">"):
        if len(data) < 4:
            break
        (count,) = struct.unpack_from(f"{order}i", data)
        end = 4 + 8 * count
        if not 0 < count <= _MAX_ENTRIES or len(data) < end:
            continue
        offsets = struct.unpack_from(f"{order}{count}q", data, 4)
        if index >= count or offsets[index] < 0:
            return b""
        later = [o for o in offsets if o > offsets[index]]
        return data[offsets[index] : min(later, default=len(data))]
    raise NotTrainedData("no table of components")
