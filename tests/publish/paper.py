"""Printed pages whose words and boxes are known, and the records that go with them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PIL import Image, ImageFont

from models.directive import Directive, FieldValue, Source
from models.source import MediaType, SourceDocument, SourcePage
from models.text import Block, Edit, Line, PageText, Reading, Word
from pipeline.publish import Event, ExportItem
from tests import makers

DPI = 150
TEXT = """LIÊN ĐOÀN LAO ĐỘNG TỈNH HÀ GIANG
Ủy ban nhân dân các huyện, thành phố
Kính gửi: Các công đoàn cơ sở trực thuộc
Thực hiện Kế hoạch số 12/KH-LĐLĐ ngày 05/4/2022 của Liên đoàn Lao động tỉnh,
đề nghị đăng ký ít nhất 150 sáng kiến và gửi báo cáo trước ngày 30/6/2022./.
"""


def page_text(number: int = 1, text: str = TEXT, *, dpi: int = DPI) -> PageText:
    """What a perfect engine reads from ``makers.page_image(text)``, with the boxes of its ink."""
    size = (round(8.27 * dpi), round(11.69 * dpi))
    font = ImageFont.truetype(str(makers.TINOS), round(13 / 72 * dpi))
    lines, y = [], round(0.8 * dpi)
    for line in text.splitlines():
        words, at = [], 0
        for word in line.split():
            at = line.index(word, at)
            x = round(0.8 * dpi) + font.getlength(line[:at])
            _, top, _, bottom = font.getbbox(word)
            box = (x, y + top, x + font.getlength(word), y + bottom)
            fractions = tuple(v / size[i % 2] for i, v in enumerate(box))
            words.append(Word(text=word, bbox=fractions, confidence=0.93))
            at += len(word)
        lines.append(Line(words=tuple(words)))
        y += round(0.24 * dpi)
    return PageText(
        page=number,
        read_by="ocr",
        engine="tesseract 5",
        blocks=(Block(kind="header_left", lines=(lines[0],)), Block(lines=tuple(lines[1:]))),
        width_px=size[0],
        height_px=size[1],
    )


def repaired(page: PageText) -> PageText:
    """``page`` with a word that repair changed, one it proposes to change, and a guess."""
    block = page.blocks[1]
    words = list(block.lines[0].words)
    words[0] = words[0].model_copy(update={"raw": "Uỳ"})
    guess = Reading(source="second", alternatives=("đân",), handwritten=True)
    words[3] = words[3].model_copy(update={"reading": guess})
    first = Line(words=tuple(words))
    changed = block.model_copy(update={"lines": (first, *block.lines[1:])})
    proposal = Edit(
        line=1, word=2, raw="nhân", repaired="nhận", probability=0.7, reason="test", status="review"
    )
    return page.model_copy(update={"blocks": (page.blocks[0], changed), "edits": (proposal,)})


def source_of(
    path: Path, media_type: MediaType = "application/pdf", *, pages: int = 1, kind: str = "scan"
) -> SourceDocument:
    data = path.read_bytes()
    sheets = tuple(
        SourcePage(number=n, kind=kind, width_pt=595.2, height_pt=841.92, image_dpi=DPI)  # type: ignore[arg-type]
        for n in range(1, pages + 1)
    )
    return SourceDocument(
        sha256=hashlib.sha256(data).hexdigest(),
        byte_size=len(data),
        media_type=media_type,
        kind="text" if kind == "text" else "born_digital" if kind == "born_digital" else "scan",
        pages=sheets,
    )


def directive_of(source: SourceDocument, **fields: FieldValue) -> Directive:
    known = {
        "issuer": FieldValue(value="Liên đoàn Lao động tỉnh Hà Giang", status="accepted"),
        "doc_type": FieldValue(value="Công văn", status="accepted"),
        "subject": FieldValue(value="đẩy mạnh phong trào <thi đua>", status="review"),
        "number": FieldValue(value="45/LĐLĐ", status="accepted"),
        "issued": FieldValue(value="2022-05-12", status="accepted"),
    }
    return Directive(
        id="vt-0123456789abcdef",
        source=Source(
            path="in/quét 45.pdf",
            sha256=source.sha256,
            media_type=source.media_type,
            pages=len(source.pages),
            kind=source.kind,
        ),
        **(known | fields),
    )


def printed() -> Image.Image:
    """The page itself."""
    return makers.page_image(TEXT, dpi=DPI)


#: When the documents of tests came, and when their records were made (UTC).
SEEN = "2024-03-01T17:30:00.123456Z"
MADE = "2024-03-02T01:00:00Z"


def scanned_item(folder: Path, **fields: FieldValue) -> ExportItem:
    """A scan of one page with all that is exported of it."""
    original = makers.scanned_pdf(folder / "scan.pdf", [printed()], dpi=DPI)
    source = source_of(original)
    record = directive_of(source, **fields)
    return ExportItem(record, source, [page_text()], original, SEEN, [Event(MADE, "created")])


def text_item(folder: Path) -> ExportItem:
    """A text file."""
    original = folder / "a.txt"
    original.write_text("Số: 45/CĐN")
    source = source_of(original, "text/plain", kind="text")
    pages = [PageText(page=1, read_by="text")]
    record = directive_of(source).model_copy(update={"id": "vt-fedcba9876543210"})
    return ExportItem(record, source, pages, original, SEEN, [Event(MADE, "created")])


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
