"""A folder that appears whole or not at all.

It is filled under another name beside its place and renamed when it is whole. What a killed export
left is known by that name and removed by the next one; a lock, which ends with its process, keeps
two exports from filling the same folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import UsageProblem


@contextlib.contextmanager
def scratch(target: Path) -> Iterator[Path]:
    """An empty folder beside ``target``, this process's alone, removed at the end.

    :raises UsageProblem: another process is writing the same target
    """
    unfinished = target.with_name(f".{target.name}.unfinished")
    lock = _locked(unfinished, target)
    try:
        _emptied(unfinished)
        try:
            yield unfinished
        finally:
            # Before the lock is given up: afterwards the name may be another process's.
            if _is(unfinished, lock):
                shutil.rmtree(unfinished, ignore_errors=True)
    finally:
        os.close(lock)


@contextlib.contextmanager
def staged(target: Path) -> Iterator[Path]:
    """An empty folder that takes the place of ``target`` at the end, unless there was an error.

    A folder that is at ``target`` already stays until then.

    :raises UsageProblem: another process is filling the same folder
    """
    old = target.with_name(f".{target.name}.old")
    with scratch(target) as unfinished:
        _mend(old, target)
        yield unfinished
        _sync_folders(unfinished)
        _replace(unfinished, target, old)


def _locked(folder: Path, target: Path) -> int:
    """``folder``, made where it is not there, held by this process alone."""
    while True:
        folder.mkdir(exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise UsageProblem(
                f"Another export is writing {target}.",
                advice="Wait until it has ended, or give -o another folder.",
            ) from None
        except OSError:
            return descriptor  # a file system without locks: nobody can be told
        # Whoever held it before may have renamed it, and then our lock is on another folder.
        if _is(folder, descriptor):
            return descriptor
        os.close(descriptor)


def _is(folder: Path, descriptor: int) -> bool:
    """Whether ``descriptor`` is still the folder of that name."""
    try:
        return folder.stat().st_ino == os.fstat(descriptor).st_ino
    except OSError:
        return False


def _emptied(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _mend(old: Path, target: Path) -> None:
    """What a process left that was killed between the two steps of :func:`_replace`."""
    if old.exists() and not target.exists():
        old.rename(target)
    elif old.exists():
        shutil.rmtree(old)


def _replace(whole: Path, target: Path, old: Path) -> None:
    """``whole`` at the place of ``target``; folders can only be exchanged in two steps."""
    if target.exists():
        target.rename(old)
    whole.rename(target)
    _sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sync_folders(root: Path) -> None:
    for folder, _, _ in os.walk(root):
        _sync(Path(folder))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
