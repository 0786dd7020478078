"""What people do with an archive at the review desk."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from models.case import LabelledCase
from models.decision import Decision, Made, Outcome
from models.directive import Directive
from models.lexicon import Lexicon
from models.otherwise import ReadNow, read_now
from models.review import Completion, LexiconEntry, LexiconKind, QueueRow, ReviewCounts, Version
from models.text import PageText
from pipeline.archive import (
    cases,
    completing,
    lexicon,
    near,
    overlay,
    review_queue,
    reviewing,
    writing,
)
from pipeline.archive.database import Database
from pipeline.archive.guidance import Guidance
from pipeline.archive.log import Author
from pipeline.archive.paging import Key, Slice
from pipeline.archive.reviewing import Who
from pipeline.archive.rows import Filter


class Desk:
    """The reviewing half of :class:`pipeline.archive.Archive`."""

    _database: Database
    guidance: Guidance

    def review(
        self,
        directive_id: str,
        decisions: Sequence[Decision],
        *,
        by: str,
        expected: int | str | None,
        token_id: int | None = None,
    ) -> Outcome:
        """Write down what ``by`` decided about a document, all of it or nothing.

        :param expected: the version that the person saw (``change_seq``, or the hash of the
            content); ``None`` decides on whatever stands
        :raises NotFound: no such document; :raises Conflict: what is decided changed since
        :raises UsageProblem: a decision cannot be made so; :raises UnfitValue: a value is none
        """
        with self._database.write() as connection:
            return reviewing.review(
                connection, directive_id, decisions, Who(by, token_id),
                expected=expected, guidance=self.guidance,
            )  # fmt: skip

    def undo(
        self,
        decision_id: int,
        *,
        by: str,
        token_id: int | None = None,
        undone: bool | None = None,
    ) -> Outcome:
        """Take a decision back; one that was taken back is made again.

        :param undone: what it is to be, where that is not just the other of what it is
        :raises NotFound: no such decision
        """
        with self._database.write() as connection:
            who = Who(by, token_id)
            return reviewing.undo(
                connection, decision_id, who, undone=undone, guidance=self.guidance
            )

    def decisions(self, directive_id: str) -> list[Made]:
        """Every decision about a document in order, those that were undone too."""
        with self._database.read() as connection:
            return overlay.of_directive(connection, directive_id)

    def machine(self, directive_id: str) -> tuple[Directive, list[PageText]]:
        """What the machine alone made of a document.

        :raises NotFound: no such document
        """
        with self._database.read() as connection:
            found = reviewing.standing(connection, directive_id)
            return found.machine, found.machine_pages

    def read_now(self, directive_id: str) -> ReadNow:
        """What the machine reads by now where people decided something else.

        :raises NotFound: no such document
        """
        with self._database.read() as connection:
            found = reviewing.standing(connection, directive_id)
            return read_now(found.machine, found.shown, found.made)

    def amend(self, directive_id: str, change: Callable[[Directive], Directive]) -> bool:
        """Put what ``change`` makes of the machine's record in its place, decisions on top.

        Read and written in one transaction; whether anything changed.

        :raises NotFound: no such document
        """
        with self._database.write() as connection:
            found = reviewing.standing(connection, directive_id)
            done = writing.put_directive(
                connection, change(found.machine), found.machine_pages,
                result_key=found.row.result_key, author=Author(), guidance=self.guidance,
            )  # fmt: skip
            return done != "unchanged"

    def series(self, issuer: str, year: str, symbol: str, *, most: int) -> list[Directive] | None:
        """Documents of an issuer and year whose number ends with a symbol; ``None``: too many."""
        with self._database.read() as connection:
            return near.of_series(connection, issuer, year, symbol, most)

    def campaign(self, campaign: str, *, most: int) -> list[Directive] | None:
        """Documents of a campaign; ``None``: they are more than ``most``."""
        with self._database.read() as connection:
            return near.of_campaign(connection, campaign, most)

    def decided_about(self, decision_id: int) -> str | None:
        """The document that a decision is about; ``None``: there is no such decision."""
        with self._database.read() as connection:
            return overlay.decided_about(connection, decision_id)

    def reviewed_ids(self) -> set[str]:
        """The documents about which a decision of a person stands."""
        with self._database.read() as connection:
            return overlay.reviewed_ids(connection)

    def review_queue(
        self, filter: Filter | None = None, *, limit: int = 50, after: Key | None = None
    ) -> Slice[QueueRow]:
        """What waits for a person, that most worth a look first."""
        with self._database.read() as connection:
            return review_queue.queue_slice(connection, filter, after, limit)

    def review_next(
        self, after: str | None = None, filter: Filter | None = None
    ) -> QueueRow | None:
        """The document to look at after ``after``; ``None``: nothing else waits."""
        with self._database.read() as connection:
            return review_queue.next_after(connection, after, filter)

    def review_counts(self) -> ReviewCounts:
        """How much waits and how much is done."""
        with self._database.read() as connection:
            return review_queue.counts(connection)

    def version(self, directive_id: str) -> Version:
        """Which version of a document's record stands; give it with decisions about it.

        :raises NotFound: no such document
        """
        with self._database.read() as connection:
            return reviewing.version(connection, directive_id)

    def completions(
        self, field: str, typed: str, *, directive_id: str | None = None, limit: int = 10
    ) -> list[Completion]:
        """Values of a field that begin as was typed, with or without marks.

        :param directive_id: what the document's own issuer uses comes first
        """
        with self._database.read() as connection:
            return completing.completions(connection, field, typed, directive_id, limit)

    def lexicon(
        self, kind: LexiconKind | None = None, *, revoked: bool = True
    ) -> list[LexiconEntry]:
        """What people taught the archive, what was confirmed most often first."""
        with self._database.read() as connection:
            return lexicon.listed(connection, kind, revoked=revoked)

    def cases(self, *, personal_data: bool = False) -> Generator[LabelledCase, None, None]:
        """Every decision in force as a labelled case, personal data masked unless told otherwise.

        Exhaust or close it to end the view that it holds of the database.
        """
        with self._database.read() as connection:
            yield from cases.cases(connection, personal_data=personal_data)

    def learned(self) -> Lexicon:
        """What people taught the archive, for documents that are read from now on."""
        with self._database.read() as connection:
            return lexicon.learned(connection)

    def revoke_lexicon(self, entry_id: int, *, by: str) -> LexiconEntry:
        """Use an entry no longer, whatever is decided later; once more: use it again.

        :raises NotFound: no such entry
        """
        with self._database.write() as connection:
            return lexicon.revoke(connection, entry_id, by=by)
