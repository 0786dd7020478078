"""One file examined: its type, its pages, how each must be read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from models.finding import Finding
from models.source import (
    DigitalSignature,
    MediaType,
    SourceDocument,
    SourceKind,
    SourcePage,
)
from models.text import PageText, Word
from pipeline.errors import BadInput, TooLarge, UnreadableFile
from pipeline.ingest.encodings import Decoded
from pipeline.ingest.images import examine_image
from pipeline.ingest.pdf import examine_pdf, fonts_by_page, opened, without_annotations
from pipeline.ingest.plain_text import page_text, read_text, split_pages
from pipeline.ingest.sniff import sniff, text_type
from pipeline.ingest.text_layer import read_layer, with_fill_ins
from pipeline.settings import IngestSettings, Limits

STAGE_VERSION = "2"
_HEAD_BYTES = 8192


def open_source(path: Path) -> BinaryIO:
    """Open a source for reading, once and for all: what is hashed is what is examined.

    :raises UnreadableFile: where it is gone, may not be read, or is no regular file by now
    """
    try:
        # Not blocking: a pipe that took the file's place since discovery must not hang us.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UnreadableFile(
            f"The file cannot be opened: {error.strerror}.", detail=str(error)
        ) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnreadableFile("The path is no longer a regular file.")
    return os.fdopen(descriptor, "rb")


def media_type_of(content: Path, name: Path) -> MediaType:
    """What the file is, by its bytes; refuses what is not read.

    Apart from :func:`examine` because text is refused under the name of a PDF or an image: that
    depends on the name, a stored result does not.
    """
    size = content.stat().st_size
    with content.open("rb") as file:
        return sniff(file.read(_HEAD_BYTES), size, name)


def examine(
    content: Path,
    media_type: MediaType,
    sha256: str,
    scratch: Path,
    settings: IngestSettings,
    limits: Limits,
) -> SourceDocument:
    """Examine the file whose bytes lie at ``content``; the result depends on them alone.

    ``scratch`` is an empty folder for working copies.

    :raises InputError: in one of its kinds, where the file cannot be taken in
    """
    signatures: tuple[DigitalSignature, ...] = ()
    findings: tuple[Finding, ...] = ()
    if media_type == "application/pdf":
        pages, signatures, findings = examine_pdf(content, scratch, settings, limits)
    elif media_type.startswith("image/"):
        pages = examine_image(content, settings, limits)
    else:
        decoded = _text(content, limits)
        media_type = text_type(decoded.text)
        pages, findings = _text_source_pages(decoded.text, limits), decoded.findings
    if not pages:
        raise BadInput("The file has no pages.")
    return SourceDocument(
        sha256=sha256,
        byte_size=content.stat().st_size,
        media_type=media_type,
        kind=_kind(pages),
        pages=pages,
        signatures=signatures,
        findings=findings,
    )


def text_pages(content: Path, limits: Limits) -> list[PageText]:
    """The pages of a text file as words."""
    parts = split_pages(_text(content, limits).text)
    return [page_text(part, number) for number, part in enumerate(parts, start=1)]


def text_layer_lines(
    content: Path, source: SourceDocument, page: int, scratch: Path, limits: Limits
) -> tuple[tuple[Word, ...], ...]:
    """Lines of words of one born-digital page: signature marks left out, filled-in numbers in."""
    with opened(content) as pdf:
        fonts = fonts_by_page(pdf)
        stripped = without_annotations(pdf, scratch)
    layer = read_layer(stripped, timeout_seconds=limits.page_seconds, page=page, fonts=fonts)
    lines = layer[page].lines if page in layer else ()
    return with_fill_ins(lines, source.signatures, page)


def _text(content: Path, limits: Limits) -> Decoded:
    size = content.stat().st_size
    if size > limits.text_file_megabytes * 2**20:
        raise TooLarge(
            f"The text file has {size / 2**20:,.0f} MB; the limit is "
            f"{limits.text_file_megabytes} MB.",
            advice="Split it, or raise VANTHU_LIMITS__TEXT_FILE_MEGABYTES.",
        )
    return read_text(content.read_bytes())


def _text_source_pages(text: str, limits: Limits) -> tuple[SourcePage, ...]:
    parts = split_pages(text)
    if len(parts) > limits.document_pages:
        raise TooLarge(
            f"The text has {len(parts):,} pages; the limit is {limits.document_pages:,}.",
            advice="Split it, or raise VANTHU_LIMITS__DOCUMENT_PAGES.",
        )
    return tuple(
        SourcePage(number=n, kind="text", reason="a text file", text_layer_chars=len(part))
        for n, part in enumerate(parts, start=1)
    )


def _kind(pages: tuple[SourcePage, ...]) -> SourceKind:
    kinds = {page.kind for page in pages}
    if kinds == {"text"}:
        return "text"
    if len(kinds) > 1:
        return "mixed"
    return "scan" if kinds == {"scan"} else "born_digital"
