"""Reading: bare Tesseract beside ours, on real pages and on generated ones of four wear levels.

Word error in reading order, words missed in any order, seconds a page, the pages on which Tesseract
did better, whether the confidence of a word is the share of such words that are right, and what
memory a worker needs. ``words`` is the same for the real pages alone, page by page.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from benchmarks.common import (
    missed_in_any_order,
    need_shared,
    peak_megabytes,
    scratch,
    share,
    show,
    word_errors,
    words,
    write,
)
from models.source import SourceDocument
from models.text import PageText
from pipeline import ingest, run, steps
from pipeline.archive.results import FileStore
from pipeline.plan import Plan
from pipeline.settings import Settings
from samples.make import on_demand
from samples.wear import LEVELS

_UNREADABLE = "⟨?⟩"
#: Not the seeds on which weights and calibration were fitted.
_SEED = 90_210
_PAGES_A_LEVEL = 6
#: Confidence from, up to which a row of the reliability table goes.
_BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.01)


_SHOWN: tuple[tuple[str, str], ...] = (
    ("tesseract", "tesseract"), ("ours_raw", "ours raw"), ("ours_repaired", "repaired"),
)  # fmt: skip


@dataclass
class _Page:
    """A page with its truth, read both ways."""

    group: str
    name: str
    gold: list[str]
    bare: str
    bare_s: float
    ours: PageText
    ours_s: float

    @property
    def texts(self) -> dict[str, str]:
        return {
            "tesseract": self.bare,
            "ours_raw": self.ours.raw_text,
            "ours_repaired": self.ours.text,
        }

    def counts(self) -> dict[str, tuple[int, int]]:
        """Words wrong and words missed in each text."""
        return {
            key: (word_errors(self.gold, read), missed_in_any_order(self.gold, read))
            for key, read in ((key, words(text)) for key, text in self.texts.items())
        }


_Truth = tuple[str, Path, dict[int, str]]


def _real() -> Iterator[_Truth]:
    """Group, file and the true text of some of its pages."""
    scans = need_shared() / "scans"
    for path in sorted((scans / "text").glob("*.txt")):
        name, page = path.stem.rsplit("-", 1)
        yield "real", scans / f"{name}.pdf", {int(page): path.read_text(encoding="utf-8")}


def _generated(folder: Path) -> Iterator[_Truth]:
    for level in LEVELS:
        for made in on_demand(_PAGES_A_LEVEL, level, _SEED, dpi=300):
            made.write(folder, folder / "truth")
            truth = json.loads(
                (folder / "truth" / f"{Path(made.name).stem}.truth.json").read_text()
            )
            printed = (p for p in truth["pages"] if p["kind"] == "print")
            yield level, folder / made.name, {p["page"]: "\n".join(p["lines"]) for p in printed}


def _bare(image: np.ndarray, dpi: float, folder: Path) -> tuple[str, float]:
    """What ``tesseract -l vie --psm 3`` reads from the very page image that we are given."""
    path = folder / "page.png"
    cv2.imwrite(str(path), image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    start = time.perf_counter()
    text = subprocess.run(
        ["tesseract", path, "-", "-l", "vie", "--psm", "3", "--dpi", str(round(dpi))],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    ).stdout  # fmt: skip
    return text, time.perf_counter() - start


def _pages(truths: Iterator[_Truth], folder: Path, settings: Settings) -> Iterator[_Page]:
    """The pages, read by what a worker runs, in this process: no start of workers is timed."""
    plan = Plan.of(settings).with_engine()
    steps.start_worker(plan, folder / "store")
    store = FileStore(folder / "store")
    warm = False
    for group, path, truth in truths:
        source = steps.examine_file(path)
        for number, text in truth.items():
            if not warm:  # engines and models load with the first page
                steps.read_page(plan, source, 1 + number % len(source.pages))
                warm = True
            start = time.perf_counter()
            steps.read_page(plan, source, number)
            seconds = time.perf_counter() - start
            stored = store.get("repair", plan.repair(source, source.pages[number - 1]))
            ours = PageText.model_validate_json(stored or b"")
            bare, bare_s = _bare(*_image(path, source, number, settings), folder)
            gold = [w for w in words(text) if w != _UNREADABLE]
            yield _Page(group, f"{path.stem}-{number}", gold, bare, bare_s, ours, seconds)


def _image(
    path: Path, source: SourceDocument, number: int, settings: Settings
) -> tuple[np.ndarray, float]:
    page = source.pages[number - 1]
    return ingest.load_page_image(path, source, page, settings.ingest, settings.limits)


def rights(read: Sequence[str], gold: Sequence[str]) -> list[bool]:
    """Which of the words are right; a word out of order is read all the same."""
    right = [False] * len(read)
    for step in Levenshtein.opcodes(read, gold):
        if step.tag == "equal":
            right[step.src_start : step.src_end] = [True] * (step.src_end - step.src_start)
    left = Counter(gold)
    left.subtract(text for text, fits in zip(read, right, strict=True) if fits)
    for index, text in enumerate(read):
        if not right[index] and left[text] > 0:
            left[text] -= 1
            right[index] = True
    return right


def _right(page: _Page) -> Iterator[tuple[float, bool]]:
    """Confidence of each word and whether it is right."""
    read = [w for _, line in page.ours.lines() for w in line.words if w.as_read.strip()]
    for word, fits in zip(
        read, rights([words(w.as_read)[0] for w in read], page.gold), strict=True
    ):
        marked = word.reading is not None and word.reading.handwritten
        if word.confidence is not None and not marked:
            yield word.confidence, fits


def _reliability(pages: list[_Page]) -> list[dict[str, Any]]:
    rows = []
    seen = [pair for page in pages for pair in _right(page)]
    for low, high in pairwise(_BINS):
        inside = [(c, fits) for c, fits in seen if low <= c < high]
        if inside:
            promised = sum(c for c, _ in inside) / len(inside)
            kept = sum(fits for _, fits in inside) / len(inside)
            rows.append({
                "from": low, "words": len(inside), "promised_percent": round(100 * promised, 1),
                "right_percent": round(100 * kept, 1),
            })  # fmt: skip
    return rows


def _figures(pages: Sequence[_Page]) -> dict[str, Any]:
    n = sum(len(p.gold) for p in pages)
    counted = [(p, p.counts()) for p in pages]
    figures: dict[str, Any] = {"pages": len(pages), "words": n}
    for key, _ in _SHOWN:
        figures[key] = {
            "wrong_percent": share(sum(counts[key][0] for _, counts in counted), n),
            "missed_percent": share(sum(counts[key][1] for _, counts in counted), n),
        }
    figures["tesseract_s_a_page"] = round(sum(p.bare_s for p in pages) / len(pages), 2)
    figures["ours_s_a_page"] = round(sum(p.ours_s for p in pages) / len(pages), 2)
    for number, measure in enumerate(("wrong", "missed")):
        figures[f"pages_with_more_{measure}_than_tesseract"] = [
            {"page": page.name, "words": len(page.gold), "tesseract": theirs, "ours": ours}
            for page, counts in counted
            if (ours := counts["ours_repaired"][number]) > (theirs := counts["tesseract"][number])
        ]
    return figures


def _show(title: str, groups: dict[str, dict[str, Any]]) -> None:
    show(
        f"{title}: % wrong in order, % missed in any order, seconds a page (ours with repair)",
        ["", "words", *(c for _, name in _SHOWN for c in (name, "missed")),
         "tesseract s", "ours s"],
        [
            [group, f["words"],
             *(f[k][m] for k, _ in _SHOWN for m in ("wrong_percent", "missed_percent")),
             f["tesseract_s_a_page"], f["ours_s_a_page"]]
            for group, f in groups.items()
        ],
    )  # fmt: skip


def _show_worse(groups: dict[str, dict[str, Any]]) -> None:
    rows = [
        [group, measure, worse["page"], worse["words"], worse["tesseract"], worse["ours"]]
        for group, figures in groups.items()
        for measure in ("wrong", "missed")
        for worse in figures[f"pages_with_more_{measure}_than_tesseract"]
    ]
    show("Pages on which Tesseract did better, words", ["", "", "page", "of", "tesseract", "ours"],
         rows)  # fmt: skip


def _memory(folder: Path) -> dict[str, float]:
    """What one worker and its engines hold at most, on a worn A4 page of 300-dpi colour."""
    (made,) = on_demand(1, "heavy", _SEED, dpi=300)
    made.write(folder, folder / "truth")
    peak = peak_megabytes(lambda: run.read_document(folder / made.name, Settings(), jobs=1))
    show("Memory", ["", "MB"], [["a worker with its engines, at most", peak]])
    return {"worker_peak_mb": peak}


def real() -> None:
    """The real pages, one by one."""
    with scratch() as folder:
        pages = list(_pages(_real(), folder, Settings()))
    figures = {page.name: _figures([page]) for page in pages}
    figures["all"] = _figures(pages)
    _show("Words of real pages", figures)
    write("words", {"pages": figures})


def main() -> None:
    settings = Settings()
    groups: dict[str, list[_Page]] = defaultdict(list)
    with scratch() as folder:
        memory = _memory(folder)
        for page in _pages(chain(_real(), _generated(folder)), folder, settings):
            groups[page.group].append(page)
    figures = {group: _figures(pages) for group, pages in groups.items()}
    _show("Words", figures)
    _show_worse(figures)
    reliability = {
        "real": _reliability(groups["real"]),
        "generated": _reliability([p for g, ps in groups.items() if g != "real" for p in ps]),
    }
    for group, rows in reliability.items():
        show(f"Confidence of words before repair, {group} pages",
             ["from", "words", "promised %", "right %"],
             [list(r.values()) for r in rows])  # fmt: skip
    write("reading", {"groups": figures, "reliability": reliability, "memory": memory})
