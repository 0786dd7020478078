"""What waits for a person, in the order in which a look is worth most."""

from __future__ import annotations

import pytest

from models.decision import Decision
from models.directive import FieldValue, Review
from pipeline.archive import Archive, Filter
from pipeline.archive.review_queue import QueueFilter
from pipeline.archive.worth import worth
from pipeline.errors import NotFound
from tests.archive.conftest import Put
from tests.archive.strategies import directive, field

LOST = FieldValue(status="unreadable", rule="header.number.unreadable")


def waiting(archive: Archive, put: Put) -> None:
    put(
        "place",
        place=field("Cà Mau", status="review"),
        review=Review(reasons=("place: uncertain",)),
    )
    put("sure", number="1/KH")
    put("lost", number=LOST, review=Review(reasons=("number: unreadable",)))
    put("doubt", number=field("2/KH", status="review", confidence=0.3),
        review=Review(reasons=("number: uncertain",)))  # fmt: skip
    put("less", number=field("3/KH", status="review", confidence=0.8),
        review=Review(reasons=("number: uncertain",)))  # fmt: skip
    put("less2", number=field("4/KH", status="review", confidence=0.8),
        review=Review(reasons=("number: uncertain",)))  # fmt: skip


def following(archive: Archive, id_: str | None) -> str | None:
    row = archive.review_next(id_)
    return row.directive_id if row is not None else None


ORDER = ["d-lost", "d-doubt", "d-less", "d-less2", "d-place"]


def test_key_fields_then_the_unreadable_then_the_least_sure_then_the_oldest(
    archive: Archive, put: Put
) -> None:
    waiting(archive, put)
    assert [row.directive_id for row in archive.review_queue().rows] == ORDER


def test_the_queue_goes_in_pages(archive: Archive, put: Put) -> None:
    waiting(archive, put)
    seen: list[str] = []
    after = None
    while True:
        found = archive.review_queue(limit=2, after=after)
        seen += [row.directive_id for row in found.rows]
        after = found.next
        if after is None:
            break
    assert seen == ORDER


def test_what_is_decided_leaves_the_queue_and_next_goes_on_behind_it(
    archive: Archive, put: Put
) -> None:
    waiting(archive, put)
    assert archive.review_counts().pending == 5
    assert following(archive, "d-doubt") == "d-less"
    decision = [Decision(action="approve")]
    archive.review("d-doubt", decision, by="Lan", expected=archive.version("d-doubt").change_seq)
    assert following(archive, "d-doubt") == "d-less"
    assert following(archive, None) == "d-lost"
    assert following(archive, "d-place") == "d-lost"
    counts = archive.review_counts()
    assert (counts.pending, counts.approved, counts.corrected) == (4, 1, 0)
    assert (counts.documents_today, counts.decisions_today) == (1, 1)
    with pytest.raises(NotFound):
        archive.review_next("d-none")


def test_the_last_one_has_no_next(archive: Archive, put: Put) -> None:
    put("lost", number=LOST, review=Review(reasons=("number: unreadable",)))
    assert archive.review_next("d-lost") is None


def test_the_queue_can_be_filtered(archive: Archive, put: Put) -> None:
    waiting(archive, put)
    found = archive.review_queue(Filter(number="3/KH")).rows
    assert [row.directive_id for row in found] == ["d-less"]


def test_the_queue_can_be_narrowed_to_a_reason(archive: Archive, put: Put) -> None:
    waiting(archive, put)
    for reason, ids in (("place", ["d-place"]), ("number", ORDER[:4]), ("num", []), ("%", [])):
        found = archive.review_queue(QueueFilter(reason=reason)).rows
        assert [row.directive_id for row in found] == ids


def test_nothing_to_look_at_is_worth_nothing() -> None:
    assert worth(directive("a", number="1/KH")) == 0


def test_worth_fits_the_database_whatever_a_document_has() -> None:
    every = {
        name: FieldValue(status="unreadable")
        for name in ("number", "serial", "symbol", "issued", "issuer", "parent_issuer", "doc_type",
                     "subject", "place")
    }  # fmt: skip
    reasons = tuple(f"{name}: unreadable" for name in every) + tuple(f"f{n}" for n in range(500))
    assert 0 < worth(directive("a", review=Review(reasons=reasons), **every)) < 2**31
