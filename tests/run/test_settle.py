"""What documents tell of each other does not depend on order, repetition or kills."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from models.source import SourceDocument
from models.text import PageText
from pipeline import steps
from pipeline.archive import Archive
from pipeline.extract import extract
from pipeline.plan import Plan
from pipeline.settings import ExtractSettings, Settings
from pipeline.settle import is_settled, note_settled, settle, with_names
from tests.extract.scans import letter, scan_of

PLAN = Plan(Settings(), repair_model="model", engine="engine")

#: Number 31 is read by one engine and named; 33 is named only and cites 31 and its date; 35 is
#: named only, a neighbour of both.
DOCUMENTS: dict[str, tuple[PageText, str | None]] = {
    "31 CT.pdf": (
        letter(("#", "31"), ("#", ""), month=9,
               more="Đề nghị các sở hoàn thành từ nay đến hết ngày 31/12/2023."),
        "2023-09-14",
    ),
    "33 CT.pdf": (
        letter(("#", ""), ("#", "26"), month=9, cited="14/9/2023",
               more="Bãi bỏ Chỉ thị số 31/CT-UBND ngày 14/9/2023 của UBND tỉnh."),
        "2023-09-26",
    ),
    "35 CT.pdf": (letter(("#", ""), ("#", "05"), month=10), "2023-10-06"),
}  # fmt: skip


def bring_in(archive: Archive, name: str, run_id: int) -> SourceDocument:
    """As a run does it: stage results, then the record."""
    page, signed = DOCUMENTS[name]
    source = scan_of(page, signed)
    files, settings = archive.files, PLAN.settings
    files.put(
        "repair", PLAN.repair(source, source.pages[0]), page.model_dump_json(by_alias=True).encode()
    )
    read = extract(source, [page], settings.extract)
    files.put("extract", PLAN.extract(source), read.model_dump_json(by_alias=True).encode())
    archive.record_source(f"in/{name}", source)
    made = with_names(archive, PLAN, source, [f"in/{name}"])
    directive = made or steps.finish(read, source, [page], settings)
    archive.put_directive(directive, [page], result_key=PLAN.check(source), run_id=run_id)
    return source


def exported(archive: Archive) -> list[str]:
    return [d.model_dump_json(by_alias=True) for d in archive.directives()]


def archived(where: Path, order: Sequence[str], *, settle_between: bool) -> list[str]:
    with Archive.open(where, create=True) as archive:
        run_id = archive.begin_run("ingest", "test")
        for name in order:
            bring_in(archive, name, run_id)
            if settle_between:
                settle(archive, PLAN, run_id)
        settle(archive, PLAN, run_id)
        assert settle(archive, PLAN, run_id) == [], "a second time changes nothing"
        return exported(archive)


@pytest.mark.parametrize("settle_between", [False, True])
def test_the_order_of_ingest_does_not_matter(tmp_path: Path, settle_between: bool) -> None:
    results = {
        tuple(archived(tmp_path / str(i), order, settle_between=settle_between))
        for i, order in enumerate(itertools.permutations(DOCUMENTS))
    }
    assert len(results) == 1


def test_a_later_document_dates_an_earlier_one(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", create=True) as archive:
        first = archive.begin_run("ingest", "test")
        source = bring_in(archive, "31 CT.pdf", first)
        settle(archive, PLAN, first)
        id_ = f"vt-{source.sha256[:16]}"
        before = archive.get(id_)
        assert (before.serial.value, before.serial.status) == ("31", "accepted")
        assert before.issued.value == "2023-09"
        assert [d.date for d in before.deadlines] == ["2023-09/2023-12-31"]
        second = archive.begin_run("ingest", "test")
        bring_in(archive, "33 CT.pdf", second)
        changed = settle(archive, PLAN, second)
        assert id_ in {d.id for d in changed}
        after = archive.get(id_)
        assert (after.issued.value, after.issued.status) == ("2023-09-14", "accepted")
        assert "citation" in {e.origin for e in after.issued.evidence}
        assert [d.date for d in after.deadlines] == ["2023-09-14/2023-12-31"], "from now"


def test_what_another_version_made_is_left_as_it_is(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", create=True) as archive:
        run_id = archive.begin_run("ingest", "test")
        for name in DOCUMENTS:
            bring_in(archive, name, run_id)
        other = Plan(Settings(), repair_model="another", engine="engine")
        before = exported(archive)
        assert settle(archive, other, run_id) == []
        assert exported(archive) == before


def test_another_name_for_the_same_content_is_heard(tmp_path: Path) -> None:
    """Two names that contradict each other are no witness."""
    with Archive.open(tmp_path / "archive", create=True) as archive:
        run_id = archive.begin_run("ingest", "test")
        source = bring_in(archive, "31 CT.pdf", run_id)
        settle(archive, PLAN, run_id)
        archive.record_source("in/13 CT.pdf", source)
        settle(archive, PLAN, run_id)
        assert archive.get(f"vt-{source.sha256[:16]}").serial.status != "accepted"


def test_the_look_is_spared_only_where_nothing_changed(tmp_path: Path) -> None:
    stricter = Plan(Settings(extract=ExtractSettings(fuse_confidence=0.999)), "model", "engine")
    with Archive.open(tmp_path / "archive", create=True) as archive:
        run_id = archive.begin_run("ingest", "test")
        source = bring_in(archive, "31 CT.pdf", run_id)
        assert not is_settled(archive, PLAN)
        settle(archive, PLAN, run_id)
        note_settled(archive, PLAN)
        assert is_settled(archive, PLAN)
        assert not is_settled(archive, stricter)
        archive.record_source("in/13 CT.pdf", source)
        assert not is_settled(archive, PLAN), "another name is another witness"
        note_settled(archive, PLAN)
        bring_in(archive, "33 CT.pdf", run_id)
        assert not is_settled(archive, PLAN)
