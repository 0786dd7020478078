"""The publish room: what the archive holds, in the forms that others read.

``formats`` names them. ``jsonl`` writes the contract itself, ``contract`` is its JSON Schema;
``pdfa``, ``alto`` and ``hocr`` write the pages of a document, ``folder`` puts them into files;
``bagit_export`` and ``aip`` make packages for preservation.
"""

from pipeline.publish.contract import directive_schema
from pipeline.publish.folder import Event, Exported, ExportItem, export_files
from pipeline.publish.formats import (
    FOLDER_FORMATS,
    FORMATS,
    FolderFormat,
    Format,
    folder_format_named,
    format_named,
    is_folder_format,
    writer,
)
from pipeline.publish.jsonl import write_jsonl

__all__ = [
    "FOLDER_FORMATS",
    "FORMATS",
    "Event",
    "ExportItem",
    "Exported",
    "FolderFormat",
    "Format",
    "directive_schema",
    "export_files",
    "folder_format_named",
    "format_named",
    "is_folder_format",
    "write_jsonl",
    "writer",
]
