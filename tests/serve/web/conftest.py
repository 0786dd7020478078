"""Browsers for the pages: clients that keep cookies and read what a page says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lxml import html

from pipeline.archive import Archive
from pipeline.serve import create_app
from pipeline.serving import Served
from pipeline.serving_intake import Taking
from pipeline.settings import ServeSettings, Settings
from tests.serve.conftest import TestClient

_CSRF = re.compile(r'<meta name="csrf" content="([^"]+)">')


class Browser:
    """A browser at the pages: follows redirects, keeps cookies, sends the mark of its page."""

    def __init__(self, client: TestClient, intake: Taking | None = None) -> None:
        self.client = client
        self.csrf = ""
        self.intake = intake

    def get(self, path: str, **more: Any) -> Any:
        answer = self.client.get(path, **more)
        found = _CSRF.search(answer.text) if "html" in answer.headers["content-type"] else None
        if found:
            self.csrf = found[1]
        return answer

    def page(self, path: str) -> Any:
        """A page that is there, as a tree."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return html.fromstring(answer.content)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.client.post(path, data={"csrf": self.csrf, **(data or {})}, **more)


Open = Callable[..., Browser]


@pytest.fixture
def browser(archive: Archive) -> Iterator[Open]:
    """Makes browsers: ``browser(host=..., **settings)``; signed in where there is a ``token``."""
    opened: list[TestClient] = []
    served = Served(archive, Settings())

    def make(
        *, host: str = "127.0.0.1", token: str | None = None, person: str = "", **settings: Any
    ) -> Browser:
        app = create_app(served, ServeSettings(**settings), host=host)
        client = TestClient(app, base_url=f"http://{host}:8417")
        opened.append(client.__enter__())
        made = Browser(client)
        if token is not None:
            made.get("/login")
            answer = made.post("/login", {"token": token, "person": person, "next": "/person"})
            assert answer.history[0].status_code == 303
        return made

    yield make
    for one in opened:
        one.__exit__(None, None, None)
    served.close()


@pytest.fixture
def inbox(archive: Archive) -> Iterator[Open]:
    """Makes browsers at a server that takes files in; nothing is ingested."""
    opened: list[TestClient] = []
    held: list[Any] = []

    def make(*, host: str = "127.0.0.1", token: str | None = None, **settings: Any) -> Browser:
        own = ServeSettings(**settings)
        served = Served(archive, Settings())
        taking = Taking(archive, Settings(serve=own), archive.where)
        held.extend((served, taking))
        app = create_app(served, own, host=host, intake=taking)
        client = TestClient(app, base_url=f"http://{host}:8417")
        opened.append(client.__enter__())
        made = Browser(client, taking)
        if token is not None:
            made.get("/login")
            made.post("/login", {"token": token, "next": "/static/vanthu.css"})
        return made

    yield make
    for one in opened:
        one.__exit__(None, None, None)
    for one in held:
        one.close()
