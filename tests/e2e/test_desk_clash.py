"""Two browsers that decide the same field, and a session that ends while the desk is open."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pipeline.archive import Archive
from pipeline.serve import create_app
from pipeline.serving import Served
from pipeline.settings import ServeSettings, Settings
from tests.e2e.conftest import Server
from tests.e2e.desk_documents import fill
from tests.e2e.desk_hands import at_desk, current, decisions, ready, saved, sound, two_people, value

pytestmark = pytest.mark.slow

MINE, THEIRS = "45/KH-LĐLĐ", "44/KH-LĐLĐ"


@pytest.fixture(scope="module")
def ids(server: Server) -> Iterator[list[str]]:
    with Archive.open(server.archive) as opened:
        yield fill(opened, 6)


@pytest.fixture
def two(chromium: Browser, server: Server) -> Iterator[list[Page]]:
    with two_people(chromium, server.address) as pages:
        yield pages


def typed(page: Page, text: str) -> None:
    """Type a number where the input is open, and enter it."""
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def clashing(two: list[Page], id_: str) -> Any:
    """Both have the document open; B enters a number, then A another one. What A is asked."""
    first, second = two
    for page in (first, second):
        at_desk(page, id_)
    typed(second, THEIRS)
    saved(second)
    typed(first, MINE)
    dialog = first.get_by_role("dialog")
    expect(dialog).to_contain_text("Người soát B")
    expect(dialog.locator("#conflict-theirs")).to_contain_text(THEIRS)
    expect(dialog.locator("#conflict-mine")).to_have_text(MINE)
    return dialog


def about_number(server: Server, id_: str) -> list[tuple[Any, str]]:
    return [(one.value, one.actor) for one in decisions(server, id_) if one.path == "number"]


def test_who_opens_what_another_has_open_is_told(two: list[Page], ids: list[str]) -> None:
    first, second = two
    at_desk(first, ids[0])
    at_desk(second, ids[0])
    expect(second.locator(".also")).to_contain_text("Người soát A")


def test_of_two_that_clash_the_second_takes_the_first_ones_value(
    two: list[Page], server: Server, ids: list[str]
) -> None:
    id_ = ids[1]
    dialog = clashing(two, id_)
    two[0].keyboard.press("1")
    expect(dialog).to_be_hidden()
    saved(two[0])
    expect(two[0].locator('[data-path="number"] .head .value')).to_have_text(THEIRS)
    assert about_number(server, id_) == [(THEIRS, "Người soát B")]
    two[1].reload()
    ready(two[1])
    expect(two[1].locator('[data-path="number"] .head .value')).to_have_text(THEIRS)


def test_of_two_that_clash_the_second_takes_the_own_value_and_the_first_is_told(
    two: list[Page], server: Server, ids: list[str]
) -> None:
    id_ = ids[2]
    dialog = clashing(two, id_)
    two[0].keyboard.press("2")
    expect(dialog).to_be_hidden()
    saved(two[0])
    assert value(server, id_) == MINE
    # Both stay in the history, with who: nothing is lost.
    assert about_number(server, id_) == [(THEIRS, "Người soát B"), (MINE, "Người soát A")]
    # B, who still sees the own value, is asked in turn.
    two[1].keyboard.press("k")
    expect(current(two[1])).to_have_attribute("data-path", "number")
    two[1].keyboard.press("u")
    again = two[1].get_by_role("dialog")
    expect(again).to_contain_text("Người soát A")
    expect(again.locator("#conflict-theirs")).to_contain_text(MINE)
    two[1].keyboard.press("1")
    expect(again).to_be_hidden()
    saved(two[1])
    assert value(server, id_) == MINE


def test_two_who_decide_different_fields_are_not_asked(
    two: list[Page], server: Server, ids: list[str]
) -> None:
    id_ = ids[3]
    first, second = two
    at_desk(first, id_)
    at_desk(second, f"{id_}?at=issued")
    second.keyboard.press("Enter")
    saved(second)
    typed(first, MINE)
    saved(first)
    assert {(one.path, one.actor) for one in decisions(server, id_)} == {
        ("issued", "Người soát B"), ("number", "Người soát A"),
    }  # fmt: skip


def test_what_another_changed_is_shown_before_the_whole_is_approved(
    two: list[Page], server: Server, ids: list[str]
) -> None:
    id_ = ids[4]
    first, second = two
    at_desk(first, id_)
    at_desk(second, id_)
    typed(second, THEIRS)
    saved(second)
    first.keyboard.press("Escape")
    first.keyboard.press("Control+Enter")  # a key field has no value here: said first
    first.keyboard.press("Control+Enter")
    dialog = first.get_by_role("dialog")
    expect(dialog).to_contain_text("Người soát B")
    dialog.locator("#keep-theirs").click()
    saved(first)
    assert "approve" not in {one.action for one in decisions(server, id_)}
    assert value(server, id_) == THEIRS


# -- sessions ------------------------------------------------------------------------------------


@dataclass
class Clock:
    """A clock that stands until it is moved; moved in one thread, read in another."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Guarded:
    """A server at which one signs in, and the clock of its sessions."""

    address: str
    archive: Path
    secret: str
    clock: Clock = field(default_factory=Clock)

    def an_hour_passes(self) -> None:
        self.clock.now += 3601


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A server that demands a token, on a thread of the tests: sessions end by its clock."""
    where = tmp_path_factory.mktemp("guarded") / "archive"
    archive = Archive.open(where, create=True)
    _, secret = archive.add_token("Phòng lưu trữ", "review")
    served = Served(archive, Settings())
    settings = ServeSettings(token_on_loopback=True)
    app = create_app(served, settings)
    listening = socket.create_server(("127.0.0.1", 0))
    made = Guarded(f"http://127.0.0.1:{listening.getsockname()[1]}", where, secret)
    app.state.sessions.clock = made.clock
    config = uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield made
    server.should_exit = True
    thread.join(30)
    served.close()
    archive.close()


@pytest.fixture
def waiting(guarded: Guarded) -> Callable[[str], str]:
    """Puts a document that waits; its id."""
    serials = iter(range(1000))

    def put(name: str) -> str:
        with Archive.open(guarded.archive) as opened:
            return fill(opened, 1, start=next(serials) + sum(map(ord, name)))[0]

    return put


@pytest.fixture
def inside(chromium: Browser, guarded: Guarded) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        base_url=guarded.address, locale="vi-VN", viewport={"width": 1366, "height": 850}
    )
    yield made
    made.close()


@pytest.fixture
def page(inside: BrowserContext) -> Iterator[Page]:
    with sound(inside) as made:
        yield made


def sign_in(page: Page, guarded: Guarded, person: str) -> None:
    page.get_by_label("Mã truy cập").fill(guarded.secret)
    page.locator("#person").fill(person)
    page.locator("#person").press("Enter")


def test_a_session_that_ended_is_told_and_what_was_decided_is_written_after_signing_in(
    page: Page, guarded: Guarded, waiting: Callable[[str], str]
) -> None:
    id_ = waiting("decided")
    page.goto(f"/review/{id_}")
    sign_in(page, guarded, "Người soát A")
    ready(page)  # led to where one wanted to go
    guarded.an_hour_passes()
    typed(page, "34/KH-LĐLĐ")
    again = page.get_by_role("link", name="Đăng nhập lại")
    expect(again).to_be_focused()
    expect(page.locator(".notice.wrong")).to_contain_text("Phiên làm việc đã hết")
    with Archive.open(guarded.archive) as opened:
        assert opened.decisions(id_) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/login?*")
    sign_in(page, guarded, "Người soát A")
    page.wait_for_url(f"**/review/{id_}*")
    ready(page)
    saved(page)
    expect(page.locator('[data-path="number"] .head .value')).to_have_text("34/KH-LĐLĐ")
    with Archive.open(guarded.archive) as opened:
        made = opened.decisions(id_)
    assert [(one.path, one.value, one.actor) for one in made] == [
        ("number", "34/KH-LĐLĐ", "Người soát A")
    ]


def test_what_is_half_typed_when_the_session_ends_stands_in_the_same_field_after_signing_in(
    page: Page, guarded: Guarded, waiting: Callable[[str], str]
) -> None:
    id_ = waiting("half typed")
    page.goto(f"/review/{id_}?at=issued")
    sign_in(page, guarded, "Người soát A")
    ready(page)
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("26/4")
    guarded.an_hour_passes()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # one looks again
    page.get_by_role("link", name="Đăng nhập lại").click()
    sign_in(page, guarded, "Người soát A")
    page.wait_for_url(re.compile(rf"/review/{id_}.*at=issued"))
    ready(page)
    expect(current(page)).to_have_attribute("data-path", "issued")
    expect(page.get_by_role("combobox")).to_have_value("26/4")
    page.keyboard.type("/2022")
    expect(page.get_by_role("combobox")).to_have_value(re.compile("2022"))


def test_a_desk_that_is_only_open_does_not_keep_its_session_alive(
    page: Page, guarded: Guarded, waiting: Callable[[str], str]
) -> None:
    id_ = waiting("only open")
    page.goto(f"/review/{id_}")
    sign_in(page, guarded, "Người soát A")
    ready(page)
    csrf = page.locator('meta[name="csrf"]').get_attribute("content")
    page.wait_for_load_state("networkidle")  # a picture that is still loaded is asked for by hand
    for _ in range(5):  # the page says that it is there, again and again
        guarded.clock.now += 1500
        page.request.post(f"/review/{id_}/here", headers={"X-CSRF-Token": str(csrf)})
    page.goto(f"/review/{id_}")
    page.wait_for_url("**/login?*")


def test_another_person_who_signs_in_does_not_sign_for_the_one_before(
    page: Page, guarded: Guarded, waiting: Callable[[str], str]
) -> None:
    id_ = waiting("another person")
    page.goto(f"/review/{id_}")
    sign_in(page, guarded, "Người soát A")
    ready(page)
    guarded.an_hour_passes()
    typed(page, "35/KH-LĐLĐ")
    page.get_by_role("link", name="Đăng nhập lại").click()
    sign_in(page, guarded, "Người soát B")
    page.wait_for_url(f"**/review/{id_}*")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Người soát A")
    expect(dialog).to_contain_text("35/KH-LĐLĐ")
    dialog.locator("#drop-left").click()
    expect(dialog).to_be_hidden()
    saved(page)
    with Archive.open(guarded.archive) as opened:
        assert opened.decisions(id_) == []
