from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
import pytest

from models.text import PageText, Zone
from pipeline.recognise import crop_of

#: A sheet, and on it a patch of blue ink whose place the zone tells.
HEIGHT, WIDTH = 400, 300
PATCH = (0.4, 0.2, 0.6, 0.25)


def upright() -> np.ndarray:
    page = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    page[80:100, 120:150] = (20, 30, 200)
    page[80:100, 150:180] = (200, 30, 20)
    return page


def decoded(data: bytes | None) -> np.ndarray:
    assert data is not None
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


@pytest.mark.parametrize(("rotation", "turns"), [(0, 0), (90, 1), (180, 2), (270, 3)])
def test_a_crop_is_upright_whole_and_in_the_colours_of_the_page(
    rotation: Literal[0, 90, 180, 270], turns: int
) -> None:
    """The page lay turned by ``turns`` quarters to the left and was set upright to be read."""
    text = PageText(page=1, read_by="ocr", width_px=WIDTH, height_px=HEIGHT, rotation=rotation)
    lying = np.ascontiguousarray(np.rot90(upright(), turns))
    crop = decoded(crop_of(Zone(kind="serial", bbox=PATCH), text, lying))
    blue = (crop == (20, 30, 200)).all(axis=2)
    red = (crop == (200, 30, 20)).all(axis=2)
    assert blue.sum() == red.sum() == 600
    assert blue.nonzero()[1].mean() < red.nonzero()[1].mean()
    assert crop[0].min() == crop[:, 0].min() == 255
    assert crop.shape[0] < 60
    assert crop.shape[1] < 100


def test_a_zone_at_the_edge_and_a_grey_page_have_a_crop_too() -> None:
    text = PageText(page=1, read_by="ocr", width_px=WIDTH, height_px=HEIGHT)
    grey = np.full((HEIGHT, WIDTH), 200, np.uint8)
    assert decoded(crop_of(Zone(kind="day", bbox=(0.9, 0.0, 1.0, 0.02)), text, grey)).size
    assert crop_of(Zone(kind="day"), text, grey) is None


def test_the_same_zone_gives_the_same_bytes() -> None:
    text = PageText(page=1, read_by="ocr", width_px=WIDTH, height_px=HEIGHT)
    zone = Zone(kind="day", bbox=PATCH)
    assert crop_of(zone, text, upright()) == crop_of(zone, text, upright())
