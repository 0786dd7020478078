"""Records, their lists and fields, as the archive holds them."""

from __future__ import annotations

import gzip
import io
import json

from starlette.testclient import TestClient

from models.directive import Directive
from pipeline.archive import Archive
from pipeline.publish import write_jsonl
from tests.archive.strategies import page, source
from tests.serve.conftest import HOSTILE, Client


def test_a_record_is_the_contract_byte_for_byte(archive: Archive, local: TestClient) -> None:
    for record in archive.directives():
        answer = local.get(f"/directives/{record.id}", params={"personal_data": True})
        assert answer.text == record.model_dump_json(by_alias=True)


def test_the_same_content_is_answered_with_the_same_bytes(local: TestClient) -> None:
    for path in ("/directives", "/directives/d-full", "/targets", "/openapi.json", "/counts"):
        assert local.get(path).content == local.get(path).content


def test_a_record_that_is_known_is_not_sent_again(archive: Archive, local: TestClient) -> None:
    first = local.get("/directives/d-full")
    tag = first.headers["etag"]
    again = local.get("/directives/d-full", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert local.get("/directives/d-full", headers={"If-None-Match": '"other"'}).status_code == 200
    assert local.get("/directives/d-full", headers={"If-None-Match": "*"}).status_code == 304


def test_a_changed_record_has_another_tag(archive: Archive, local: TestClient) -> None:
    before = local.get("/directives/d-full").headers["etag"]
    archive.record_source("in/another name.pdf", source("full"))
    named = local.get("/directives/d-full")
    assert named.headers["etag"] != before, "a name of the file is part of the record"
    changed = archive.get("d-full").model_copy(update={"campaign": None})
    run = archive.begin_run("ingest", "0.1.0")
    archive.put_directive(changed, [page("chữ")], result_key="k2", run_id=run)
    assert local.get("/directives/d-full").headers["etag"] != named.headers["etag"]


def test_what_may_be_seen_is_part_of_the_tag(local: TestClient) -> None:
    masked = local.get("/directives/d-private").headers["etag"]
    shown = local.get("/directives/d-private", params={"personal_data": True})
    assert shown.headers["etag"] != masked
    assert shown.headers["cache-control"] == "no-store"


def test_a_list_has_a_tag_too(local: TestClient) -> None:
    tag = local.get("/targets").headers["etag"]
    assert local.get("/targets", headers={"If-None-Match": tag}).status_code == 304


def test_head_tells_what_get_would_without_the_body(local: TestClient) -> None:
    got, head = local.get("/directives/d-full"), local.head("/directives/d-full")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "content-length"):
        assert head.headers[name] == got.headers[name]
    assert local.head("/directives/d-x").status_code == 404


def test_long_answers_are_compressed_for_whoever_reads_that(local: TestClient) -> None:
    plain = local.get("/directives/d-full", headers={"Accept-Encoding": "identity"})
    packed = local.get("/directives/d-full", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 5, mtime=0))
    refused = local.get("/directives/d-full", headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers
    assert "Accept-Encoding" in packed.headers["vary"]


def test_lists_of_a_record_are_those_of_the_record(archive: Archive, local: TestClient) -> None:
    record = json.loads(archive.get("d-full").model_dump_json(by_alias=True))
    for name in ("citations", "targets", "deadlines", "findings"):
        assert local.get(f"/directives/d-full/{name}").json() == record[name]
        assert record[name], "an empty list would prove nothing"


def test_several_records_are_looked_up_in_the_order_asked(local: TestClient) -> None:
    ids = ["d-hostile", "no", "d-full", "d-full", "nul\0"]
    found = local.post("/directives/lookup", json={"ids": ids}).json()
    assert [item["id"] for item in found["items"]] == ["d-hostile", "d-full"]
    assert found["missing"] == ["no", "nul\0"]
    assert Directive.model_validate(found["items"][0]).subject.value == HOSTILE


def test_a_field_is_told_with_what_it_rests_on(local: TestClient, scan_id: str) -> None:
    found = local.get(f"/directives/{scan_id}/evidence/number").json()
    assert (found["value"], found["status"]) == ("45/CĐN", "accepted")
    (place,) = found["evidence"]
    assert (place["page"], place["bbox"]) == (1, [0.1, 0.1, 0.3, 0.12])
    assert local.get(place["page_text"].removeprefix("/api/v1")).status_code == 200
    assert local.get(place["picture"].removeprefix("/api/v1")).status_code == 200


def test_items_of_lists_and_parts_of_parts_have_evidence(local: TestClient) -> None:
    for field in ("campaign", "recipients.0", "citations.0", "citations.0.number", "targets.1",
                  "findings.0", "signer.name"):  # fmt: skip
        answer = local.get(f"/directives/d-full/evidence/{field}")
        assert answer.status_code == 200, field
        assert answer.json()["field"] == field


def test_what_is_no_field_with_evidence_is_not_found(local: TestClient) -> None:
    for field in ("id", "source", "source.path", "targets", "targets.9", "number.value",
                  "number.0", "review", "__class__"):  # fmt: skip
        answer = local.get(f"/directives/d-full/evidence/{field}")
        assert answer.status_code == 404, field


def test_the_export_is_that_of_the_command(archive: Archive, local: TestClient) -> None:
    out = io.BytesIO()
    count = write_jsonl(archive.directives(), out)
    answer = local.get("/exports/directives.jsonl", params={"personal_data": True})
    assert answer.content == out.getvalue()
    assert count == len(answer.text.split("\n")) - 1 == 4
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-encoding"] == "gzip"
    plain = {"Accept-Encoding": "identity"}
    same = local.get("/exports/directives.jsonl", params={"personal_data": True}, headers=plain)
    assert "content-encoding" not in same.headers
    assert same.content == answer.content


def test_an_export_takes_the_filters_of_the_list(local: TestClient) -> None:
    answer = local.get("/exports/directives.jsonl", params={"issuer": "ca mau"})
    assert [json.loads(line)["id"] for line in answer.text.splitlines()] == ["d-full"]


def test_search_tells_where_the_words_stand(local: TestClient) -> None:
    (hit,) = local.get("/search", params={"q": "sang kien"}).json()["items"]
    assert hit["id"] == "d-full"
    assert [hit["snippet"][s:e] for s, e in hit["marks"]] == ["sáng", "kiến"]
    assert hit["page"] == 1


def test_search_keeps_to_a_filter(local: TestClient) -> None:
    assert local.get("/search", params={"q": "sang kien", "issuer": "ca mau"}).json()["items"]
    assert local.get("/search", params={"q": "sang kien", "issuer": "x"}).json()["items"] == []


def test_the_lists_hold_what_the_archive_says(archive: Archive, local: TestClient) -> None:
    def items(path: str) -> list[object]:
        found: list[object] = local.get(path, params={"personal_data": True}).json()["items"]
        return found

    def dumped(rows: object) -> list[object]:
        return [row.model_dump(mode="json") for row in rows]  # type: ignore[attr-defined]

    assert items("/directives") == dumped(archive.list())
    assert items("/targets") == dumped(archive.targets())
    assert items("/deadlines") == dumped(archive.deadlines())
    assert items("/citations") == dumped(archive.citations())
    assert {f["code"] for f in items("/findings")} == {"page.blank", "pii.phone"}  # type: ignore[index]
    (failed,) = archive.quarantined()
    (shown,) = items("/quarantine")
    assert shown["failure"] == failed.failure.model_dump()  # type: ignore[index]
    assert [r["outcome"] for r in items("/runs")] == ["finished"]  # type: ignore[index]


def test_the_index_leads_to_every_list(local: TestClient) -> None:
    some = local.get("/directives").json()["items"][0]["id"]
    demanded = {"/api/v1/search": {"q": "x"}, "/api/v1/chain": {"document": some}}
    for link in local.get("http://127.0.0.1:8417/api/v1").json()["links"].values():
        parameters = demanded.get(link)
        assert local.get(link.removeprefix("/api/v1"), params=parameters).status_code == 200


def test_the_schema_is_that_of_the_command(local: TestClient) -> None:
    from pipeline.publish import directive_schema

    assert local.get("/schemas/directive.json").json() == directive_schema()


def test_the_server_tells_whether_it_lives(archive: Archive, client: Client) -> None:
    from pipeline.errors import ArchiveProblem
    from pipeline.serving import Served
    from pipeline.settings import Settings

    class Broken(Served):
        def caller(self, *_: str) -> None:
            raise ArchiveProblem("The disk is gone.", detail="/secret/place")

    asked = client(holdings=Broken(archive, Settings()))
    assert asked.get("/health").json() == {"status": "ok"}
    assert asked.get("/ready").status_code == 503
    assert client().get("/ready").status_code == 200
