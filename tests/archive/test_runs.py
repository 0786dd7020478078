"""Runs as others see them: what they counted so far, and whether they are still at work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import update

from pipeline.archive import Archive, failed, paths, runs
from pipeline.archive.runs import SILENT_SECONDS, RunFilter, RunRow
from pipeline.archive.schema import runs as table
from tests.archive.conftest import Put
from tests.archive.strategies import failure, source


def latest(archive: Archive) -> RunRow:
    return archive.read(partial(runs.run_slice, wanted=RunFilter(), after=None, limit=1)).rows[0]


def began_ago(archive: Archive, run_id: int, seconds: float) -> None:
    began = datetime.now(UTC) - timedelta(seconds=seconds)
    text = began.isoformat(timespec="microseconds").replace("+00:00", "Z")
    with archive._database.write() as connection:
        connection.execute(update(table).where(table.c.id == run_id).values(started_at=text))


def test_a_run_tells_its_counts_while_it_works(archive: Archive) -> None:
    run_id = archive.begin_run("ingest", "1")
    assert latest(archive).state == "running"
    archive.note_progress(run_id, {"files": 4, "created": 1, "seconds": 2})
    row = latest(archive)
    assert (row.state, row.counts) == ("running", {"files": 4, "created": 1, "seconds": 2})


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("finished", "finished"), ("interrupted", "interrupted"), ("killed", "stopped"),
     ("stopped: The disk is full.", "stopped")],
)  # fmt: skip
def test_how_a_run_ended(archive: Archive, outcome: str, state: str) -> None:
    run_id = archive.begin_run("ingest", "1")
    archive.end_run(run_id, {"created": 1}, outcome)
    row = latest(archive)
    assert (row.state, row.seen_at) == (state, row.ended_at)


def test_a_run_that_has_fallen_silent_is_interrupted(archive: Archive) -> None:
    run_id = archive.begin_run("ingest", "1")
    began_ago(archive, run_id, 1000 + SILENT_SECONDS + 1)
    archive.note_progress(run_id, {"seconds": 1000})
    assert latest(archive).state == "interrupted"
    archive.note_progress(run_id, {"seconds": 1001 + round(SILENT_SECONDS)})
    assert latest(archive).state == "running"


def test_what_comes_after_the_end_changes_nothing(archive: Archive) -> None:
    run_id = archive.begin_run("ingest", "1")
    archive.end_run(run_id, {"created": 3}, "finished")
    archive.note_progress(run_id, {"created": 2})
    assert latest(archive).counts == {"created": 3}


def test_names_in_the_archive_and_in_quarantine(archive: Archive, put: Put, run_id: int) -> None:
    put("a")
    archive.quarantine("in/bad.pdf", failure(), sha256=None, run_id=run_id)
    archive.quarantine("in/worse.pdf", failure(), sha256=None, run_id=run_id)
    archive.record_source("in/noted.pdf", source("noted"))  # and then the run was killed
    wanted = ["in/a.pdf", "in/bad.pdf", "in/none.pdf", "in/noted.pdf"]
    assert archive.read(partial(paths.archived, wanted=wanted)) == {"in/a.pdf"}
    assert archive.read(partial(failed.held, names=wanted)) == {"in/bad.pdf"}
    assert archive.read(failed.by_category) == {failure().category: 2}
    only = archive.read(lambda c: failed.entries(c, paths=["in/worse.pdf"]))
    assert [entry.path for entry in only] == ["in/worse.pdf"]
