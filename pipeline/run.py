"""Plans a run, wires the stages over worker processes, resumes what was begun.

One process (this one) writes the archive; workers only fill the store of stage results. A run that
is killed at any moment leaves whole results and whole directives, and the next run goes on from
them.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from models.directive import Directive
from models.failure import Failure
from models.finding import Finding
from models.lexicon import Lexicon
from models.source import SourceDocument
from models.text import Edit, PageText
from pipeline import __version__, repair, steps
from pipeline.archive import Archive, FileStore, Filter
from pipeline.archive.paths import stored_name
from pipeline.compare import as_compared_before, compare
from pipeline.errors import (
    InputError,
    InternalFailure,
    NotFound,
    RunStopped,
    VanthuError,
)
from pipeline.ingest import Found, Skipped, discover, read_text
from pipeline.plan import Plan
from pipeline.pool import WorkerPool
from pipeline.publish import Event, ExportItem
from pipeline.pulse import Pulse
from pipeline.report import Observer, Outcome, Report
from pipeline.reviewing import Guided
from pipeline.settings import CustodySettings, Settings
from pipeline.settle import is_settled, note_settled, settle, with_names

#: Tasks handed out ahead, for each worker: enough that none waits, few enough to stop quickly.
_AHEAD = 3
#: Failures that tell of the machine rather than of the file.
_MACHINE = frozenset({"engine_failure", "internal", "out_of_memory"})


@dataclass
class _Document:
    """A file on its way: every name of it in this run, and what is still to be done."""

    source: SourceDocument
    files: list[Found]
    waiting: set[int] = field(default_factory=set)
    failed: bool = False


@dataclass(frozen=True)
class _Job:
    """What a future in flight stands for."""

    kind: Literal["examine", "page", "assemble"]
    file: Found | None = None
    document: _Document | None = None
    page: int = 0


def ingest(
    paths: Sequence[str | Path],
    archive: Archive,
    settings: Settings,
    observer: Observer | None = None,
    *,
    jobs: int | None = None,
    names: Mapping[Path, str] | None = None,
) -> Report:
    """Bring everything under ``paths`` into the archive.

    ``names`` are those under which some files (absolute paths) are known, where they lie under
    others.

    :raises RunStopped: where the machine, not the files, seems to be broken
    :raises EnvironmentProblem: where an engine that is needed is missing
    :raises NoSpace: where the disk is full
    """
    items = list(discover(paths, settings.limits, leave_out=archive.folders))
    known = names or {}
    found = [
        Found(item.path, known.get(item.path.absolute(), item.shown))
        for item in items
        if isinstance(item, Found)
    ]
    skipped = [item for item in items if isinstance(item, Skipped)]
    return _run(found, skipped, archive, settings, observer or Observer(), jobs, "ingest")


def retry(
    archive: Archive,
    settings: Settings,
    categories: Sequence[str] = (),
    observer: Observer | None = None,
    *,
    jobs: int | None = None,
    files: Sequence[str] = (),
) -> Report:
    """Try again what is in quarantine: all of it, some categories, or ``files`` by their names.

    :raises NotFound: where one of ``files`` is not in quarantine
    """
    entries = archive.quarantined(categories)
    if files:
        wanted = {stored_name(name) for name in files}
        entries = [entry for entry in entries if entry.path in wanted]
        missing = wanted - {entry.path for entry in entries}
        if missing:
            raise NotFound(
                f"{min(missing)!r} is not in quarantine.",
                advice="'vanthu quarantine' lists what is.",
            )
    found = [Found(path=entry.file, shown=entry.path) for entry in entries]
    return _run(found, [], archive, settings, observer or Observer(), jobs, "retry")


def read_document(
    path: Path, settings: Settings, *, jobs: int | None = None
) -> tuple[SourceDocument, list[PageText]]:
    """Read one file without an archive.

    :raises InputError: where it cannot be read
    """
    with tempfile.TemporaryDirectory(prefix="vanthu-") as folder:
        root = Path(folder)
        plan = Plan.of(settings)
        with _workers(plan, root, settings, jobs) as pool:
            limits = settings.limits
            source: SourceDocument = pool.submit(
                steps.examine_file, path.absolute(), timeout_seconds=limits.examine_seconds
            ).result()
            if any(page.kind == "scan" for page in source.pages):
                plan = plan.with_engine()
            futures = [
                pool.submit(
                    steps.read_page, plan, source, p.number, timeout_seconds=limits.page_seconds
                )
                for p in source.pages
            ]
            for future in futures:
                future.result()
            return source, steps.stored_pages(FileStore(root), plan, source)


def export_items(
    archive: Archive, chosen: Filter | None, custody: CustodySettings | None = None
) -> Iterator[ExportItem]:
    """The documents that ``chosen`` names, with all that their page forms are made of."""
    # Ids first: while directives() is open the connection can begin no second transaction.
    for id_ in [directive.id for directive in archive.directives(chosen)]:
        directive = archive.get(id_)
        source = archive.source(directive.source.sha256)
        if source is not None:
            seen, changes = archive.provenance(id_)
            with archive.files.original(source.sha256) as original:
                yield ExportItem(
                    directive,
                    source,
                    archive.pages(id_),
                    original,
                    first_seen=seen,
                    events=[Event(c.at, c.change, c.actor, c.version) for c in changes],
                    custody=custody or CustodySettings(),
                )


def repair_text(
    content: bytes, settings: Settings
) -> tuple[list[str], list[Edit], tuple[Finding, ...]]:
    """A text repaired line for line, with every edit, and what was found when it was decoded.

    :raises InputError: where the bytes are no text
    """
    decoded = read_text(content)
    lines, edits = repair.load(settings.repair).repair_lines(decoded.text.split("\n"))
    return lines, edits, decoded.findings


def _run(
    found: list[Found],
    skipped: list[Skipped],
    archive: Archive,
    settings: Settings,
    observer: Observer,
    jobs: int | None,
    command: str,
) -> Report:
    started = time.monotonic()
    archive.guidance = Guided(settings)
    run_id = archive.begin_run(command, __version__)
    outcome = "killed"
    report = Report(files=len(found))
    pulse = Pulse(archive, run_id, report)
    try:
        plan = Plan.of(settings)
        with (
            _interrupts() as check,
            pulse,
            _workers(plan, archive.files.location, settings, jobs, archive.learned()) as pool,
        ):
            runner = _Runner(archive, plan, pool, observer, run_id, report, _jobs(settings, jobs))
            observer.planned(len(found))
            for item in skipped:
                runner.skip(item)
            runner.work(found, check)
            if not is_settled(archive, runner.plan):
                runner.settle()
                report.to_review += len(compare(archive, run_id))
                note_settled(archive, runner.plan)
        outcome = "finished"
    except VanthuError as error:
        outcome = f"stopped: {error.reason}"
        raise
    except KeyboardInterrupt:
        outcome = "interrupted"
        raise
    finally:
        report.seconds = time.monotonic() - started
        archive.end_run(run_id, pulse.counts, outcome)
    return report


@contextmanager
def _interrupts() -> Iterator[Callable[[], None]]:
    """Notes an interrupt besides raising it; the function that it yields raises it once more.

    Python drops an exception that is raised inside a finaliser or a callback from C.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield lambda: None
        return
    noted = threading.Event()

    def note(*_: object) -> None:
        noted.set()
        raise KeyboardInterrupt

    def check() -> None:
        if noted.is_set():
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, note)
    try:
        yield check
        check()
    finally:
        signal.signal(signal.SIGINT, before)


def _jobs(settings: Settings, jobs: int | None) -> int:
    return jobs or settings.run.jobs or len(os.sched_getaffinity(0))


@contextmanager
def _workers(
    plan: Plan,
    files: str | Path,
    settings: Settings,
    jobs: int | None,
    lexicon: Lexicon | None = None,
) -> Iterator[WorkerPool]:
    pool = WorkerPool(
        _jobs(settings, jobs),
        memory_megabytes=settings.limits.worker_memory_megabytes,
        initializer=steps.start_worker,
        initargs=(plan, files, lexicon),
    )
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    else:
        pool.shutdown(wait=True)


class _Runner:
    """The state of one run: what is waiting, what is in flight, what came of it."""

    def __init__(
        self,
        archive: Archive,
        plan: Plan,
        pool: WorkerPool,
        observer: Observer,
        run_id: int,
        report: Report,
        jobs: int,
    ) -> None:
        self.archive = archive
        self.settings = plan.settings
        self.pool = pool
        self.observer = observer
        self.run_id = run_id
        self.report = report
        self.plan = plan
        self._room = jobs * _AHEAD
        self._in_flight: dict[Future[Any], _Job] = {}
        self._ready: deque[_Job] = deque()
        self._documents: dict[str, _Document] = {}
        self._to_review: dict[str, bool] = {}
        self._recent: deque[bool] = deque(
            maxlen=max(20, 2 * plan.settings.run.breaker_min_failures)
        )

    def work(self, files: Iterable[Found], check: Callable[[], None]) -> None:
        """Until every file is archived or in quarantine; ``check`` raises where it must end."""
        fresh = iter(files)
        more = True
        while True:
            while more and len(self._in_flight) + len(self._ready) < self._room:
                file = next(fresh, None)
                if file is None:
                    more = False
                else:
                    self._ready.append(_Job("examine", file=file))
            while self._ready and len(self._in_flight) < self._room:
                self._submit(self._ready.popleft())
            if not self._in_flight:
                return
            done, _ = wait(self._in_flight, return_when=FIRST_COMPLETED)
            check()
            for future in done:
                self._settle(self._in_flight.pop(future), future)

    def settle(self) -> None:
        """What documents tell of each other, once all of them are there."""
        for directive in settle(self.archive, self.plan, self.run_id):
            before = self._to_review.get(directive.id)
            if before is not None:
                self.report.to_review += bool(directive.review.reasons) - before

    def skip(self, item: Skipped) -> None:
        """Note what discovery left out."""
        self._finish(item.shown, "ignored" if item.ignored else "skipped", item.reason)

    def _submit(self, job: _Job) -> None:
        limits = self.settings.limits
        if job.kind == "examine" and job.file is not None:
            future = self.pool.submit(
                steps.examine_file, job.file.path, timeout_seconds=limits.examine_seconds
            )
        elif job.kind == "page" and job.document is not None:
            if job.document.failed:
                return
            future = self.pool.submit(
                steps.read_page,
                self.plan,
                job.document.source,
                job.page,
                timeout_seconds=limits.page_seconds,
            )
        elif job.document is not None:
            future = self.pool.submit(
                steps.assemble,
                self.plan,
                job.document.source,
                timeout_seconds=limits.document_seconds,
            )
        self._in_flight[future] = job

    def _settle(self, job: _Job, future: Future[Any]) -> None:
        try:
            value = future.result()
        except InputError as error:
            self._failed(job, error)
            return
        self._recent.append(False)
        if job.kind == "examine" and job.file is not None:
            self._examined(job.file, value)
        elif job.kind == "page" and job.document is not None:
            self._page_read(job.document, job.page)
        elif job.document is not None:
            self._assembled(job.document)

    def _examined(self, file: Found, source: SourceDocument) -> None:
        """A file is known: the same content may be on its way, or done, already."""
        under_way = self._documents.get(source.sha256)
        if under_way is not None:
            under_way.files.append(file)
            return
        if not self.plan.engine and any(page.kind == "scan" for page in source.pages):
            self.plan = self.plan.with_engine()
        document = _Document(source=source, files=[file])
        self._documents[source.sha256] = document
        if self.archive.result_key(source.sha256) == self.plan.check(source):
            self._record(document)
            self._close(document, "unchanged")
            return
        files = self.archive.files
        document.waiting = {
            page.number
            for page in source.pages
            if not files.has("repair", self.plan.repair(source, page))
        }
        if document.waiting:
            self.report.pages += len(document.waiting)
            self.observer.pages(len(document.waiting))
            # In front: pages of a begun document before new files, so that documents get done.
            self._ready.extendleft(
                _Job("page", document=document, page=n)
                for n in sorted(document.waiting, reverse=True)
            )
        else:
            self._ready.appendleft(_Job("assemble", document=document))

    def _page_read(self, document: _Document, page: int) -> None:
        self.report.pages_read += 1
        self.observer.page_done()
        document.waiting.discard(page)
        if not document.waiting and not document.failed:
            self._ready.appendleft(_Job("assemble", document=document))

    def _assembled(self, document: _Document) -> None:
        files, source = self.archive.files, document.source
        key = self.plan.check(source)
        stored = files.get("check", key)
        if stored is None:
            raise InternalFailure("The stored directive is gone.").blamed("check")
        names = [file.shown for file in document.files]
        directive = with_names(
            self.archive, self.plan, source, names
        ) or Directive.model_validate_json(stored)
        directive = as_compared_before(self.archive, directive)
        pages = steps.stored_pages(files, self.plan, source)
        self._record(document)
        outcome = self.archive.put_directive(directive, pages, result_key=key, run_id=self.run_id)
        self._to_review[directive.id] = bool(directive.review.reasons)
        self.report.to_review += self._to_review[directive.id]
        self._close(document, outcome)

    def _record(self, document: _Document) -> None:
        for file in document.files:
            self.archive.record_source(file.shown, document.source, location=file.path.absolute())

    def _close(self, document: _Document, outcome: Outcome) -> None:
        for file in document.files:
            self.archive.release(file.shown)
            self._finish(file.shown, outcome, "")
        # Later names of the same content find it done in the archive.
        del self._documents[document.source.sha256]

    def _failed(self, job: _Job, error: InputError) -> None:
        self._recent.append(error.category in _MACHINE)
        if job.kind == "examine" and job.file is not None:
            self._quarantine([job.file], error.as_failure("ingest"), error.sha256)
        elif job.document is not None and not job.document.failed:
            document = job.document
            document.failed = True
            error.blamed("recognise" if job.kind == "page" else "extract", job.page or None)
            self._quarantine(document.files, error.as_failure(), document.source.sha256)
            del self._documents[document.source.sha256]
        self._look_at_breaker(error)

    def _quarantine(self, files: list[Found], failure: Failure, sha256: str | None) -> None:
        for file in files:
            self.archive.quarantine(
                file.shown,
                failure,
                sha256=sha256,
                run_id=self.run_id,
                location=file.path.absolute(),
            )
            self._finish(file.shown, "quarantined", failure.reason)

    def _look_at_breaker(self, error: InputError) -> None:
        rules = self.settings.run
        failures = sum(self._recent)
        if failures >= rules.breaker_min_failures and (
            failures / len(self._recent) >= rules.breaker_share
        ):
            raise RunStopped(
                f"{failures} of the last {len(self._recent)} tasks failed in the same way: "
                f"{error.reason}",
                detail=error.detail,
            )

    def _finish(self, shown: str, outcome: Outcome, reason: str) -> None:
        self.report.outcomes[outcome] += 1
        if outcome in ("quarantined", "skipped"):
            self.report.left_out.append((shown, reason))
        self.observer.file_done(shown, outcome, reason)


__all__ = [
    "Observer",
    "Outcome",
    "Report",
    "export_items",
    "ingest",
    "read_document",
    "repair_text",
    "retry",
]
