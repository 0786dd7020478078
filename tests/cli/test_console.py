"""What people read on the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.directive import Alternative, FieldValue
from pipeline.console import _around, field_text, figure, repeated, when


@pytest.mark.parametrize(
    ("operator", "date", "recurrence", "words"),
    [
        ("before", "2023-08-29", None, "before 2023-08-29"),
        ("within", "2022-04-25/2022-05-31", None, "2022-04-25 to 2022-05-31"),
        ("within", "../2024-08-02", None, "until 2024-08-02"),
        ("from", "2021-09/..", None, "from 2021-09"),
        ("before", None, "FREQ=MONTHLY;BYMONTHDAY=25", "before day 25 of every month"),
        ("by", None, "R/P1Y", "by every year"),
        ("by", None, "FREQ=MONTHLY;BYDAY=1MO", "by FREQ=MONTHLY;BYDAY=1MO"),
        ("by", None, None, "by"),
    ],
)
def test_deadlines_in_words(
    operator: str, date: str | None, recurrence: str | None, words: str
) -> None:
    assert when(operator, date, recurrence) == words


@given(st.text())
def test_any_recurrence_has_words(text: str) -> None:
    assert isinstance(repeated(text), str)


@pytest.mark.parametrize(
    ("value", "comparator", "shown"),
    [
        (5091, "=", "5.091"),
        (52.2, "=", "52,2"),
        (2, ">=", ">= 2"),
        (None, "=", ""),
        (1e6, "=", "1.000.000"),
    ],
)
def test_figures_as_vietnamese_offices_write_them(
    value: float | None, comparator: str, shown: str
) -> None:
    assert figure(value, comparator) == shown


def test_an_excerpt_shows_the_figure() -> None:
    text = "từ " * 60 + "chỉ tiêu 5.091 sáng kiến " + "đến " * 60
    assert "5.091" in _around(text, "5.091", 60)
    assert len(_around(text, "5.091", 60)) <= 60


def test_an_unreadable_field_shows_its_candidates_and_no_value() -> None:
    field = FieldValue(
        status="unreadable", alternatives=(Alternative(value="48"), Alternative(value="18"))
    )
    assert field_text(field).plain == "✗ unreadable (48, 18)"


def test_control_characters_of_a_document_do_not_reach_the_terminal() -> None:
    field = FieldValue(value="a\x1b[31mb", status="review")
    assert "\x1b" not in field_text(field).plain
