"""Packages of documents, and what is read back from them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from lxml import etree

from pipeline.publish import Exported, ExportItem, folder_format_named
from tests.publish import paper

PREMIS = {"p": "http://www.loc.gov/premis/v3"}


def packed(item: ExportItem, folder: Path) -> Path:
    """The package of a document."""
    (done,) = folder_format_named("aip").export([item], folder)
    assert done.failure is None
    (root,) = folder.iterdir()
    assert {root / path for path in paper.files_of(root)} == set(done.paths)
    return root


def left_out(item: ExportItem, folder: Path, form: str = "aip") -> Exported:
    (done,) = folder_format_named(form).export([item], folder)
    assert done.failure is not None
    return done


def changed(item: ExportItem, **fields: object) -> ExportItem:
    """The same document with other fields in its record."""
    return dataclasses.replace(item, directive=item.directive.model_copy(update=fields))


def told(root: Path, path: str, question: str) -> list[str]:
    return [element.text for element in etree.parse(str(root / path)).iterfind(question, PREMIS)]


def circular(root: Path, path: str) -> dict[str, str]:
    return {element.tag: element.text for element in etree.parse(str(root / path)).getroot()}
