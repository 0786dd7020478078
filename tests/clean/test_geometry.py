from __future__ import annotations

import cv2
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


def worn(page: np.ndarray, seed: int) -> np.ndarray:  # type: ignore[type-arg]
    """Dark towards one side, with specks, noise and blur."""
    random = np.random.default_rng(seed)
    for x, y in zip(random.integers(9, 1230, 250), random.integers(9, 1740, 250), strict=True):
        cv2.circle(page, (int(x), int(y)), int(random.integers(1, 4)), 60, -1)
    shade = np.linspace(0.6, 1.0, page.shape[1], dtype=np.float32)[None] ** 1.5
    soft = cv2.GaussianBlur(page, (0, 0), 1.2) * shade + random.normal(0, 6, page.shape)
    return np.asarray(soft.clip(0, 255), dtype=np.uint8)


@pytest.mark.parametrize("lines", [3, 5, 24])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_worn_page_of_few_lines_is_not_turned_wrongly(lines: int, turns: int) -> None:
    """Not all are set upright, but none is turned away from upright, and none is lost as blank."""
    page = np.ascontiguousarray(np.rot90(worn(text_page(lines), lines), turns))
    report = clean_page(page, dpi=DPI, settings=SETTINGS).report
    assert not report.blank
    assert report.rotation in ((90 * turns,) if lines > 3 else (0, 90 * turns))


def test_a_table_of_figures_in_narrow_columns_is_not_turned() -> None:
    page = np.full((1754, 1240), 255, np.uint8)
    for row in range(34):
        for column in range(5):
            where = (200 + 200 * column, 200 + 38 * row)
            cv2.putText(page, str((7 * row + column) % 10), where, 0, 0.9, 0, 2)
    assert clean_page(page, dpi=DPI, settings=SETTINGS).report.rotation == 0


def test_a_page_of_rules_alone_has_no_direction() -> None:
    page = np.full((1754, 1240), 255, np.uint8)
    page[100:1600:90] = 0
    page[:, 200:1100:200] = 0
    report = clean_page(page, dpi=DPI, settings=SETTINGS).report
    assert (report.rotation, report.skew_degrees) == (0, 0.0)
