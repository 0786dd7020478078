"""What an archive is asked: each answer is one consistent view of it."""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import Connection

from models.directive import Directive
from models.finding import Severity
from models.text import PageText
from pipeline.archive import (
    feed,
    graph,
    merging,
    queries,
)
from pipeline.archive.database import Database
from pipeline.archive.feed import ChangePage, LinePage
from pipeline.archive.graph import Chain, Direction
from pipeline.archive.identity import MergeState
from pipeline.archive.merging import Merge
from pipeline.archive.questions_due import due
from pipeline.archive.questions_progress import progress
from pipeline.archive.questions_told import told
from pipeline.archive.rows import (
    Ambiguous,
    CitationRow,
    DeadlineRow,
    DirectiveRow,
    DueRow,
    Filter,
    FindingCount,
    FindingRow,
    HistoryRow,
    ProgressRow,
    SearchHit,
    TargetRow,
    ToldRow,
)
from pipeline.archive.search import search
from pipeline.archive.sql import Session
from pipeline.errors import NotFound

Answer = TypeVar("Answer")


class Asking:
    """The reading half of :class:`pipeline.archive.Archive`."""

    _database: Database

    def read(self, ask: Callable[[Connection], Answer]) -> Answer:
        """What ``ask`` answers, in one consistent view (see ``paging``, ``stored``)."""
        with self._database.read() as connection:
            return ask(connection)

    def state(self) -> str:
        """A digest that changes with every record, name and result key; costs no reading of them.

        Equal for two moments between which nothing changed.
        """
        with self._database.read() as connection:
            return queries.state(connection)

    # -- queries -------------------------------------------------------------------------------

    def get(self, id_or_prefix_or_number: str) -> Directive:
        """One directive, by id, by number in any spelling, or by the beginning of its id.

        :raises NotFound: none; :raises Ambiguous: several, named in the error
        """
        with self._database.read() as connection:
            return queries.one(connection, id_or_prefix_or_number)

    def search(
        self, query: str, *, limit: int = 20, filter: Filter | None = None
    ) -> list[SearchHit]:
        """Documents that have every word of ``query`` and meet ``filter``, best first.

        Marks, case and the spelling of numbers do not matter; ``"a phrase"`` and ``prefix*`` are
        understood; any text at all is a query. docs/search.md tells what matches what.
        """
        with self._database.read() as connection:
            return search(connection, query, limit, filter)

    def directives(self, filter: Filter | None = None) -> Generator[Directive, None, None]:
        """Whole records by id, as they were when the first was asked for.

        Close the iterator (or exhaust it) to end the view that it holds of the database.
        """
        with self._database.read() as connection:
            yield from queries.streamed(connection, filter)

    def pages(self, directive_id: str) -> list[PageText]:
        """The pages of a directive, in order."""
        with self._database.read() as connection:
            return queries.pages_of(connection, directive_id)

    def provenance(self, directive_id: str) -> tuple[str, builtins.list[HistoryRow]]:
        """When the content of a directive was first met, and every change of it, in order.

        :raises NotFound: no such directive
        """
        with self._database.read() as connection:
            return queries.provenance(connection, directive_id)

    def targets(self, filter: Filter | None = None) -> list[TargetRow]:
        """Targets of the directives that ``filter`` names, each with its document."""
        with self._database.read() as connection:
            return queries.target_rows(connection, filter)

    def deadlines(self, filter: Filter | None = None) -> list[DeadlineRow]:
        """Deadlines of the directives that ``filter`` names, earliest first."""
        with self._database.read() as connection:
            return queries.deadline_rows(connection, filter)

    def citations(self, filter: Filter | None = None) -> list[CitationRow]:
        """Citations in the directives that ``filter`` names."""
        with self._database.read() as connection:
            return queries.citation_rows(connection, filter)

    # -- feed ----------------------------------------------------------------------------------

    def changes(self, since: str | None = None, limit: int = 500) -> ChangePage:
        """What changed after the cursor ``since``; from the beginning without one.

        One entry a directive, at its latest change, in the order of the changes: ``created`` if it
        was not there at the cursor, ``changed``, or ``withdrawn`` when no file has it any more.
        Reading on from ``cursor`` misses nothing, also while others write.

        :raises UsageProblem: ``since`` is no cursor, or one of another archive
        """
        with self._database.read() as connection:
            return feed.changes(connection, since, limit)

    def changes_json(self, since: str | None = None, limit: int = 500) -> LinePage:
        """As :meth:`changes`, the records as JSON text: several times as quick."""
        with self._database.read() as connection:
            return feed.lines(connection, since, limit)

    def chain(
        self,
        document: str,
        *,
        direction: Direction = "down",
        depth: int | None = None,
        relations: Sequence[str] = (),
        most: int | None = None,
    ) -> Chain:
        """The documents that cite ``document`` and those that cite them (``up``: that it cites).

        ``document`` is an id, the beginning of one, or a number, also one that is only cited.
        ``most``: documents, the nearest, that the chain may have.

        :raises NotFound: neither there nor cited; :raises Ambiguous: several, named in the error
        """
        with self._database.read() as connection:
            try:
                root = queries.one(connection, document).id
            except Ambiguous:
                raise
            except NotFound:
                root = None
            return graph.chain(connection, root, document, direction, depth, relations, most)

    # -- questions -----------------------------------------------------------------------------

    def merges(self, state: MergeState | None = None) -> builtins.list[Merge]:
        """Pairs of directives that may be one document, with what a person decided."""
        with self._database.read() as connection:
            return merging.listed(connection, state)

    def due(
        self,
        on: date,
        *,
        ahead_days: int = 30,
        passed_days: int = 0,
        filter: Filter | None = None,
        recurring: bool = True,
        limit: int = 1000,
    ) -> builtins.list[DueRow]:
        """Deadlines around the day ``on``, earliest first; see :class:`DueRow`.

        Beginnings ("từ ngày"), open intervals and terms after an event have no day and are not
        among them. Documents that no file has any more are left out unless ``filter`` says.
        """
        with self._database.read() as connection:
            return due(
                connection, on, ahead_days=ahead_days, passed_days=passed_days, wanted=filter,
                recurring=recurring, limit=limit,
            )  # fmt: skip

    def progress(
        self, filter: Filter | None = None, *, every: bool = False, limit: int = 10_000
    ) -> builtins.list[ProgressRow]:
        """Goals with the latest result that can be held against each; see :class:`ProgressRow`.

        ``every``: each result that fits, not only the latest. Only the newest ``limit`` claims
        that ``filter`` names are looked at.
        """
        with self._database.read() as connection:
            return progress(connection, filter, every=every, limit=limit)[0]

    def told(
        self, filter: Filter | None = None, *, organisation: str | None = None, limit: int = 1000
    ) -> builtins.list[ToldRow]:
        """Whom documents are addressed to, newest document first; see :class:`ToldRow`.

        ``organisation`` is a part of a name: only addresses that mean such a body, by its own name
        or as one of a group.
        """
        with self._database.read() as connection:
            return told(connection, filter, organisation, limit)

    def findings(
        self,
        filter: Filter | None = None,
        *,
        code: str | None = None,
        severity: Severity | None = None,
        limit: int | None = None,
    ) -> builtins.list[FindingRow]:
        """Findings, each with its document; ``code`` may be the beginning of one (``date``)."""
        with self._database.read() as connection:
            return queries.finding_rows(connection, filter, code, severity, limit)

    def finding_counts(
        self,
        filter: Filter | None = None,
        *,
        code: str | None = None,
        severity: Severity | None = None,
    ) -> builtins.list[FindingCount]:
        """How often each kind of finding was made, the most frequent first."""
        with self._database.read() as connection:
            return queries.finding_counts(connection, filter, code, severity)

    @contextlib.contextmanager
    def sql(self, *, seconds: float = 60.0) -> Iterator[Session]:
        """A session that reads the views of docs/views.md in SQL; ``seconds`` for each query."""
        with self._database.session(seconds) as session:
            yield session

    def counts(self) -> dict[str, int]:
        """How much there is of everything."""
        with self._database.read() as connection:
            return queries.counts(connection)

    # Last, because inside the class the name hides the built-in type from what follows.
    def list(
        self,
        filter: Filter | None = None,
        *,
        limit: int | None = None,
        offset: int = 0,
    ) -> builtins.list[DirectiveRow]:
        """Lines of a table, newest document first, undated ones last."""
        with self._database.read() as connection:
            return queries.listed(connection, filter, limit, offset)
