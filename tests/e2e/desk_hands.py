"""What people do at the desk in a browser: they say who they are, press keys, and look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from models.decision import Made
from pipeline.archive import Archive
from tests.e2e.conftest import CHROMIUM, FLAGS, Server


@contextmanager
def sound(context: BrowserContext) -> Iterator[Page]:
    """A page whose scripts must not fail; requests may, where the test makes them."""
    made = context.new_page()
    troubles: list[str] = []
    made.on("pageerror", lambda error: troubles.append(str(error)))
    made.on(
        "console",
        lambda line: (
            troubles.append(line.text)
            if line.type == "error" and not line.text.startswith("Failed to load resource")
            else None
        ),
    )
    yield made
    assert not troubles


@contextmanager
def two_people(chromium: Browser, address: str) -> Iterator[list[Page]]:
    """Two people at two browsers, each a process of its own."""
    second = chromium.browser_type.launch(executable_path=CHROMIUM, args=FLAGS)
    contexts = [
        one.new_context(base_url=address, locale="vi-VN", viewport={"width": 1366, "height": 850})
        for one in (chromium, second)
    ]
    pages = []
    for context, name in zip(contexts, ("Người soát A", "Người soát B"), strict=True):
        named(context, name)
        pages.append(context.new_page())
    try:
        yield pages
    finally:
        contexts[0].close()
        second.close()


class Typist:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.keys += 1


def named(context: BrowserContext, name: str) -> None:
    """Say who decides at this browser."""
    page = context.new_page()
    page.goto("/review")
    page.locator(".who summary").click()
    page.locator("#person-name").fill(name)
    page.locator("#person-name").press("Enter")
    expect(page.locator(".who summary")).to_have_text(name)
    page.close()


def at_desk(page: Page, id_: str) -> None:
    page.goto(f"/review/{id_}")
    ready(page)


def ready(page: Page) -> None:
    expect(page.locator("#desk")).to_have_attribute("data-ready", "true")


def saved(page: Page) -> None:
    expect(page.locator("#saving")).to_have_attribute("data-state", "saved")


def current(page: Page) -> Any:
    return page.locator(".entry.current")


def decisions(server: Server, id_: str) -> list[Made]:
    with Archive.open(server.archive) as opened:
        return opened.decisions(id_)


def value(server: Server, id_: str) -> str | None:
    with Archive.open(server.archive) as opened:
        return opened.get(id_).number.value


def gone_on(page: Page, id_: str) -> None:
    """The document was approved and another page came."""
    try:
        page.wait_for_url(lambda url: id_ not in url, wait_until="commit", timeout=60_000)
    except PlaywrightError:
        told = [page.locator(name).inner_text() for name in ("#live", "#saving", "#notices")]
        raise AssertionError((id_, told, page.get_by_role("dialog").all_inner_texts())) from None
    page.wait_for_load_state("domcontentloaded")
