"""Where the files of an archive lie: a folder of this machine, or an object store.

A file has a *name* in its place: a relative path with ``/``, made here only (``originals/ab/…``).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from pipeline.archive import durable
from pipeline.errors import UsageProblem
from pipeline.settings import StoreSettings

if TYPE_CHECKING:
    from pipeline.archive.objects import ObjectStore

#: So many bytes are in memory at a time while a file is hashed or copied.
CHUNK: Final = 4 << 20


class Stored(NamedTuple):
    """A stored file: its name and its size in bytes."""

    name: str
    size: int


class Storage(Protocol):
    """What :class:`pipeline.archive.results.FileStore` asks of the place its files lie in.

    Errors come as ours: :class:`~pipeline.errors.NoSpace`, ``ArchiveProblem``, ``StoreProblem``.
    """

    @property
    def location(self) -> Path | str:
        """What another process opens the same place with."""

    @property
    def work(self) -> Path:
        """A folder of this machine for unfinished files; they lie in its ``tmp/``."""

    def read(self, name: str) -> bytes | None:
        """The whole file; ``None`` where there is none."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """The file piece by piece; :raises FileNotFoundError: there is none."""

    def write(self, name: str, data: bytes) -> None:
        """Put ``data`` there: afterwards it is there whole, or as it was before."""

    def adopt(self, unfinished: Path, name: str) -> None:
        """Make a flushed file below :attr:`work` the file ``name``; it may be moved away."""

    def size(self, name: str) -> int | None:
        """Size in bytes; ``None`` where there is none."""

    def remove(self, name: str) -> None:
        """Remove it; no error where it is gone or may not be removed."""

    def local(self, name: str) -> AbstractContextManager[Path]:
        """The file as a path of this machine, to be read inside the ``with`` only.

        Where there is none the path does not exist.
        """

    def listed(self, below: str) -> tuple[list[str], list[Stored]]:
        """Names of the folders in ``below``, and the files in it, as they are now."""

    def scratch(self) -> AbstractContextManager[Path]:
        """A private folder of this machine, removed at the end."""

    def remove_leftovers(self) -> int:
        """Remove what dead processes left in :attr:`work`; how many entries went."""


def walk(storage: Storage, below: str) -> Iterator[Stored]:
    """Every file below ``below``, by name, one folder in memory at a time."""
    folders, files = storage.listed(below)
    known: dict[str, Stored | None] = dict.fromkeys(folders)
    known |= {file.name: file for file in files}
    for name in sorted(known):
        file = known[name]
        if file is None:
            yield from walk(storage, name)
        else:
            yield file


def open_storage(
    location: str | Path, settings: StoreSettings | None = None
) -> Folder | ObjectStore:
    """The place that ``location`` names; touches neither disk nor network.

    :raises UsageProblem: a URL that is no place for files
    :raises EnvironmentProblem: the library for this kind of URL is not installed
    """
    if isinstance(location, Path) or "://" not in location:
        return Folder(Path(location))
    if location.lower().startswith("file://"):
        return Folder(_path_of(location))
    # Imported here: workers on a folder must not pay for loading fsspec at their start.
    from pipeline.archive.objects import ObjectStore

    return ObjectStore(location, settings)


def _path_of(url: str) -> Path:
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost") or not parts.path or parts.query or parts.fragment:
        raise UsageProblem(
            "The file:// address of the archive's files is not a path of this machine.",
            advice="Give it as file:///folder/of/files, or as a plain path.",
        )
    return Path(unquote(parts.path))


class Folder:
    """Files in a folder, each written durably (see :mod:`pipeline.archive.durable`)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def location(self) -> Path:
        """The folder."""
        return self.root

    @property
    def work(self) -> Path:
        """The folder itself: an unfinished file must be on the disk it is renamed on."""
        return self.root

    def path(self, name: str) -> Path:
        """Where ``name`` lies."""
        return self.root / name

    def read(self, name: str) -> bytes | None:
        """See :class:`Storage`."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise durable.storage_error(error, self.root) from error

    def chunks(self, name: str) -> Iterator[bytes]:
        """See :class:`Storage`."""
        try:
            with self.path(name).open("rb") as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except FileNotFoundError:
            raise
        except OSError as error:
            raise durable.storage_error(error, self.root) from error

    def write(self, name: str, data: bytes) -> None:
        """See :class:`Storage`."""
        with durable.told(self.root):
            durable.write_whole(self.path(name), data, self.root)

    def adopt(self, unfinished: Path, name: str) -> None:
        """See :class:`Storage`."""
        with durable.told(self.root):
            durable.put_in_place(unfinished, self.path(name), self.root)

    def size(self, name: str) -> int | None:
        """See :class:`Storage`."""
        try:
            facts = self.path(name).stat()
        except OSError:
            return None
        return facts.st_size if stat.S_ISREG(facts.st_mode) else None

    def remove(self, name: str) -> None:
        """See :class:`Storage`."""
        with contextlib.suppress(OSError):
            self.path(name).unlink(missing_ok=True)

    @contextlib.contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """The file itself."""
        yield self.path(name)

    def listed(self, below: str) -> tuple[list[str], list[Stored]]:
        """See :class:`Storage`. A folder that cannot be read is told, not passed over."""
        folders, files = [], []
        with durable.told(self.root):
            try:
                entries = list(os.scandir(self.path(below)))
            except FileNotFoundError:
                return [], []
        for entry in entries:
            name = f"{below}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                folders.append(name)
            else:
                with contextlib.suppress(FileNotFoundError):
                    files.append(Stored(name, entry.stat().st_size))
        return folders, files

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """See :class:`Storage`; if killed, the next open removes it."""
        with durable.told(self.root):
            folder = durable.make_scratch(self.root)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def remove_leftovers(self) -> int:
        """See :class:`Storage`."""
        return durable.remove_leftovers(self.root)
