"""Files in an object store, through fsspec: S3 and what speaks its protocol, and the like.

A put is whole or it is not there, so no unfinished object is ever seen. What programs need as a
path is handed out from a cache of verified copies (:mod:`pipeline.archive.copies`). Credentials and
the address of the server come from the environment, as each library reads them; none is ever in the
archive's own address, and no message repeats them.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from pipeline.archive.copies import Copies
from pipeline.archive.storage import CHUNK, Stored
from pipeline.errors import (
    EnvironmentProblem,
    NoSpace,
    StoreProblem,
    UsageProblem,
    VanthuError,
)
from pipeline.settings import Settings, StoreSettings

#: Only stores whose put is whole or missing; what to install for each.
PROTOCOLS: Final = {
    "s3": "s3fs (pip install 'vanthu[s3]')",
    "s3a": "s3fs (pip install 'vanthu[s3]')",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "abfs": "adlfs",
    "abfss": "adlfs",
    "az": "adlfs",
    "oss": "ossfs",
    "memory": "fsspec",
}
_ADDRESS: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^\x00-\x20?#]*)")
_SECRET_NAME: Final = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL|CONNECTION_STRING", re.I)
_SHOWN: Final = 300


class ObjectStore:
    """The objects below one bucket and prefix. Connects when it is first used."""

    def __init__(self, location: str, settings: StoreSettings | None = None) -> None:
        self._protocol, self._prefix = _parsed(location)
        self._location = f"{self._protocol}://{self._prefix}"
        self._settings = settings or _settings()
        self._file_system: Any = None
        self._bucket_seen = self._protocol == "memory"
        self._copies = Copies(self._settings)

    @property
    def location(self) -> str:
        """The address, normalised."""
        return self._location

    @property
    def work(self) -> Path:
        """The private folder of local copies."""
        return self._copies.place

    # -- Storage -------------------------------------------------------------------------------

    def read(self, name: str) -> bytes | None:
        """See :class:`~pipeline.archive.storage.Storage`."""
        size = self.size(name)
        if size is None:
            return None
        try:
            return bytes(self._call("cat_file", self._key(name), size=size))
        except FileNotFoundError:
            return None

    def chunks(self, name: str) -> Iterator[bytes]:
        """See :class:`~pipeline.archive.storage.Storage`."""
        size = self.size(name)
        if size is None:
            raise FileNotFoundError(name)
        for start in range(0, size, CHUNK):
            end = min(size, start + CHUNK)
            yield bytes(self._call("cat_file", self._key(name), size=CHUNK, start=start, end=end))

    def write(self, name: str, data: bytes) -> None:
        """See :class:`~pipeline.archive.storage.Storage`."""
        self._put("pipe_file", self._key(name), data, size=len(data))

    def adopt(self, unfinished: Path, name: str) -> None:
        """See :class:`~pipeline.archive.storage.Storage`; an original is kept as a copy too."""
        size = unfinished.stat().st_size
        self._put("put_file", str(unfinished), self._key(name), size=size)

    def size(self, name: str) -> int | None:
        """See :class:`~pipeline.archive.storage.Storage`."""
        try:
            facts = self._call("info", self._key(name))
        except FileNotFoundError:
            self._must_have_bucket()
            return None
        return int(facts["size"]) if facts["type"] == "file" else None

    def remove(self, name: str) -> None:
        """See :class:`~pipeline.archive.storage.Storage`."""
        with contextlib.suppress(FileNotFoundError, StoreProblem):
            self._call("rm_file", self._key(name))

    @contextlib.contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """A copy whose content is proved by its name; damaged in the store, it is missing here."""
        with self._copies.lent(name.rpartition("/")[2], lambda: self.chunks(name)) as path:
            yield path

    def listed(self, below: str) -> tuple[list[str], list[Stored]]:
        """See :class:`~pipeline.archive.storage.Storage`."""
        try:
            entries = self._call("ls", self._key(below), detail=True)
        except FileNotFoundError:
            self._must_have_bucket()
            return [], []
        folders, files = [], []
        for entry in entries:
            name = self._name(entry["name"])
            if not name.startswith(f"{below}/"):
                continue  # the folder's own marker, which some tools make
            if entry["type"] == "directory":
                folders.append(name)
            else:
                files.append(Stored(name, int(entry["size"])))
        return folders, files

    def scratch(self) -> contextlib.AbstractContextManager[Path]:
        """See :class:`~pipeline.archive.storage.Storage`."""
        return self._copies.scratch()

    def remove_leftovers(self) -> int:
        """Those of this machine, and copies that nobody used for long."""
        return self._copies.remove_leftovers()

    def keep_copy(self, file: Path, sha256: str) -> None:
        """Take a local file over as the copy of the original ``sha256``."""
        self._copies.keep(file, sha256)

    # -- fsspec --------------------------------------------------------------------------------

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}"

    def _name(self, key: str) -> str:
        return key.lstrip("/").removeprefix(f"{self._prefix.lstrip('/')}/").rstrip("/")

    def _put(self, method: str, *arguments: Any, size: int) -> None:
        try:
            self._call(method, *arguments, size=size)
        except FileNotFoundError as error:
            raise self._no_bucket(error) from error

    def _call(self, method: str, *arguments: Any, size: int = 0, **options: Any) -> Any:
        """One request, with an end: a server that never answers must not hold up a run.

        ``FileNotFoundError`` is left as it is; all other trouble becomes one of our errors.
        """
        try:
            file_system = self._connected()
            if not file_system.async_impl:
                return getattr(file_system, method)(*arguments, **options)
            from fsspec.asyn import sync

            function: Callable[..., Any] = getattr(file_system, f"_{method}")
            seconds = self._patience(size)
            return sync(file_system.loop, function, *arguments, timeout=seconds, **options)
        except FileNotFoundError:
            raise
        except Exception as error:
            told = self._told(error)
            if told is None:
                raise
            raise told from None  # the library's own traceback may show request headers

    def _patience(self, size: int) -> float:
        s = self._settings
        of_one = s.connect_seconds + s.read_seconds
        return s.attempts * of_one + size / (s.slowest_kilobytes_per_second * 1000)

    def _connected(self) -> Any:
        if self._file_system is None:
            import fsspec

            options: dict[str, Any] = {"use_listings_cache": False}
            if self._protocol in ("s3", "s3a"):
                options |= {"config_kwargs": self._s3_options()}
            try:
                self._file_system = fsspec.filesystem(self._protocol, **options)
            except ImportError as error:
                raise EnvironmentProblem(
                    f"Files at {self._protocol}:// need a library that is not installed.",
                    advice=f"Install {PROTOCOLS[self._protocol]}.",
                    detail=str(error),
                ) from error
            if self._protocol in ("s3", "s3a"):
                # botocore tries again by itself; s3fs on top of it only for torn answers.
                self._file_system.retries = 2
        return self._file_system

    def _s3_options(self) -> dict[str, Any]:
        s = self._settings
        return {
            "connect_timeout": s.connect_seconds,
            "read_timeout": s.read_seconds,
            "retries": {"mode": "standard", "total_max_attempts": s.attempts},
        }

    def _must_have_bucket(self) -> None:
        """That a file is missing is an answer; that the bucket is missing is a mistake."""
        if self._bucket_seen:
            return
        try:
            self._call("info", self._bucket())
        except FileNotFoundError as error:
            raise self._no_bucket(error) from error
        except StoreProblem:
            # It let us look for a file and is not to be listed: it is there.
            pass
        self._bucket_seen = True

    def _bucket(self) -> str:
        return self._prefix.partition("/")[0]

    # -- errors --------------------------------------------------------------------------------

    def _no_bucket(self, error: Exception) -> StoreProblem:
        return StoreProblem(
            f"The object store has no bucket {self._bucket()!r}.",
            advice="Make the bucket with the tools of the store, or correct the address of the "
            "files.",
            detail=_shown(error),
        )

    def _told(self, error: Exception) -> VanthuError | None:
        """What an error of the store means to a clerk; ``None``: it is not the store's."""
        if isinstance(error, VanthuError):
            return error
        family = type(error).__module__.partition(".")[0]
        if not isinstance(error, OSError) and family in ("builtins", "pipeline", "fsspec"):
            return None
        detail = _shown(error)
        name = type(error).__name__
        if isinstance(error, PermissionError) or "Credentials" in name or "Token" in name:
            return StoreProblem(f"The object store does not let us into {self._where}.",
                                detail=detail)  # fmt: skip
        if "EntityTooLarge" in detail or "QuotaExceeded" in detail or "XMinioStorageFull" in detail:
            return NoSpace(f"The object store has no more room for {self._where}.", detail=detail)
        if isinstance(error, TimeoutError) or "Timeout" in name:
            return StoreProblem(f"The object store of {self._where} does not answer.",
                                detail=detail)  # fmt: skip
        if isinstance(error, ConnectionError) or "Connection" in name or "SSL" in name:
            return StoreProblem(f"The object store of {self._where} cannot be reached.",
                                detail=detail)  # fmt: skip
        return StoreProblem(f"The object store of {self._where} failed.", detail=detail)

    @property
    def _where(self) -> str:
        return f"{self._protocol}://{self._bucket()}"


def _parsed(location: str) -> tuple[str, str]:
    """Protocol and ``bucket/prefix`` of an address. Messages never repeat a wrong one whole."""
    match = _ADDRESS.fullmatch(location)
    protocol = location.partition("://")[0].lower()
    if match is None or "::" in location or "@" in match[2].partition("/")[0]:
        raise UsageProblem(
            "The address of the archive's files is not one of a bucket and a prefix.",
            advice="Write it as s3://bucket/prefix. Credentials and the server's address belong "
            "in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL).",
        )
    if protocol not in PROTOCOLS:
        raise UsageProblem(
            f"Files cannot lie at {protocol}://.",
            advice=f"Use a folder, or one of {', '.join(PROTOCOLS)}.",
        )
    parts = [part for part in match[2].split("/") if part]
    if not parts or any(part in (".", "..") for part in parts):
        raise UsageProblem(
            "The address of the archive's files names no bucket.",
            advice=f"Write it as {protocol}://bucket/prefix.",
        )
    return protocol, "/".join(parts)


def _settings() -> StoreSettings:
    try:
        return Settings().store
    except ValidationError as error:
        raise UsageProblem("The settings are wrong.", detail=str(error)) from None


def _shown(error: BaseException) -> str:
    """The library's message, short and without anything secret of the environment."""
    cause = error.__cause__
    code = ""
    if cause is not None and isinstance(getattr(cause, "response", None), dict):
        code = str(getattr(cause, "response", {}).get("Error", {}).get("Code", ""))
    text = " ".join(f"{type(error).__name__} {code} {error}".split())
    for name, value in os.environ.items():
        if len(value) >= 4 and _SECRET_NAME.search(name):
            text = text.replace(value, "***")
    return re.sub(r"(//)[^/@\s]+@", r"\1***@", text)[:_SHOWN]
