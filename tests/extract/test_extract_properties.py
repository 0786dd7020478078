"""Whatever the text: no crash, the same result twice, evidence that exists."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.text import Block, Line, PageText, Word
from pipeline.extract.view import build_view
from tests.extract.builders import PLAN, read, read_pages, text_pages

_PARTS = st.sampled_from(
    [*PLAN.split("\n"), *PLAN.split(" ")[:80], "Kính gửi:", "Nơi nhận:", "ngày", "1/KH-LĐLĐ", "\f"]
)
_TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(_PARTS, max_size=40).map("\n".join),
    st.lists(_PARTS, max_size=40).map(" ".join),
)
_KINDS = st.sampled_from(
    ["body", "header_left", "header_right", "recipients", "signature", "page_number", "overlay"]
)
_WORDS = st.builds(
    Word,
    text=st.one_of(st.text(max_size=12), _PARTS),
    bbox=st.one_of(st.none(), st.just((0.1, 0.1, 0.2, 0.2))),
    confidence=st.one_of(st.none(), st.floats(0, 1)),
    raw=st.one_of(st.none(), st.text(max_size=8)),
)
_PAGES = st.builds(
    lambda read_by, blocks: PageText(page=1, read_by=read_by, blocks=tuple(blocks)),
    st.sampled_from(["ocr", "text", "text_layer"]),
    st.lists(
        st.builds(
            lambda kind, lines: Block(kind=kind, lines=tuple(Line(words=tuple(w)) for w in lines)),
            _KINDS,
            st.lists(st.lists(_WORDS, max_size=6), max_size=5),
        ),
        max_size=5,
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_TEXTS)
def test_any_text_gives_a_directive_and_the_same_one_twice(text: str) -> None:
    first = read(text)
    assert read(text) == first
    for field in (first.number, first.issued, first.issuer, first.signer.name):
        assert (field.value is None) == (field.status in {"absent", "unreadable"}) or (
            field.status == "review"
        )
        for evidence in field.evidence:
            assert evidence.page is not None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_PAGES)
def test_any_page_gives_a_directive(page: PageText) -> None:
    directive = read_pages(page)
    if page.read_by == "ocr":
        assert directive.number.status != "accepted"
        assert directive.serial.status != "accepted"
        assert directive.issued.status != "accepted"


@given(_TEXTS)
def test_the_folded_view_keeps_offsets(text: str) -> None:
    view = build_view(text_pages(text))
    assert len(view.text) == len(view.folded)
    for word in view.words:
        assert view.text[word.start : word.end].strip()
        assert view.line_at(word.start) == view.line_at(word.end - 1)
    assert all(line.start <= line.end for line in view.lines)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["a", "Số: ", "1/", "1-A ", "ngày ", "định kỳ 6 tháng, ", "phong trào “", "luật ", "TM. ",
     "số 1/QĐ-UBND ngày 1/1/2020 của ", "mỗi công đoàn ", "Nơi nhận:\n- A;\n", "1.000.", "\n",
     "báo cáo đến hết ngày 1/1/2030; ", "100% đoàn viên "],
)  # fmt: skip
def test_hostile_text_takes_linear_time(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        start = process_time()
        read(text)
        return process_time() - start

    short = seconds(40_000)
    # Four times the text; square time would take sixteen times as long.
    assert seconds(160_000) < 9 * short + 1.0
