"""A stamp that lies over the text travels from the clean room to the reader through the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import run
from pipeline.settings import Settings

pytestmark = pytest.mark.slow


def test_the_incoming_stamp_of_a_sample_is_an_overlay_with_slots(samples: Path) -> None:
    _, pages = run.read_document(samples / "01-cong-van-con-dau.pdf", Settings(), jobs=1)
    first = pages[0]
    (block,) = [b for b in first.blocks if b.kind == "overlay"]
    assert block.overlay == "incoming_stamp"
    assert "ĐẾN" in block.text
    assert "ĐẾN" not in first.text
    (stamp,) = first.stamps
    # Both values are written by pen: whatever was read of them is no value without doubt.
    for value in (stamp.number, stamp.date):
        assert value.bbox is not None
        assert value.status in ("review", "unreadable")
    assert stamp.bbox == block.bbox
    codes = {f.code for f in first.findings}
    assert "page.incoming_stamp" in codes
    assert first.text.splitlines()[0] == "TỔNG LIÊN ĐOÀN"
    assert pages[1].stamps == ()
