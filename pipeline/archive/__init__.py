"""The archive room: directives, their pages and their files, kept so that nothing is lost.

An archive is a folder::

    vanthu.db                    SQLite: everything that is asked for (see ``schema``)
    vanthu.lock                  held while the database is created or upgraded
    originals/ab/<sha256>        what was ingested, byte for byte, read-only
    results/<stage>/ab/<key>.gz  results of stages, so that a run never repeats itself
    tmp/                         unfinished files; leftovers of dead processes are removed at open

``results`` (the files) works without the database and without importing SQLAlchemy, so that worker
processes start quickly; ``archive`` is the whole. For the same reason the names below are imported
when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pipeline.archive.archive import Archive
    from pipeline.archive.results import FileStore
    from pipeline.archive.rows import (
        Ambiguous,
        CitationRow,
        Damage,
        DeadlineRow,
        DirectiveRow,
        DueRow,
        Filter,
        FindingCount,
        FindingRow,
        ProgressRow,
        QuarantineEntry,
        SearchHit,
        TargetRow,
        ToldRow,
    )

__all__ = [
    "Ambiguous",
    "Archive",
    "CitationRow",
    "Damage",
    "DeadlineRow",
    "DirectiveRow",
    "DueRow",
    "FileStore",
    "Filter",
    "FindingCount",
    "FindingRow",
    "ProgressRow",
    "QuarantineEntry",
    "SearchHit",
    "TargetRow",
    "ToldRow",
]

_HOME: Final = {"Archive": "archive", "FileStore": "results"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME.get(name, 'rows')}"), name)
