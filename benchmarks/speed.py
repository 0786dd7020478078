"""Speed beside the ``tesseract`` and ``ocrmypdf`` commands: same pages, same jobs, in turn.

Absolute times mean little on a busy machine; the ratios of neighbouring runs are what counts.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from benchmarks.common import need_shared, scratch, show, write
from pipeline import publish, run
from pipeline.archive import Archive
from pipeline.ingest import load_page_image
from pipeline.settings import ExtractSettings, RepairSettings, Settings

_ENV = {**os.environ, "OMP_THREAD_LIMIT": "1"}


def jobs() -> int:
    return len(os.sched_getaffinity(0))


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def scanned_files(limit: int | None = None) -> list[Path]:
    """Real scans (the born-digital ones left out)."""
    born_digital = {"qn05.pdf", "qn36.pdf"}
    files = [
        p for p in sorted((need_shared() / "scans").glob("*.pdf")) if p.name not in born_digital
    ]
    return files[:limit]


def page_images(files: list[Path], folder: Path) -> list[Path]:
    """The page images that the pipeline itself reads, blank backs left out, as files."""
    settings = Settings()
    images = []
    for file in files:
        source, pages = run.read_document(file, settings)
        for page, text in zip(source.pages, pages, strict=True):
            if not text.engine:
                continue  # a blank back: not read by the pipeline, so not by the command
            pixels, _ = load_page_image(file, source, page, settings.ingest, settings.limits)
            path = folder / f"{file.stem}-{page.number}.png"
            if pixels.ndim == 3:
                pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(path), np.ascontiguousarray(pixels))
            images.append(path)
    return images


def bare_tesseract(images: list[Path], folder: Path, workers: int) -> None:
    def one(image: Path) -> None:
        subprocess.run(
            ["tesseract", image, folder / f"out-{image.stem}", "-l", "vie", "--psm", "3", "tsv"],
            check=True, capture_output=True, env=_ENV,
        )  # fmt: skip

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, images))


def ingest(files: list[Path], folder: Path, settings: Settings) -> run.Report:
    with Archive.open(folder, create=True) as archive:
        report = run.ingest(files, archive, settings)
    if report.left_out:
        raise SystemExit(f"left out: {report.left_out}")
    return report


def overhead(rounds: int = 3) -> None:
    """Ingest without repair and extraction beside bare ``tesseract`` over the same page images."""
    settings = Settings(
        repair=RepairSettings(enabled=False), extract=ExtractSettings(enabled=False)
    )
    files = scanned_files()
    ratios, ours, theirs = [], [], []
    with scratch() as folder:
        (folder / "images").mkdir()
        images = page_images(files, folder / "images")
        for n in range(rounds):
            theirs.append(timed(lambda: bare_tesseract(images, folder, jobs())))
            target = folder / f"archive{n}"
            ours.append(timed(lambda target=target: ingest(files, target, settings)))
            ratios.append(ours[-1] / theirs[-1])
            print(f"tesseract {theirs[-1]:.1f} s, ingest {ours[-1]:.1f} s, ratio {ratios[-1]:.3f}")
    show(
        f"Pipeline overhead, {len(images)} pages of {len(files)} files, {jobs()} jobs",
        ["", "median s", "min s", "max s"],
        [
            ["tesseract command", statistics.median(theirs), min(theirs), max(theirs)],
            [
                "vanthu ingest, no repair, no extraction",
                statistics.median(ours),
                min(ours),
                max(ours),
            ],
            ["ratio", statistics.median(ratios), min(ratios), max(ratios)],
        ],
    )
    write(
        "overhead",
        {
            "pages": len(images),
            "jobs": jobs(),
            "tesseract_s": theirs,
            "ingest_s": ours,
            "ratios": ratios,
            "ratio_median": round(statistics.median(ratios), 3),
        },
    )


def speed(rounds: int = 1) -> None:
    """The whole job, PDF/A writing included, beside OCRmyPDF on the same files."""
    files = scanned_files()
    ratios, ours, theirs, pages = [], [], [], 0
    with scratch() as folder:
        for n in range(rounds):
            theirs.append(timed(lambda: _ocrmypdf(files, folder)))
            start = time.perf_counter()
            report = ingest(files, folder / f"archive{n}", Settings())
            _write_pdfa(folder / f"archive{n}", folder / f"pdfa{n}")
            ours.append(time.perf_counter() - start)
            pages = report.pages_read
            ratios.append(theirs[-1] / ours[-1])
    show(
        f"Speed, {pages} pages of {len(files)} files, {jobs()} jobs",
        ["", "s", "pages a minute"],
        [
            ["ocrmypdf --force-ocr (PDF/A)", *_rate(theirs, pages)],
            ["vanthu ingest (records) and PDF/A", *_rate(ours, pages)],
            ["times as fast", statistics.median(ratios), ""],
        ],
    )
    write(
        "speed",
        {
            "pages": pages,
            "jobs": jobs(),
            "ocrmypdf_s": theirs,
            "ingest_and_pdfa_s": ours,
            "times_as_fast": round(statistics.median(ratios), 3),
        },
    )


def _write_pdfa(archive: Path, folder: Path) -> None:
    write_form = publish.folder_format_named("pdfa").write
    with Archive.open(archive) as opened:
        for done in publish.export_files(run.export_items(opened, None), folder, write_form):
            if done.failure is not None:
                raise SystemExit(f"{done.directive_id}: {done.failure.reason}")


def _rate(seconds: list[float], pages: int) -> tuple[float, float]:
    middle = statistics.median(seconds)
    return middle, 60 * pages / middle


def _ocrmypdf(files: list[Path], folder: Path) -> None:
    for file in files:
        subprocess.run(
            [sys.executable, "-m", "ocrmypdf", "--invalidate-digital-signatures", "--force-ocr",
             "-l", "vie", "--output-type", "pdfa", "--jobs", str(jobs()), "--quiet", file,
             folder / file.name],
            check=True, capture_output=True,
        )  # fmt: skip
