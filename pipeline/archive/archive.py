"""The archive as the rest of the program sees it."""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import Generator, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final, Self

from sqlalchemy import select

from models.directive import Directive
from models.failure import Failure
from models.finding import Severity
from models.source import SourceDocument
from models.text import PageText
from pipeline.archive import failed, feed, fixity, graph, merging, queries, writing
from pipeline.archive.backup import BackupReport, backup
from pipeline.archive.database import NAME, Database
from pipeline.archive.database_sqlite import SqliteDatabase, open_folder
from pipeline.archive.database_url import database_url, is_url
from pipeline.archive.durable import storage_error
from pipeline.archive.feed import ChangePage, LinePage
from pipeline.archive.graph import Chain, Direction
from pipeline.archive.identity import MergeState
from pipeline.archive.log import Author
from pipeline.archive.merging import Decision, Merge
from pipeline.archive.questions_due import due
from pipeline.archive.questions_progress import progress
from pipeline.archive.questions_told import told
from pipeline.archive.results import FileStore
from pipeline.archive.rows import (
    Ambiguous,
    CitationRow,
    Damage,
    DeadlineRow,
    DirectiveRow,
    DueRow,
    Filter,
    FindingCount,
    FindingRow,
    HistoryRow,
    ProgressRow,
    QuarantineEntry,
    SearchHit,
    TargetRow,
    ToldRow,
)
from pipeline.archive.schema import directives, sources
from pipeline.archive.search import search
from pipeline.archive.sql import Session
from pipeline.archive.watch import Watch, unwatched
from pipeline.archive.writing import Change
from pipeline.errors import ArchiveProblem, NotFound, UsageProblem

_OWN_NAMES: Final = frozenset(
    {NAME, f"{NAME}-wal", f"{NAME}-shm", f"{NAME}-journal", "vanthu.lock", "originals", "results",
     "tmp"}
)  # fmt: skip


class Archive:
    """An open archive. Several processes may have it open and write to it at once.

    Every method that writes is one transaction: killed in the middle, it has not happened.
    """

    def __init__(self, database: Database, files: FileStore) -> None:
        self.files = files
        self._database = database
        self._run_id: int | None = None

    @classmethod
    def open(
        cls, where: str | Path, *, create: bool = False, files: str | Path | None = None
    ) -> Archive:
        """Open the archive in a folder or at a database URL, made first if ``create``.

        ``files`` is where originals and results lie: a folder or the URL of an object store. An
        archive in a folder has them there unless told otherwise; one in a database must be told.
        One that may not be written to is opened for reading. One of an older version is upgraded.

        :raises ArchiveProblem: it is missing, damaged, of a newer version, or no archive, or its
            server does not let us in
        :raises UsageProblem: ``where`` is no folder and no URL of a database, or ``files`` is
            needed
        """
        if is_url(where):
            archive = cls._open_url(where, files, create=create)
        else:
            root = _folder(where)
            _check(root, create=create)
            archive = cls(open_folder(root, create=create), FileStore(_files(files, root)))
        if not archive.read_only:
            archive.files.remove_leftovers()
        return archive

    @classmethod
    def _open_url(cls, where: str | Path, files: str | Path | None, *, create: bool) -> Archive:
        from pipeline.archive.database_postgresql import open_url  # not for archives in folders

        database_url(where)
        if files is None:
            raise UsageProblem(
                "An archive in a database keeps its files elsewhere, and no place is named.",
                advice="Name a folder or an object store in VANTHU_FILES or as 'files' in "
                "vanthu.toml; all who use the archive must name the same.",
            )
        return cls(open_url(str(where), create=create), FileStore(_files(files, None)))

    @property
    def where(self) -> str:
        """Its folder or database as shown to people: without a password."""
        return self._database.where

    @property
    def folders(self) -> list[Path]:
        """The folders of this machine that are the archive's: of the database, of the files."""
        home = self._database.root if isinstance(self._database, SqliteDatabase) else None
        return [folder for folder in dict.fromkeys((home, self.files.root)) if folder is not None]

    def __repr__(self) -> str:
        return f"<Archive {self.where}>"

    @property
    def read_only(self) -> bool:
        """Whether it was opened without leave to write."""
        return self._database.read_only

    def close(self) -> None:
        """Close it; nothing is lost without."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- ingest --------------------------------------------------------------------------------

    def begin_run(self, command: str, version: str) -> int:
        """Note that a command begins; its number."""
        with self._database.write() as connection:
            self._run_id = writing.begin_run(connection, command, version)
        return self._run_id

    def end_run(self, run_id: int, counts: dict[str, int], outcome: str) -> None:
        """Note how it ended and what it counted."""
        with self._database.write() as connection:
            writing.end_run(connection, run_id, counts, outcome)

    def record_source(
        self, path: str, source: SourceDocument, *, location: Path | None = None
    ) -> None:
        """Note that ``path`` has this content; comes before :meth:`put_directive`.

        ``path`` is how the file is shown and exported; ``location`` is where it really lies
        (``path`` itself where not given). A path whose content changed belongs to the new content
        from now on; the directive of the old content is kept, and superseded when it has no other
        path.
        """
        with self._database.write() as connection:
            writing.record_source(
                connection, path, source, location=location, author=Author(self._run_id)
            )

    def source(self, sha256: str) -> SourceDocument | None:
        """What was recorded of a content."""
        with self._database.read() as connection:
            found = connection.scalar(select(sources.c.document).where(sources.c.sha256 == sha256))
        return SourceDocument.model_validate_json(found) if found is not None else None

    def put_directive(
        self, directive: Directive, pages: Sequence[PageText], *, result_key: str, run_id: int
    ) -> Change:
        """Insert or replace a directive with its pages, search rows and history.

        The same content again changes nothing but ``result_key``. What was in quarantine for this
        content or its paths is released. The paths in ``directive.source`` are not stored: those
        of :meth:`record_source` are joined when it is read.
        """
        with self._database.write() as connection:
            return writing.put_directive(
                connection, directive, pages, result_key=result_key, author=Author(run_id)
            )

    def result_key(self, sha256: str) -> str | None:
        """From which stage results the directive of this content was made."""
        with self._database.read() as connection:
            found = select(directives.c.result_key).where(directives.c.sha256 == sha256)
            return connection.scalar(found.order_by(directives.c.id).limit(1))

    # -- quarantine ----------------------------------------------------------------------------

    def quarantine(
        self,
        path: str,
        failure: Failure,
        *,
        sha256: str | None,
        run_id: int,
        location: Path | None = None,
    ) -> None:
        """Note that a file failed; one that failed before has one attempt more."""
        with self._database.write() as connection:
            failed.put(connection, path, failure, sha256=sha256, run_id=run_id, location=location)

    def quarantined(self, categories: Sequence[str] = ()) -> list[QuarantineEntry]:
        """What failed, by path; of all categories where none is named."""
        with self._database.read() as connection:
            return failed.entries(connection, categories)

    def release(self, path: str) -> None:
        """Take a path out of quarantine."""
        with self._database.write() as connection:
            failed.release(connection, path)

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
    ) -> Chain:
        """The documents that cite ``document`` and those that cite them (``up``: that it cites).

        ``document`` is an id, the beginning of one, or a number, also one that is only cited.

        :raises NotFound: neither there nor cited; :raises Ambiguous: several, named in the error
        """
        with self._database.read() as connection:
            try:
                root = queries.one(connection, document).id
            except Ambiguous:
                raise
            except NotFound:
                root = None
            return graph.chain(connection, root, document, direction, depth, relations)

    # -- identity ------------------------------------------------------------------------------

    def merges(self, state: MergeState | None = None) -> builtins.list[Merge]:
        """Pairs of directives that may be one document, with what a person decided."""
        with self._database.read() as connection:
            return merging.listed(connection, state)

    def decide_merge(
        self, merge_id: int, decision: Decision, *, by: str, main: str | None = None
    ) -> Merge:
        """Accept, reject or undo a merge in the name of ``by``; the history keeps it.

        Accepted, one is the main version (``main``, or the one with less to review) and the other
        a version of it: ``version_of`` in its record says so, and citations mean the main one.

        :raises NotFound: no such merge; :raises UsageProblem: it cannot be decided so
        """
        with self._database.write() as connection:
            return merging.decide(connection, merge_id, decision, by=by, main=main)

    def renew_id(self) -> str:
        """Give the archive a new id, after a restore: older cursors are refused then."""
        with self._database.write() as connection:
            return feed.renew_id(connection)

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
            return progress(connection, filter, every=every, limit=limit)

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

    def verify(self, *, quick: bool = False, watch: Watch = unwatched) -> Iterator[Damage]:
        """Check every stored file against its hash, and the database against itself.

        ``quick`` reads no file and no page: names and sizes, and the database's own order.
        """
        yield from fixity.verify(self._database, self.files, quick=quick, watch=watch)

    def backup(
        self, target: Path, *, results: bool = True, watch: Watch = unwatched
    ) -> BackupReport:
        """Bring the backup in the folder ``target`` up to date; see :mod:`.backup`."""
        return backup(self._database, self.files, target, results=results, watch=watch)

    def state(self) -> str:
        """A digest that changes with every record, name and result key; costs no reading of them.

        Equal for two moments between which nothing changed.
        """
        with self._database.read() as connection:
            return queries.state(connection)

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


def _folder(where: str | Path) -> Path:
    if "\0" in str(where) or not str(where):
        raise UsageProblem("The path of the archive is not a path.")
    return Path(where).absolute()


def _files(files: str | Path | None, root: Path | None) -> str | Path:
    """Where the files lie: as told, a folder as an absolute path, or at ``root``."""
    if files is None and root is not None:
        return root
    if not files or "\0" in str(files):
        raise UsageProblem("The place of the archive's files is not a path.")
    return files if isinstance(files, str) and "://" in files else Path(files).absolute()


def _check(root: Path, *, create: bool) -> None:
    """That ``root`` is an archive, or may become one."""
    try:
        names = {entry.name for entry in root.iterdir()}
    except FileNotFoundError:
        if create:
            return
        raise ArchiveProblem(
            f"There is no archive at {root}.",
            advice="'vanthu ingest' makes one; check the path given with --archive.",
        ) from None
    except NotADirectoryError as error:
        raise ArchiveProblem(
            f"{root} is not a folder, so no archive either.",
            advice="Give --archive the path of a folder.",
        ) from error
    except OSError as error:
        raise storage_error(error, root) from error
    if NAME in names:
        return
    if not create:
        raise ArchiveProblem(
            f"The folder {root} is not an archive: it has no {NAME}.",
            advice="Give --archive the folder that 'vanthu ingest' made.",
        )
    foreign = sorted(n for n in names - _OWN_NAMES if not n.startswith(".") and n != "lost+found")
    if foreign:
        raise ArchiveProblem(
            f"The folder {root} holds other files ({foreign[0]!r}), so no archive is made in it.",
            advice="Give --archive a new or empty folder.",
        )
