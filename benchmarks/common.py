"""What all benchmarks share: where things lie, word error, the table and the JSON."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

from models.vietnamese import nfc, tone_key

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
RESULTS = ROOT / "benchmarks" / "results"


def need_shared() -> Path:
    if not SHARED.is_dir():
        raise SystemExit(f"The reference material is not at {SHARED.name}/ beside the repository.")
    return SHARED


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vanthu-bench-") as folder:
        yield Path(folder)


def words(text: str) -> list[str]:
    """Words as they are compared: case and punctuation count, tone placement does not."""
    return tone_key(nfc(text).replace("–", "-").replace("—", "-")).split()


def word_errors(reference: Sequence[str], reading: Sequence[str]) -> int:
    return Levenshtein.distance(reference, reading)


def missed_in_any_order(reference: Sequence[str], reading: Sequence[str]) -> int:
    """Words of the reference that the reading has nowhere: reading order does not count."""
    left: dict[str, int] = {}
    for word in reading:
        left[word] = left.get(word, 0) + 1
    missed = 0
    for word in reference:
        if left.get(word, 0):
            left[word] -= 1
        else:
            missed += 1
    return missed


def same(one: str | None, other: str | None) -> bool:
    return comparable(one) == comparable(other)


def comparable(text: str | None) -> str:
    """Case, punctuation, blanks, dashes and tone placement folded; letters and digits kept."""
    text = tone_key(nfc(text or "")).lower()
    return " ".join(re.findall(r"\w+", text))


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    table = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*(f"{c:.2f}" if isinstance(c, float) else str(c) for c in row))
    Console(width=120).print(table)


def write(name: str, figures: dict[str, Any]) -> None:
    """Keep the newest figures; they are committed with the change that moved them."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    record = {
        "benchmark": name,
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "tesseract": tesseract_version(),
        "cores": len(os.sched_getaffinity(0)),
        **figures,
    }
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def tesseract_version() -> str:
    out = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=False)
    return (out.stdout or out.stderr).split("\n", 1)[0].removeprefix("tesseract ").strip()


def share(part: int, whole: int) -> float | None:
    return None if whole == 0 else round(100 * part / whole, 2)
