from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean import clean_page
from pipeline.clean.streaks import erase_streaks
from pipeline.settings import CleanSettings
from tests.clean.pages import DPI, coloured, needs_font, text_page

pytestmark = needs_font


def streaked(share: float, x: int, wide: int = 2) -> np.ndarray:
    """A page of text seen through a line of dust that lets ``share`` of the light through."""
    page = text_page().astype(np.float32)
    page[:, x : x + wide] *= share
    return np.asarray(page, dtype=np.uint8)


@settings(deadline=None, max_examples=25)
@given(
    share=st.floats(0.4, 0.85),
    x=st.integers(60, 1100),
    wide=st.integers(1, 3),
    level=st.booleans(),
)
def test_dust_on_the_glass_goes_and_the_print_under_it_stays(
    share: float, x: int, wide: int, level: bool
) -> None:
    page, dusty = text_page(), streaked(share, x, wide)
    erased = erase_streaks(dusty.T, DPI).T if level else erase_streaks(dusty, DPI)
    around = np.abs(erased.astype(int) - page)[:, x - 3 : x + wide + 3]
    assert float((around > 60).mean()) < 0.01
    elsewhere = np.ones(page.shape[1], np.bool_)
    elsewhere[x - 4 : x + wide + 4] = False
    assert np.array_equal(erased[:, elsewhere], page[:, elsewhere])


def test_an_opaque_line_is_bridged() -> None:
    page, dusty = text_page(), streaked(0.05, 500)
    erased = erase_streaks(dusty, DPI)
    assert float((erased[:, 500:502] < 128).mean()) < float((page[:, 500:502] < 128).mean()) + 0.05


def test_a_page_without_streaks_is_the_very_same() -> None:
    page = text_page()
    assert erase_streaks(page, DPI) is page


@pytest.mark.parametrize("upright", [True, False])
def test_the_rules_of_a_table_stay(upright: bool) -> None:
    page = text_page()
    if upright:
        page[300:1100, 400:403] = 30
    else:
        page[900:903, 190:1000] = 30
    assert erase_streaks(page, DPI) is page


def test_a_streak_does_not_survive_cleaning() -> None:
    cleaned = clean_page(coloured(streaked(0.6, 640)), dpi=DPI, settings=CleanSettings())
    assert cleaned.image[1600:, 636:646].min() > 240
