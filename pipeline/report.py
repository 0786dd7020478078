"""What a run tells while it works, and what it did. Light to import: no stage is loaded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from pipeline.errors import ExitCode

Outcome = Literal["created", "changed", "unchanged", "quarantined", "skipped", "ignored"]


class Observer:
    """What a run tells while it works. This one listens to nothing; the command line's draws."""

    def planned(self, files: int) -> None:
        """So many files were found."""

    def pages(self, count: int) -> None:
        """So many more pages have to be read."""

    def page_done(self) -> None:
        """A page was read."""

    def file_done(self, shown: str, outcome: Outcome, reason: str) -> None:
        """A file is finished; ``reason`` says why it was left out."""


@dataclass
class Report:
    """What a run did. ``left_out`` lists names and reasons of all that is not in the archive.

    ``files`` were found, ``pages`` of them had to be read so far.
    """

    files: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    to_review: int = 0
    pages: int = 0
    pages_read: int = 0
    seconds: float = 0.0
    left_out: list[tuple[str, str]] = field(default_factory=list)

    @property
    def archived(self) -> int:
        return sum(self.outcomes[o] for o in ("created", "changed", "unchanged"))

    @property
    def counts(self) -> dict[str, int]:
        """What the archive keeps of it, also while it goes on."""
        figures = {
            "files": self.files,
            "pages": self.pages,
            "pages_read": self.pages_read,
            "to_review": self.to_review,
        }
        return dict(self.outcomes) | figures

    @property
    def exit_code(self) -> ExitCode:
        """Not zero when anything was left out."""
        lost = self.outcomes["quarantined"] + self.outcomes["skipped"]
        return ExitCode.LEFT_OUT if lost else ExitCode.OK
