"""Every way to ask wrongly has an answer in one form, and tells nothing of the inside."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.archive import Archive
from pipeline.errors import ArchiveProblem, BadInput, NoSpace, TooSlow
from pipeline.serve.patience import Patience
from pipeline.serve.problems import KINDS, Problem
from pipeline.serving import Served
from pipeline.settings import ServeSettings, Settings
from tests.serve.conftest import API, Client


def problem(answer: Any, status: int, name: str) -> Problem:
    """The problem that an answer is."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    told = Problem.model_validate_json(answer.content)
    assert told.status == status
    assert told.type == f"urn:vanthu:problem:{name}"
    assert told.title
    assert told.detail
    assert told.advice
    return told


def test_kinds_have_names_of_their_own() -> None:
    assert len({name for name, _, _ in KINDS.values()}) == len(KINDS)


def test_nothing_there(local: TestClient) -> None:
    told = problem(local.get("/directives/d-x"), 404, "not-found")
    assert told.instance == "/api/v1/directives/d-x"
    for path in (
        "/nowhere",
        "/directives/",
        "/directives/d-full/pages/2",
        "/directives/d-full/x",
        "/directives/d-full/pages/2/text",
        "/docs",
        "/redoc",
    ):
        problem(local.get(path), 404, "not-found")  # fmt: skip


def test_a_wrong_method_is_told_the_right_ones(local: TestClient) -> None:
    for method in ("DELETE", "PUT", "PATCH", "POST", "OPTIONS", "TRACE", "BREW"):
        answer = local.request(method, "/directives")
        problem(answer, 405, "method-not-allowed")
        assert answer.headers["allow"] == "GET, HEAD"
    assert local.get("/directives/lookup").status_code == 404, "an id could be called so"


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/directives", "text/html"), ("/directives", "application/json;q=0"),
     ("/directives/d-full/text", "application/json"), ("/exports/directives.jsonl", "text/csv"),
     ("/directives/{scan}/original", "image/png"), ("/directives/{scan}/pages/1/image", "text/*"),
     ("/directives/{scan}/evidence/number/0/image", "image/jpeg"),
     ("/directives/{scan}/pdfa", "text/html")],
)  # fmt: skip
def test_a_form_that_is_not_there(local: TestClient, scan_id: str, path: str, accept: str) -> None:
    answer = local.get(path.format(scan=scan_id), headers={"Accept": accept})
    problem(answer, 406, "not-acceptable")


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*", "text/html, application/json;q=0.1", "APPLICATION/JSON"]
)
def test_a_form_that_is_there(local: TestClient, accept: str) -> None:
    assert local.get("/directives", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    ("path", "where"),
    [("/directives?limit=x", "query.limit"), ("/directives?nothing=1", "query.nothing"),
     ("/directives?issued_from=yesterday", "query.issued_from"), ("/search", "query.q"),
     ("/directives?state=lost", "query.state"), ("/directives/d-full/pages/0", "path.page"),
     ("/directives/d-full/pages/x", "path.page"), ("/directives/d%20full", "path.id"),
     ("/directives/d-full/text?stage=none", "query.stage"), ("/search?q=", "query.q"),
     ("/directives/d-full/evidence/A", "path.field"), ("/search?q=a&limit=0", "query.limit"),
     ("/directives/d-full?personaldata=true", "query.personaldata"), ("/counts?a=1", "query.a"),
     ("/openapi.json?x=1", "query.x"),
     ("/directives/d-full?personal_data=perhaps", "query.personal_data")],
)  # fmt: skip
def test_a_wrong_parameter_is_named(local: TestClient, path: str, where: str) -> None:
    told = problem(local.get(path), 422, "invalid-request")
    assert told.errors is not None
    assert [mistake.where for mistake in told.errors] == [where]


def test_what_was_sent_is_not_sent_back(local: TestClient) -> None:
    answer = local.get("/directives", params={"limit": "0912-private"})
    assert "0912-private" not in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"ids":[]}', b'{"ids":[""]}', b'{"ids":["a"],"x":1}',
             b'{"ids":"a"}', b'{"ids":[1]}']
)  # fmt: skip
def test_a_wrong_body_is_refused(local: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = local.post("/directives/lookup", content=body, headers=headers)
    problem(answer, 422, "invalid-request")


@pytest.mark.parametrize("body", [b"\xff", b"[" * 5000])
def test_a_body_that_cannot_even_be_parsed(local: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = local.post("/directives/lookup", content=body, headers=headers)
    problem(answer, 400, "bad-request")


def test_too_many_ids_at_once(client: Client) -> None:
    asked = client(lookup_ids_most=2)
    answer = asked.post("/directives/lookup", json={"ids": ["a", "b", "c"]})
    problem(answer, 422, "invalid-request")


@pytest.mark.parametrize("sent", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_is_no_json_by_its_own_word(local: TestClient, sent: str) -> None:
    """A page of another site can send these without asking first."""
    answer = local.post(
        "/directives/lookup", content=b'{"ids":["d-full"]}', headers={"Content-Type": sent}
    )
    problem(answer, 415, "unsupported-media-type")


def test_a_body_too_large_is_refused_whether_or_not_it_says_so(client: Client) -> None:
    asked = client(body_kilobytes=1)
    body = b'{"ids":["' + b"a" * 2000 + b'"]}'
    headers = {"Content-Type": "application/json"}
    problem(asked.post("/directives/lookup", content=body, headers=headers), 413, "body-too-large")

    def chunks() -> Iterator[bytes]:
        yield body[:900]
        yield body[900:]

    chunked = asked.post("/directives/lookup", content=chunks(), headers=headers)
    assert "content-length" not in chunked.request.headers
    problem(chunked, 413, "body-too-large")
    wrong = {**headers, "Content-Length": "-1"}
    problem(asked.post("/directives/lookup", content=b"", headers=wrong), 413, "body-too-large")


def test_an_address_too_long(client: Client) -> None:
    asked = client(url_bytes=300)
    problem(asked.get("/search", params={"q": "a" * 300}), 414, "address-too-long")
    problem(asked.get("/" + "a" * 300), 414, "address-too-long")
    assert asked.get("/search", params={"q": "a" * 200}).status_code == 200


def test_headers_too_large(client: Client) -> None:
    asked = client(header_kilobytes=1)
    problem(asked.get("/counts", headers={"X": "a" * 1024}), 431, "headers-too-large")


@pytest.mark.parametrize("path", ["/directives?issuer=%00", "/directives/a%00b", "/search?q=a%00"])
def test_a_nul_is_no_text(local: TestClient, path: str) -> None:
    problem(local.get(path), 400, "bad-request")


def test_a_name_of_another_host(local: TestClient) -> None:
    problem(local.get("/counts", headers={"Host": "evil.example"}), 421, "misdirected")


def test_other_refusals_have_the_same_form(client: Client, token: Callable[[str], str]) -> None:
    problem(client(host="192.0.2.7").get("/counts"), 401, "unauthorised")
    reader = client(host="192.0.2.7", token=token("read"))
    problem(reader.get("/runs"), 403, "forbidden")
    slow = client(requests_per_minute=1, burst_requests=1)
    slow.get("/counts")
    problem(slow.get("/counts"), 429, "too-many-requests")


# -- errors of the inside ------------------------------------------------------------------------


class Failing(Served):
    """An archive of which one question fails."""

    error: Exception = RuntimeError()

    def counts(self) -> dict[str, int]:
        raise self.error


def failing(archive: Archive, client: Client, error: Exception, **settings: Any) -> TestClient:
    held = Failing(archive, Settings())
    held.error = error
    return client(holdings=held, **settings)


def test_a_defect_is_logged_and_not_told(
    archive: Archive, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    asked = failing(archive, client, RuntimeError("password=hunter2"))
    answer = asked.get("/counts")
    problem(answer, 500, "internal")
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "hunter2" in caplog.text


@pytest.mark.parametrize(
    "error", [ArchiveProblem("/secret/place is damaged."), NoSpace("/secret/place is full.")]
)
def test_a_broken_archive_is_told_without_its_place(
    archive: Archive, client: Client, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    answer = failing(archive, client, error).get("/counts")
    problem(answer, 503, "unavailable")
    assert "/secret/place" not in answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert "/secret/place" in caplog.text


def test_a_document_that_cannot_be_shown_so(archive: Archive, client: Client, scan_id: str) -> None:
    class Refusing(Served):
        def render(self, *_: Any) -> Any:
            raise BadInput("The file is damaged.")

    asked = client(holdings=Refusing(archive, Settings()))
    problem(asked.get(f"/directives/{scan_id}/pdfa"), 409, "impossible")


def test_a_question_that_takes_too_long_is_given_up(
    archive: Archive, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    problem(failing(archive, client, TooSlow("Too long.")).get("/counts"), 504, "too-slow")
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]


def test_a_slow_query_is_really_interrupted(archive: Archive, client: Client) -> None:
    """The database stops working on it: the thread is free again."""
    ended = threading.Event()

    class Slow(Served):
        def counts(self) -> dict[str, int]:
            endless = (
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                "SELECT count(*) FROM n"
            )
            try:
                self.archive.read(lambda c: c.exec_driver_sql(endless).scalar())
            finally:
                ended.set()
            return {}

    slow = Slow(archive, Settings())
    problem(client(holdings=slow, request_seconds=0.3).get("/counts"), 504, "too-slow")
    assert ended.wait(60)
    # Another limit: on a busy machine a sound answer too may take a third of a second.
    patient = client(holdings=slow, request_seconds=60)
    assert patient.get("/directives").status_code == 200, "its connection is as good as before"


def test_work_that_cannot_be_interrupted_does_not_keep_the_asker(
    archive: Archive, client: Client
) -> None:
    may_end = threading.Event()

    class Stuck(Served):
        def counts(self) -> dict[str, int]:
            may_end.wait(60)
            return {}

    asked = client(holdings=Stuck(archive, Settings()), request_seconds=2)
    try:
        problem(asked.get("/counts"), 504, "too-slow")
        assert asked.get("/health").status_code == 200
    finally:
        may_end.set()


def test_no_more_requests_at_a_time_than_there_are_places(archive: Archive) -> None:
    async def both() -> list[int]:
        may_end = asyncio.Event()
        codes: list[int] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await may_end.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                codes.append(message["status"])

        settings = ServeSettings(concurrent_requests=1)
        patience = Patience(app, settings, Served(archive, Settings()))
        scope = {"type": "http", "path": f"{API}/counts", "method": "GET", "headers": []}
        first = asyncio.create_task(patience(scope, None, send))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        await patience(scope, None, send)  # type: ignore[arg-type]
        may_end.set()
        await first
        await patience(scope, None, send)  # type: ignore[arg-type]
        return codes

    assert asyncio.run(both()) == [503, 200, 200]


def test_different_work_may_take_different_time(archive: Archive) -> None:
    patience = Patience(lambda *_: None, ServeSettings(), Served(archive, Settings()))  # type: ignore[arg-type,return-value]
    quick, made, sent = (
        patience.seconds(API + path)
        for path in ("/directives", "/directives/x/pdfa", "/exports/directives.jsonl")
    )
    assert quick < made < sent


def test_an_answer_comes_long_before_its_limit(local: TestClient) -> None:
    started = time.monotonic()
    assert local.get("/counts").status_code == 200
    assert time.monotonic() - started < ServeSettings().request_seconds
