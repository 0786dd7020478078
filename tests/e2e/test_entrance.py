"""The frame of the pages in a real browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


def serious(page: Page) -> list[str]:
    """What axe finds that shuts people out: rule and where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def test_the_language_is_switched_and_remembered(page: Page) -> None:
    page.goto("/login")
    expect(page.locator("h1")).to_have_text("Đăng nhập")
    page.get_by_role("button", name="EN").click()
    expect(page.locator("h1")).to_have_text("Sign in")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_frame_shuts_nobody_out(page: Page) -> None:
    page.goto("/login")
    assert serious(page) == []
