"""What the server asks of the review desk; a part of :mod:`pipeline.serve.ports`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel

from models.decision import Decision as ReviewDecision
from models.decision import Made, Outcome
from models.otherwise import ReadNow
from models.review import Completion, LexiconEntry, LexiconKind, QueueRow, ReviewCounts, Version

if TYPE_CHECKING:
    from pipeline.serve.ports import Key, Slice


class Reviewing(Protocol):
    """The review desk: what waits, what people decide, what was learned from it.

    Names of people are as they are given: the history keeps them. What cannot be decided so raises
    ``UsageProblem`` (``UnfitValue`` where a typed value is none), what changed since the person
    looked ``Conflict``, what is not there ``NotFound``.
    """

    @property
    def filters(self) -> type[BaseModel]:
        """Which documents of the queue."""
        ...

    def queue(self, wanted: Any, after: Key | None, limit: int) -> Slice:
        """What waits (:class:`models.review.QueueRow`), that most worth a look first."""
        ...

    def counts(self) -> ReviewCounts: ...

    def next(self, after: str | None, wanted: Any = None) -> QueueRow | None:
        """The document to look at after this one; ``None``: nothing else waits."""
        ...

    def version(self, directive_id: str) -> Version:
        """What stands now: its ``change_seq`` is to be given as ``expected``."""
        ...

    def read_now(self, directive_id: str) -> ReadNow:
        """What the machine reads by now where people decided something else."""
        ...

    def decide(
        self,
        directive_id: str,
        decisions: Sequence[ReviewDecision],
        *,
        by: str,
        expected: int | str | None,
        token_id: int | None = None,
    ) -> Outcome:
        """Write down decisions about a document, all or none."""
        ...

    def approve(
        self,
        directive_id: str,
        *,
        by: str,
        expected: int | str | None,
        token_id: int | None = None,
    ) -> Outcome:
        """The whole document is right as it stands."""
        ...

    def undo(
        self,
        decision_id: int,
        *,
        by: str,
        token_id: int | None = None,
        undone: bool | None = None,
    ) -> Outcome:
        """Take a decision back, or make one again that was taken back: what ``undone`` says, or
        the other of what it is."""
        ...

    def decisions(self, directive_id: str) -> Sequence[Made]:
        """Every decision about a document, in order."""
        ...

    def cases(self) -> Iterator[BaseModel]:
        """Every decision in force as a labelled case for measuring, personal data masked."""
        ...

    def completions(
        self, field: str, typed: str, *, directive_id: str | None = None, limit: int = 10
    ) -> Sequence[Completion]:
        """Known values of a field (a path) that begin so, with or without marks."""
        ...

    def lexicon(
        self, kind: LexiconKind | None = None, *, revoked: bool = True
    ) -> Sequence[LexiconEntry]: ...

    def revoke(self, entry_id: int, *, by: str) -> LexiconEntry:
        """Use an entry of the lexicon no longer; once more: use it again."""
        ...
