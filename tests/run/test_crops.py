"""Pictures of handwriting: kept in the archive, named by the page, the same after a new reading."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import run
from pipeline.archive import Archive
from pipeline.settings import Settings
from samples.make import on_demand
from tests.run.conftest import Command

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document whose serial number was written with a pen, in an archive."""
    folder = tmp_path_factory.mktemp("crops")
    made = next(m for m in on_demand(9, "light", 5) if m.truth["handwritten"]["serial"])
    made.write(folder, folder / "truth")
    with Archive.open(folder / "archive", create=True) as archive:
        run.ingest([folder / made.name], archive, Settings(), jobs=1)
    return folder


def pictures(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (folder / "archive/results/crop").rglob("*.gz")}


def test_each_zone_names_a_picture_by_its_hash(scanned: Path) -> None:
    with Archive.open(scanned / "archive") as archive:
        (record,) = archive.directives()
        zones = [z for page in archive.pages(record.id) for z in page.zones]
        assert {"serial", "day"} <= {zone.kind for zone in zones}
        for zone in zones:
            assert zone.crop is not None
            picture = archive.files.get("crop", zone.crop)
            assert picture is not None
            assert hashlib.sha256(picture).hexdigest() == zone.crop
            image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
            assert image is not None
            assert image.min() < 128
        assert [d.kind for d in archive.verify()] == []


def test_reading_again_from_the_stored_page_makes_the_same_pictures(scanned: Path) -> None:
    before = pictures(scanned)
    assert before
    for stage in ("crop", "recognise", "repair", "extract", "check"):
        shutil.rmtree(scanned / "archive" / "results" / stage)
    (scanned / "archive" / "vanthu.db").unlink()
    with Archive.open(scanned / "archive", create=True) as archive:
        run.ingest(sorted(scanned.glob("*.pdf")), archive, Settings(), jobs=1)
    assert pictures(scanned) == before


def test_show_lists_the_zones_and_writes_their_pictures(
    scanned: Path, vanthu: Command, tmp_path: Path
) -> None:
    archive = scanned / "archive"
    with Archive.open(archive) as opened:
        (record,) = opened.directives()
        zones = [z for page in opened.pages(record.id) for z in page.zones]
    done = vanthu("show", record.id, "--archive", archive, "--crops", tmp_path / "seen")
    assert done.returncode == 0, done.stderr
    assert "written by hand" in done.stdout
    assert f"{len(zones)} pictures written" in done.stderr
    written = {p.read_bytes() for p in (tmp_path / "seen").glob(f"{record.id}-p1-*.png")}
    assert {hashlib.sha256(data).hexdigest() for data in written} <= {z.crop for z in zones}
    assert written
    plain = vanthu("show", record.id, "--archive", archive, "--json")
    assert "written by hand" not in plain.stdout
