"""The review desk over HTTP: the queue, decisions, conflicts, undo, completions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from models.directive import Review
from pipeline.archive import Archive
from tests.archive.strategies import directive, field, page, source
from tests.serve.conftest import PHONE, Client

ELSEWHERE = "192.0.2.7"
BY = {"by": "Trần Thị B"}


@pytest.fixture
def waiting(archive: Archive) -> str:
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.record_source("in/waits.pdf", source("waits"))
    one = directive(
        "waits", number=field(None, status="unreadable"), symbol="KH-LĐLĐ",
        issuer="Liên đoàn Lao động tỉnh Cà Mau", review=Review(reasons=("number: unreadable",)),
    )  # fmt: skip
    archive.put_directive(one, [page("chữ")], result_key="k", run_id=run_id)
    return one.id


def version(client: TestClient, id_: str) -> int:
    found: int = client.get(f"/directives/{id_}/decisions").json()["change_seq"]
    return found


def decided(client: TestClient, id_: str, *decisions: dict[str, Any], **more: Any) -> Any:
    body = BY | {"expected": version(client, id_), "decisions": list(decisions)} | more
    return client.post(f"/directives/{id_}/review", json=body)


NUMBER = {"path": "number", "action": "correct", "value": "120"}


def test_a_document_goes_from_the_queue_to_corrected(local: TestClient, waiting: str) -> None:
    rows = local.get("/queue").json()["items"]
    assert [row["directive_id"] for row in rows] == [waiting, "d-full"]
    assert local.get("/queue/next").json()["document"]["directive_id"] == waiting
    answer = decided(local, waiting, NUMBER)
    assert answer.status_code == 200
    approval = BY | {"expected": answer.json()["change_seq"]}
    done = local.post(f"/directives/{waiting}/review/approve", json=approval).json()
    assert done["review"] == {"state": "corrected", "reasons": []}
    record = local.get(f"/directives/{waiting}").json()
    assert record["number"]["value"] == "120/KH-LĐLĐ"
    assert record["serial"]["value"] == "120"
    assert len(local.get("/queue").json()["items"]) == 1
    after = local.get("/queue/next", params={"after": waiting}).json()
    assert after["document"]["directive_id"] == "d-full"
    counts = local.get("/queue/counts").json()
    assert (counts["pending"], counts["corrected"], counts["documents_today"]) == (1, 1, 1)


def test_the_second_is_told_who_was_quicker(local: TestClient, waiting: str) -> None:
    seen = version(local, waiting)
    decided(local, waiting, NUMBER)
    answer = decided(local, waiting, NUMBER | {"value": "7"}, expected=seen, by="Lê C")
    assert answer.status_code == 409
    conflict = answer.json()["conflict"]
    assert conflict["path"] == "number"
    assert [(c["by"], c["change"]) for c in conflict["changes"]] == [("Trần Thị B", "reviewed")]
    assert conflict["record"]["number"]["value"] == "120/KH-LĐLĐ"
    assert conflict["change_seq"] == version(local, waiting)
    other = {"path": "place", "action": "correct", "value": "Cà Mau"}
    assert decided(local, waiting, other, expected=seen, by="Lê C").status_code == 200


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        ({"path": "issued", "action": "correct", "value": "2023-02-30"}, "2023-02-30 is no date"),
        ({"path": "number", "action": "correct", "value": "không"}, "no number"),
        ({"path": "nowhere", "action": "accept"}, "nothing that can be decided"),
        ({"path": "number", "action": "accept"}, "no value"),
    ],
)
def test_what_cannot_be_decided_is_told_with_its_reason(
    local: TestClient, waiting: str, decision: dict[str, Any], told: str
) -> None:
    answer = decided(local, waiting, decision)
    assert answer.status_code == 409
    assert told in answer.json()["detail"]


def test_a_decision_is_undone_and_made_again(local: TestClient, waiting: str) -> None:
    before = local.get(f"/directives/{waiting}").json()
    made = decided(local, waiting, NUMBER).json()["decisions"][0]
    undo = f"/decisions/{made['id']}/undo"
    assert local.post(undo, json=BY).json()["decisions"][0]["undone_by"] == "Trần Thị B"
    assert local.get(f"/directives/{waiting}").json() == before
    assert local.post(undo, json=BY).json()["decisions"][0]["undone_at"] is None
    rows = local.get("/decisions", params={"stands": True, "actor": "Trần Thị B"}).json()["items"]
    assert [row["id"] for row in rows] == [made["id"]]
    assert local.post("/decisions/99/undo", json=BY).status_code == 404


def test_a_token_says_who_decided(
    client: Client, token: Callable[[str], str], archive: Archive, waiting: str
) -> None:
    asked = client(token=token("review"), host=ELSEWHERE)
    answer = decided(asked, waiting, NUMBER, by="somebody else").json()
    (made,) = answer["decisions"]
    (row,) = archive.listed_tokens()
    assert (made["actor"], made["token_id"]) == (row.name, row.id)


def test_readers_may_not_decide_nor_see_the_desk(
    client: Client, token: Callable[[str], str], waiting: str
) -> None:
    asked = client(token=token("read"), host=ELSEWHERE)
    for path in ("/queue", "/queue/next", "/decisions", "/lexicon", "/completions?field=issuer"):
        assert asked.get(path).status_code == 403
    body = BY | {"expected": 1, "decisions": [NUMBER]}
    assert asked.post(f"/directives/{waiting}/review", json=body).status_code == 403
    assert asked.delete("/lexicon/1").status_code == 403


def test_without_a_token_a_decision_needs_a_name(local: TestClient, waiting: str) -> None:
    answer = decided(local, waiting, NUMBER, by=None)
    assert answer.status_code == 409
    assert "name" in answer.json()["detail"]


def test_personal_data_is_masked_at_the_desk_too(local: TestClient) -> None:
    subject = {"path": "subject", "action": "correct", "value": f"Gọi {PHONE}"}
    answer = decided(local, "d-private", subject)
    assert answer.status_code == 200
    shown = [answer.text, local.get("/directives/d-private/decisions").text]
    seen = version(local, "d-private")
    decided(local, "d-private", subject | {"value": f"Hỏi {PHONE}"})
    shown.append(decided(local, "d-private", subject, expected=seen).text)
    assert not any(PHONE in text for text in shown)
    clear = local.get("/directives/d-private/decisions", params={"personal_data": True})
    assert PHONE in clear.text


def test_known_values_complete_what_is_typed(local: TestClient, waiting: str) -> None:
    asked = {"field": "issuer", "q": "lien doan lao dong t"}
    values = [row["value"] for row in local.get("/completions", params=asked).json()["items"]]
    assert "Liên đoàn Lao động tỉnh Cà Mau" in values
    marked = {"field": "issuer", "q": "Liên đoán"}
    assert local.get("/completions", params=marked).json() == {"items": []}
    types = {"field": "doc_type", "q": "kế"}
    assert local.get("/completions", params=types).json()["items"][0]["value"] == "Kế hoạch"
