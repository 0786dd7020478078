"""Blanks of the body: what speaks for a pen, and what does not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.text import Block, BlockKind, Line, PageText, Word
from pipeline.recognise.handwriting import mark_handwriting
from tests.recognise.printed import CHARACTER, LINE, words

HEIGHT, WIDTH = 2000, 1400
TOP = 0.3
EM = LINE * HEIGHT


def printed(page: np.ndarray, line: list[Word]) -> None:
    """A box of ink for each character."""
    for word in line:
        assert word.bbox is not None
        step = (word.bbox[2] - word.bbox[0]) * WIDTH / len(word.text)
        for n in range(len(word.text)):
            left = round(word.bbox[0] * WIDTH + n * step) + 1
            corner = (left, round(word.bbox[1] * HEIGHT))
            cv2.rectangle(
                page, corner, (left + int(step) - 4, round(word.bbox[3] * HEIGHT)), (0,), -1
            )


def dots(page: np.ndarray, x0: float, x1: float, *, jitter: float = 0.0) -> None:
    """A leader on the base line, as fonts set it; ``jitter`` makes specks of it."""
    shake = np.random.default_rng(1)
    for x in np.arange(x0 * WIDTH, x1 * WIDTH, 0.35 * EM):
        dx, dy = shake.normal(0, jitter * EM, 2) if jitter else (0.0, 0.0)
        centre = (round(x + dx), round((TOP + LINE) * HEIGHT - 3 + dy))
        cv2.circle(page, centre, 2, (0,), -1)


def pen(page: np.ndarray, x: float) -> None:
    """A stroke as tall as a letter and a half."""
    low = round((TOP + LINE) * HEIGHT)
    cv2.line(page, (round(x * WIDTH), low), (round(x * WIDTH) + 12, low - round(1.3 * EM)), (0,), 4)


def marked(line: list[Word], page: np.ndarray, kind: BlockKind = "body") -> tuple[str, PageText]:
    text = PageText(
        page=1, read_by="ocr", blocks=(Block(kind=kind, lines=(Line(words=tuple(line)),)),)
    )
    result = mark_handwriting(text, page)
    found = [
        w for _, row in result.lines() for w in row.words if w.reading and w.reading.handwritten
    ]
    assert all(w.confidence is not None and w.confidence <= 0.2 for w in found)
    return " ".join(w.text for w in found), result


def sheet() -> np.ndarray:
    return np.full((HEIGHT, WIDTH), 255, np.uint8)


BEFORE = words("thời hạn trong", 0.1, TOP)
BLANK = (0.27, 0.42)
AFTER = words("ngày làm việc", 0.44, TOP)


def line_with(middle: list[Word]) -> tuple[list[Word], np.ndarray]:
    page = sheet()
    printed(page, [*BEFORE, *AFTER])
    return [*BEFORE, *middle, *AFTER], page


@pytest.mark.parametrize("read_as", ["....J-/2...", "Siờ", ""])
def test_strokes_on_dots_are_handwriting_whatever_was_read(read_as: str) -> None:
    line, page = line_with(words(read_as, 0.3, TOP, sure=0.3))
    dots(page, *BLANK)
    pen(page, 0.33)
    found, text = marked(line, page)
    assert found == read_as
    (zone,) = text.zones
    assert (zone.kind, zone.text) == ("blank", read_as)
    assert zone.bbox is not None
    assert zone.bbox[0] <= 0.33 <= zone.bbox[2]
    (finding,) = text.findings
    assert finding.code == "ocr.handwriting"
    assert finding.evidence[0].bbox == zone.bbox


def test_a_sure_reading_of_leaders_is_handwriting_too() -> None:
    line, page = line_with(words("....12....", 0.29, TOP, sure=0.96))
    dots(page, *BLANK)
    pen(page, 0.33)
    assert marked(line, page)[0] == "....12...."


def test_strokes_on_a_rule_are_handwriting() -> None:
    line, page = line_with(words(")", 0.33, TOP, sure=0.97))
    low = round((TOP + LINE) * HEIGHT)
    cv2.line(page, (round(0.28 * WIDTH), low + 1), (round(0.41 * WIDTH), low + 1), (0,), 2)
    cv2.line(page, (round(0.33 * WIDTH), low - 2), (round(0.34 * WIDTH), low - 30), (0,), 3)
    page[low - 2 : low + 1, round(0.32 * WIDTH) : round(0.35 * WIDTH)] = 255
    assert marked(line, page)[0] == ")"


def test_an_empty_leader_is_no_handwriting() -> None:
    line, page = line_with(words(".........", 0.28, TOP, sure=0.5))
    dots(page, *BLANK)
    found, text = marked(line, page)
    assert found == ""
    assert text.zones == text.findings == ()


def test_a_doubtful_printed_word_among_specks_is_no_handwriting() -> None:
    middle = words("hiện", 0.3, TOP, sure=0.3)
    line, page = line_with(middle)
    printed(page, middle)
    dots(page, *BLANK, jitter=0.2)
    assert marked(line, page)[0] == ""


def test_the_border_of_a_table_is_no_rule_to_write_on() -> None:
    line, page = line_with(words("hiện", 0.3, TOP, sure=0.3))
    low = round((TOP + LINE) * HEIGHT) + 6
    cv2.line(page, (0, low), (WIDTH, low), (0,), 2)
    cv2.line(page, (round(0.35 * WIDTH), 0), (round(0.35 * WIDTH), low - 3), (0,), 2)
    assert marked(line, page)[0] == ""


def test_what_is_signed_is_no_blank() -> None:
    line, page = line_with(words("Siờ", 0.3, TOP, sure=0.3))
    dots(page, *BLANK)
    pen(page, 0.33)
    assert marked(line, page, "signature")[0] == ""


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("trước ngày 25 tháng 4 năm 2022", 0.95),
        ("trước ngày 25 tháng 4 năm 2022", 0.5),
        ("ngày hội Tháng Công nhân năm 2022", 0.95),
    ],
)
def test_printed_dates_of_the_body_stay_as_they_are(text: str, sure: float) -> None:
    line = words(text, 0.1, TOP)
    line = [
        w if w.text not in ("25", "4") else w.model_copy(update={"confidence": sure}) for w in line
    ]
    page = sheet()
    printed(page, line)
    assert marked(line, page)[0] == ""


def test_a_day_taller_than_print_was_written_by_hand() -> None:
    line = words("đã gửingày 25 tháng 4 năm 2022", 0.1, TOP)
    line[2] = line[2].model_copy(update={"confidence": 0.5})
    page = sheet()
    printed(page, [w for w in line if w.text != "25"])
    assert line[2].bbox is not None
    pen(page, line[2].bbox[0] + CHARACTER / 2)
    found, text = marked(line, page)
    assert found == "25"
    assert [zone.kind for zone in text.zones] == ["day"]
