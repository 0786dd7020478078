"""The feed of changes as other systems see it; the archive's part is a promise here."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.testclient import TestClient

from models.directive import Directive
from pipeline.archive import Archive
from pipeline.errors import UsageProblem
from pipeline.serving import Served
from pipeline.settings import Settings
from tests.serve.conftest import PHONE, Client


@dataclass(frozen=True)
class Row:
    cursor: str
    id: str
    change: str
    at: str
    directive: Directive | None


@dataclass(frozen=True)
class Page:
    changes: tuple[Row, ...]
    cursor: str
    more: bool


class Fed(Served):
    """An archive with a feed: every directive created, in order of id, then one withdrawn."""

    @property
    def changes(self):  # type: ignore[no-untyped-def]
        return self.feed

    def feed(self, since: str | None, limit: int) -> Page:
        if since is not None and not since.isdigit():
            raise UsageProblem("That is no cursor.")
        at = "2026-03-02T08:15:00.000000Z"
        rows = [
            Row(str(n), record.id, "created", at, record)
            for n, record in enumerate(self.archive.directives(), 1)
        ]
        rows.append(Row(str(len(rows) + 1), "d-gone", "withdrawn", at, None))
        behind = [row for row in rows if int(row.cursor) > int(since or 0)]
        part = tuple(behind[:limit])
        return Page(part, part[-1].cursor if part else since or "0", len(behind) > limit)


def asked(archive: Archive, client: Client) -> TestClient:
    return client(holdings=Fed(archive, Settings()))


def test_a_reader_gets_every_change_once_and_in_order(archive: Archive, client: Client) -> None:
    reader = asked(archive, client)
    seen, parameters = [], {"limit": "2"}
    while True:
        answer = reader.get("/changes", params=parameters).json()
        seen += answer["items"]
        parameters["since"] = answer["cursor"]
        if not answer["more"]:
            break
    assert [c["cursor"] for c in seen] == ["1", "2", "3", "4", "5"]
    assert [c["id"] for c in seen[:4]] == [d.id for d in archive.directives()]
    assert (seen[-1]["change"], seen[-1]["directive"]) == ("withdrawn", None)
    later = reader.get("/changes", params=parameters).json()
    assert later == {"items": [], "cursor": "5", "more": False}


def test_a_change_brings_the_record(archive: Archive, client: Client) -> None:
    answer = asked(archive, client).get("/changes", params={"personal_data": True})
    records = {c["id"]: c["directive"] for c in answer.json()["items"]}
    for record in archive.directives():
        assert Directive.model_validate(records[record.id]) == record


def test_the_feed_is_masked_like_records(archive: Archive, client: Client) -> None:
    reader = asked(archive, client)
    assert PHONE not in reader.get("/changes").text
    assert PHONE in reader.get("/changes", params={"personal_data": True}).text


def test_the_next_part_is_linked_while_there_is_one(archive: Archive, client: Client) -> None:
    reader = asked(archive, client)
    link = reader.get("/changes", params={"limit": 2}).headers["link"]
    assert link == '</api/v1/changes?limit=2&since=2>; rel="next"'
    assert "link" not in reader.get("/changes").headers


def test_a_wrong_cursor_is_refused(archive: Archive, client: Client) -> None:
    reader = asked(archive, client)
    assert reader.get("/changes", params={"since": "x"}).status_code == 422
    assert reader.get("/changes", params={"limit": 0}).status_code == 422
