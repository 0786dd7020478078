"""The feed: nothing missed, nothing twice, whatever happens between two pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models.directive import Citation, Directive
from pipeline.archive import Archive
from pipeline.errors import UsageProblem
from tests.archive.conftest import Put
from tests.archive.strategies import directive, field, page, source


def read_all(archive: Archive, since: str | None = None, limit: int = 100) -> list[tuple[str, str]]:
    found = []
    while True:
        read = archive.changes(since, limit)
        found += [(row.change, row.id) for row in read.changes]
        since = read.cursor
        if not read.more:
            return found


def test_the_first_page_is_everything_that_is_there(archive: Archive, put: Put) -> None:
    for name in "abc":
        put(name)
    put("d", path="in/a.pdf")  # the file of "a" has other content now
    read = archive.changes()
    assert [(row.change, row.id) for row in read.changes] == [
        ("created", "d-b"), ("created", "d-c"), ("created", "d-d"),
    ]  # fmt: skip
    assert not read.more
    assert [row.directive for row in read.changes] == [archive.get(f"d-{n}") for n in "bcd"]
    assert archive.changes(read.cursor).changes == ()


def test_a_reader_is_told_of_each_kind_of_change_once(archive: Archive, put: Put) -> None:
    for name in "abcd":
        put(name)
    cursor = archive.changes().cursor
    put("a", subject="mới")
    put("a", subject="mới hơn")
    put("new", path="in/b.pdf")
    archive.record_source("copy/c.pdf", source("c"))
    archive.record_source("copy/c.pdf", source("c"))
    read = archive.changes(cursor)
    assert [(row.change, row.id) for row in read.changes] == [
        ("changed", "d-a"), ("withdrawn", "d-b"), ("created", "d-new"), ("changed", "d-c"),
    ]  # fmt: skip
    by_id = {row.id: row.directive for row in read.changes}
    assert by_id["d-b"] is None
    assert by_id["d-a"] is not None
    assert by_id["d-a"].subject.value == "mới hơn"
    assert by_id["d-c"] is not None
    assert by_id["d-c"].source.other_paths == ("in/c.pdf",)
    archive.record_source("in/b.pdf", source("b"))
    assert read_all(archive, read.cursor) == [("withdrawn", "d-new"), ("created", "d-b")]
    # For who stopped before, the one that went and came again was there all the time.
    assert ("changed", "d-b") in read_all(archive, cursor)


def test_pages_of_any_size_hold_the_same_changes(archive: Archive, put: Put) -> None:
    for name in "abcdefg":
        put(name)
    whole = read_all(archive)
    assert len(whole) == 7
    for limit in (1, 2, 3, 7, 8):
        assert read_all(archive, limit=limit) == whole
    assert archive.changes(None, 7).more is False
    with pytest.raises(UsageProblem):
        archive.changes(None, 0)


def test_lines_are_the_records_to_the_byte(archive: Archive, put: Put, run_id: int) -> None:
    odd = 'x"\\\n\t\x07 \x7f ệ \u2028 "resolved_id":null "path":"" "other_paths":[]'
    put("cited", number="3259/CTr-TLĐ", issued="2021-09-01",
        issuer="Tổng Liên đoàn Lao động Việt Nam")  # fmt: skip
    cites = Citation(number=field("3259/CTr-TLĐ"), issued=field("2021-09-01"))
    put("a", subject=odd, citations=(Citation(title=field(odd)), cites, cites), path=odd)
    archive.record_source("b" + odd, source("a"))
    archive.record_source("c.pdf", source("a"))
    records, lines = archive.changes().changes, archive.changes_json().changes
    assert len(records) == 2
    for row, line in zip(records, lines, strict=True):
        assert row.directive is not None
        assert line.directive == row.directive.model_dump_json(by_alias=True)
        assert (line.cursor, line.id, line.change, line.at) == (
            row.cursor, row.id, row.change, row.at,
        )  # fmt: skip
    resolved = [c.resolved_id for c in archive.get("d-a").citations]
    assert resolved == [None, "d-cited", "d-cited"]


@pytest.mark.parametrize("cursor", ["", "x", "AQ", "ệ", "A" * 40, "====", "\0", "a b"])
def test_what_is_no_cursor_is_refused(archive: Archive, cursor: str) -> None:
    with pytest.raises(UsageProblem, match="not a cursor"):
        archive.changes(cursor)


def test_a_cursor_with_a_slip_is_refused(archive: Archive, put: Put) -> None:
    put("a")
    cursor = archive.changes().cursor
    for at in range(len(cursor) - 1):
        slipped = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        with pytest.raises(UsageProblem):
            archive.changes(slipped)
    assert archive.changes(f" {cursor}\n").changes == ()


def test_a_cursor_of_another_archive_is_refused(archive: Archive, put: Put, tmp_path: Path) -> None:
    put("a")
    with Archive.open(tmp_path / "other", create=True) as other:
        cursor = other.changes().cursor
        assert other.changes(cursor).changes == ()
    with pytest.raises(UsageProblem, match="another archive"):
        archive.changes(cursor)


def test_a_cursor_from_before_a_new_id_goes_on_where_it_was(archive: Archive, put: Put) -> None:
    """As after a restore; of what a restored archive has lost, test_backup tells."""
    put("a")
    cursor = archive.changes().cursor
    archive.renew_id()
    assert archive.changes(cursor).changes == ()
    put("b")
    assert [row.id for row in archive.changes(cursor).changes] == ["d-b"]


# -- any order of events --------------------------------------------------------------------------

NAMES = st.sampled_from("abcd")
PATHS = st.sampled_from(["p", "q", "r"])
#: The symbol implies the issuer, so that one document can cite another.
_NUMBERS = {"a": "1/KH-TLĐ", "b": "1/HD-TLĐ", "c": "1/TB-TLĐ", "d": "1/BC-TLĐ"}


@contextmanager
def new_archive() -> Iterator[Archive]:
    with TemporaryDirectory() as folder, Archive.open(f"{folder}/a", create=True) as archive:
        yield archive


class Replay(RuleBasedStateMachine):
    """Readers that stop and go on at will, while documents come, change, go and cite each other."""

    @initialize()
    def begin(self) -> None:
        self.holder = new_archive()
        self.archive = self.holder.__enter__()
        self.run_id = self.archive.begin_run("ingest", "1")
        #: Cursor, what the reader knows, whether that is all that there was.
        self.readers: list[tuple[str | None, dict[str, str], bool]] = [(None, {}, True)] * 2

    def teardown(self) -> None:
        if hasattr(self, "holder"):
            self.holder.__exit__(None, None, None)

    @rule(name=NAMES, path=PATHS)
    def see(self, name: str, path: str) -> None:
        self.archive.record_source(path, source(name))

    @rule(name=NAMES, path=PATHS, subject=st.sampled_from("xy"), day=st.integers(1, 2),
          cites=st.none() | NAMES)  # fmt: skip
    def put(self, name: str, path: str, subject: str, day: int, cites: str | None) -> None:
        cited: Any = ()
        if cites is not None:
            cited = (Citation(number=field(_NUMBERS[cites]), issued=field("2021-09-01")),)
        made = directive(
            name, subject=subject, citations=cited, number=_NUMBERS[name],
            issued=f"2021-09-0{day}", issuer="Tổng Liên đoàn Lao động Việt Nam",
        )  # fmt: skip
        self.archive.record_source(path, source(name))
        self.archive.put_directive(made, [page("x")], result_key="k", run_id=self.run_id)

    @rule(limit=st.integers(1, 3), reader=st.integers(0, 1))
    def read(self, limit: int, reader: int) -> None:
        since, before, complete = self.readers[reader]
        known = dict(before)
        read = self.archive.changes_json(since, limit)
        assert len({line.id for line in read.changes}) == len(read.changes) <= limit
        for line in read.changes:
            if line.directive is None:
                assert line.change == "withdrawn"
                known.pop(line.id, None)
            else:
                assert line.change in ("created", "changed")
                if complete:  # nothing can have moved past this reader
                    assert line.change == ("changed" if line.id in before else "created")
                known[line.id] = line.directive
        self.readers[reader] = (read.cursor, known, not read.more)

    @invariant()
    def reading_on_to_the_end_gives_what_the_archive_has(self) -> None:
        if not hasattr(self, "readers"):
            return
        live = [row.id for row in self.archive.list() if not row.superseded]
        expected = {id_: _json(self.archive.get(id_)) for id_ in live}
        for since, known, _ in self.readers:
            state = dict(known)
            more = True
            while more:
                read = self.archive.changes_json(since, 2)
                for line in read.changes:
                    if line.directive is None:
                        state.pop(line.id, None)
                    else:
                        state[line.id] = line.directive
                since, more = read.cursor, read.more
            assert state == expected
            assert self.archive.changes_json(since).changes == ()


def _json(record: Directive) -> str:
    return record.model_dump_json(by_alias=True)


Replay.TestCase.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
TestReplay = pytest.mark.slow(Replay.TestCase)


def test_the_order_of_the_feed_is_that_of_the_history(archive: Archive, put: Put) -> None:
    for name in "abc":
        put(name)
    put("a", subject="mới")
    rows = archive.changes().changes
    assert [row.id for row in rows] == ["d-b", "d-c", "d-a"]
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert json.loads(archive.changes_json().changes[0].directive or "")["id"] == "d-b"
