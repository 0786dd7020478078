"""A run writes what it has counted while it goes on."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline import run
from pipeline.archive import Archive
from pipeline.archive.runs import RunFilter, run_slice
from pipeline.errors import ArchiveProblem, NotFound
from pipeline.pulse import Pulse
from pipeline.report import Report
from pipeline.settings import Settings
from tests import makers


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive", create=True)


def test_counts_are_written_while_the_run_goes_on(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Mapping[str, int]] = []
    came = threading.Semaphore(0)

    def note(run_id: int, counts: Mapping[str, int]) -> None:
        seen.append(dict(counts))
        came.release()
        if len(seen) == 2:
            raise ArchiveProblem("Somebody else writes.")

    monkeypatch.setattr(archive, "note_progress", note)
    report = Report(files=3)
    with Pulse(archive, 1, report, look_seconds=0.01):
        assert came.acquire(timeout=60)
        report.outcomes["created"] = 1
        assert came.acquire(timeout=60)  # this one fails
        assert came.acquire(timeout=60)  # and is made up for
    assert [counts.get("created") for counts in seen] == [None, 1, 1]
    assert seen[0]["files"] == 3
    assert "seconds" in seen[0]


def test_an_ended_run_has_all_its_counts(tmp_path: Path, archive: Archive) -> None:
    good = tmp_path / "0001-x.txt"
    good.write_text(makers.CONG_VAN, encoding="utf-8")
    bad = makers.encrypted_pdf(tmp_path / "0002-y.pdf")
    names = {good: "incoming/a/Công văn 45.txt", bad: "incoming/a/khoá.pdf"}
    run.ingest([good, bad], archive, Settings(), jobs=1, names=names)
    row = archive.read(lambda c: run_slice(c, RunFilter(), None, 1)).rows[0]
    assert row.state == "finished"
    expected = {"files": 2, "created": 1, "quarantined": 1, "pages": 1, "pages_read": 1}
    assert expected.items() <= row.counts.items()
    assert [r.path for r in archive.list()] == ["incoming/a/Công văn 45.txt"]
    (entry,) = archive.quarantined()
    assert (entry.path, entry.file) == ("incoming/a/khoá.pdf", bad)

    makers.text_pdf(bad)
    with pytest.raises(NotFound):
        run.retry(archive, Settings(), jobs=1, files=["incoming/a/none.pdf"])
    report = run.retry(archive, Settings(), jobs=1, files=["incoming/a/khoá.pdf"])
    assert report.archived == 1
    assert archive.quarantined() == []
