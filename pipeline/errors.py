"""One exception tree: every error carries its category, exit code, reason and advice.

The reason and the advice are written for a records clerk; ``detail`` is for whoever looks deeper.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar, NamedTuple

from models.failure import Category, Failure


class ExitCode(IntEnum):
    """What the process ended with. Not zero when anything was lost or left out."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    LEFT_OUT = 3
    NOT_FOUND = 4
    ENVIRONMENT = 5
    ARCHIVE = 6
    STOPPED = 7
    DAMAGED = 8
    INTERRUPTED = 130


class VanthuError(Exception):
    """Base of all errors that the user is told about.

    :param reason: one sentence that a clerk understands
    :param advice: what to do about it; each class has a default
    :param page: the 1-based page, where one is to blame
    :param detail: technical detail (an engine's message)

    ``stage`` and ``sha256`` (of the file, once it is known) are filled in on the way out.
    """

    category: ClassVar[Category] = "internal"
    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL
    default_advice: ClassVar[str] = "Report this with the file and the command that you ran."

    def __init__(
        self,
        reason: str,
        *,
        advice: str | None = None,
        page: int | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice or self.default_advice
        self.page = page
        self.detail = detail
        self.stage = ""
        self.sha256: str | None = None

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders; the default would lose the keyword arguments.
        state = (self.reason, self.advice, self.page, self.detail, self.stage, self.sha256)
        return _rebuild, (type(self), *state)

    def blamed(self, stage: str, page: int | None = None) -> VanthuError:
        """The same error with the stage and page that met it, where it does not know them yet."""
        self.stage = self.stage or stage
        self.page = self.page or page
        return self

    def as_failure(self, stage: str = "run") -> Failure:
        """The quarantine record of this error."""
        return Failure(
            category=self.category,
            stage=self.stage or stage,
            page=self.page,
            reason=self.reason,
            advice=self.advice,
            detail=self.detail[:2000],
        )


def _rebuild(
    kind: type[VanthuError],
    reason: str,
    advice: str,
    page: int | None,
    detail: str,
    stage: str,
    sha256: str | None,
) -> VanthuError:
    error = kind(reason, advice=advice, page=page, detail=detail)
    error.stage, error.sha256 = stage, sha256
    return error


class InputError(VanthuError):
    """Something is wrong with one file; the batch goes on."""

    exit_code = ExitCode.LEFT_OUT
    category: ClassVar[Category] = "bad_input"
    default_advice = "Open the file in a viewer; if it is damaged, scan or export it again."


class BadInput(InputError):
    """The file is damaged or is not what it says."""


class EncryptedInput(InputError):
    """The file needs a password."""

    category = "encrypted"
    default_advice = "Save a copy without a password and ingest that copy."


class TooLarge(InputError):
    """The file is over one of the limits."""

    category = "too_large"
    default_advice = "Split or downsample the file, or raise the limit named in the reason."


class Unsupported(InputError):
    """A kind of file that we do not read."""

    category = "unsupported"
    default_advice = "Convert it to PDF, TIFF, JPEG, PNG or plain text."


class UnreadableFile(InputError):
    """The operating system does not let us read it."""

    category = "unreadable_file"
    default_advice = "Check that the file exists and that you may read it, then retry."


class PageTimeout(InputError):
    """The page, or the document, took longer than its limit."""

    category = "timeout"
    default_advice = "Retry with a larger time limit, or look at the page: it may be damaged."


class OutOfMemory(InputError):
    """The page needed more memory than a worker may have."""

    category = "out_of_memory"
    default_advice = "Retry with a larger memory limit or fewer jobs."


class EngineFailure(InputError):
    """An external program failed on this page."""

    category = "engine_failure"
    default_advice = "Retry; if it fails again, look at the page and at the engine's message."


class InternalFailure(InputError):
    """A defect of ours that one file met; the batch goes on and the file is kept."""

    category = "internal"
    default_advice = "This is a defect of vanthu. Report it with the detail shown."


class EnvironmentProblem(VanthuError):
    """The machine lacks something that every page needs."""

    category = "engine_failure"
    exit_code = ExitCode.ENVIRONMENT
    default_advice = "Install what is missing, then run the command again."


class NoSpace(VanthuError):
    """The disk of the archive is full."""

    category = "no_space"
    exit_code = ExitCode.STOPPED
    default_advice = "Free some space and run the same command again; nothing done is lost."


class RunStopped(VanthuError):
    """The failure-rate breaker: the machine, not the files, seems to be broken."""

    exit_code = ExitCode.STOPPED
    default_advice = "Mend what the failures have in common, then run the same command again."


class ArchiveProblem(VanthuError):
    """The archive cannot be opened, is damaged, or belongs to another version."""

    exit_code = ExitCode.ARCHIVE
    default_advice = "Check the path given with --archive; 'vanthu verify' tells what is damaged."


class StoreProblem(ArchiveProblem):
    """The object store of the archive's files cannot be reached, or does not let us in."""

    default_advice = (
        "Check the address of the files, the network and the credentials (AWS_ACCESS_KEY_ID, "
        "AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL), then run the same command again."
    )


class TooSlow(VanthuError):
    """A question took longer than the asker was willing to wait."""

    category = "timeout"
    exit_code = ExitCode.STOPPED
    default_advice = "Ask for less: fewer rows, or a narrower filter."


class NotFound(VanthuError):
    """No such document."""

    exit_code = ExitCode.NOT_FOUND
    default_advice = "'vanthu list' shows what the archive holds."


class UsageProblem(VanthuError):
    """The command was called with options that do not go together."""

    exit_code = ExitCode.USAGE
    default_advice = "See --help."


class UnfitValue(UsageProblem):
    """A typed value is none of its kind: a date that no calendar has, a number without symbol."""

    default_advice = "Type the value as the document has it."


class Changed(NamedTuple):
    """A change of a record since somebody looked: ``by`` is a person, or ``machine``."""

    seq: int
    at: str
    by: str
    change: str
    detail: str = ""


class Conflict(VanthuError):
    """What was decided about had been changed since the person looked; nothing was written.

    ``changes`` since then, in order; ``change_seq`` and ``record`` (JSON of the contract) are what
    stands now.
    """

    exit_code = ExitCode.USAGE
    default_advice = "Look at what stands now, and decide again."

    def __init__(
        self,
        reason: str,
        *,
        advice: str | None = None,
        page: int | None = None,
        detail: str = "",
        path: str = "",
        changes: tuple[Changed, ...] = (),
        change_seq: int = 0,
        record: str = "",
    ) -> None:
        super().__init__(reason, advice=advice, page=page, detail=detail)
        self.path = path
        self.changes = changes
        self.change_seq = change_seq
        self.record = record
