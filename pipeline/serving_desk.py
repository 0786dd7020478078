"""The review desk as the server asks for it; keeps ``pipeline.serve.ports.Reviewing``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from models.decision import Decision, Made, Outcome
from models.otherwise import ReadNow
from models.review import Completion, LexiconEntry, LexiconKind, QueueRow, ReviewCounts, Version
from pipeline.archive import Archive
from pipeline.archive.review_queue import QueueFilter
from pipeline.serve.ports import Key, Slice


class Desk:
    """An archive at the review desk."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    @property
    def filters(self) -> type[BaseModel]:
        return QueueFilter

    def queue(self, wanted: Any, after: Key | None, limit: int) -> Slice:
        found = self.archive.review_queue(wanted, limit=limit, after=after)
        return Slice(found.rows, found.next)

    def counts(self) -> ReviewCounts:
        return self.archive.review_counts()

    def next(self, after: str | None, wanted: Any = None) -> QueueRow | None:
        return self.archive.review_next(after, wanted)

    def version(self, directive_id: str) -> Version:
        return self.archive.version(directive_id)

    def read_now(self, directive_id: str) -> ReadNow:
        return self.archive.read_now(directive_id)

    def decide(
        self,
        directive_id: str,
        decisions: Sequence[Decision],
        *,
        by: str,
        expected: int | str | None,
        token_id: int | None = None,
    ) -> Outcome:
        return self.archive.review(
            directive_id, decisions, by=by, expected=expected, token_id=token_id
        )

    def approve(
        self,
        directive_id: str,
        *,
        by: str,
        expected: int | str | None,
        token_id: int | None = None,
    ) -> Outcome:
        whole = [Decision(action="approve")]
        return self.decide(directive_id, whole, by=by, expected=expected, token_id=token_id)

    def undo(
        self,
        decision_id: int,
        *,
        by: str,
        token_id: int | None = None,
        undone: bool | None = None,
    ) -> Outcome:
        return self.archive.undo(decision_id, by=by, token_id=token_id, undone=undone)

    def decisions(self, directive_id: str) -> Sequence[Made]:
        return self.archive.decisions(directive_id)

    def cases(self) -> Iterator[BaseModel]:
        return self.archive.cases()

    def completions(
        self, field: str, typed: str, *, directive_id: str | None = None, limit: int = 10
    ) -> Sequence[Completion]:
        return self.archive.completions(field, typed, directive_id=directive_id, limit=limit)

    def lexicon(
        self, kind: LexiconKind | None = None, *, revoked: bool = True
    ) -> Sequence[LexiconEntry]:
        return self.archive.lexicon(kind, revoked=revoked)

    def revoke(self, entry_id: int, *, by: str) -> LexiconEntry:
        return self.archive.revoke_lexicon(entry_id, by=by)
