"""The folder of a backup: a bag after BagIt 1.0 (RFC 8493), which others can verify too.

``manifest-sha256.txt`` is the backup: it takes effect when it is renamed into place, and names
everything that belongs to it. Files are only ever added before that and only removed after it, so a
backup that is killed leaves the former one as it was, or, if it was the first, no manifest.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.archive.storage import CHUNK
from pipeline.errors import ArchiveProblem, NoSpace, UsageProblem

MANIFEST: Final = "manifest-sha256.txt"
_DECLARATION: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LOCK: Final = "backup.lock"
_UNFINISHED: Final = "unfinished"
_OWN: Final = frozenset(
    {
        "bagit.txt",
        "bag-info.txt",
        MANIFEST,
        "tagmanifest-sha256.txt",
        "data",
        "lost+found",
        _LOCK,
        _UNFINISHED,
    }
)
_LINE: Final = re.compile(r"([0-9a-f]{64})  (data/[0-9A-Za-z_./-]+)\n")


class Entry(NamedTuple):
    """A line of the manifest. ``name`` begins with ``data/``."""

    name: str
    sha256: str


@contextlib.contextmanager
def told(root: Path) -> Iterator[None]:
    """Turn operating system errors of the backup's folder into errors with advice."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(f"The disk of the backup {root} is full.", detail=str(error)) from error
        raise UsageProblem(
            f"The backup {root} cannot be read or written.",
            advice="Check the path, who owns the folder and whether its disk is there.",
            detail=str(error),
        ) from error


class Bag:
    """A backup's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        """Where a file of the manifest lies."""
        return self.root / name

    @property
    def finished(self) -> bool:
        """Whether a backup was ever finished here."""
        return (self.root / MANIFEST).is_file()

    def must_be_finished(self) -> None:
        """:raises ArchiveProblem: this is no backup, or one that was never finished."""
        if self.finished:
            return
        if (self.root / _LOCK).exists() or (self.root / "data").exists():
            raise ArchiveProblem(
                f"The backup {self.root} was never finished.",
                advice="Run 'vanthu backup' to the same place again, or use another backup.",
            )
        raise ArchiveProblem(
            f"There is no backup at {self.root}.",
            advice="Give the folder that was given to 'vanthu backup'.",
        )

    def entries(self, below: str = "data/") -> Generator[Entry, None, None]:
        """The manifest's lines below a folder, in their order; none before the first backup.

        :raises ArchiveProblem: a line is damaged
        """
        if not self.finished:
            return
        with (
            told(self.root),
            (self.root / MANIFEST).open(encoding="utf-8", errors="replace") as lines,
        ):
            for line in lines:
                match = _LINE.fullmatch(line)
                if match is None or ".." in match[2].split("/"):
                    raise self._damaged(line)
                if match[2].startswith(below):
                    yield Entry(match[2], match[1])

    def _damaged(self, line: str) -> ArchiveProblem:
        return ArchiveProblem(
            f"The manifest of the backup {self.root} is damaged.",
            advice="Use another backup; this one's files can still be looked at.",
            detail=line[:200],
        )

    # -- writing -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def written(self) -> Iterator[None]:
        """Alone in the folder, made first if it is new; what a killed backup left is removed.

        :raises UsageProblem: it holds other files; :raises ArchiveProblem: a backup is running
        """
        with told(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            names = {entry.name for entry in self.root.iterdir()}
            if foreign := sorted(n for n in names - _OWN if not n.startswith(".")):
                raise UsageProblem(
                    f"The folder {self.root} holds other files ({foreign[0]!r}).",
                    advice="Give a new or empty folder, or that of an earlier backup.",
                )
            handle = os.open(self.root / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            self._lock(handle)
            with told(self.root):
                shutil.rmtree(self.root / _UNFINISHED, ignore_errors=True)
                (self.root / _UNFINISHED).mkdir()
            yield
        finally:
            shutil.rmtree(self.root / _UNFINISHED, ignore_errors=True)
            os.close(handle)

    def _lock(self, handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ArchiveProblem(
                f"Another backup to {self.root} is running.",
                advice="Wait until it has finished.",
            ) from None
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL):
                raise  # some network folders know no locks; there nobody can be kept out

    def unfinished(self) -> Path:
        """A new path for a file that is not yet part of the bag."""
        return self.root / _UNFINISHED / secrets.token_hex(8)

    def put(self, chunks: Iterable[bytes], name: str, expected: str | None) -> str | None:
        """Write ``name``; its SHA-256, or ``None`` (and nothing) if that is not ``expected``."""
        part = self.unfinished()
        digest = hashlib.sha256()
        with told(self.root):
            out = part.open("xb")
        with out:
            for chunk in chunks:
                digest.update(chunk)
                with told(self.root):
                    out.write(chunk)
        if expected is not None and digest.hexdigest() != expected:
            part.unlink()
            return None
        self.move_in(part, name)
        return digest.hexdigest()

    def move_in(self, part: Path, name: str) -> None:
        """Make an unfinished file or folder part of the bag."""
        with told(self.root):
            target = self.path(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)

    def size(self, name: str) -> int | None:
        """Size of a file of the bag; ``None`` where there is none."""
        try:
            return self.path(name).stat().st_size
        except OSError:
            return None

    def digest(self, name: str) -> str | None:
        """SHA-256 of a file as it is now; ``None`` where it cannot be read."""
        try:
            with self.path(name).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            return None

    def commit(self, manifest: Path, info: dict[str, str]) -> None:
        """From here on the bag is what ``manifest`` says. All it names is on the disk first."""
        with told(self.root):
            for name in ("bag-info.txt", "tagmanifest-sha256.txt"):  # they tell of the former
                (self.root / name).unlink(missing_ok=True)
            (self.root / "bagit.txt").write_text(_DECLARATION, encoding="utf-8")
            os.sync()
            manifest.replace(self.root / MANIFEST)
            lines = "".join(f"{key}: {value}\n" for key, value in info.items())
            (self.root / "bag-info.txt").write_text(lines, encoding="utf-8")
            tags = ("bag-info.txt", "bagit.txt", MANIFEST)
            sums = "".join(f"{_sha256(self.root / name)}  {name}\n" for name in tags)
            (self.root / "tagmanifest-sha256.txt").write_text(sums, encoding="utf-8")
            os.sync()


def chunks_of(file: Path) -> Iterator[bytes]:
    """A file piece by piece."""
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
