"""Two people at one archive, each in a process of their own: no decision is lost."""

from __future__ import annotations

import multiprocessing
from typing import Any

import pytest

from models.decision import Decision
from models.directive import Review
from pipeline.archive import Archive, Item
from pipeline.errors import Conflict
from tests.archive.conftest import Place
from tests.archive.strategies import directive, field, page, source

DOCUMENTS = 200
PEOPLE = {"Lan": "subject", "Minh": "place"}


def _review(where: str, files: str, by: str, seen: dict[str, int], answer: Any) -> None:
    """Decide a field of one's own and the number of every document; who is told, looks again."""
    met = 0
    with Archive.open(where, files=files) as archive:
        for id_, version in seen.items():
            own = Decision(path=PEOPLE[by], action="correct", value=f"của {by}")
            archive.review(id_, [own], by=by, expected=version)
            number = Decision(path="number", action="correct", value=f"{len(by)}/KH-{by.upper()}")
            try:
                archive.review(id_, [number], by=by, expected=version)
            except Conflict as conflict:
                met += bool(conflict.changes)
                archive.review(id_, [number], by=by, expected=conflict.change_seq)
    answer.put((by, met))


@pytest.mark.slow
def test_two_people_review_the_same_documents_at_once_and_nothing_is_lost(place: Place) -> None:
    with place.open(create=True) as archive:
        run_id = archive.begin_run("ingest", "0.1.0")
        items = [
            Item(
                path=f"in/{n}.pdf", source=source(str(n)), result_key="k", pages=[page(f"chữ {n}")],
                directive=directive(str(n), number=field(None, status="unreadable"),
                                    review=Review(reasons=("number: unreadable",))),
            )
            for n in range(DOCUMENTS)
        ]  # fmt: skip
        archive.put_many(items, run_id=run_id)
        seen = {row.directive_id: row.change_seq for row in archive.review_queue(limit=500).rows}
    assert len(seen) == DOCUMENTS
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    arguments = [(place.where, str(place.files), by, seen, answer) for by in PEOPLE]
    processes = [context.Process(target=_review, args=one) for one in arguments]
    for process in processes:
        process.start()
    told = dict(answer.get(timeout=300) for _ in processes)
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    with place.open() as archive:
        for id_ in seen:
            made = archive.decisions(id_)
            assert sorted((d.actor, d.path) for d in made) == [
                ("Lan", "number"), ("Lan", "subject"), ("Minh", "number"), ("Minh", "place"),
            ]  # fmt: skip
            record = archive.get(id_)
            assert (record.subject.value, record.place.value) == ("của Lan", "của Minh")
            last = [d for d in made if d.path == "number"][-1]
            assert record.number.value == last.value
    # Of every pair that decided one number, exactly one was told that the other was quicker.
    assert sum(told.values()) == DOCUMENTS
