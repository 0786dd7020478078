"""What changed since a cursor: every directive once, at its latest change, in order.

A directive's ``change_seq`` is the number of its latest change in the history, and the feed is the
directives by that number. Writers have the database to themselves, so numbers become visible in
their order: a reader that has seen one will never meet a smaller one later. What changes again
before it was read moves to the end, so that nothing is missed and nothing comes twice.

``created`` and ``changed`` tell whether the directive was there at the cursor's place in the
history. A reader who stopped between two pages may meet as changed what moved to the end before he
came to it, and as withdrawn what he never had: both carry all that he needs.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select, update

from models.base import Model
from models.directive import Directive
from pipeline.archive import reading
from pipeline.archive.schema import about, directives, history
from pipeline.errors import UsageProblem

ChangeKind = Literal["created", "changed", "withdrawn"]

#: Version of the cursor, the archive's id, the place in the history; then a checksum.
_CURSOR: Final = struct.Struct(">B16sQ")
_VERSION: Final = 1
#: Names in ``about`` the last place of the history that this archive shares with a former id of it.
_FORMER: Final = "former:"
#: Events after which a directive is there, or is not.
_THERE: Final = ("created", "superseded", "reinstated")


class ChangeRow(Model):
    """A change of one directive. ``directive`` is null where it was withdrawn.

    ``cursor`` goes on after this change; ``at`` is when it happened, ISO 8601 in UTC.
    """

    cursor: str
    id: str
    change: ChangeKind
    at: str
    directive: Directive | None


class ChangePage(Model):
    """Changes in order. ``cursor`` goes on after them; ``more``: there are some already."""

    changes: tuple[ChangeRow, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """As :class:`ChangeRow`; ``directive`` is the record as JSON, as it is exported."""

    cursor: str
    id: str
    change: ChangeKind
    at: str
    directive: str | None


@dataclass(frozen=True, slots=True)
class LinePage:
    """As :class:`ChangePage`, of lines."""

    changes: tuple[ChangeLine, ...]
    cursor: str
    more: bool


# -- cursors -------------------------------------------------------------------------------------


def archive_id(connection: Connection) -> str:
    """The archive's id: 32 hex digits."""
    return str(connection.scalars(select(about.c.value).where(about.c.name == "id")).one())


def renew_id(connection: Connection) -> str:
    """Give the archive a new id, after a restore: cursors from before may tell of a lost future.

    Those of places that the restored history has are still understood.
    """
    new = uuid4().hex
    head = connection.scalar(select(func.max(history.c.seq))) or 0
    former = {"name": f"{_FORMER}{archive_id(connection)}", "value": str(head)}
    connection.execute(insert(about).values(former))
    connection.execute(update(about).where(about.c.name == "id").values(value=new))
    return new


def latest(connection: Connection) -> tuple[str, int]:
    """The archive's id and the place where its history ends: equal while nothing changes."""
    return archive_id(connection), connection.scalar(select(func.max(history.c.seq))) or 0


def cursor_at(archive: str, seq: int) -> str:
    """The cursor of a place in the history of an archive."""
    plain = _CURSOR.pack(_VERSION, bytes.fromhex(archive), seq)
    checked = plain + zlib.crc32(plain).to_bytes(4, "big")
    return base64.urlsafe_b64encode(checked).decode().rstrip("=")


def place_of(connection: Connection, cursor: str | None) -> int:
    """The place in the history that a cursor names; 0 for none.

    :raises UsageProblem: it is no cursor, or one of another archive
    """
    if cursor is None:
        return 0
    try:
        padded = cursor.strip() + "=" * (-len(cursor.strip()) % 4)
        checked = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        version, archive, seq = _CURSOR.unpack(checked[:-4])
        sound = zlib.crc32(checked[:-4]).to_bytes(4, "big") == checked[-4:]
    except (ValueError, binascii.Error, struct.error):
        sound, version, archive, seq = False, 0, b"", 0
    if not sound or version != _VERSION:
        raise UsageProblem(
            "This is not a cursor of vanthu.",
            advice="Give the cursor exactly as the last export or page of changes told it.",
        )
    if seq > _last_place(connection, archive.hex()):
        raise UsageProblem(
            "This cursor is of another archive, or from before this one was restored.",
            advice="Begin again without a cursor: the first changes are all directives.",
        )
    return int(seq)


def _last_place(connection: Connection, archive: str) -> int:
    """Up to where cursors of ``archive`` are of this history; -1: not at all."""
    if archive == archive_id(connection):
        return connection.scalar(select(func.max(history.c.seq))) or 0
    former = select(about.c.value).where(about.c.name == f"{_FORMER}{archive}")
    return int(connection.scalar(former) or -1)


# -- changes -------------------------------------------------------------------------------------


def changes(connection: Connection, since: str | None, limit: int) -> ChangePage:
    """At most ``limit`` changes after ``since``, as records."""
    page = _page(connection, since, limit)
    kept = [row for row, kind, _ in page.rows if kind != "withdrawn"]
    records = dict(zip((r.pk for r in kept), reading.restored(connection, kept), strict=True))
    return ChangePage(
        changes=tuple(
            ChangeRow(
                cursor=cursor, id=row.id, change=kind, at=row.at, directive=records.get(row.pk)
            )
            for row, kind, cursor in page.rows
        ),
        cursor=page.cursor,
        more=page.more,
    )


def lines(connection: Connection, since: str | None, limit: int) -> LinePage:
    """As :func:`changes`, with the records as JSON: for whoever only passes them on."""
    page = _page(connection, since, limit)
    kept = [row for row, kind, _ in page.rows if kind != "withdrawn"]
    records = dict(zip((r.pk for r in kept), reading.whole(connection, kept), strict=True))
    return LinePage(
        tuple(
            ChangeLine(cursor, row.id, kind, row.at, records.get(row.pk))
            for row, kind, cursor in page.rows
        ),
        page.cursor,
        page.more,
    )


@dataclass(frozen=True, slots=True)
class _Page:
    rows: list[tuple[Any, ChangeKind, str]]
    cursor: str
    more: bool


def _page(connection: Connection, since: str | None, limit: int) -> _Page:
    if limit < 1:
        raise UsageProblem(
            "A page of changes has at least one.", advice="Give a limit of 1 or more."
        )
    start = place_of(connection, since)
    archive = archive_id(connection)
    d = directives.c
    found = connection.execute(
        select(*reading.COLUMNS, d.change_seq, d.created_seq, d.live_seq, history.c.at)
        .join_from(directives, history, history.c.seq == d.change_seq)
        # Created and withdrawn since then: who reads on from there never had it.
        .where(d.change_seq > start, (d.live_seq.is_not(None)) | (d.created_seq <= start))
        .order_by(d.change_seq)
        .limit(limit + 1)
    ).all()
    more = len(found) > limit
    rows = [
        (row, _kind(connection, row, start), cursor_at(archive, row.change_seq))
        for row in found[:limit]
    ]
    if more:
        return _Page(rows, rows[-1][2], more)
    # At the end the cursor is that of everything seen, so that it will not be looked at again.
    head = connection.scalar(select(func.max(history.c.seq))) or 0
    return _Page(rows, cursor_at(archive, head), more)


def _kind(connection: Connection, row: Any, start: int) -> ChangeKind:
    """What happened to a directive, for a reader who knows the archive as it was at ``start``."""
    if row.live_seq is None:
        return "withdrawn"
    if row.created_seq > start:
        return "created"
    if row.live_seq <= start:
        return "changed"
    last = connection.scalar(
        select(history.c.change)
        .where(
            history.c.directive_id == row.id,
            history.c.seq <= start,
            history.c.change.in_(_THERE),
        )
        .order_by(history.c.seq.desc())
        .limit(1)
    )
    return "created" if last == "superseded" else "changed"
