"""The rules of PDF/A-2b (ISO 19005-2) that our files rely on, as assertions."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont
from lxml import etree

NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "stRef": "http://ns.adobe.com/xap/1.0/sType/ResourceRef#",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
}
FORBIDDEN = {"/JavaScript", "/OpenAction", "/AA", "/AcroForm", "/EmbeddedFiles", "/XFA"}


def xmp_of(pdf: pikepdf.Pdf) -> etree._Element:
    return etree.fromstring(pdf.Root.Metadata.read_bytes())


def said(pdf: pikepdf.Pdf, path: str) -> list[str]:
    return [e.text or "" for e in xmp_of(pdf).iterfind(f".//{path}", NAMESPACES)]


def assert_pdfa_2b(path: Path) -> None:
    """Every rule that can be looked at without a validator."""
    data = path.read_bytes()
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", data)  # 6.1.2
    with pikepdf.open(path) as pdf:
        assert "/Encrypt" not in pdf.trailer  # 6.1.3
        assert len(pdf.trailer.ID) == 2
        _metadata(pdf)
        _output_intent(pdf)
        assert not FORBIDDEN & set(pdf.Root.keys())
        assert str(pdf.Root.Lang) == "vi-VN"
        for each in pdf.objects:
            _object(each)
        for page in pdf.pages:
            assert "/Annots" not in page.obj
            _page(page)


def _metadata(pdf: pikepdf.Pdf) -> None:
    packet = pdf.Root.Metadata
    assert "/Filter" not in packet
    assert packet.read_bytes().startswith(b'<?xpacket begin="\xef\xbb\xbf"')
    assert said(pdf, "pdfaid:part") == ["2"]
    assert said(pdf, "pdfaid:conformance") == ["B"]
    # 6.6.3 of part 1: Info and XMP say the same.
    assert said(pdf, "dc:title/rdf:Alt/rdf:li") == [str(pdf.docinfo.Title)]
    assert said(pdf, "dc:creator/rdf:Seq/rdf:li") == [str(pdf.docinfo.get("/Author", ""))]
    assert said(pdf, "dc:description/rdf:Alt/rdf:li") == [str(pdf.docinfo.Subject)]
    assert said(pdf, "pdf:Producer") == [str(pdf.docinfo.Producer)]
    assert said(pdf, "xmp:CreatorTool") == [str(pdf.docinfo.Creator)]
    assert {"/CreationDate", "/ModDate"}.isdisjoint(pdf.docinfo.keys())
    spaces = {etree.QName(e).namespace for e in xmp_of(pdf).iter()}
    assert spaces <= {*NAMESPACES.values(), "adobe:ns:meta/"}


def _output_intent(pdf: pikepdf.Pdf) -> None:
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == pikepdf.Name.GTS_PDFA1
    profile = intent.DestOutputProfile
    assert int(profile.N) == 3
    assert profile.read_bytes()[36:40] == b"acsp"


def _object(each: Any) -> None:
    if isinstance(each, pikepdf.Stream):
        assert not {"/F", "/FFilter", "/FDecodeParms"} & set(each.keys())  # 6.1.7.1
        filters = each.get("/Filter", pikepdf.Array())
        names = [filters] if isinstance(filters, pikepdf.Name) else list(filters)
        assert not {"/LZWDecode", "/Crypt"} & {str(name) for name in names}
        if each.get("/Subtype") == pikepdf.Name.Image:  # 6.2.8
            assert not {"/Alternates", "/OPI", "/Interpolate", "/Intent"} & set(each.keys())
            space = each.ColorSpace
            kind = str(space) if isinstance(space, pikepdf.Name) else str(space[0])
            assert kind in {
                "/DeviceGray", "/DeviceRGB", "/Indexed", "/ICCBased", "/CalRGB", "/CalGray"
            }  # fmt: skip
    elif isinstance(each, pikepdf.Dictionary) and each.get("/Subtype") == pikepdf.Name.Type0:
        _font(each)


def _font(font: Any) -> None:
    (cid,) = font.DescendantFonts
    assert "/ToUnicode" in font
    program = TTFont(io.BytesIO(cid.FontDescriptor.FontFile2.read_bytes()))
    glyphs = cid.CIDToGIDMap.read_bytes()
    used = [int.from_bytes(glyphs[i : i + 2], "big") for i in range(2, len(glyphs), 2)]
    assert set(used) == {1}  # never .notdef, 6.2.11.8
    em = program["head"].unitsPerEm
    width = program["hmtx"][program.getGlyphOrder()[1]][0] * 1000 / em
    assert int(cid.DW) == width  # 6.2.11.5
    cmap = font.ToUnicode.read_bytes().decode().split("endcodespacerange")[1]
    targets = re.findall(r"<[0-9A-F]{4}> <([0-9A-F]+)>", cmap)
    assert len(targets) == len(set(targets)) == len(used)
    assert not {"0000", "FEFF", "FFFE"} & set(targets)  # 6.2.11.7.2


def _page(page: pikepdf.Page) -> None:
    mode = 0
    for command in pikepdf.parse_content_stream(page):
        name = str(command.operator)
        mode = int(command.operands[0]) if name == "Tr" else mode
        assert name != "Tj" or mode == 3
        assert name in {"q", "Q", "cm", "Do", "BT", "ET", "Tr", "Tf", "Tm", "Tz", "Tj"}
