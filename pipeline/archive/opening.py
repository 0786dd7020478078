"""What may be opened as an archive: a folder that is one, or may become one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.archive.database import NAME
from pipeline.archive.durable import storage_error
from pipeline.errors import ArchiveProblem, UsageProblem

_OWN_NAMES: Final = frozenset(
    {NAME, f"{NAME}-wal", f"{NAME}-shm", f"{NAME}-journal", "vanthu.lock", "originals", "results",
     "tmp", "incoming"}
)  # fmt: skip


def folder_of(where: str | Path) -> Path:
    """The folder of an archive, as an absolute path."""
    if "\0" in str(where) or not str(where):
        raise UsageProblem("The path of the archive is not a path.")
    return Path(where).absolute()


def place_of_files(files: str | Path | None, root: Path | None) -> str | Path:
    """Where the files lie: as told, a folder as an absolute path, or at ``root``."""
    if files is None and root is not None:
        return root
    if not files or "\0" in str(files):
        raise UsageProblem("The place of the archive's files is not a path.")
    return files if isinstance(files, str) and "://" in files else Path(files).absolute()


def check_folder(root: Path, *, create: bool) -> None:
    """That ``root`` is an archive, or may become one."""
    try:
        names = {entry.name for entry in root.iterdir()}
    except FileNotFoundError:
        if create:
            return
        raise ArchiveProblem(
            f"There is no archive at {root}.",
            advice="'vanthu ingest' and 'vanthu serve --create' make one; check the path given "
            "with --archive.",
        ) from None
    except NotADirectoryError as error:
        raise ArchiveProblem(
            f"{root} is not a folder, so no archive either.",
            advice="Give --archive the path of a folder.",
        ) from error
    except OSError as error:
        raise storage_error(error, root) from error
    if NAME in names:
        return
    if not create:
        raise ArchiveProblem(
            f"The folder {root} is not an archive: it has no {NAME}.",
            advice="Give --archive the folder that 'vanthu ingest' made.",
        )
    foreign = sorted(n for n in names - _OWN_NAMES if not n.startswith(".") and n != "lost+found")
    if foreign:
        raise ArchiveProblem(
            f"The folder {root} holds other files ({foreign[0]!r}), so no archive is made in it.",
            advice="Give --archive a new or empty folder.",
        )
