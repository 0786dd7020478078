"""Files that are there whole or not at all, whatever kills the process.

A file is written under ``tmp/``, flushed to the disk, renamed into place, and the folder that holds
its new name is flushed too. A name under ``tmp/`` tells whose it is (host and process), so that
whoever opens the archive next can remove what a killed process left behind, and nothing else.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from pipeline.errors import ArchiveProblem, NoSpace, VanthuError

#: Unfinished files of other hosts are left alone for this long: their owner cannot be asked.
FOREIGN_LEFTOVER_HOURS: Final = 24.0
#: Process numbers come round again: past this age a living namesake is not believed.
OWN_LEFTOVER_HOURS: Final = 24.0 * 7

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_REFUSED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def storage_error(error: OSError, root: Path) -> VanthuError:
    """What an operating system error below the archive's folder means to a clerk."""
    if error.errno in _FULL:
        return NoSpace(f"The disk of the archive {root} is full.", detail=str(error))
    if error.errno in _REFUSED:
        return ArchiveProblem(
            f"The archive {root} may not be written to.",
            advice="Check who owns the folder and whether its disk is mounted read-only.",
            detail=str(error),
        )
    return ArchiveProblem(f"The archive {root} cannot be read or written.", detail=str(error))


@contextlib.contextmanager
def told(root: Path) -> Iterator[None]:
    """Turn operating system errors of the archive's own folder into errors with advice."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, root) from error


@lru_cache(maxsize=1)
def _host() -> str:
    """A short name for this boot of this machine: process numbers mean nothing beyond it."""
    boot = ""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    # Containers share the boot and number their processes apart; the namespace tells them apart.
    namespace = ""
    with contextlib.suppress(OSError):
        namespace = str(Path("/proc/self/ns/pid").readlink())
    name = f"{socket.gethostname()}\n{boot}\n{namespace}"
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def scratch_name() -> str:
    """A new name below ``tmp/`` that says whose it is."""
    return f"{_host()}-{os.getpid()}-{secrets.token_hex(8)}"


def make_scratch(root: Path) -> Path:
    """A new private folder below ``tmp/``."""
    folder = root / "tmp" / scratch_name()
    make_folder(folder.parent, root)
    folder.mkdir()
    return folder


def make_folder(folder: Path, root: Path) -> None:
    """Create ``folder`` below ``root``, each new name flushed to the disk."""
    if folder.is_dir():
        return
    missing = [folder]
    while not missing[-1].parent.is_dir() and missing[-1].parent != root.parent:
        missing.append(missing[-1].parent)
    folder.mkdir(parents=True, exist_ok=True)
    for made in reversed(missing):
        flush_folder(made.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network file systems
            raise
    finally:
        os.close(handle)


def put_in_place(unfinished: Path, target: Path, root: Path) -> None:
    """Rename a flushed file to its final name."""
    make_folder(target.parent, root)
    os.replace(unfinished, target)  # noqa: PTH105  (tests stand in for this very call)
    flush_folder(target.parent)


def write_whole(target: Path, data: bytes, root: Path) -> None:
    """Write ``data`` to ``target``: afterwards it is there whole, or as it was before."""
    scratch = root / "tmp"
    make_folder(scratch, root)
    unfinished = scratch / scratch_name()
    try:
        with unfinished.open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        put_in_place(unfinished, target, root)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _abandoned(name: str, age_hours: float) -> bool:
    host, _, rest = name.partition("-")
    pid = rest.partition("-")[0]
    if host != _host() or not pid.isdecimal():
        return age_hours > FOREIGN_LEFTOVER_HOURS
    return not _alive(int(pid)) or age_hours > OWN_LEFTOVER_HOURS


def remove_leftovers(root: Path) -> int:
    """Remove what dead processes left in ``tmp/``; how many entries went."""
    removed = 0
    try:
        entries = list(os.scandir(root / "tmp"))
    except OSError:
        return 0
    for entry in entries:
        try:
            age = (time.time() - entry.stat(follow_symlinks=False).st_mtime) / 3600
            if not _abandoned(entry.name, age):
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)  # noqa: PTH108
            removed += 1
        except OSError:  # another process was quicker, or it is not ours to remove
            continue
    return removed
