"""Files sent to the inbox: their names, their limits, and what is left of those that fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive import Archive
from pipeline.errors import UsageProblem
from pipeline.incoming import Incoming, disk_name, read_names, shown_name
from pipeline.serve.intake import Refused
from pipeline.serving_intake import Taking
from pipeline.settings import Settings
from tests.serve.conftest import TestClient
from tests.serve.web.conftest import Browser, Open

HOSTILE_NAMES = [
    "../../../etc/passwd", "/etc/passwd", "..", "a/../../b.pdf", "..\\..\\x.pdf", "C:\\x.pdf",
    ".hidden", "-rf", "a\nb.pdf", "x\x07y.pdf", "gpj.\u202efdp", "' OR 1=1;--.pdf", "con.pdf",
    "<script>alert(1)</script>.pdf", "a" * 900 + ".pdf", "%2e%2e%2f.pdf", "tệp \ud7ff.pdf", " . ",
    "𝕏" * 200, "names.jsonl", "lock", "x.part", "",
]  # fmt: skip
NO_NAMES = {"..", " . ", ""}


class Sender:
    """A page that sends files."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        browser.get("/inbox")
        self.headers = {"X-CSRF-Token": browser.csrf, "Content-Type": "application/octet-stream"}

    @property
    def client(self) -> TestClient:
        return self.browser.client

    def begin(self) -> str:
        answer = self.client.post("/inbox/uploads", headers=self.headers)
        assert answer.status_code == 201, answer.text
        name: str = answer.json()["batch"]
        return name

    def send(self, batch: str, name: str, content: Any = b"%PDF-1.4 x") -> Any:
        return self.client.post(
            f"/inbox/uploads/{batch}/file", params={"name": name}, content=content,
            headers=self.headers,
        )  # fmt: skip

    def then(self, batch: str, what: str) -> Any:
        return self.client.post(f"/inbox/uploads/{batch}/{what}", headers=self.headers)


def waiting(archive: Archive) -> list[Path]:
    """Every file in the folder for uploads, locks and lists aside."""
    root = Path(archive.where) / "incoming"
    return sorted(p for p in root.rglob("*") if p.is_file() and p.name not in ("lock",))


def documents(archive: Archive) -> list[Path]:
    return [path for path in waiting(archive) if path.name != "names.jsonl"]


def test_what_is_sent_lies_on_disk_and_waits_for_its_run(archive: Archive, inbox: Open) -> None:
    page = Sender(inbox())
    batch = page.begin()
    answer = page.send(batch, "Quý I/Công văn 45.pdf", b"%PDF" + b"x" * 3_000_000)
    assert answer.status_code == 201
    assert answer.json() == {"name": f"incoming/{batch}/Quý I/Công văn 45.pdf"}
    (file,) = documents(archive)
    assert file.stat().st_size == 3_000_004
    assert page.then(batch, "start").json() == {"files": 1}
    assert "1 tệp vừa gửi lên" in page.browser.get("/inbox").text
    assert page.send(batch, "late.pdf").status_code == 409
    assert page.then(batch, "start").status_code == 409


def test_a_hostile_name_names_no_place_and_stays_the_name(archive: Archive, inbox: Open) -> None:
    page = Sender(inbox())
    taken = 0
    for name in HOSTILE_NAMES:
        batch = page.begin()
        answer = page.send(batch, name)
        if answer.status_code == 422:
            assert name in NO_NAMES
            continue
        assert answer.status_code == 201, answer.text
        taken += 1
        folder = Path(archive.where) / "incoming" / batch
        (file,) = (folder / "files").iterdir()
        assert len(file.name.encode()) <= 255
        assert file.name.startswith("0001-")
        told = read_names(folder / "names.jsonl")[file]
        assert told == answer.json()["name"]
        assert told.isprintable()
        assert told.startswith(f"incoming/{batch}/")
        assert ".." not in told.split("/")
    assert len(documents(archive)) == taken == len(HOSTILE_NAMES) - len(NO_NAMES)


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder(name: str) -> None:
    on_disk = disk_name(name)
    assert "/" not in on_disk
    assert "\0" not in on_disk
    assert on_disk not in ("", ".", "..")
    assert len(on_disk.encode()) <= 140
    try:
        told = shown_name(name)
    except Refused:
        return
    assert told.isprintable()
    assert not {"", ".", ".."} & set(told.split("/"))


def test_two_files_of_one_name_are_two(archive: Archive, inbox: Open) -> None:
    page = Sender(inbox())
    batch = page.begin()
    assert page.send(batch, "a/scan.pdf", b"one").status_code == 201
    assert page.send(batch, "", b"none").status_code == 422
    assert page.send(batch, "b/scan.pdf", b"two").status_code == 201
    names = read_names(Path(archive.where) / "incoming" / batch / "names.jsonl")
    assert sorted(path.read_bytes() for path in names) == [b"one", b"two"]
    assert len(set(names.values())) == 2


def refused(answer: Any, status: int, why: str) -> None:
    assert (answer.status_code, answer.json()["why"]) == (status, why)
    assert answer.json()["detail"]


def test_what_is_too_large_is_refused_and_leaves_nothing(archive: Archive, inbox: Open) -> None:
    page = Sender(inbox(upload_megabytes=1, upload_total_megabytes=2))
    batch = page.begin()
    whole = b"x" * 2**20
    assert page.send(batch, "large.pdf", whole + b"x").status_code == 413

    def in_pieces() -> Iterator[bytes]:  # nobody says how long it is
        for _ in range(5):
            yield whole[: 2**18]

    assert page.send(batch, "pieces.pdf", in_pieces()).status_code == 413
    assert waiting(archive) == []
    assert page.send(batch, "a.pdf", whole).status_code == 201
    assert page.send(batch, "b.pdf", whole).status_code == 201
    refused(page.send(batch, "c.pdf", b"x"), 413, "total")
    assert len(documents(archive)) == 2


def test_too_many_empty_and_no_documents_are_refused_one_by_one(
    archive: Archive, inbox: Open
) -> None:
    page = Sender(inbox(upload_files=2))
    batch = page.begin()
    refused(page.send(batch, "empty.pdf", b""), 422, "empty")
    refused(page.send(batch, "scans/Thumbs.db"), 422, "sidecar")
    refused(page.send(batch, "scans/.DS_Store"), 422, "sidecar")
    assert page.send(batch, "a.pdf").status_code == 201
    assert page.send(batch, "b.pdf").status_code == 201
    refused(page.send(batch, "c.pdf"), 413, "files")
    assert len(documents(archive)) == 2


def test_other_bodies_are_as_small_as_before(inbox: Open) -> None:
    page = Sender(inbox(body_kilobytes=1))
    large = b"x" * 2000
    for path in ("/inbox/uploads", "/inbox/quarantine/retry", "/api/v1/directives/lookup"):
        assert page.client.post(path, content=large, headers=page.headers).status_code == 413
    assert page.send(page.begin(), "a.pdf", large).status_code == 201


def test_two_batches_at_once_do_not_meet(archive: Archive, inbox: Open) -> None:
    page = Sender(inbox())
    one, other = page.begin(), page.begin()
    assert one != other
    page.send(one, "scan.pdf", b"one")
    page.send(other, "scan.pdf", b"other")
    assert page.then(one, "cancel").status_code == 204
    assert [path.read_bytes() for path in documents(archive)] == [b"other"]
    assert page.then(other, "start").json() == {"files": 1}


def test_a_place_is_free_again_after_each_file(inbox: Open) -> None:
    page = Sender(inbox(concurrent_uploads=1))
    batch = page.begin()
    for number in range(3):
        assert page.send(batch, f"{number}.pdf").status_code == 201
        assert page.send(batch, "empty.pdf", b"").status_code == 422
    held = page.browser.intake.receive(batch, "held.pdf")  # type: ignore[union-attr]
    refused(page.send(batch, "more.pdf"), 503, "busy")
    held.drop()
    assert page.send(batch, "more.pdf").status_code == 201


def test_an_upload_that_breaks_off_leaves_nothing(archive: Archive, inbox: Open) -> None:
    page = Sender(inbox())
    batch = page.begin()
    sent: list[Any] = []
    pieces = [
        {"type": "http.request", "body": b"x" * 2**20, "more_body": True},
        {"type": "http.request", "body": b"x" * 2**20, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        if len(pieces) == 1:
            assert [path.suffix for path in waiting(archive)] == [".part"]
        return pieces.pop(0) if len(pieces) > 1 else pieces[0]

    async def send(message: Any) -> None:
        sent.append(message)

    session = page.client.cookies["vanthu_session"]
    headers = [(b"host", b"127.0.0.1"), (b"x-csrf-token", page.browser.csrf.encode()),
               (b"cookie", f"vanthu_session={session}".encode())]  # fmt: skip
    path = f"/inbox/uploads/{batch}/file"
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"name=a.pdf",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8417),
    }  # fmt: skip
    anyio.run(page.client.app, scope, receive, send)
    assert waiting(archive) == []
    assert page.then(batch, "start").json() == {"files": 0}
    assert list((Path(archive.where) / "incoming").iterdir()) == []


def test_sending_takes_a_page_of_ours(archive: Archive, inbox: Open) -> None:
    page = Sender(inbox())
    batch = page.begin()
    page.headers["X-CSRF-Token"] = "another"
    assert page.send(batch, "a.pdf").status_code == 403
    assert page.then(batch, "start").status_code == 403
    page.headers.pop("X-CSRF-Token")
    assert page.client.post("/inbox/uploads", headers=page.headers).status_code == 403
    assert documents(archive) == []


def test_readers_send_nothing(inbox: Open, token: Callable[[str], str]) -> None:
    page = Sender(inbox(host="10.1.2.3", token=token("read")))
    assert page.client.post("/inbox/uploads", headers=page.headers).status_code == 403
    stranger = Sender(inbox(host="10.1.2.3"))
    answer = stranger.client.post(
        "/inbox/uploads", headers=stranger.headers, follow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


def test_a_batch_that_is_not_ours_is_refused(inbox: Open) -> None:
    page = Sender(inbox())
    for name in ("none", "2026-01-01-000000-0000", "..", "%2e%2e"):
        assert page.then(name, "start").status_code in (404, 405, 409)
        assert page.send(name, "a.pdf").status_code in (404, 405, 409)


def test_without_a_folder_nothing_is_offered(archive: Archive, inbox: Open) -> None:
    opened = inbox()
    assert opened.intake is not None
    opened.intake._incoming = None
    page = opened.page("/inbox")
    assert not page.xpath("//input[@type='file']")
    assert "serve.incoming" in page.text_content()
    sender = Sender(opened)
    refused(sender.client.post("/inbox/uploads", headers=sender.headers), 503, "nowhere")


# -- what an earlier server left -----------------------------------------------------------------


def test_the_next_server_goes_on_with_what_was_left(archive: Archive, tmp_path: Path) -> None:
    first = Taking(archive, Settings(), archive.where)
    batch = first.begin()
    file = first.receive(batch, "a.pdf")
    file.write(b"whole")
    file.keep()
    half = first.receive(batch, "b.pdf")
    half.write(b"half")
    empty = first.begin()
    rival = Incoming(Path(archive.where) / "incoming")
    assert list(rival.orphans()) == []  # they have an owner
    first.close()
    second = Taking(archive, Settings(), archive.where)
    for found in rival.orphans():
        second._adopt(found)
    (job,) = second.jobs()
    assert (job.id, job.kind, job.state, job.files) == (batch, "upload", "waiting", 1)
    assert not (rival.root / empty).exists()
    assert [path.read_bytes() for path in documents(archive)] == [b"whole"]
    second.close()


def test_what_nobody_sends_to_any_more_is_taken_in(archive: Archive) -> None:
    taken = Taking(archive, Settings(), archive.where)
    left, empty, busy, fresh = (taken.begin() for _ in range(4))
    for batch in (left, busy):
        file = taken.receive(batch, "a.pdf")
        file.write(b"whole")
        file.keep()
    slow = taken.receive(busy, "b.pdf")
    for batch in (left, empty, busy):
        taken._batches[batch].touched -= 3600
    taken._take_over_abandoned()
    assert [job.id for job in taken.jobs()] == [left]
    assert not (Path(archive.where) / "incoming" / empty).exists()
    assert taken.start(fresh) == 0
    slow.drop()
    taken.close()


def test_a_list_of_names_that_is_none_is_told(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"file": 1}', "\xff"):
        (tmp_path / "names").write_text(text, encoding="latin-1")
        with pytest.raises(UsageProblem):
            read_names(tmp_path / "names")
