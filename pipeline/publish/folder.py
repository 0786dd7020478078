"""Export into a folder: one file (or one folder of pages) for each document.

A file is written beside its place, flushed and renamed, so what is there is whole. Names are made
of the document alone, so the same archive gives the same folder whatever was chosen with it.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from models.directive import Directive
from models.failure import Failure
from models.source import SourceDocument
from models.text import PageText
from models.vietnamese import fold
from pipeline.errors import InputError, UsageProblem
from pipeline.settings import CustodySettings

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+")
_NUMBER_CHARS: Final = 48


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the document's history: when (ISO 8601, UTC), what, by whom, by which version."""

    at: str
    change: str
    actor: str = "machine"
    version: str = ""


@dataclass(frozen=True, slots=True)
class ExportItem:
    """A document with all that its page forms are made of; ``original`` is the stored file.

    ``first_seen`` (ISO 8601, UTC) is when its content was first met; ``events`` are its history,
    in order; ``custody`` is what only the archivists who keep it can say.
    """

    directive: Directive
    source: SourceDocument
    pages: Sequence[PageText]
    original: Path
    first_seen: str = ""
    events: Sequence[Event] = ()
    custody: CustodySettings = field(default_factory=CustodySettings)


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of a document: the files written, or why there are none."""

    directive_id: str
    paths: tuple[Path, ...] = ()
    failure: Failure | None = None


#: Writes one document below a folder under a name without suffix; the files written.
FolderWriter = Callable[[ExportItem, Path, str], tuple[Path, ...]]


def export_files(
    items: Iterable[ExportItem], folder: Path, write: FolderWriter
) -> Iterator[Exported]:
    """Write documents into ``folder``, which is made; one outcome for each, in order.

    A document that cannot be written (a text file has no pages) never stops the others.

    :raises UsageProblem: ``folder`` cannot be written to
    """
    made_folder(folder)
    taken: set[str] = set()
    for item in items:
        name = _free(name_of(item.directive), taken)
        try:
            yield Exported(item.directive.id, write(item, folder, name))
        except InputError as error:
            failure = error.as_failure("publish")
            yield Exported(item.directive.id, failure=failure)
        except OSError as error:
            raise UsageProblem(
                f"{folder} cannot be written to: {error.strerror}.",
                advice="Give -o a folder with enough space that you may write to.",
            ) from error


def name_of(directive: Directive) -> str:
    """A file name without suffix: the number where it is accepted, and the id.

    ASCII letters, digits, ``-`` and ``_`` only, so it is good on every system and in every shell.
    """
    number = directive.number.value if directive.number.status == "accepted" else None
    parts = [_safe(number or "")[:_NUMBER_CHARS].strip("-"), id_name(directive)]
    return "_".join(part for part in parts if part)


def id_name(directive: Directive) -> str:
    """As :func:`name_of`, of the id alone."""
    return _safe(directive.id) or "document"


def _safe(text: str) -> str:
    plain = "".join(fold(c).upper() if c.isupper() else fold(c) for c in text)
    return _UNSAFE.sub("-", plain).strip("-")


def _free(name: str, taken: set[str]) -> str:
    """``name``, or with a count where it is taken (on file systems without case, too)."""
    free, count = name, 1
    while free.lower() in taken:
        count += 1
        free = f"{name}-{count}"
    taken.add(free.lower())
    return free


def made_folder(folder: Path) -> None:
    """Make ``folder`` where it is not there.

    :raises UsageProblem: it cannot be made
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageProblem(
            f"The folder {folder} cannot be made: {error.strerror}.",
            advice="Give -o the path of a folder that you may write to.",
        ) from None


def write_whole(target: Path, write: Callable[[BinaryIO], None]) -> Path:
    """Let ``write`` fill ``target``: afterwards it is there whole, or as it was before."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target
