"""What people taught the archive by deciding: listed, revocable, and used for later documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models.base import Model
from models.lexicon import KnownSigner, KnownSymbol, Lexicon
from models.review import LexiconEntry, LexiconKind
from pipeline.archive.lessons import Lesson
from pipeline.archive.log import new_key, utc_now
from pipeline.archive.paging import By, Key, Slice, sliced
from pipeline.archive.people import person
from pipeline.archive.schema import lexicon
from pipeline.archive.words import key
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


def learn(connection: Connection, lesson: Lesson, *, by: str) -> int:
    """Confirm an entry once more, the first time make it; its id."""
    c = lexicon.c
    now = utc_now()
    same = (
        (c.kind == lesson.kind) & (c.text == lesson.text)
        & (c.replacement == lesson.replacement) & (c.issuer == lesson.issuer)
    )  # fmt: skip
    detail = json.dumps(dict(lesson.detail), ensure_ascii=False, sort_keys=True)
    found = connection.scalar(select(c.id).where(same))
    if found is not None:
        values = {"count": c.count + 1, "last_at": now, "by": by, "detail": detail}
        connection.execute(update(lexicon).where(c.id == found).values(values))
        return int(found)
    row = {
        "kind": lesson.kind, "text": lesson.text, "key": key(lesson.text),
        "replacement": lesson.replacement, "issuer": lesson.issuer, "detail": detail, "count": 1,
        "first_at": now, "last_at": now, "by": by,
    }  # fmt: skip
    return new_key(connection, insert(lexicon).values(row))


def confirm(connection: Connection, ids: Sequence[int], by: int) -> None:
    """Count decisions that were made again (1) or undone (-1)."""
    c = lexicon.c
    connection.execute(update(lexicon).where(c.id.in_(ids)).values(count=c.count + by))


def learned(connection: Connection) -> Lexicon:
    """What is used for documents that are read from now on."""
    signers, symbols, organisations = [], [], []
    abbreviations: dict[str, set[str]] = {}
    misread: dict[str, set[str]] = {}
    words = set()
    for one in listed(connection, revoked=False):
        if one.kind == "signer":
            signers.append(KnownSigner(name=one.text, issuer=one.issuer, count=one.count))
        elif one.kind == "symbol":
            symbols.append(KnownSymbol(symbol=one.text, issuer=one.issuer))
        elif one.kind == "organisation":
            organisations.append(one.text)
        elif one.kind == "abbreviation":
            abbreviations.setdefault(one.text, set()).add(one.replacement)
        else:
            words.add(one.text)
            if read := one.detail.get("read"):
                misread.setdefault(str(read).lower(), set()).add(one.text)
    return Lexicon(
        signers=tuple(signers),
        symbols=tuple(symbols),
        organisations=tuple(organisations),
        # What means two things is no help.
        abbreviations={k: min(v) for k, v in abbreviations.items() if len(v) == 1},
        words=frozenset(words),
        misread={k: min(v) for k, v in misread.items() if len(v) == 1},
    )


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
