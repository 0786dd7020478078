"""Taking files in for the server: batches on disk, and one run at a time that ingests them.

Each run is a process of its own (``vanthu ingest``, ``vanthu retry``): a browser that leaves, or a
run that dies, touches neither the other. A batch stays on disk until the archive has its files, so
the next server goes on with what this one left.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from pipeline.archive import Archive, failed, paths, runs
from pipeline.errors import ExitCode, NotFound, VanthuError
from pipeline.incoming import Batch, Incoming, Receiving, Upload, why_refused
from pipeline.serve.intake import Job, Refused, Retried, UploadLimits
from pipeline.serve.ports import Blob
from pipeline.serve.problems import log
from pipeline.serving_jobs import END_SECONDS, Work, end, last_words, now, started
from pipeline.settings import Settings

#: What a run ends with when all its files are archived or in quarantine.
_DONE: Final = frozenset({ExitCode.OK, ExitCode.LEFT_OUT})
#: A batch that nobody sends to any more is ingested as it is.
_ABANDONED_SECONDS: Final = 900.0
_LOOK_SECONDS: Final = 30.0
_FAILED_KEPT: Final = 20


class Taking:
    """Keeps the promises of :class:`pipeline.serve.intake.Intake` for one archive.

    :param where: the archive as it was named to this process (with its password, if it has one)
    """

    def __init__(self, archive: Archive, settings: Settings, where: str) -> None:
        own = settings.serve
        self.limits = UploadLimits(
            own.upload_megabytes * 2**20, own.upload_files, own.upload_total_megabytes * 2**20
        )
        self._archive = archive
        self._places = threading.BoundedSemaphore(own.concurrent_uploads)
        root = _root(archive, settings)
        self._incoming = Incoming(root) if root is not None else None
        self._environment = os.environ | {"VANTHU_ARCHIVE": where}
        if settings.files is not None:
            self._environment["VANTHU_FILES"] = settings.files
        self._changed = threading.Condition()
        self._batches: dict[str, Batch] = {}
        self._waiting: deque[Work] = deque()
        self._failed: deque[Work] = deque(maxlen=_FAILED_KEPT)
        self._running: Work | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._over = False
        self._numbered = 0
        self._thread = threading.Thread(target=self._work, name="intake", daemon=True)

    # -- beginning and end -------------------------------------------------------------------------

    def open_up(self) -> None:
        """Go on with what an earlier server left, and begin to work."""
        if self._incoming is not None and not self._archive.read_only:
            for batch in self._incoming.orphans():
                self._adopt(batch)
        self._thread.start()

    def _adopt(self, batch: Batch) -> None:
        """Whole files of a batch that was not finished are documents that somebody sent."""
        batch.tidy(self._archived(batch))
        if not batch.folder.exists():
            return
        held = self._held(batch)
        rest = [name for name in batch.names().values() if paths.stored_name(name) not in held]
        if rest:
            batch.seal()
            self._queue("upload", len(rest), batch=batch)
        else:
            batch.release()  # only what is in quarantine

    def close(self) -> None:
        """End the run that works, so that it is resumed; what waits stays on disk."""
        with self._changed:
            self._over = True
            process = self._process
            self._changed.notify_all()
        if process is not None:
            end(process)
        if self._thread.is_alive():
            self._thread.join(END_SECONDS)
        with self._changed:
            for batch in self._batches.values():
                batch.release()
            for work in (*self._waiting, *self._failed):
                if work.batch is not None:
                    work.batch.release()

    # -- sending -----------------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        return self._incoming is not None and not self._archive.read_only

    def begin(self) -> str:
        if self._incoming is None or self._archive.read_only:
            raise Refused("nowhere")
        batch = self._incoming.begin()
        with self._changed:
            self._batches[batch.id] = batch
        return batch.id

    def receive(self, batch: str, name: str) -> Receiving:
        if why_refused(name) is not None:
            raise Refused("sidecar")
        found = self._batch(batch)
        if not self._places.acquire(blocking=False):
            raise Refused("busy")
        try:
            return Receiving(Upload(found, name, self.limits), self._places)
        except BaseException:
            self._places.release()
            raise

    def start(self, batch: str) -> int:
        found = self._batch(batch)
        count = found.seal()
        with self._changed:
            self._batches.pop(batch, None)
        if count == 0:
            found.remove()
            return 0
        self._queue("upload", count, batch=found)
        return count

    def cancel(self, batch: str) -> None:
        found = self._batch(batch)
        with self._changed:
            self._batches.pop(batch, None)
        found.remove()

    def _batch(self, name: str) -> Batch:
        with self._changed:
            found = self._batches.get(name)
        if found is None or found.ended:
            raise Refused("batch")
        return found

    # -- the queue ---------------------------------------------------------------------------------

    def standing(self) -> Mapping[str, int]:
        return self._archive.read(runs.standing)

    def jobs(self) -> Sequence[Job]:
        with self._changed:
            running = [self._running] if self._running is not None else []
            return [work.job for work in (*running, *self._waiting, *self._failed)]

    def again(self, job: str) -> None:
        with self._changed:
            found = next((work for work in self._failed if work.job.id == job), None)
            if found is None:
                raise NotFound("This run has been tried again already.")
            self._failed.remove(found)
            self._waiting.append(found.moved("waiting"))
            self._changed.notify_all()

    def _queue(
        self,
        kind: str,
        files: int,
        *,
        batch: Batch | None = None,
        path: str | None = None,
        category: str | None = None,
    ) -> None:
        with self._changed:
            self._numbered += 1
            named = batch.id if batch is not None else f"retry-{self._numbered}"
            job = Job(named, "upload" if kind == "upload" else "retry", "waiting", files, now())
            self._waiting.append(Work(job, batch, path, category))
            self._changed.notify_all()

    # -- quarantine --------------------------------------------------------------------------------

    def categories(self) -> Mapping[str, int]:
        return self._archive.read(failed.by_category)

    def retry(self, *, path: str | None = None, category: str | None = None) -> Retried:
        categories = () if category is None else (category,)
        wanted = None if path is None else [path]
        entries = self._archive.read(
            lambda connection: failed.entries(connection, categories, paths=wanted)
        )
        if not entries:
            raise NotFound("No such file is in quarantine.")
        gone = sum(not entry.file.exists() for entry in entries)
        if gone == len(entries):
            return Retried(0, gone)
        with self._changed:
            if any((w.path, w.category) == (path, category) for w in self._waiting if not w.batch):
                return Retried(len(entries) - gone, gone)  # it waits for its turn already
        self._queue("retry", len(entries) - gone, path=path, category=category)
        return Retried(len(entries) - gone, gone)

    def quarantined(self, path: str) -> tuple[Blob, str]:
        entries = self._archive.read(lambda c: failed.entries(c, paths=[path]))
        if not entries:
            raise NotFound("No such file is in quarantine.")
        entry = entries[0]
        if entry.sha256 is None:
            raise NotFound("The file could not be read, so no copy of it is kept.")
        try:
            with self._archive.files.original(entry.sha256) as original:
                file = original.open("rb")  # open, it stays readable without its name
        except OSError:
            raise NotFound("No copy of the file is kept.") from None
        size = os.fstat(file.fileno()).st_size
        return Blob(file, size, "application/octet-stream", entry.path), entry.sha256

    # -- the worker --------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._waiting and not self._over:
                    self._changed.wait(_LOOK_SECONDS)
                if self._over:
                    return
                work = self._waiting.popleft() if self._waiting else None
                if work is not None:
                    self._running = work = work.moved("running")
            self._take_over_abandoned()
            if work is None:
                continue
            try:
                self._run(work)
            except Exception:
                log.exception("a run could not be started")
                self._fail(work, "")
            finally:
                with self._changed:
                    self._running = None

    def _take_over_abandoned(self) -> None:
        """Whoever sent them has left: what has arrived is ingested."""
        now = time.monotonic()
        with self._changed:
            left = [
                batch.id
                for batch in self._batches.values()
                if not batch.receiving and now - batch.touched > _ABANDONED_SECONDS
            ]
        for name in left:
            with suppress(Refused):
                self.start(name)

    def _run(self, work: Work) -> None:
        with tempfile.TemporaryFile() as told:
            process = self._started(work, told)
            if process is None:
                return
            code = process.wait()
            with self._changed:
                self._process = None
                over = self._over
            self._tidy(work)
            if code not in _DONE and not over:
                self._fail(work, last_words(told) or f"exit {code}")

    def _started(self, work: Work, told: BinaryIO) -> subprocess.Popen[bytes] | None:
        """The process that does it; ``None`` where the server is being stopped."""
        with self._changed:
            if self._over:
                return None
            self._process = started(work, self._environment, told)
            return self._process

    def _tidy(self, work: Work) -> None:
        """Remove copies of what the archive has; what a retry saved may be of any batch."""
        try:
            if work.batch is not None:
                batch = work.batch
                batch.tidy(self._archived(batch))
                if batch.folder.exists() and not self._open_files(batch):
                    batch.release()
                return
            if self._incoming is not None:
                for batch in self._incoming.orphans():
                    batch.tidy(self._archived(batch))
                    batch.release()
        except (OSError, VanthuError):
            log.exception("copies of archived uploads stay where they are")

    def _archived(self, batch: Batch) -> set[str]:
        names = list(batch.names().values())
        found = self._archive.read(partial(paths.archived, wanted=names))
        return {name for name in names if paths.stored_name(name) in found}

    def _held(self, batch: Batch) -> set[str]:
        """Names of its files that are in quarantine."""
        names = list(batch.names().values())
        return self._archive.read(partial(failed.held, names=names))

    def _open_files(self, batch: Batch) -> bool:
        """Whether files are left that neither the archive nor the quarantine has."""
        held = self._held(batch)
        return any(paths.stored_name(name) not in held for name in batch.names().values())

    def _fail(self, work: Work, message: str) -> None:
        with self._changed:
            self._failed.append(work.moved("failed", message))


def _root(archive: Archive, settings: Settings) -> Path | None:
    if settings.serve.incoming is not None:
        return Path(settings.serve.incoming).absolute()
    folders = archive.folders
    return folders[-1] / "incoming" if folders else None


__all__ = ["Taking"]
