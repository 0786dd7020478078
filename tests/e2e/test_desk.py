"""The review desk in a real browser: by keyboard alone, by two people, and with a bad line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from models.decision import Decision
from pipeline.archive import Archive
from tests.e2e.conftest import Server
from tests.e2e.desk_documents import fill
from tests.e2e.desk_hands import (
    Typist,
    at_desk,
    current,
    decisions,
    gone_on,
    named,
    ready,
    saved,
    sound,
    two_people,
    value,
)
from tests.e2e.test_entrance import serious

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ids(server: Server) -> Iterator[list[str]]:
    """Documents that wait in the served archive; each test takes its own from the front."""
    with Archive.open(server.archive) as opened:
        yield fill(opened, 16)


@pytest.fixture
def take(ids: list[str]) -> Any:
    return lambda: ids.pop(0)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page whose scripts must not fail."""
    with sound(context) as made:
        yield made


def test_from_the_inbox_to_approved_in_under_ten_keystrokes(
    page: Page, context: BrowserContext, server: Server, take: Any
) -> None:
    named(context, "Người soát A")
    id_ = take()
    hands = Typist(page)
    page.goto("/inbox")
    hands.press("Enter")  # to what waits
    page.wait_for_url("**/review")
    hands.press("Enter")  # start
    ready(page)
    expect(page).to_have_url(re.compile(f"/review/{id_}$"))
    expect(current(page)).to_have_attribute("data-path", "number")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("120/KH-LĐLĐ")  # the number itself
    hands.press("Enter")  # saved, on to the date
    expect(current(page)).to_have_attribute("data-path", "issued")
    hands.press("Enter")  # the date is right
    hands.press("Control+Enter")  # approved
    page.wait_for_url(lambda url: id_ not in url)
    assert hands.keys == 5
    assert value(server, id_) == "120/KH-LĐLĐ"
    made = [(one.path, one.action, one.actor) for one in decisions(server, id_)]
    assert made == [
        ("number", "correct", "Người soát A"),
        ("issued", "accept", "Người soát A"),
        ("", "approve", "Người soát A"),
    ]


def test_every_action_has_a_key_and_z_takes_it_back(
    page: Page, context: BrowserContext, server: Server, take: Any
) -> None:
    named(context, "Người soát A")
    id_ = take()
    at_desk(page, id_)
    page.keyboard.press("Escape")  # out of the input that opened by itself
    page.keyboard.press("1")  # the candidate
    expect(page.locator('[data-path="number"] .head .value')).to_have_text("17/KH-LĐLĐ")
    saved(page)
    expect(current(page)).to_have_attribute("data-path", "issued")
    page.keyboard.press("z")
    expect(current(page)).to_have_attribute("data-path", "number")
    saved(page)
    page.keyboard.press("u")
    saved(page)
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.get_by_role("combobox")).to_have_value(ISSUER_TYPED)
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    saved(page)
    made = [(one.path, one.action, one.stands) for one in decisions(server, id_)]
    assert made == [
        ("number", "choose", False), ("number", "unreadable", True), ("issuer", "absent", True),
    ]  # fmt: skip


ISSUER_TYPED = "Liên đoàn Lao động tỉnh Cà Mau"


def test_z_brings_back_the_document_that_was_approved_before(
    page: Page, context: BrowserContext, server: Server, take: Any
) -> None:
    named(context, "Người soát A")
    id_ = take()
    at_desk(page, id_)
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    gone_on(page, id_)
    ready(page)
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    page.wait_for_url(f"**/review/{id_}*")
    ready(page)
    stands = [(one.action, one.stands) for one in decisions(server, id_)]
    assert stands == [("choose", True), ("approve", False)]
    page.keyboard.press("n")
    gone_on(page, id_)
    ready(page)
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.wait_for_url(f"**/review/{id_}*")


def test_a_value_that_begins_with_a_digit_is_typed_and_not_chosen(
    page: Page, context: BrowserContext, server: Server, take: Any
) -> None:
    named(context, "Người soát A")
    id_ = take()
    at_desk(page, id_)
    page.keyboard.press("Escape")
    page.keyboard.type("15/KH-LĐLĐ")
    expect(page.get_by_role("combobox")).to_have_value("15/KH-LĐLĐ")
    page.keyboard.press("Enter")
    saved(page)
    assert value(server, id_) == "15/KH-LĐLĐ"


def test_lists_are_completed_corrected_and_cut(
    page: Page, context: BrowserContext, server: Server, take: Any
) -> None:
    named(context, "Người soát A")
    id_ = take()
    at_desk(page, f"{id_}?at=recipients/0")
    page.keyboard.press("+")
    page.keyboard.type("Ban Tổ chức")
    page.keyboard.press("Enter")
    expect(page.locator('[data-path="recipients/1"]')).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    expect(current(page)).to_have_attribute("data-path", "recipients/1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("x")
    expect(page.locator('[data-path="recipients/1"]')).to_have_count(0)
    saved(page)
    with Archive.open(server.archive) as opened:
        assert [one.value for one in opened.get(id_).recipients] == ["Ban Tổ chức"]


def test_a_repaired_word_is_taken_back_by_key(
    page: Page, context: BrowserContext, server: Server, take: Any
) -> None:
    named(context, "Người soát A")
    id_ = take()
    at_desk(page, f"{id_}?at=pages/1/3/5")
    expect(page.locator(".layer .edited")).to_have_text("đua")
    page.keyboard.press("x")
    saved(page)
    expect(page.locator(".layer .edited")).to_have_text("dua")
    with Archive.open(server.archive) as opened:
        assert opened.pages(id_)[0].edits[0].status == "rejected"


def test_what_is_known_is_offered_while_typing(
    page: Page, context: BrowserContext, take: Any
) -> None:
    at_desk(page, f"{take()}?at=parent_issuer")
    page.keyboard.press("e")
    page.keyboard.type("lien doan")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("Liên đoàn")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox")).to_have_value(re.compile("^Liên đoàn"))


def test_the_first_decision_asks_for_a_name_and_goes_on(
    page: Page, server: Server, take: Any
) -> None:
    id_ = take()
    at_desk(page, id_)
    page.keyboard.type("9/KH-LĐLĐ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("Người soát C")
    page.keyboard.press("Enter")
    saved(page)
    assert [one.actor for one in decisions(server, id_)] == ["Người soát C"]


def test_a_value_that_is_none_is_told_and_stays_in_hand(
    page: Page, context: BrowserContext, server: Server, take: Any
) -> None:
    named(context, "Người soát A")
    id_ = take()
    at_desk(page, f"{id_}?at=issued")
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("31/2/2022")
    with page.expect_response("**/decide") as refused:
        page.keyboard.press("Enter")
    assert refused.value.status == 422
    expect(page.locator(".notice.wrong")).to_contain_text("25/4/2022")
    expect(page.locator('[data-path="issued"]')).to_have_class(re.compile("refused"))
    assert decisions(server, id_) == []


def test_a_conflict_shows_both_values_and_lets_choose(
    page: Page, context: BrowserContext, server: Server, take: Any
) -> None:
    named(context, "Người soát A")
    id_ = take()
    at_desk(page, id_)
    with Archive.open(server.archive) as opened:
        theirs = Decision(path="number", action="correct", value="44/KH-LĐLĐ")
        opened.review(id_, [theirs], by="Người soát B", expected=None)
    page.keyboard.type("45/KH-LĐLĐ")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Người soát B")
    expect(dialog.locator("#conflict-theirs")).to_contain_text("44/KH-LĐLĐ")
    expect(dialog.locator("#conflict-mine")).to_have_text("45/KH-LĐLĐ")
    assert value(server, id_) == "44/KH-LĐLĐ"
    page.keyboard.press("2")
    expect(dialog).to_be_hidden()
    saved(page)
    assert value(server, id_) == "45/KH-LĐLĐ"


def test_nothing_is_lost_where_the_line_is_down(
    page: Page, context: BrowserContext, server: Server, take: Any
) -> None:
    named(context, "Người soát A")
    id_, other = take(), take()
    at_desk(page, id_)
    page.route("**/decide*", lambda route: route.abort())
    page.keyboard.type("33/KH-LĐLĐ")
    page.keyboard.press("Enter")
    expect(page.locator("#retry")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/review/{other}")  # left before it was written
    page.unroute("**/decide*")
    page.reload()
    ready(page)
    saved(page)
    assert value(server, id_) == "33/KH-LĐLĐ"


def test_an_ended_session_leads_to_the_door_and_nothing_typed_is_lost(
    page: Page, context: BrowserContext, server: Server, take: Any
) -> None:
    named(context, "Người soát A")
    id_ = take()
    at_desk(page, id_)
    page.route("**/decide*", lambda sent: sent.fulfill(status=303, headers={"Location": "/login"}))
    page.keyboard.type("34/KH-LĐLĐ")
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Đăng nhập lại")
    expect(link).to_have_attribute("href", re.compile(f"^/login\\?next=.*{id_}"))
    page.unroute("**/decide*")
    at_desk(page, id_)
    saved(page)
    assert value(server, id_) == "34/KH-LĐLĐ"
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("26/4")  # not entered yet
    page.reload()
    ready(page)
    expect(page.get_by_role("combobox")).to_have_value("26/4")


def test_the_pages_of_the_desk_shut_nobody_out(page: Page, take: Any) -> None:
    page.goto("/review")
    assert serious(page) == []
    id_ = take()
    at_desk(page, id_)
    expect(page.locator("#live")).to_contain_text("Số ký hiệu")
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert serious(page) == []
    page.goto("/review/lexicon")
    assert serious(page) == []


def type_and_approve(page: Page, serial: int) -> str | None:
    """Give the open document its number and approve it; its id, ``None`` where none is open."""
    if page.locator("#desk").count() == 0:
        return None
    ready(page)
    id_ = page.locator("#desk").get_attribute("data-id")
    page.keyboard.type(str(serial))  # the symbol is known
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    return id_


@pytest.fixture
def two(chromium: Browser, server: Server) -> Iterator[list[Page]]:
    """Two people at two browsers."""
    with two_people(chromium, server.address) as pages:
        yield pages


def test_two_people_review_two_hundred_documents_and_no_decision_is_lost(
    two: list[Page], server: Server
) -> None:
    with Archive.open(server.archive) as opened:
        for row in opened.review_queue(limit=50).rows:  # what other tests have left
            approval = [Decision(action="approve")]
            opened.review(row.directive_id, approval, by="Người soát C", expected=None)
        fill(opened, 200, start=100)
    mine: list[list[tuple[str, str]]] = [[], []]
    for page in two:
        page.goto("/review")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/review/d-"))
    serial = 1000
    while True:
        done = []
        for who, page in enumerate(two):  # both are at it before either goes on
            serial += 1
            id_ = type_and_approve(page, serial)
            if id_ is not None:
                mine[who].append((id_, f"{serial}/KH-LĐLĐ"))
                done.append((page, id_))
        if not done:
            break
        for page, id_ in done:
            gone_on(page, id_)
    assert min(map(len, mine)) > 50
    with Archive.open(server.archive) as opened:
        assert opened.review_counts().pending == 0
        for name, all_of in zip(("Người soát A", "Người soát B"), mine, strict=True):
            for id_, number in all_of:
                made = opened.decisions(id_)
                assert ("number", "correct", number, name) in {
                    (one.path, one.action, one.value, one.actor) for one in made if one.stands
                }
                assert any(one.action == "approve" and one.actor == name for one in made)
                assert opened.get(id_).number.value == number
    assert len({id_ for one in mine for id_, _ in one}) == sum(map(len, mine)) == 200
