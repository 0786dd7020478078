"""The files of one document in each page form: what ``folder`` calls for the formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from models.text import PageText
from pipeline.publish.alto import write_alto
from pipeline.publish.folder import ExportItem, write_whole
from pipeline.publish.hocr import write_hocr
from pipeline.publish.pdfa import check_pages, write_pdfa


def pdfa_files(item: ExportItem, folder: Path, name: str) -> tuple[Path, ...]:
    """The document as PDF/A."""

    def write(out: BinaryIO) -> None:
        write_pdfa(item.original, item.source, item.pages, item.directive, out)

    return (write_whole(folder / f"{name}.pdf", write),)


def hocr_files(item: ExportItem, folder: Path, name: str) -> tuple[Path, ...]:
    """The document as one hOCR file."""
    check_pages(item.source, item.pages)

    def write(out: BinaryIO) -> None:
        write_hocr(item.source, item.pages, item.directive, out)

    return (write_whole(folder / f"{name}.hocr.html", write),)


def alto_files(item: ExportItem, folder: Path, name: str) -> tuple[Path, ...]:
    """A folder with one ALTO file for each page."""
    check_pages(item.source, item.pages)
    below = folder / name
    below.mkdir(exist_ok=True)

    def writer(page: PageText) -> Callable[[BinaryIO], None]:
        return lambda out: write_alto(item.source, page, item.directive, out)

    return tuple(
        write_whole(below / f"{page.page:04d}.alto.xml", writer(page)) for page in item.pages
    )
