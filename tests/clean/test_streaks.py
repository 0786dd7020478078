"""Lines that the scanner drew go; print under them and the page's own rules stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.clean import clean_page
from pipeline.settings import CleanSettings
from tests.clean.pages import DPI, coloured, needs_font, text_page

SETTINGS = CleanSettings()
pytestmark = needs_font


def streaked(page: np.ndarray, through: float, at: int = 620) -> np.ndarray:  # type: ignore[type-arg]
    """Two columns let only a share of the light through, from edge to edge."""
    lined = page.copy()
    lined[:, at : at + 2] = (lined[:, at : at + 2] * through).astype(np.uint8)
    return lined


@pytest.mark.parametrize("through", [0.5, 0.7, 0.9])
@pytest.mark.parametrize("noise", [0, 8])
@pytest.mark.parametrize("colour", [False, True])
def test_a_shading_line_is_divided_out(through: float, noise: float, colour: bool) -> None:
    page = text_page()
    random = np.random.default_rng(1)
    worn = np.clip(streaked(page, through) * 0.95 + random.normal(0, noise, page.shape), 0, 255)
    worn = worn.astype(np.uint8)
    cleaned = clean_page(coloured(worn) if colour else worn, dpi=DPI, settings=SETTINGS)
    assert cleaned.report.streaks_removed == 1
    assert [f.code for f in cleaned.findings] == ["page.streaks"]
    column, beside = cleaned.image[:, 620:622].astype(int), page[:, 620:622]
    assert np.median(column[beside > 250]) == pytest.approx(242, abs=6)
    assert np.median(column[beside < 60]) < 80


def test_a_line_across_the_page_is_one_too() -> None:
    page = np.ascontiguousarray(streaked(text_page().T, 0.6, at=211).T)
    report = clean_page(page, dpi=DPI, settings=SETTINGS).report
    assert report.streaks_removed == 1


def test_a_black_line_is_cut_where_no_print_crosses_it() -> None:
    page = np.where(text_page() < 128, 0, 255).astype(np.uint8)
    cleaned = clean_page(streaked(page, 0.0), dpi=DPI, settings=SETTINGS)
    wrong = cleaned.image[:, 616:626] != page[:, 616:626]
    assert cleaned.report.streaks_removed == 1
    assert wrong.mean() < 0.04  # two of ten columns, 0.17, before


@pytest.mark.parametrize("turned", [False, True])
def test_rules_of_tables_and_frames_stay(turned: bool) -> None:
    page = text_page()
    cv2.rectangle(page, (120, 140), (1120, 1500), 0, 2)
    for x in (300, 620, 900):
        page[140:1500, x : x + 2] = 0
    for y in (185, 240, 1440):
        page[y : y + 2, 120:1120] = 0
    page = np.ascontiguousarray(page.T) if turned else page
    cleaned = clean_page(page, dpi=DPI, settings=CleanSettings(deskew_min_degrees=9))
    assert cleaned.report.streaks_removed == 0


def test_ruled_paper_is_left_as_it_is() -> None:
    page = text_page()
    page[::44] = (page[::44] * 0.7).astype(np.uint8)
    cleaned = clean_page(page, dpi=DPI, settings=SETTINGS)
    assert cleaned.report.streaks_removed == 0
    assert np.array_equal(cleaned.image, page)
