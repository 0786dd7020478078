"""The look across the archive: the same findings however the documents came, and none too many."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pipeline import run
from pipeline.archive import Archive
from pipeline.settings import CheckSettings, Settings
from tests.extract.builders import PLAN

pytestmark = pytest.mark.slow

_DOCUMENTS = {
    "one.txt": PLAN,
    "same-number.txt": PLAN.replace("Lê Thị Hồng Thắm", "Trần Văn Bình"),
    "older.txt": PLAN.replace("Số: 34 /", "Số: 40 /").replace("05 tháng 3", "15 tháng 02"),
}


def ingest(where: Path, *files: Path, settings: Settings | None = None) -> run.Report:
    with Archive.open(where, create=True) as archive:
        return run.ingest(list(files), archive, settings or Settings(), jobs=2)


def export(where: Path) -> list[str]:
    with Archive.open(where) as archive:
        return [d.model_dump_json(by_alias=True) for d in archive.directives()]


def across(where: Path) -> Counter[str]:
    with Archive.open(where) as archive:
        found = [f.code for d in archive.directives() for f in d.findings]
    return Counter(code for code in found if code.startswith("archive."))


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    made = []
    for name, text in _DOCUMENTS.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        made.append(path)
    return made


def test_documents_may_come_in_any_order_and_in_several_runs(
    files: list[Path], tmp_path: Path
) -> None:
    ingest(tmp_path / "together", *files)
    for path in reversed(files):
        ingest(tmp_path / "alone", path)
    assert across(tmp_path / "together") == Counter(
        {"archive.same_key": 2, "archive.number_order": 1}
    )
    assert export(tmp_path / "alone") == export(tmp_path / "together")


def test_reading_again_changes_nothing_and_notes_nothing(files: list[Path], tmp_path: Path) -> None:
    where = tmp_path / "archive"
    ingest(where, *files)
    before = export(where)
    again = ingest(where, *files)
    assert again.outcomes == Counter(unchanged=3)
    # Checked anew under another setting that changes no finding: still no change to note.
    anew = ingest(where, *files, settings=Settings(check=CheckSettings(earliest_year=1946)))
    assert anew.outcomes == Counter(unchanged=3)
    assert export(where) == before


def test_what_needs_a_look_only_beside_others_is_counted(files: list[Path], tmp_path: Path) -> None:
    assert ingest(tmp_path / "archive", files[0]).to_review == 0
    assert ingest(tmp_path / "archive", files[1]).to_review == 2
