"""The review desk as the server asks for it; keeps ``pipeline.serve.ports.Reviewing``."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

from pydantic import BaseModel

from models.decision import Decision, Made, Outcome
from models.directive import Directive
from models.otherwise import ReadNow
from models.review import Completion, LexiconEntry, LexiconKind, QueueRow, ReviewCounts, Version
from pipeline.archive import Archive
from pipeline.archive.review_queue import QueueFilter
from pipeline.compare import renew
from pipeline.errors import VanthuError
from pipeline.serve.ports import Key, Slice

_say = logging.getLogger("vanthu.serve")
#: So long a decision waits for what it changes around the document, so that a remark that it makes
#: untrue is gone when the page is drawn again; what takes longer comes after.
_WAITS_SECONDS: Final = 0.1


class Desk:
    """An archive at the review desk.

    After a decision the findings that come from a look at other documents are renewed around the
    document, one after the other on a thread. What the end of the server cuts off, the end of the
    next run does.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._behind = ThreadPoolExecutor(1, thread_name_prefix="renewal")

    def close(self) -> None:
        """Finish what is at hand; what waits is left for the next run."""
        self._behind.shutdown(wait=True, cancel_futures=True)

    def _renew(self, before: Directive) -> None:
        """Renew the findings around a document; ``before``: as it stood."""
        with suppress(TimeoutError, RuntimeError):  # late, or the server ends
            self._behind.submit(self._renewed, before).result(_WAITS_SECONDS)

    def _renewed(self, before: Directive) -> None:
        try:
            renew(self.archive, before)
        except VanthuError as error:  # the decision stands; the end of the next run looks again
            _say.warning("findings around %s are not renewed: %s", before.id, error.reason)

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
        before = self.archive.get(directive_id)
        made = self.archive.review(
            directive_id, decisions, by=by, expected=expected, token_id=token_id
        )
        self._renew(before)
        return made

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
        about = self.archive.decided_about(decision_id)
        before = None if about is None else self.archive.get(about)
        made = self.archive.undo(decision_id, by=by, token_id=token_id, undone=undone)
        if before is not None:
            self._renew(before)
        return made

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
