"""What all benchmarks share: where things lie, word error, the table and the JSON."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
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


def peak_megabytes(action: Callable[[], object], every_seconds: float = 0.02) -> float:
    """The most that the processes which ``action`` starts hold at one time, together.

    ``ru_maxrss`` will not do: a child that was forked begins with its parent's peak.
    """
    done = threading.Event()
    peak = 0

    def watch() -> None:
        nonlocal peak
        while not done.wait(every_seconds):
            peak = max(peak, _resident_kb_below(os.getpid()))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        action()
    finally:
        done.set()
        watcher.join()
    return round(peak / 1024, 1)


def _resident_kb_below(ancestor: int) -> int:
    """Resident memory of all processes that descend from ``ancestor``."""
    parents: dict[int, int] = {}
    resident: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:  # it has ended meanwhile
            continue
        pid = int(status.parent.name)
        parents[pid] = int(fields["PPid"])
        resident[pid] = int(fields.get("VmRSS", "0").split()[0])
    below = {ancestor}
    while new := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= new
    return sum(resident[pid] for pid in below - {ancestor})
