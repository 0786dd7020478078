from __future__ import annotations

import numpy as np
import pytest

from pipeline.clean import clean_page
from pipeline.settings import CleanSettings
from tests.clean.pages import DPI, needs_font, text_page, tilted

SETTINGS = CleanSettings(deskew_min_degrees=0.25, deskew_max_degrees=8.0)

pytestmark = needs_font


@pytest.mark.parametrize("degrees", [-6.0, -2.0, -0.5, 0.0, 0.5, 1.5, 7.0])
def test_skew_is_measured(degrees: float) -> None:
    report = clean_page(tilted(text_page(), degrees), dpi=DPI, settings=SETTINGS).report
    assert report.skew_degrees == pytest.approx(degrees, abs=0.15)
    assert report.deskewed == (degrees != 0.0)


def test_a_levelled_page_has_no_skew_left() -> None:
    cleaned = clean_page(tilted(text_page(), 3.0), dpi=DPI, settings=SETTINGS)
    again = clean_page(cleaned.image, dpi=DPI, settings=SETTINGS)
    assert abs(again.report.skew_degrees) <= 0.15
    assert cleaned.image.shape == text_page().shape


def test_small_skew_is_left_alone() -> None:
    page = tilted(text_page(), 1.0)
    cleaned = clean_page(page, dpi=DPI, settings=CleanSettings(deskew_min_degrees=1.5))
    assert np.array_equal(cleaned.image, page)
    assert cleaned.report.skew_degrees == pytest.approx(1.0, abs=0.15)


def test_skew_beyond_the_limit_is_told_and_left_alone() -> None:
    page = tilted(text_page(), 4.0)
    cleaned = clean_page(page, dpi=DPI, settings=CleanSettings(deskew_max_degrees=3.0))
    assert np.array_equal(cleaned.image, page)
    assert [f.code for f in cleaned.findings] == ["page.skew_doubtful"]


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_page_is_set_upright(turns: int) -> None:
    page = text_page()
    cleaned = clean_page(np.ascontiguousarray(np.rot90(page, turns)), dpi=DPI, settings=SETTINGS)
    assert cleaned.report.rotation == 90 * turns
    assert np.array_equal(cleaned.image, page)


def test_a_page_with_three_lines_is_not_turned() -> None:
    page = np.ascontiguousarray(np.rot90(text_page(3), 2))
    assert clean_page(page[-600:], dpi=DPI, settings=SETTINGS).report.rotation in (0, 180)


def test_a_page_of_rules_alone_has_no_direction() -> None:
    page = np.full((1754, 1240), 255, np.uint8)
    page[100:1600:90] = 0
    page[:, 200:1100:200] = 0
    report = clean_page(page, dpi=DPI, settings=SETTINGS).report
    assert (report.rotation, report.skew_degrees) == (0, 0.0)
