"""Whatever stands in a document or its name stays text: in JSON, headers, addresses, SQL."""

from __future__ import annotations

import json
import re
from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pipeline.archive import Archive
from pipeline.serve.answers import attachment
from tests.archive.strategies import directive
from tests.serve.conftest import HOSTILE, HOSTILE_PATH

EVIL = [
    "<script>alert(1)</script>", "'; DROP TABLE directives;--", "../../../../etc/passwd",
    "a\r\nSet-Cookie: x=y", "\u202egpj.exe", '"; filename="x.exe', "%0d%0aX: y", "{{7*7}}",
    "=cmd|' /C calc'!A0", "\ud7ff\ufffe", "*", '"', "NEAR(", "AND OR NOT", "a" * 2000,
]  # fmt: skip


def test_hostile_text_is_only_text(local: TestClient) -> None:
    for path in (
        "/directives/d-hostile",
        "/directives",
        "/quarantine",
        "/search?q=script",
        "/exports/directives.jsonl",
        "/directives/d-hostile/evidence/subject",
    ):
        answer = local.get(path)
        assert answer.status_code == 200
        assert "json" in answer.headers["content-type"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        lines = answer.text.split("\n") if path.startswith("/exports") else [answer.text]
        for line in filter(None, lines):
            json.loads(line)  # fmt: skip
    assert local.get("/directives/d-hostile").json()["subject"]["value"] == HOSTILE
    paths = [item["path"] for item in local.get("/directives").json()["items"]]
    assert HOSTILE_PATH in paths


def test_a_line_of_the_export_is_one_line_for_every_reader(local: TestClient) -> None:
    text = local.get("/exports/directives.jsonl").text
    assert len(text.splitlines()) == text.count("\n") == 4, "splitlines() also cuts at U+2028"


def test_a_hostile_name_cannot_reach_the_headers(
    archive: Archive, local: TestClient, scan_id: str
) -> None:
    source = archive.source(archive.get(scan_id).source.sha256)
    assert source is not None
    # Sorts before the name it has: it is the first name now.
    archive.record_source('\r\nSet-Cookie: a=b/../"; filename="evil\u202efdp.exe', source)
    answer = local.get(f"/directives/{scan_id}/original")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    said = answer.headers["content-disposition"]
    assert said.startswith("attachment; ")
    assert file_name(said) == "_; filename=_evilfdp.exe"
    assert answer.headers["content-type"] == "application/pdf"


def file_name(header: str) -> str:
    """What a browser would call the file."""
    found = re.search(r"filename\*=UTF-8''([^;]*)$", header)
    assert found is not None
    return unquote(found[1])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("scans/Công văn số 45.pdf", "Công văn số 45.pdf"), ("..", "document"), ("", "document"),
     ("a\\b\\c.pdf", "c.pdf"), ("/etc/passwd", "passwd"), (".bashrc", "bashrc"),
     ("x\r\ny.pdf", "xy.pdf"), ("\u202egpj.exe", "gpj.exe"), ("a\tb", "ab")],
)  # fmt: skip
def test_a_download_is_named_by_the_last_part_of_a_safe_name(name: str, expected: str) -> None:
    assert file_name(attachment(name)) == expected


@example("\u0300")
@example(".\u0300")
@given(st.text() | st.sampled_from(EVIL))
def test_any_name_makes_a_header_of_one_line(name: str) -> None:
    header = attachment(name)
    assert header.isascii()
    assert header.isprintable()
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    for found in (file_name(header), re.findall(r'filename="([^"]*)"', header)[0]):
        assert found
        assert not set(found) & set('/\\"\r\n\0')
        assert found not in (".", "..")


@pytest.mark.parametrize("evil", EVIL)
def test_hostile_questions_are_only_questions(local: TestClient, evil: str) -> None:
    before = local.get("/counts").json()
    for name in ("issuer", "doc_type", "number", "finding", "campaign", "text"):
        for path in ("/directives", "/targets", "/findings", "/exports/directives.jsonl"):
            answer = local.get(path, params={name: evil})
            assert answer.status_code == 200, (path, name)
    if len(evil) <= 1000:
        assert local.get("/search", params={"q": evil}).status_code == 200
    assert local.get("/quarantine", params={"category": evil}).json()["items"] == []
    assert local.get("/counts").json() == before


@pytest.mark.parametrize(
    "path",
    ["/directives/..%2f..%2fetc%2fpasswd", "/directives/../../../etc/passwd",
     "/directives/%2e%2e/original", "/directives/d-full/pages/..%2f1", "/../../etc/passwd",
     "/directives/d-full/pages/1/../../original%2f..", "/schemas/..%2f..%2fpyproject.toml",
     "/directives//original", "/exports/../../vanthu.db", "/directives/d-full%0d%0aX-Evil:%201"],
)  # fmt: skip
def test_an_address_leads_to_no_other_file(local: TestClient, path: str) -> None:
    answer = local.get(path)
    assert answer.status_code in (404, 422)
    assert "x-evil" not in answer.headers
    # What leaves the API is told as a page.
    told = "application/problem+json" if answer.url.path.startswith("/api") else "text/html"
    assert answer.headers["content-type"].startswith(told)


def test_an_address_comes_back_as_json_only(local: TestClient) -> None:
    answer = local.get("/%3Cscript%3Ealert(1)%3C/script%3E")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["instance"] == "/api/v1/<script>alert(1)</script>"


def test_a_hostile_number_names_no_file(archive: Archive, local: TestClient, scan_id: str) -> None:
    run = archive.begin_run("ingest", "0.1.0")
    record = archive.get(scan_id)
    hostile = directive("x", number='../"\r\nX: y')
    changed = record.model_copy(update={"number": hostile.number})
    archive.put_directive(changed, archive.pages(scan_id), result_key="k2", run_id=run)
    answer = local.get(f"/directives/{scan_id}/pages/1/alto")
    assert answer.status_code == 200
    assert file_name(answer.headers["content-disposition"]).endswith(f"{scan_id}-0001.alto.xml")
    assert "x" not in answer.headers
