"""Chains, pairs that may be one document, histories, and the analysts' questions over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from models.directive import Citation
from models.finding import Evidence, Finding
from pipeline.archive import Archive
from tests.archive.strategies import directive, field, page, source
from tests.serve.conftest import PHONE, Client, put_twins
from tests.serve.test_paging import walked

ELSEWHERE = "192.0.2.7"
PLAN = "3259/CTr-TLĐ"
MARKED = (
    Finding(
        code="pii.phone", severity="info", message="A number.", evidence=(Evidence(text=PHONE),)
    ),
)


def put(archive: Archive, name: str, **fields: Any) -> None:
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.record_source(f"in/{name}.pdf", source(name))
    archive.put_directive(
        directive(name, **fields), [page(f"chữ {name}")], result_key="k", run_id=run_id
    )


@pytest.fixture
def chained(archive: Archive) -> Archive:
    """The plan, what carries it out, and what carries that out."""
    office = {"issuer": "Tổng Liên đoàn Lao động Việt Nam"}
    put(archive, "plan", number=PLAN, issued="2021-09-01", **office)
    plan = {"number": field(PLAN), "issued": field("2021-09-01"), "issuer": field(office["issuer"])}
    cited = Citation(**plan, relation="implements")  # type: ignore[arg-type]
    put(archive, "mid", number="1/KH-LĐLĐ", issued="2022-01-01",
        issuer="Liên đoàn Lao động tỉnh Hà Giang", citations=(cited,),
        subject=f"gọi {PHONE}", findings=MARKED)  # fmt: skip
    below = Citation(
        number=field("1/KH-LĐLĐ"),
        issued=field("2022-01-01"),
        issuer=field("Liên đoàn Lao động tỉnh Hà Giang"),
        relation="based_on",
    )
    put(archive, "low", number="2/KH-Y", issued="2022-02-01", citations=(below,))
    return archive


def chain(client: TestClient, path: str, **parameters: Any) -> list[tuple[str | None, int]]:
    answer = client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return [(node["id"], node["depth"]) for node in answer.json()["nodes"]]


def test_the_chain_goes_down_and_up(chained: Archive, local: TestClient) -> None:
    down = chain(local, "/directives/d-plan/chain")
    assert [n for n in down if n[0] != "d-full"] == [("d-plan", 0), ("d-mid", 1), ("d-low", 2)]
    up = chain(local, "/directives/d-low/chain", direction="up")
    assert up == [("d-low", 0), ("d-mid", 1), ("d-plan", 2)]
    assert chain(local, "/directives/d-low/chain", direction="up", depth=1) == up[:2]
    only = {"direction": "up", "relation": ["implements", "amends"]}
    assert chain(local, "/directives/d-low/chain", **only) == up[:1]


def test_a_chain_begins_at_a_number_in_any_spelling(chained: Archive, local: TestClient) -> None:
    by_id = chain(local, "/directives/d-plan/chain")
    for document in (PLAN, "3259 ctr tld", "d-plan"):
        assert chain(local, "/chain", document=document) == by_id


def test_a_chain_begins_at_a_document_that_is_only_cited(local: TestClient) -> None:
    assert chain(local, "/chain", document=PLAN) == [(None, 0), ("d-full", 1)]


def test_what_is_neither_there_nor_cited_has_no_chain(local: TestClient) -> None:
    for path in ("/chain?document=777/ZZ", "/directives/d-none/chain", "/directives/120/chain"):
        assert local.get(path).status_code == 404
    for query in ("document=x&depth=0", "document=x&relation=x", "document=x&direction=left", ""):
        assert local.get(f"/chain?{query}").status_code == 422


def test_a_number_of_several_documents_names_them(archive: Archive, local: TestClient) -> None:
    one, two = put_twins(archive)
    answer = local.get("/chain", params={"document": "9/TB"})
    assert answer.status_code == 404
    assert one.id in answer.json()["advice"]
    assert two.id in answer.json()["advice"]


def test_a_chain_is_masked(chained: Archive, local: TestClient) -> None:
    path = "/directives/d-plan/chain"
    assert PHONE not in local.get(path).text
    assert "[phone]" in local.get(path).text
    assert PHONE in local.get(path, params={"personal_data": True}).text


def test_a_number_that_is_masked_is_masked_in_its_key_too(
    archive: Archive, local: TestClient
) -> None:
    digits = PHONE.replace(" ", "")
    put(archive, "odd", citations=(Citation(number=field(digits)),), findings=MARKED)
    answer = local.get("/directives/d-odd/chain", params={"direction": "up"})
    assert digits not in answer.text
    (edge,) = answer.json()["edges"]
    assert [n["key"] for n in answer.json()["nodes"]] == ["d-odd", edge["cited"]]


# -- duplicates ----------------------------------------------------------------------------------


def decide(client: TestClient, decision: str, **more: Any) -> Any:
    body = {"decision": decision, "by": "Người Duyệt"} | more
    return client.post("/duplicates/1/decision", json=body)


def test_a_person_decides_a_pair_and_the_history_keeps_the_name(
    archive: Archive, local: TestClient
) -> None:
    one, two = put_twins(archive)
    (pair,) = local.get("/duplicates", params={"state": "proposed"}).json()["items"]
    assert [pair["one"]["id"], pair["two"]["id"]] == [one.id, two.id]
    decided = decide(local, "accepted", main=two.id)
    assert decided.status_code == 200, decided.text
    assert (decided.json()["state"], decided.json()["main_id"]) == ("accepted", two.id)
    assert decided.json()["decided_by"] == "Người Duyệt"
    assert local.get("/duplicates/1").json() == decided.json()
    assert local.get(f"/directives/{one.id}").json()["version_of"] == two.id
    last = local.get(f"/directives/{one.id}/history").json()["items"][-1]
    assert (last["change"], last["actor"]) == ("merge_accepted", "Người Duyệt")
    assert local.get("/duplicates", params={"state": "proposed"}).json()["items"] == []
    assert decide(local, "undone").json()["state"] == "undone"
    assert local.get(f"/directives/{one.id}").json()["version_of"] is None


def test_the_list_of_pairs_has_filters(archive: Archive, local: TestClient) -> None:
    one, _ = put_twins(archive)
    for good in ({"kind": "exact"}, {"directive_id": one.id}, {}):
        assert len(list(walked(local, "/duplicates", limit=1, **good))) == 1
    for bad in ({"kind": "same_number"}, {"directive_id": "d-full"}, {"state": "rejected"}):
        assert local.get("/duplicates", params=bad).json()["items"] == []


@pytest.mark.parametrize(
    ("decision", "more", "status"),
    [("undone", {}, 409), ("accepted", {"main": "d-full"}, 409), ("rejected", {"by": ""}, 422),
     ("rejected", {"by": " \t "}, 422), ("rejected", {"by": "a\u0000b"}, 422),
     ("rejected", {"by": "Machine"}, 409), ("maybe", {}, 422), ("rejected", {"other": 1}, 422)],
)  # fmt: skip
def test_what_cannot_be_decided_so_is_refused(
    archive: Archive, local: TestClient, decision: str, more: dict[str, Any], status: int
) -> None:
    put_twins(archive)
    assert decide(local, decision, **more).status_code == status
    assert local.get("/duplicates/1").json()["state"] == "proposed"


def test_an_accepted_pair_is_undone_before_it_is_rejected(
    archive: Archive, local: TestClient
) -> None:
    put_twins(archive)
    decide(local, "accepted")
    refused = decide(local, "rejected")
    assert refused.status_code == 409
    assert "undone" in refused.json()["advice"]


def test_a_pair_that_is_not_there_is_not_found(local: TestClient) -> None:
    assert local.get("/duplicates/1").status_code == 404
    assert decide(local, "rejected").status_code == 404


def test_a_decision_needs_json(archive: Archive, local: TestClient) -> None:
    """A form of a foreign web page is none, so that it decides nothing in a person's browser."""
    put_twins(archive)
    body = '{"decision": "rejected", "by": "x"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        sent = local.post("/duplicates/1/decision", content=body, headers={"Content-Type": kind})
        assert sent.status_code == 415


def test_reviewing_needs_a_token_to_review(
    archive: Archive, client: Client, token: Callable[[str], str]
) -> None:
    put_twins(archive)
    reader = client(host=ELSEWHERE, token=token("read"))
    for path in ("/duplicates", "/duplicates/1", "/directives/d-full/history"):
        assert reader.get(path).status_code == 403
    assert decide(reader, "rejected").status_code == 403
    assert decide(client(host=ELSEWHERE), "rejected").status_code == 401
    assert archive.merges()[0].state == "proposed"
    assert decide(client(host=ELSEWHERE, token=token("review")), "rejected").status_code == 200


def test_pairs_are_masked_by_both_documents(archive: Archive, local: TestClient) -> None:
    put_twins(archive, subject=f"gọi {PHONE}", findings=MARKED)
    for path in ("/duplicates", "/duplicates/1"):
        assert PHONE not in local.get(path).text
        assert PHONE in local.get(path, params={"personal_data": True}).text
    assert PHONE not in decide(local, "rejected").text


def test_a_history_tells_when_what_and_who(archive: Archive, local: TestClient) -> None:
    put(archive, "told")
    put(archive, "told", subject="khác")
    found = local.get("/directives/d-told/history").json()
    assert [(e["change"], e["actor"], e["version"]) for e in found["items"]] == [
        ("created", "machine", "0.1.0"), ("changed", "machine", "0.1.0"),
    ]  # fmt: skip
    assert found["first_seen_at"] <= found["items"][0]["at"] <= found["items"][1]["at"]
    assert local.get("/directives/d-none/history").status_code == 404


# -- questions -----------------------------------------------------------------------------------


def test_what_is_due_around_a_day(local: TestClient) -> None:
    asked = {"on": "2022-06-20", "recurring": False}
    found = local.get("/due", params=asked).json()
    assert [(r["due"], r["days"]) for r in found["items"]] == [("2022-06-29", 9)]
    assert found["truncated"] is False
    assert local.get("/due", params=asked | {"ahead": 8}).json()["items"] == []
    late = local.get("/due", params=asked | {"on": "2022-07-01", "passed": 2}).json()
    assert [r["days"] for r in late["items"]] == [-2]
    again = local.get("/due", params={"on": "2022-06-20", "ahead": 90}).json()["items"]
    assert [r["due"] for r in again if r["recurrence"]] == [
        "2022-06-30", "2022-07-31", "2022-08-31",
    ]  # fmt: skip
    cut = local.get("/due", params={"on": "2022-06-20", "ahead": 90, "limit": 2}).json()
    assert (cut["items"], cut["truncated"]) == (again[:2], True)


@pytest.mark.parametrize("on", ["2022-6-1", "1655683200", "1e3", "20220601", "2022-06-01T00:00:00"])
def test_a_day_is_written_in_one_way(local: TestClient, on: str) -> None:
    assert local.get("/due", params={"on": on}).status_code == 422
    assert local.get("/directives", params={"issued_to": on}).status_code == 422


def test_results_are_held_against_targets(archive: Archive, local: TestClient) -> None:
    from models.directive import Campaign, Target

    campaign = {"campaign": Campaign(id="c", name="C"), "issuer": "Công đoàn X"}
    goal = Target(kind="quota", text="150 sáng kiến", value=150, unit="sáng kiến", period="2022")
    result = Target(kind="result", text="120 sáng kiến", value=120, unit="sáng kiến", period="2022")
    put(archive, "goal", issued="2022-01-01", targets=(goal,), **campaign)
    put(archive, "result", issued="2022-12-01", targets=(result,), **campaign)
    found = local.get("/progress", params={"campaign": "c"}).json()
    (row,) = found["items"]
    assert (row["goal"]["value"], row["result"]["value"], row["ratio"]) == (150, 120, 0.8)
    assert found["truncated"] is False
    assert local.get("/progress", params={"campaign": "c", "limit": 1}).json()["truncated"] is True


def test_findings_are_counted_by_kind(local: TestClient) -> None:
    found = local.get("/findings/counts").json()["items"]
    assert {(r["code"], r["findings"]) for r in found} == {("page.blank", 1), ("pii.phone", 1)}
    only = local.get("/findings/counts", params={"code": "page"}).json()["items"]
    assert [r["code"] for r in only] == ["page.blank"]


def test_who_was_told_with_levels_in_pages(archive: Archive, local: TestClient) -> None:
    expected = [r.model_dump(mode="json") for r in archive.told()]
    assert len(expected) >= 2
    for limit in (1, 2, 100):
        assert list(walked(local, "/told", limit=limit)) == expected
    named = local.get("/told", params={"organisation": "cong doan co so"}).json()["items"]
    assert named == [
        r.model_dump(mode="json") for r in archive.told(organisation="cong doan co so")
    ]


def test_organisations_and_campaigns_are_listed(archive: Archive, local: TestClient) -> None:
    whole = local.get("/organisations").json()["items"]
    assert list(walked(local, "/organisations", limit=1)) == whole
    named = {"name": "lao dong tinh ca mau"}
    (found,) = local.get("/organisations", params=named).json()["items"]
    assert (found["name"], found["level"]) == ("Liên đoàn Lao động tỉnh Cà Mau", "province")
    assert (found["issued"], found["province"]) == (1, "Cà Mau")
    (campaign,) = local.get("/campaigns", params={"name": "trieu sang kien"}).json()["items"]
    assert (campaign["id"], campaign["directives"]) == ("01-trieu", 1)
    assert "01 triệu sáng kiến" in campaign["spellings"]
    assert local.get("/campaigns", params={"name": "khác"}).json()["items"] == []


def test_an_organisation_shows_no_number_of_a_person(archive: Archive, local: TestClient) -> None:
    put(archive, "call", recipients=(field(f"Công đoàn cơ sở Hoa Sen {PHONE}"),), findings=MARKED)
    assert PHONE not in local.get("/organisations").text
    assert PHONE not in local.get("/told").text
