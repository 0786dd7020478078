from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import Block, Line, Word
from pipeline.recognise import Heard, Recogniser
from pipeline.recognise.engine import EngineLine
from pipeline.recognise.stamps import incoming_stamp, is_incoming
from tests.recognise.printed import words

LAYER = np.full((150, 400), 255, np.uint8)
PAGE = np.full((1100, 800), 255, np.uint8)
PLACE = (0.1, 0.2, 0.4, 0.3)


class Two:
    """Engines of which one reads page and stamp, the other only what it is asked about."""

    name = "two"

    def __init__(self, stamp: list[EngineLine], heard: str | None = None) -> None:
        self.stamp = stamp
        self.heard = heard
        self.calls = 0

    def read(self, *_: Any, segmentation: int | None = None, **__: Any) -> list[EngineLine]:
        self.calls += 1
        page = [tuple(words("Thực hiện kế hoạch của Liên đoàn", 0.15, 0.5))]
        return page if segmentation is None else self.stamp

    def read_lines(self, _: Any, lines: list[EngineLine]) -> list[tuple[Heard, ...]]:
        return [
            tuple(
                Heard(self.heard if w.text.isdigit() and self.heard else w.text, w.bbox[0],
                      w.bbox[2], 0.9)
                for w in line if w.bbox is not None
            )
            for line in lines
        ]  # fmt: skip


def stamp_lines(number: str = "1234", day: str = "26/4/2022") -> list[EngineLine]:
    return [
        tuple(words("CÔNG VĂN ĐẾN", 0.3, 0.2)),
        tuple(words(f"Số: {number}", 0.2, 0.4)),
        tuple(words(f"Ngày: {day}", 0.2, 0.6)),
    ]


def read(engine: Two, *, second: bool = True) -> Any:
    reader = Recogniser(engine, second=engine if second else None)
    return reader.read_page(PAGE, page=1, dpi=100, timeout_seconds=30, stamps=[(PLACE, LAYER)])


def test_a_stamp_that_was_taken_off_is_read_and_kept_apart() -> None:
    page = read(Two(stamp_lines()))
    assert "ĐẾN" not in page.text
    (block,) = [b for b in page.blocks if b.kind == "overlay"]
    assert block.overlay == "incoming_stamp"
    assert block.bbox is not None
    assert PLACE[0] <= block.bbox[0] <= block.bbox[2] <= PLACE[2]
    assert PLACE[1] <= block.bbox[1] <= block.bbox[3] <= PLACE[3]
    (stamp,) = page.stamps
    assert (stamp.number.value, stamp.date.value) == ("1234", "2022-04-26")
    assert {stamp.number.status, stamp.date.status} == {"review"}
    assert [f.code for f in page.findings if f.code.startswith("page.")] == ["page.incoming_stamp"]


def test_a_number_that_two_readers_see_differently_is_no_value() -> None:
    (stamp,) = read(Two(stamp_lines(), heard="1284")).stamps
    assert stamp.number.value is None
    assert stamp.number.status == "unreadable"
    assert set(stamp.number.alternatives) == {"1234", "1284"}
    assert stamp.number.bbox is not None


def test_one_reader_alone_proves_no_number() -> None:
    (stamp,) = read(Two(stamp_lines()), second=False).stamps
    assert stamp.number.value is None
    assert stamp.number.alternatives == ("1234",)


def test_without_a_stamp_nothing_more_is_read() -> None:
    engine = Two([])
    Recogniser(engine).read_page(PAGE, page=1, dpi=100, timeout_seconds=30)
    assert engine.calls == 1


def test_a_stamp_in_which_nothing_is_read_leaves_the_page_alone() -> None:
    page = read(Two([]))
    assert not any(b.kind == "overlay" for b in page.blocks)
    assert page.stamps == ()


def block(*texts: str) -> Block:
    lines = [Line(words=tuple(words(t, 0.1, 0.1 + 0.03 * i))) for i, t in enumerate(texts)]
    return Block(kind="overlay", overlay="incoming_stamp", lines=tuple(lines))


@pytest.mark.parametrize(
    ("texts", "number", "day"),
    [
        (("CÔNG VĂN ĐẾN", "Số: 77", "Ngày: 3/2/21"), "77", "2021-02-03"),
        (("ĐẾN Số: 0123 Ngày: 05-12-2019",), "0123", "2019-12-05"),
        (("CV ĐẾN", "Số ..... 415 .....", "Ngày: 31/2/2020", "Chuyển: 9"), "415", None),
        (("CÔNG VĂN ĐẾN", "Số: 4?5", "Ngày:"), None, None),
    ],
)
def test_number_and_date_stand_behind_their_labels(
    texts: tuple[str, ...], number: str | None, day: str | None
) -> None:
    stamp = incoming_stamp(block(*texts), aspect=1.414)
    assert (stamp.number.value, stamp.date.value) == (number, day)


def test_what_is_no_incoming_stamp_is_not_taken_for_one() -> None:
    assert not is_incoming(block("HỎA TỐC").lines)
    assert not is_incoming(block("DỰ THẢO", "ngày 3").lines)
    assert is_incoming(block("VĂN PHÒNG", "Số: 12", "Ngày: 4/5").lines)


@given(st.lists(st.lists(st.text(max_size=8), max_size=4), max_size=5))
def test_a_stamp_never_says_more_than_was_read(rows: list[list[str]]) -> None:
    lines = tuple(
        Line(words=tuple(Word(text=t, bbox=(0.1, 0.1, 0.2, 0.12)) for t in row)) for row in rows
    )
    stamp = incoming_stamp(Block(kind="overlay", lines=lines), aspect=1.414)
    seen = "".join(t for row in rows for t in row)
    assert all(c in seen for c in stamp.number.value or "")
