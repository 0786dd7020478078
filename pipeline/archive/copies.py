"""Local copies of originals that lie in an object store: programs want a path.

A copy gets its name, the SHA-256 of its content, only when the content has been hashed. The folder
belongs to one user and nobody else may look into it; processes share it. Whoever uses a copy holds
a link of its own, so that another process may drop the copy meanwhile.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.archive import durable
from pipeline.errors import EnvironmentProblem
from pipeline.settings import StoreSettings


class Copies:
    """The copies of this user on this machine, below the system's folder for temporary files."""

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = settings
        self.place = Path(tempfile.gettempdir()) / f"vanthu-{os.getuid()}"

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """A private folder, removed at the end (or, if killed, by the next run)."""
        self._make_place()
        with durable.told(self.place):
            folder = durable.make_scratch(self.place)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def lent(self, sha256: str, fetch: Callable[[], Iterable[bytes]]) -> Iterator[Path]:
        """A path with this content; one that does not exist where the store has it no more."""
        with self.scratch() as folder:
            path = folder / sha256
            if not self._linked(sha256, path):
                got = folder / "coming"
                if _fetched(fetch, got, self.place) == sha256:
                    got.replace(path)
                    self.keep(path, sha256)
            yield path

    def keep(self, file: Path, sha256: str) -> None:
        """Keep ``file`` as the copy of ``sha256``; failing to only costs time later."""
        with contextlib.suppress(OSError):
            folder = self.place / "originals"
            folder.mkdir(exist_ok=True)
            link = file.with_name(f"{file.name}.kept")
            _link_or_copy(file, link)
            link.replace(folder / sha256)
            self._make_room(keeping=sha256)

    def remove_leftovers(self) -> int:
        """Remove what dead processes left, and copies that were not used for long."""
        removed = durable.remove_leftovers(self.place)
        oldest = time.time() - self._settings.cache_hours * 3600
        for _, path in self._by_age():
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()
                    removed += 1
        return removed

    def _linked(self, sha256: str, path: Path) -> bool:
        copy = self.place / "originals" / sha256
        try:
            _link_or_copy(copy, path)
            os.utime(copy)
        except OSError:
            return path.exists()
        return True

    def _make_place(self) -> None:
        """Nobody else's folder is used: its owner could change what we read."""
        with durable.told(self.place):
            with contextlib.suppress(FileExistsError):
                self.place.mkdir(mode=0o700)
            facts = self.place.lstat()
        if (
            not stat.S_ISDIR(facts.st_mode)
            or facts.st_uid != os.getuid()
            or stat.S_IMODE(facts.st_mode) & 0o077
        ):
            raise EnvironmentProblem(
                f"{self.place} is not a folder of this user alone.",
                advice="Remove it, or name another folder for temporary files with TMPDIR.",
            )

    def _by_age(self) -> list[tuple[float, Path]]:
        found = []
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.place / "originals"):
                with contextlib.suppress(OSError):
                    found.append((entry.stat().st_mtime, Path(entry.path)))
        return sorted(found)

    def _make_room(self, *, keeping: str) -> None:
        """Drop the copies that were used longest ago until the rest fits."""
        known = [(path, path.stat().st_size) for _, path in self._by_age()]
        used = sum(size for _, size in known)
        for path, size in known:
            if used <= self._settings.cache_megabytes * 2**20:
                return
            if path.name != keeping:
                path.unlink(missing_ok=True)
                used -= size


def _fetched(fetch: Callable[[], Iterable[bytes]], target: Path, place: Path) -> str | None:
    """Write what is fetched to ``target``; the SHA-256 of it, ``None`` where there is none."""
    chunks = iter(fetch())
    try:
        first = next(chunks, b"")
    except FileNotFoundError:
        return None
    digest = hashlib.sha256()
    with durable.told(place), target.open("xb") as out:
        for chunk in itertools.chain((first,), chunks):
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without links
        shutil.copyfile(source, target)
