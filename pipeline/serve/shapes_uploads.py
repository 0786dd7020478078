"""What programs send and are answered who send files: uploads, jobs, another try."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from models.base import Model
from models.failure import Category


class NewUpload(Model):
    """An upload to begin; nothing needs to be said about it."""

    model_config = ConfigDict(json_schema_extra={"example": {}})


class Start(Model):
    """That something is to begin now."""

    model_config = ConfigDict(json_schema_extra={"example": {}})


class Upload(Model):
    """An upload, and what may be sent in it: bytes of a file, files, bytes together."""

    id: str
    file_bytes: int
    files: int
    total_bytes: int


class Received(Model):
    """A file that has arrived; ``name`` is the path by which the archive will know it."""

    name: str


class Started(Model):
    """An upload that waits to be ingested, with so many files."""

    id: str
    files: int


class Cancelled(Model):
    """An upload of which nothing is left."""

    id: str
    state: Literal["cancelled"]


class Job(Model):
    """An upload, or a quarantine tried again, on its way.

    ``since`` (ISO 8601, UTC) is when it got into its state; ``message`` what a failed one said.
    """

    id: str
    kind: Literal["upload", "retry"]
    state: Literal["waiting", "running", "failed"]
    files: int
    since: str
    message: str


class JobList(Model):
    """Jobs: what is ingested, waits, failed."""

    items: list[Job]


class QueuedAgain(Model):
    """A failed job that waits once more."""

    id: str
    state: Literal["waiting"]


class Retry(Model):
    """Which files in quarantine: one, those of a category, or all of them."""

    model_config = ConfigDict(json_schema_extra={"example": {"category": "timeout"}})

    path: str | None = Field(None, max_length=4000)
    category: Category | None = None


class RetryCounts(Model):
    """So many files wait for another try; so many are no longer where they lay."""

    queued: int
    gone: int


class Run(Model):
    """A command that ran, or runs. Times are ISO 8601 in UTC.

    ``seen_at`` is its last sign of life; one that gave none for long is ``interrupted``.
    """

    id: int
    command: str
    version: str
    started_at: str
    ended_at: str | None
    outcome: str | None
    counts: dict[str, int]
    state: Literal["running", "finished", "interrupted", "stopped"]
    seen_at: str
