"""Scanned letters of invented offices, as the engines give them: handwriting with two readings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from models.source import DigitalSignature, SourceDocument, SourcePage
from models.text import Block, BlockKind, Line, PageText, Reading, Word

#: A word: its text, or its text as read and the other engine's reading, written by hand.
Piece = str | tuple[str, str]

BODY = """Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05/3/2020 của Chính phủ về công tác văn thư;
Thực hiện Kế hoạch số 12/KH-UBND ngày {cited} của UBND tỉnh về chuyển đổi số, Chủ tịch Ủy ban
nhân dân tỉnh yêu cầu các sở, ban, ngành nghiêm túc triển khai các nội dung nêu trên. {more}"""


def _line(pieces: Sequence[Piece], y: float) -> Line:
    words = []
    for index, piece in enumerate(pieces):
        box = (0.1 + 0.05 * index, y, 0.14 + 0.05 * index, y + 0.015)
        if isinstance(piece, str):
            words.append(Word(text=piece, bbox=box, confidence=0.98))
            continue
        text, other = piece
        reading = Reading(alternatives=(other,) if other else (), handwritten=True)
        words.append(Word(text=text, bbox=box, confidence=0.2, reading=reading))
    return Line(words=tuple(words))


def _block(kind: BlockKind, lines: Sequence[Sequence[Piece]], y: float) -> Block:
    return Block(
        kind=kind, lines=tuple(_line(pieces, y + 0.02 * i) for i, pieces in enumerate(lines))
    )


def _words(text: str) -> list[Piece]:
    return list(text.split())


def letter(
    serial: Piece,
    day: Piece,
    *,
    symbol: str = "CT-UBND",
    month: int = 9,
    year: int = 2023,
    cited: str = "02/3/2023",
    more: str = "",
) -> PageText:
    """A directive of an invented day by the committee of Lâm Đồng."""
    left: list[list[Piece]] = [
        ["ỦY", "BAN", "NHÂN", "DÂN"],
        ["TỈNH", "LÂM", "ĐỒNG"],
        ["Số:", serial, f"/{symbol}"],
    ]
    right: list[list[Piece]] = [
        _words("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        _words("Độc lập - Tự do - Hạnh phúc"),
        ["Lâm", "Đồng,", "ngày", day, "tháng", f"{month:02d}", "năm", str(year)],
    ]
    text = f"CHỈ THỊ\nVề việc chuyển đổi số\n{BODY.format(cited=cited, more=more)}"
    copies = ("Nơi nhận:", "- Như trên;", "- Lưu: VT.")
    blocks = (
        _block("header_left", left, 0.05),
        _block("header_right", right, 0.05),
        _block("body", [_words(line) for line in text.split("\n")], 0.3),
        _block("recipients", [_words(line) for line in copies], 0.8),
        _block("signature", [_words("CHỦ TỊCH"), _words("Lê Văn Bách")], 0.8),
    )
    return PageText(page=1, read_by="ocr", blocks=blocks, width_px=1000, height_px=1400)


def scan_of(page: PageText, signed: str | None = None) -> SourceDocument:
    """The source of a page, signed digitally on ``signed``."""
    data = page.model_dump_json().encode()
    signatures = () if signed is None else (DigitalSignature(signed_at=f"{signed}T10:00:00+07:00"),)
    return SourceDocument(
        sha256=hashlib.sha256(data).hexdigest(),
        byte_size=len(data),
        media_type="application/pdf",
        kind="scan",
        pages=(SourcePage(number=1, kind="scan"),),
        signatures=signatures,
    )
