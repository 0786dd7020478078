"""The dashboard in a real browser, on a sample."""

from __future__ import annotations

import csv
import io
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT
from tests.e2e.conftest import Server, vanthu

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "samples" / "finished" / "11-cong-van-120.md"
OF_SAMPLE = "/dashboard?campaign=01-trieu-sang-kien&on=2022-04-26"


@pytest.fixture(scope="module", autouse=True)
def _ingested(server: Server) -> None:
    """A text, for reading it takes no engine."""
    vanthu("ingest", str(SAMPLE), "--archive", str(server.archive), cwd=server.archive.parent)


def opened(page: Page, address: str) -> None:
    """A dashboard whose panels are there."""
    page.goto(address)
    expect(page.locator("section.panel")).to_have_count(5)
    expect(page.locator(".waiting")).to_have_count(0)


def test_a_bar_its_line_its_table_and_its_csv_agree(page: Page) -> None:
    opened(page, OF_SAMPLE)
    bar = page.locator("#progress .measure").filter(has_text="2.660 / 5.091")
    expect(bar.locator(".gauge-figure")).to_have_text("52,2 %")
    line = bar.get_by_role("link", name="dòng nêu kết quả").get_attribute("href") or ""
    found = re.fullmatch(r"/documents/([\w-]+)\?page=1&field=targets\.(\d+)", line)
    assert found
    told = page.request.get(f"/api/v1/directives/{found[1]}/targets").json()
    claim = told["items"][int(found[2])] if "items" in told else told[int(found[2])]
    assert (claim["kind"], claim["value"]) == ("result", 2660)

    page.locator("#progress details.data summary").click()
    rows = page.locator("#table-progress tbody tr")
    address = page.locator("#progress details.data a[download]").get_attribute("href") or ""
    text = page.request.get(address).body().decode("utf-8-sig")
    sent = list(csv.DictReader(io.StringIO(text, newline="")))
    expect(rows).to_have_count(len(sent))
    (row,) = [one for one in sent if one["result"] == "2660"]
    assert (row["percent"], row["result_line"]) == ("52.25", line)
    shown = rows.nth(sent.index(row))
    expect(shown).to_contain_text("52,25")
    expect(shown.locator(f'a[href="{line}"]')).to_have_count(1)

    bar.get_by_role("link", name="dòng nêu kết quả").click()
    expect(page).to_have_url(re.compile(re.escape(line)))
    expect(page.locator("main")).to_contain_text("2.660 sáng kiến")


def test_months_are_walked_by_keyboard_and_the_address_reproduces_it(page: Page) -> None:
    opened(page, f"{OF_SAMPLE}&span=2022-05")
    expect(page.locator("#deadlines-title")).to_contain_text("tháng 5/2022")
    after = page.locator("#span-after")
    after.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#deadlines-title")).to_contain_text("tháng 6/2022")
    expect(page).to_have_url(re.compile(r"/dashboard\?.*span=2022-06"))
    expect(after).to_be_focused()
    page.reload()
    expect(page.locator("#deadlines-title")).to_contain_text("tháng 6/2022")


def test_a_calendar_is_downloaded(page: Page) -> None:
    opened(page, f"{OF_SAMPLE}&span=2022-Q2")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải lịch").click()
    assert download.value.suggested_filename == "vanthu-2022-Q2.ics"
    text = download.value.path().read_text(encoding="utf-8")
    assert text.count("BEGIN:VEVENT") == page.locator("#deadlines .due").count() > 0


@pytest.mark.parametrize("width", [1366, 360])
def test_the_dashboard_shuts_nobody_out(chromium: Browser, server: Server, width: int) -> None:
    context = chromium.new_context(
        base_url=server.address, viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    opened(page, "/dashboard?span=2022-Q2")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(page).response["violations"]
    assert [
        f"{one['id']}: {node['html']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ] == []
    context.close()


def test_the_report_prints_all_panels(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(base_url=server.address)
    page = context.new_page()
    page.goto("/dashboard/report")
    expect(page.locator("section.panel")).to_have_count(5)
    page.emulate_media(media="print")
    for hidden in ("header.bar", "form.filter", ".spans"):
        expect(page.locator(hidden)).to_be_hidden()
    for table in ("progress", "coverage", "quality-fields", "quality-findings"):
        expect(page.locator(f"#table-{table}")).to_be_visible()
    context.close()
