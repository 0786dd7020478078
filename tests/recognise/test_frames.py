from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from models.text import Block, Line
from pipeline.recognise import Recogniser
from pipeline.recognise.engine import EngineLine
from pipeline.recognise.frames import (
    StampFrame,
    body_print,
    find_frames,
    stamp_picture,
    turned_with,
    without_stamp,
)
from pipeline.recognise.stamps import incoming_stamp, is_surely_incoming
from tests.clean.pages import DPI, FONT, Array, needs_font, text_page
from tests.recognise.printed import words

pytestmark = needs_font

SIZE = (330, 130)
#: Beside the body's left margin, above its first line.
CORNER = (100, 330)


def page() -> Array:
    """A page whose body begins at 508 pixels from the top."""
    sheet = text_page()
    sheet[:500] = 255
    return sheet


def stamp(corner: tuple[int, int] = CORNER, lean: float = 0.0, thickness: int = 3) -> Array:
    """A stamp as tall as a page: a title, a cell with CV ĐẾN and one with slots."""
    sheet = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(sheet)
    (x, y), (wide, high) = corner, SIZE
    small, large = (ImageFont.truetype(str(FONT), size) for size in (17, 24))
    draw.rectangle((x, y, x + wide, y + high), outline=0, width=thickness)
    draw.line((x, y + 32, x + wide, y + 32), fill=0, width=thickness)
    draw.line((x + 90, y + 32, x + 90, y + high), fill=0, width=thickness)
    draw.text((x + 40, y + 8), "VĂN PHÒNG TIẾP NHẬN", font=small, fill=0)
    draw.text((x + 22, y + 38), "CV", font=large, fill=0)
    draw.text((x + 12, y + 80), "ĐẾN", font=large, fill=0)
    for row, label in enumerate(("Số: 415", "Ngày: 3/2/21", "Chuyển: ........")):
        draw.text((x + 104, y + 40 + 28 * row), label, font=small, fill=0)
    turn = cv2.getRotationMatrix2D((x + wide / 2, y + high / 2), lean, 1.0)
    leant = cv2.warpAffine(np.asarray(sheet), turn, (1240, 1754), borderValue=(255,))
    return np.asarray(leant, np.uint8)


def bilevel(image: Array) -> Array:
    return np.where(image < 140, np.uint8(0), np.uint8(255))


def the_frame(image: Array) -> StampFrame:
    (frame,) = find_frames(image, DPI)
    return frame


def taken_off(image: Array) -> Array:
    frame = the_frame(image)
    body = body_print(image, frame, DPI)
    assert body is not None
    return without_stamp(image, frame, body, DPI)


@pytest.mark.parametrize("lean", [-4.5, -2.0, 0.0, 1.0, 4.5])
@pytest.mark.parametrize("thickness", [2, 5])
@pytest.mark.parametrize("one_bit", [True, False])
def test_a_stamp_is_found_and_nothing_of_it_is_left(
    lean: float, thickness: int, one_bit: bool
) -> None:
    image = np.minimum(page(), stamp(lean=lean, thickness=thickness))
    image = bilevel(image) if one_bit else image
    frame = the_frame(image)
    assert frame.lean == pytest.approx(-lean, abs=0.6)
    middle = np.mean(frame.corners, axis=0)
    assert middle == pytest.approx((CORNER[0] + SIZE[0] / 2, CORNER[1] + SIZE[1] / 2), abs=8)
    clean = bilevel(page()) if one_bit else page()
    off = taken_off(image)
    assert np.count_nonzero((off < 128) & (clean >= 128)) <= 15
    assert not ((off >= 160) & (clean < 128)).any()


def test_a_frame_that_is_broken_by_wear_is_found() -> None:
    image = np.minimum(page(), stamp(lean=2.0))
    for x in range(120, 420, 60):
        image[300:480, x : x + 9] = 255
    for y in range(330, 470, 45):
        image[y : y + 9, :440] = 255
    assert len(find_frames(image, DPI)) == 1


@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_the_resolution_makes_no_difference(dpi: int) -> None:
    image = np.minimum(page(), stamp(lean=1.5))
    size = (round(1240 * dpi / DPI), round(1754 * dpi / DPI))
    image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    (frame,) = find_frames(image, dpi)
    middle = np.mean(frame.corners, axis=0) * DPI / dpi
    assert middle == pytest.approx((CORNER[0] + SIZE[0] / 2, CORNER[1] + SIZE[1] / 2), abs=8)


def ruled(columns: tuple[int, ...], rows: tuple[int, ...]) -> Array:
    """The body with a table of these rules over its upper part."""
    image = page()
    for x in columns:
        cv2.line(image, (x, rows[0]), (x, rows[-1]), 0, 2)
    for y in rows:
        cv2.line(image, (columns[0], y), (columns[-1], y), 0, 2)
    return image


@pytest.mark.parametrize(
    "image",
    [
        text_page(),
        np.full((1754, 1240), 255, np.uint8),
        np.zeros((1754, 1240), np.uint8),
        ruled((190, 300, 700, 1060), (300, 345, 390, 435, 480)),  # a table as wide as the text
        ruled((190, 260, 520), tuple(range(200, 561, 45))),  # a narrow one of many rows
        ruled((190, 420), (250, 600)),  # where a photograph goes
        ruled((190, 480), (250, 310)),  # DỰ THẢO
        ruled((60, 1180), (60, 1700)),  # a frame around the page
        ruled((400, 700), (250,)),
    ],
    ids=["text", "blank", "black", "table", "narrow", "photograph", "draft", "page", "underline"],
)
def test_other_rules_are_no_stamps(image: Array) -> None:
    assert find_frames(image, DPI) == []


def test_the_first_word_of_a_line_stays_where_the_stamp_stands_over_it() -> None:
    corner = (2, 508 - SIZE[1] + 32)
    over = stamp(corner)
    over[corner[1] + 36 : corner[1] + SIZE[1] - 6, 95:325] = 255  # the cell left empty
    image = np.minimum(page(), over)
    frame = the_frame(image)
    body = body_print(image, frame, DPI)
    assert body is not None
    first = (slice(511, 532), slice(188, 320))
    assert (page()[first] < 128).any()
    kept = (taken_off(image)[first] < 128) & (page()[first] < 128)
    assert kept.sum() > 0.85 * (page()[first] < 128).sum()
    # And the stamp's own picture is free of it.
    picture, _ = stamp_picture(image, frame, body, DPI)
    x0, y0, _, _ = frame.box
    assert (picture[511 - y0 : 532 - y0, 188 - x0 : 320 - x0] < 128).mean() < 0.02


def test_a_stamp_over_several_lines_is_left_with_them() -> None:
    image = np.minimum(page(), stamp((150, 520)))
    assert body_print(image, the_frame(image), DPI) is None


class Engine:
    """Reads the stamp's picture as it is told, and keeps what it is given as the page."""

    name = "told"

    def __init__(self, stamp: list[EngineLine]) -> None:
        self.stamp = stamp
        self.page = np.zeros(0, np.uint8)

    def read(self, image: Array, *, segmentation: int | None = None, **_: Any) -> list[EngineLine]:
        if segmentation is not None:
            return self.stamp
        self.page = image
        return [tuple(words("Thực hiện kế hoạch của Liên đoàn", 0.15, 0.5))]


ARRIVED: list[EngineLine] = [
    tuple(words("CÔNG VĂN ĐẾN", 0.3, 0.2)),
    tuple(words("Số: 415", 0.3, 0.4)),
    tuple(words("Ngày: 3/2/21", 0.3, 0.6)),
]


def test_what_stands_in_the_frame_becomes_an_overlay_with_its_values() -> None:
    engine = Engine(ARRIVED)
    image = np.minimum(page(), stamp(lean=3.0))
    text = Recogniser(engine).read_page(image, page=1, dpi=DPI, timeout_seconds=30)
    assert "ĐẾN" not in text.text
    (found,) = text.stamps
    assert (found.number.alternatives, found.date.alternatives) == (("415",), ("2021-02-03",))
    x0, y0, x1, y1 = found.bbox or (0, 0, 0, 0)
    assert CORNER[0] - 5 <= x0 * 1240 <= x1 * 1240 <= CORNER[0] + SIZE[0] + 5
    assert CORNER[1] - 15 <= y0 * 1754 <= y1 * 1754 <= CORNER[1] + SIZE[1] + 15
    assert np.count_nonzero((engine.page < 128) & (page() >= 128)) <= 15


@pytest.mark.parametrize("said", ["HỘP THƯ GÓP Ý", "Số Ngày", "kèm theo số: 12", ""])
def test_a_frame_of_the_document_itself_is_read_with_it(said: str) -> None:
    engine = Engine([tuple(words(said, 0.3, 0.4))] if said else [])
    image = np.minimum(page(), stamp())
    text = Recogniser(engine).read_page(image, page=1, dpi=DPI, timeout_seconds=30)
    assert engine.page is image
    assert text.stamps == ()


def test_the_words_of_a_leaning_stamp_lie_where_they_stand() -> None:
    (x, y), (wide, high) = CORNER, SIZE
    sheet = np.full((1754, 1240), 255, np.uint8)
    cv2.rectangle(sheet, (x, y), (x + wide, y + high), 0, 3)
    cv2.circle(sheet, (x + 290, y + 100), 8, 0, -1)
    turn = cv2.getRotationMatrix2D((x + wide / 2, y + high / 2), 4.0, 1.0)
    image = np.asarray(cv2.warpAffine(sheet, turn, (1240, 1754), borderValue=(255,)), np.uint8)
    frame = the_frame(image)
    picture, place = stamp_picture(image, frame, np.zeros(image.shape, np.bool_), DPI)
    row, column = np.argwhere(picture < 128).mean(axis=0)
    spot = (place[0] + column / 1240, place[1] + row / 1754)
    word = words("415", 0, 0)[0].model_copy(update={"bbox": (*spot, *spot)})
    block = turned_with(Block(lines=(Line(words=(word,)),)), frame, image.shape)
    box = block.bbox
    assert box is not None
    wanted = turn @ np.array([x + 290, y + 100, 1.0])
    assert (box[0] * 1240, box[1] * 1754) == pytest.approx(tuple(wanted), abs=3)


def lines(text: str) -> list[Line]:
    rows = text.split("/")
    return [Line(words=tuple(words(row, 0.1, 0.1 + 0.03 * i))) for i, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("CÔNG VĂN ĐẾN", True),
        ("CV Số:...... 12/Ngày: 3", True),
        ("ĐẾN/Chuyên:......../Ngày :3.4.21", True),
        ("Số:...../Ngày:...../Chuyển:.....", True),
        ("CV Số 12", False),
        ("Số/Ngày/Chuyển", False),
        ("công văn đến", False),
        ("Số: 12/Ngày: 3", False),
        ("DỰ THẢO", False),
    ],
)
def test_black_print_is_a_stamp_only_where_it_surely_is(text: str, sure: bool) -> None:
    assert is_surely_incoming(lines(text)) is sure


def test_a_value_that_the_dots_run_into_is_found_behind_its_label() -> None:
    rows = tuple(lines("CV Số:.....77/ĐẾN Ngày:....3-2-21....."))
    stamp = incoming_stamp(Block(kind="overlay", lines=rows), aspect=1.414)
    assert stamp.number.raw == "77"
    assert stamp.date.raw.startswith("3-2-21")
