"""The frame of a page: the image that its boxes refer to and the page as it lies in the file."""

from __future__ import annotations

from models.geometry import Frame
from models.source import SourcePage
from models.text import PageText

#: Pages that no image was read of (text layers) are measured at this resolution.
NOMINAL_DPI = 300


def frame_of(page: SourcePage, text: PageText) -> Frame:
    """The frame of a page; of its size on paper where no image of it was read."""
    turn = text.turn
    if text.width_px and text.height_px:
        return Frame(text.width_px, text.height_px, turn)
    width = round((page.width_pt or 595.0) / 72 * NOMINAL_DPI)
    height = round((page.height_pt or 842.0) / 72 * NOMINAL_DPI)
    return Frame(max(1, width), max(1, height), turn)
