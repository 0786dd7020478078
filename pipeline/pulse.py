"""The sign of life of a run: what it has counted so far, written again and again."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Any, Final, Self

from pipeline.archive import Archive
from pipeline.errors import VanthuError
from pipeline.report import Report

#: How often it is looked whether something changed, and how often is written although nothing did.
_LOOK_SECONDS: Final = 2.0
_LONGEST_SECONDS: Final = 10.0


class Pulse:
    """Writes a run's counts while it goes on, so that others see it and see that it lives.

    In a thread of its own: one page may take minutes, and so may the end of a run. What cannot be
    written (somebody else writes for long) is written later; no run fails for it.
    """

    def __init__(
        self, archive: Archive, run_id: int, report: Report, look_seconds: float = _LOOK_SECONDS
    ) -> None:
        self._archive = archive
        self._run_id = run_id
        self._report = report
        self._look_seconds = look_seconds
        self._began = time.time()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)

    @property
    def counts(self) -> dict[str, int]:
        """The counts with the seconds since the beginning, by the clock on the wall."""
        return self._report.counts | {"seconds": round(time.time() - self._began)}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        written: dict[str, Any] = {}
        at = 0.0
        while True:
            counted = self._report.counts
            now = time.monotonic()
            if counted != written or now - at >= _LONGEST_SECONDS:
                try:
                    self._archive.note_progress(self._run_id, self.counts)
                except VanthuError:
                    pass
                else:
                    written, at = counted, now
            if self._over.wait(self._look_seconds):
                return
