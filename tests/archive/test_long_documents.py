"""Search in documents that are longer than an index of the database would like."""

from __future__ import annotations

import pytest

from pipeline.archive import Archive, Filter
from tests.archive.conftest import Place, Put

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def word(number: int) -> str:
    """One word of letters for each number: 'w' and the number in base 26."""
    made = ""
    while number:
        number, digit = divmod(number, 26)
        made = LETTERS[digit] + made
    return f"w{made}"


def found(archive: Archive, query: str) -> bool:
    hits = archive.search(query)
    assert [row.id for row in archive.list(Filter(text=query))] == [hit.id for hit in hits], query
    assert [hit.id for hit in hits] in ([], ["d-long"])
    return bool(hits)


def test_a_phrase_is_found_past_any_position_and_any_count(archive: Archive, put: Put) -> None:
    # A tsvector forgets positions past 16,383 and the 257th of a word.
    put("long", "công đoàn " * 10_000 + "cơ sở công lập " + "lao động " * 10_000 + "cuối cùng")
    put("other", "công việc")
    for phrase in ('"co so cong lap"', '"cong doan co so"', '"dong cuoi cung"', '"cong lap l"*'):
        assert found(archive, phrase), phrase
    for phrase in ('"cong co so"', '"cong lap cong doan"', '"lap lao cuoi"', '"doan lao dong"'):
        assert not found(archive, phrase), phrase


@pytest.mark.slow
def test_a_document_of_endless_different_words_is_found_by_all(
    archive: Archive, put: Put, place: Place
) -> None:
    # A tsvector may have 1 MB.
    many = 60_000
    put("long", " ".join(map(word, range(1, many))), subject="biểu tổng hợp", number="9/BC")
    put("other", "w123 wab biểu tổng")
    for number in (1, 2, 3_333, 29_999, 30_001, 45_678, many - 1):
        assert found(archive, f"{word(number)} {word(many - number)}"), number
    assert found(archive, f'"{word(50_000)} {word(50_001)}"')
    assert not found(archive, f'"{word(50_001)} {word(50_000)}"')
    assert found(archive, f"{word(77)} {word(59_990)[:4]}* tong hop 9/bc")
    assert not found(archive, f"{word(many)}x")
    assert not found(archive, f"{word(5)} {word(many + 7)}")
    if place.dialect == "postgresql":
        assert place.rows("SELECT cut FROM directive_fts ORDER BY pk") == [(True,), (False,)]
    assert {d.kind for d in archive.verify()} == {"original.missing"}


@pytest.mark.parametrize("length", [199, 200, 201, 683, 5_000])
def test_a_word_without_end_is_a_word(archive: Archive, put: Put, length: int) -> None:
    # A lexeme may have 2,046 bytes.
    endless = "đ" * length
    put("long", f"trước {endless} sau", number=f"{'7' * length}/KH")
    put("other", f"trước {endless}ơ sau {'7' * (length + 1)}")
    assert found(archive, endless)
    assert found(archive, f'"truoc {endless} sau"')
    assert found(archive, "7" * length)
    assert not found(archive, endless[:-1])
    assert not found(archive, endless + "o" * 2)
    assert len(archive.search(endless[:-1] + "*")) == 2
    assert len(archive.search(f"{endless}*")) == 2


def test_a_question_without_end_is_answered(archive: Archive, put: Put) -> None:
    words = list(map(word, range(1, 3_000)))
    put("long", " ".join(words))
    put("other", " ".join(words[:-1]))
    assert found(archive, f'"{" ".join(words)}"')
    assert not found(archive, f'"{" ".join(words)} x"')
    assert len(archive.search(f'"{" ".join(words[:-2])}"')) == 2
