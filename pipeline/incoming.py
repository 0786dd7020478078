"""Files that wait to be ingested: received in batches, each in a folder of its own.

``incoming/2026-11-22-081500-3fa9/`` holds ``files/0001-Cong van 45.pdf`` … and ``names.jsonl`` with
the name under which each was sent. On disk a file bears a number and what is harmless of its name;
the archive knows it by the name that it was sent under, behind the batch's. Nothing that a sender
writes is ever part of a path.

A batch belongs to whoever holds a lock on its ``lock``: the server that receives it, then the
process that ingests it. One without an owner was left by a process that died, or waits for somebody
to try its files again.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
import threading
import time
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from pipeline.errors import UsageProblem
from pipeline.ingest import left_out, shown
from pipeline.serve.intake import Refused, UploadLimits

_ID: Final = re.compile(r"\d{4}-\d\d-\d\d-\d{6}-[0-9a-f]{4}")
_FILES: Final = "files"
_NAMES: Final = "names.jsonl"
#: Longer names are refused: nobody could read them, and no address holds them.
_NAME_CHARS: Final = 1000
#: Of the name on disk, so much is kept: file systems take 255 bytes.
_DISK_BYTES: Final = 120
_FREE_BYTES: Final = 256 * 2**20


def shown_name(name: str) -> str:
    """The name of a sent file as the archive keeps it: no way out of its folder, printable.

    :raises Refused: there is no name, or it is too long
    """
    parts = [part for part in unicodedata.normalize("NFC", name).split("/") if part.strip(". ")]
    if not parts or len(name) > _NAME_CHARS:
        raise Refused("name")
    return shown("/".join(parts))


def disk_name(name: str) -> str:
    """What is harmless of a name, for people who look into the folder."""
    last = name.rsplit("/", 1)[-1]
    kept = "".join(c if c.isalnum() or c in " ._-()+," else "_" for c in last).strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    if not dot or len(suffix.encode()) > 10:
        stem, suffix = kept, ""
    short = stem.encode()[: _DISK_BYTES - len(suffix.encode())].decode("utf-8", "ignore")
    return f"{short}.{suffix}" if suffix else short or "_"


def read_names(file: Path) -> dict[Path, str]:
    """The names of files, by their absolute paths; see :mod:`pipeline.incoming`.

    :raises UsageProblem: it is no such list
    """
    found = {}
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found[(file.parent / row["file"]).absolute()] = shown(str(row["name"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageProblem(
            f"{file} is no list of names: {error}.",
            advice='Each line is {"file": …, "name": …}.',
        ) from None
    return found


@dataclass
class Batch:
    """One batch in the hands of this process; ``lock`` is its open lock file."""

    folder: Path
    lock: BinaryIO
    files: int = 0
    numbered: int = 0
    size_bytes: int = 0
    receiving: int = 0
    touched: float = field(default_factory=time.monotonic)
    guard: threading.Lock = field(default_factory=threading.Lock)
    ended: bool = False

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def documents(self) -> Path:
        """The folder to ingest."""
        return self.folder / _FILES

    @property
    def names_file(self) -> Path:
        return self.folder / _NAMES

    def names(self) -> dict[Path, str]:
        """The name of each file that is here."""
        known = read_names(self.names_file) if self.names_file.exists() else {}
        return {path: name for path, name in known.items() if path.exists()}

    def seal(self) -> int:
        """Nothing more is received; how many files there are."""
        with self.guard:
            self.ended = True
        return len(self.names())

    def release(self) -> None:
        """Leave it to the next who looks."""
        self.lock.close()

    def remove(self) -> None:
        """Remove it with all that it holds."""
        with self.guard:
            self.ended = True
        shutil.rmtree(self.folder, ignore_errors=True)
        self.release()

    def tidy(self, archived: Collection[str]) -> None:
        """Remove the copies of what the archive has now; the batch goes with its last file."""
        for path, name in self.names().items():
            if name in archived:
                path.unlink(missing_ok=True)
        if not any(self.documents.iterdir()):
            self.remove()


class Upload:
    """One file on its way to disk. It counts from the beginning, so that two share one limit."""

    def __init__(self, batch: Batch, name: str, limits: UploadLimits) -> None:
        self.batch = batch
        self.name = f"incoming/{batch.id}/{shown_name(name)}"
        self._disk = disk_name(name)
        self._limits = limits
        self._size = 0
        with batch.guard:
            if batch.ended:
                raise Refused("batch")
            if batch.files >= limits.files:
                raise Refused("files", limit=str(limits.files))
            batch.files += 1
            batch.numbered += 1
            batch.receiving += 1
            self._number = batch.numbered
        self._part = batch.folder / f"{secrets.token_hex(8)}.part"
        try:
            self._out: BinaryIO | None = self._part.open("xb")
        except OSError as error:
            self._out = None
            self.drop()
            raise _told(error) from error

    def write(self, data: bytes) -> None:
        """Append to it.

        :raises Refused: it, or its batch, is too large, or the disk is full
        """
        out = self._out
        if out is None:
            raise Refused("batch")
        self._size += len(data)
        if self._size > self._limits.file_bytes:
            raise Refused("size", limit=_megabytes(self._limits.file_bytes))
        with self.batch.guard:
            self.batch.size_bytes += len(data)
            self.batch.touched = time.monotonic()
            if self.batch.size_bytes > self._limits.total_bytes:
                raise Refused("total", limit=_megabytes(self._limits.total_bytes))
        try:
            out.write(data)
        except OSError as error:
            raise _told(error) from error

    def keep(self) -> str:
        """It is whole; the name under which the archive will know it.

        :raises Refused: it is empty, or the disk is full, or its batch has ended
        """
        if self._size == 0 or self._out is None:
            raise Refused("empty")
        try:
            self._out.flush()
            os.fsync(self._out.fileno())
            self._out.close()
            path = self.batch.documents / f"{self._number:04d}-{self._disk}"
            line = {"file": f"{_FILES}/{path.name}", "name": self.name}
            with self.batch.guard:
                if self.batch.ended:
                    raise Refused("batch")
                with self.batch.names_file.open("a", encoding="utf-8") as names:
                    names.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._part.replace(path)
                self.batch.receiving -= 1
        except OSError as error:
            raise _told(error) from error
        self._out = None
        return self.name

    def drop(self) -> None:
        """Nothing of it stays."""
        if self._out is not None:
            self._out.close()
            self._out = None
        self._part.unlink(missing_ok=True)
        with self.batch.guard:
            self.batch.files -= 1
            self.batch.receiving -= 1
            self.batch.size_bytes -= self._size


class Receiving:
    """An upload that holds one of the server's places until it ends."""

    def __init__(self, upload: Upload, places: threading.BoundedSemaphore) -> None:
        self._upload = upload
        self._place: threading.BoundedSemaphore | None = places
        self.write = upload.write

    def keep(self) -> str:
        name = self._upload.keep()
        self._leave()
        return name

    def drop(self) -> None:
        self._upload.drop()
        self._leave()

    def _leave(self) -> None:
        if self._place is not None:
            self._place.release()
            self._place = None


def _megabytes(size: int) -> str:
    return str(size // 2**20)


def _told(error: OSError) -> Refused:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return Refused("space" if full else "disk")


class Incoming:
    """The folder of batches."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self) -> Batch:
        """A new batch, ours.

        :raises Refused: the disk is full, or may not be written to
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self.root).free < _FREE_BYTES:
                raise Refused("space")
            id_ = f"{datetime.now():%Y-%m-%d-%H%M%S}-{secrets.token_hex(2)}"
            folder = self.root / id_
            folder.mkdir(mode=0o700)
            (folder / _FILES).mkdir()
            owned = self.take(folder)
        except OSError as error:
            raise _told(error) from error
        if owned is None:
            raise Refused("disk")
        return owned

    def take(self, folder: Path) -> Batch | None:
        """A batch that has no owner; ``None`` where it has one, or is none."""
        if not _ID.fullmatch(folder.name) or not (folder / _FILES).is_dir():
            return None
        lock = (folder / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return None
        if not folder.exists():  # removed by its owner while we waited
            lock.close()
            return None
        return Batch(folder, lock)

    def orphans(self) -> Iterator[Batch]:
        """Batches without an owner, the oldest first; half a file in them is removed."""
        try:
            folders = sorted(self.root.iterdir())
        except OSError:  # nobody has sent anything yet
            return
        for folder in folders:
            with suppress(OSError):
                batch = self.take(folder)
                if batch is not None:
                    for part in folder.glob("*.part"):
                        part.unlink(missing_ok=True)
                    yield batch


def why_refused(name: str) -> str | None:
    """Why a file of this name, sent with its folder, is no document."""
    folder, _, last = name.rpartition("/")
    return left_out(last) if folder else None
