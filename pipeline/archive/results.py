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
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from pipeline.archive import durable
from pipeline.errors import TooLarge, UnreadableFile, VanthuError

_STAGE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_KEY: Final = re.compile(r"[0-9a-z][0-9a-z_-]{3,127}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_CHUNK: Final = 1 << 20
#: PNG, JPEG, gzip, ZIP, WebP: compressing them again only costs time.
_COMPRESSED: Final = (b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"PK\x03\x04", b"RIFF")


class FileStore:
    """The folders ``originals``, ``results`` and ``tmp`` of the archive at ``root``.

    Creating one touches nothing on the disk.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    # -- results of stages ---------------------------------------------------------------------

    def result_path(self, stage: str, key: str) -> Path:
        """Where a result lies; ``ValueError`` for a name that could leave its folder."""
        if not _STAGE.fullmatch(stage):
            raise ValueError(f"not the name of a stage: {stage!r}")
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a result key: {key!r}")
        return self.root / "results" / stage / key[:2] / f"{key}.gz"

    def has(self, stage: str, key: str) -> bool:
        """Whether a result is stored. Does not read it: :meth:`get` may still find it damaged."""
        return self.result_path(stage, key).is_file()

    def get(self, stage: str, key: str) -> bytes | None:
        """A stored result; ``None`` where there is none.

        A damaged file (gzip keeps length and CRC) counts as missing and is removed, so that the
        stage runs again instead of the document failing for ever.
        """
        path = self.result_path(stage, key)
        try:
            packed = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise durable.storage_error(error, self.root) from error
        data = unpack(packed)
        if data is None:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        return data

    def put(self, stage: str, key: str, data: bytes) -> None:
        """Store a result. Written always: an earlier, damaged file is mended by it."""
        path = self.result_path(stage, key)
        with durable.told(self.root):
            durable.write_whole(path, pack(data), self.root)

    # -- originals -----------------------------------------------------------------------------

    def original_path(self, sha256: str) -> Path:
        """Where the original with this hash lies, whether or not it is there."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"not a SHA-256 in lower-case hex: {sha256!r}")
        return self.root / "originals" / sha256[:2] / sha256

    def put_original(self, source: Path | BinaryIO, *, max_bytes: int) -> tuple[str, int]:
        """Keep a copy of ``source``; its SHA-256 and size.

        A path or a seekable stream (taken from its start) is hashed first, and copied only if its
        content is not here yet: running again over thousands of archived files must not copy them
        again. The hash that counts is that of the bytes copied, so a file that changes meanwhile
        is kept as what was copied.

        :raises TooLarge: past ``max_bytes``; :raises UnreadableFile: the source cannot be read;
        :raises NoSpace: the archive's disk is full
        """
        if isinstance(source, Path):
            with _opened(source) as stream:
                return self.put_original(stream, max_bytes=max_bytes)
        if source.seekable():
            digest, size = _hash(source, max_bytes)
            with contextlib.suppress(OSError):
                if self.original_path(digest).stat().st_size == size:
                    return digest, size
            source.seek(0)
        return self._copy(source, max_bytes)

    def _copy(self, stream: BinaryIO, max_bytes: int) -> tuple[str, int]:
        digest = hashlib.sha256()
        size = 0
        with self.scratch() as folder:
            unfinished = folder / "original"
            with durable.told(self.root):
                out = unfinished.open("xb")
            with out:
                for chunk in _chunks(stream, max_bytes):
                    digest.update(chunk)
                    size += len(chunk)
                    with durable.told(self.root):
                        out.write(chunk)
                with durable.told(self.root):
                    out.flush()
                    os.fchmod(out.fileno(), 0o444)
                    os.fsync(out.fileno())
            target = self.original_path(digest.hexdigest())
            with durable.told(self.root):
                durable.put_in_place(unfinished, target, self.root)
        return digest.hexdigest(), size

    # -- scratch -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """A private folder below ``tmp/``, removed at the end (or, if killed, by the next open)."""
        folder = self.root / "tmp" / durable.scratch_name()
        with durable.told(self.root):
            durable.make_folder(folder.parent, self.root)
            folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def remove_leftovers(self) -> int:
        """Remove what dead processes left in ``tmp/`` (workers killed at their limits, say)."""
        return durable.remove_leftovers(self.root)


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
