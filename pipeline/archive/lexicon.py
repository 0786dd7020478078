"""What people taught the archive by deciding: listed, revocable, and used for later documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from models.base import Model
from models.review import LexiconEntry, LexiconKind
from pipeline.archive.log import utc_now
from pipeline.archive.paging import By, Key, Slice, sliced
from pipeline.archive.people import person
from pipeline.archive.schema import lexicon
from pipeline.errors import NotFound


class LexiconFilter(Model):
    """Entries of this kind; those that are used, or were revoked."""

    kind: LexiconKind | None = None
    revoked: bool | None = None


def _entry(row: Mapping[Any, Any]) -> LexiconEntry:
    values = {str(k): v for k, v in row.items() if k != "key"}
    return LexiconEntry.model_validate(values | {"detail": json.loads(row["detail"])})


def lexicon_slice(
    connection: Connection, wanted: LexiconFilter, after: Key | None, limit: int
) -> Slice[LexiconEntry]:
    """Entries that a standing decision says, by kind and text without marks."""
    c = lexicon.c
    query = select(lexicon).where(c.count > 0)
    if wanted.kind is not None:
        query = query.where(c.kind == wanted.kind)
    if wanted.revoked is not None:
        query = query.where(c.revoked_at.is_not(None) if wanted.revoked else c.revoked_at.is_(None))
    order = (By(c.kind), By(c.key), By(c.id, int))
    return sliced(connection, query, order, after, limit, _entry)


def listed(
    connection: Connection, kind: LexiconKind | None = None, *, revoked: bool = True
) -> list[LexiconEntry]:
    """Entries that a standing decision says, what was confirmed most often first."""
    c = lexicon.c
    wanted = select(lexicon).where(c.count > 0)
    if kind is not None:
        wanted = wanted.where(c.kind == kind)
    if not revoked:
        wanted = wanted.where(c.revoked_at.is_(None))
    rows = connection.execute(wanted.order_by(c.kind, c.count.desc(), c.text, c.id))
    return [_entry(row._mapping) for row in rows]


def revoke(connection: Connection, entry_id: int, *, by: str) -> LexiconEntry:
    """Use an entry no longer; one that was revoked is used again.

    :raises NotFound: there is none
    """
    c = lexicon.c
    name = person(by)
    row = None
    if 0 < entry_id < 2**31:
        row = connection.execute(select(lexicon).where(c.id == entry_id)).one_or_none()
    if row is None:
        raise NotFound(f"The lexicon has no entry {entry_id}.", advice="See 'vanthu lexicon'.")
    values: dict[str, str | None] = {"revoked_at": None, "revoked_by": None}
    if row.revoked_at is None:
        values = {"revoked_at": utc_now(), "revoked_by": name}
    connection.execute(update(lexicon).where(c.id == entry_id).values(values))
    done = connection.execute(select(lexicon).where(c.id == entry_id)).one()
    return _entry(done._mapping)
