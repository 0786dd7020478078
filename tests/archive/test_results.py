"""The files of an archive survive whatever stops the process that writes them."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive.results import FileStore, pack
from pipeline.errors import ArchiveProblem, NoSpace, TooLarge, UnreadableFile

KEY = "ab" * 32


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """In a folder; what holds for object stores too is in test_stores.py."""
    return FileStore(tmp_path / "archive")


def files_below(root: Path) -> list[str]:
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


@given(data=st.binary(max_size=4096), magic=st.sampled_from([b"", b"\x89PNG", b"\xff\xd8\xff"]))
def test_what_was_put_is_got(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, magic: bytes
) -> None:
    store = FileStore(tmp_path_factory.getbasetemp() / "round-trip")
    store.put("recognise", KEY, magic + data)
    assert store.get("recognise", KEY) == magic + data


def test_a_store_touches_nothing_until_it_is_used(store: FileStore) -> None:
    assert not store.has("clean", KEY)
    assert store.get("clean", KEY) is None
    assert not store.root.exists()


def test_equal_results_are_equal_bytes_whenever_they_are_written(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("clean", KEY, b"x" * 100)
    before = store.result_path("clean", KEY).read_bytes()
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    store.put("clean", KEY, b"x" * 100)
    assert store.result_path("clean", KEY).read_bytes() == before


@pytest.mark.parametrize(
    ("stage", "key"),
    [
        ("../x", KEY), ("Clean", KEY), ("", KEY), ("a/b", KEY), ("clean", "../../etc/passwd"),
        ("clean", "ab/cd"), ("clean", ""), ("clean", "ABCDEF"), ("clean", "abcd\n"),
        ("clean", "a" * 129), ("clean\n", KEY), ("clean", "abc\0"),
    ],
)  # fmt: skip
def test_a_name_that_could_leave_its_folder_is_refused(
    store: FileStore, stage: str, key: str
) -> None:
    for call in (store.has, store.get, lambda s, k: store.put(s, k, b"")):
        with pytest.raises(ValueError, match="not"):
            call(stage, key)


@pytest.mark.parametrize("sha256", ["..", "a" * 63, "A" * 64, "a" * 64 + "\n", "../" + "a" * 61])
def test_an_original_has_a_hash_for_a_name(store: FileStore, sha256: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        store.original_path(sha256)


def test_a_result_cut_anywhere_counts_as_missing_and_goes(store: FileStore) -> None:
    whole = pack(b"the result of a stage" * 20)
    path = store.result_path("repair", KEY)
    path.parent.mkdir(parents=True)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert store.get("repair", KEY) is None, length
        assert not path.exists()


def test_a_result_with_a_flipped_bit_is_not_returned(store: FileStore) -> None:
    store.put("repair", KEY, b"the result of a stage" * 20)
    path = store.result_path("repair", KEY)
    whole = path.read_bytes()
    for at in range(10, len(whole)):  # the header's time and system are no part of the content
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert store.get("repair", KEY) in (None, b"the result of a stage" * 20)


def test_putting_mends_a_damaged_result(store: FileStore) -> None:
    store.put("repair", KEY, b"good")
    store.result_path("repair", KEY).write_bytes(b"bad")
    store.put("repair", KEY, b"good")
    assert store.get("repair", KEY) == b"good"


KILLED = """
import os, sys
from pathlib import Path
from pipeline.archive.results import FileStore
store = FileStore(Path(sys.argv[1]))
os.replace = lambda *_: os.kill(os.getpid(), 9)
if sys.argv[2] == "result":
    store.put("repair", "ab" * 32, b"never finished")
else:
    store.put_original(Path(sys.argv[3]), max_bytes=1000)
"""


@pytest.mark.parametrize("what", ["result", "original"])
def test_a_kill_before_the_rename_leaves_nothing_but_a_leftover_that_goes(
    store: FileStore, tmp_path: Path, what: str
) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"content")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(store.root), what, str(scan)], check=False
    )
    assert done.returncode == -9
    assert not store.has("repair", KEY)
    assert not (store.root / "originals").exists() or not files_below(store.root / "originals")
    assert len(list((store.root / "tmp").iterdir())) == 1
    assert store.remove_leftovers() == 1
    assert not list((store.root / "tmp").iterdir())


def test_leftovers_of_the_living_and_of_other_hosts_are_left_alone(store: FileStore) -> None:
    foreign = "f" * 12 + "-1-" + "a" * 16
    with store.scratch() as mine:
        (store.root / "tmp" / foreign).write_bytes(b"")
        assert store.remove_leftovers() == 0
        assert mine.is_dir()
        long_ago = time.time() - 3600 * 48
        os.utime(store.root / "tmp" / foreign, (long_ago, long_ago))
        assert store.remove_leftovers() == 1
        assert mine.is_dir()
    assert not mine.exists()


def test_scratch_goes_when_its_user_fails(store: FileStore) -> None:
    def use() -> NoReturn:
        with store.scratch() as folder:
            (folder / "page.png").write_bytes(b"x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        use()
    assert not list((store.root / "tmp").iterdir())


@pytest.mark.parametrize("as_path", [True, False])
def test_an_original_is_kept_under_its_hash_and_cannot_be_written(
    store: FileStore, tmp_path: Path, as_path: bool
) -> None:
    content = b"%PDF" + b"x" * 3_000_000
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(content)
    given_as = scan if as_path else io.BytesIO(content)
    digest, size = store.put_original(given_as, max_bytes=len(content))
    assert (digest, size) == (hashlib.sha256(content).hexdigest(), len(content))
    kept = store.original_path(digest)
    assert kept.read_bytes() == content
    assert kept.stat().st_mode & 0o777 == 0o444
    assert not list((store.root / "tmp").iterdir())


def test_an_original_that_is_kept_already_is_not_copied_again(
    store: FileStore, tmp_path: Path
) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"content")
    digest, _ = store.put_original(scan, max_bytes=100)
    before = store.original_path(digest).stat()
    assert store.put_original(scan, max_bytes=100) == (digest, 7)
    assert store.original_path(digest).stat().st_ino == before.st_ino


def test_an_original_cut_short_is_replaced(store: FileStore, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"content")
    digest, _ = store.put_original(scan, max_bytes=100)
    kept = store.original_path(digest)
    kept.chmod(0o644)
    kept.write_bytes(b"con")
    store.put_original(scan, max_bytes=100)
    assert kept.read_bytes() == b"content"


@pytest.mark.parametrize("as_path", [True, False])
def test_an_original_past_the_limit_is_refused_without_a_trace(
    store: FileStore, tmp_path: Path, as_path: bool
) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"12345678901")
    with pytest.raises(TooLarge):
        store.put_original(scan if as_path else io.BytesIO(b"12345678901"), max_bytes=10)
    assert not store.root.exists() or files_below(store.root) == []


def test_a_file_that_cannot_be_read_is_told_from_a_full_disk(
    store: FileStore, tmp_path: Path
) -> None:
    for missing in (tmp_path / "gone.pdf", tmp_path):
        with pytest.raises(UnreadableFile):
            store.put_original(missing, max_bytes=10)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, NoSpace), (errno.EDQUOT, NoSpace), (errno.EROFS, ArchiveProblem)],
)
def test_the_disk_s_errors_are_told_with_advice(
    store: FileStore, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception]
) -> None:
    def fail(*_: Any) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(expected):
        store.put("repair", KEY, b"x")
    with pytest.raises(expected):
        store.put_original(io.BytesIO(b"x"), max_bytes=10)
    assert not store.has("repair", KEY)
    monkeypatch.undo()
    assert files_below(store.root) == []


def test_workers_need_no_database() -> None:
    code = "import sys, pipeline.archive.results; assert 'sqlalchemy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
