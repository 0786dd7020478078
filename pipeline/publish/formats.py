"""The formats of ``vanthu export``: a name, and the function that writes it.

A format is one line in :data:`FORMATS` (one stream for all directives), in :data:`SET_FORMATS` (a
folder with a few files for all of them) or in :data:`FOLDER_FORMATS` (files for each document, in a
folder). The function of a stream format takes directives and a binary stream and says how many it
wrote. It is imported when it is asked for, so that a library for one format costs nothing to the
others. The same directives in the same order give the same bytes, always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol, cast

from models.directive import Directive
from pipeline.errors import UsageProblem

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.publish.folder import Exported, ExportItem, FolderWriter


class Writer(Protocol):
    """Writes directives to a stream; how many. Options are those that the format names."""

    def __call__(self, directives: Iterable[Directive], out: BinaryIO, **options: Any) -> int: ...


class SetWriter(Protocol):
    """Writes directives into a folder of files for all of them; how many."""

    def __call__(self, directives: Iterable[Directive], folder: Path) -> int: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format of export. ``target`` is ``module:function`` of its :class:`Writer`.

    ``binary``: not for a terminal. ``options`` are keyword arguments that the writer takes.
    """

    name: str
    suffix: str
    media_type: str
    description: str
    target: str
    binary: bool = False
    options: tuple[str, ...] = ()

    @property
    def write(self) -> Writer:
        """The function that writes it."""
        module, _, function = self.target.partition(":")
        return cast(Writer, getattr(import_module(module), function))


@dataclass(frozen=True, slots=True)
class SetFormat:
    """A format of a few files for all directives. ``target`` names its :class:`SetWriter`."""

    name: str
    description: str
    target: str

    @property
    def write(self) -> SetWriter:
        """The function that writes it."""
        module, _, function = self.target.partition(":")
        return cast(SetWriter, getattr(import_module(module), function))


@dataclass(frozen=True, slots=True)
class FolderFormat:
    """A format of export with files for each document, or one package of them all.

    ``target`` is ``module:function`` of its ``FolderWriter`` (see ``pipeline.publish.folder``);
    where the documents come ``together``, of a function like ``export_files`` without a writer.
    """

    name: str
    suffix: str
    media_type: str
    description: str
    target: str
    together: bool = False

    @property
    def write(self) -> FolderWriter:
        """The function that writes one document."""
        return cast("FolderWriter", self._function())

    def export(self, items: Iterable[ExportItem], folder: Path) -> Iterator[Exported]:
        """Write documents into ``folder``; one outcome for each, in order."""
        from pipeline.publish.folder import export_files

        if self.together:
            return cast("Callable[..., Iterator[Exported]]", self._function())(items, folder)
        return export_files(items, folder, self.write)

    def _function(self) -> object:
        module, _, function = self.target.partition(":")
        return getattr(import_module(module), function)


_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ALL: Final = (
    Format(
        name="jsonl",
        suffix=".jsonl",
        media_type="application/x-ndjson",
        description="one directive a line, complete, after 'vanthu schema'",
        target="pipeline.publish.jsonl:write_jsonl",
    ),
    Format("csv", ".csv", "text/csv", "one flat table of directives",
           "pipeline.publish.csvs:write_csv", options=("bom",)),
    Format("xlsx", ".xlsx", _XLSX, "a workbook with a sheet for each table",
           "pipeline.publish.xlsx:write_xlsx", binary=True, options=("language",)),
    Format("register", ".xlsx", _XLSX, "the register of documents, in the form of Decree 30/2020",
           "pipeline.publish.register:write_register", binary=True, options=("register",)),
    Format("parquet", ".parquet", "application/vnd.apache.parquet",
           "the contract as nested columns", "pipeline.publish.parquet:write_parquet", binary=True),
    Format("dc", ".rdf", "application/rdf+xml", "Dublin Core in RDF/XML, accepted values only",
           "pipeline.publish.dublincore:write_dublin_core"),
)  # fmt: skip
#: Other endings that tell a format.
_SUFFIXES: Final = {".ndjson": "jsonl", ".xml": "dc"}

_ALL_SETS: Final = (
    SetFormat("csvw", "CSV files of all tables with their metadata after W3C CSVW",
              "pipeline.publish.csvs:write_csvw"),
)  # fmt: skip

_ALL_FOLDERS: Final = (
    FolderFormat(
        name="pdfa",
        suffix=".pdf",
        media_type="application/pdf",
        description="PDF/A-2b with our text as an invisible layer, one file a document",
        target="pipeline.publish.documents:pdfa_files",
    ),
    FolderFormat(
        name="alto",
        suffix=".alto.xml",
        media_type="application/alto+xml",
        description="ALTO 4.4, a folder a document with one file a page",
        target="pipeline.publish.documents:alto_files",
    ),
    FolderFormat(
        name="hocr",
        suffix=".hocr.html",
        media_type="text/vnd.hocr+html",
        description="hOCR 1.2, one file a document, for a browser",
        target="pipeline.publish.documents:hocr_files",
    ),
    FolderFormat(
        name="bagit",
        suffix="",
        media_type="application/octet-stream",
        description="one BagIt bag (RFC 8493) with originals, records, PDF/A, ALTO, Dublin Core",
        target="pipeline.publish.bagit_export:export_bag",
        together=True,
    ),
    FolderFormat(
        name="aip",
        suffix="",
        media_type="application/octet-stream",
        description="archival information packages (E-ARK CSIP, Circular 05/2025/TT-BNV), a folder "
        "a document",
        target="pipeline.publish.aip:aip_files",
    ),
    FolderFormat(
        name="aip-zip",
        suffix=".zip",
        media_type="application/zip",
        description="the same packages, a ZIP file a document",
        target="pipeline.publish.aip:aip_zip",
    ),
)

#: By name, in the order in which they are offered.
FORMATS: Final[dict[str, Format]] = {known.name: known for known in _ALL}
SET_FORMATS: Final[dict[str, SetFormat]] = {known.name: known for known in _ALL_SETS}
FOLDER_FORMATS: Final[dict[str, FolderFormat]] = {known.name: known for known in _ALL_FOLDERS}


def format_named(name: str) -> Format:
    """The stream format of that name.

    :raises UsageProblem: there is none
    """
    known = name.strip().lower()
    if known in FOLDER_FORMATS or known in SET_FORMATS:
        raise UsageProblem(
            f"The format {known!r} is one of files, not of one stream.",
            advice="Give -o the path of a folder.",
        )
    try:
        return FORMATS[known]
    except KeyError:
        raise _unknown(name) from None


def folder_format_named(name: str) -> FolderFormat:
    """The format of that name that is written into a folder.

    :raises UsageProblem: there is none
    """
    try:
        return FOLDER_FORMATS[name.strip().lower()]
    except KeyError:
        raise _unknown(name) from None


def set_format_named(name: str) -> SetFormat | None:
    """The format of that name that is a few files for all directives, if it is one."""
    return SET_FORMATS.get(name.strip().lower())


def format_of_suffix(suffix: str) -> str | None:
    """The name of the stream format that files with this ending have, if one has."""
    told = {known.suffix: known.name for known in reversed(_ALL)} | _SUFFIXES
    return told.get(suffix.lower())


def is_folder_format(name: str) -> bool:
    """Whether the format of that name (if there is one) is written into a folder."""
    return name.strip().lower() in FOLDER_FORMATS


def _unknown(name: str) -> UsageProblem:
    known = ", ".join(format_names())
    return UsageProblem(f"There is no format {name!r}.", advice=f"Formats: {known}.")


def format_names() -> list[str]:
    """All formats, in the order in which they are offered."""
    return [*FORMATS, *SET_FORMATS, *FOLDER_FORMATS]


def writer(name: str) -> Writer:
    """The function that writes the format of that name."""
    return format_named(name).write
