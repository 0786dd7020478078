"""``vanthu backup``: the database in its portable form and the files it names, in a bag.

Consistent while ingest runs: the database is dumped from one view of it, and only then are files
copied. Every file that a row names was stored before the row, is never altered and never removed.
A second backup to the same folder copies only what is new; what a backup holds it keeps.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

from pydantic import ValidationError

from models.base import Model
from pipeline import __version__
from pipeline.archive import dump
from pipeline.archive.bag import Bag, Entry, told
from pipeline.archive.database import Database
from pipeline.archive.fixity import RESULT
from pipeline.archive.results import FileStore, original_name, unpack
from pipeline.archive.storage import Storage, walk
from pipeline.archive.watch import Watch, unwatched
from pipeline.errors import ArchiveProblem, StoreProblem, UsageProblem

FORMAT: Final = "vanthu.backup/1"
_DESCRIPTION: Final = "backup.json"
#: A ``Path`` made of a URL has lost one of its slashes.
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)


class Description(Model):
    """What a backup says of itself, in ``data/database-…/backup.json``.

    ``manifest_sha256`` is that of all other lines of the manifest: a manifest that lost lines is
    told by it. ``missing`` names originals that were gone or damaged when the backup was made and
    in no earlier backup either.
    """

    format: str = FORMAT
    number: int
    made_at: str
    files: int
    byte_size: int
    manifest_sha256: str
    missing: tuple[str, ...]
    dump: dump.Dump


class BackupReport(Model):
    """What a backup did. ``missing``: originals that it could not take, a loss already."""

    target: str
    number: int
    files: int
    byte_size: int
    copied_files: int
    copied_bytes: int
    directives: int
    last_change: int
    missing: tuple[str, ...]


def backup(
    database: Database,
    files: FileStore,
    target: Path,
    *,
    results: bool = True,
    watch: Watch = unwatched,
) -> BackupReport:
    """Bring the backup in the folder ``target`` up to date; made first if it is new.

    :param results: whether to copy results of stages, which can be made again
    :raises UsageProblem: ``target`` holds other files or another archive's backup
    :raises ArchiveProblem: another backup to it is running; :raises NoSpace: its disk is full
    """
    if _URL.match(str(target)) and not target.exists():
        raise UsageProblem(
            "Backups go into a folder, not to a URL.",
            advice="Give a folder on another disk, and copy it on from there.",
        )
    target = target.absolute()
    if files.root is not None and target.is_relative_to(files.root.absolute()):
        raise UsageProblem(
            "The backup would lie inside the archive.", advice="Give a folder on another disk."
        )
    bag = Bag(target)
    with bag.written():
        return _Backup(bag, files.storage, watch).made(database, results)


def description_of(bag: Bag) -> tuple[Description, Path]:
    """What the backup in ``bag`` says of itself, and the folder of its dump.

    :raises ArchiveProblem: it, or the manifest, is damaged or of a newer version
    """
    bag.must_be_finished()
    found = [e for e in bag.entries("data/database-") if e.name.endswith(f"/{_DESCRIPTION}")]
    if len(found) != 1 or bag.digest(found[0].name) != found[0].sha256:
        raise _damaged(bag, "its description is not the one of the manifest")
    path = bag.path(found[0].name)
    try:
        told_format = json.loads(path.read_bytes())["format"]
        if told_format != FORMAT:
            raise ArchiveProblem(
                f"The backup {bag.root} is of a newer version of vanthu.",
                advice="Install that version or a newer one.",
                detail=f"its format is {told_format}",
            )
        description = Description.model_validate_json(path.read_bytes())
    except (OSError, ValueError, ValidationError, KeyError) as error:
        raise _damaged(bag, str(error)) from error
    digest = hashlib.sha256()
    for entry in bag.entries():
        if entry != found[0]:
            digest.update(_line(entry))
    if digest.hexdigest() != description.manifest_sha256:
        raise _damaged(bag, "lines of the manifest are missing or changed")
    return description, path.parent


def _damaged(bag: Bag, detail: str) -> ArchiveProblem:
    return ArchiveProblem(
        f"The backup {bag.root} is damaged.",
        advice="Use another backup; this one's files can still be looked at.",
        detail=detail,
    )


def _line(entry: Entry) -> bytes:
    return f"{entry.sha256}  {entry.name}\n".encode()


class _Backup:
    """One backup being made."""

    def __init__(self, bag: Bag, storage: Storage, watch: Watch) -> None:
        self._bag = bag
        self._storage = storage
        self._watch = watch
        self._files = self._bytes = self._copied_files = self._copied_bytes = 0
        self._missing: list[str] = []
        self._digest = hashlib.sha256()

    def made(self, database: Database, results: bool) -> BackupReport:
        former = description_of(self._bag)[0] if self._bag.finished else None
        number = former.number + 1 if former else 1
        folder = self._bag.unfinished()
        with told(self._bag.root):
            folder.mkdir()
        with database.read() as connection:
            if former is not None:
                self._must_follow(former, dump.identity(connection), dump.last_change(connection))
            dumped = dump.dump(connection, folder, self._watch)
        home = f"data/database-{number:06d}"
        with told(self._bag.root):  # of a backup that was killed
            shutil.rmtree(self._bag.path(home), ignore_errors=True)
        self._bag.move_in(folder, home)
        manifest = self._bag.unfinished()
        with manifest.open("w", encoding="utf-8", newline="") as lines:
            for name in dump.files_of(dumped.tables):
                self._note(lines, f"{home}/{name}")
            self._originals(lines, self._bag.path(home))
            self._results(lines, results)
            self._describe(lines, home, number, dumped)
        self._bag.commit(manifest, self._info(number, dumped))
        self._remove_former_dumps(home)
        directives = next(t.rows for t in dumped.tables if t.name == "directives")
        return BackupReport(
            target=str(self._bag.root), number=number, files=self._files, byte_size=self._bytes,
            copied_files=self._copied_files, copied_bytes=self._copied_bytes,
            directives=directives, last_change=dumped.last_change, missing=tuple(self._missing),
        )  # fmt: skip

    def _must_follow(self, former: Description, archive: str, last_change: int) -> None:
        """A backup is never replaced by that of another archive, or of an earlier state."""
        if former.dump.archive != archive:
            raise UsageProblem(
                f"The folder {self._bag.root} holds the backup of another archive.",
                advice="Give each archive a folder of its own.",
            )
        if former.dump.last_change > last_change:
            raise UsageProblem(
                f"The backup {self._bag.root} is of a later state than the archive is in.",
                advice="Restore it, or back up to another folder.",
                detail=f"change {former.dump.last_change} there, {last_change} here",
            )

    # -- files ---------------------------------------------------------------------------------

    def _originals(self, lines: TextIO, folder: Path) -> None:
        named = ((f"data/{original_name(sha)}", size) for sha, size in dump.contents(folder))
        with closing(self._bag.entries("data/originals/")) as former:
            for done, (name, size, digest) in enumerate(_merged(named, former), start=1):
                self._watch("originals", done, None)
                sha256 = name.rpartition("/")[2]
                if self._is_whole(name, size, digest) or self._copy(name, sha256):
                    self._write(lines, Entry(name, sha256))
                else:
                    self._missing.append(sha256)

    def _results(self, lines: TextIO, wanted: bool) -> None:
        stored = (
            (f"data/{file.name}", file.size)
            for file in (walk(self._storage, "results") if wanted else ())
            if file.size and RESULT.fullmatch(file.name)
        )
        with closing(self._bag.entries("data/results/")) as former:
            for done, (name, size, digest) in enumerate(_merged(stored, former), start=1):
                self._watch("results", done, None)
                kept = digest if self._is_kept(name, size, digest) else self._copy_result(name)
                if kept is not None:
                    self._write(lines, Entry(name, kept))

    def _is_whole(self, name: str, size: int | None, digest: str | None) -> bool:
        """Whether an original is in the backup. What a killed backup left is read."""
        have = self._bag.size(name)
        if have is None or size not in (None, have):
            return False
        return digest is not None or self._bag.digest(name) == name.rpartition("/")[2]

    def _is_kept(self, name: str, size: int | None, digest: str | None) -> bool:
        """Whether the backup's own file stands. One of another size is believed by its hash."""
        have = self._bag.size(name)
        if digest is None or have is None:
            return False
        return size in (None, have) or self._bag.digest(name) == digest

    def _copy(self, name: str, expected: str) -> bool:
        try:
            chunks = self._storage.chunks(name.removeprefix("data/"))
            if self._bag.put(self._counted(chunks), name, expected) is None:
                return False
        except FileNotFoundError:
            return False
        except StoreProblem:
            raise
        except ArchiveProblem:  # it cannot be read
            return False
        self._copied_files += 1
        return True

    def _copy_result(self, name: str) -> str | None:
        """Damaged results are left: their stage runs again."""
        packed = self._storage.read(name.removeprefix("data/"))
        if packed is None or unpack(packed) is None:
            return None
        self._copied_files += 1
        return self._bag.put(self._counted(iter((packed,))), name, None)

    def _counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._copied_bytes += len(chunk)
            yield chunk

    # -- manifest ------------------------------------------------------------------------------

    def _note(self, lines: TextIO, name: str) -> None:
        """A line for a file that was just written."""
        digest = self._bag.digest(name)
        if digest is None:
            raise UsageProblem(f"The backup's own file {name} cannot be read.")
        self._write(lines, Entry(name, digest))

    def _write(self, lines: TextIO, entry: Entry) -> None:
        line = _line(entry)
        with told(self._bag.root):
            lines.write(line.decode())
        self._digest.update(line)
        self._files += 1
        self._bytes += self._bag.size(entry.name) or 0

    def _describe(self, lines: TextIO, home: str, number: int, dumped: dump.Dump) -> None:
        description = Description(
            number=number,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            files=self._files,
            byte_size=self._bytes,
            manifest_sha256=self._digest.hexdigest(),
            missing=tuple(self._missing),
            dump=dumped,
        )
        name = f"{home}/{_DESCRIPTION}"
        with told(self._bag.root):
            self._bag.path(name).write_text(description.model_dump_json(indent=1) + "\n", "utf-8")
        self._note(lines, name)
        with told(self._bag.root):
            lines.flush()
            os.fsync(lines.fileno())

    def _info(self, number: int, dumped: dump.Dump) -> dict[str, str]:
        return {
            "Bag-Software-Agent": f"vanthu {__version__}",
            "Bagging-Date": datetime.now(UTC).date().isoformat(),
            "Payload-Oxum": f"{self._bytes}.{self._files}",
            "External-Identifier": dumped.archive or "empty",
            "External-Description": f"Backup {number} of an archive of directives",
        }

    def _remove_former_dumps(self, home: str) -> None:
        for folder in self._bag.path("data").glob("database-*"):
            if folder != self._bag.path(home):
                shutil.rmtree(folder, ignore_errors=True)


def _merged(
    new: Iterator[tuple[str, Any]], former: Iterator[Entry]
) -> Iterator[tuple[str, Any, str | None]]:
    """Both by name, each name once: (name, what is new of it, its former hash)."""
    here, there = next(new, None), next(former, None)
    while here is not None or there is not None:
        if there is None or (here is not None and here[0] < there.name):
            assert here is not None  # noqa: S101 - for mypy
            yield here[0], here[1], None
            here = next(new, None)
        elif here is None or there.name < here[0]:
            yield there.name, None, there.sha256
            there = next(former, None)
        else:
            yield here[0], here[1], there.sha256
            here, there = next(new, None), next(former, None)


__all__ = ["BackupReport", "Description", "backup", "description_of"]
