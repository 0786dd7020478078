"""Text files: decoded, split into pages at form feeds, kept line by line."""

from __future__ import annotations

from models.text import Block, Line, PageText, Word
from models.vietnamese import nfc, vietnamese_share
from pipeline.errors import BadInput, Unsupported


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with a mark, or Windows code page 1258; always NFC.

    :raises Unsupported: where the bytes are no Vietnamese text in one of these
    :raises BadInput: where there is no text at all
    """
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n")
    text = nfc(text.replace("\x00", ""))
    if not text.strip():
        raise BadInput("The file holds no text, only blanks.", advice="Export the text again.")
    return text


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise BadInput("The file starts as UTF-16 but is damaged.", detail=str(error)) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = str(error)
    text = nfc(data.decode("cp1258", errors="replace"))
    if "\ufffd" not in text and vietnamese_share(text) >= 0.8:
        return text
    raise Unsupported(
        "The text is in an encoding that is not recognised.",
        advice="Save the text as UTF-8 (Unicode) and ingest that file.",
        detail=detail,
    )


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
