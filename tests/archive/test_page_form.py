"""A page is stored as the model says it, however it was put together."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.text import Block, Line, PageText, Word
from pipeline.archive import page_form, record
from pipeline.archive.page_form import form
from pipeline.archive.words import key

_CHARACTERS = st.sampled_from('aĐ ế"\\\n\t\x00\x1f\x7f\u2028‘🙂0')
_TEXTS = st.text(_CHARACTERS, max_size=4)
_BOXES = st.none() | st.just((0.1, 0.2, 0.3, 0.4))
_PLAIN = st.builds(Word, text=_TEXTS)
_WORDS = _PLAIN | st.builds(
    Word, text=_TEXTS, bbox=_BOXES, confidence=st.none() | st.just(0.5), raw=st.none() | _TEXTS
)


def _pages(words: st.SearchStrategy[Word]) -> st.SearchStrategy[PageText]:
    lines = st.builds(Line, words=st.lists(words, max_size=3).map(tuple))
    kinds: dict[str, Any] = {"kind": st.sampled_from(["body", "overlay"])}
    overlays = st.sampled_from([None, "stamp"])
    blocks = st.builds(
        Block, **kinds, overlay=overlays, lines=st.lists(lines, max_size=3).map(tuple)
    )
    return st.builds(
        PageText,
        page=st.integers(1, 9),
        read_by=st.just("text"),
        engine=st.sampled_from(["", '"blocks":[]']),
        blocks=st.lists(blocks, max_size=3).map(tuple),
    )


@given(_pages(_PLAIN) | _pages(_WORDS))
def test_the_form_of_a_page_says_what_the_page_says(page: PageText) -> None:
    stored = form(page)
    assert stored.text == page.text
    assert (stored.text_raw or stored.text) == page.raw_text
    assert stored.text_raw != stored.text
    again = page_form.page(stored.document, stored.text)
    assert again == page
    assert again.model_dump_json(by_alias=True) == page.model_dump_json(by_alias=True)
    assert stored.content == page_form.content(stored.document, stored.text)


@given(st.lists(st.text(st.sampled_from("aĐế \n0\u0301\u00ad7-١ỳ")), max_size=4))
def test_the_tokens_of_pages_are_those_of_each_page(texts: list[str]) -> None:
    assert record.search_body(texts) == " ".join(filter(None, map(key, texts)))
