"""Two directives that may be one document: proposed, decided by a person, reversible."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import select

from models.directive import Citation
from pipeline.archive import Archive, likeness
from pipeline.archive.schema import history, text_bands
from pipeline.archive.words import key
from pipeline.errors import NotFound, UsageProblem
from tests.archive.conftest import Put
from tests.archive.strategies import field, source

PLAN: dict[str, Any] = {
    "number": "3259/CTr-TLĐ", "issued": "2021-09-01", "doc_type": "Chương trình",
    "issuer": "Tổng Liên đoàn Lao động Việt Nam",
}  # fmt: skip


def text(seed: int, words: int = 300) -> str:
    """Words that no other seed has in this order."""
    pick = random.Random(seed)
    parts = [consonant + vowel for consonant in "bcdghklmnt" for vowel in "aeiouăôư"]
    return " ".join(pick.choice(parts) + pick.choice(parts) for _ in range(words))


def worn(written: str, share: float, seed: int = 1) -> str:
    """The same with some words misread."""
    pick = random.Random(seed)
    return " ".join(w + "x" if pick.random() < share else w for w in written.split())


def pairs(archive: Archive, state: Any = None) -> list[tuple[str, str, str]]:
    return [(m.kind, m.one.id, m.two.id) for m in archive.merges(state)]


def test_the_same_words_in_two_files_are_proposed_as_exact(archive: Archive, put: Put) -> None:
    put("a", text(1))
    put("b", text(1).upper())
    put("c", text(2))
    (found,) = archive.merges()
    assert (found.kind, found.score, found.state) == ("exact", 1.0, "proposed")
    assert (found.one.id, found.two.id, found.two.path) == ("d-a", "d-b", "in/b.pdf")


@pytest.mark.parametrize(
    ("share", "expected"), [(0.02, [("near_duplicate", "d-a", "d-b")]), (0.3, [])]
)
def test_two_readings_of_one_text_are_near_duplicates(
    archive: Archive, put: Put, share: float, expected: list[tuple[str, str, str]]
) -> None:
    put("a", text(1))
    put("b", worn(text(1), share))
    assert pairs(archive) == expected


@pytest.mark.parametrize(
    "other",
    [
        {"number": "3260/CTr-TLĐ"},
        {"issued": "2022-09-01"},
        {"issuer": "Liên đoàn Lao động tỉnh Cà Mau"},
    ],
)
def test_a_form_letter_with_another_number_day_or_issuer_is_no_duplicate(
    archive: Archive, put: Put, other: dict[str, str]
) -> None:
    put("a", text(1), **PLAN)
    put("b", worn(text(1), 0.01), **PLAN | other)
    assert pairs(archive) == []


def test_what_is_not_sure_speaks_against_nothing(archive: Archive, put: Put) -> None:
    put("a", text(1), **PLAN)
    put("b", text(1), **PLAN | {"number": field("3250/CTr-TLĐ", status="review")})
    assert pairs(archive) == [("exact", "d-a", "d-b")]


def test_the_same_number_and_day_with_another_text_is_a_new_version(
    archive: Archive, put: Put
) -> None:
    put("a", text(1), **PLAN)
    put("b", text(2), **PLAN)
    put("c", text(3), **PLAN | {"doc_type": "Kế hoạch"})  # two series of one office
    assert pairs(archive) == [("new_version", "d-a", "d-b")]


def test_one_number_on_two_days_of_a_year_is_the_same_number(archive: Archive, put: Put) -> None:
    put("a", text(1), **PLAN)
    put("b", text(2), **PLAN | {"issued": "2021-12-24"})
    put("c", text(3), **PLAN | {"issued": "2022-09-01"})
    assert pairs(archive) == [("same_number", "d-a", "d-b")]


def test_a_text_that_could_not_be_read_is_like_no_other(archive: Archive, put: Put) -> None:
    put("a", "LIÊN ĐOÀN")
    put("b", "LIÊN ĐOÀN")
    assert pairs(archive) == []


def test_proposals_follow_the_contents(archive: Archive, put: Put) -> None:
    put("a", text(1))
    put("b", text(1))
    put("b", text(2))
    assert pairs(archive) == []
    put("b", worn(text(1), 0.01))
    assert pairs(archive) == [("near_duplicate", "d-a", "d-b")]
    put("new", path="in/b.pdf")  # the file has other content now
    assert pairs(archive) == []
    archive.record_source("in/b.pdf", source("b"))
    assert pairs(archive) == [("near_duplicate", "d-a", "d-b")]


def test_an_accepted_merge_makes_one_a_version_and_can_be_undone(
    archive: Archive, put: Put
) -> None:
    cites = Citation(number=field("3259/CTr-TLĐ"), issued=field("2021-09-01"))
    put("citing", citations=(cites,))
    put("a", text(1), **PLAN)
    put("b", text(1), **PLAN)
    assert archive.get("d-citing").citations[0].resolved_id is None  # two are meant
    merge = archive.merges()[0].id
    cursor = archive.changes().cursor
    done = archive.decide_merge(merge, "accepted", by="  Văn thư  ")
    assert (done.state, done.main_id, done.decided_by) == ("accepted", "d-a", "Văn thư")
    assert archive.get("d-b").version_of == "d-a"
    assert archive.get("d-a").version_of is None
    assert archive.get("d-citing").citations[0].resolved_id == "d-a"
    assert {r.id for r in archive.changes(cursor).changes} == {"d-b", "d-citing"}
    lines = {line.id: line.directive for line in archive.changes_json().changes}
    assert lines["d-b"] == archive.get("d-b").model_dump_json(by_alias=True)
    assert archive.decide_merge(merge, "accepted", by="Khác").decided_by == "Văn thư"
    undone = archive.decide_merge(merge, "undone", by="Văn thư")
    assert (undone.state, undone.main_id) == ("undone", None)
    assert archive.get("d-b").version_of is None
    assert archive.get("d-citing").citations[0].resolved_id is None
    with archive._database.read() as connection:
        log = connection.execute(
            select(history.c.change, history.c.actor, history.c.directive_id)
            .where(history.c.change.like("merge%"))
            .order_by(history.c.seq)
        ).all()
    assert [tuple(row) for row in log] == [
        ("merge_accepted", "Văn thư", "d-b"), ("merge_undone", "Văn thư", "d-b"),
    ]  # fmt: skip


def test_a_person_may_choose_the_main_version(archive: Archive, put: Put) -> None:
    put("a", text(1))
    put("b", text(1))
    merge = archive.merges()[0].id
    with pytest.raises(UsageProblem, match="not one of the two"):
        archive.decide_merge(merge, "accepted", by="x", main="d-c")
    assert archive.decide_merge(merge, "accepted", by="x", main="d-b").main_id == "d-b"
    assert archive.get("d-a").version_of == "d-b"


def test_a_version_is_of_one_main_version(archive: Archive, put: Put) -> None:
    for name in "abc":
        put(name, text(1))
    ab, ac, bc = (m.id for m in archive.merges())
    archive.decide_merge(ab, "accepted", by="x")
    with pytest.raises(UsageProblem, match="already a version"):
        archive.decide_merge(bc, "accepted", by="x")
    archive.decide_merge(ac, "accepted", by="x")
    assert [archive.get(f"d-{n}").version_of for n in "abc"] == [None, "d-a", "d-a"]


def test_what_was_decided_stays_when_a_document_is_read_anew(archive: Archive, put: Put) -> None:
    put("a", text(1))
    put("b", text(1))
    merge = archive.merges()[0].id
    cursor = archive.changes().cursor
    archive.decide_merge(merge, "rejected", by="x")
    assert archive.changes(cursor).changes == ()  # no record says otherwise now
    put("b", worn(text(1), 0.01))
    assert pairs(archive, "proposed") == []
    assert [m.id for m in archive.merges("rejected")] == [merge]
    archive.decide_merge(merge, "accepted", by="x")
    with pytest.raises(UsageProblem, match="undone first"):
        archive.decide_merge(merge, "rejected", by="x")
    put("b", text(2))
    assert archive.get("d-b").version_of == "d-a"


@pytest.mark.parametrize(("decision", "by"), [("undone", "x"), ("accepted", " "), ("merged", "x")])
def test_what_cannot_be_decided_is_told(archive: Archive, put: Put, decision: Any, by: str) -> None:
    put("a", text(1))
    put("b", text(1))
    with pytest.raises(UsageProblem):
        archive.decide_merge(archive.merges()[0].id, decision, by=by)
    with pytest.raises(NotFound):
        archive.decide_merge(99, "accepted", by="x")


def test_texts_alike_share_a_band_and_others_do_not() -> None:
    found = missed = wrong = 0
    for seed in range(60):
        one = key(text(seed, 400))
        own = likeness.signature(one)
        again = likeness.signature(key(worn(text(seed, 400), 0.03, seed)))
        other = likeness.signature(key(text(seed + 1000, 400)))
        assert own is not None
        assert again is not None
        assert other is not None
        shared = set(likeness.bands(own)) & set(likeness.bands(again))
        found, missed = found + bool(shared), missed + (not shared)
        wrong += bool(set(likeness.bands(own)) & set(likeness.bands(other)))
    assert missed <= 1
    assert wrong == 0
    assert found >= 59


def test_a_signature_estimates_the_share_in_common() -> None:
    one = key(text(1, 2000))
    for share in (0.0, 0.05, 0.2):
        two = key(worn(text(1, 2000), share))
        a, b = likeness.signature(one), likeness.signature(two)
        assert a is not None
        assert b is not None
        (estimate,) = likeness.estimates(a, [b])
        assert abs(estimate - likeness.likeness(one, two)) < 0.25
    assert likeness.likeness(one, one) == 1.0
    assert likeness.likeness(one, key(text(2, 2000))) < 0.05


def test_bands_are_kept_of_what_is_there(archive: Archive, put: Put) -> None:
    put("a", text(1))
    put("a", text(2))
    put("b", "quá ngắn")
    with archive._database.read() as connection:
        rows = connection.execute(select(text_bands)).all()
    assert len(rows) == 8
    signature = likeness.signature(key(text(2)))
    assert signature is not None
    assert {row.band for row in rows} == set(likeness.bands(signature))
