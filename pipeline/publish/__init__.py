"""The publish room: what the archive holds, in the forms that others read.

``formats`` names them. ``jsonl`` writes the contract itself, ``contract`` is its JSON Schema;
``parquet`` has it in nested columns, ``tables`` as flat tables (``csvs``, ``xlsx``), ``register``
as an office's register, ``dublincore`` for catalogues. ``pdfa``, ``alto`` and ``hocr`` write the
pages of a document, ``folder`` puts them into files; ``bagit_export`` and ``aip`` make packages for
preservation.
"""

from pipeline.publish.contract import directive_schema
from pipeline.publish.folder import Event, Exported, ExportItem, export_files, write_whole
from pipeline.publish.formats import (
    FOLDER_FORMATS,
    FORMATS,
    SET_FORMATS,
    FolderFormat,
    Format,
    SetFormat,
    folder_format_named,
    format_named,
    format_names,
    format_of_suffix,
    is_folder_format,
    set_format_named,
    writer,
)
from pipeline.publish.jsonl import write_jsonl

__all__ = [
    "FOLDER_FORMATS",
    "FORMATS",
    "SET_FORMATS",
    "Event",
    "ExportItem",
    "Exported",
    "FolderFormat",
    "Format",
    "SetFormat",
    "directive_schema",
    "export_files",
    "folder_format_named",
    "format_named",
    "format_names",
    "format_of_suffix",
    "is_folder_format",
    "set_format_named",
    "write_jsonl",
    "write_whole",
    "writer",
]
