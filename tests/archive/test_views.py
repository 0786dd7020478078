"""docs/views.md against the views of a real archive."""

from __future__ import annotations

import re

import pytest

from pipeline.archive import Archive
from tests.archive.conftest import Put
from tests.archive.strategies import full_directive, page, source
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "views.md").read_text(encoding="utf-8")
#: What stands on paper or is read from it, and can be wrong.
_READ = re.compile(
    r"(directive_)?(number|issuer|issued|doc_type|subject|serial)|issued_(first|last)|value|unit|"
    r"comparator|population|period|breakdown_of|date(_first|_last)?|operator|recurrence|action|"
    r"responsible|issuer_(level|province|province_now)"
)


def described() -> dict[str, dict[str, str]]:
    """View -> column -> the column with its status."""
    parts = re.split(r"^## (v_\w+)$", PAGE, flags=re.MULTILINE)[1:]
    return {
        name: dict(re.findall(r"^\| `(\w+)` \| (?:`(\w+)`)? ?\|", text, re.MULTILINE))
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_the_page_describes_every_view_and_column_in_order(archive: Archive) -> None:
    with archive.sql() as session:
        real = session.views()
    assert {name: tuple(columns) for name, columns in described().items()} == real


@pytest.mark.parametrize("view", [v for v in described() if v != "v_organisations"])
def test_what_was_read_has_its_status_in_the_same_view(view: str) -> None:
    columns = described()[view]
    for column, status in columns.items():
        if _READ.fullmatch(column):
            assert status, f"{view}.{column}"
        assert not status or status in columns, f"{view}.{column}"


def test_views_show_what_was_put(archive: Archive, put: Put, run_id: int) -> None:
    archive.record_source("in/full.pdf", source("full"))
    archive.put_directive(full_directive(), [page("đổi mới")], result_key="k", run_id=run_id)
    expected = {
        "v_directives": 1, "v_pages": 1, "v_recipients": 2, "v_citations": 1, "v_targets": 2,
        "v_results": 0, "v_deadlines": 2, "v_findings": 1, "v_campaigns": 1, "v_history": 1,
        "v_runs": 1, "v_sources": 1, "v_quarantine": 0, "v_merges": 0,
    }  # fmt: skip
    with archive.sql() as session:
        counted = {
            view: next(session.run(f"SELECT count(*) FROM {view}").rows)[0]  # noqa: S608
            for view in expected
        }
        assert counted == expected
        (row,) = session.run(
            "SELECT issuer_level, issuer_province, issuer_province_now, issuer_status, "
            "subject_status, serial_status, path, superseded FROM v_directives"
        ).rows
        assert row == (
            "province", "Cà Mau", "Cà Mau", "accepted", "accepted", "accepted", "in/full.pdf", 0,
        )  # fmt: skip
        (finding,) = session.run("SELECT page, directive_number FROM v_findings").rows
        assert finding == (1, "120/LĐLĐ")


def test_a_superseded_document_says_so(archive: Archive, put: Put) -> None:
    put("old", path="in/x.pdf")
    put("new", path="in/x.pdf")
    with archive.sql() as session:
        rows = session.run("SELECT id, superseded FROM v_directives ORDER BY id").rows
        assert list(rows) == [("d-new", 0), ("d-old", 1)]


def test_the_example_of_the_page_runs(archive: Archive) -> None:
    (example,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    with archive.sql() as session:
        assert list(session.run(example).rows) == []
