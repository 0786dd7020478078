"""What a file is, by its content. The name only serves to refuse text that claims to be more."""

from __future__ import annotations

import re
from pathlib import Path

from models.source import MediaType
from pipeline.errors import BadInput, Unsupported
from pipeline.ingest.encodings import unmarked_utf16

_SIGNATURES: tuple[tuple[bytes, MediaType], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
)
#: Readers accept a PDF header within the first 1024 bytes (ISO 32000-1, implementation note 13).
_PDF_WINDOW = 1024
_TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ""})
_KNOWN_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP container (Word .docx, Excel .xlsx or an archive)"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office file (.doc, .xls)"),
    (b"{\\rtf", "an RTF file"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"RIFF", "a WebP image or a media file"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%!PS", "a PostScript file"),
)
_MARKDOWN = re.compile(r"^#{1,6} \S|\*\*[^*\n]+\*\*", re.MULTILINE)


def sniff(head: bytes, size: int, name: Path) -> MediaType:
    """The media type of a file that starts with ``head`` (at least 4096 bytes where there are).

    :raises BadInput: for an empty file, or text under the name of a PDF or an image
    :raises Unsupported: for anything that we do not read
    """
    if size == 0:
        raise BadInput("The file is empty (0 bytes).", advice="Scan or export it again.")
    if b"%PDF-" in head[:_PDF_WINDOW]:
        return "application/pdf"
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    for signature, what in _KNOWN_OTHERS:
        if head.startswith(signature) and not (signature == b"BM" and _looks_like_text(head)):
            raise Unsupported(f"The file is {what}, which is not read.")
    suffix = name.suffix.lower()
    if not _looks_like_text(head):
        raise Unsupported("The file is neither PDF, TIFF, JPEG, PNG nor text.")
    if suffix in {".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"}:
        raise BadInput(
            f"The file is named {suffix} but holds plain text.",
            advice="Rename it to .txt if the text is the document, or export the document again.",
        )
    if suffix not in _TEXT_SUFFIXES:
        raise Unsupported(
            f"A text file named {suffix} is not read.",
            advice="If it is a document's text, rename it to .txt or .md.",
        )
    return "text/plain"


def text_type(text: str) -> MediaType:
    """Markdown or plain text; by content, so that a copy under another name is the same record."""
    return "text/markdown" if _MARKDOWN.search(text) else "text/plain"


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or unmarked_utf16(head) is not None:
        return True
    control = sum(1 for byte in head if byte < 32 and byte not in b"\t\n\r\f\x0b\x1a")
    return b"\x00" not in head and control <= len(head) * 0.05
