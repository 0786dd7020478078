"""What holds for the files of an archive wherever they lie."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.archive.objects import ObjectStore
from pipeline.archive.results import FileStore, original_name, pack, result_name
from pipeline.archive.storage import Stored, walk
from pipeline.errors import EnvironmentProblem, StoreProblem, TooLarge, UsageProblem
from pipeline.settings import StoreSettings
from tests.archive.stores import CREDENTIALS

KEY = "ab" * 32
#: An answer comes at once, however busy the machine; only silence is waited for.
ONCE = StoreSettings(attempts=1)
IMPATIENT = StoreSettings(connect_seconds=1, read_seconds=1, attempts=1)


@pytest.fixture(params=["folder", "file_url", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    folder = tmp_path / "the archive"
    if request.param == "folder":
        return FileStore(folder)
    if request.param == "file_url":
        return FileStore(folder.as_uri())
    return FileStore(request.getfixturevalue(request.param))


def put(store: FileStore, content: bytes) -> str:
    return store.put_original(io.BytesIO(content), max_bytes=1 << 30)[0]


@pytest.mark.parametrize("data", [b"", b"x", b"\x89PNG" + b"\0" * 5000, os.urandom(200_000)])
def test_what_was_put_is_got(store: FileStore, data: bytes) -> None:
    assert not store.has("recognise", KEY)
    assert store.get("recognise", KEY) is None
    store.put("recognise", KEY, data)
    assert store.has("recognise", KEY)
    assert store.get("recognise", KEY) == data


def test_another_process_opens_it_from_its_location(store: FileStore) -> None:
    store.put("recognise", KEY, b"here")
    assert FileStore(store.location).get("recognise", KEY) == b"here"


def test_a_damaged_result_counts_as_missing_and_goes(store: FileStore) -> None:
    for damaged in (b"", b"bad", pack(b"the result")[:-3]):
        store.storage.write(result_name("repair", KEY), damaged)
        assert store.get("repair", KEY) is None
        assert not store.has("repair", KEY)


def test_a_name_that_could_leave_its_folder_is_refused(store: FileStore) -> None:
    for stage, key in (("../x", KEY), ("clean", "../../etc/passwd"), ("clean", "")):
        with pytest.raises(ValueError, match="not"):
            store.get(stage, key)
    with pytest.raises(ValueError, match="SHA-256"), store.original("../" + "a" * 61):
        pass


@pytest.mark.parametrize("size", [0, 7, (4 << 20), (4 << 20) + 1])
def test_an_original_is_a_path_with_its_content(
    store: FileStore, tmp_path: Path, size: int
) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"x" * size)
    digest, stored = store.put_original(scan, max_bytes=1 << 30)
    assert (digest, stored) == (hashlib.sha256(b"x" * size).hexdigest(), size)
    with store.original(digest) as path:
        assert path.read_bytes() == scan.read_bytes()
        assert not os.access(path, os.W_OK) or os.geteuid() == 0
    assert b"".join(store.storage.chunks(original_name(digest))) == b"x" * size


def test_an_original_is_fetched_where_there_is_no_copy_of_it(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = put(store, b"content")
    other = tmp_path / "other machine"
    other.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(other))
    with FileStore(store.location).original(digest) as path:
        assert path.read_bytes() == b"content"


def test_an_original_that_is_not_there_is_a_path_that_does_not_exist(store: FileStore) -> None:
    with store.original("0" * 64) as path:
        assert not path.exists()


def test_an_original_past_the_limit_leaves_no_trace(store: FileStore) -> None:
    with pytest.raises(TooLarge):
        store.put_original(io.BytesIO(b"12345678901"), max_bytes=10)
    assert list(walk(store.storage, "originals")) == []


def test_a_stream_that_cannot_be_sought_is_kept_too(store: FileStore) -> None:
    read, write = os.pipe()
    os.write(write, b"content")
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        digest, _ = store.put_original(stream, max_bytes=10)
    assert store.storage.read(original_name(digest)) == b"content"


def test_everything_stored_is_walked_by_name(store: FileStore) -> None:
    names = [original_name(put(store, bytes([n]))) for n in range(5)]
    store.put("clean", KEY, b"x")
    store.put("clean_report", KEY, b"x")
    store.storage.write("originals/note.txt", b"a stray")
    found = list(walk(store.storage, "originals"))
    assert [item.name for item in found] == sorted([*names, "originals/note.txt"])
    assert found[-1] == Stored("originals/note.txt", 9) or found[0].size == 1
    assert [item.name for item in walk(store.storage, "results")] == [
        result_name("clean", KEY), result_name("clean_report", KEY),
    ]  # fmt: skip
    assert list(walk(store.storage, "nothing")) == []


def test_scratch_goes_with_its_user(store: FileStore) -> None:
    with store.scratch() as folder:
        (folder / "page.png").write_bytes(b"x")
        assert store.remove_leftovers() == 0
        assert folder.is_dir()
    assert not folder.exists()


# -- object stores -------------------------------------------------------------------------------


@pytest.fixture(params=["memory", "s3"])
def objects(request: pytest.FixtureRequest) -> FileStore:
    return FileStore(request.getfixturevalue(request.param))


def test_an_original_damaged_in_the_store_is_not_handed_out(
    objects: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = put(objects, b"content")
    objects.storage.write(original_name(digest), b"cXntent")
    other = tmp_path / "other machine"
    other.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(other))
    with FileStore(objects.location).original(digest) as path:
        assert not path.exists()


def test_an_original_is_sent_once(objects: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    put(objects, b"content")
    monkeypatch.setattr(ObjectStore, "adopt", None)
    put(objects, b"content")


def test_copies_make_room_for_new_ones_but_not_under_their_users(
    objects: FileStore, tmp_path: Path
) -> None:
    store = FileStore(objects.location, StoreSettings(cache_megabytes=1))
    first, second = os.urandom(700_000), os.urandom(700_001)
    digest = put(store, first)
    with store.original(digest) as path:
        put(store, second)
        copies = [p.stat().st_size for p in store.storage.work.glob("originals/*")]
        assert copies == [700_001]
        assert path.read_bytes() == first
    with store.original(digest) as path:
        assert path.read_bytes() == first, "fetched again"


def test_copies_that_nobody_uses_go(objects: FileStore) -> None:
    put(objects, b"content")
    (copy,) = objects.storage.work.glob("originals/*")
    assert objects.remove_leftovers() == 0
    long_ago = time.time() - 25 * 3600
    os.utime(copy, (long_ago, long_ago))
    assert objects.remove_leftovers() == 1
    assert not copy.exists()


def test_a_folder_for_copies_that_others_may_enter_is_not_used(objects: FileStore) -> None:
    objects.storage.work.mkdir(mode=0o755)
    with pytest.raises(EnvironmentProblem, match="this user alone"), objects.scratch():
        pass


@pytest.mark.parametrize(
    "wrong",
    ["http://host/x", "zip://x", "s3://", "s3://bucket?versionId=1", "s3://b/../c",
     "simplecache::s3://bucket", "s3://key:hunter2hunter2@bucket/x", "s3://bu cket",
     "file://host/x"],
)  # fmt: skip
def test_an_address_that_is_no_place_for_files_is_refused(wrong: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        FileStore(wrong)
    assert "hunter2" not in f"{caught.value.reason} {caught.value.advice} {caught.value.detail}"


def test_a_missing_bucket_is_a_mistake_and_no_empty_archive(s3: str) -> None:
    store = FileStore("s3://no-such-bucket/archive")
    for call in (
        lambda: store.get("clean", KEY),
        lambda: store.has("clean", KEY),
        lambda: store.put("clean", KEY, b"x"),
        lambda: list(walk(store.storage, "originals")),
        lambda: put(store, b"x"),
    ):
        with pytest.raises(StoreProblem, match="no bucket 'no-such-bucket'"):
            call()


def forget_connections() -> None:
    """fsspec keeps connections by their options; the environment is read once."""
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()


def trouble(settings: StoreSettings = ONCE) -> str:
    """What is told when a result is asked for and put."""
    said = []
    forget_connections()
    for method in ("get", "put"):
        store = FileStore("s3://bucket/archive", settings)
        with pytest.raises(StoreProblem) as caught:
            getattr(store, method)("clean", KEY, *([b"x"] if method == "put" else []))
        forget_connections()
        error = caught.value
        assert error.__cause__ is None, "a library's traceback may show headers"
        said.append(f"{error.reason} {error.advice} {error.detail}")
    for secret in ("an-access-key-of-a-test", "a-secret-of-a-test"):
        assert all(secret not in text for text in said)
    return said[0]


def test_a_server_that_is_not_there_is_told(
    s3: str, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed_port}")
    assert "cannot be reached" in trouble()


@pytest.fixture
def closed_port() -> int:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.slow
def test_a_server_that_never_answers_is_given_up(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(50)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert "does not answer" in trouble(IMPATIENT)


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "InvalidAccessKeyId", "does not let us into s3://bucket"),
        (403, "SignatureDoesNotMatch", "does not let us into s3://bucket"),
        (500, "InternalError", "failed"),
        (503, "SlowDown", "failed"),
    ],
)
def test_what_the_server_refuses_is_told(
    s3: str, monkeypatch: pytest.MonkeyPatch, status: int, code: str, said: str
) -> None:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    body = (
        f"<Error><Code>{code}</Code><Message>{CREDENTIALS['AWS_ACCESS_KEY_ID']}</Message></Error>"
    )

    class Refusing(BaseHTTPRequestHandler):
        def _refuse(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body.encode())

        do_GET = do_HEAD = do_PUT = _refuse  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        try:
            assert said in trouble()
        finally:
            server.shutdown()
            thread.join()


def test_no_credentials_are_told(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "does not let us into" in trouble()


def test_a_missing_library_is_told_with_what_to_install() -> None:
    code = (
        "import sys; sys.modules['s3fs'] = None;"
        "from pipeline.archive.results import FileStore;"
        "from pipeline.errors import EnvironmentProblem as E\n"
        "try: FileStore('s3://bucket/x').get('clean', 'abcd')\n"
        "except E as e: assert 's3fs' in e.advice; print('told')"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert done.stdout == b"told\n"


def test_a_put_that_is_killed_leaves_nothing(s3: str) -> None:
    code = (
        "import os, sys; from aiobotocore.httpsession import AIOHTTPSession as S;"
        "from pipeline.archive.results import FileStore;"
        "S.send = lambda *_: os.kill(os.getpid(), 9);"
        "FileStore(sys.argv[1]).put('clean', 'ab' * 32, b'x')"
    )
    done = subprocess.run([sys.executable, "-c", code, s3], check=False)
    assert done.returncode == -9
    assert not FileStore(s3).has("clean", KEY)


def test_a_worker_on_a_folder_loads_no_library_of_object_stores(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.archive.results import FileStore;"
        "FileStore(Path(sys.argv[1])).put('clean', 'ab' * 32, b'x');"
        "assert not {'fsspec', 's3fs', 'sqlalchemy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
