"""The files of an archive: originals by their hash, results of stages by their key.

Works in any process without the database. Every method may be interrupted at any instruction and
called again: a file is whole or missing, and putting the same thing twice changes nothing.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Final

from pipeline.archive import durable
from pipeline.archive.storage import Folder, open_storage
from pipeline.errors import TooLarge, UnreadableFile, VanthuError
from pipeline.settings import StoreSettings

_STAGE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_KEY: Final = re.compile(r"[0-9a-z][0-9a-z_-]{3,127}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_CHUNK: Final = 1 << 20
#: PNG, JPEG, gzip, ZIP, WebP: compressing them again only costs time.
_COMPRESSED: Final = (b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"PK\x03\x04", b"RIFF")


class FileStore:
    """Originals and results of stages in a folder or, by URL, in an object store.

    In a folder ``location`` they lie in ``originals``, ``results`` and ``tmp``. A URL is
    ``s3://bucket/prefix`` or one of the other protocols of :mod:`pipeline.archive.objects`
    (``file://`` is a folder). Creating one touches neither disk nor network.

    :raises UsageProblem: a URL that is no place for files
    """

    def __init__(self, location: str | Path, settings: StoreSettings | None = None) -> None:
        self.storage = open_storage(location, settings)

    @property
    def location(self) -> str | Path:
        """What a worker process opens the same store with."""
        return self.storage.location

    @property
    def root(self) -> Path | None:
        """The folder; ``None`` for an object store."""
        return self.storage.root if isinstance(self.storage, Folder) else None

    # -- results of stages ---------------------------------------------------------------------

    def result_path(self, stage: str, key: str) -> Path:
        """Where a result lies in a folder. For tools and tests; stages use :meth:`get`."""
        return self._folder().path(result_name(stage, key))

    def has(self, stage: str, key: str) -> bool:
        """Whether a result is stored. Does not read it: :meth:`get` may still find it damaged."""
        return self.storage.size(result_name(stage, key)) is not None

    def get(self, stage: str, key: str) -> bytes | None:
        """A stored result; ``None`` where there is none.

        A damaged file (gzip keeps length and CRC) counts as missing and is removed, so that the
        stage runs again instead of the document failing for ever.
        """
        name = result_name(stage, key)
        packed = self.storage.read(name)
        if packed is None:
            return None
        data = unpack(packed)
        if data is None:
            self.storage.remove(name)
        return data

    def put(self, stage: str, key: str, data: bytes) -> None:
        """Store a result. Written always: an earlier, damaged file is mended by it."""
        self.storage.write(result_name(stage, key), pack(data))

    # -- originals -----------------------------------------------------------------------------

    def original_path(self, sha256: str) -> Path:
        """Where the original with this hash lies in a folder, whether or not it is there.

        Use :meth:`original` to read it: that works in an object store too.
        """
        return self._folder().path(original_name(sha256))

    def original(self, sha256: str) -> AbstractContextManager[Path]:
        """A path of this machine with the original, to be read inside the ``with`` only.

        In an object store a copy whose hash was checked. The path does not exist where the
        original does not, or where its copy in an object store is damaged.
        """
        return self.storage.local(original_name(sha256))

    def put_original(self, source: Path | BinaryIO, *, max_bytes: int) -> tuple[str, int]:
        """Keep a copy of ``source``; its SHA-256 and size.

        In a folder a path or a seekable stream (taken from its start) is hashed first, and copied
        only if its content is not here yet: running again over thousands of archived files must
        not copy them again. For an object store the local copy is made always, as the stages need
        it, and sent only if it is new. The hash that counts is that of the bytes copied, so a file
        that changes meanwhile is kept as what was copied.

        :raises TooLarge: past ``max_bytes``; :raises UnreadableFile: the source cannot be read;
        :raises NoSpace: the archive's disk is full
        """
        if isinstance(source, Path):
            with _opened(source) as stream:
                return self.put_original(stream, max_bytes=max_bytes)
        if source.seekable():
            source.seek(0)
            if self.root is not None:
                digest, size = _hash(source, max_bytes)
                if self.storage.size(original_name(digest)) == size:
                    return digest, size
                source.seek(0)
        return self._copy(source, max_bytes)

    def _copy(self, stream: BinaryIO, max_bytes: int) -> tuple[str, int]:
        work = self.storage.work
        digest = hashlib.sha256()
        size = 0
        with self.scratch() as folder:
            unfinished = folder / "original"
            with durable.told(work):
                out = unfinished.open("xb")
            with out:
                for chunk in _chunks(stream, max_bytes):
                    digest.update(chunk)
                    size += len(chunk)
                    with durable.told(work):
                        out.write(chunk)
                with durable.told(work):
                    out.flush()
                    os.fchmod(out.fileno(), 0o444)
                    if self.root is not None:
                        os.fsync(out.fileno())
            sha256 = digest.hexdigest()
            self._adopt(unfinished, sha256, size)
        return sha256, size

    def _adopt(self, unfinished: Path, sha256: str, size: int) -> None:
        name = original_name(sha256)
        if isinstance(self.storage, Folder):
            self.storage.adopt(unfinished, name)
            return
        if self.storage.size(name) != size:
            self.storage.adopt(unfinished, name)
        self.storage.keep_copy(unfinished, sha256)

    def _folder(self) -> Folder:
        if not isinstance(self.storage, Folder):
            raise TypeError("files in an object store have no path of this machine")
        return self.storage

    # -- scratch -------------------------------------------------------------------------------

    def scratch(self) -> AbstractContextManager[Path]:
        """A private folder of this machine, removed at the end; if killed, by the next open."""
        return self.storage.scratch()

    def remove_leftovers(self) -> int:
        """Remove what dead processes left (workers killed at their limits, say)."""
        return self.storage.remove_leftovers()


def result_name(stage: str, key: str) -> str:
    """The name of a result; ``ValueError`` for one that could leave its folder."""
    if not _STAGE.fullmatch(stage):
        raise ValueError(f"not the name of a stage: {stage!r}")
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a result key: {key!r}")
    return f"results/{stage}/{key[:2]}/{key}.gz"


def original_name(sha256: str) -> str:
    """The name of an original; ``ValueError`` for what is no SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256 in lower-case hex: {sha256!r}")
    return f"originals/{sha256[:2]}/{sha256}"


def pack(data: bytes) -> bytes:
    """``data`` as it lies on the disk: gzip without a time stamp, so equal data is equal bytes."""
    return gzip.compress(data, 0 if data.startswith(_COMPRESSED) else 6, mtime=0)


def unpack(packed: bytes) -> bytes | None:
    """The opposite of :func:`pack`; ``None`` if anything at all is wrong with it."""
    if not packed:
        return None
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        return None


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[BinaryIO]:
    try:
        stream = source.open("rb")
    except (OSError, ValueError) as error:
        raise _unreadable(error) from error
    with stream:
        yield stream


def _unreadable(error: Exception) -> VanthuError:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return UnreadableFile(f"The file cannot be read: {why}.", detail=repr(error))


def _chunks(stream: BinaryIO, max_bytes: int) -> Iterator[bytes]:
    size = 0
    while True:
        try:
            chunk = stream.read(_CHUNK)
        except OSError as error:
            raise _unreadable(error) from error
        if not chunk:
            return
        size += len(chunk)
        if size > max_bytes:
            limit = max_bytes / 1_000_000
            raise TooLarge(f"The file is larger than the limit of {limit:,.1f} MB.")
        yield chunk


def _hash(stream: BinaryIO, max_bytes: int) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    for chunk in _chunks(stream, max_bytes):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
