"""``python -m benchmarks NAME…``"""

from __future__ import annotations

import sys

from benchmarks import (
    archive,
    archive_postgresql,
    calibration,
    cases,
    confidences,
    encodings,
    exports,
    fields,
    layout,
    pages,
    reading,
    repair,
    speed,
)

COMMANDS = {
    "words": reading.real,
    "reading": reading.main,
    "layout": layout.main,
    "extract": fields.main,
    "calibrate_fields": calibration.main,
    "calibrate_confidence": confidences.main,
    "encodings": encodings.main,
    "repair": repair.main,
    "exports": exports.main,
    "archive": archive.main,
    "cases": cases.main,
    "archive_postgresql": archive_postgresql.main,
    "pages": pages.main,
    "overhead": speed.overhead,
    "speed": speed.speed,
}


#: What a benchmark was called before.
FORMER = {"fields": "extract"}


def main(names: list[str]) -> None:
    names = [FORMER.get(name, name) for name in names]
    chosen = list(COMMANDS) if names in ([], ["all"]) else names
    unknown = [name for name in chosen if name not in COMMANDS]
    if unknown:
        raise SystemExit(f"There is no benchmark {unknown}; there are: all, {', '.join(COMMANDS)}.")
    for name in chosen:
        COMMANDS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
