"""The archive room: directives, their pages and their files, kept so that nothing is lost.

An archive is a folder::

    vanthu.db                    SQLite: everything that is asked for (see ``schema``)
    vanthu.lock                  held while the database is created or upgraded
    originals/ab/<sha256>        what was ingested, byte for byte, read-only
    results/<stage>/ab/<key>.gz  results of stages, so that a run never repeats itself
    tmp/                         unfinished files; leftovers of dead processes are removed at open

The database may be PostgreSQL (``database_postgresql``), and the files may lie in another folder or
in an object store (``storage``, ``objects``). ``fixity`` and ``consistency`` verify, ``backup`` and
``restoring`` carry everything from one place to another in the portable form of ``dump``.

``results`` (the files) works without the database and without importing SQLAlchemy, so that worker
processes start quickly; ``archive`` is the whole. For the same reason the names below are imported
when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pipeline.archive.archive import Archive
    from pipeline.archive.backup import BackupReport
    from pipeline.archive.feed import ChangeLine, ChangePage, ChangeRow, LinePage
    from pipeline.archive.graph import Chain, ChainEdge, ChainNode
    from pipeline.archive.merging import Merge, MergeSide
    from pipeline.archive.preparing import Item
    from pipeline.archive.restoring import RestoreReport, restore
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
    "BackupReport",
    "Chain",
    "ChainEdge",
    "ChainNode",
    "ChangeLine",
    "ChangePage",
    "ChangeRow",
    "CitationRow",
    "Damage",
    "DeadlineRow",
    "DirectiveRow",
    "DueRow",
    "FileStore",
    "Filter",
    "FindingCount",
    "FindingRow",
    "Item",
    "LinePage",
    "Merge",
    "MergeSide",
    "ProgressRow",
    "QuarantineEntry",
    "RestoreReport",
    "SearchHit",
    "TargetRow",
    "ToldRow",
    "restore",
]

_HOME: Final = {
    "Archive": "archive",
    "Item": "preparing",
    **dict.fromkeys(("ChangeLine", "ChangePage", "ChangeRow", "LinePage"), "feed"),
    **dict.fromkeys(("Chain", "ChainEdge", "ChainNode"), "graph"),
    **dict.fromkeys(("Merge", "MergeSide"), "merging"),
    "BackupReport": "backup",
    "FileStore": "results",
    "RestoreReport": "restoring",
    "restore": "restoring",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME.get(name, 'rows')}"), name)
