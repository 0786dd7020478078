"""Which files a run will look at: folders walked safely, what is left out named with its reason."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from pipeline.settings import Limits

#: Files that operating systems and tools leave in folders; they hold no document.
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
#: Data that scanners and programs put beside documents. Named on the command line, such a file is
#: examined (and refused) like any other.
_SIDECARS = frozenset(
    {".csv", ".ini", ".json", ".jsonl", ".log", ".md5", ".sha256", ".toml", ".tsv", ".xml", ".yaml"}
    | {".yml"}
)
_HIDDEN: Final = "a hidden or system file"
_SIDECAR: Final = "a data file beside documents"


@dataclass(frozen=True)
class Found:
    """A regular file to examine. ``shown`` is its name as printed and stored."""

    path: Path
    shown: str


@dataclass(frozen=True)
class Skipped:
    """Something that is no document file, with the reason. ``ignored``: not worth a warning."""

    shown: str
    reason: str
    ignored: bool = False


def shown(path: str | Path) -> str:
    """A path as printable text: undecodable bytes and control characters are escaped.

    Two different paths never look the same: a backslash of the name itself is doubled where
    anything had to be escaped.
    """
    text = os.fspath(path)
    if text.isprintable() and not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    out = []
    for char in text:
        if "\udc80" <= char <= "\udcff":
            out.append(f"\\x{ord(char) - 0xDC00:02x}")
        elif char == "\\":
            out.append("\\\\")
        elif char.isprintable():
            out.append(char)
        else:
            out.append(char.encode("unicode_escape").decode("ascii"))
    return "".join(out)


def left_out(name: str) -> str | None:
    """Why a file of this name (without folders) inside of a folder is no document; else ``None``.

    Told before it is looked at: by a walk, and by who sends files.
    """
    if _is_hidden(name):
        return _HIDDEN
    return _SIDECAR if _is_sidecar(name) else None


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.casefold() in _SYSTEM_FILES


def _is_sidecar(name: str) -> bool:
    return PurePath(name).suffix.lower() in _SIDECARS


def discover(
    paths: Sequence[str | Path], limits: Limits, *, leave_out: Sequence[Path] = ()
) -> Iterator[Found | Skipped]:
    """Every file under ``paths`` in a stable order, each once; never opens one.

    ``leave_out`` are folders that are not walked into: the archive itself, which may lie inside.

    Folders are walked without following links to folders, so a loop of links ends. A pattern such
    as ``scans/*.pdf`` that the shell left alone is expanded here.
    """
    seen: set[tuple[int, int]] = set()
    for folder in leave_out:
        with contextlib.suppress(OSError):  # not made yet
            status = folder.stat()
            seen.add((status.st_dev, status.st_ino))
    for given in paths:
        for path in _expand(given):
            yield from _visit(path, limits, seen, depth=0, named=True)


def _expand(given: str | Path) -> list[Path]:
    text = os.fspath(given)
    if not os.path.lexists(text) and glob.has_magic(text):
        matches = sorted(glob.glob(text, recursive=True))  # noqa: PTH207 - patterns may be absolute
        if matches:
            return [Path(m) for m in matches]
    return [Path(text)]


def _visit(
    path: Path, limits: Limits, seen: set[tuple[int, int]], *, depth: int, named: bool
) -> Iterator[Found | Skipped]:
    name = shown(path)
    if not named and _is_hidden(path.name):
        yield Skipped(name, _HIDDEN, ignored=True)
        return
    try:
        is_link = path.is_symlink()
        status = path.stat()
    except OSError as error:
        yield Skipped(name, _reason(error))
        return
    if stat.S_ISDIR(status.st_mode):
        if is_link and not named:
            yield Skipped(name, "a link to a folder; links to folders are not followed")
            return
        if (status.st_dev, status.st_ino) in seen:
            return
        seen.add((status.st_dev, status.st_ino))
        yield from _walk(path, limits, seen, depth)
    elif stat.S_ISREG(status.st_mode):
        if not named and _is_sidecar(path.name):
            yield Skipped(name, _SIDECAR, ignored=True)
            return
        if (status.st_dev, status.st_ino) in seen and named:
            return  # the same file named twice on the command line
        if named:
            seen.add((status.st_dev, status.st_ino))
        yield Found(path, name)
    else:
        yield Skipped(name, f"not a regular file but {_kind(status.st_mode)}")


def _walk(
    folder: Path, limits: Limits, seen: set[tuple[int, int]], depth: int
) -> Iterator[Found | Skipped]:
    if depth >= limits.folder_depth:
        yield Skipped(shown(folder), f"folders are nested deeper than {limits.folder_depth}")
        return
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - keeps undecodable names as they are
    except OSError as error:
        yield Skipped(shown(folder), _reason(error))
        return
    for name in names:
        yield from _visit(folder / name, limits, seen, depth=depth + 1, named=False)


def _reason(error: OSError) -> str:
    known = {
        errno.ENOENT: "does not exist",
        errno.EACCES: "may not be read (permission denied)",
        errno.ELOOP: "a loop of links",
        errno.ENAMETOOLONG: "its name is too long",
    }
    return known.get(error.errno or 0, error.strerror or str(error))


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISBLK, "a block device"),
        (stat.S_ISCHR, "a character device"),
    )
    return next((name for test, name in kinds if test(mode)), "something else")
