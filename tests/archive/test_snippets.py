"""Matches are marked the same whichever way they are looked for."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from models.vietnamese import nfc
from pipeline.archive.snippets import _by_letters, _by_tokens, cut
from pipeline.archive.words import UNKNOWN_SIGN, aligned, ask, fold_word, tokens

PIECES = st.lists(
    st.sampled_from(
        ["công", "cong", "Đoàn", "doan", "12", "012", "0", "120", "5", "a", "ab", " ", "-", "/",
         ", ", "“", "…", "\n", "_"]
    ),
    max_size=25,
).map("".join)  # fmt: skip
ASKED = st.lists(
    st.sampled_from(
        ["công", "doan*", '"cong doan"', "12", '"5/a"', "1*", '"12 cong"*', "a*", "ab"]
    ),
    min_size=1,
    max_size=4,
).map(" ".join)


@given(text=PIECES, query=ASKED)
@example(text="số 0012công đoàn", query='"12 cong doan"')
def test_letters_and_tokens_give_the_same_spans(text: str, query: str) -> None:
    terms = ask(query).terms
    assert sorted(_by_letters(terms, aligned(nfc(text)))) == sorted(_by_tokens(terms, nfc(text)))


@given(st.text(max_size=60))
def test_an_aligned_text_has_every_plain_token_in_its_place(text: str) -> None:
    text = nfc(text)
    chars = aligned(text)
    assert len(chars) == len(text)
    for token in tokens(text):
        there = chars[token.start : token.end]
        assert UNKNOWN_SIGN in there or fold_word(there) == token.text


_WORDS = st.lists(st.text("abđnư", min_size=1, max_size=9), min_size=1, max_size=120)


@given(_WORDS, st.data())
def test_a_snippet_begins_and_ends_with_whole_words(words: list[str], data: st.DataObject) -> None:
    place = " ".join(words)
    begins = [sum(len(word) + 1 for word in words[:number]) for number in range(len(words))]
    chosen = data.draw(st.lists(st.integers(0, len(words) - 1), min_size=1, unique=True))
    spans = [(begins[n], begins[n] + len(words[n])) for n in sorted(chosen)]
    shown, marks = cut(place, spans)
    assert set(shown.strip("…").split()) <= set(words)
    assert marks
    assert {shown[start:end] for start, end in marks} <= {place[s:e] for s, e in spans}


def test_a_match_far_from_the_first_has_its_own_words_around() -> None:
    place = "sáng " + "mục đích " * 40 + "sáng kiến " * 3
    spans = [(0, 4)] + [
        (at, at + 9) for at in range(len(place)) if place.startswith("sáng kiến", at)
    ]
    shown, _ = cut(place, spans)
    assert shown.startswith(("…mục", "…đích"))
