from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.text import Block, BlockKind, Line, PageText, Word
from pipeline.recognise.handwriting import mark_handwriting
from tests.recognise.printed import words

HEIGHT, WIDTH = 1400, 1000


def drawn(line: list[Word], *, scale: dict[str, float] | None = None) -> np.ndarray:
    """A page with a box of ink for each character; ``scale`` makes those of some words taller."""
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    for word in line:
        assert word.bbox is not None
        x0, y0, x1, y1 = word.bbox
        step = (x1 - x0) * WIDTH / len(word.text)
        tall = (y1 - y0) * HEIGHT * (scale or {}).get(word.text, 1.0)
        for n in range(len(word.text)):
            left = round(x0 * WIDTH + n * step) + 1
            corner = (left, round(y1 * HEIGHT - tall))
            cv2.rectangle(page, corner, (left + int(step) - 4, round(y1 * HEIGHT)), (0,), -1)
    return page


def marked(kind: BlockKind, line: list[Word], page: np.ndarray) -> tuple[list[str], PageText]:
    text = PageText(
        page=1, read_by="ocr", blocks=(Block(kind=kind, lines=(Line(words=tuple(line)),)),)
    )
    result = mark_handwriting(text, page)
    found = [
        w for _, row in result.lines() for w in row.words if w.reading and w.reading.handwritten
    ]
    assert all(w.confidence is not None and w.confidence <= 0.2 for w in found)
    return [w.text for w in found], result


@pytest.mark.parametrize("number", ["517", "12"])
def test_a_number_like_the_print_beside_it_is_printed(number: str) -> None:
    line = words(f"Số: {number} /QĐ-TLĐ", 0.1, 0.1)
    assert marked("header_left", line, drawn(line))[0] == []
    joined = words(f"Số: {number}/QĐ-TLĐ", 0.1, 0.1)
    assert marked("header_left", joined, drawn(joined))[0] == []


def test_a_tall_number_is_written_by_hand_and_told_with_its_place() -> None:
    line = words("Số: 517 /QĐ-TLĐ", 0.1, 0.1)
    found, page = marked("header_left", line, drawn(line, scale={"517": 1.6}))
    assert found == ["517"]
    (finding,) = page.findings
    assert finding.code == "ocr.handwriting"
    (evidence,) = finding.evidence
    assert evidence.bbox is not None
    assert line[1].bbox is not None
    assert evidence.bbox[0] <= line[1].bbox[0] < line[1].bbox[2] <= evidence.bbox[2]


def test_an_unsure_number_is_not_proven_printed() -> None:
    line = words("Số: 517 /QĐ-TLĐ", 0.1, 0.1)
    line[1] = line[1].model_copy(update={"confidence": 0.6})
    assert marked("header_left", line, drawn(line))[0] == ["517"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Cà Mau, ngày 22 tháng 4 năm 2022", []),
        ("Cà Mau, ngày04tháng 4 năm 2022", ["ngày04tháng"]),
        ("Cà Mau, ngày@&0 tháng 4 năm 2022", ["ngày@&0"]),
        ("Cà Mau, ngày 2 tháng/† năm 2022", ["tháng/†"]),
    ],
)
def test_day_and_month_are_looked_for_between_the_printed_words(
    text: str, found: list[str]
) -> None:
    line = words(text, 0.4, 0.1)
    assert marked("header_right", line, drawn(line))[0] == found


def test_ink_where_nothing_was_read_is_told() -> None:
    line = words("Cà Mau, ngày 22 tháng 4 năm 2022", 0.4, 0.1)
    page = drawn(line, scale={"22": 1.5})
    left_out = [w for w in line if w.text != "22"]
    found, text = marked("header_right", left_out, page)
    assert found == []
    assert [f.code for f in text.findings] == ["ocr.handwriting"]
    blank = drawn(left_out)
    assert marked("header_right", left_out, blank)[1].findings == ()


def test_numbers_of_the_body_are_left_alone() -> None:
    line = words("Số: 517 /QĐ-TLĐ", 0.1, 0.1)
    assert marked("body", line, drawn(line, scale={"517": 1.6}))[0] == []


@pytest.mark.parametrize(
    "name",
    [
        "SỞ GIÁO DỤC VÀ ĐÀO TẠO",
        "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI",
        "CÔNG ĐOÀN CƠ SỞ CÔNG TY =1 PHẦN",
        "CÔNG ĐOÀN CƠ SỞ",
    ],
)
def test_the_name_of_an_office_is_no_number(name: str) -> None:
    line = words(name, 0.1, 0.1)
    found, page = marked("header_left", line, drawn(line))
    assert found == []
    assert page.findings == ()


@pytest.mark.parametrize("text", ["Số 648 -CV/TU", "Sổ 31 /CĐCS", "Số: 48"])
def test_a_number_is_looked_for_with_and_without_a_colon(text: str) -> None:
    line = words(text, 0.1, 0.1)
    line[1] = line[1].model_copy(update={"confidence": 0.5})
    assert marked("header_left", line, drawn(line))[0] == [line[1].text]


def test_a_day_has_a_place_where_the_words_around_it_overlap() -> None:
    line = words("Cà Mau, ngày 36 tháng 4 năm 2022", 0.1, 0.1)
    at = next(i for i, word in enumerate(line) if word.text == "ngày")
    behind = line[at + 2].bbox
    box = line[at].bbox
    assert box is not None
    assert behind is not None
    line[at] = line[at].model_copy(update={"bbox": (box[0], box[1], behind[0] + 0.01, box[3])})
    line[at + 1] = line[at + 1].model_copy(update={"confidence": 0.3})
    _, page = marked("header_right", line, drawn(line))
    (day,) = (zone for zone in page.zones if zone.kind == "day")
    assert day.bbox == line[at + 1].bbox
