"""Search and the page of a document in a real browser, on samples that were really ingested."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from pipeline.archive import Archive
from tests.archive.strategies import directive, source
from tests.archive.strategies import page as text_page
from tests.conftest import ROOT
from tests.e2e.conftest import Server, serve, vanthu
from tests.e2e.test_entrance import serious

pytestmark = pytest.mark.slow
SAMPLES = ROOT / "samples" / "finished"
HOSTILE = "<script>document.title = 'taken'</script><img src=x onerror=alert(1)>"
PLAN = "646/KH-LĐLĐ"
#: How far things jumped while the page came, as browsers measure it.
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => done(sum), 100));
})"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A plan with a text layer, a letter as text, and a document that means harm."""
    folder = tmp_path_factory.mktemp("documents")
    archive = folder / "archive"
    files = [str(SAMPLES / name) for name in ("02-ke-hoach-dien-tu.pdf", "11-cong-van-120.md")]
    vanthu("ingest", *files, "--archive", str(archive), cwd=folder)
    with Archive.open(archive) as opened:
        run_id = opened.begin_run("ingest", "0.1.0")
        opened.record_source("in/wild.pdf", source("wild"))
        wild = directive("wild", subject=HOSTILE, issuer=HOSTILE, number="13/HOSTILE")
        text = wild.source.model_copy(update={"kind": "text"})
        wild = wild.model_copy(update={"source": text})
        opened.put_directive(wild, [text_page(HOSTILE)], result_key="k", run_id=run_id)
    process, address = serve(archive, folder / "server.log")
    try:
        yield Server(address, archive)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def plan(server: Server) -> str:
    """The address of the plan, which has two pages with boxes."""
    with Archive.open(server.archive) as opened:
        return f"/documents/{opened.get(PLAN).id}"


def test_words_typed_without_marks_find_and_the_keyboard_opens(page: Page) -> None:
    page.goto("/search")
    page.locator("body").press("Tab")
    page.locator("#found-title").click()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("xanh sach dep")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=xanh\+sach\+dep$"))
    expect(page.locator(".result")).to_have_count(1)
    expect(page.locator(".snippet mark").first).to_have_text(re.compile("xanh", re.IGNORECASE))
    page.locator("#found-title").click()
    page.keyboard.press("j")
    expect(page.locator("a.open").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Xanh - Sạch - Đẹp")
    page.go_back()
    expect(page.locator("#q")).to_have_value("xanh sach dep")
    expect(page.locator("#f-issuer")).to_be_enabled()


def test_the_first_page_is_shown_on_the_card(page: Page) -> None:
    page.goto("/search?q=646/kh")
    picture = page.locator(".thumb img")
    expect(picture).to_have_count(1)
    expect(picture).to_have_js_property("complete", True, timeout=30_000)
    expect(picture).to_have_js_property("naturalWidth", 240, timeout=30_000)


def test_names_are_completed_while_one_types(page: Page) -> None:
    page.goto("/search")
    page.locator("#f-issuer").press_sequentially("ca mau")
    expect(page.locator("#issuer-options option").first).to_have_attribute(
        "value", "Liên đoàn Lao động tỉnh Cà Mau"
    )


def test_a_field_that_is_reached_shows_its_place(page: Page, plan: str) -> None:
    page.goto(plan)
    expect(page.locator("rect.on")).to_have_count(0)
    page.locator("#facts a[data-field=number]").focus()
    expect(page.locator("rect.on")).to_have_attribute("data-box", "number")
    expect(page).to_have_url(re.compile(r"\?page=1&field=number$"))
    expect(page.locator("#basis-number")).to_be_visible()
    page.locator("#sent a[data-field='copied_to.0']").focus()  # it stands on the other leaf
    expect(page.locator("#viewer")).to_have_attribute("data-page", "2")
    expect(page.locator("rect.on").first).to_have_attribute("data-box", "copied_to.0")
    expect(page.locator("rect.on").first).to_be_in_viewport()


def test_a_box_names_its_field_and_leads_to_it(page: Page, plan: str) -> None:
    page.goto(plan)
    box = page.locator("rect[data-box=issuer]").first
    box.hover()
    expect(page.locator("#named")).to_contain_text("Cơ quan ban hành: Liên đoàn Lao động")
    box.click()
    expect(page.locator("#facts a[data-field=issuer]")).to_be_focused()
    expect(box).to_have_class(re.compile(r"\bon\b"))


def test_an_address_opens_at_the_line(page: Page, plan: str) -> None:
    page.goto(f"{plan}?page=1&field=targets.1")
    expect(page.locator("rect.on")).to_be_in_viewport()
    expect(page.locator("[data-fact='targets.1']")).to_be_in_viewport()


def test_leaves_are_turned_by_keys_and_zoom_stays(page: Page, plan: str) -> None:
    page.goto(plan)
    page.locator("h1").click()
    page.keyboard.press("+")
    expect(page.locator(".paper")).to_have_attribute("data-zoom", "1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#viewer")).to_have_attribute("data-page", "2")
    expect(page.locator(".paper")).to_have_attribute("data-zoom", "1")
    expect(page.locator("#reading h2")).to_contain_text("tr. 2")
    page.locator("#reading").get_by_role("link", name="Nguyên văn máy đọc").click()
    expect(page).to_have_url(re.compile(r"raw=true"))


def test_who_turns_a_leaf_by_keyboard_stands_where_they_stood(page: Page, plan: str) -> None:
    page.goto(plan)
    page.locator("a[rel=next]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#viewer")).to_have_attribute("data-page", "2")
    expect(page.locator(".leaves [aria-current]")).to_be_focused()  # there is no next one
    page.locator("a[rel=prev]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#viewer")).to_have_attribute("data-page", "1")


def test_text_of_a_document_does_nothing(page: Page) -> None:
    page.goto("/search?q=13/hostile")
    expect(page.locator("h3")).to_have_text(HOSTILE)
    page.goto("/documents/d-wild?field=subject")
    expect(page.locator("h1")).to_contain_text(HOSTILE)
    assert page.title() != "taken"


@pytest.mark.parametrize("width", [360, 1366])
def test_nobody_is_shut_out_and_nothing_jumps(
    page: Page, plan: str, server: Server, width: int
) -> None:
    with Archive.open(server.archive) as opened:
        letter = f"/documents/{opened.get('120/LĐLĐ').id}?field=number"
    page.set_viewport_size({"width": width, "height": 800})
    for address in (
        "/search",
        "/search?q=khongcogi&level=province",
        f"{plan}?field=number",
        letter,
    ):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert serious(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert page.evaluate(SHIFT) < 0.02, address
