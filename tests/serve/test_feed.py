"""The feed of changes as other systems see it: the archive's own, over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from models.directive import Directive
from pipeline.archive import Archive
from tests.archive.strategies import directive, page, source
from tests.serve.conftest import PHONE, Client


def put(archive: Archive, name: str, *, path: str = "", **fields: Any) -> Directive:
    run_id = archive.begin_run("ingest", "0.1.0")
    made = directive(name, **fields)
    archive.record_source(path or f"in/{name}.pdf", source(name))
    archive.put_directive(made, [page(f"chữ {name}")], result_key="k", run_id=run_id)
    return made


def read(reader: TestClient, since: str | None = None, limit: int = 100) -> dict[str, Any]:
    parameters = {"limit": str(limit)} | ({"since": since} if since else {})
    answer = reader.get("/changes", params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def read_all(reader: TestClient, since: str | None = None, limit: int = 2) -> Iterator[Any]:
    while True:
        found = read(reader, since, limit)
        yield from found["items"]
        since = found["cursor"]
        if not found["more"]:
            return


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_from_the_beginning_it_is_the_whole_archive(
    archive: Archive, local: TestClient, limit: int
) -> None:
    found = list(read_all(local, limit=limit))
    assert {c["change"] for c in found} == {"created"}
    assert sorted(c["id"] for c in found) == [d.id for d in archive.directives()]


def test_created_changed_and_withdrawn_come_in_their_order(
    archive: Archive, local: TestClient
) -> None:
    for name in "ab":
        put(archive, name)
    since = read(local)["cursor"]
    put(archive, "new")
    put(archive, "a", subject="mới")
    put(archive, "other", path="in/b.pdf")  # the file of "b" has other content now
    found = read(local, since)
    assert [(c["change"], c["id"]) for c in found["items"]] == [
        ("created", "d-new"), ("changed", "d-a"), ("withdrawn", "d-b"), ("created", "d-other"),
    ]  # fmt: skip
    by_id = {c["id"]: c["directive"] for c in found["items"]}
    assert by_id["d-a"]["subject"]["value"] == "mới"
    assert by_id["d-b"] is None
    later = read(local, found["cursor"])
    assert later == {"items": [], "cursor": found["cursor"], "more": False}


def test_the_cursor_of_a_change_goes_on_after_it(local: TestClient) -> None:
    whole = read(local)["items"]
    for place, change in enumerate(whole, 1):
        rest = read(local, change["cursor"])["items"]
        assert [c["id"] for c in rest] == [c["id"] for c in whole[place:]]


def test_nothing_is_missed_nor_comes_twice_while_others_write(
    archive: Archive, local: TestClient
) -> None:
    """Each change that was told is applied; at the end the reader has what the archive has."""
    since = read(local)["cursor"]
    held = {d.id: json.loads(d.model_dump_json(by_alias=True)) for d in archive.directives()}
    written = threading.Event()

    def write() -> None:
        for number in range(12):
            put(archive, f"n{number}")
            put(archive, f"n{number // 2}", subject=f"lần {number}")
            if number % 4 == 3:
                put(archive, f"x{number}", path=f"in/n{number - 1}.pdf")
        written.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[str] = []
    while True:
        last = written.is_set()
        found = read(local, since, 3)
        for change in found["items"]:
            seen.append(change["cursor"])
            if change["directive"] is None:
                held.pop(change["id"], None)
            else:
                held[change["id"]] = change["directive"]
        since = found["cursor"]
        if last and not found["more"]:
            break
    writer.join()
    assert len(seen) == len(set(seen))
    here = local.get("/exports/directives.jsonl", params={"superseded": False}).text
    expected = {record["id"]: record for record in map(json.loads, here.splitlines())}
    assert len(expected) == 4 + 12
    assert {i: r for i, r in held.items() if i != "d-private"} == {
        i: r for i, r in expected.items() if i != "d-private"
    }


def test_a_change_brings_the_record(archive: Archive, client: Client) -> None:
    answer = client().get("/changes", params={"personal_data": True})
    records = {c["id"]: c["directive"] for c in answer.json()["items"]}
    assert len(records) == 4
    for record in archive.directives():
        assert Directive.model_validate(records[record.id]) == record


def test_the_feed_is_masked_like_records(local: TestClient) -> None:
    masked = local.get("/changes")
    assert PHONE not in masked.text
    (record,) = [c["directive"] for c in masked.json()["items"] if c["id"] == "d-private"]
    assert record == local.get("/directives/d-private").json()
    assert PHONE in local.get("/changes", params={"personal_data": True}).text


def test_the_next_part_is_linked_while_there_is_one(local: TestClient) -> None:
    answer = local.get("/changes", params={"limit": 2})
    cursor = answer.json()["cursor"]
    assert answer.headers["link"] == f'</api/v1/changes?limit=2&since={cursor}>; rel="next"'
    assert "link" not in local.get("/changes").headers


@pytest.mark.parametrize("since", ["", "x", "é", "====", "A" * 36, "A" * 501])
def test_what_is_no_cursor_is_refused(local: TestClient, since: str) -> None:
    answer = local.get("/changes", params={"since": since})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:vanthu:problem:invalid-request"


def test_a_cursor_of_another_archive_is_refused(archive: Archive, local: TestClient) -> None:
    since = read(local)["cursor"]
    archive.renew_id()
    assert read(local, since)["items"] == [], "the history up to the restore is the same"
    with_more = put(archive, "later")
    behind = read(local, since)["items"]
    assert [c["id"] for c in behind] == [with_more.id]


def test_a_page_has_at_least_one_change(local: TestClient) -> None:
    assert local.get("/changes", params={"limit": 0}).status_code == 422
