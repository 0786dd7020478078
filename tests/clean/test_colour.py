from __future__ import annotations

import numpy as np
import pytest

from pipeline.clean import clean_page
from pipeline.settings import CleanSettings
from tests.clean.pages import DPI, coloured, needs_font, seal, text_page

SETTINGS = CleanSettings()
RED, BLUE, VIOLET = (215, 40, 50), (50, 60, 190), (130, 40, 160)

pytestmark = needs_font


@pytest.mark.parametrize("ink", [RED, BLUE, VIOLET])
def test_a_seal_goes_and_the_print_under_it_stays(ink: tuple[int, int, int]) -> None:
    page = text_page()
    cleaned = clean_page(seal(coloured(page), ink), dpi=DPI, settings=SETTINGS)
    difference = np.abs(cleaned.image.astype(int) - page)
    assert float((difference > 60).mean()) < 0.0005
    assert [r.removed for r in cleaned.report.colour_regions] == [True]


def test_a_seal_on_grey_paper_leaves_neither_dark_nor_bright_rings() -> None:
    paper = (text_page().astype(np.float32) * 0.88).astype(np.uint8)
    cleaned = clean_page(seal(coloured(paper), RED), dpi=DPI, settings=SETTINGS)
    around = cleaned.image[560:840, 480:760].astype(int) - paper[560:840, 480:760]
    assert float((np.abs(around) > 12).mean()) < 0.06


def test_a_blue_signature_that_runs_into_a_red_seal_goes_with_it() -> None:
    printed = text_page(8)
    page = seal(coloured(printed), RED)
    page[690:696, 560:900] = BLUE
    cleaned = clean_page(page, dpi=DPI, settings=SETTINGS)
    assert [r.removed for r in cleaned.report.colour_regions] == [True]
    assert cleaned.image[690:696, 760:900].min() > 200


def test_the_seal_stays_where_suppression_is_off() -> None:
    stamped = seal(coloured(text_page()), RED)
    cleaned = clean_page(stamped, dpi=DPI, settings=CleanSettings(suppress_colour=False))
    assert [(r.colour, r.removed) for r in cleaned.report.colour_regions] == [("red", False)]
    assert cleaned.image[700, 620] < 200


def test_a_serial_number_in_blue_pen_stays() -> None:
    page = coloured(text_page())
    page[215:245, 300:306] = BLUE
    page[215:245, 318:324] = BLUE
    cleaned = clean_page(page, dpi=DPI, settings=SETTINGS)
    assert {(r.colour, r.removed) for r in cleaned.report.colour_regions} == {("blue", False)}
    assert cleaned.image[230, 302] < 120


def test_coloured_lines_of_print_stay() -> None:
    page = coloured(np.full((1754, 1240), 255, np.uint8))
    text = text_page(12) < 128
    page[text] = RED
    cleaned = clean_page(page, dpi=DPI, settings=SETTINGS)
    assert not any(r.removed for r in cleaned.report.colour_regions)
    assert not cleaned.report.blank


def test_tinted_paper_is_no_coloured_ink() -> None:
    page = coloured(text_page())
    tint = np.array([255, 226, 178], np.float32) / 255.0
    tinted = (page * tint).astype(np.uint8)
    cleaned = clean_page(tinted, dpi=DPI, settings=SETTINGS)
    assert cleaned.report.coloured_ink_share < 0.001


def test_a_grey_page_without_faults_comes_back_as_it_is() -> None:
    page = text_page()
    cleaned = clean_page(page, dpi=DPI, settings=SETTINGS)
    assert np.array_equal(cleaned.image, page)
    assert cleaned.findings == ()


def test_the_page_that_is_given_is_never_changed() -> None:
    stamped = seal(coloured(text_page()), RED)
    before = stamped.copy()
    clean_page(stamped, dpi=DPI, settings=SETTINGS)
    assert np.array_equal(stamped, before)


@pytest.mark.parametrize("shape", [(4,), (4, 4, 2), (0, 5)])
def test_other_arrays_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="page image"):
        clean_page(np.zeros(shape, np.uint8), dpi=DPI, settings=SETTINGS)
