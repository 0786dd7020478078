"""The inbox: what runs tell, the part that is asked for again, the quarantine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from pipeline.archive import Archive
from pipeline.archive.schema import runs as table
from pipeline.serve import create_app
from pipeline.serve.web.inbox import Run
from pipeline.serving import Served
from pipeline.serving_intake import Taking
from pipeline.settings import ServeSettings, Settings
from tests.archive.strategies import failure
from tests.serve.conftest import HOSTILE_PATH, TestClient
from tests.serve.web.conftest import Browser, Open


def cells(page: Any, row: int = 1) -> list[str]:
    found = page.xpath(f"//table[contains(@class,'runs')]/tbody/tr[{row}]/*")
    return [" ".join(cell.text_content().split()) for cell in found]


def test_runs_are_told_newest_first(archive: Archive, inbox: Open) -> None:
    run_id = archive.begin_run("ingest", "1")
    counts = {"files": 9, "created": 5, "changed": 1, "unchanged": 2, "quarantined": 1,
              "to_review": 4, "pages_read": 30, "seconds": 65}  # fmt: skip
    archive.end_run(run_id, counts, "finished")
    page = inbox().page("/inbox")
    name, state, *figures = cells(page)
    assert f"Đợt {run_id}" in name
    assert "Hoàn thành" in state
    assert figures[:6] == ["9", "6", "2", "4", "1", "30"]
    assert page.xpath("//h1")[0].text_content() == "Tiếp nhận văn bản"
    assert "Đợt 1" in cells(page, 2)[0]


def test_a_run_at_work_is_shown_with_what_is_left(archive: Archive, inbox: Open) -> None:
    run_id = archive.begin_run("ingest", "1")
    archive.note_progress(run_id, {"files": 40, "created": 10, "pages_read": 30, "seconds": 30})
    opened = inbox()
    page = opened.page("/inbox")
    told = " ".join(page.xpath("//section[contains(@class,'working')]")[0].text_content().split())
    assert "20 tệp, 60 trang mỗi phút" in told
    assert "còn khoảng 2 phút" in told
    assert "10 / 40" in told
    assert page.xpath("//div[@id='live']/@hx-trigger") == ["every 2s, look"]
    archive.note_progress(run_id, {"files": 40, "created": 40, "seconds": 90})
    assert "đang đối chiếu" in opened.get("/inbox/live").text
    archive.end_run(run_id, {"files": 40, "created": 40, "seconds": 91}, "finished")
    after = opened.get("/inbox/live").text
    assert "working" not in after
    assert "every 10s" in after


def test_a_killed_run_does_not_look_alive(archive: Archive, inbox: Open) -> None:
    run_id = archive.begin_run("ingest", "1")
    archive.note_progress(run_id, {"files": 40, "created": 10, "seconds": 5})
    with archive._database.write() as connection:
        long_ago = "2026-01-02T03:04:05.000000Z"
        connection.execute(update(table).where(table.c.id == run_id).values(started_at=long_ago))
    page = inbox().page("/inbox")
    assert not page.xpath("//section[contains(@class,'working')]")
    assert "Bị gián đoạn" in cells(page)[1]
    assert cells(page)[2] == "10 / 40"


def test_the_live_part_is_sent_only_when_something_changed(archive: Archive, inbox: Open) -> None:
    opened = inbox()
    address = opened.page("/inbox").xpath("//div[@id='live']/@hx-get")[0]
    assert opened.client.get(address).status_code == 204
    run_id = archive.begin_run("ingest", "1")
    changed = opened.get(address)
    assert changed.status_code == 200
    assert f"Đợt {run_id}" in changed.text
    assert changed.text.lstrip().startswith('<div id="live"')


def test_the_live_part_leaves_what_the_next_page_tells(archive: Archive, inbox: Open) -> None:
    archive.quarantine(
        "in/gone.pdf", failure(), sha256=None, run_id=1, location=Path("/no/such/file.pdf")
    )
    opened = inbox()
    opened.page("/inbox/quarantine")
    data = {"csrf": opened.csrf, "path": "in/gone.pdf"}
    opened.client.post("/inbox/quarantine/retry", data=data, follow_redirects=False)
    opened.get("/inbox/live")
    assert "1 tệp không còn ở chỗ cũ" in opened.get("/inbox").text


def test_asking_for_the_live_part_keeps_no_session_from_ending(
    inbox: Open, token: Callable[[str], str]
) -> None:
    opened = inbox(host="10.1.2.3", token=token("review"))
    sessions = opened.client.app.state.sessions
    now = sessions.clock()
    sessions.clock = lambda: now + 3000
    assert opened.client.get("/inbox/live").status_code == 200
    sessions.clock = lambda: now + 4000
    answer = opened.client.get("/inbox/live", headers={"HX-Request": "true"})
    assert answer.headers["hx-redirect"].startswith("/login")


def test_earlier_runs_are_on_pages_of_their_own(archive: Archive, inbox: Open) -> None:
    for _ in range(20):
        archive.end_run(archive.begin_run("ingest", "1"), {"created": 1}, "finished")
    opened = inbox()
    first = opened.page("/inbox")
    (older,) = first.xpath("//a[@id='older']/@href")
    second = opened.page(older)
    names = [
        cell.text_content()
        for page in (first, second)
        for cell in page.xpath("//tbody//th/span[1]")
    ]
    assert names == [f"Đợt {number}" for number in range(21, 0, -1)]
    assert not second.xpath("//div[@id='live']")


def test_runs_of_earlier_versions_are_told_too() -> None:
    began, seen = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"
    run = Run.of(
        SimpleNamespace(counts={"created": 3, "quarantined": 1}, started_at=began, seen_at=seen)
    )
    assert (run.files, run.done, run.left, run.to_review) == (4, 4, 0, 0)


def test_an_empty_archive_says_what_to_do(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "new", create=True) as archive:
        taking = Taking(archive, Settings(), archive.where)
        app = create_app(Served(archive, Settings()), ServeSettings(), intake=taking)
        with TestClient(app, base_url="http://127.0.0.1:8417") as client:
            page = Browser(client).page("/inbox")
        assert "Kho chưa có văn bản nào" in page.text_content()
        assert not page.xpath("//table")


@pytest.mark.parametrize("path", ["/inbox", "/inbox/live", "/inbox/quarantine"])
def test_only_who_may_review_comes_in(inbox: Open, token: Callable[[str], str], path: str) -> None:
    reader = inbox(host="10.1.2.3", token=token("read"))
    assert reader.get(path).status_code == 403
    reviewer = inbox(host="10.1.2.3", token=token("review"))
    assert reviewer.get(path).status_code == 200


# -- quarantine --------------------------------------------------------------------------------


def test_what_failed_is_told_with_reason_and_advice_as_data(inbox: Open) -> None:
    opened = inbox()
    page = opened.page("/inbox/quarantine")
    (item,) = page.xpath("//ul[@class='held']/li")
    text = item.text_content()
    assert "<script>alert(1)</script>" in text
    assert "Thử lại" in text
    assert not page.xpath("//main//script")


def test_the_quarantine_goes_in_pages_and_by_category(archive: Archive, inbox: Open) -> None:
    for number in range(60):
        archive.quarantine(f"in/{number:03}.pdf", failure(), sha256=None, run_id=1)
    kind = failure().category
    opened = inbox()
    first = opened.page(f"/inbox/quarantine?category={kind}")
    (following,) = first.xpath("//a[@rel='next']/@href")
    second = opened.page(following)
    shown = [title.text_content() for page in (first, second) for title in page.xpath("//li//h2")]
    assert [name for name in shown if name.startswith("0")] == [f"{n:03}.pdf" for n in range(60)]
    assert not second.xpath("//a[@rel='next']")


def test_one_is_tried_again_or_all_of_a_kind(archive: Archive, inbox: Open, tmp_path: Path) -> None:
    here = tmp_path / "here.pdf"
    here.write_bytes(b"x")
    archive.quarantine("in/here.pdf", failure(), sha256=None, run_id=1, location=here)
    archive.quarantine("in/too.pdf", failure(), sha256=None, run_id=1, location=here)
    opened = inbox()
    opened.page("/inbox/quarantine")
    answer = opened.post("/inbox/quarantine/retry", {"path": "in/here.pdf"})
    assert answer.url.path == "/inbox"
    assert "1 tệp chờ thử lại" in answer.text
    assert "Đang chờ đến lượt" in answer.text
    answer = opened.post("/inbox/quarantine/retry", {"category": failure().category})
    assert "2 tệp chờ thử lại" in answer.text
    assert opened.post("/inbox/quarantine/retry", {"path": "in/none.pdf"}).status_code == 404


def test_a_kept_copy_can_be_taken_away_and_nothing_else(
    archive: Archive, inbox: Open, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-broken")
    digest, _ = archive.files.put_original(bad, max_bytes=100)
    archive.quarantine("in/bad.pdf", failure(), sha256=digest, run_id=1, location=bad)
    secret = tmp_path / "secret"
    secret.write_text("not in the archive")
    archive.quarantine("in/secret", failure(), sha256=None, run_id=1, location=secret)
    opened = inbox()
    answer = opened.client.get("/inbox/quarantine/file", params={"path": "in/bad.pdf"})
    assert answer.content == b"%PDF-broken"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "application/octet-stream"
    for path in ("in/secret", str(secret), "in/none", HOSTILE_PATH + "2"):
        refused = opened.client.get("/inbox/quarantine/file", params={"path": path})
        assert refused.status_code == 404


def test_trying_again_takes_a_page_of_ours(inbox: Open) -> None:
    opened = inbox()
    opened.page("/inbox/quarantine")
    opened.csrf = "another"
    assert opened.post("/inbox/quarantine/retry", {}).status_code == 403
    assert opened.post("/inbox/jobs/x/again", {}).status_code == 403
