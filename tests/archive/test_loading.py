"""Many at once leave the same rows as one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.directive import Citation
from pipeline.archive import Archive, Item
from pipeline.archive.schema import metadata
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
