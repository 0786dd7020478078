from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline.recognise import Recogniser
from pipeline.recognise.coverage import uncovered_share, unread_regions
from pipeline.recognise.engine import EngineLine
from pipeline.recognise.regions import read_region
from tests.recognise.printed import words


def marks(*areas: tuple[int, int, int, int]) -> np.ndarray:
    """A page at 100 dpi with letter-sized marks in each of the areas (x0, y0, x1, y1)."""
    page = np.full((1100, 800), 255, np.uint8)
    for x0, y0, x1, y1 in areas:
        for y in range(y0, y1, 30):
            for x in range(x0, x1, 14):
                page[y : y + 9, x : x + 7] = 0
    return page


BODY = (100, 100, 700, 500)
NAME = (450, 700, 640, 760)


def lines_over(area: tuple[int, int, int, int]) -> list[EngineLine]:
    """Words that cover the marks of an area."""
    x0, y0, x1, y1 = area
    found: list[EngineLine] = []
    for y in range(y0, y1, 30):
        (word,) = words("chữ", 0.1, 0.1)
        box = (x0 / 800, (y - 4) / 1100, x1 / 800, (y + 13) / 1100)
        found.append((word.model_copy(update={"bbox": box}),))
    return found


class Engine:
    name = "engine"

    def __init__(self, part: list[EngineLine]) -> None:
        self.part = part
        self.shapes: list[tuple[int, ...]] = []

    def read(
        self, image: np.ndarray, *, segmentation: int | None = None, **_: Any
    ) -> list[EngineLine]:
        if segmentation is None:
            return lines_over(BODY)
        self.shapes.append(image.shape)
        return self.part


def read(part: list[EngineLine], page: np.ndarray | None = None) -> tuple[str, Engine]:
    engine = Engine(part)
    image = marks(BODY, NAME) if page is None else page
    text = Recogniser(engine).read_page(image, page=1, dpi=100, timeout_seconds=30).text
    return text, engine


def test_what_stands_together_unread_is_found() -> None:
    page = marks(BODY, NAME)
    assert 0.02 < uncovered_share(page, lines_over(BODY), dpi=100) < 0.1
    (box,) = unread_regions(page, lines_over(BODY), dpi=100)
    assert box[0] < 450 / 800 < 640 / 800 < box[2]
    assert box[1] < 700 / 1100 < 740 / 1100 < box[3]
    assert unread_regions(page, [*lines_over(BODY), *lines_over(NAME)], dpi=100) == []


def test_a_name_that_was_passed_over_is_read_by_itself() -> None:
    text, engine = read([tuple(words("Nguyễn Văn Bình", 0.1, 0.4))])
    assert text.endswith("Nguyễn Văn Bình")
    assert len(engine.shapes) == 1
    assert engine.shapes[0][0] < 300


@pytest.mark.parametrize(
    "part",
    [
        tuple(words("CHỦ T|CH", 0.1, 0.4, sure=0.5)),
        (*words("CHỦ", 0.1, 0.4), *words("J{T.", 0.3, 0.4, sure=0.2)),
        tuple(words("Bình", 0.1, 0.4)),
    ],
)
def test_half_read_lines_stay_out(part: EngineLine) -> None:
    text, engine = read([part])
    assert len(engine.shapes) == 1
    assert set(text.split()) == {"chữ"}


@pytest.mark.parametrize(("name", "kept"), [("hị Hoa Mai", False), ("Thị Hoa Mai", True)])
def test_a_name_that_lost_its_capital_in_a_seal_stays_out(name: str, kept: bool) -> None:
    page = np.full((1100, 800), 255, np.uint8)
    page[400:700, 100:395] = 0
    line = tuple(words(name, 0.5, 0.5))
    region = (0.0, 0.0, 1.0, 1.0)
    found = read_region(Engine([line]), page, region, [], dpi=100, timeout_seconds=9)
    assert bool(found) is kept


def test_a_page_that_was_read_in_full_is_read_once() -> None:
    assert read([], marks(BODY))[1].shapes == []
