"""The archive as the rest of the program sees it."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Final, Self, TypeVar

from sqlalchemy import select

from models.directive import Directive
from models.failure import Failure
from models.source import SourceDocument
from models.text import PageText
from pipeline.archive import (
    failed,
    feed,
    fixity,
    loading,
    merging,
    runs,
    tokens,
    writing,
)
from pipeline.archive.asking import Asking
from pipeline.archive.backup import BackupReport, backup
from pipeline.archive.database import Database
from pipeline.archive.database_sqlite import SqliteDatabase, open_folder
from pipeline.archive.database_url import database_url, is_url
from pipeline.archive.desk import Desk
from pipeline.archive.guidance import Guidance, Plain
from pipeline.archive.log import Author
from pipeline.archive.merging import Decision, Merge
from pipeline.archive.opening import check_folder, folder_of, place_of_files
from pipeline.archive.preparing import Item, Piece, prepared_by
from pipeline.archive.results import FileStore
from pipeline.archive.rows import (
    Damage,
    QuarantineEntry,
)
from pipeline.archive.schema import directives, sources
from pipeline.archive.watch import Watch, unwatched
from pipeline.archive.writing import Change
from pipeline.errors import UsageProblem

Answer = TypeVar("Answer")


#: From so many new directives on, what the database knows of their values is out of date.
_MUCH: Final = 1000


class Archive(Asking, Desk):
    """An open archive. Several processes may have it open and write to it at once.

    Every method that writes is one transaction: killed in the middle, it has not happened.
    """

    def __init__(self, database: Database, files: FileStore) -> None:
        self.files = files
        self._database = database
        self._run_id: int | None = None
        #: What reviewing needs of other rooms; the wiring puts in what knows the grammar.
        self.guidance: Guidance = Plain()

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
            root = folder_of(where)
            check_folder(root, create=create)
            archive = cls(open_folder(root, create=create), FileStore(place_of_files(files, root)))
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
        return cls(open_url(str(where), create=create), FileStore(place_of_files(files, None)))

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

    def note_progress(self, run_id: int, counts: Mapping[str, int]) -> None:
        """Write what a run has counted so far; that it is written at all tells that it lives."""
        with self._database.write() as connection:
            runs.note_progress(connection, run_id, counts)

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
        of :meth:`record_source` are joined when it is read. What people decided stays on top.
        """
        with self._database.write() as connection:
            return writing.put_directive(
                connection, directive, pages,
                result_key=result_key, author=Author(run_id), guidance=self.guidance,
            )  # fmt: skip

    def put_many(self, items: Sequence[Item], *, run_id: int) -> int:
        """As :meth:`record_source` and :meth:`put_directive` of each item, all in one transaction.

        Many times as quick where they are new; how many were created or changed.
        """
        with self._database.write() as connection:
            return loading.put_many(connection, items, Author(run_id), self.guidance)

    def load(
        self,
        pieces: Iterable[Piece],
        *,
        run_id: int,
        executor: Executor | None = None,
        ahead: int = 4,
        watch: Watch = unwatched,
    ) -> int:
        """:meth:`put_many` of what ``pieces`` give, one transaction each, in their order.

        A piece is called where it is prepared: in a process of ``executor``, at most ``ahead`` of
        them at a time, while this one writes. So it must be picklable, and is best some thousand
        items (a range of a file, say). How many items were created or changed; where the load is
        stopped, all pieces before are there whole, and none after.
        """
        changed = done = 0
        author = Author(run_id)
        with self._database.much():
            for prepared in prepared_by(executor, pieces, ahead):
                with self._database.write() as connection:
                    changed += loading.put_prepared(connection, prepared, author, self.guidance)
                done += len(prepared)
                watch("load", done, None)
        if changed >= _MUCH:
            self._database.learn()
        return changed

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

    # -- decisions -----------------------------------------------------------------------------

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

    # -- keeping -------------------------------------------------------------------------------

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

    # -- for the server ------------------------------------------------------------------------

    def add_token(
        self, name: str, scope: tokens.Scope, *, days: int | None = None
    ) -> tuple[tokens.TokenRow, str]:
        """Make a token of the server; the token itself is shown once and kept nowhere."""
        with self._database.write() as connection:
            return tokens.add(connection, name, scope, days=days)

    def check_token(self, secret: str) -> tokens.TokenRow | None:
        """Whose token this is; ``None`` where it is nobody's, expired or revoked."""
        with self._database.read() as connection:
            return tokens.check(connection, secret)

    def listed_tokens(self) -> builtins.list[tokens.TokenRow]:
        """All tokens, without the tokens."""
        with self._database.read() as connection:
            return tokens.listed(connection)

    def revoke_token(self, token_id: int) -> tokens.TokenRow:
        """Take a token back; :raises NotFound: there is none."""
        with self._database.write() as connection:
            return tokens.revoke(connection, token_id)
