"""Runs as processes: what each is told, how it is started, asked to end, and what it said last."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import BinaryIO, Final, Literal

from pipeline.incoming import Batch
from pipeline.serve.intake import Job

#: A run that is asked to end has so long before it is killed.
END_SECONDS: Final = 15.0
_NICENESS: Final = 5
#: The command line that can be interrupted, also where the server was started in the background by
#: a shell that has such processes, and all that they start, ignore it.
_COMMAND: Final = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from pipeline.cli import main; main()"
)
_TOLD_BYTES: Final = 1000


@dataclass(frozen=True)
class Work:
    """A job with what it needs: a batch, or what to try again."""

    job: Job
    batch: Batch | None = None
    path: str | None = None
    category: str | None = None

    def moved(self, state: Literal["waiting", "running", "failed"], message: str = "") -> Work:
        """The same in another state."""
        return replace(self, job=replace(self.job, state=state, since=now(), message=message))

    @property
    def words(self) -> list[str]:
        """The command that does it."""
        if self.batch is not None:
            names = str(self.batch.names_file)
            return ["ingest", str(self.batch.documents), "--names", names]
        words = ["retry"]
        if self.path is not None:
            words.append(f"--file={self.path}")
        if self.category is not None:
            words.append(f"--category={self.category}")
        return words


def started(work: Work, environment: Mapping[str, str], told: BinaryIO) -> subprocess.Popen[bytes]:
    """The process that does it; what it says goes to ``told``.

    In a session of its own: Ctrl-C at the server's terminal is for the server to pass on. The lock
    of its batch goes with it, so that no other server takes the batch while it works.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *work.words], env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=told, start_new_session=True,
        pass_fds=() if work.batch is None else (work.batch.lock.fileno(),),
    )  # fmt: skip
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)  # people who ask come first
    return process


def now() -> str:
    """The time, as the pages tell it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def last_words(told: BinaryIO) -> str:
    """What the process said last: the sentence of its error, or the end of a traceback."""
    size = told.seek(0, os.SEEK_END)
    told.seek(max(0, size - 20 * _TOLD_BYTES))
    text = told.read().decode("utf-8", "replace")
    _, found, rest = text.rpartition("error: ")
    return (rest if found else text[-_TOLD_BYTES:]).strip()[:_TOLD_BYTES]


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a run to end, as Ctrl-C would; kill it, and what it started, where it does not."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
