"""Layout: on each real page, are the parts of the head where they belong, and is the body pure?

Each scan is read as it is, and once more as a printout of it would look: with the visible marks of
its digital signatures burnt into the page.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rapidfuzz import fuzz

from benchmarks.common import need_shared, scratch, show, write
from models.source import SourceDocument
from models.text import PageText
from models.vietnamese import fold
from pipeline import clean, recognise, steps
from pipeline.archive.results import FileStore
from pipeline.plan import Plan
from pipeline.settings import Settings

_STATE = "cong hoa xa hoi chu nghia viet nam"
_MOTTO = "doc lap - tu do - hanh phuc"
#: A part of the head is found where it reads this much alike, folded.
_ALIKE = 80
#: What only a visible signature or an incoming stamp says; no document's own text does.
_OVERLAID = re.compile(
    r"\bky boi\b|\bnguoi ky *:|\bthoi gian ky\b|\d{1,2}:\d{2}:\d{2}|\+07:?00\b"
    r"|\b(cong van|cv) den\b|\bchuyen *:"
)
_DPI = 200


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a first page; nothing in a good one."""

    missing: tuple[str, ...]
    spilt: tuple[str, ...]


def judge(page: PageText, gold: dict[str, Any]) -> Verdict:
    """The parts of the head that are not in their own block, and overlaid text in the body."""
    parts: dict[str, list[str]] = {"header_left": [], "header_right": [], "body": []}
    for block in page.blocks:
        kind = block.kind if block.kind in parts else "body"
        if block.kind != "overlay":
            parts[kind] += [line.text for line in block.lines]
    left, right = (fold(" ".join(parts[kind])) for kind in ("header_left", "header_right"))
    symbol = fold(str(gold["number_raw"]).split("/", 1)[-1])
    wanted = {
        "issuer": (fold(str(gold["issuing_body"])), left),
        "parent issuer": (fold(str(gold.get("parent_body") or "")), left),
        "number": (symbol, re.sub(r" *- *", "-", left)),
        "state": (_STATE, right),
        "motto": (_MOTTO, right),
        "place": (fold(str(gold["place"])), right),
        "year": (str(gold["date"])[:4], right),
    }
    missing = [
        name
        for name, (text, where) in wanted.items()
        if text and fuzz.partial_ratio(text, where) < _ALIKE
    ]
    body = [fold(line) for line in parts["body"]]
    missing += [
        f"{name} in the body"
        for name, text in (("state", _STATE), ("motto", _MOTTO))
        if any(fuzz.partial_ratio(text, line) >= _ALIKE for line in body if len(line) > 15)
    ]
    lines = [*parts["body"], *parts["header_left"], *parts["header_right"]]
    marks = [fold(m) for m in re.findall(r"[\w.+-]+@[\w.-]+", str(gold.get("signature_block")))]
    stamp = gold.get("incoming_stamp") or {}
    office = fold(str(stamp.get("office") or ""))
    spilt = [
        line
        for line in lines
        if _OVERLAID.search(fold(line))
        or any(mark in fold(line) for mark in marks)
        or (office and fuzz.partial_ratio(office, fold(line)) >= 90 and len(line) > 15)
    ]
    return Verdict(tuple(missing), tuple(spilt))


def _with_marks(path: Path, folder: Path) -> np.ndarray:
    """The first page as a printer shows it, annotations and all."""
    out = folder / path.stem
    command = ["pdftoppm", "-r", str(_DPI), "-f", "1", "-l", "1", "-singlefile", path, out]
    subprocess.run(command, check=True, timeout=120)
    image = cv2.imread(str(out.with_suffix(".ppm")), cv2.IMREAD_COLOR)
    if image is None:
        raise SystemExit(f"{path.name} could not be rendered.")
    return np.ascontiguousarray(image[:, :, ::-1])


def read_scans(
    scans: Path, folder: Path, *, first_only: bool = False
) -> Iterator[tuple[str, str, list[PageText], dict[str, Any]]]:
    """Name, way of reading, pages and gold fields of each scan: as filed, and printed out.

    The second way is that of the first page alone; ``first_only``: the first way too.
    """
    settings = Settings()
    plan = Plan.of(settings).with_engine()
    steps.start_worker(plan, folder / "store")
    store = FileStore(folder / "store")
    reader = recognise.load(settings.recognise)
    for path in sorted((scans / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        pdf = scans / f"{path.stem}.pdf"
        source: SourceDocument = steps.examine_file(pdf)
        if first_only:
            source = source.model_copy(update={"pages": source.pages[:1]})
        for page in source.pages:
            steps.read_page(plan, source, page.number)
        yield path.stem, "filed", steps.stored_pages(store, plan, source), gold
        cleaned = clean.clean_page(_with_marks(pdf, folder), dpi=_DPI, settings=settings.clean)
        printed = reader.read_page(
            cleaned.image,
            page=1,
            dpi=_DPI,
            timeout_seconds=settings.limits.page_seconds,
            stamps=[(stamp.bbox, stamp.image) for stamp in cleaned.stamps],
        )
        yield path.stem, "printed out", [printed], gold


def judge_all(pages: list[PageText], gold: dict[str, Any]) -> Verdict:
    """The verdict on the first page, and on the purity of the others."""
    first = judge(pages[0], gold)
    later = (line for page in pages[1:] for line in judge(page, gold).spilt)
    return Verdict(first.missing, (*first.spilt, *later))


def main() -> None:
    scans = need_shared() / "scans"
    rows: list[list[object]] = []
    with scratch() as folder:
        for name, way, pages, gold in read_scans(scans, folder):
            verdict = judge_all(pages, gold)
            over = {b.overlay for page in pages for b in page.blocks if b.kind == "overlay"}
            rows.append(
                [
                    name,
                    way,
                    ", ".join(verdict.missing) or "-",
                    len(verdict.spilt),
                    ", ".join(sorted(str(o) for o in over)) or "-",
                ]
            )
    show(
        "Head parts not in their own block, lines with overlaid text, overlays kept apart",
        ["", "read as", "missing", "spilt", "overlays"],
        rows,
    )
    pure = sum(row[3] == 0 for row in rows)
    whole = sum(row[2] == "-" for row in rows)
    write("layout", {"readings": len(rows), "heads_whole": whole, "bodies_pure": pure})
