"""Decisions and what they taught go wherever the archive goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.decision import Decision
from pipeline.archive import Archive, restore
from pipeline.archive.database_sqlite import SqliteDatabase
from tests.archive.conftest import Put
from tests.archive.strategies import directive, page, source
from tests.archive.test_reviewing import REPAIRED, decide, one, say  # noqa: F401 - a fixture


@pytest.fixture
def reviewed(archive: Archive, one: str, put: Put) -> str:  # noqa: F811
    words = put("words", pages=[REPAIRED]).id
    decide(archive, words, say("pages/1/1/0", "correct", "Đăk"))
    first = decide(archive, one, say("number", "correct", "120/KH-LĐLĐ")).decisions[0]
    decide(archive, one, say("symbol", "correct", "CV-LĐLĐ"))
    archive.undo(first.id, by="Minh")
    decide(archive, one, say("", "approve"))
    return one


def test_a_restored_archive_has_the_decisions_and_undoes_them(
    archive: Archive, reviewed: str, run_id: int, tmp_path: Path
) -> None:
    archive.end_run(run_id, {}, "finished")
    archive.backup(tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "again")
    with Archive.open(tmp_path / "again") as other:
        assert isinstance(other._database, SqliteDatabase)  # whatever it came from
        for id_ in ("d-words", reviewed):
            assert other.decisions(id_) == archive.decisions(id_)
            assert other.get(id_) == archive.get(id_)
            assert other.machine(id_) == archive.machine(id_)
            for made in other.decisions(id_):
                other.undo(made.id, by="Lan", undone=True)
            machine, pages = archive.machine(id_)
            assert other.get(id_).number == machine.number
            assert other.pages(id_) == pages
        assert [e for e in other.lexicon() if e.count] == []
        assert archive.lexicon() != []


def test_a_merge_beside_decisions_leaves_both(archive: Archive, run_id: int) -> None:
    text = " ".join(f"chữ{number}" for number in range(300))
    for name in ("a", "b"):
        archive.record_source(f"in/{name}.pdf", source(name))
        archive.put_directive(
            directive(name, number="9/TB", issued="2023-03-01"), [page(text)],
            result_key="k", run_id=run_id,
        )  # fmt: skip
    (pair,) = archive.merges()
    archive.decide_merge(pair.id, "accepted", by="Lan")
    version = next(i for i in ("d-a", "d-b") if i != archive.merges()[0].main_id)
    archive.review(version, [Decision(path="place", action="correct", value="Cà Mau")], by="Lan",
                   expected=archive.version(version).change_seq)  # fmt: skip
    assert archive.get(version).version_of == archive.merges()[0].main_id
    assert archive.get(version).place.value == "Cà Mau"
    archive.decide_merge(pair.id, "undone", by="Lan")
    assert archive.get(version).place.value == "Cà Mau"
