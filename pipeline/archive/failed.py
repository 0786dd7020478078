"""The quarantine: files that failed, each with its reason, until they are read or released."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, delete, select

from models.failure import Failure
from pipeline.archive.dialects import upsert
from pipeline.archive.log import utc_now
from pipeline.archive.paths import location_of, stored_name
from pipeline.archive.rows import QuarantineEntry
from pipeline.archive.schema import quarantine


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


def entries(connection: Connection, categories: Sequence[str]) -> list[QuarantineEntry]:
    """What is in quarantine, by path; all categories where none is named."""
    wanted = select(quarantine).order_by(quarantine.c.path)
    if categories:
        wanted = wanted.where(quarantine.c.category.in_(list(categories)))
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
