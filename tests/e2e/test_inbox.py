"""The inbox in a real browser: files chosen and dropped, seen at work, archived, counted."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests import makers
from tests.conftest import ROOT
from tests.e2e.conftest import Server

pytestmark = pytest.mark.slow
SAMPLES = ROOT / "samples" / "finished"
_WAIT = 240_000

#: Files dropped as a person would: the events of a drag, with files made of what is handed in.
_DROP = """
(files) => {
  const transfer = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  const area = document.getElementById("drop");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const event = { bubbles: true, cancelable: true, dataTransfer: transfer };
    area.dispatchEvent(new DragEvent(kind, event));
  }
}
"""


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def figures(page: Page) -> list[str]:
    ids = ("archived", "review", "quarantined")
    return [page.locator(f"#standing-{name} .figure").inner_text() for name in ids]


def until_left(page: Page, server: Server, names: list[str]) -> None:
    """Until copies of these are left: they go when the run's process has ended, a little later.

    The numbers before their names tell in which order they arrived; they are sent side by side.
    """
    for _ in range(600):
        kept = server.archive.glob("incoming/*/files/*")
        left = sorted(path.name.partition("-")[2] for path in kept)
        if left == names:
            return
        page.wait_for_timeout(100)
    assert left == names


def test_from_an_empty_archive_to_what_is_left_for_people(
    page: Page, server: Server, tmp_path: Path
) -> None:
    page.set_default_timeout(_WAIT)  # of a busy machine
    page.goto("/inbox")
    expect(page.locator(".first h2")).to_be_visible()
    assert serious(page) == []

    # Chosen: with the keyboard, where the chooser opens as for everybody.
    page.locator("#choose-files").focus()
    with page.expect_file_chooser() as choosing:
        page.keyboard.press("Enter")
    empty = tmp_path / "rỗng.pdf"
    empty.touch()
    chosen = [SAMPLES / "11-cong-van-120.md", SAMPLES / "12-cong-van-07.txt", empty]
    choosing.value.set_files(chosen)
    expect(page.locator("#sending-told")).to_contain_text("Đã gửi 2 tệp", timeout=_WAIT)
    expect(page.locator("#sending-told")).to_contain_text("1 tệp không được nhận")
    expect(page.locator("#sending-files li")).to_have_text(["rỗng.pdf✕ Tệp rỗng."])
    expect(page.locator(".runs tbody tr")).to_have_count(1, timeout=_WAIT)
    expect(page.locator(".run-finished")).to_have_count(1, timeout=_WAIT)
    expect(page.locator("#standing-archived .figure")).to_have_text("2", timeout=_WAIT)

    # Dropped: one that is read, one that is there already, one that cannot be read.
    held = makers.encrypted_pdf(tmp_path / "khoá <b>.pdf")
    dropped = [SAMPLES / "05-cong-van-co-so.jpg", SAMPLES / "12-cong-van-07.txt", held]
    files = [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in dropped]
    page.evaluate(_DROP, files)
    expect(page.locator(".working")).to_be_visible(timeout=_WAIT)
    assert serious(page) == []
    expect(page.locator(".run-finished")).to_have_count(2, timeout=_WAIT)
    cells = page.locator(".runs tbody tr").first.locator("td.number")
    expect(cells.nth(0)).to_have_text("3")
    expect(cells.nth(1)).to_have_text("1")
    expect(cells.nth(2)).to_have_text("1")
    expect(cells.nth(4)).to_have_text("1")
    assert figures(page)[0] == "3"
    assert figures(page)[2] == "1"
    until_left(page, server, ["khoá _b_.pdf"])

    # What could not be read: looked at, mended where it lies, tried again.
    page.locator("#standing-quarantined").click()
    expect(page.locator(".held h2")).to_have_text("khoá <b>.pdf", timeout=_WAIT)
    assert serious(page) == []
    (waiting,) = server.archive.glob("incoming/*/files/*")
    makers.text_pdf(waiting)
    page.locator(".held").get_by_role("button", name="Thử lại").click()
    expect(page).to_have_url(f"{server.address}/inbox")
    expect(page.locator(".run-finished")).to_have_count(3, timeout=_WAIT)
    expect(page.locator("#standing-archived .figure")).to_have_text("4", timeout=_WAIT)
    expect(page.locator("#standing-quarantined .figure")).to_have_text("0")


def test_a_small_screen_needs_no_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/inbox", "/inbox/quarantine"):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360
