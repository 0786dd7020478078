"""The quarantine: files that failed, each with its reason, until they are read or released."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete, func, select

from models.failure import Failure
from pipeline.archive.dialects import upsert
from pipeline.archive.log import utc_now
from pipeline.archive.paths import location_of, stored_name
from pipeline.archive.rows import QuarantineEntry
from pipeline.archive.schema import quarantine

_BATCH: Final = 500


def put(
    connection: Connection,
    path: str,
    failure: Failure,
    *,
    sha256: str | None,
    run_id: int,
    location: Path | None,
) -> None:
    """Note a failure; a path that failed before has one attempt more."""
    now = utc_now()
    add = upsert(connection, quarantine).values(
        path=stored_name(path),
        location=location_of(path, location),
        sha256=sha256,
        category=failure.category,
        failure=failure.model_dump_json(),
        attempts=1,
        first_at=now,
        last_at=now,
        run_id=run_id,
    )
    renewed = ("location", "sha256", "category", "failure", "last_at", "run_id")
    connection.execute(
        add.on_conflict_do_update(
            index_elements=["path"],
            set_={name: add.excluded[name] for name in renewed}
            | {"attempts": quarantine.c.attempts + 1},
        )
    )


def by_category(connection: Connection) -> dict[str, int]:
    """How many failed in each way, the most frequent first."""
    c = quarantine.c.category
    found = connection.execute(select(c, func.count()).group_by(c).order_by(func.count().desc(), c))
    return {row[0]: row[1] for row in found}


def held(connection: Connection, names: Iterable[str]) -> set[str]:
    """Those of these names that are in quarantine, as stored."""
    found: set[str] = set()
    rest = iter(dict.fromkeys(stored_name(name) for name in names))
    while batch := list(islice(rest, _BATCH)):
        q = quarantine.c
        found.update(connection.scalars(select(q.path).where(q.path.in_(batch))))
    return found


def entries(
    connection: Connection, categories: Sequence[str] = (), *, paths: Sequence[str] | None = None
) -> list[QuarantineEntry]:
    """What is in quarantine, by path; all categories where none is named."""
    wanted = select(quarantine).order_by(quarantine.c.path)
    if categories:
        wanted = wanted.where(quarantine.c.category.in_(list(categories)))
    if paths is not None:
        wanted = wanted.where(quarantine.c.path.in_([stored_name(path) for path in paths]))
    return [
        QuarantineEntry(
            path=row.path,
            failure=Failure.model_validate_json(row.failure),
            attempts=row.attempts,
            sha256=row.sha256,
            location=row.location,
            first_at=row.first_at,
            last_at=row.last_at,
        )
        for row in connection.execute(wanted)
    ]


def release(connection: Connection, path: str) -> None:
    """Forget a failure."""
    connection.execute(delete(quarantine).where(quarantine.c.path == stored_name(path)))
