"""Tinos, the metric twin of the prescribed Times New Roman, checked letter by letter.

A font that lacks a letter prints a box without complaint (Liberation lacks 92 of the 134), so the
samples would be wrong in silence: the check is loud and comes before the first page.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont as FontFile
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from models.vietnamese import LETTERS

FACES = ("Regular", "Bold", "Italic", "BoldItalic")
PUNCTUATION = "“”‘’–—-…./,:;!?()&%+*'\"0123456789"
_FOLDERS = (
    "/usr/share/fonts/truetype/croscore",
    "/usr/share/fonts/croscore",
    "/usr/share/fonts/google-croscore",
    "/usr/local/share/fonts",
)


class FontUnfit(RuntimeError):
    """The font is missing or does not have every letter."""


def font_file(face: str) -> Path:
    """The file of a face of Tinos; ``VANTHU_SAMPLE_FONTS`` may name another folder."""
    folders = [f for f in (os.environ.get("VANTHU_SAMPLE_FONTS"), *_FOLDERS) if f]
    for folder in folders:
        path = Path(folder) / f"Tinos-{face}.ttf"
        if path.is_file():
            return path
    raise FontUnfit(
        f"Tinos-{face}.ttf is not installed. Install it with: apt-get install fonts-croscore"
    )


def missing_letters(path: Path) -> str:
    """Letters and punctuation of Vietnamese documents that the font has no glyph for."""
    with FontFile(path, lazy=True) as font:
        known = font.getBestCmap()
    return "".join(c for c in LETTERS + PUNCTUATION if ord(c) not in known)


def require_complete(path: Path) -> None:
    missing = missing_letters(path)
    if missing:
        raise FontUnfit(
            f"{path.name} lacks {len(missing)} characters ({missing[:20]}). "
            "Install a complete Tinos with: apt-get install fonts-croscore"
        )


@cache
def register() -> None:
    """Check the four faces and make them known to the typesetter, once a process."""
    for face in FACES:
        path = font_file(face)
        require_complete(path)
        pdfmetrics.registerFont(TTFont(f"Tinos-{face}", str(path)))


def face(bold: bool = False, italic: bool = False) -> str:
    return "Tinos-" + (("Bold" if bold else "") + ("Italic" if italic else "") or "Regular")


def width(text: str, font: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(text, font, size))
