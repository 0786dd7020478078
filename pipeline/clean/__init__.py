"""The clean room: a page image goes in, one that is ready to read comes out, with its measures.

Cleaning must help and never harm: each step acts only on what it measured, and a good page leaves
nearly as it came. The image keeps its resolution and its size (apart from a quarter turn), so boxes
read on it lie on the page; the engine's own taste in resolution is the recognise room's business.
"""

from __future__ import annotations

from typing import Final

from pipeline.clean.page import CleanPage, clean_page
from pipeline.clean.quality import ColourRegion, PageQuality
from pipeline.clean.stamps import StampLayer

#: Part of the key under which results are stored: raise it when results would differ.
STAGE_VERSION: Final = "2"

__all__ = [
    "STAGE_VERSION",
    "CleanPage",
    "ColourRegion",
    "PageQuality",
    "StampLayer",
    "clean_page",
]
