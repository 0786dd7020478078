"""Sessions: how one comes in, who may do what, and that no other site's page can ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.archive import Archive
from pipeline.serve.sessions import COOKIE, Sessions, named_in
from tests.serve.web.conftest import Open

ELSEWHERE = "192.0.2.7"
Token = Callable[[str], str]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def made(**more: float) -> tuple[Sessions, Clock]:
    clock = Clock()
    settings = {"idle_seconds": 60.0, "whole_seconds": 600.0, "most": 3} | more
    return Sessions(clock=clock, **settings), clock  # type: ignore[arg-type]


def test_a_session_ends_when_it_is_not_seen_and_when_it_is_old() -> None:
    sessions, clock = made()
    name = sessions.begin().id
    for _ in range(9):
        clock.now += 59
        assert sessions.find(name)
    clock.now += 61
    assert sessions.find(name) is None
    name = sessions.begin().id
    for _ in range(11):
        clock.now += 55
        found = sessions.find(name)
    assert found is None


def test_the_longest_unseen_is_forgotten_first() -> None:
    sessions, _ = made()
    names = [sessions.begin().id for _ in range(3)]
    sessions.find(names[0])
    sessions.begin()
    assert sessions.find(names[1]) is None
    assert sessions.find(names[0])


@pytest.mark.parametrize(
    "header", [b"", b"a=b", b"\xff", b"vanthu_session=" + b"x" * 100, b"vanthu_session", b"=;=;"]
)
def test_what_names_no_session(header: bytes) -> None:
    assert named_in(header) == ""


def test_a_session_is_named_among_other_cookies() -> None:
    assert named_in(b"a=b; vanthu_session=abc; c=d") == "abc"


def test_bound_elsewhere_a_browser_is_led_to_the_login(browser: Open) -> None:
    opened = browser(host=ELSEWHERE)
    answer = opened.client.get("/search?q=a", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fsearch%3Fq%3Da"
    part = opened.client.get("/search", headers={"HX-Request": "true"}, follow_redirects=False)
    assert part.headers["hx-redirect"].startswith("/login")
    assert opened.client.get("/api/v1/directives").status_code == 401


def test_a_token_opens_pages_and_the_reading_of_the_api(browser: Open, token: Token) -> None:
    opened = browser(host=ELSEWHERE, token=token("read"))
    assert opened.client.get("/api/v1/directives").status_code == 200
    answer = opened.client.post("/api/v1/directives/lookup", json={"ids": ["d-full"]})
    assert answer.status_code == 401  # another site's page could have sent the cookie along


def test_a_wrong_token_does_not(browser: Open) -> None:
    opened = browser(host=ELSEWHERE)
    opened.get("/login")
    answer = opened.post("/login", {"token": "vanthu_wrong", "next": "/"})
    assert answer.status_code == 401
    assert opened.client.get("/", follow_redirects=False).status_code == 303


def test_wrong_tokens_cannot_be_tried_for_long(browser: Open) -> None:
    opened = browser(host=ELSEWHERE, refusals_per_minute=3)
    opened.get("/login")
    tried = [opened.post("/login", {"token": "vanthu_wrong"}).status_code for _ in range(5)]
    assert tried == [401, 401, 401, 429, 429]


def test_a_revoked_token_shuts_its_sessions(browser: Open, archive: Archive, token: Token) -> None:
    opened = browser(host=ELSEWHERE, token=token("review"))
    assert opened.client.get("/api/v1/directives").status_code == 200
    archive.revoke_token(archive.listed_tokens()[-1].id)
    assert opened.client.get("/api/v1/directives").status_code == 401


def test_coming_in_gives_a_new_name(browser: Open, token: Token) -> None:
    opened = browser(host=ELSEWHERE)
    opened.get("/login")
    before = opened.client.cookies[COOKIE]
    opened.post("/login", {"token": token("read"), "next": "/login"})
    assert opened.client.cookies[COOKIE] != before


def test_going_out_ends_it(browser: Open, token: Token) -> None:
    opened = browser(host=ELSEWHERE, token=token("read"))
    name = opened.client.cookies[COOKIE]
    opened.get("/login")
    opened.post("/logout")
    opened.client.cookies.set(COOKIE, name)
    assert opened.client.get("/api/v1/directives").status_code == 401


def test_the_cookie_is_not_for_scripts_nor_for_other_sites(browser: Open) -> None:
    cookie = browser().client.get("/login").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize("csrf", ["", "x", None])
def test_another_site_s_page_changes_nothing(browser: Open, csrf: str | None) -> None:
    opened = browser()
    opened.get("/login")
    data = {"name": "A"} | ({"csrf": csrf} if csrf is not None else {})
    assert opened.client.post("/person", data=data).status_code == 403


def test_a_mark_sent_from_another_site_is_refused(browser: Open) -> None:
    opened = browser()
    opened.get("/login")
    answer = opened.post("/person", {"name": "A"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_the_name_is_shown_and_is_data(browser: Open) -> None:
    opened = browser()
    opened.get("/login")
    opened.post("/person", {"name": "<b>Văn thư</b>", "next": "/login"})
    page = opened.get("/login").text
    assert "&lt;b&gt;Văn thư&lt;/b&gt;" in page
    assert "<b>Văn" not in page
