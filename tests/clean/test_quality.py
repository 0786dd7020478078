from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.clean import clean_page
from pipeline.settings import CleanSettings
from tests.clean.pages import DPI, coloured, needs_font, seal, text_page

SETTINGS = CleanSettings()


def codes(page: np.ndarray, dpi: float = DPI) -> list[str]:  # type: ignore[type-arg]
    return [f.code for f in clean_page(page, dpi=dpi, settings=SETTINGS).findings]


def test_an_empty_page_is_blank() -> None:
    assert codes(np.full((1754, 1240), 250, np.uint8)) == ["page.blank"]


def test_specks_and_scanner_shadows_make_no_text() -> None:
    page = np.full((1754, 1240), 250, np.uint8)
    page[::150, ::200] = 0
    page[:, :14] = 20
    assert codes(page) == ["page.blank"]


@pytest.mark.parametrize("level", [0, 255])
def test_a_page_of_one_tone_is_blank(level: int) -> None:
    assert codes(np.full((300, 200), level, np.uint8))[-1:] == ["page.blank"]


@needs_font
def test_one_short_line_is_not_blank() -> None:
    page = np.full((1754, 1240), 255, np.uint8)
    page[800:850, 500:760] = text_page()[195:245, 190:450]
    assert not clean_page(page, dpi=DPI, settings=SETTINGS).report.blank


def faint(page: np.ndarray, strength: float) -> np.ndarray:  # type: ignore[type-arg]
    """As the print of the other side shows through: soft and pale."""
    soft = cv2.GaussianBlur(page, (0, 0), 0.9).astype(np.float32)
    return np.asarray(255 - strength * (255 - soft), dtype=np.uint8)


@needs_font
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("strength", [0.2, 0.25])
def test_only_print_seen_from_behind_is_a_mirrored_back(turns: int, strength: float) -> None:
    """The same print, as faint, is read where it runs forwards."""
    page = np.rot90(faint(text_page(), strength), turns)
    back = np.rot90(faint(text_page()[:, ::-1], strength), turns)
    assert not clean_page(np.ascontiguousarray(page), dpi=DPI, settings=SETTINGS).report.blank
    report = clean_page(np.ascontiguousarray(back), dpi=DPI, settings=SETTINGS).report
    assert (report.blank, report.mirrored_back, report.rotation) == (True, True, 0)


@needs_font
@pytest.mark.parametrize("rows", [(195, 245), (195, 330)])
@pytest.mark.parametrize("strength", [0.2, 0.4, 1.0])
@pytest.mark.parametrize("shade", [1.0, 0.6])
def test_a_line_of_print_is_never_blank(
    rows: tuple[int, int], strength: float, shade: float
) -> None:
    """However faint, on a page that is as dark towards one side, with specks all over."""
    page = np.full((1754, 1240), 255, np.uint8)
    page[1000 : 1000 + rows[1] - rows[0], 600:900] = text_page()[rows[0] : rows[1], 190:490]
    light = np.linspace(shade, 1.0, page.shape[1], dtype=np.float32)[None]
    page = (faint(page, strength) * light).astype(np.uint8)
    page[37::150, 41::200] = 90
    assert not clean_page(page, dpi=DPI, settings=SETTINGS).report.blank


def test_a_shadow_on_an_empty_page_is_no_ink() -> None:
    light = np.linspace(0.5, 1.0, 1240, dtype=np.float32)[None]
    page = (np.full((1754, 1240), 250, np.uint8) * light).astype(np.uint8)
    assert codes(page) == ["page.blank"]


@needs_font
def test_uneven_light_is_no_loss_of_contrast() -> None:
    page = text_page()
    light = np.linspace(0.6, 1.0, page.shape[1], dtype=np.float32)[None]
    found = codes((page * light).astype(np.uint8))
    assert found == ["page.light_evened"]


@needs_font
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_boxes_of_coloured_ink_refer_to_the_page_as_it_lies(turns: int) -> None:
    page = np.rot90(seal(coloured(text_page()), (215, 40, 50), centre=(900, 1200)), turns)
    report = clean_page(np.ascontiguousarray(page), dpi=DPI, settings=SETTINGS).report
    assert report.rotation == 90 * turns
    (x0, y0, x1, y1) = report.colour_regions[0].bbox
    height, width = page.shape[:2]
    red = page[..., 0].astype(int) - page[..., 1] > 100
    rows, columns = np.nonzero(red)
    seen = (columns.min() / width, rows.min() / height, columns.max() / width, rows.max() / height)
    assert (x0, y0, x1, y1) == pytest.approx(seen, abs=0.02)


def test_a_back_with_only_a_pale_seal_is_a_mirrored_back() -> None:
    page = seal(coloured(np.full((1754, 1240), 255, np.uint8)), (245, 150, 160))
    cleaned = clean_page(page, dpi=DPI, settings=SETTINGS)
    assert [f.code for f in cleaned.findings] == ["page.mirrored_back", "page.blank"]
    assert cleaned.report.mirrored_back


@needs_font
def test_faults_of_the_scan_are_told() -> None:
    page = text_page()
    pale = (200 + (page.astype(np.float32) - 20) * (40 / 235)).clip(0, 255).astype(np.uint8)
    assert "page.low_contrast" in codes(pale)
    assert "page.blurred" in codes(np.asarray(cv2.GaussianBlur(page, (0, 0), 6), dtype=np.uint8))
    assert "page.low_resolution" in codes(page, dpi=80)


@needs_font
def test_measures_of_a_crisp_page() -> None:
    report = clean_page(text_page(), dpi=DPI, settings=SETTINGS).report
    assert report.contrast > 0.7
    assert report.sharpness > 0.5
    assert 0.02 < report.ink_share < 0.2


@needs_font
def test_uneven_light_is_evened_and_black_stays_black() -> None:
    page = text_page()
    shade = np.linspace(1.0, 0.55, page.shape[1], dtype=np.float32)[None]
    shaded = (page * shade).astype(np.uint8)
    cleaned = clean_page(shaded, dpi=DPI, settings=SETTINGS)
    assert cleaned.report.light_evened
    paper = cleaned.image[page == 255]
    assert np.percentile(paper, 2) > 0.8 * np.percentile(paper, 98)
    assert cleaned.image[page < 60].mean() < 90


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (40, 900), (900, 12)])
def test_odd_sizes_are_borne(shape: tuple[int, int]) -> None:
    page = np.full(shape, 255, np.uint8)
    assert clean_page(page, dpi=300, settings=SETTINGS).image.shape == shape
