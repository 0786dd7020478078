"""How good the archive is: counted, or measured on documents that are drawn evenly."""

from __future__ import annotations

from typing import Any

from models.directive import Campaign, Citation, FieldValue, Review
from models.text import Block, Line, PageText, Word
from pipeline.archive import Archive
from pipeline.archive.questions_quality import QualityQuestion, QualityRow, quality_answer
from tests.archive.conftest import Put
from tests.archive.strategies import field, source

Figures = dict[tuple[str, str, str], QualityRow]


def measured(archive: Archive, limit: int = 100, **asked: Any) -> tuple[Figures, bool]:
    answer = archive.read(lambda c: quality_answer(c, QualityQuestion(**asked), limit))
    return {(r.measure, r.name, r.part): r for r in answer.rows}, answer.truncated


def read(*words: Word, number: int = 1) -> PageText:
    lines = (Line(words=words),)
    return PageText(page=number, read_by="ocr", engine="t", blocks=(Block(lines=lines),))


def test_statuses_are_counted_by_field_and_documents_by_state(archive: Archive, put: Put) -> None:
    put("a", number="1/KH", recipients=(field("A"), field("B", status="review")))
    put("b", number=FieldValue(status="unreadable"), review=Review(state="approved"))
    put("c", citations=(Citation(number=field("2/CT"), relation="mentions"),))
    found, drawn = measured(archive)
    assert not drawn
    assert found["state", "pending", ""].count == 2
    assert (found["state", "approved", ""].count, found["state", "approved", ""].of) == (1, 3)
    by_status = {part: row.count for (_, name, part), row in found.items() if name == "number"}
    assert by_status == {"accepted": 1, "unreadable": 1, "absent": 1}
    review = found["field", "recipients", "review"]
    assert (review.count, review.of) == (1, 2)
    assert found["field", "citations", "accepted"].of == 1


def test_reasons_are_counted_without_the_values_of_a_document(archive: Archive, put: Put) -> None:
    put("a", review=Review(reasons=(
        "number: not enough witnesses agree on 1/KH (reading)", "recipients: 1 of 3 uncertain",
        "finding: date.before_citation", "subject: unreadable; candidates 0912 345 678 (reading)",
    )))  # fmt: skip
    put("b", review=Review(reasons=("number: not enough witnesses agree on 2/KH (reading)",)))
    found, _ = measured(archive)
    reasons = {name: row.count for (measure, name, _), row in found.items() if measure == "reason"}
    assert reasons == {
        "number: not enough witnesses agree": 2, "recipients: uncertain": 1,
        "finding: date.before_citation": 1, "subject: unreadable": 1,
    }  # fmt: skip


def test_confidence_and_repair_are_told_by_month(archive: Archive, put: Put) -> None:
    first = read(Word(text="a", confidence=0.9), Word(text="b", raw="h", confidence=0.7))
    second = read(Word(text="typed"), number=2)
    put("a", issued="2022-07-05", pages=[first, second])
    put("b", issued="2022-08", pages=[read(Word(text="x", confidence=1.0))])
    put("c", pages=[read(Word(text="y", confidence=0.5))])
    found, _ = measured(archive)
    july = found["confidence", "2022-07", "issued"]
    assert (july.value, july.count, july.of) == (0.8, 2, 1)
    changed = found["repaired", "2022-07", "issued"]
    assert (changed.value, changed.count, changed.of) == (0.333333, 1, 3)
    assert found["confidence", "2022-08", "issued"].value == 1.0
    (ingested,) = [row for row in found.values() if row.measure == "confidence"
                   and row.part == "ingested"]  # fmt: skip
    assert (ingested.value, ingested.count, ingested.of) == (0.775, 4, 3)


def test_of_many_documents_some_are_drawn_evenly_and_the_same_again(
    archive: Archive, put: Put
) -> None:
    for number in range(20):
        put(f"{number:02}", number=field("1/KH" if number < 10 else None))
    found, drawn = measured(archive, limit=10)
    assert drawn
    assert found["field", "number", "accepted"].count == 5
    assert found["state", "pending", ""].count == 20
    assert measured(archive, limit=10)[0] == found


def test_a_part_of_the_archive_is_measured_by_itself(archive: Archive, put: Put) -> None:
    campaign = Campaign(id="one", name="Một")
    for number in range(6):
        put(str(number), campaign=campaign if number % 2 else None, number="1/KH")
    found, drawn = measured(archive, campaign="one")
    assert (found["state", "pending", ""].of, drawn) == (3, False)
    found, drawn = measured(archive, limit=2, campaign="one")
    assert (found["state", "pending", ""].count, drawn) == (3, True)
    assert found["field", "number", "accepted"].of == 2


def test_documents_that_no_file_has_any_more_are_left_out(archive: Archive, put: Put) -> None:
    put("old", number="1/KH", path="in/one.pdf")
    put("new", number="2/KH")
    archive.record_source("in/one.pdf", source("newer"))
    found, _ = measured(archive)
    assert found["state", "pending", ""].of == 1
    assert found["field", "number", "accepted"].of == 1


def test_an_empty_archive_has_no_figures(archive: Archive) -> None:
    assert measured(archive) == ({}, False)
