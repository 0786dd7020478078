"""What a run will look at: everything is found once, or left out with its reason."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import Found, Skipped, discover, shown
from pipeline.settings import Limits


def found(*paths: Path) -> list[str]:
    return [i.path.name for i in discover(paths, Limits()) if isinstance(i, Found)]


def skipped(*paths: Path) -> dict[str, str]:
    return {i.shown: i.reason for i in discover(paths, Limits()) if isinstance(i, Skipped)}


def test_folders_are_walked_in_a_stable_order(tmp_path: Path) -> None:
    for name in ("b/2.pdf", "a/1.pdf", "c.pdf", "a/x/0.pdf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert found(tmp_path) == ["1.pdf", "0.pdf", "2.pdf", "c.pdf"]


def test_a_file_named_twice_is_found_once(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"x")
    assert found(file, tmp_path / "." / "a.pdf") == ["a.pdf"]


def test_hidden_and_system_files_are_ignored_not_lost(tmp_path: Path) -> None:
    for name in (".hidden", "Thumbs.db", "good.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert found(tmp_path) == ["good.txt"]
    assert all(i.ignored for i in discover([tmp_path], Limits()) if isinstance(i, Skipped))


def test_the_archive_itself_is_not_walked_into(tmp_path: Path) -> None:
    (tmp_path / "archive" / "originals").mkdir(parents=True)
    (tmp_path / "archive" / "originals" / "x.txt").write_text("x")
    (tmp_path / "a.txt").write_text("x")
    items = discover(
        [tmp_path], Limits(), leave_out=[tmp_path / "archive", tmp_path / "not made yet"]
    )
    assert [i.shown for i in items] == [str(tmp_path / "a.txt")]


def test_data_files_beside_documents_are_ignored_unless_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    assert found(tmp_path) == []
    assert found(tmp_path / "a.json") == ["a.json"]


def test_loops_of_links_end_with_their_reason(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a.txt").write_text("x")
    assert found(tmp_path) == ["a.txt"]
    reasons = skipped(tmp_path)
    assert "loop" in reasons[str(tmp_path / "self")]
    assert "link to a folder" in reasons[str(tmp_path / "up")]


def test_pipes_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    assert found(tmp_path) == []
    assert "named pipe" in skipped(tmp_path)[str(tmp_path / "pipe.pdf")]


def test_what_does_not_exist_is_said(tmp_path: Path) -> None:
    assert skipped(tmp_path / "no.pdf") == {str(tmp_path / "no.pdf"): "does not exist"}


def test_nesting_is_limited(tmp_path: Path) -> None:
    deep = tmp_path / "1" / "2" / "3"
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text("x")
    items = list(discover([tmp_path], Limits(folder_depth=2)))
    assert [i.reason for i in items if isinstance(i, Skipped)] == [
        "folders are nested deeper than 2"
    ]


def test_patterns_are_expanded(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text("x")
    (tmp_path / "2.md").write_text("x")
    assert found(tmp_path / "*.txt") == ["1.txt"]


def test_a_name_that_looks_like_a_pattern_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_text("x")
    assert found(tmp_path / "a[1].txt") == ["a[1].txt"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("120_LĐLĐ.pdf", "120_LĐLĐ.pdf"),
        ("two\nlines", "two\\nlines"),
        ('quote".pdf', 'quote".pdf'),
        (os.fsdecode(b"latin\xe9"), "latin\\xe9"),
        ("back\\slash", "back\\slash"),
        ("back\\slash\n", "back\\\\slash\\n"),
    ],
)
def test_names_are_shown_printable(name: str, expected: str) -> None:
    assert shown(name) == expected


@given(st.text(), st.text())
def test_shown_names_are_printable_and_distinct(one: str, other: str) -> None:
    assert shown(one).isprintable()
    if one != other and not one.isprintable() and not other.isprintable():
        assert shown(one) != shown(other)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to drop rights")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    """Run as 'nobody', because root may read everything."""
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o000)
    for parent in [tmp_path, *tmp_path.parents]:
        if parent == Path(tempfile.gettempdir()):
            break
        parent.chmod(0o755)
    code = (
        "import os, sys; os.setgid(65534); os.setuid(65534)\n"
        "from pipeline.ingest import discover\nfrom pipeline.settings import Limits\n"
        "print([i.reason for i in discover([sys.argv[1]], Limits())])"
    )
    done = subprocess.run(
        [sys.executable, "-c", "import pipeline.ingest, pipeline.settings\n" + code, tmp_path],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "permission denied" in done.stdout
