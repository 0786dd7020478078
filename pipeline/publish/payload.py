"""What packages for preservation hold of a document: the original and all that was made of it.

The record is complete: a package holds the original, so leaving personal data out of the record
beside it would hide nothing.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

from models.source import MediaType
from pipeline.errors import BadInput
from pipeline.publish.documents import alto_files
from pipeline.publish.dublincore import simple_dc
from pipeline.publish.folder import ExportItem, write_whole
from pipeline.publish.pdfa import write_pdfa

_CHUNK: Final = 1 << 20
SUFFIXES: Final[dict[MediaType, str]] = {
    "application/pdf": ".pdf",
    "image/tiff": ".tif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "text/plain": ".txt",
    "text/markdown": ".md",
}


@dataclass(frozen=True, slots=True)
class Digests:
    """The size of a file in bytes and its hashes, in lower-case hex."""

    size: int
    sha256: str
    sha512: str


def digests_of(path: Path) -> Digests:
    """Read ``path`` once for its size and both hashes."""
    sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            sha256.update(chunk)
            sha512.update(chunk)
            size += len(chunk)
    return Digests(size, sha256.hexdigest(), sha512.hexdigest())


def original_file(item: ExportItem, folder: Path) -> Path:
    """A copy of the original, ``original`` and the suffix of its type, checked against its hash.

    :raises BadInput: it is missing, or is not what was archived
    """
    target = folder / f"original{SUFFIXES[item.source.media_type]}"
    digest = hashlib.sha256()
    try:
        stream = item.original.open("rb")
    except OSError as error:
        raise BadInput(
            f"The stored original cannot be read: {error.strerror}.",
            advice="Run 'vanthu verify', and ingest the file again.",
        ) from None
    with stream, target.open("xb") as out:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != item.source.sha256:
        raise BadInput(
            "The stored original is damaged: its SHA-256 is not the one that was archived.",
            advice="Run 'vanthu verify', and ingest the file again.",
        )
    return target


def record_file(item: ExportItem, target: Path) -> Path:
    """The record as ``vanthu export --format jsonl`` has it, indented."""
    text = item.directive.model_dump_json(by_alias=True, indent=2) + "\n"
    return write_whole(target, lambda out: _only(out.write(text.encode())))


def dublin_core_file(item: ExportItem, target: Path) -> Path:
    """The record in simple Dublin Core."""
    return write_xml(target, simple_dc(item.directive))


def page_files(item: ExportItem, folder: Path) -> tuple[Path, ...]:
    """``access.pdf`` (PDF/A) and the folder ``alto``; nothing where there are no pages.

    :raises InputError: the pages cannot be made
    """
    if item.source.kind == "text":
        return ()
    access = write_whole(
        folder / "access.pdf",
        lambda out: write_pdfa(item.original, item.source, item.pages, item.directive, out),
    )
    return (access, *alto_files(item, folder, "alto"))


def write_xml(target: Path, root: etree._Element) -> Path:
    """Write a tree as UTF-8, indented."""
    etree.indent(root)
    data = etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"
    return write_whole(target, lambda out: _only(out.write(data)))


def _only(_: int) -> None:
    """Nothing: what ``write`` counts is not wanted."""
