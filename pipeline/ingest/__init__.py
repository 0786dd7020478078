"""ingest: from a path to a :class:`models.source.SourceDocument`, and from there to page images.

The type is found by content, limits hold before anything is decoded, and each page is told apart:
scan or born digital. Originals are never altered.
"""

from pipeline.ingest.discover import Found, Skipped, discover, left_out, shown
from pipeline.ingest.examine import (
    STAGE_VERSION,
    examine,
    media_type_of,
    open_source,
    text_layer_lines,
    text_pages,
)
from pipeline.ingest.plain_text import decode, read_text
from pipeline.ingest.raster import load_page_image

__all__ = [
    "STAGE_VERSION",
    "Found",
    "Skipped",
    "decode",
    "discover",
    "examine",
    "left_out",
    "load_page_image",
    "media_type_of",
    "open_source",
    "read_text",
    "shown",
    "text_layer_lines",
    "text_pages",
]
