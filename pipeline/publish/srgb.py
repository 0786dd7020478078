"""The colour profile of the output intent: sRGB (IEC 61966-2-1) as an ICC.1 version 2 profile.

Made here from the published numbers, so that its bytes never change with a library's version or
with the day (lcms writes the time of making into the profiles that it makes).
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Final

#: Points of the tone curve; a reader interpolates, and errs by less than a thousandth of a step.
_POINTS: Final = 1024
_WHITE_D50: Final = (0.9642, 1.0, 0.8249)
#: The primaries, adapted from D65 to D50 (Bradford).
_RED: Final = (0.4360747, 0.2225045, 0.0139322)
_GREEN: Final = (0.3850649, 0.7168786, 0.0971045)
_BLUE: Final = (0.1430804, 0.0606169, 0.7141733)
_WHITE_D65: Final = (0.9504559, 1.0, 1.0890578)


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The profile's bytes."""
    curve = b"curv\0\0\0\0" + struct.pack(">I", _POINTS)
    curve += b"".join(struct.pack(">H", _tone(i / (_POINTS - 1))) for i in range(_POINTS))
    tags = [
        (b"desc", _description("sRGB IEC61966-2.1")),
        (b"cprt", b"text\0\0\0\0No copyright, use freely\0"),
        (b"wtpt", _xyz(_WHITE_D65)),
        (b"rXYZ", _xyz(_RED)),
        (b"gXYZ", _xyz(_GREEN)),
        (b"bXYZ", _xyz(_BLUE)),
        (b"rTRC", curve),
        (b"gTRC", curve),
        (b"bTRC", curve),
    ]
    start = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    placed: dict[bytes, int] = {}
    for tag, data in tags:
        if data not in placed:
            placed[data] = start + len(body)
            body += data + b"\0" * (-len(data) % 4)
        table += struct.pack(">4sII", tag, placed[data], len(data))
    return _header(start + len(body)) + table + body


def _header(size: int) -> bytes:
    header = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    white = struct.pack(">3i", *(round(v * 65536) for v in _WHITE_D50))
    return (header + white).ljust(128, b"\0")


def _tone(value: float) -> int:
    linear = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    return round(linear * 65535)


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in value))


def _description(text: str) -> bytes:
    """A textDescriptionType: ASCII, and no Unicode or Macintosh form."""
    ascii_ = text.encode("ascii") + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(ascii_)) + ascii_ + b"\0" * (8 + 3 + 67)
