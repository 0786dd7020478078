"""Who may ask, and how much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.archive import Archive
from pipeline.serve.access import Buckets
from pipeline.serve.guard import is_loopback
from tests.serve.conftest import Client

Token = Callable[[str], str]
ELSEWHERE = "192.0.2.7"


def test_bound_elsewhere_nothing_is_told_without_a_token(client: Client) -> None:
    asked = client(host=ELSEWHERE)
    for path in ("/directives", "/directives/d-full", "/openapi.json", "/nowhere", "/counts",
                 "/directives/d-full/original", "/exports/directives.jsonl"):  # fmt: skip
        answer = asked.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"].startswith("Bearer ")
        assert answer.json()["type"] == "urn:vanthu:problem:unauthorised"
    assert asked.post("/directives/lookup", json={"ids": ["d-full"]}).status_code == 401


def test_bound_elsewhere_a_token_opens(client: Client, token: Token) -> None:
    asked = client(host=ELSEWHERE, token=token("read"))
    assert asked.get("/directives").status_code == 200


def test_whether_the_server_lives_is_told_to_everybody(client: Client) -> None:
    asked = client(host=ELSEWHERE)
    assert asked.get("/health").status_code == asked.get("/ready").status_code == 200


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer x", "Basic dTpw", "vanthu_x", "Bearer " + "x" * 5000,
     "Bearer \xff\xfe", "Bearer ' OR 1=1 --"],
)  # fmt: skip
def test_what_is_no_token_is_refused_everywhere(client: Client, header: str) -> None:
    for host in ("127.0.0.1", ELSEWHERE):
        asked = client(host=host)
        headers = {"Authorization": header.encode("latin-1")}
        answer = asked.get("/directives", headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_revoked_token_is_refused_from_then_on(
    client: Client, archive: Archive, token: Token
) -> None:
    asked = client(host=ELSEWHERE, token=token("admin"))
    assert asked.get("/directives").status_code == 200
    archive.revoke_token(archive.listed_tokens()[-1].id)
    assert asked.get("/directives").status_code == 401


def test_two_tokens_at_once_are_none(client: Client, token: Token) -> None:
    asked = client(host=ELSEWHERE)
    value = f"Bearer {token('read')}"
    headers = [("Authorization", value), ("Authorization", value)]
    assert asked.get("/directives", headers=headers).status_code == 401


def test_a_setting_demands_a_token_on_loopback_too(client: Client, token: Token) -> None:
    assert client(token_on_loopback=True).get("/directives").status_code == 401
    asked = client(token_on_loopback=True, token=token("read"))
    assert asked.get("/directives").status_code == 200


@pytest.mark.parametrize("path", ["/quarantine", "/runs"])
def test_what_is_the_offices_own_needs_a_wider_scope(
    client: Client, token: Token, path: str
) -> None:
    refused = client(host=ELSEWHERE, token=token("read")).get(path)
    assert refused.status_code == 403
    assert 'scope="review"' in refused.headers["www-authenticate"]
    for scope in ("review", "admin"):
        assert client(host=ELSEWHERE, token=token(scope)).get(path).status_code == 200


def test_a_name_that_points_here_from_elsewhere_is_refused(local: TestClient) -> None:
    """DNS rebinding: a page of another site asks under its own name."""
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8417", "",
                 "[::2]", "192.0.2.7"):  # fmt: skip
        answer = local.get("/directives", headers={"Host": host})
        assert answer.status_code == 421, host
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_names_of_this_machine_are_its_own(local: TestClient) -> None:
    for host in ("localhost", "LOCALHOST:8417", "127.0.0.1", "[::1]:8417", "localhost."):
        assert local.get("/directives", headers={"Host": host}).status_code == 200, host


def test_a_proxys_name_can_be_allowed(client: Client) -> None:
    asked = client(allowed_hosts=["archive.example"])
    assert asked.get("/health", headers={"Host": "archive.example"}).status_code == 200
    assert asked.get("/health", headers={"Host": "evil.example"}).status_code == 421


def test_loopback_is_told_from_elsewhere() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.0.2.7", "example.com", "")))  # noqa: S104


def test_pages_of_other_sites_may_not_read_unless_allowed(client: Client) -> None:
    site = {"Origin": "https://desk.example"}
    assert "access-control-allow-origin" not in client().get("/counts", headers=site).headers
    asked = client(allowed_origins=["https://desk.example"], host=ELSEWHERE)
    answer = asked.get("/counts", headers=site)
    assert answer.status_code == 401, "allowed to ask is not allowed to know"
    assert answer.headers["access-control-allow-origin"] == "https://desk.example"
    preflight = asked.options("/counts", headers={**site, "Access-Control-Request-Method": "GET"})
    assert preflight.status_code == 200
    other = asked.get("/counts", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


# -- rates ---------------------------------------------------------------------------------------


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_holds_a_burst_and_fills_again() -> None:
    clock = Clock()
    buckets = Buckets(per_minute=60, burst=2, most=10, clock=clock)
    assert [buckets.wait_seconds("a") for _ in range(3)] == [0, 0, 1]
    assert buckets.wait_seconds("b") == 0, "everybody has a bucket of their own"
    clock.now = 0.5
    assert buckets.wait_seconds("a") == pytest.approx(0.5)
    clock.now = 1.0
    assert buckets.wait_seconds("a") == 0
    clock.now = 1000.0
    assert [buckets.wait_seconds("a") for _ in range(3)] == [0, 0, 1], "no more than a burst"


def test_only_so_many_clients_are_remembered() -> None:
    buckets = Buckets(per_minute=60, burst=1, most=3, clock=Clock())
    for name in "abcd":
        buckets.wait_seconds(name)
    assert len(buckets._levels) == 3
    assert buckets.wait_seconds("d") > 0


def test_whoever_asks_too_often_is_told_when_to_come_again(client: Client) -> None:
    asked = client(requests_per_minute=1, burst_requests=3)
    codes = [asked.get("/health").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    refused = asked.get("/health")
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    assert refused.json()["status"] == 429


def test_each_token_has_its_own_rate(client: Client, token: Token) -> None:
    secrets = [token("read"), token("read")]
    asked = client(host=ELSEWHERE, requests_per_minute=1, burst_requests=1)

    def code(secret: str) -> int:
        headers = {"Authorization": f"Bearer {secret}"}
        return int(asked.get("/counts", headers=headers).status_code)

    assert [code(secrets[0]), code(secrets[0]), code(secrets[1])] == [200, 429, 200]


def test_guessing_tokens_is_slowed_down(client: Client, token: Token) -> None:
    asked = client(host=ELSEWHERE, refusals_per_minute=3)
    guess = {"Authorization": "Bearer vanthu_guess"}
    codes = [asked.get("/counts", headers=guess).status_code for _ in range(5)]
    assert codes == [401, 401, 401, 429, 429]


def test_a_right_token_costs_nothing_of_the_refusals(client: Client, token: Token) -> None:
    asked = client(host=ELSEWHERE, refusals_per_minute=1, token=token("read"))
    assert [asked.get("/counts").status_code for _ in range(3)] == [200, 200, 200]


# -- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "host"),
    [("/directives", "127.0.0.1"), ("/nowhere", "127.0.0.1"), ("/directives", ELSEWHERE)],
)
def test_every_answer_bears_the_security_headers(client: Client, path: str, host: str) -> None:
    headers: Any = client(host=host).get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] in ("no-store", "private, no-cache")
    assert "server" not in headers


def test_nothing_leads_to_another_machine(local: TestClient) -> None:
    described = local.get("/openapi.json").text
    # JSON Schema's name for itself, in the example of a schema, is not followed by anybody.
    assert "://" not in described.replace("https://json-schema.org/draft/2020-12/schema", "")
