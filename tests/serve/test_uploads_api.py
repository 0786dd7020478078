"""Files sent by programs: begun, sent, started, followed; and another try for what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.archive import Archive
from pipeline.serve import create_app
from pipeline.serving import Served
from pipeline.serving_intake import Taking
from pipeline.settings import ServeSettings, Settings
from tests.archive.strategies import failure
from tests.serve.conftest import API, TestClient

Api = Callable[..., TestClient]
OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def api(archive: Archive) -> Iterator[Api]:
    """Makes clients of a server that takes files in; nothing is ingested."""
    opened: list[TestClient] = []
    held: list[Any] = []

    def make(*, token: str = "", host: str = "127.0.0.1", **settings: Any) -> TestClient:
        own = ServeSettings(**settings)
        served = Served(archive, Settings())
        taking = Taking(archive, Settings(serve=own), archive.where)
        held.extend((served, taking))
        app = create_app(served, own, host=host, intake=taking)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = TestClient(app, base_url=f"http://{host}:8417{API}", headers=headers)
        opened.append(client.__enter__())
        return client

    yield make
    for one in opened:
        one.__exit__(None, None, None)
    for one in held:
        one.close()


def begun(client: TestClient) -> str:
    answer = client.post("/uploads", json={})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def send(client: TestClient, upload: str, name: str, data: Any, **headers: str) -> Any:
    return client.post(
        f"/uploads/{upload}/files", params={"name": name}, content=data, headers=OCTETS | headers
    )


def test_files_are_sent_started_and_wait_for_their_turn(api: Api, archive: Archive) -> None:
    client = api()
    upload = begun(client)
    kept = send(client, upload, "Quý I/Công văn 45.pdf", b"%PDF-1.4 one").json()
    assert kept == {"name": f"incoming/{upload}/Quý I/Công văn 45.pdf"}
    assert send(client, upload, "b.txt", iter([b"two", b" parts"])).status_code == 200
    assert client.post(f"/uploads/{upload}/start", json={}).json() == {"id": upload, "files": 2}
    (job,) = client.get("/jobs").json()["items"]
    assert (job["id"], job["kind"], job["state"], job["files"]) == (upload, "upload", "waiting", 2)
    late = send(client, upload, "c.txt", b"x")
    assert late.status_code == 404
    assert late.json()["detail"] == "There is no such upload, or it has ended."
    folder = Path(str(archive.where)).parent.glob(f"**/incoming/{upload}/files/*")
    assert sorted(file.read_bytes() for file in folder) == [b"%PDF-1.4 one", b"two parts"]


def test_what_is_cancelled_leaves_nothing(api: Api, archive: Archive) -> None:
    client = api()
    upload = begun(client)
    send(client, upload, "a.pdf", b"%PDF-1.4 one")
    gone = client.delete(f"/uploads/{upload}")
    assert gone.json() == {"id": upload, "state": "cancelled"}
    assert list(Path(str(archive.where)).parent.glob(f"**/incoming/{upload}/files/*")) == []
    assert client.post(f"/uploads/{upload}/start", json={}).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "status", "says"),
    [
        ("a.pdf", b"", 409, "The file is empty."),
        ("a.pdf", b"x" * (2**20 + 1), 413, ""),
        ("a/Thumbs.db", b"x", 409, "This is a system or data file, no document."),
        ("...", b"x", 409, ""),
    ],
)
def test_what_is_not_taken_is_a_problem_and_leaves_nothing(
    api: Api, archive: Archive, name: str, data: bytes, status: int, says: str
) -> None:
    client = api(upload_megabytes=1)
    upload = begun(client)
    for body in (data, iter([data])):  # with its length, and in pieces
        answer = send(client, upload, name, body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert says in answer.json()["detail"]
    assert list(Path(str(archive.where)).parent.glob(f"**/incoming/{upload}/files/*")) == []


def test_an_upload_has_no_more_files_than_allowed(api: Api) -> None:
    client = api(upload_files=1)
    upload = begun(client)
    assert send(client, upload, "a.txt", b"x").status_code == 200
    refused = send(client, upload, "b.txt", b"x")
    assert refused.status_code == 413
    assert refused.json()["detail"] == "An upload has 1 files at most."


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", ""])
def test_what_a_page_of_another_site_could_send_is_refused(api: Api, kind: str) -> None:
    client = api()
    upload = begun(client)
    sent = client.post(
        f"/uploads/{upload}/files", params={"name": "a.txt"}, content=b"x",
        headers={"Content-Type": kind} if kind else {},
    )  # fmt: skip
    assert sent.status_code == 415
    for path in ("/uploads", f"/uploads/{upload}/start", "/quarantine/retry"):
        headers = {"Content-Type": kind} if kind else {}
        assert client.post(path, content=b"{}", headers=headers).status_code == 415


def test_files_are_sent_by_who_may_review(api: Api, token: Callable[[str], str]) -> None:
    reader = api(host="192.0.2.7", token=token("read"))
    assert reader.post("/uploads", json={}).status_code == 403
    assert reader.get("/jobs").status_code == 403
    reviewer = api(host="192.0.2.7", token=token("review"))
    upload = begun(reviewer)
    assert send(reviewer, upload, "a.txt", b"x").status_code == 200
    stranger = api(host="192.0.2.7")
    assert send(stranger, upload, "a.txt", b"x").status_code == 401


def test_files_in_quarantine_are_tried_again(api: Api, archive: Archive, tmp_path: Path) -> None:
    here = tmp_path / "here.pdf"
    here.write_bytes(b"x")
    archive.quarantine("in/here.pdf", failure("timeout"), sha256=None, run_id=1, location=here)
    archive.quarantine("in/gone.pdf", failure("timeout"), sha256=None, run_id=1,
                       location=tmp_path / "gone.pdf")  # fmt: skip
    client = api()
    assert client.post("/quarantine/retry", json={"path": "in/gone.pdf"}).json() == {
        "queued": 0, "gone": 1,
    }  # fmt: skip
    made = client.post("/quarantine/retry", json={"category": "timeout"})
    assert made.json() == {"queued": 1, "gone": 1}
    (job,) = client.get("/jobs").json()["items"]
    assert (job["kind"], job["files"]) == ("retry", 1)
    none = client.post("/quarantine/retry", json={"path": "in/none.pdf"})
    assert none.status_code == 404
    assert client.post("/quarantine/retry", json={"category": "bad luck"}).status_code == 422
    assert client.post("/jobs/none/retry", json={}).status_code == 404


def test_a_run_tells_how_far_it_is(api: Api, archive: Archive) -> None:
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.note_progress(run_id, {"files": 9, "created": 4, "seconds": 2})
    client = api()
    run = client.get(f"/runs/{run_id}").json()
    assert (run["state"], run["counts"]["created"]) == ("running", 4)
    archive.end_run(run_id, {"files": 9, "created": 9, "seconds": 5}, "finished")
    assert client.get(f"/runs/{run_id}").json()["state"] == "finished"
    assert client.get(f"/runs/{run_id + 1}").status_code == 404
    newest = client.get("/runs", params={"limit": 1}).json()["items"]
    assert [one["id"] for one in newest] == [run_id]


def test_a_server_that_takes_no_files_says_so(local: TestClient) -> None:
    answer = local.post("/uploads", json={})
    assert answer.status_code == 503
    assert answer.json()["detail"] == "This server takes no files in."
