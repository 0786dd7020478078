from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.clean import clean_page
from pipeline.settings import CleanSettings
from tests.clean.pages import DPI, Array, coloured, needs_font, seal, text_page

SETTINGS = CleanSettings()
RED, VIOLET = (205, 30, 60), (90, 40, 170)

pytestmark = needs_font


def stamped(
    page: Array, colour: tuple[int, int, int], size: tuple[int, int] = (320, 130), lean: float = 0.0
) -> Array:
    """The page with a framed stamp over its first lines."""
    ink = np.full_like(page, 255)
    width, height = size
    x, y = 150, 260
    cv2.rectangle(ink, (x, y), (x + width, y + height), colour, 3)
    for row in range(3):
        top = y + (row + 1) * height // 4
        for column in range(8):
            left = x + 20 + column * 24
            cv2.rectangle(ink, (left, top - 8), (left + 9, top + 8), colour, -1)
    turn = cv2.getRotationMatrix2D((x + width / 2, y + height / 2), lean, 1.0)
    ink = np.asarray(
        cv2.warpAffine(ink, turn, (ink.shape[1], ink.shape[0]), borderValue=(255,) * 3), np.uint8
    )
    return np.minimum(page, ink)


@pytest.mark.parametrize("colour", [RED, VIOLET])
@pytest.mark.parametrize("lean", [-4.0, 0.0, 3.0])
def test_a_stamp_comes_off_the_print_and_is_kept(colour: tuple[int, int, int], lean: float) -> None:
    page = text_page()
    cleaned = clean_page(stamped(coloured(page), colour, lean=lean), dpi=DPI, settings=SETTINGS)
    assert float((np.abs(cleaned.image.astype(int) - page) > 60).mean()) < 0.001
    (stamp,) = cleaned.stamps
    x0, y0, x1, y1 = stamp.bbox
    assert x0 < 310 / 1240 < x1
    assert y0 < 325 / 1754 < y1
    # The marks of a row lie level: their tops and bottoms stand out in the profile.
    rows = (stamp.image < 128)[:, 30:200].mean(axis=1)
    assert rows.max() > 0.25
    assert rows.min() < 0.05


def test_a_long_low_stamp_is_told_from_a_line_of_print_by_its_frame() -> None:
    cleaned = clean_page(
        stamped(coloured(text_page()), VIOLET, (400, 100)), dpi=DPI, settings=SETTINGS
    )
    assert len(cleaned.stamps) == 1


def test_the_print_under_a_stamp_is_not_in_its_picture() -> None:
    page = stamped(coloured(text_page()), RED)
    plain = stamped(coloured(np.full_like(text_page(), 255)), RED)
    over, alone = (
        clean_page(p, dpi=DPI, settings=SETTINGS).stamps
        for p in (page, np.minimum(plain, coloured(text_page(1))))
    )
    added = (over[0].image < 128) & (alone[0].image >= 128)
    assert float(added.mean()) < 0.01


def test_a_round_seal_is_no_stamp() -> None:
    cleaned = clean_page(seal(coloured(text_page()), RED, (620, 1300)), dpi=DPI, settings=SETTINGS)
    assert cleaned.stamps == ()


def test_a_turned_page_gives_its_stamp_upright() -> None:
    page = stamped(coloured(text_page()), RED)
    upright = clean_page(page, dpi=DPI, settings=SETTINGS)
    turned = clean_page(np.ascontiguousarray(np.rot90(page)), dpi=DPI, settings=SETTINGS)
    assert turned.report.rotation == 90
    assert turned.stamps[0].bbox == pytest.approx(upright.stamps[0].bbox, abs=0.01)
    assert turned.stamps[0].image.shape == pytest.approx(upright.stamps[0].image.shape, abs=6)
