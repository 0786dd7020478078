"""Word error on real pages with gold text, page by page: raw Tesseract beside ours."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from benchmarks.common import (
    missed_in_any_order,
    need_shared,
    scratch,
    share,
    show,
    word_errors,
    words,
    write,
)
from pipeline.run import read_document
from pipeline.settings import Settings

_UNREADABLE = "⟨?⟩"


def bare_tesseract(pdf: Path, page: int, folder: Path) -> str:
    """What ``tesseract -l vie --psm 3`` reads from the page at its native resolution."""
    listing = subprocess.run(
        ["pdfimages", "-list", "-f", str(page), "-l", str(page), pdf],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()[2:]  # fmt: skip
    biggest = max((row.split() for row in listing), key=lambda c: int(c[3]) * int(c[4]))
    dpi, stem = biggest[-4], folder / "page"
    subprocess.run(
        ["pdftoppm", "-hide-annotations", "-r", dpi, "-f", str(page), "-l", str(page),
         "-singlefile", pdf, stem], check=True,
    )  # fmt: skip
    return subprocess.run(
        ["tesseract", stem.with_suffix(".ppm"), "-", "-l", "vie", "--psm", "3", "--dpi", dpi],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    ).stdout  # fmt: skip


def compare(gold: list[str], text: str) -> tuple[int, int]:
    reading = words(text)
    return word_errors(gold, reading), missed_in_any_order(gold, reading)


def main() -> None:
    scans = need_shared() / "scans"
    rows: list[list[object]] = []
    pages = []
    total = {"words": 0, "tesseract": [0, 0], "raw": [0, 0], "repaired": [0, 0]}
    with scratch() as folder:
        for path in sorted((scans / "text").glob("*.txt")):
            name, page = path.stem.rsplit("-", 1)
            gold = [w for w in words(path.read_text(encoding="utf-8")) if w != _UNREADABLE]
            pdf = scans / f"{name}.pdf"
            _, read = read_document(pdf, Settings())
            ours = read[int(page) - 1]
            counts = {
                "tesseract": compare(gold, bare_tesseract(pdf, int(page), folder)),
                "raw": compare(gold, ours.raw_text),
                "repaired": compare(gold, ours.text),
            }
            total["words"] += len(gold)
            for key, (wrong, missed) in counts.items():
                total[key][0] += wrong
                total[key][1] += missed
            pages.append({"page": path.stem, "words": len(gold), **counts})
            rows.append(
                [path.stem, len(gold), *(share(v, len(gold)) for c in counts.values() for v in c)]
            )
    n = total["words"]
    keys = ("tesseract", "raw", "repaired")
    rows.append(["all", n, *(share(v, n) for k in keys for v in total[k])])
    show(
        "Words of real pages, % wrong (in order) and % missed (in any order)",
        ["page", "words", "tesseract", "missed", "ours raw", "missed", "ours repaired", "missed"],
        rows,
    )
    write(
        "words",
        {
            "pages": pages,
            "word_error_percent": {k: share(total[k][0], n) for k in keys},
            "missed_percent": {k: share(total[k][1], n) for k in keys},
        },
    )
