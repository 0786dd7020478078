"""What a search finds, taken away as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from pipeline.archive import Archive
from pipeline.serve.web.search import download
from tests.archive.strategies import directive, page, source
from tests.serve.conftest import PHONE
from tests.serve.web.conftest import Browser, Open
from tests.serve.web.selecting import select
from tests.serve.web.test_sessions import ELSEWHERE

Token = Callable[[str], str]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rows(opened: Browser, query: str = "") -> list[dict[str, str]]:
    answer = opened.get(f"/search/results.csv{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def ids(found: list[dict[str, str]]) -> list[str]:
    return sorted(row["id"] for row in found)


def test_the_page_leads_to_tables_of_what_it_found(browser: Open) -> None:
    opened = browser()
    tree = opened.page("/search?q=sang+kien&doc_type=")
    links = {a.text_content(): a.get("href") for a in select(tree, ".downloads a")}
    assert links["CSV"] == "/search/results.csv?q=sang+kien"
    assert ids(rows(opened, links["CSV"].partition("/search/results.csv")[2])) == ["d-full"]
    book = openpyxl.load_workbook(io.BytesIO(opened.get(links["Excel (XLSX)"]).content))
    assert "d-full" in {cell.value for cell in next(iter(book.worksheets)).iter_cols().__next__()}


def test_all_that_answer_are_in_it_whatever_page_is_looked_at(
    browser: Open, archive: Archive
) -> None:
    run_id = archive.begin_run("ingest", "0.1.0")
    for n in range(download._BATCH + 30):
        archive.record_source(f"in/m{n}.pdf", source(f"m{n}"))
        made = directive(f"m{n}", number=f"{n}/KH", issued="2020-01-01")
        archive.put_directive(made, [page("tre xanh")], result_key="k", run_id=run_id)
    opened = browser()
    assert len(rows(opened, "?q=tre+xanh&page=3")) == download._BATCH + 30
    assert len(rows(opened, "?issued_from=2020-01-01&issued_to=2020-01-01")) == download._BATCH + 30
    assert rows(opened, "?q=nothing-like-it") == []


def test_more_than_a_table_holds_is_said_by_its_name(
    browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = browser()
    whole = opened.get("/search/results.csv")
    assert "van-ban-dau" not in whole.headers["content-disposition"]
    monkeypatch.setattr(download, "MOST", 2)
    assert len(rows(opened)) == 2
    cut = opened.get("/search/results.xlsx")
    assert "-2-van-ban-dau.xlsx" in cut.headers["content-disposition"]
    opened.page("/search")
    opened.post("/language", {"to": "en", "next": "/search"})
    assert "-first-2.csv" in opened.get("/search/results.csv").headers["content-disposition"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_who_may_only_read_gets_it_masked(browser: Open, token: Token, form: str) -> None:
    def told(scope: str) -> str:
        opened = browser(host=ELSEWHERE, token=token(scope))
        answer = opened.get(f"/search/results.{form}")
        assert answer.status_code == 200
        assert (
            answer.headers["cache-control"].startswith("private")
            or "no-store" in (answer.headers["cache-control"])
        )
        if form == "csv":
            return answer.content.decode("utf-8-sig")
        assert answer.headers["content-type"] == XLSX
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return " ".join(
            str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row
        )

    assert PHONE not in told("read")
    assert PHONE in told("review")


def test_no_text_of_a_document_is_a_formula(browser: Open, archive: Archive) -> None:
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.record_source("in/f.pdf", source("f"))
    made = directive("f", subject='=HYPERLINK("http://example.org")', number="1/KH")
    archive.put_directive(made, [page("x")], result_key="k", run_id=run_id)
    opened = browser()
    (row,) = [one for one in rows(opened) if one["id"] == "d-f"]
    assert row["subject"].startswith("'=")
    book = openpyxl.load_workbook(io.BytesIO(opened.get("/search/results.xlsx").content))
    cells: list[Any] = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_another_form_is_not_there(browser: Open) -> None:
    assert browser().get("/search/results.exe").status_code in (404, 422)
