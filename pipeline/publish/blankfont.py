"""A font of one blank glyph, for text that is found and copied but never seen.

Every character is shown by glyph 1, an empty one half an em wide, and told apart by the ToUnicode
map of the document. ISO 19005-2 asks for: the font program embedded, widths in the PDF that agree
with it, a ``CIDToGIDMap`` and no use of glyph 0 (.notdef), whatever the rendering mode (6.2.11.3 to
6.2.11.8). The TrueType file is made here, table by table, so there is nothing to licence or ship.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name

#: Advance of the glyph, ascent and descent, in thousandths of the font size.
ADVANCE: Final = 500
ASCENT: Final = 750
DESCENT: Final = -250
_NAME: Final = "VanthuBlank"
#: 1 January 2000 in seconds since 1904: the font was always made on the same day.
_MADE: Final = 3_029_529_600
_MOST_PER_BLOCK: Final = 100


def is_text(character: str) -> bool:
    """Whether a character may stand in the text layer (ISO 19005-2, 6.2.11.7.2; no controls)."""
    code = ord(character)
    return code >= 0x20 and not (
        0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or code in (0xFEFF, 0xFFFE, 0xFFFF)
    )


@lru_cache(maxsize=1)
def font_program() -> bytes:
    """The TrueType file: ``.notdef`` (a box) and the blank glyph."""
    box = struct.pack(">hhhhh", 1, 0, 0, ADVANCE, ASCENT)  # one contour, its bounds
    box += struct.pack(">HH", 3, 0) + b"\x01\x01\x01\x01"  # last point, no program, on-curve flags
    box += struct.pack(">hhhh", 0, ADVANCE, 0, -ADVANCE) + struct.pack(">hhhh", 0, 0, ASCENT, 0)
    name = _NAME.encode("utf-16-be")
    records = (1, 2, 3, 4, 6)
    names = struct.pack(">HHH", 0, len(records), 6 + 12 * len(records))
    for identifier in records:
        names += struct.pack(">HHHHHH", 3, 1, 0x409, identifier,
                             len(name), 0)  # fmt: skip
    tables = {
        b"OS/2": struct.pack(
            ">HhHHHhhhhhhhhhhh10sIIII4sHHHhhhHHII",
            4, ADVANCE, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 250, 0, b"\0" * 10,
            0, 0, 0, 0, b"none", 64, 32, 32, ASCENT, DESCENT, 0, ASCENT, -DESCENT, 1, 0,
        ) + struct.pack(">hhHHH", 450, 700, 0, 32, 1),
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 1, 12)
        + struct.pack(">HHHHHHH", 4, 32, 0, 4, 4, 1, 0)
        + struct.pack(">HHHHHHHHH", 32, 0xFFFF, 0, 32, 0xFFFF, 1 - 32 & 0xFFFF, 1, 0, 0),
        b"glyf": box,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh", 0x00010000, 0x00010000, 0, 0x5F0F3CF5, 0x000B, 1000, _MADE, _MADE,
            0, 0, ADVANCE, ASCENT, 0, 8, 2, 1, 0,
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x00010000, ASCENT, DESCENT, 0, ADVANCE, 0, 0, ADVANCE, 1, 0, 0,
            0, 0, 0, 0, 0, 2,
        ),
        b"hmtx": struct.pack(">HhHh", ADVANCE, 0, ADVANCE, 0),
        b"loca": struct.pack(">III", 0, len(box), len(box)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x00010000, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
                             0),
        b"name": names + name,
        b"post": struct.pack(">IIhhIIIII", 0x00030000, 0, -100, 50, 1, 0, 0, 0, 0),
    }  # fmt: skip
    return _assembled(tables)


def _assembled(tables: dict[bytes, bytes]) -> bytes:
    """A font file of its tables, with their checksums."""
    count = len(tables)
    power = count.bit_length() - 1
    head = struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, 16 * count - (16 << power))
    offset = 12 + 16 * count
    directory, body = b"", b""
    for tag, data in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag, _checksum(data), offset + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    whole = head + directory + body
    at = whole.index(struct.pack(">I", 0x5F0F3CF5)) - 4  # head.checkSumAdjustment
    adjustment = (0xB1B0AFBA - _checksum(whole)) & 0xFFFFFFFF
    return whole[:at] + struct.pack(">I", adjustment) + whole[at + 4 :]


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


class BlankFont:
    """The characters of one document and their codes: 1, 2, … in code-point order."""

    def __init__(self, characters: Iterable[str]) -> None:
        wanted = sorted({c for c in characters if is_text(c)} | {" "})
        self._codes = {character: code for code, character in enumerate(wanted, start=1)}

    def encode(self, text: str) -> bytes:
        """``text`` as a hexadecimal string of a content stream; what is no text is left out."""
        codes = (self._codes[c] for c in text if c in self._codes)
        return b"<" + b"".join(b"%04X" % code for code in codes) + b">"

    def add_to(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """The font as an object of ``pdf``."""
        program = font_program()
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + _NAME),
            Flags=4,
            FontBBox=Array([0, DESCENT, ADVANCE, ASCENT]),
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=DESCENT,
            CapHeight=700,
            StemV=80,
            FontFile2=pdf.make_stream(program, Length1=len(program)),
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + _NAME),
            CIDSystemInfo=Dictionary(
                Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
            ),
            CIDToGIDMap=pdf.make_stream(b"\0\0" + b"\0\1" * len(self._codes)),
            DW=ADVANCE,
            FontDescriptor=pdf.make_indirect(descriptor),
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name("/" + _NAME),
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=pdf.make_stream("\n".join(self._cmap()).encode("ascii")),
            )
        )

    def _cmap(self) -> Iterator[str]:
        """The ToUnicode map (ISO 32000-1, 9.10.3)."""
        yield "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap"
        yield "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def"
        yield "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def"
        yield "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange"
        pairs = list(self._codes.items())
        for start in range(0, len(pairs), _MOST_PER_BLOCK):
            block = pairs[start : start + _MOST_PER_BLOCK]
            yield f"{len(block)} beginbfchar"
            for character, code in block:
                yield f"<{code:04X}> <{character.encode('utf-16-be').hex().upper()}>"
            yield "endbfchar"
        yield "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
