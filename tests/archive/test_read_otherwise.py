"""What was decided comes back where a new reading by the machine says something else."""

from __future__ import annotations

from typing import Any

import pytest

from models.decision import Decision
from models.decision_paths import OTHERWISE
from models.directive import Directive, Review
from pipeline.archive import Archive, Filter, runs
from pipeline.archive.review_queue import QueueFilter
from tests.archive.strategies import directive, field, page, source

PENDING = Review(reasons=("number: uncertain",))


def read(archive: Archive, **fields: Any) -> Directive:
    """The machine reads the document ``one``; a later reading replaces the one before."""
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.record_source("in/one.pdf", source("one"))
    made = directive("one", **{"number": "12/KH-LĐLĐ", "subject": "Về việc", **fields})
    made = made.model_copy(update={"review": PENDING})
    archive.put_directive(made, [page("words")], result_key=f"k{run_id}", run_id=run_id)
    return made


def decide(archive: Archive, id_: str, path: str, action: str, value: Any = None) -> None:
    one = Decision.model_validate({"path": path, "action": action, "value": value})
    archive.review(id_, [one], by="Người soát A", expected=None)


def waiting(archive: Archive, **narrowed: str) -> list[tuple[str, str, tuple[str, ...]]]:
    rows = archive.review_queue(QueueFilter(**narrowed)).rows
    return [(row.directive_id, row.state, row.reasons) for row in rows]


@pytest.fixture
def approved(archive: Archive) -> str:
    """A document that a person approved, with two recipients."""
    made = read(archive, recipients=(field("Ban A"), field("Ban B")))
    decide(archive, made.id, "", "approve")
    assert waiting(archive) == []
    assert archive.review_counts().approved == 1
    return made.id


def test_what_was_approved_comes_back_with_its_reason_and_stays_approved(
    archive: Archive, approved: str
) -> None:
    read(archive, number="72/KH-LĐLĐ")
    why = (f"number: {OTHERWISE}",)
    assert waiting(archive) == [(approved, "approved", why)]
    assert waiting(archive, reason="number") == [(approved, "approved", why)]
    assert waiting(archive, reason=OTHERWISE) == [(approved, "approved", why)]
    assert waiting(archive, reason="issued") == []
    assert archive.counts()["needs_review"] == archive.read(runs.standing)["needs_review"] == 1
    assert [row.id for row in archive.list(Filter(needs_review=True))] == [approved]
    assert list(archive.list(Filter(needs_review=False))) == []
    found = archive.review_next()
    assert found is not None
    assert found.directive_id == approved
    assert archive.get(approved).number.value == "12/KH-LĐLĐ"
    counts = archive.review_counts()
    assert (counts.pending, counts.approved) == (1, 0)
    assert archive.read_now(approved).values == {"number": "72/KH-LĐLĐ"}


@pytest.mark.parametrize(
    ("path", "action", "value", "stands"),
    [
        ("number", "accept", None, "12/KH-LĐLĐ"),
        ("number", "correct", "72/KH-LĐLĐ", "72/KH-LĐLĐ"),
        ("number", "correct", "73/KH-LĐLĐ", "73/KH-LĐLĐ"),
        ("", "approve", None, "12/KH-LĐLĐ"),
    ],
)
def test_either_value_ends_the_matter(
    archive: Archive, approved: str, path: str, action: str, value: Any, stands: str
) -> None:
    read(archive, number="72/KH-LĐLĐ")
    decide(archive, approved, path, action, value)
    assert waiting(archive) == []
    assert archive.get(approved).number.value == stands
    assert archive.read_now(approved).values == {}
    read(archive, number="72/KH-LĐLĐ")  # it reads the same once more
    assert waiting(archive) == []
    archive.undo(archive.decisions(approved)[-1].id, by="Người soát A")
    assert [row[0] for row in waiting(archive)] == [approved]


def test_what_was_corrected_field_by_field_comes_back_too(archive: Archive) -> None:
    made = read(archive)
    decide(archive, made.id, "number", "correct", "120/KH-LĐLĐ")
    assert waiting(archive) == []
    read(archive, number="72/KH-LĐLĐ")
    assert waiting(archive) == [(made.id, "corrected", (f"number: {OTHERWISE}",))]
    read(archive, number="120/KH-LĐLĐ")  # it reads what the person typed
    assert waiting(archive) == []


def test_items_that_the_machine_finds_since_are_told_and_those_removed_are_not(
    archive: Archive, approved: str
) -> None:
    decide(archive, approved, "recipients/1", "remove")
    decide(archive, approved, "", "approve")
    read(archive, recipients=(field("Ban A"), field("Ban B"), field("Ban C")))
    assert waiting(archive) == [(approved, "corrected", (f"recipients: {OTHERWISE}",))]
    now = archive.read_now(approved)
    assert [item.value for item in now.items["recipients"]] == ["Ban C"]  # type: ignore[union-attr]
    decide(archive, approved, "recipients", "add", "Ban C")
    decide(archive, approved, "", "approve")
    assert waiting(archive) == []
    assert [one.value for one in archive.get(approved).recipients] == ["Ban A", "Ban C"]


def test_pages_of_the_queue_go_through_all_states_in_order(archive: Archive, put: Any) -> None:
    run_id = archive.begin_run("ingest", "0.1.0")
    ids = []
    for n in range(9):
        review = Review(reasons=("number: uncertain",))
        made = directive(f"q{n}", number=field(f"{n}/KH", status="review"), review=review)
        archive.record_source(f"in/q{n}.pdf", source(f"q{n}"))
        archive.put_directive(made, [page("x")], result_key="k", run_id=run_id)
        ids.append(made.id)
        if n % 3 == 0:
            decide(archive, made.id, "", "approve")
            anew = directive(f"q{n}", number=field(f"{n}9/KH", status="review"), review=review)
            archive.put_directive(anew, [page("x")], result_key="k2", run_id=run_id)
    whole = [row.directive_id for row in archive.review_queue().rows]
    assert sorted(whole) == sorted(ids)
    for size in (1, 2, 4):
        walked: list[str] = []
        after = None
        while True:
            found = archive.review_queue(limit=size, after=after)
            assert len(found.rows) <= size
            walked += [row.directive_id for row in found.rows]
            after = found.next
            if after is None:
                break
        assert walked == whole
