"""``vanthu restore``: an archive from its backup, every byte held against the manifest.

The files come first and the database last, in one transaction, so that a restore that is killed
leaves no archive but a marker, and the same command goes on. A backup of either database is
restored into either.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from models.base import Model
from pipeline.archive import dump, fixity
from pipeline.archive.backup import Description, description_of
from pipeline.archive.bag import Bag, Entry, chunks_of
from pipeline.archive.database import NAME, Database
from pipeline.archive.database_postgresql import open_url
from pipeline.archive.database_sqlite import open_folder
from pipeline.archive.database_url import is_url
from pipeline.archive.durable import flush_folder
from pipeline.archive.durable import told as told_of_archive
from pipeline.archive.fixity import RESULT
from pipeline.archive.results import FileStore, original_name
from pipeline.archive.rows import Damage
from pipeline.archive.schema import HEAD
from pipeline.archive.storage import Folder
from pipeline.archive.watch import Watch, unwatched
from pipeline.errors import ArchiveProblem, UsageProblem

#: Lies where an archive is being restored until it is whole.
MARKER: Final = "restore-unfinished.txt"
_SAYS: Final = b"This archive is being restored. Run 'vanthu restore' again to go on.\n"
#: So many names of damaged files are told one by one.
_TOLD: Final = 20


class RestoreReport(Model):
    """What was restored. ``left_out`` names damaged files of the backup, ``damages`` what is wrong
    with the archive now: what was missing when it was backed up, too."""

    archive: str
    made_at: str
    files: int
    byte_size: int
    directives: int
    last_change: int
    left_out: tuple[str, ...]
    damages: tuple[Damage, ...]


def restore(
    backup: Path,
    where: str | Path,
    *,
    files: str | Path | None = None,
    despite_damage: bool = False,
    watch: Watch = unwatched,
) -> RestoreReport:
    """Make the archive ``where`` (a folder or a database URL) as it was backed up.

    :param files: where its files are to lie, if not in its folder
    :param despite_damage: leave damaged originals out instead of refusing; results that are
        damaged are left out anyhow, for they can be made again
    :raises UsageProblem: ``where`` or ``files`` is not empty
    :raises ArchiveProblem: the backup is unfinished, damaged, or of a newer version
    """
    bag = Bag(backup.absolute())
    description, folder = description_of(bag)
    _must_be_readable(bag, description, folder)
    store = _store(where, files)
    root = None if is_url(where) else Path(where).absolute()
    if root is not None:
        _must_be_vacant(root)
    with _marked(store), _marked_folder(root):
        left_out = _Files(bag, store, watch).copied()
        lost = [name for name in left_out if name.startswith("data/originals/")]
        if lost and not despite_damage:
            raise ArchiveProblem(
                f"{len(lost)} originals in the backup {bag.root} are damaged.",
                advice="Use another backup, or restore the rest with --despite-damage.",
                detail="\n".join(lost[:_TOLD]),
            )
        damages = _restored_database(where, root, store, description.dump, folder, watch)
    directives = next((t.rows for t in description.dump.tables if t.name == "directives"), 0)
    return RestoreReport(
        archive=str(root) if root is not None else "database", made_at=description.made_at,
        files=description.files, byte_size=description.byte_size, directives=directives,
        last_change=description.dump.last_change, left_out=tuple(left_out), damages=damages,
    )  # fmt: skip


def _must_be_readable(bag: Bag, description: Description, folder: Path) -> None:
    """The dump as the manifest says, and of a version that we know."""
    if description.dump.revision > HEAD:
        raise ArchiveProblem(
            f"The backup {bag.root} was written by a newer version of vanthu.",
            advice="Install that version or a newer one.",
            detail=f"its schema is {description.dump.revision}, this version knows {HEAD}",
        )
    listed = {e.name: e.sha256 for e in bag.entries("data/database-")}
    for name in dump.files_of(description.dump.tables):
        path = f"data/{folder.name}/{name}"
        if path not in listed or bag.digest(path) != listed[path]:
            raise ArchiveProblem(
                f"The database in the backup {bag.root} is damaged.",
                advice="Use another backup; the originals in this one can still be ingested.",
                detail=path,
            )


def _store(where: str | Path, files: str | Path | None) -> FileStore:
    if files is None and is_url(where):
        raise UsageProblem(
            "An archive in a database has its files elsewhere.",
            advice="Say where with VANTHU_FILES, a folder or the URL of an object store.",
        )
    chosen = files if files is not None else where
    if isinstance(chosen, str) and "://" in chosen:
        return FileStore(chosen)
    return FileStore(Path(chosen).absolute())


# -- the place -----------------------------------------------------------------------------------


def _must_be_vacant(root: Path) -> None:
    """Empty, not there, or left by a restore that did not end."""
    with told_of_archive(root):
        try:
            names = {entry.name for entry in root.iterdir()} - {"lost+found"}
        except FileNotFoundError:
            return
        except NotADirectoryError:
            names = {root.name}
    if names and (MARKER not in names or NAME in names):
        raise UsageProblem(
            f"{root} is not empty, so nothing is restored there.",
            advice="Give a new or empty folder.",
        )


@contextlib.contextmanager
def _marked_folder(root: Path | None) -> Iterator[None]:
    """The marker in the archive's folder while the restore is not done."""
    if root is None:
        yield
        return
    with told_of_archive(root):
        root.mkdir(parents=True, exist_ok=True)
        (root / MARKER).write_bytes(_SAYS)
    yield
    with told_of_archive(root):
        (root / MARKER).unlink(missing_ok=True)
        flush_folder(root)


@contextlib.contextmanager
def _marked(store: FileStore) -> Iterator[None]:
    """The marker beside the files while the restore is not done.

    :raises UsageProblem: there are files already
    """
    storage = store.storage
    if isinstance(storage, Folder):
        _must_be_vacant(storage.root)
    elif storage.size(MARKER) is None and any(
        any(storage.listed(below)) for below in ("originals", "results")
    ):
        raise UsageProblem(
            f"There are files at {store.location} already, so nothing is restored there.",
            advice="Give a new prefix or bucket.",
        )
    storage.write(MARKER, _SAYS)
    yield
    storage.remove(MARKER)


# -- files ---------------------------------------------------------------------------------------


class _Files:
    """The files of a backup on their way into a store."""

    def __init__(self, bag: Bag, store: FileStore, watch: Watch) -> None:
        self._bag = bag
        self._storage = store.storage
        self._watch = watch

    def copied(self) -> list[str]:
        """Copy all; the names of those that are damaged and were left out."""
        damaged = []
        for what in ("originals", "results"):
            for done, entry in enumerate(self._bag.entries(f"data/{what}/"), start=1):
                self._watch(what, done, None)
                if not self._copy(entry):
                    damaged.append(entry.name)
        # One flush for all: none of them counts before the database names them.
        os.sync()
        return damaged

    def _copy(self, entry: Entry) -> bool:
        name = entry.name.removeprefix("data/")
        sha256 = name.rpartition("/")[2]
        if not RESULT.fullmatch(name) and not (
            sha256 == entry.sha256 and name == original_name(sha256)
        ):
            return False
        size = self._bag.size(entry.name)
        if size is not None and self._storage.size(name) == size and self._is_there(entry, name):
            return True
        with self._storage.scratch() as folder:
            part = folder / "coming"
            if _copied(self._bag.path(entry.name), part, self._storage.work) != entry.sha256:
                return False
            self._place(part, name)
        return True

    def _is_there(self, entry: Entry, name: str) -> bool:
        """Whether a restore that did not end brought it already."""
        digest = hashlib.sha256()
        for chunk in self._storage.chunks(name):
            digest.update(chunk)
        return digest.hexdigest() == entry.sha256

    def _place(self, part: Path, name: str) -> None:
        if not isinstance(self._storage, Folder):
            self._storage.adopt(part, name)
            return
        with told_of_archive(self._storage.root):
            if name.startswith("originals/"):
                part.chmod(0o444)
            target = self._storage.path(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)


def _copied(source: Path, target: Path, work: Path) -> str | None:
    """Copy a file of the backup; the SHA-256 of what was read, ``None`` where it cannot be."""
    digest = hashlib.sha256()
    chunks = chunks_of(source)
    with told_of_archive(work), target.open("xb") as out:
        while True:
            try:
                chunk = next(chunks, b"")
            except OSError:
                return None
            if not chunk:
                return digest.hexdigest()
            digest.update(chunk)
            out.write(chunk)


# -- database ------------------------------------------------------------------------------------


def _restored_database(
    where: str | Path,
    root: Path | None,
    store: FileStore,
    dumped: dump.Dump,
    folder: Path,
    watch: Watch,
) -> tuple[Damage, ...]:
    """Load the dump and look at the whole; what is wrong with it."""
    filled = []

    def fill(connection: Connection) -> None:
        dump.filler(dumped, folder, watch)(connection)
        filled.append(True)

    with _told_of_dump():
        if root is None:
            with contextlib.closing(open_url(str(where), create=True, fill=fill)) as server:
                if not filled:
                    raise dump.already_there()
                server.learn()
                return _looked_at(server, store, watch)
        with Folder(root).scratch() as scratch:
            with contextlib.closing(open_folder(scratch, create=True, fill=fill)) as database:
                damages = _looked_at(database, store, watch)
            # Closing folded the log into the file: it is the whole database.
            with told_of_archive(root):
                with (scratch / NAME).open("rb") as made:
                    os.fsync(made.fileno())
                (scratch / NAME).replace(root / NAME)
                flush_folder(root)
    return damages


def _looked_at(database: Database, store: FileStore, watch: Watch) -> tuple[Damage, ...]:
    """Names and sizes of files and the database's own order; hashes were held already."""
    found = fixity.verify(database, store, quick=True, watch=watch)
    return tuple(damage for damage in found if damage.severity != "info")


@contextlib.contextmanager
def _told_of_dump() -> Iterator[None]:
    try:
        yield
    except (dump.Wrong, EOFError, KeyError, TypeError) as error:
        raise ArchiveProblem(
            "The database in the backup cannot be loaded.",
            advice="Use another backup; the originals in this one can still be ingested.",
            detail=f"{type(error).__name__}: {error}",
        ) from error


__all__ = ["MARKER", "RestoreReport", "restore"]
