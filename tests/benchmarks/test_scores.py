"""A benchmark that counts wrongly is worse than none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.common import (
    comparable,
    missed_in_any_order,
    peak_megabytes,
    same,
    word_errors,
    words,
)
from benchmarks.layout import Verdict, judge
from benchmarks.scores import Pairs, Score, overlap, subject_right
from models.directive import FieldValue
from models.text import Block, Line, PageText, Word


def test_case_and_punctuation_count_tone_placement_does_not() -> None:
    assert word_errors(words("Hòa bình."), words("Hoà bình.")) == 0
    assert word_errors(words("Hòa bình."), words("hòa bình")) == 2


def test_reading_across_columns_is_wrong_in_order_and_missed_by_none() -> None:
    gold, read = words("a b c d"), words("a c b d")
    assert word_errors(gold, read) == 2
    assert missed_in_any_order(gold, read) == 0
    assert missed_in_any_order(words("a a b"), words("a b b")) == 1


@pytest.mark.parametrize(
    ("found", "gold", "right"),
    [
        ("triển khai sử dụng hóa đơn", "Về việc triển khai sử dụng hoá đơn", True),
        ("triển khai sử dụng hóa đơn điện tử", "V/v triển khai sử dụng hóa đơn", False),
        (None, "Về việc triển khai", False),
    ],
)
def test_subjects_count_within_five_percent(found: str | None, gold: str, right: bool) -> None:
    assert subject_right(found, gold) is right


def test_items_are_paired_once() -> None:
    pairs = Pairs()
    overlap(["Như trên", "Như trên"], ["Như trên", "Lưu: VT"], pairs)
    assert (pairs.found, pairs.expected, pairs.common) == (2, 2, 1)
    assert pairs.f1 == 0.5


def test_wrong_accepted_values_are_named_and_open_ones_are_not_wrong() -> None:
    score = Score()
    score.add("x", FieldValue(value="1", status="accepted"), False, "2")
    score.add("y", FieldValue(value="1", status="review"), False, "2")
    score.add("z", FieldValue(status="unreadable"), False, "2")
    assert (score.wrong, score.open, score.right) == (2, 1, 0)
    assert score.wrong_accepted == ["x: '1' for '2'"]


def test_comparison_keeps_letters_and_digits() -> None:
    assert comparable("120/LĐLĐ") != comparable("120/LDLD")
    assert same("Liên đoàn  Lao động", "LIÊN ĐOÀN LAO ĐỘNG")


GOLD = {
    "number_raw": "12 /CT-UBND", "issuing_body": "Ủy ban nhân dân tỉnh Cà Mau",
    "parent_body": None, "place": "Cà Mau", "date": "2021-01-04",
    "signature_block": "Ký bởi: Ủy ban; vanthu@camau.example",
    "incoming_stamp": {"office": "Văn phòng Tiếp nhận Công văn"},
}  # fmt: skip
LEFT = ("ỦY BAN NHÂN DÂN", "TỈNH CÀ MAU", "Số: 12 /CT-UBND")
RIGHT = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
    "Cà Mau, ngày 04 tháng 01 năm 2021",
)  # fmt: skip


def page_of(**blocks: tuple[str, ...]) -> PageText:
    made = []
    for kind, texts in blocks.items():
        lines = tuple(Line(words=tuple(Word(text=w) for w in t.split())) for t in texts)
        made.append(Block(kind=kind, lines=lines))  # type: ignore[arg-type]
    return PageText(page=1, read_by="ocr", blocks=tuple(made))


def test_a_whole_head_and_a_pure_body_have_nothing_wrong() -> None:
    page = page_of(header_left=LEFT, header_right=RIGHT, body=("Thực hiện kế hoạch",))
    assert judge(page, GOLD) == Verdict((), ())


def test_parts_that_strayed_from_the_head_are_named() -> None:
    page = page_of(header_left=LEFT[:2], header_right=RIGHT[:1], body=(*RIGHT[1:], LEFT[2]))
    assert set(judge(page, GOLD).missing) == {
        "number", "motto", "place", "year", "motto in the body",
    }  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "Ký bởi: Ủy ban nhân dân", "05/01/2021 08:15:24", "CÔNG VĂN ĐẾN", "Chuyển: Phòng TH",
        "vanthu@camau.example", "VĂN PHÒNG TIẾP NHẬN CÔNG VĂN",
    ],
)  # fmt: skip
def test_overlaid_text_counts_in_the_body_and_not_in_an_overlay(line: str) -> None:
    head = {"header_left": LEFT, "header_right": RIGHT}
    assert judge(page_of(**head, body=(line,)), GOLD).spilt == (line,)
    assert judge(page_of(**head, overlay=(line,)), GOLD).spilt == ()


def test_memory_counts_what_children_hold_at_one_time_and_not_our_own() -> None:
    ballast = bytearray(300 << 20)
    hold = f"import time; b = bytearray({80 << 20}); time.sleep(0.5)"

    def two() -> None:
        children = [subprocess.Popen([sys.executable, "-c", hold]) for _ in range(2)]
        for child in children:
            child.wait()

    assert 160 <= peak_megabytes(two) < 300
    assert len(ballast) == 300 << 20
