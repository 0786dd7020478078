"""A benchmark that counts wrongly is worse than none."""

from __future__ import annotations

import pytest

from benchmarks.common import comparable, missed_in_any_order, same, word_errors, words
from benchmarks.scores import Pairs, Score, overlap, subject_right
from models.directive import FieldValue


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
