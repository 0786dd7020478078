"""Documents for tests: text files and engine-read pages."""

from __future__ import annotations

import hashlib
from pathlib import Path

from models.directive import Directive
from models.source import SourceDocument, SourcePage
from models.text import Block, BlockKind, Line, PageText, Word
from pipeline.extract import extract
from pipeline.settings import ExtractSettings

SHARED = Path(__file__).resolve().parents[3] / "shared"


def source_of(text: str) -> SourceDocument:
    data = text.encode("utf-8", "replace")
    return SourceDocument(
        sha256=hashlib.sha256(data).hexdigest(),
        byte_size=len(data),
        media_type="text/plain",
        kind="text",
        pages=(SourcePage(number=1, kind="text"),),
    )


def text_pages(text: str) -> list[PageText]:
    pages = []
    for number, page in enumerate(text.split("\f"), 1):
        lines = tuple(
            Line(words=tuple(Word(text=word) for word in line.split())) for line in page.split("\n")
        )
        pages.append(PageText(page=number, read_by="text", blocks=(Block(lines=lines),)))
    return pages


def ocr_page(*blocks: tuple[BlockKind, str], confidence: float = 0.96, page: int = 1) -> PageText:
    """Blocks of lines as an engine gives them, each word in a box of its own."""
    made = []
    y = 0.05
    for kind, text in blocks:
        lines = []
        for line in text.strip("\n").split("\n"):
            words = tuple(
                Word(
                    text=word,
                    bbox=(0.1 + 0.02 * i, y, 0.1 + 0.02 * (i + 1), y + 0.015),
                    confidence=confidence,
                )
                for i, word in enumerate(line.split())
            )
            lines.append(Line(words=words))
            y = min(0.95, y + 0.016)
        made.append(Block(kind=kind, lines=tuple(lines)))
    return PageText(page=page, read_by="ocr", blocks=tuple(made))


def read(text: str) -> Directive:
    return extract(source_of(text), text_pages(text), ExtractSettings())


def read_pages(*pages: PageText) -> Directive:
    return extract(source_of("scan"), pages, ExtractSettings())


#: A plan by an invented district federation, laid out as Decree 30 wants it.
PLAN = """LIÊN ĐOÀN LAO ĐỘNG TỈNH ĐỒNG NAI
LIÊN ĐOÀN LAO ĐỘNG HUYỆN SÔNG MÂY

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số: 34 /KH-LĐLĐ

Sông Mây, ngày 05 tháng 3 năm 2022

KẾ HOẠCH
Tổ chức phong trào thi đua “Mỗi người một việc tốt vì cộng đồng”

Căn cứ Kế hoạch số 12/KH-LĐLĐ ngày 10/02/2022 của Ban Thường vụ Liên đoàn Lao động tỉnh \
về việc phát động thi đua; Công văn số 259-CV/HU, ngày 01/3/2022 của Huyện ủy;

I. CHỈ TIÊU

- 100% Công đoàn cơ sở xây dựng kế hoạch.
- Giao chỉ tiêu là 30 sáng kiến, trong đó: giai đoạn 1 đến hết ngày 30/6/2022 là 10 sáng kiến, \
giai đoạn 2 là 20 sáng kiến.

II. TỔ CHỨC THỰC HIỆN

Đề nghị Công đoàn cơ sở báo cáo kết quả trước ngày 15/12/2022; báo cáo trước ngày 20 hàng tháng.

Nơi nhận:
- Như trên;
- Ban Tuyên giáo
Huyện ủy;
- Lưu: VT.

TM. BAN THƯỜNG VỤ
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH

Lê Thị Hồng Thắm
"""
