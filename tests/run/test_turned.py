"""Evidence of a page that was scanned sideways points at the page as it lies in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from pipeline import run
from pipeline.archive import Archive
from pipeline.settings import Settings
from tests import makers

pytestmark = pytest.mark.slow


def test_boxes_of_a_sideways_scan(tmp_path: Path) -> None:
    upright = makers.page_image(dpi=200)
    boxes = {}
    for name, image in (("up", upright), ("side", upright.transpose(Image.Transpose.ROTATE_90))):
        image.save(tmp_path / f"{name}.png", dpi=(200, 200))
        with Archive.open(tmp_path / name, create=True) as archive:
            run.ingest([tmp_path / f"{name}.png"], archive, Settings(), jobs=1)
            (record,) = archive.directives()
        assert record.doc_type.value == "Công văn"
        boxes[name] = next(e.bbox for e in record.place.evidence if e.bbox is not None)
    x0, y0, x1, y1 = boxes["up"]
    # A quarter turn to the left: what was x from the left is y from the bottom.
    assert boxes["side"] == pytest.approx((y0, 1 - x1, y1, 1 - x0), abs=0.02)
