from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from samples.make import FINISHED, finished
from samples.seed_documents import SEEDS
from tests.samples.checks import assert_consistent
from tests.samples.conftest import finished_truths, load

TRUTHS = finished_truths()


def _pages(path: Path) -> int:
    if path.suffix == ".pdf":
        with pikepdf.open(path) as pdf:
            return len(pdf.pages)
    if path.suffix in {".md", ".txt"}:
        return 1
    with Image.open(path) as image:
        return getattr(image, "n_frames", 1)


def _text_layer(path: Path) -> str:
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def truths() -> dict[str, dict[str, Any]]:
    return {t["file"]: t for t in map(load, TRUTHS)}


def test_a_dozen_documents_each_with_its_truth_and_nothing_else(
    truths: dict[str, dict[str, Any]],
) -> None:
    files = sorted(p.name for p in FINISHED.iterdir())
    assert len(files) == 12
    assert files == sorted(truths)
    assert sum(p.stat().st_size for p in FINISHED.iterdir()) < 3_000_000


@pytest.mark.parametrize("path", TRUTHS, ids=lambda p: p.name.split(".")[0])
def test_committed_truth_is_consistent_and_fits_its_file(path: Path) -> None:
    truth = load(path)
    if truth["form"] != "text":
        assert_consistent(truth)
    assert _pages(FINISHED / truth["file"]) == len(truth["pages"])
    assert [p["page"] for p in truth["pages"]] == list(range(1, len(truth["pages"]) + 1))


def test_the_dozen_has_every_format_and_trouble(truths: dict[str, dict[str, Any]]) -> None:
    forms = {t["form"] for t in truths.values()}
    assert forms == {"scan_pdf", "born_digital", "tiff", "jpeg", "png", "text"}
    every = list(truths.values())
    assert any(p["kind"] == "blank_back" for t in every for p in t["pages"])
    assert any(t["page_order"] != sorted(t["page_order"]) for t in every)
    assert any(p.get("mode") == "bilevel" for t in every for p in t["pages"])
    assert {o["kind"] for t in every for o in t["overlays"]} == {
        "seal", "incoming_stamp", "signature_stamp",
    }  # fmt: skip
    assert {t["level"] for t in every} == {None, "clean", "light", "worn", "heavy"}
    assert any(t["form"] == "tiff" and len(t["pages"]) > 1 for t in every)


def test_text_layers_hold_everything_or_only_the_stamp(truths: dict[str, dict[str, Any]]) -> None:
    for name, truth in truths.items():
        if not name.endswith(".pdf"):
            continue
        layer = _text_layer(FINISHED / name)
        stamps = [o for o in truth["overlays"] if o["kind"] == "signature_stamp"]
        if truth["form"] == "born_digital":
            assert truth["number"] in layer
        else:
            wanted = " ".join(line for stamp in stamps for line in stamp["lines"])
            assert layer.split() == wanted.split()


def test_text_samples_are_the_seeds_and_no_address_is_private(
    truths: dict[str, dict[str, Any]],
) -> None:
    for name, source in (("11-cong-van-120.md", "001.md"), ("12-cong-van-07.txt", "003.txt")):
        assert (FINISHED / name).read_bytes() == (SEEDS / source).read_bytes()
    for path in SEEDS.iterdir():
        words = path.read_text(encoding="utf-8").split()
        assert all("example.org" in word for word in words if "@" in word), path.name


@pytest.mark.slow
def test_making_the_dozen_again_gives_the_committed_truth(
    truths: dict[str, dict[str, Any]],
) -> None:
    for made in finished():
        assert made.truth == truths[made.name]
