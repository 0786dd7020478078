"""Running again redoes nothing that stands; a changed setting redoes its stage and what follows."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from pipeline import run
from pipeline.archive import Archive
from pipeline.settings import (
    CheckSettings,
    CleanSettings,
    ExtractSettings,
    RecogniseSettings,
    RepairSettings,
    Settings,
)
from tests.run.conftest import documents

pytestmark = pytest.mark.slow


def stored(archive: Path) -> dict[str, int]:
    """How many results each stage has, with their time of writing: what was redone shows."""
    results = archive / "results"
    return {
        str(p.relative_to(results)): p.stat().st_mtime_ns for p in results.rglob("*") if p.is_file()
    }


def stages(names: set[str]) -> Counter[str]:
    return Counter(name.split("/", 1)[0] for name in names)


def ingest(where: Path, folder: Path, settings: Settings) -> run.Report:
    with Archive.open(where, create=True) as archive:
        return run.ingest([folder], archive, settings, jobs=2)


def export(where: Path) -> list[str]:
    with Archive.open(where) as archive:
        return [d.model_dump_json(by_alias=True) for d in archive.directives()]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of documents and the archive that they were ingested into, not to be changed."""
    place = tmp_path_factory.mktemp("once")
    inbox = documents(place / "in")
    assert ingest(place / "archive", inbox, Settings()).outcomes == Counter(created=5)
    return inbox, place / "archive"


@pytest.fixture
def ingested(once: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """The same with a copy of the archive of one's own."""
    inbox, archive = once
    return inbox, shutil.copytree(archive, tmp_path / "archive")


def test_a_second_run_reads_no_page(ingested: tuple[Path, Path]) -> None:
    folder, where = ingested
    before, records = stored(where), export(where)
    second = ingest(where, folder, Settings())
    assert second.outcomes == Counter(unchanged=5)
    assert second.pages_read == 0
    assert stored(where) == before
    assert export(where) == records


@pytest.mark.parametrize(
    ("changed", "redone"),
    [
        (
            Settings(clean=CleanSettings(deskew_min_degrees=1.4)),
            Counter(
                ["clean", "clean_report", "recognise", "repair"] * 3
                + ["extract", "check", "scene"] * 2 + ["settled"]
            ),
        ),
        (
            Settings(recognise=RecogniseSettings(page_segmentation_mode=4)),
            Counter(recognise=3, repair=3, extract=2, check=2, scene=2, settled=1),
        ),
        (
            Settings(repair=RepairSettings(min_probability=0.95)),
            Counter(repair=6, extract=5, check=5, scene=2, settled=1),
        ),
        (
            Settings(extract=ExtractSettings(accept_confidence=0.95)),
            Counter(extract=5, check=5, scene=2, settled=1),
        ),
        (Settings(check=CheckSettings(earliest_year=1950)), Counter(check=5, settled=1)),
    ],
)  # fmt: skip
def test_a_changed_setting_redoes_its_stage_and_what_follows_only(
    ingested: tuple[Path, Path], changed: Settings, redone: Counter[str]
) -> None:
    """At the end comes settling: the scenes of the two open scans, and that all is settled."""
    folder, where = ingested
    before = stored(where)
    ingest(where, folder, changed)
    after = stored(where)
    assert all(after[name] == when for name, when in before.items()), "what stands is left alone"
    assert stages(after.keys() - before.keys()) == redone


def test_a_changed_version_redoes_its_stage(
    ingested: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline import extract
    from pipeline.plan import Plan

    _, where = ingested
    with Archive.open(where) as archive:
        sources = [d.source.sha256 for d in archive.directives()]
        keys = {s: archive.result_key(s) for s in sources}
        assert all(keys.values())
    monkeypatch.setattr(extract, "STAGE_VERSION", "next")
    plan = Plan.of(Settings()).with_engine()
    from models.source import SourceDocument

    with Archive.open(where) as archive:
        for sha256 in sources:
            stored_source = archive.files.get("ingest", plan.ingest(sha256))
            assert stored_source is not None, "ingest stands"
            source = SourceDocument.model_validate_json(stored_source)
            assert all(archive.files.has("repair", plan.repair(source, p)) for p in source.pages)
            assert plan.check(source) != keys[sha256]


def test_the_same_content_under_two_names_is_one_directive(folder: Path, tmp_path: Path) -> None:
    (folder / "copy.txt").write_bytes((folder / "one.txt").read_bytes())
    where = tmp_path / "archive"
    ingest(where, folder, Settings())
    with Archive.open(where) as archive:
        records = {d.source.path: d.source.other_paths for d in archive.directives()}
    assert len(records) == 5
    assert records[str(folder / "copy.txt")] == (str(folder / "one.txt"),)


def test_jobs_do_not_change_the_export(folder: Path, tmp_path: Path) -> None:
    exports = []
    for jobs in (1, 3):
        where = tmp_path / f"archive{jobs}"
        with Archive.open(where, create=True) as archive:
            run.ingest([folder], archive, Settings(), jobs=jobs)
        exports.append(export(where))
    assert exports[0] == exports[1]
