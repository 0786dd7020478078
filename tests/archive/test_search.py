"""Search: what must match and what must not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vietnamese import nfc
from pipeline.archive import Archive, Filter, fts5
from pipeline.archive.words import MAX_TERMS, Term, ask, key, number_key, spellings
from tests.archive.conftest import Place, Put
from tests.archive.strategies import directive, field, page, source

TEXT = (
    "Thực hiện Kế hoạch số 05/KH-TLĐ ngày 08/3/2021, LIÊN ĐOÀN LAO ĐỘNG tỉnh Hòa Bình\n"
    "đề nghị đăng ký 5.091 sáng kiến, chuyển đổi số, thúy kiều, nghiêng ngả, khuỷu tay"
)


@pytest.fixture
def one(archive: Archive, put: Put) -> Archive:
    put("one", TEXT, number="482/LĐLĐ", subject="đẩy mạnh phong trào", issuer="Công đoàn ngành")
    return archive


MATCHES = [
    "liên đoàn", "lien doan", "LIEN DOAN", "Liên doan", "lién đoàn",  # marks, case, half, wrong
    "dang ky", "đang ky", "Ðăng ký",  # đ, and eth for it
    "hòa bình", "hoà bình", "hoa binh", "thuý kiều", "thúy",  # the place of a tone
    unicodedata.normalize("NFD", "nghiêng ngả"), "khuyu", "khuỷu",  # NFD, stacked marks
    '"chuyển đổi số"', '"chuyen doi so"', '"hoa binh de nghi"', "“sáng kiến”",  # phrases
    "chuy*", "sáng k*", '"doi s"*', "482*",  # prefixes
    "482 ldld", "482/LĐLĐ", "482-ldld", "482ldld", "0482/LĐLĐ", "482 / LĐLĐ",  # its number
    "05/KH-TLĐ", "5/kh-tlđ", "5 kh tld", "8/3/2021", "08/03/2021", "5.091", "5 091",
    "phong trào", "cong doan nganh",  # the record's own fields
    "kiến sáng", "482/LĐLĐ chuyển đổi", '"sáng kiến',  # any order, number and text, open quote
]  # fmt: skip

MISSES = [
    "đoàn liên minh", '"kiến sáng"', '"doi so" khong', "chuye", "482/KH", "483 ldld", "82/LĐLĐ",
    "48*2", '"lien doan dong"', "hoang", "5091", "", " ", '"', "*", '""', "-", "()", "…",
]  # fmt: skip


@pytest.mark.parametrize("query", MATCHES)
def test_search_finds(one: Archive, query: str) -> None:
    hits = one.search(query)
    assert [hit.id for hit in hits] == ["d-one"], query
    assert hits[0].snippet
    assert hits[0].marks, query


@pytest.mark.parametrize("query", MISSES)
def test_search_does_not_find(one: Archive, query: str) -> None:
    assert one.search(query) == []


@pytest.fixture(scope="module")
def shared_archive(shared_place: Place) -> Iterator[Archive]:
    archive = shared_place.open(create=True)
    run_id = archive.begin_run("ingest", "1")
    archive.record_source("a.pdf", source("a"))
    archive.put_directive(
        directive("a", number="482/LĐLĐ"), [page(TEXT), page("NOT AND OR NEAR", 2)],
        result_key="k", run_id=run_id,
    )  # fmt: skip
    yield archive
    archive.close()


TYPED = st.text(
    st.characters() | st.sampled_from("\"*^():+-{}'\\;,/. \0\ud800" + "ăđĐơ\u0301\u200b5"),
    max_size=60,
)
OPERATORS = st.lists(
    st.sampled_from(
        ["AND", "OR", "NOT", "NEAR(", "NEAR/2", '"', "*", "^", "body:", "{", "}", "(", ")", "-x",
         "+", "'", "--", ";", "DROP TABLE", "sáng", "kiến*", "rank", "%", "_"]
    ),
    max_size=12,
).map(" ".join)  # fmt: skip


@given(query=TYPED | OPERATORS)
def test_anything_that_can_be_typed_is_a_question(shared_archive: Archive, query: str) -> None:
    for hit in shared_archive.search(query, limit=3):
        assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.marks)


# -- both databases find what a plain reading finds ---------------------------------------------

WORDS = ["công", "đoàn", "cơ", "sở", "cô", "12", "120", "kế", "hoạch", "cong"]
PHRASES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)


def drawn(count: int, seed: int) -> str:
    return " ".join(Random(seed).choices(WORDS, k=count))


@pytest.fixture(scope="module")
def many(shared_archive: Archive) -> tuple[Archive, dict[str, list[list[str]]]]:
    """An archive, and of each document the tokens of its number, its title and its body."""
    run_id = shared_archive.begin_run("ingest", "1")
    columns = {}
    for number in range(40):
        name = f"many-{number:02}"
        body, subject = drawn(number % 13, number), drawn(number % 5, -number)
        shared_archive.record_source(f"{name}.pdf", source(name))
        shared_archive.put_directive(
            directive(name, number=f"{number * 3}/KH", subject=field(subject or None)),
            [page(body)], result_key="k", run_id=run_id,
        )  # fmt: skip
        columns[f"d-{name}"] = [key(text).split() for text in (f"{number * 3}/KH", subject, body)]
    return shared_archive, columns


def stands_in(term: Term, column: list[str]) -> bool:
    *firsts, last = term.tokens
    return any(
        column[at : at + len(firsts)] == firsts
        and (token.startswith(last) if term.prefix else token == last)
        for at in range(len(column) - len(firsts))
        for token in [column[at + len(firsts)]]
    )


@given(pieces=st.lists(st.tuples(PHRASES, st.booleans(), st.booleans()), min_size=1, max_size=3))
@settings(max_examples=60)
def test_what_is_found_is_what_a_plain_reading_finds(
    many: tuple[Archive, dict[str, list[list[str]]]],
    pieces: list[tuple[list[str], bool, bool]],
) -> None:
    archive, documents = many
    query = " ".join(
        (f'"{" ".join(words)}"' if quoted else " ".join(words)) + ("*" if star else "")
        for words, quoted, star in pieces
    )
    terms = ask(query).terms
    expected = [
        name
        for name, columns in documents.items()
        if all(any(stands_in(term, column) for column in columns) for term in terms)
    ]
    found = [hit.id for hit in archive.search(query, limit=100)]
    assert sorted(id_ for id_ in found if id_ != "d-a") == expected
    listed = sorted(row.id for row in archive.list(Filter(text=query)))
    assert listed == sorted(found)


@pytest.mark.parametrize("most", [0, 1, 500])
def test_a_beginning_finds_the_same_by_words_of_the_list_or_by_the_index(
    many: tuple[Archive, dict[str, list[list[str]]]], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    archive, documents = many
    monkeypatch.setattr(fts5, "_BEGINNINGS", most)
    words = {word for columns in documents.values() for column in columns for word in column}
    for beginning in sorted({word[:length] for word in words for length in (1, 2, 3)}):
        term = Term((beginning,), prefix=True)
        expected = [
            n for n, columns in documents.items() if any(stands_in(term, c) for c in columns)
        ]
        found = {hit.id for hit in archive.search(f"{beginning}*", limit=100)} - {"d-a"}
        assert sorted(found) == expected


@given(text=st.text(max_size=80))
def test_every_word_of_a_text_finds_it(text: str) -> None:
    indexed = key(text).split()
    for term in ask(text).terms:
        assert set(term.tokens) <= set(indexed)


@given(text=st.text(max_size=80))
def test_the_key_is_one_for_all_forms_of_a_text(text: str) -> None:
    assert key(nfc(text)) == key(unicodedata.normalize("NFD", text))
    assert key(key(text)) == key(text)
    assert " " not in number_key(text)


def test_operators_are_words(shared_archive: Archive) -> None:
    assert [h.page for h in shared_archive.search("not and or near")] == [2]


def test_endless_questions_are_cut() -> None:
    assert len(ask(" ".join(map(str, range(10_000)))).terms) == MAX_TERMS


@pytest.mark.parametrize(
    ("word", "both"), [("hoà", {"hoà", "hòa"}), ("hòa", {"hoà", "hòa"}), ("thuý", {"thuý", "thúy"}),
                       ("quý", {"quý"}), ("đoàn", {"đoàn"}), ("khoẻ", {"khoẻ", "khỏe"})]
)  # fmt: skip
def test_a_word_is_spelled_with_its_tone_in_either_place(word: str, both: set[str]) -> None:
    assert set(spellings(word)) == both


@pytest.mark.parametrize(
    ("query", "first"),
    [("chuyển", "d-b"), ("chuyên", "d-a"), ("chuyện", "d-c"), ("hòa", "d-d"), ("hoà", "d-d"),
     ("hoa", None), ("hóa", "d-e")],
)  # fmt: skip
def test_documents_with_the_marks_that_were_typed_come_first(
    archive: Archive, put: Put, query: str, first: str | None
) -> None:
    put("a", "chuyên chuyên chuyên")
    put("b", "một câu dài về việc chuyển giao công nghệ thông tin")
    put("c", "câu chuyện")
    put("d", "hoà thuận và rất nhiều chữ khác nữa ở đây")
    put("e", "hóa hóa hóa")
    hits = archive.search(query)
    assert len(hits) == (3 if query.startswith("chuy") else 2)
    if first:
        assert hits[0].id == first


def test_the_document_itself_comes_before_those_that_cite_its_number(
    archive: Archive, put: Put
) -> None:
    put("a", "căn cứ 482/LĐLĐ, 482/LĐLĐ và 482/LĐLĐ")
    put("b", "chữ " * 200, number="482/LĐLĐ")
    assert [hit.id for hit in archive.search("482/ldld")] == ["d-b", "d-a"]
    assert archive.search("482/ldld")[0].page is None


def test_a_hit_shows_the_original_text_with_the_match_marked(archive: Archive, put: Put) -> None:
    text = "đầu " * 100 + "\nphấn đấu đạt 5.091 SÁNG KIẾN\ntrong năm " + "cuối " * 100
    put("a", pages=[page("trang một"), page(unicodedata.normalize("NFD", text), 2)])
    (hit,) = archive.search("sang kien")
    assert hit.page == 2
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["SÁNG", "KIẾN"]
    assert "đạt 5.091 SÁNG KIẾN trong năm" in hit.snippet
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert len(hit.snippet) < 220


def test_words_on_different_pages_are_found_together(archive: Archive, put: Put) -> None:
    put("a", pages=[page("kế hoạch"), page("sáng kiến sáng kiến", 2)])
    assert [hit.page for hit in archive.search("ke hoach sang kien")] == [1]


def test_the_limit_holds_and_equal_hits_keep_their_order(archive: Archive, put: Put) -> None:
    for name in "cabd":
        put(name, "sáng kiến")
    assert [h.id for h in archive.search("sáng kiến", limit=3)] == ["d-a", "d-b", "d-c"]
    assert archive.search("sáng kiến", limit=0) == []


def test_a_huge_page_is_searched_without_trouble(archive: Archive, put: Put) -> None:
    put("a", "chữ " * 30_000)
    (hit,) = archive.search("chu")
    assert len(hit.snippet) < 220
    assert hit.marks


@given(st.text(alphabet=st.sampled_from("aăđĐÐ01 ٣-/\u0301\u00ad\ufeff“”²ßИ한x9\n_ạ"), max_size=40))
def test_a_long_text_has_the_key_of_its_parts(part: str) -> None:
    long = part + " lđ0012b " * 60
    by_parts = " ".join(filter(None, [key(part), *[key(" lđ0012b ")] * 60]))
    assert key(long) == by_parts
