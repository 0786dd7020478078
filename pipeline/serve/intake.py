"""What the pages ask of whoever takes files in: uploads, the queue of runs, trying again.

The wiring (``pipeline.serving_intake``) keeps these promises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Protocol

from pipeline.serve.ports import Blob

#: Why a file, or all of them, is not taken: ``name`` (none, or too long), ``size``, ``files``,
#: ``total``, ``empty``, ``sidecar`` (a system or data file), ``batch`` (has ended), ``busy``,
#: ``space`` (the disk is full), ``disk`` (it cannot be written to), ``nowhere`` (no folder is set).
Why = Literal[
    "name", "size", "files", "total", "empty", "sidecar", "batch", "busy", "space", "disk",
    "nowhere",
]  # fmt: skip
#: The statuses of HTTP for them; 409 for the others.
STATUSES: Final[Mapping[Why, int]] = {
    "name": 422, "size": 413, "files": 413, "total": 413, "empty": 422, "sidecar": 422,
    "busy": 503, "space": 503, "disk": 503, "nowhere": 503,
}  # fmt: skip


class Refused(Exception):
    """A file, or a batch of them, is not taken; ``values`` are for the sentence that says so."""

    def __init__(self, why: Why, **values: str) -> None:
        super().__init__(why)
        self.why = why
        self.values = values


class UploadLimits(NamedTuple):
    """What may be sent: bytes of a file, files of a batch, bytes of a batch."""

    file_bytes: int
    files: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Job:
    """A run that waits, works, or could not do its work (``message`` is what it said).

    ``kind``: files that were sent, or a quarantine tried again; ``since`` (ISO 8601, UTC) is when
    it got into its state.
    """

    id: str
    kind: Literal["upload", "retry"]
    state: Literal["waiting", "running", "failed"]
    files: int
    since: str
    message: str = ""


class Retried(NamedTuple):
    """What came of asking for another try: so many files wait for it, so many are gone."""

    queued: int
    gone: int


class Receiving(Protocol):
    """A file on its way to disk; ends with ``keep`` or ``drop``. Not for two threads at once."""

    def write(self, data: bytes) -> None:
        """Append; raises :class:`Refused`."""
        ...

    def keep(self) -> str:
        """It is whole; its name in the archive. Raises :class:`Refused`."""
        ...

    def drop(self) -> None:
        """Nothing of it stays."""
        ...


class Intake(Protocol):
    """Takes files in and has them ingested, one run at a time. Callable from several threads."""

    @property
    def limits(self) -> UploadLimits: ...

    @property
    def open(self) -> bool:
        """Whether files can be sent at all."""
        ...

    def begin(self) -> str:
        """A new batch; its name. Raises :class:`Refused`."""
        ...

    def receive(self, batch: str, name: str) -> Receiving:
        """A file of a batch. Raises :class:`Refused`."""
        ...

    def start(self, batch: str) -> int:
        """All files are there: have them ingested; how many. Raises :class:`Refused`."""
        ...

    def cancel(self, batch: str) -> None:
        """Forget a batch that was not started, with its files. Raises :class:`Refused`."""
        ...

    def standing(self) -> Mapping[str, int]:
        """How many ``directives`` there are, ``needs_review``, and are ``quarantined`` (files)."""
        ...

    def jobs(self) -> Sequence[Job]:
        """What works, waits or failed, in this order."""
        ...

    def again(self, job: str) -> None:
        """Try a failed job again; raises ``NotFound``."""
        ...

    def categories(self) -> Mapping[str, int]:
        """How many files are in quarantine, by category."""
        ...

    def retry(self, *, path: str | None = None, category: str | None = None) -> Retried:
        """Try a file in quarantine again, or those of a category, or all; raises ``NotFound``."""
        ...

    def quarantined(self, path: str) -> tuple[Blob, str]:
        """A copy of a file in quarantine, and its SHA-256; raises ``NotFound`` without one."""
        ...
