"""Runs: what each command that wrote to the archive counted, and whether it is still at work.

A run that works writes its counts again and again, ``seconds`` (since its beginning) among them.
That is its sign of life: a process that was killed writes no end, but it falls silent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Table, func, select, update

from models.base import Model
from pipeline.archive.conditions import needs_a_look
from pipeline.archive.paging import By, Key, Slice, sliced
from pipeline.archive.schema import directives, quarantine, runs
from pipeline.errors import NotFound

#: A run that gave no sign for so long is taken for dead. Longer than any wait of a writer.
SILENT_SECONDS: Final = 45.0

#: ``interrupted``: by a person, or its process is gone; ``stopped``: by a failure.
RunState = Literal["running", "finished", "interrupted", "stopped"]


class RunFilter(Model):
    """Runs of this command."""

    command: str | None = None


class RunRow(Model):
    """A command that ran. Times are ISO 8601 in UTC; ``ended_at`` is null while it runs.

    ``seen_at`` is when it gave its last sign, ``state`` what follows from that: a run whose process
    was killed has no end and is ``interrupted``.
    """

    id: int
    command: str
    version: str
    started_at: str
    ended_at: str | None
    outcome: str | None
    counts: dict[str, int]
    state: RunState
    seen_at: str


def note_progress(connection: Connection, run_id: int, counts: Mapping[str, int]) -> None:
    """Write what a run has counted so far."""
    connection.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.ended_at.is_(None))
        .values(counts=json.dumps(dict(counts), sort_keys=True))
    )


def standing(connection: Connection) -> dict[str, int]:
    """How many directives there are, need a person, and files in quarantine; quick to ask."""

    def count(table: Table, *where: ColumnElement[bool]) -> int:
        return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0

    return {
        "directives": count(directives),
        "needs_review": count(directives, needs_a_look()),
        "quarantined": count(quarantine),
    }


def run_slice(
    connection: Connection, wanted: RunFilter, after: Key | None, limit: int
) -> Slice[RunRow]:
    """The latest first."""
    stored = [name for name in RunRow.model_fields if name in runs.c]
    query = select(*(runs.c[name] for name in stored))
    if wanted.command is not None:
        query = query.where(runs.c.command == wanted.command)
    now = datetime.now(UTC)

    def made(row: dict[str, Any]) -> RunRow:
        counts = json.loads(row["counts"])
        seen = row["ended_at"] or _last_sign(row["started_at"], counts.get("seconds", 0))
        state = _state(row["outcome"], row["ended_at"] is not None, seen, now)
        return RunRow.model_validate(row | {"counts": counts, "state": state, "seen_at": seen})

    return sliced(connection, query, (By(runs.c.id, int, descending=True),), after, limit, made)


def one(connection: Connection, run_id: int) -> RunRow:
    """A run by its number.

    :raises NotFound: there is none
    """
    found = run_slice(connection, RunFilter(), (run_id + 1,), 1).rows
    if not found or found[0].id != run_id:
        raise NotFound(f"There is no run {run_id}.")
    return found[0]


def _last_sign(started_at: str, seconds: int) -> str:
    seen = datetime.fromisoformat(started_at) + timedelta(seconds=seconds)
    return seen.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _state(outcome: str | None, ended: bool, seen_at: str, now: datetime) -> RunState:
    if not ended:
        silent = (now - datetime.fromisoformat(seen_at)).total_seconds()
        return "running" if silent <= SILENT_SECONDS else "interrupted"
    if outcome in ("finished", "interrupted"):
        return outcome  # type: ignore[return-value] # narrowed by the test above
    return "stopped"
