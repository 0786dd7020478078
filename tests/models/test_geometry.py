"""Boxes are brought back by the very turn that OpenCV made."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.geometry import turned_back
from models.text import PageText

TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
fractions = st.floats(0, 1)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("slope", [0.0, 2.5, -4.0])
def test_a_mark_is_found_where_it_was(rotation: int, slope: float) -> None:
    page = np.zeros((900, 600), np.uint8)
    page[180:200, 420:460] = 255
    image = cv2.rotate(page, TURNS[rotation]) if rotation else page
    height, width = image.shape
    level = cv2.getRotationMatrix2D((width / 2, height / 2), slope, 1.0)
    image = cv2.warpAffine(image, level, (width, height))
    ys, xs = np.nonzero(image > 128)
    read = (xs.min() / width, ys.min() / height, (xs.max() + 1) / width, (ys.max() + 1) / height)
    x0, y0, x1, y1 = turned_back(read, width, height, rotation, slope)
    assert ((x0 + x1) / 2 * 600, (y0 + y1) / 2 * 900) == pytest.approx((440, 190), abs=1.5)


@given(fractions, fractions, fractions, fractions, st.sampled_from([0, 90, 180, 270]))
def test_a_quarter_turn_keeps_boxes_on_the_page(
    a: float, b: float, c: float, d: float, rotation: int
) -> None:
    box = (min(a, c), min(b, d), max(a, c), max(b, d))
    x0, y0, x1, y1 = turned_back(box, 600, 900, rotation, 0.0)
    assert 0 <= x0 <= x1 <= 1
    assert 0 <= y0 <= y1 <= 1


def test_a_page_that_was_not_turned_keeps_its_boxes() -> None:
    page = PageText(page=1, read_by="ocr", width_px=600, height_px=900)
    assert page.on_page((0.1, 0.2, 0.3, 0.4)) == (0.1, 0.2, 0.3, 0.4)
