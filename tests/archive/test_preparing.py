"""What is made of many texts at once is what is made of each alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive import likeness, paths, record, words
from tests.archive.strategies import directive, full_directive

#: Letters with marks apart and together, digits with noughts, invisible and unusual signs, an end.
_SIGNS = "aĐế 0017\n\0-/.\u0301\u00ad\u200b١ỳǜ□¼🙂ﬁ\ud800"
_TEXTS = st.lists(
    st.text(st.sampled_from(_SIGNS), max_size=12) | st.text(max_size=8)
    # Long ones are not taken from the memory of short ones.
    | st.text(st.sampled_from(_SIGNS), min_size=1, max_size=4).map(lambda some: some * 201),
    max_size=6,
)  # fmt: skip


@given(_TEXTS)
def test_the_keys_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    alone = [" ".join(words._tidied(found) for found in _found(text)) for text in texts]
    assert words.keys(texts) == words._quick_keys(texts or [""])[: len(texts)] == alone
    assert [words.key(text) for text in texts] == alone


def _found(text: str) -> list[str]:
    found: list[str] = words._TOKEN.findall(words.fold(text))
    return found


_WORDS = st.text(st.sampled_from("abcđ0"), max_size=3)
_BODIES = st.lists(st.lists(_WORDS, max_size=40).map(" ".join), max_size=6)


@given(_BODIES, st.sampled_from([1, 100, 1 << 15]))
def test_the_signatures_of_many_texts_are_those_of_each(bodies: list[str], batch: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(likeness, "_BATCH_BYTES", batch)
        patched.setattr(likeness, "MIN_SHINGLES", 4)
        assert likeness.signatures(bodies) == [likeness.signature(body) for body in bodies]
        twice = [*bodies, " ".join(bodies)] * 2
        assert likeness.signatures(twice) == [likeness.signature(body) for body in twice]


_TOKENS = st.text(st.sampled_from("aế0z"), max_size=10) | st.text(st.sampled_from("ab"), max_size=9)
_KEYS = st.lists(st.lists(_TOKENS, max_size=8).map(" ".join), max_size=6)


@given(_KEYS)
def test_the_tokens_of_many_keys_are_those_of_each(keys: list[str]) -> None:
    assert words.distinct(keys) == {token for key in keys for token in key.split(" ")} - {""}


@given(st.lists(st.integers(0, 40) | st.integers(0, (1 << 64) - 1)))
def test_numbers_that_share_a_place_are_all_found(numbers: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(words, "_PLACES_BITS", 1)
        found = words._distinct(np.array(numbers, dtype=np.uint64)).tolist()
    assert sorted(found) == sorted(set(numbers) - {0})


@given(st.text(st.sampled_from("a./\n ếx\udc80"), max_size=8))
def test_where_a_file_lies_is_said_as_pathlib_says_it(path: str) -> None:
    assert paths.location_of(path, None) == os.fsencode(Path(path).absolute())
    assert paths.location_of("x", Path(path)) == os.fsencode(Path(path).absolute())


@given(texts=st.lists(st.lists(st.text(), max_size=3), max_size=4))
def test_what_is_searched_of_stored_records_is_what_is_searched_of_them(
    texts: list[list[str]],
) -> None:
    given = [full_directive(), directive("a"), directive("b", campaign=None), full_directive()]
    made = given[: len(texts)]
    stored = [record.document(one) for one in made]
    expected = [record.search_row(one, own) for one, own in zip(made, texts, strict=True)]
    assert record.search_rows(stored, texts) == expected


def test_what_is_searched_of_a_record_of_an_earlier_contract() -> None:
    told = json.loads(record.document(full_directive()))
    for name in ("parent_issuer", "signer", "campaign"):
        del told[name]
    (row,) = record.search_rows([json.dumps(told)], [["a"]])
    assert row["number"] == record.search_row(full_directive(), [])["number"]
    assert row["title"]
