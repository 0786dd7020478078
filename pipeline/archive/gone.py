"""Directives that no file has any more: few, so that what is counted of all can be made less.

They are named one by one. SQLite keeps no statistics here, and would rather look at every other
directive than begin with these.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, select

from pipeline.archive.schema import directives

_BATCH: Final = 500


def batches(connection: Connection) -> Iterator[list[int]]:
    """Their row numbers, some at a time."""
    d = directives.c
    pks = list(connection.scalars(select(d.pk).where(d.live_seq.is_(None))))
    for start in range(0, len(pks), _BATCH):
        yield pks[start : start + _BATCH]
