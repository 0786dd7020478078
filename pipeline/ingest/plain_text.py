"""Text files: decoded, split into pages at form feeds, kept line by line."""

from __future__ import annotations

from dataclasses import replace

from models.text import Block, Line, PageText, Word
from pipeline.errors import BadInput
from pipeline.ingest.encodings import Decoded, decode_bytes


def read_text(data: bytes) -> Decoded:
    """The text of a file in NFC, whatever encoding it was in, with findings that say which.

    :raises Unsupported: where the bytes are no Vietnamese text in an encoding that can be told
    :raises BadInput: where there is no text at all
    """
    decoded = decode_bytes(data)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not text.strip():
        raise BadInput("The file holds no text, only blanks.", advice="Export the text again.")
    return replace(decoded, text=text)


def decode(data: bytes) -> str:
    """The text of a file; see :func:`read_text`."""
    return read_text(data).text


def split_pages(text: str) -> list[str]:
    """Pages of a text: a form feed ends one. A trailing form feed opens no empty page."""
    pages = text.split("\f")
    while len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    return pages


def page_text(text: str, page: int) -> PageText:
    """One page of a text file as words; blank lines are kept as lines without words."""
    lines = tuple(
        Line(words=tuple(Word(text=word) for word in line.split())) for line in text.split("\n")
    )
    return PageText(page=page, read_by="text", blocks=(Block(kind="body", lines=lines),))
