"""Putting directives: one transaction, one truth, whatever the order of events."""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from models.directive import Citation, Directive
from pipeline.archive import Archive, Filter, writing
from pipeline.errors import ArchiveProblem
from tests.archive.conftest import Place, Put
from tests.archive.strategies import (
    directive,
    failure,
    field,
    full_directive,
    page,
    sha,
    source,
)


def everything(archive: Archive) -> list[str]:
    return [d.model_dump_json(by_alias=True) for d in archive.directives()]


def test_what_was_put_comes_back_whole_with_its_recorded_path(
    archive: Archive, run_id: int
) -> None:
    given = full_directive()
    pages = [page("trang hai", 2), page("trang một", 1)]
    archive.record_source("in/full.pdf", source("full"))
    assert archive.put_directive(given, pages, result_key="k1", run_id=run_id) == "created"
    expected = given.model_copy(
        update={"source": given.source.model_copy(update={"path": "in/full.pdf"})}
    )
    assert archive.get("d-full") == expected
    assert list(archive.directives()) == [expected]
    assert archive.pages("d-full") == [pages[1], pages[0]]
    assert archive.result_key(sha("full")) == "k1"
    assert archive.source(sha("full")) == source("full")


def test_the_same_again_is_unchanged_and_leaves_no_history(
    archive: Archive, run_id: int, place: Place
) -> None:
    archive.record_source("a.pdf", source("full"))
    put = archive.put_directive
    assert put(full_directive(), [page("x")], result_key="k1", run_id=run_id) == "created"
    assert put(full_directive(), [page("x")], result_key="k2", run_id=run_id) == "unchanged"
    assert archive.result_key(sha("full")) == "k2"
    assert len(place.rows("SELECT * FROM history")) == 1


@pytest.mark.parametrize("what", ["record", "pages"])
def test_a_change_replaces_everything_and_keeps_what_was_before(
    archive: Archive, run_id: int, place: Place, what: str
) -> None:
    archive.record_source("a.pdf", source("full"))
    archive.put_directive(
        full_directive(), [page("cũ"), page("x", 2)], result_key="k", run_id=run_id
    )
    new = directive("full", number="7/KH") if what == "record" else full_directive()
    changed = new.model_copy(update={"id": "d-full"})
    assert archive.put_directive(changed, [page("mới")], result_key="k", run_id=run_id) == "changed"
    assert [p.text for p in archive.pages("d-full")] == ["mới"]
    assert archive.search("cu") == []
    assert len(archive.search("moi")) == 1
    assert len(archive.targets()) == (0 if what == "record" else 2)
    history = place.rows("SELECT change, version, before IS NULL FROM history ORDER BY seq")
    assert history == [("created", "0.1.0", True), ("changed", "0.1.0", False)]
    assert not [d for d in archive.verify() if d.kind != "original.missing"]


def test_history_is_never_rewritten(archive: Archive, put: Put, place: Place) -> None:
    put("a")
    statements = ["UPDATE history SET change = 'x'", "DELETE FROM history"]
    if place.dialect == "postgresql":
        statements.append("TRUNCATE history")
    for statement in statements:
        with (
            pytest.raises(ArchiveProblem) as error,
            archive._database.write() as connection,
        ):
            connection.exec_driver_sql(statement)
        assert "never changed" in error.value.detail
    assert place.rows("SELECT change FROM history") == [("created",)]


def test_a_failure_in_the_middle_leaves_nothing(
    archive: Archive, run_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.record_source("a.pdf", source("a"))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(writing, "note", fail)
    with pytest.raises(RuntimeError):
        archive.put_directive(directive("a"), [page("x")], result_key="k", run_id=run_id)
    monkeypatch.undo()
    assert archive.list() == []
    assert archive.counts()["pages"] == 0
    assert archive.search("x") == []


def test_a_directive_needs_its_source(archive: Archive, run_id: int) -> None:
    with pytest.raises(ValueError, match="record_source"):
        archive.put_directive(directive("a"), [], result_key="k", run_id=run_id)


def test_the_export_does_not_depend_on_the_order_of_events(tmp_path: Path) -> None:
    events: list[Callable[[Archive], object]] = [
        lambda a: a.record_source("b/copy.pdf", source("a")),
        lambda a: a.record_source("Z.pdf", source("a")),
        lambda a: a.record_source("ă.pdf", source("a")),
        lambda a: a.record_source("other.pdf", source("b")),
    ]
    seen = set()
    for number, order in enumerate(list(permutations(events))[::5]):
        with Archive.open(tmp_path / str(number), create=True) as archive:
            for event in order:
                event(archive)
            run_id = archive.begin_run("ingest", str(number))
            for name in sorted("ab", reverse=bool(number % 2)):
                archive.put_directive(directive(name), [], result_key="k", run_id=run_id)
            seen.add("\n".join(everything(archive)))
    assert len(seen) == 1
    with Archive.open(tmp_path / "0") as archive:
        first = archive.get("d-a").source
    assert (first.path, first.other_paths) == ("Z.pdf", ("b/copy.pdf", "ă.pdf"))


def test_a_path_with_new_content_leaves_the_old_directive_superseded(
    archive: Archive, put: Put, place: Place
) -> None:
    put("old", path="in/plan.pdf")
    put("new", path="in/plan.pdf")
    superseded = {row.id: row.superseded for row in archive.list()}
    assert superseded == {"d-old": True, "d-new": False}
    assert archive.get("d-old").source.path == "in/plan.pdf"
    assert archive.counts()["superseded"] == 1
    archive.record_source("in/plan.pdf", source("old"))
    assert {row.id: row.superseded for row in archive.list()} == {"d-old": False, "d-new": True}
    changes = place.rows("SELECT directive_id, change FROM history ORDER BY seq")
    assert changes == [
        ("d-old", "created"),
        ("d-old", "superseded"),
        ("d-new", "created"),
        ("d-new", "superseded"),
        ("d-old", "reinstated"),
    ]


def test_an_old_content_with_another_path_is_not_superseded(archive: Archive, put: Put) -> None:
    put("old", path="in/plan.pdf")
    archive.record_source("in/copy.pdf", source("old"))
    put("new", path="in/plan.pdf")
    assert not any(row.superseded for row in archive.list())
    assert archive.get("d-old").source.path == "in/copy.pdf"
    assert archive.get("d-old").source.other_paths == ()


#: As long as a path can be, and nothing that compresses.
LONG = "/".join(sha(str(n)) for n in range(63))


@pytest.mark.parametrize(
    "path", ["a\nb\"'.pdf", "x\udcff.pdf", "\ud800.pdf", "nul\0.pdf", "é\u0301", "", LONG]
)
def test_any_path_can_be_recorded(archive: Archive, run_id: int, path: str) -> None:
    archive.record_source(path, source("a"))
    archive.put_directive(directive("a"), [], result_key="k", run_id=run_id)
    archive.quarantine(path, failure(), sha256=None, run_id=run_id)
    assert archive.get("d-a").source.path == archive.list()[0].path
    assert len(archive.quarantined()) == 1
    archive.release(path)
    assert archive.quarantined() == []


def test_long_names_stay_apart(archive: Archive, put: Put) -> None:
    for end in "xy":
        put(end, path=f"{LONG}{end}{LONG}")
    assert len({row.path for row in archive.list()}) == 2


def test_values_longer_than_an_index_takes_are_kept_whole(archive: Archive, put: Put) -> None:
    endless = field(" ".join(sha(str(number)) for number in range(90)))
    for name in ("number", "serial", "issuer", "parent_issuer", "doc_type", "subject"):
        made = put(name, **{name: endless})
        assert getattr(archive.get(f"d-{name}"), name) == getattr(made, name)
    put("lists", recipients=(endless,), copied_to=(endless,), citations=(Citation(number=endless),))
    assert archive.get("d-lists").recipients == (endless,)
    assert [row.id for row in archive.list(Filter(doc_type=endless.value))] == ["d-doc_type"]


def test_a_nul_character_in_a_text_is_replaced(archive: Archive, put: Put) -> None:
    made = put("a", "một\0hai", number="4\0/KH", subject="ch\0", issuer="\0")
    assert archive.get("d-a").subject == made.subject
    assert archive.list()[0].number == "4\ufffd/KH"
    assert archive.pages("d-a")[0].text == "một\0hai"
    assert [hit.id for hit in archive.search("mot hai")] == ["d-a"]
    assert archive.list(Filter(campaign="\0", finding="\0")) == []
    assert archive.source("\0") is None


def test_a_run_is_noted_with_its_end(archive: Archive, place: Place) -> None:
    run = archive.begin_run("ingest in/", "0.2.0")
    archive.end_run(run, {"created": 3, "quarantined": 1}, "finished")
    command, outcome, counts = place.rows("SELECT command, outcome, counts FROM runs")[0]
    assert (command, outcome, counts) == (
        "ingest in/", "finished", '{"created": 3, "quarantined": 1}',
    )  # fmt: skip


# -- quarantine -----------------------------------------------------------------------------------


def test_a_failure_is_kept_once_a_path_and_counted(archive: Archive, run_id: int) -> None:
    for category in ("timeout", "bad_input"):
        archive.quarantine("b.pdf", failure(category), sha256=sha("b"), run_id=run_id)
    archive.quarantine("a.pdf", failure("encrypted", page=3), sha256=None, run_id=run_id)
    first, second = archive.quarantined()
    assert (first.path, first.failure, first.attempts) == ("a.pdf", failure("encrypted", page=3), 1)
    assert (second.path, second.failure.category, second.attempts) == ("b.pdf", "bad_input", 2)
    assert second.sha256 == sha("b")
    assert [e.path for e in archive.quarantined(["encrypted"])] == ["a.pdf"]
    assert [e.path for e in archive.quarantined(["timeout", "no_space"])] == []


def test_the_file_to_try_again_is_found_from_anywhere(
    archive: Archive, run_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "thư\udcff mục" / "x.pdf"
    archive.quarantine("x.pdf", failure(), sha256=None, run_id=run_id, location=odd)
    monkeypatch.chdir(tmp_path)
    archive.quarantine("y.pdf", failure(), sha256=None, run_id=run_id)
    monkeypatch.chdir("/")
    assert [e.file for e in archive.quarantined()] == [odd, tmp_path / "y.pdf"]


def test_an_archived_file_leaves_quarantine_a_refused_copy_stays(
    archive: Archive, run_id: int, put: Put
) -> None:
    archive.quarantine("in/a.pdf", failure(), sha256=None, run_id=run_id)
    archive.quarantine("copy.pdf", failure(), sha256=sha("a"), run_id=run_id)
    archive.quarantine("b.pdf", failure(), sha256=sha("b"), run_id=run_id)
    put("a")
    assert [e.path for e in archive.quarantined()] == ["b.pdf", "copy.pdf"]


# -- several processes ----------------------------------------------------------------------------

DOCUMENTS = 25


def _write_all(where: str, files: str, version: str, barrier: Any) -> None:
    barrier.wait()
    with Archive.open(where, create=True, files=files) as archive:
        run_id = archive.begin_run("ingest", version)
        for number in range(DOCUMENTS):
            made: Directive = directive(str(number), number=field(f"{number}/LĐLĐ"))
            archive.record_source(f"{number}.pdf", source(str(number)))
            archive.put_directive(made, [page("chữ " * 500)], result_key="k", run_id=run_id)
            archive.files.put("check", f"{number:08d}", b"result")
        archive.end_run(run_id, {}, "finished")


@pytest.mark.slow
def test_processes_that_write_the_same_at_once_make_one_archive(place: Place) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    writers = [
        context.Process(target=_write_all, args=(place.where, str(place.files), str(n), barrier))
        for n in range(3)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with place.open() as archive:
        assert archive.counts()["directives"] == archive.counts()["pages"] == DOCUMENTS
        assert not [d for d in archive.verify() if d.kind != "original.missing"]
    assert place.rows("SELECT count(*) FROM history") == [(DOCUMENTS,)]


def test_a_reader_sees_one_state_while_another_writes(
    archive: Archive, put: Put, place: Place
) -> None:
    for name in "abc":
        put(name)
    with place.open() as reader:
        seen = reader.directives()
        first = next(seen)
        put("d")
        assert [first.id, *(d.id for d in seen)] == ["d-a", "d-b", "d-c"]
        assert len(list(reader.directives())) == 4


KILLED = """
import sys
from pipeline.archive import Archive
from tests.archive.strategies import directive, page, source
with Archive.open(sys.argv[1], create=True, files=sys.argv[2]) as archive:
    run_id = archive.begin_run("ingest", "1")
    for number in range(int(sys.argv[3])):
        print(number, flush=True)
        name = str(number)
        archive.record_source(f"{name}.pdf", source(name))
        pages = [page("chữ " * 300)]
        archive.put_directive(directive(name), pages, result_key="k", run_id=run_id)
        archive.files.put("check", f"{number:08d}", b"result")
"""


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again_it_is_the_same_archive(
    place: Place, tmp_path: Path
) -> None:
    many = 80
    command = [sys.executable, "-c", KILLED]
    here, other = [place.where, str(place.files)], [str(tmp_path / "undisturbed")] * 2
    for put_before, wait in ((0, 0.0), (1, 0.01), (3, 0.003), (many // 2, 0.005)):
        words = [*command, *here, str(many)]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(put_before + 1):
                assert process.stdout.readline()
            time.sleep(wait)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        with place.open() as archive:
            assert {d.kind for d in archive.verify()} <= {"original.missing"}
    for where in (here, other):
        subprocess.run([*command, *where, str(many)], check=True, stdout=subprocess.DEVNULL)
    with place.open() as archive, Archive.open(other[0]) as undisturbed:
        assert everything(archive) == everything(undisturbed)
        assert len(everything(archive)) == many
    assert place.rows("SELECT count(*) FROM history") == [(many,)]
    assert list((place.files / "tmp").iterdir()) == []
