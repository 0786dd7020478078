"""Documents as a table to take away: the exports' own CSV and workbook, written to a file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable

from models.directive import Directive
from pipeline.publish import csvs, xlsx
from pipeline.serve.ports import Blob, Language, TableForm


def table(form: TableForm, documents: Iterable[bytes], language: Language, name: str) -> Blob:
    """A file of ``documents`` (JSON of the contract, masked already), open at its beginning.

    :param name: its name without the suffix
    """
    # Closed by who sends it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        records = (Directive.model_validate_json(document) for document in documents)
        if form == "csv":
            csvs.write_csv(records, file, bom=True)
            media_type = "text/csv; charset=utf-8"
        else:
            xlsx.write_xlsx(records, file, language=language)
            media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        size = file.tell() if form == "csv" else file.seek(0, 2)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Blob(file, size, media_type, f"{name}.{form}")
