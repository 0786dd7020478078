"""CSV: one flat table as a stream, or all tables in a folder with CSVW metadata.

RFC 4180 in UTF-8: commas, CRLF, quotes doubled, one header line with the names of the columns.
Nothing is an empty cell. Texts that a spreadsheet could take for formulas are guarded
(:mod:`models.cells`); numbers stay numbers, with a point and without an exponent.
"""

from __future__ import annotations

import csv
import io
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from models.cells import Cell, figure, guarded, plain
from models.directive import SCHEMA_NAME, Directive
from pipeline.publish.dublincore import EDTF
from pipeline.publish.tables import SEPARATOR, TABLES, Column, Table

METADATA: Final = "metadata.json"
BOM: Final = b"\xef\xbb\xbf"
_GUARD_NOTE: Final = (
    "An apostrophe stands before =, +, -, @ (also full-width), tab, return or an apostrophe at the "
    "beginning of a text, a line, or behind a semicolon or tab, so that no spreadsheet takes the "
    "text for a formula. It is no part of the value."
)


def write_csv(directives: Iterable[Directive], out: BinaryIO, *, bom: bool = False) -> int:
    """Write the table of directives, one row each; how many. ``bom``: for Excel, see docs."""
    if bom:
        out.write(BOM)
    return _write_tables(directives, [(TABLES[0], out)])


def write_csvw(directives: Iterable[Directive], folder: Path) -> int:
    """Write every table and ``metadata.json`` into ``folder``; how many directives there were.

    They are made beside it first: where the folder is new it appears whole, else its files are
    replaced one by one, the metadata last.
    """
    with _beside(folder) as made:
        with ExitStack() as opened:
            files = [
                (table, opened.enter_context((made / f"{table.name}.csv").open("wb")))
                for table in TABLES
            ]
            count = _write_tables(directives, files)
        text = json.dumps(csvw_metadata(), ensure_ascii=False, indent=1)
        (made / METADATA).write_text(text + "\n", encoding="utf-8", newline="\n")
    return count


def _write_tables(directives: Iterable[Directive], files: Sequence[tuple[Table, BinaryIO]]) -> int:
    for table, out in files:
        _write_rows(out, [[column.name for column in table.columns]])
    count = 0
    for directive in directives:
        for table, out in files:
            kinds = [column.kind for column in table.columns]
            _write_rows(
                out,
                (
                    [_written(cell, kind) for cell, kind in zip(row, kinds, strict=True)]
                    for row in table.rows(directive)
                ),
            )
        count += 1
    return count


def _written(cell: Cell, kind: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return plain(cell) if kind == "code" else guarded(plain(cell))
    return figure(cell)


def _write_rows(out: BinaryIO, rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    out.write(text.getvalue().encode())


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A new folder beside ``folder`` whose files take their places there at the end."""
    made = folder.with_name(f".{folder.name}.{os.getpid()}-{secrets.token_hex(4)}")
    made.mkdir(parents=True)
    try:
        yield made
        for file in made.iterdir():
            with file.open("rb+") as written:
                os.fsync(written.fileno())
        if not folder.exists():
            made.rename(folder)
            return
        # The metadata last: with it the folder is whole.
        for file in sorted(made.iterdir(), key=lambda file: (file.name == METADATA, file.name)):
            file.replace(folder / file.name)
    finally:
        shutil.rmtree(made, ignore_errors=True)


# -- metadata (W3C Metadata Vocabulary for Tabular Data) ------------------------------------------


def csvw_metadata() -> dict[str, Any]:
    """The table group: dialect, tables, columns with types and titles, keys."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "@type": "TableGroup",
        "dc:title": _in_both("Directives of an archive", "Văn bản chỉ đạo trong kho lưu trữ"),
        "dc:conformsTo": f"urn:vanthu:schema:{SCHEMA_NAME}",
        "rdfs:comment": {"@value": _GUARD_NOTE, "@language": "en"},
        "dialect": {
            "encoding": "utf-8",
            "delimiter": ",",
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
            "lineTerminators": ["\r\n"],
        },
        "null": "",
        "tables": [_table(table) for table in TABLES],
    }


def _in_both(en: str, vi: str) -> list[dict[str, str]]:
    return [{"@value": en, "@language": "en"}, {"@value": vi, "@language": "vi"}]


def _table(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "@type": "Schema",
        "columns": [_column(column, table) for column in table.columns],
        "primaryKey": list(table.key),
    }
    if table is not TABLES[0]:
        schema["foreignKeys"] = [
            {
                "columnReference": "directive_id",
                "reference": {"resource": f"{TABLES[0].name}.csv", "columnReference": "id"},
            }
        ]
    return {
        "@type": "Table",
        "url": f"{table.name}.csv",
        "dc:title": _in_both(table.en, table.vi),
        "tableSchema": schema,
    }


def _column(column: Column, table: Table) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@type": "Column",
        "name": column.name,
        # The header has the name, so one of the titles has to be it.
        "titles": {"en": list(dict.fromkeys([column.name, column.en])), "vi": column.vi},
        "datatype": _datatype(column),
        "required": column.name in table.key,
    }
    if column.kind == "list":
        described["separator"] = SEPARATOR
    return described


def _datatype(column: Column) -> Any:
    if column.kind == "code":
        return {"base": "string", "format": "|".join(_escaped(v) for v in column.values)}
    if column.kind == "date":
        return {"base": "string", "@id": EDTF, "dc:title": "Extended Date/Time Format (EDTF)"}
    if column.kind == "integer":
        return {"base": "integer", "minimum": 0}
    if column.kind == "number":
        return {"base": "decimal"}
    return "string"


def _escaped(value: str) -> str:
    """A value as a regular expression."""
    return "".join(f"\\{c}" if c in ".+*?()[]{}|^$\\" else c for c in value)
