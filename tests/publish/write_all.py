"""Writes every format of all records into a folder, in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.publish import FORMATS, SET_FORMATS
from tests.publish.crafted import all_hostile


def main(folder: Path) -> None:
    records = all_hostile()
    for name, form in FORMATS.items():
        with (folder / name).open("wb") as out:
            form.write(records, out)
    for name, files in SET_FORMATS.items():
        files.write(records, folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
