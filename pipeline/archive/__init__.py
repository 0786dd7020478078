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
    from pipeline.archive.feed import ChangeLine, ChangePage, ChangeRow, LinePage
    from pipeline.archive.graph import Chain, ChainEdge, ChainNode
    from pipeline.archive.loading import Item
    from pipeline.archive.merging import Merge, MergeSide
    from pipeline.archive.results import FileStore
    from pipeline.archive.rows import (
        Ambiguous,
        CitationRow,
        Damage,
        DeadlineRow,
        DirectiveRow,
        Filter,
        QuarantineEntry,
        SearchHit,
        TargetRow,
    )

__all__ = [
    "Ambiguous",
    "Archive",
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
    "FileStore",
    "Filter",
    "Item",
    "LinePage",
    "Merge",
    "MergeSide",
    "QuarantineEntry",
    "SearchHit",
    "TargetRow",
]

_HOME: Final = {
    "Archive": "archive",
    "FileStore": "results",
    "Item": "loading",
    **dict.fromkeys(("ChangeLine", "ChangePage", "ChangeRow", "LinePage"), "feed"),
    **dict.fromkeys(("Chain", "ChainEdge", "ChainNode"), "graph"),
    **dict.fromkeys(("Merge", "MergeSide"), "merging"),
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME.get(name, 'rows')}"), name)
