"""Printing: pages to a PDF with a sound text layer, and such a PDF to page images."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from pdf2image import convert_from_bytes
from reportlab.pdfgen.canvas import Canvas

from samples.lines import Page, Piece
from samples.typeset import HEIGHT, WIDTH

Grey = NDArray[np.uint8]


def print_pdf(pages: list[Page]) -> bytes:
    """A born-digital PDF, the same bytes every time (no time stamp, no random identifier)."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1)
    for page in pages:
        for line in page.lines:
            for piece in line.pieces:
                if not piece.hand:
                    _draw(canvas, piece, line.y)
        canvas.setLineWidth(0.7)
        for x0, x1, y in page.rules:
            canvas.line(x0, HEIGHT - y, x1, HEIGHT - y)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw(canvas: Canvas, piece: Piece, y: float) -> None:
    canvas.setFont(piece.font, piece.size)
    canvas.drawString(piece.x, HEIGHT - y, piece.text)


def rasterise(pdf: bytes, dpi: int) -> list[Grey]:
    """Grey images of the pages as a printer would put them on paper."""
    images = convert_from_bytes(pdf, dpi=dpi, grayscale=True, thread_count=1)
    return [np.asarray(image.convert("L"), dtype=np.uint8) for image in images]
