"""Lists in pages: nothing missed, nothing twice, whatever is added meanwhile."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pipeline.archive import Archive
from pipeline.serve import cursor
from pipeline.serve.problems import ProblemError
from tests.archive.strategies import directive, full_directive, page, source
from tests.serve.conftest import Client


def put_dated(archive: Archive, name: str, issued: str | None) -> None:
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.record_source(f"in/{name}.pdf", source(name))
    made = directive(name, **({"issued": issued} if issued else {}))
    archive.put_directive(made, [page("chữ")], result_key="k", run_id=run_id)


def walked(client: TestClient, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    """Every item, by following 'next'."""
    while True:
        answer = client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        yield from found["items"]
        if found["next"] is None:
            assert "link" not in answer.headers
            return
        parameters["cursor"] = found["next"]


@pytest.fixture
def filled(archive: Archive) -> Archive:
    for number in range(7):
        put_dated(archive, f"a{number}", f"2022-0{number % 3 + 1}")
        put_dated(archive, f"n{number}", None)
    return archive


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_a_list_in_pages_is_the_whole_list(filled: Archive, local: TestClient, limit: int) -> None:
    ids = [row.id for row in filled.list()]
    assert len(ids) == 18
    assert [item["id"] for item in walked(local, "/directives", limit=limit)] == ids


@pytest.mark.parametrize("path", ["/targets", "/deadlines", "/citations", "/findings", "/runs"])
def test_every_list_goes_on_where_it_ended(filled: Archive, local: TestClient, path: str) -> None:
    filled.begin_run("retry", "0.1.0")
    run = filled.begin_run("ingest", "0.1.0")
    filled.record_source("in/second.pdf", source("second"))
    second = full_directive("second")
    filled.put_directive(second, [page("chữ")], result_key="k", run_id=run)
    whole = local.get(path).json()["items"]
    assert len(whole) >= 2
    assert list(walked(local, path, limit=1)) == whole


def test_a_page_holds_its_place_while_others_are_added(filled: Archive, local: TestClient) -> None:
    before = [row.id for row in filled.list()]
    seen = []
    for position, item in enumerate(walked(local, "/directives", limit=2)):
        seen.append(item["id"])
        if position % 2 == 0:
            put_dated(filled, f"new{position}", "2024-01-01")  # before all that was seen
    assert [i for i in seen if i in before] == before
    assert len(seen) == len(set(seen))


def test_the_next_page_is_linked_with_its_filter(filled: Archive, local: TestClient) -> None:
    answer = local.get("/directives", params={"limit": 2, "issued_from": "2022-02-01"})
    link = answer.headers["link"]
    assert link.endswith('>; rel="next"')
    target = urlsplit(link[1 : link.index(">")])
    assert (target.scheme, target.netloc) == ("", ""), "no host: a proxy's name stays in force"
    following = local.get(f"http://127.0.0.1:8417{target.geturl()}").json()
    assert not {i["id"] for i in following["items"]} & {i["id"] for i in answer.json()["items"]}
    everything = walked(local, "/directives", limit=2, issued_from="2022-02-01")
    dated = list(everything)
    assert dated
    assert all(item["issued"] >= "2022-02" for item in dated)


def test_a_cursor_of_another_question_is_refused(filled: Archive, local: TestClient) -> None:
    following = local.get("/directives", params={"limit": 1}).json()["next"]
    for path, parameters in (("/targets", {}), ("/directives", {"issuer": "x"})):
        answer = local.get(path, params={"cursor": following, **parameters})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["where"] == "query.cursor"


def forged(*key: Any, asked: str | None = None) -> str:
    from pipeline.archive import Filter

    asked = asked or cursor.question("directives", Filter())
    return base64.urlsafe_b64encode(json.dumps([asked, *key]).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "made",
    ["", "x", "é", "====", "A" * 3000, forged(), forged(1), forged("2022-01-01"),
     forged(1, "d"), forged("2022", 1), forged("2022", None), forged(True, "d"),
     forged({}, "d"), forged([["d"]], "d"), forged("a", "b", "c"), forged("2022", "d", asked="x")],
)  # fmt: skip
def test_a_forged_cursor_is_refused(local: TestClient, made: str) -> None:
    assert local.get("/directives", params={"cursor": made}).status_code == 422


def test_a_forged_cursor_in_the_right_form_is_only_a_place(local: TestClient) -> None:
    made = forged("' OR 1=1 --", "'; DROP TABLE directives; --")
    assert local.get("/directives", params={"cursor": made}).status_code == 200
    assert local.get("/counts").json()["directives"] == 4


keys = st.lists(st.none() | st.text() | st.integers(-(2**62), 2**62), min_size=1, max_size=4)


@given(keys, st.text("abc", min_size=1))
def test_a_cursor_keeps_its_key(key: list[Any], asked: str) -> None:
    assert cursor.decode(asked, cursor.encode(asked, tuple(key))) == tuple(key)


@given(st.text())
def test_a_text_that_nobody_made_is_no_cursor(text: str) -> None:
    with pytest.raises(ProblemError) as refusal:
        cursor.decode("asked", text)
    assert refusal.value.status_code == 422


def test_a_page_has_no_more_rows_than_the_server_allows(client: Client) -> None:
    asked = client(page_rows=2, page_rows_most=3)
    assert len(asked.get("/directives").json()["items"]) == 2
    assert len(asked.get("/directives", params={"limit": 3}).json()["items"]) == 3
    for limit in (0, -1, 4, "x", "1e3", 10**30):
        assert asked.get("/directives", params={"limit": limit}).status_code == 422


def test_the_pages_follow_an_index(tmp_path: Path) -> None:
    """The place of a page is found in the index, not by reading all that came before."""
    from sqlalchemy.dialects import sqlite

    from pipeline.archive import Filter, paging

    with Archive.open(tmp_path / "archive", create=True) as opened:
        asked: list[str] = []

        class Told:
            def __init__(self, connection: Any) -> None:
                self.connection = connection

            def execute(self, query: Any) -> Any:
                text = query.compile(
                    dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
                )
                plan = self.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")
                asked.append(" | ".join(row[3] for row in plan))
                return self.connection.execute(query)

        opened.read(
            lambda c: paging.directive_slice(Told(c), Filter(), ("2022-01-01", "d-x"), 10)  # type: ignore[arg-type]
        )
        # Either index finds the day; what is left to sort are the documents of one day.
        index = r"SEARCH directives USING INDEX ix_directives_(issued|days) "
        assert re.match(index + r"\(issued_first>\? AND issued_first<\?\)", asked[0])
        assert re.match(index + r"\(issued_first=\?\)", asked[1])
