"""Drawn pages: lines of text, seals, stamps."""

from __future__ import annotations

import functools
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

FONT = Path("/usr/share/fonts/truetype/croscore/Tinos-Regular.ttf")
DPI = 150
Array = npt.NDArray[np.uint8]

needs_font = pytest.mark.skipif(
    not FONT.exists(), reason="the Tinos font (fonts-croscore) is not installed"
)

_TEXT = (
    "Căn cứ Luật Công đoàn và kế hoạch của Tổng Liên đoàn Lao động",
    "Việt Nam về việc tổ chức các hoạt động trong Tháng Công nhân,",
    "Ban Thường vụ đề nghị các cấp công đoàn triển khai thực hiện.",
)


@functools.cache
def _sheet(lines: int) -> Array:
    sheet = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(sheet)
    face = ImageFont.truetype(str(FONT), 28)
    for row in range(lines):
        draw.text((190, 200 + 44 * row), _TEXT[row % 3], font=face, fill=20)
    return np.asarray(sheet)


def text_page(lines: int = 24) -> Array:
    """An upright grey A4 page at :data:`DPI`."""
    return _sheet(lines).copy()


def tilted(page: Array, degrees: float) -> Array:
    """The page as laid askew; its lines fall to the right by ``degrees``."""
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return np.asarray(
        cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255,) * 3),
        dtype=np.uint8,
    )


def coloured(page: Array) -> Array:
    return np.ascontiguousarray(np.repeat(page[:, :, None], 3, axis=2))


def seal(
    page: Array,
    colour: tuple[int, int, int],
    centre: tuple[int, int] = (620, 700),
    radius: int = 115,
) -> Array:
    """The RGB page with a round seal stamped over it; black print stays black below."""
    ink = np.full_like(page, 255)
    cv2.circle(ink, centre, radius, colour, 12)
    cv2.circle(ink, centre, radius // 2, colour, -1)
    return np.minimum(page, ink)
