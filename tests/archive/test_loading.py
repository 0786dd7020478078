"""Many at once leave the same rows as one by one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.directive import Citation
from pipeline.archive import Archive, Item, loading
from pipeline.archive import archive as archive_module
from pipeline.archive.schema import metadata
from tests.archive.conftest import Place
from tests.archive.strategies import directive, failure, field, full_directive, page, source

LONG = " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(200))


def items() -> list[Item]:
    cites = Citation(number=field("3259/CTr-TLĐ"), issued=field("2021-09-01"))
    central = "Tổng Liên đoàn Lao động Việt Nam"
    documents: list[tuple[str, Any, str]] = [
        ("in/citing.pdf", directive("citing", citations=(cites, cites)), "x"),
        ("in/full.pdf", full_directive(), LONG),
        ("in/plan.pdf", directive("plan", number="3259/CTr-TLĐ", issued="2021-09-01",
                                  issuer=central), LONG + " z"),
        ("in/twin.pdf", directive("twin", parent_issuer=central), LONG),
        ("copy/full.pdf", full_directive(), LONG),
        ("in/citing.pdf", directive("newer", citations=(cites,)), "y"),
        ("in/full.pdf", full_directive().model_copy(update={"subject": field("mới")}), LONG),
    ]  # fmt: skip
    return [
        Item(path, source(made.id.removeprefix("d-")), made, [page(text), page("z", 2)], "k")
        for path, made, text in documents
    ]


def contents(archive: Archive) -> dict[str, Any]:
    """All rows but for times and for row numbers, which follow the order of the statements."""
    with archive._database.read() as connection:
        return {
            table.name: sorted(
                repr({k: v for k, v in row._mapping.items() if not _own(table.name, k)})
                for row in connection.execute(select(table))
            )
            for table in metadata.sorted_tables
            if table.name not in ("about", "history")
        }


def _own(table: str, column: str) -> bool:
    return (
        column in ("pk", "directive_pk", "parent", "run_id", "main_id")
        or column.endswith(("_at", "org", "_seq"))
        or (table, column) == ("merges", "id")
    )


@pytest.mark.parametrize("size", [1, 3, 7])
def test_many_at_once_are_what_they_are_one_by_one(tmp_path: Path, size: int) -> None:
    with (
        Archive.open(tmp_path / "one", create=True) as one,
        Archive.open(tmp_path / "many", create=True) as many,
    ):
        run_id = one.begin_run("load", "1")
        for item in items():
            one.record_source(item.path, item.source)
            one.put_directive(item.directive, item.pages, result_key="k", run_id=run_id)
        many.begin_run("load", "1")
        given = items()
        counts = [
            many.put_many(given[at : at + size], run_id=run_id) for at in range(0, len(given), size)
        ]
        assert sum(counts) == 6
        assert contents(many) == contents(one)
        assert list(many.directives()) == list(one.directives())
        assert {r.id for r in many.changes().changes} == {r.id for r in one.changes().changes}
        assert many.search("zz") == one.search("zz")
        assert {d.kind for d in many.verify()} == {"original.missing"}
        assert many.get("d-newer").citations[0].resolved_id == "d-plan"


def test_the_feed_has_what_was_loaded_in_its_order(archive: Archive, run_id: int) -> None:
    cursor = archive.changes().cursor
    archive.quarantine("in/plan.pdf", failure(), sha256=None, run_id=run_id)
    assert archive.put_many(items()[:4], run_id=run_id) == 4
    assert [(r.change, r.id) for r in archive.changes(cursor).changes] == [
        ("created", f"d-{name}") for name in ("citing", "full", "plan", "twin")
    ]
    assert archive.quarantined() == []
    assert archive.put_many(items()[:4], run_id=run_id) == 0
    assert archive.put_many([], run_id=run_id) == 0


def _some(first: int, last: int) -> list[Item]:
    return items()[first:last]


@pytest.mark.parametrize("size", [2, 7])
def test_what_is_prepared_elsewhere_is_what_it_is_here(tmp_path: Path, size: int) -> None:
    pieces = [partial(_some, at, at + size) for at in range(0, 7, size)]
    with (
        Archive.open(tmp_path / "one", create=True) as one,
        Archive.open(tmp_path / "many", create=True) as many,
    ):
        run_id = one.begin_run("load", "1")
        one.put_many(items(), run_id=run_id)
        many.begin_run("load", "1")
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
            assert many.load(pieces, run_id=run_id, executor=executor, ahead=2) == 6
        assert contents(many) == contents(one)


@pytest.mark.parametrize("many", [1, 1000])
def test_the_index_is_the_same_told_of_each_or_of_all(
    archive: Archive, run_id: int, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_MANY", many)
    archive.put_many(items()[:3], run_id=run_id)
    archive.put_many(items()[3:4], run_id=run_id)
    assert {d.kind for d in archive.verify()} == {"original.missing"}
    assert {hit.id for hit in archive.search("zb*")} >= {"d-full", "d-twin"}
    assert archive.search("3259/CTr-TLĐ")[0].id == "d-plan"


def test_a_large_load_tells_the_planner_of_postgresql(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "_MUCH", 3)
    learned = []
    with place.open(create=True) as archive:
        run = archive.begin_run("load", "0.1.0")
        monkeypatch.setattr(archive._database, "learn", lambda: learned.append(True))
        archive.load([partial(_some, 0, 2)], run_id=run)
        assert learned == []
        archive.load([partial(_some, 2, 7)], run_id=run)
        assert learned == [True]
        monkeypatch.undo()
        archive._database.learn()
    if place.dialect == "postgresql":
        values = (
            "SELECT coalesce(most_common_vals, histogram_bounds)::text FROM pg_stats "
            "WHERE tablename = 'directives' AND attname = 'id'"
        )
        assert "d-plan" in str(place.rows(values))


class _Stopped(Exception):
    pass


def _stop() -> Iterator[Item]:
    yield from items()[2:3]
    raise _Stopped


def test_a_load_that_is_stopped_leaves_the_pieces_before_whole(
    archive: Archive, run_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_MANY", 1)
    with pytest.raises(_Stopped):
        archive.load([partial(_some, 0, 2), _stop, partial(_some, 3, 4)], run_id=run_id)
    assert [d.id for d in archive.directives()] == ["d-citing", "d-full"]

    def fail(*_: object, **__: object) -> None:
        raise _Stopped

    with monkeypatch.context() as broken:
        broken.setattr(loading.identity, "propose", fail)
        with pytest.raises(_Stopped):
            archive.load([partial(_some, 2, 4)], run_id=run_id)
    # Neither rows nor a search index that is told of nothing any more.
    assert archive.search("3259/CTr-TLĐ") == []
    assert archive.load([partial(_some, 2, 4)], run_id=run_id) == 2
    assert archive.search("3259/CTr-TLĐ")[0].id == "d-plan"
    assert {d.kind for d in archive.verify()} == {"original.missing"}
