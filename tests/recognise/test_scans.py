"""Real scans, where the reference material lies beside the repository."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from benchmarks.layout import judge_all, read_scans
from models.text import PageText
from models.vietnamese import tone_key
from pipeline.recognise import load
from pipeline.settings import RecogniseSettings
from tests.recognise.printed import kinds

pytestmark = [
    pytest.mark.slow,
    pytest.mark.shared,
    pytest.mark.skipif(
        not (shutil.which("tesseract") and shutil.which("pdftoppm")),
        reason="tesseract and poppler-utils are needed",
    ),
]


def read(shared: Path, folder: Path, name: str, page: int) -> PageText:
    """One page rendered at 300 dpi and read as it is: cleaning is another room's work."""
    out = folder / f"{name}-{page}"
    command = ["pdftoppm", "-hide-annotations", "-r", "300", "-gray", "-singlefile"]
    source = shared / "scans" / f"{name}.pdf"
    subprocess.run(
        [*command, "-f", str(page), "-l", str(page), str(source), str(out)], check=True, timeout=60
    )
    image = cv2.imread(str(out.with_suffix(".pgm")), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    return load(RecogniseSettings()).read_page(
        np.asarray(image, dtype=np.uint8), page=page, dpi=300, timeout_seconds=120
    )


# Raw Tesseract: 5.6, 5.7, 16.3 and 10.5 %.
@pytest.mark.parametrize(
    ("name", "page", "most"), [("qn02", 1, 0.056), ("qn12", 3, 0.11), ("qn13", 1, 0.04)]
)
def test_word_error_stays_below_that_of_the_bare_engine(
    shared: Path, tmp_path: Path, name: str, page: int, most: float
) -> None:
    truth = (shared / "scans" / "text" / f"{name}-{page}.txt").read_text(encoding="utf-8")
    wanted = [tone_key(word) for word in truth.split()]
    got = [tone_key(word) for word in read(shared, tmp_path, name, page).text.split()]
    assert Levenshtein.distance(wanted, got) / len(wanted) <= most


@pytest.mark.parametrize("name", ["qn06", "qn08", "qn14", "qn22", "qn25"])
def test_the_head_of_a_real_page_is_read_by_column(shared: Path, tmp_path: Path, name: str) -> None:
    found = kinds(read(shared, tmp_path, name, 1).blocks)
    assert "NHÂN DÂN" in found["header_left"].splitlines()[0]
    assert found["header_left"].splitlines()[2].startswith("S")
    right = found["header_right"].splitlines()
    assert len(right) == 3
    assert right[2].startswith("Quảng Ngãi")


def test_a_black_stamp_between_the_lines_is_kept_apart(shared: Path, tmp_path: Path) -> None:
    page = read(shared, tmp_path, "qn13", 1)
    (stamp,) = page.stamps
    (block,) = [b for b in page.blocks if b.overlay == "incoming_stamp"]
    assert block.bbox == stamp.bbox
    x0, y0, x1, y1 = stamp.bbox or (0, 0, 0, 0)
    assert 0.0 < x0 < 0.1 < 0.25 < x1 < 0.31
    assert 0.15 < y0 < 0.2 < 0.23 < y1 < 0.25
    # The slot of the date, for people to look at; the hand in it is not believed.
    assert stamp.date.status == "unreadable"
    assert stamp.date.bbox is not None
    body = " ".join(b.text for b in page.blocks if b.kind == "body").split()
    assert not {"Chuyển:", "CV", "ĐẾN"} & set(body)


def test_heads_are_whole_and_bodies_pure_on_all_real_scans(shared: Path, tmp_path: Path) -> None:
    """As filed, and with the marks of their signatures burnt in as on a printout."""
    wrong = {}
    count = 0
    for name, way, pages, gold in read_scans(shared / "scans", tmp_path, first_only=True):
        verdict = judge_all(pages, gold)
        count += 1
        if verdict.missing or verdict.spilt:
            wrong[name, way] = (verdict.missing, len(verdict.spilt))
    assert count == 24
    assert wrong == {}
