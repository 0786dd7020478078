"""The history of every change, which is also the order of the feed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Insert, bindparam, insert, select, update

from pipeline.archive import bulk
from pipeline.archive.schema import directives, history, runs

#: ``renamed``: other names of its files; ``resolved``: a citation found its document, or lost it;
#: ``merge_…``: a person decided whether two are one document; ``review…``: a person decided what
#: stands in it.
Event = Literal[
    "created", "changed", "renamed", "resolved", "superseded", "reinstated",
    "merge_accepted", "merge_rejected", "merge_undone", "reviewed", "review_undone",
]  # fmt: skip


def utc_now() -> str:
    """The machine's time as the database keeps it."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def new_key(connection: Connection, statement: Insert) -> int:
    """Insert one row; its key."""
    made = connection.execute(statement).inserted_primary_key
    if made is None:
        raise AssertionError("a single insert has a key")
    return int(made[0])


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something: the machine in a run, or a person (``actor`` is the name)."""

    run_id: int | None = None
    actor: str = "machine"


def note(
    connection: Connection,
    changes: Sequence[tuple[str, str]],
    author: Author,
    *,
    before: str | None = None,
    after: str | None = None,
    detail: Mapping[str, Any] | None = None,
    in_feed: bool = True,
) -> int:
    """Append (directive id, event) to the history and bring the feed's columns up to date.

    The version is that of the run, or unknown outside of one. ``after`` is kept where a person
    made the change: what the machine makes is in ``directives``, or the next change's ``before``.
    What leaves the exported record as it is stays out of the feed (``in_feed``). Returns the number
    of the last one; 0 where there are none.
    """
    seq = 0
    if not changes:
        return seq
    row = {
        "at": utc_now(),
        "run_id": author.run_id,
        "actor": author.actor,
        "version": version_of(connection, author),
        "before": _packed(before),
        "after": _packed(after),
        "detail": _json(detail) if detail else None,
    }
    for directive_id, event in changes:
        own = row | {"directive_id": directive_id, "change": event}
        seq = new_key(connection, insert(history).values(own))
        if not in_feed:
            continue
        moved: dict[str, int | None] = {"change_seq": seq}
        if event == "created":
            moved |= {"created_seq": seq, "live_seq": seq}
        elif event == "reinstated":
            moved["live_seq"] = seq
        elif event == "superseded":
            moved["live_seq"] = None
        connection.execute(update(directives).where(directives.c.id == directive_id).values(moved))
    return seq


def note_resolved(
    connection: Connection, moved: Mapping[str, Mapping[str, str | None]], author: Author
) -> None:
    """As :func:`note` that citations of directives are resolved otherwise, of many at once.

    :param moved: by directive, what each of its citations means now, by the place of that
    """
    if not moved:
        return
    seqs = bulk.reserved(connection, "history", "seq", len(moved))
    now, version = utc_now(), version_of(connection, author)
    columns = ("seq", "at", "run_id", "actor", "version", "directive_id", "change", "detail")
    rows = [
        (seq, now, author.run_id, author.actor, version, id_, "resolved", _json({"citations": to}))
        for seq, (id_, to) in zip(seqs, moved.items(), strict=True)
    ]
    bulk.insert(connection, "history", columns, rows)
    of_this = directives.c.id == bindparam("of")
    told = update(directives).where(of_this).values(change_seq=bindparam("seq"))
    connection.execute(
        told, [{"of": id_, "seq": seq} for id_, seq in zip(moved, seqs, strict=True)]
    )


def _json(detail: Mapping[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True)


def version_of(connection: Connection, author: Author) -> str:
    """Which version of vanthu the author's run is of; empty outside of one."""
    if author.run_id is None:
        return ""
    return connection.scalar(select(runs.c.version).where(runs.c.id == author.run_id)) or ""


def _packed(document: str | None) -> bytes | None:
    return zlib.compress(document.encode(), 6) if document is not None else None
