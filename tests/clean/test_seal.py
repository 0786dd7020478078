"""Seals on pages without colour are found by their ring, and nothing else is taken for one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.clean import clean_page
from pipeline.settings import CleanSettings
from tests.clean.pages import DPI, coloured, needs_font, seal, text_page

SETTINGS = CleanSettings()
CENTRE = (700, 900)


def sealed(lines: int = 24) -> np.ndarray:  # type: ignore[type-arg]
    page = text_page(lines)
    cv2.circle(page, CENTRE, 106, 40, 5)
    cv2.circle(page, CENTRE, 70, 40, 2)
    return page


@needs_font
@pytest.mark.parametrize("lines", [3, 24])
@pytest.mark.parametrize("bilevel", [False, True])
def test_a_black_seal_is_marked_and_the_page_left_as_it_is(lines: int, bilevel: bool) -> None:
    page = sealed(lines)
    if bilevel:
        page = np.where(page < 128, 0, 255).astype(np.uint8)
    cleaned = clean_page(page, dpi=DPI, settings=SETTINGS)
    assert np.array_equal(cleaned.image, page)
    (box,) = cleaned.report.black_seals
    x, y = (box[0] + box[2]) / 2 * page.shape[1], (box[1] + box[3]) / 2 * page.shape[0]
    assert (x, y) == pytest.approx(CENTRE, abs=5)
    assert (box[2] - box[0]) / 2 * page.shape[1] == pytest.approx(106, abs=6)
    assert [f.code for f in cleaned.findings] == ["page.black_seal"]


@needs_font
def test_a_broken_ring_is_still_a_seal() -> None:
    page = sealed(6)
    for turn in np.linspace(0, 2 * np.pi, 7)[:-1]:
        gap = (int(CENTRE[0] + 106 * np.cos(turn)), int(CENTRE[1] + 106 * np.sin(turn)))
        cv2.circle(page, gap, 11, 255, -1)
    assert len(clean_page(page, dpi=DPI, settings=SETTINGS).report.black_seals) == 1


@needs_font
def test_text_tables_and_coloured_seals_are_no_black_seals() -> None:
    table = np.full((1754, 1240), 255, np.uint8)
    table[100:1600:45] = 0
    table[:, 200:1100:100] = 0
    red = seal(coloured(text_page()), (215, 40, 50))
    for page in (text_page(), table, red):
        assert clean_page(page, dpi=DPI, settings=SETTINGS).report.black_seals == ()
