"""The exact tables of the legacy encodings, both ways.

A legacy text meets us in two forms: as the bytes of a file, or as characters, where a program took
the bytes for Western ones ("C«ng ®oµn", "Coâng ñoaøn"). Both are handled as characters here: bytes
are first *held* as the characters that Windows shows for them (:func:`held`).

- TCVN3, called ABC: TCVN 5712:1993, set VN3, as the ``.VnTime`` fonts have it. It has no capitals
  with a tone mark; those come from fonts that show small letters as capitals (``.VnTimeH``).
- TCVN 5712:1993, set VN1: all 134 letters, some of them in control codes.
- VISCII 1.1: RFC 1456. All 134 letters, six of them in control codes.
- Windows-1258: Microsoft's table (as Python has it); tone marks follow their letter.
- VNI for Windows: a plain letter and a mark behind it, two bytes; đ ơ ư and the tones of i alone.
  No standard describes it; the table is that of the ``VNI-Times`` fonts.
- UTF-8 read as Windows-1252, Latin-1 or Mac Roman.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from models.vietnamese import LETTERS, LOWER, nfc


def _rows(first: int, rows: str, gap: str = "·") -> dict[int, str]:
    """Sixteen letters a row from the code ``first`` on; ``gap`` stands where there is none."""
    letters = rows.split()
    return {first + i: letter for i, letter in enumerate(letters) if letter != gap}


_VN3: Final = _rows(
    0xA0,
    """
    · Ă Â Ê Ô Ơ Ư Đ ă â ê ô ơ ư đ ·
    · · · · · à ả ã á ạ · ằ ẳ ẵ ắ ·
    · · · · · · ặ ầ ẩ ẫ ấ ậ è · ẻ ẽ
    é ẹ ề ể ễ ế ệ ì ỉ · · · ĩ í ị ò
    · ỏ õ ó ọ ồ ổ ỗ ố ộ ờ ở ỡ ớ ợ ù
    · ủ ũ ú ụ ừ ử ữ ứ ự ỳ ỷ ỹ ý ỵ ·
    """,
)
_VN1: Final = {
    **_rows(
        0x00,
        """
        · Ú Ụ · Ừ Ử Ữ · · · · · · · · ·
        · Ứ Ự Ỳ Ỷ Ỹ Ý Ỵ · · · · · · · ·
        """,
    ),
    **_rows(
        0x80,
        """
        À Ả Ã Á Ạ Ặ Ậ È Ẻ Ẽ É Ẹ Ệ Ì Ỉ Ĩ
        Í Ị Ò Ỏ Õ Ó Ọ Ộ Ờ Ở Ỡ Ớ Ợ Ù Ủ Ũ
        · · · · · · · · · · · · · · · Ằ
        · · · · · · · · · · Ẳ · · · · Ẵ
        Ắ Ầ Ẩ Ẫ Ấ Ề · · · · · · · Ể · ·
        · · · · · · · · · Ễ Ế Ồ · · · ·
        Ổ · · · · · · · · · · · · · · ·
        Ỗ · · · · · · · · · · · · · · Ố
        """,
    ),
    **dict(enumerate("\u0300\u0309\u0303\u0301\u0323", 0xB0)),
    **_VN3,
}
_VISCII: Final = {
    **dict(zip((0x02, 0x05, 0x06, 0x14, 0x19, 0x1E), "ẲẴẪỶỸỴ", strict=True)),
    **_rows(
        0x80,
        """
        Ạ Ắ Ằ Ặ Ấ Ầ Ẩ Ậ Ẽ Ẹ Ế Ề Ể Ễ Ệ Ố
        Ồ Ổ Ỗ Ộ Ợ Ớ Ờ Ở Ị Ỏ Ọ Ỉ Ủ Ũ Ụ Ỳ
        Õ ắ ằ ặ ấ ầ ẩ ậ ẽ ẹ ế ề ể ễ ệ ố
        ồ ổ ỗ Ỡ Ơ ộ ờ ở ị Ự Ứ Ừ Ử ơ ớ Ư
        À Á Â Ã Ả Ă ẳ ẵ È É Ê Ẻ Ì Í Ĩ ỳ
        Đ ứ Ò Ó Ô ạ ỷ ừ ử Ù Ú ỹ ỵ Ý ỡ ư
        à á â ã ả ă ữ ẫ è é ê ẻ ì í ĩ ỉ
        đ ự ò ó ô õ ỏ ọ ụ ù ú ũ ủ ý ợ Ữ
        """,
    ),
}
_CP1258: Final = {
    code: bytes([code]).decode("cp1258", errors="replace") for code in range(0x80, 0x100)
}

#: Windows shows these codes as characters beyond Latin-1 (as quotes and dashes, mostly).
_SHOWN: Final = {
    code: shown
    for code in range(0x80, 0xA0)
    if (shown := bytes([code]).decode("cp1252", errors="replace")) != "\ufffd"
}
_CODES: Final = {ord(shown): code for code, shown in _SHOWN.items()}
#: Characters that a legacy text can consist of beside ASCII.
HELD: Final = frozenset({*map(chr, range(0x80, 0x100)), *_SHOWN.values(), "\u03bc"})
#: The control codes that hold a letter in VISCII or VN1.
CONTROL_LETTERS: Final = frozenset(chr(c) for c in (*_VISCII, *_VN1) if c < 0x20)


def held(data: bytes) -> str:
    """Bytes as Windows shows them; where it shows nothing, the control character of that code."""
    return data.decode("latin-1").translate(_SHOWN)


def codes(text: str) -> str:
    """Characters back to the codes they were shown for; same length."""
    return text.translate(_CODES)


@dataclass(frozen=True)
class Encoding:
    """One legacy encoding: from held characters to Unicode and, for the letters it has, back.

    ``read`` takes a token without blanks. ``write`` gives held characters.
    """

    name: str
    title: str
    read: Callable[[str], str]
    write: Callable[[str], str]


_MISORDERED: Final = re.compile("([\u0300\u0301\u0303\u0309]+)([\u0302\u0306])")


def composed(text: str) -> str:
    """NFC, also where the tone mark was put before the vowel mark (é + ̂ for ế).

    NFC alone leaves those two apart: it does not reorder marks that stand in the same place.
    """
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return nfc(_MISORDERED.sub(r"\2\1", apart))


def _one_byte(name: str, title: str, table: dict[int, str]) -> Encoding:
    to_code = {letter: chr(code) for code, letter in table.items()}

    def read(token: str) -> str:
        return composed(codes(token).translate(table))

    def write(text: str) -> str:
        return "".join(to_code.get(char, char) for char in text).translate(_SHOWN)

    return Encoding(name, title, read, write)


def _read_tcvn3(token: str) -> str:
    # Its codes lie outside those that Windows shows as quotes and dashes, which stay.
    return token.translate(_TCVN3_READ)


_TCVN3_READ: Final = {**_VN3, 0x3BC: "à"}  # Greek mu for the micro sign
_TCVN3_WRITE: Final = {
    **{letter.upper(): chr(code) for code, letter in _VN3.items() if letter.islower()},
    **{letter: chr(code) for code, letter in _VN3.items()},
}


def _write_tcvn3(text: str) -> str:
    """Capitals that TCVN3 lacks become the small letter, as one types them for a .VnTimeH font."""
    return "".join(_TCVN3_WRITE.get(char, char) for char in text)


_TONES: Final = "\u0300\u0301\u0309\u0303\u0323"
_VNI_TONES: Final[dict[str, str]] = dict(zip(("", *_TONES), ("", *"øùûõï"), strict=True))
_VNI_CIRCUMFLEX: Final[dict[str, str]] = dict(zip(("", *_TONES), "âàáåãä", strict=True))
_VNI_BREVE: Final[dict[str, str]] = dict(zip(("", *_TONES), "êèéúüë", strict=True))
_VNI_ALONE: Final[dict[str, str]] = dict(zip("đơưìíỉĩịỵ", "ñôöìíæóòî", strict=True))


def _vni_letter(letter: str) -> str:
    """How VNI writes one small letter."""
    if letter in _VNI_ALONE:
        return _VNI_ALONE[letter]
    marks = unicodedata.normalize("NFD", letter)
    base = marks[0]
    tone = next((m for m in marks if m in _TONES), "")
    if "\u0302" in marks:
        return base + _VNI_CIRCUMFLEX[tone]
    if "\u0306" in marks:
        return base + _VNI_BREVE[tone]
    return (_VNI_ALONE[nfc(base + "\u031b")] if "\u031b" in marks else base) + _VNI_TONES[tone]


_VNI_WRITE: Final = {
    **{letter: _vni_letter(letter) for letter in LOWER},
    **{letter.upper(): _vni_letter(letter).upper() for letter in LOWER},
}
#: Also a capital with a small mark, as people type it; the plain letter has the case.
_VNI_READ: Final = {
    **{pair[0].upper() + pair[1:]: letter.upper() for letter, pair in
       ((low, _vni_letter(low)) for low in LOWER)},
    **{pair: letter for letter, pair in _VNI_WRITE.items()},
}  # fmt: skip
_VNI_PATTERN: Final = re.compile("|".join(sorted(_VNI_READ, key=len, reverse=True)))


def _read_vni(token: str) -> str:
    return _VNI_PATTERN.sub(lambda found: _VNI_READ[found[0]], token)


def _write_vni(text: str) -> str:
    return "".join(_VNI_WRITE.get(char, char) for char in text)


def _write_cp1258(text: str) -> str:
    out = []
    for char in text:
        try:
            out.append(held(char.encode("cp1258")))
            continue
        except UnicodeEncodeError:
            apart = unicodedata.normalize("NFD", char)
        tone = "".join(mark for mark in apart if mark in _TONES)
        letter = nfc("".join(mark for mark in apart if mark not in _TONES))
        out.append(held((letter + tone).encode("cp1258", errors="replace")))
    return "".join(out)


_SEQUENCE: Final = re.compile(
    "[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def _joined(codes: str, token: str) -> str:
    """``token`` with every UTF-8 sequence among its ``codes`` made one character again."""

    def letter(found: re.Match[str]) -> str:
        try:
            return found[0].encode("latin-1").decode("utf-8")
        except UnicodeDecodeError:
            return token[found.start() : found.end()]

    out, end = [], 0
    for found in _SEQUENCE.finditer(codes):
        out += [token[end : found.start()], letter(found)]
        end = found.end()
    return composed("".join([*out, token[end:]]))


def _read_mojibake(token: str) -> str:
    return _joined(codes(token), token)


def _write_mojibake(text: str) -> str:
    return held(text.encode("utf-8"))


_MAC_CODES: Final = {
    ord(bytes([code]).decode("mac_roman")): code for code in range(0x80, 0x100)
}  # fmt: skip
_MAC_SHOWN: Final = frozenset(map(chr, _MAC_CODES))


def _read_mac_mojibake(token: str) -> str:
    codes = token.translate(_MAC_CODES)
    return _joined(codes, token) if all(c <= "\xff" for c in codes) else token


def _write_mac_mojibake(text: str) -> str:
    return text.encode("utf-8").decode("mac_roman")


TCVN3: Final = Encoding("tcvn3", "TCVN3 (ABC)", _read_tcvn3, _write_tcvn3)
VN1: Final = _one_byte("tcvn5712-vn1", "TCVN 5712 VN1", _VN1)
VNI: Final = Encoding("vni", "VNI for Windows", _read_vni, _write_vni)
VISCII: Final = _one_byte("viscii", "VISCII", _VISCII)
CP1258: Final = Encoding(
    "windows-1258",
    "Windows code page 1258",
    lambda token: composed(codes(token).translate(_CP1258)),
    _write_cp1258,
)
MOJIBAKE: Final = Encoding(
    "utf-8-as-1252", "UTF-8 taken for Western characters", _read_mojibake, _write_mojibake
)
MAC_MOJIBAKE: Final = Encoding(
    "utf-8-as-mac", "UTF-8 taken for Mac characters", _read_mac_mojibake, _write_mac_mojibake
)
#: In the order in which they are preferred where they read a text alike.
ENCODINGS: Final = (TCVN3, VNI, MOJIBAKE, VISCII, CP1258, VN1, MAC_MOJIBAKE)
#: Characters that a token may have to be in a legacy encoding.
ALPHABET: Final = HELD | _MAC_SHOWN | CONTROL_LETTERS
#: Letters that no legacy text shows: a token that has one is Unicode already.
UNICODE_ONLY: Final = frozenset(LETTERS) - ALPHABET
