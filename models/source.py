"""What ``ingest`` knows of a file before anything is read from its pages."""

from __future__ import annotations

from typing import Literal

from models.base import BBox, Model
from models.finding import Finding
from models.text import Word

MediaType = Literal[
    "application/pdf", "image/tiff", "image/jpeg", "image/png", "text/plain", "text/markdown"
]

#: How a page must be read: by an engine, from its sound text layer, or as text as it stands.
PageKind = Literal["scan", "born_digital", "text"]

SourceKind = Literal["scan", "born_digital", "mixed", "text"]


class SourcePage(Model):
    """One page of a source: how it must be read and why.

    ``width_pt`` and ``height_pt`` are in PostScript points (1/72 inch) as displayed (after the
    page's own rotation); ``image_dpi`` is the native resolution of the image that covers a scanned
    page, where there is one.
    """

    number: int
    kind: PageKind
    reason: str = ""
    width_pt: float | None = None
    height_pt: float | None = None
    image_dpi: float | None = None
    text_layer_chars: int = 0


class DigitalSignature(Model):
    """Facts of one digital signature, as the file states them (not a validation of it).

    ``signed_at`` is ISO 8601 with its offset. The signature's time is an upper bound for the
    document's date, no proof of it. ``stamp_text`` is what the visible mark says, ``stamp_words``
    its words with boxes on the page. Signing software fills the number and the day of born-digital
    documents in as such marks.
    """

    signer: str | None = None
    organisation: str | None = None
    signed_at: str | None = None
    page: int | None = None
    bbox: BBox | None = None
    stamp_text: str = ""
    stamp_words: tuple[Word, ...] = ()


class SourceDocument(Model):
    """A file as the archive keeps it: identity, form, pages, signatures."""

    sha256: str
    byte_size: int
    media_type: MediaType
    kind: SourceKind
    pages: tuple[SourcePage, ...]
    signatures: tuple[DigitalSignature, ...] = ()
    findings: tuple[Finding, ...] = ()
