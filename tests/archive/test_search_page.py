"""docs/search.md says what matches; every row of its table is asked here."""

from __future__ import annotations

import re
import unicodedata

import pytest

from pipeline.archive import Archive, Filter
from pipeline.archive.marks import BARER, FULLER, OTHER, SAME, MarkedWord, agreement
from tests.archive.conftest import Put
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "search.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `(.+?)`( \(NFD\))? \| `(.+?)` \| (yes|no) \|$", re.MULTILINE)


def table() -> list[tuple[str, str, bool]]:
    return [
        (unicodedata.normalize("NFD", asked) if nfd else asked, text, found == "yes")
        for asked, nfd, text, found in _ROW.findall(PAGE)
    ]


def test_the_page_has_its_table() -> None:
    rows = PAGE.split("| question | document | found |")[1].split("\n\n")[0].count("\n| `")
    assert len(table()) == rows > 40


def test_every_row_of_the_page_is_true(archive: Archive, put: Put) -> None:
    texts = list(dict.fromkeys(text for _, text, _ in table()))
    for at, text in enumerate(texts):
        put(str(at), text)
    for asked, text, expected in table():
        id_ = f"d-{texts.index(text)}"
        hits = archive.search(asked, limit=100)
        assert (id_ in {hit.id for hit in hits}) is expected, (asked, text)
        assert bool(archive.search(asked, filter=Filter(id=id_))) is expected, (asked, text)


@pytest.mark.parametrize(
    ("typed", "seen", "how"),
    [
        ("tổ", "tổ", SAME), ("hòa", "hoà", SAME), ("dông", "đồng", FULLER), ("tô", "tổ", FULLER),
        ("tổ", "to", BARER), ("tổ", "tô", BARER), ("đồng", "dong", BARER), ("tổ", "tộ", OTHER),
        ("tổ", "tờ", OTHER), ("tò", "tổ", OTHER), ("đông", "dồng", OTHER),
    ],
)  # fmt: skip
def test_marks_agree_or_are_missing_or_contradict(typed: str, seen: str, how: float) -> None:
    assert agreement(typed, seen) == how
    assert MarkedWord(typed).best(f"một {seen} khác") == how


def test_a_word_inside_another_is_not_that_word() -> None:
    assert MarkedWord("tổ").best("tổng") == OTHER
    assert MarkedWord("tổ", open_end=True).best("tổng") == SAME
    assert MarkedWord("ở").best("mở") == OTHER


def test_fuller_comes_before_barer_and_both_before_other_marks(archive: Archive, put: Put) -> None:
    for name, text in {"other": "tộ", "barer": "to", "same": "tổ"}.items():
        put(name, text)
    assert [hit.id for hit in archive.search("tổ")] == ["d-same", "d-barer", "d-other"]
    put("fuller", "tổng")
    put("bare", "tong")
    assert [hit.id for hit in archive.search("tông")] == ["d-fuller", "d-bare"]


@pytest.mark.parametrize("count", [3, pytest.param(250, marks=pytest.mark.slow)])
def test_common_words_are_ranked_by_title_and_what_was_archived_last(
    archive: Archive, put: Put, count: int
) -> None:
    put("titled", "liên đoàn", subject="liên đoàn")
    for at in range(count):
        put(f"{at:03}", "liên đoàn")
    hits = archive.search("liên đoàn", limit=count + 1)
    assert hits[0].id == "d-titled"
    assert len(hits) == min(count + 1, max(200, count + 1))


def test_filters_hold_for_searches(archive: Archive, put: Put) -> None:
    put("a", "sáng kiến", issuer="Liên đoàn Lao động tỉnh Cà Mau", number="1/X")
    put("b", "sáng kiến", issuer="Công đoàn ngành Y tế", number="1/X")
    assert [h.id for h in archive.search("1/x", filter=Filter(level="province"))] == ["d-a"]
    assert [h.id for h in archive.search("sang kien", filter=Filter(issuer="y te"))] == ["d-b"]
    assert archive.search("sang kien", filter=Filter(campaign="none")) == []
