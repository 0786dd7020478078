"""What waits for a person, in the order in which a look at it is worth most."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, distinct, func, select

from models.base import Model
from models.decision import Made
from models.decision_paths import OTHERWISE
from models.directive import Directive
from models.review import QueueRow, ReviewCounts
from pipeline.archive import paths
from pipeline.archive.conditions import STATES, conditions
from pipeline.archive.overlay import made_of
from pipeline.archive.paging import By, Key, Slice, sliced
from pipeline.archive.rows import Filter
from pipeline.archive.schema import decisions, directives, history, machine_records
from pipeline.archive.worth import worth
from pipeline.errors import NotFound


class QueueFilter(Filter):
    """Which documents of the queue: ``reason`` is what one is about, a field (``number``), a list
    (``recipients``) or ``finding``; or ``machine_reads_otherwise``: what was decided before."""

    reason: str | None = None


_d: Final = directives.c
_ORDER: Final = (By(_d.review_rank, int), By(_d.created_seq, int))
_COLUMNS: Final = (
    _d.id.label("directive_id"), _d.number, _d.number_status, _d.issued, _d.issued_status,
    _d.issuer, _d.doc_type, _d.subject, paths.first_name().label("path"), _d.state, _d.reasons,
    (-_d.review_rank).label("worth"), _d.change_seq, _d.created_seq,
    history.c.at.label("waiting_since"),
)  # fmt: skip


def _waits(*states: str) -> ColumnElement[bool]:
    """With something to look at, and a file that has it."""
    return and_(_d.state.in_(states), _d.review_rank < 0, _d.live_seq.is_not(None))


def _done(state: str) -> ColumnElement[bool]:
    return and_(_d.state == state, _d.review_rank >= 0, _d.live_seq.is_not(None))


def _made(row: dict[str, Any]) -> QueueRow:
    return QueueRow.model_validate(row | {"reasons": json.loads(row["reasons"])})


def queue_slice(
    connection: Connection, wanted: Filter | None, after: Key | None, limit: int
) -> Slice[QueueRow]:
    """Documents that wait, those most worth a look first; of equals the one that waits longest."""
    query = select(*_COLUMNS).join_from(directives, history, history.c.seq == _d.created_seq)
    if wanted is not None:
        query = query.where(conditions(wanted))
    if isinstance(wanted, QueueFilter) and wanted.reason is not None:
        # Reasons are a JSON list of texts that begin with what they are about.
        told = f': {OTHERWISE}"' if wanted.reason == OTHERWISE else f'"{wanted.reason}: '
        query = query.where(_d.reasons.contains(told, autoescape=True))
    # One walk of the index for each state: of all at once the database would sort what waits.
    parts = [
        sliced(connection, query.where(_waits(state)), _ORDER, after, limit, _placed)
        for state in STATES
    ]
    found = sorted((row for part in parts for row in part.rows), key=lambda one: one[0])
    more = len(found) > limit or any(part.next for part in parts)
    rows = found[:limit]
    return Slice([row for _, row in rows], rows[-1][0] if more and rows else None)


def _placed(row: dict[str, Any]) -> tuple[tuple[int, int], QueueRow]:
    place = (-int(row["worth"]), int(row.pop("created_seq")))
    return place, _made(row)


def next_after(
    connection: Connection, directive_id: str | None, wanted: Filter | None
) -> QueueRow | None:
    """The document to look at after this one; the first where it was the last, or none is named.

    One that waits no longer has the place that the machine's record of it had.

    :raises NotFound: no such directive
    """
    after: Key | None = None
    if directive_id is not None:
        row = connection.execute(
            select(_d.review_rank, _d.created_seq, machine_records.c.document)
            .join_from(
                directives, machine_records, machine_records.c.directive_id == _d.id, isouter=True
            )
            .where(_d.id == directive_id)
        ).one_or_none()
        if row is None:
            raise NotFound(f"No document has the id {directive_id!r}.")
        place = row.review_rank
        if row.document is not None:
            place = min(place, -worth(Directive.model_validate_json(row.document)))
        after = (place, row.created_seq)
    for start in (after, None):
        found = queue_slice(connection, wanted, start, 2).rows
        rest = [row for row in found if row.directive_id != directive_id]
        if rest or after is None:
            return rest[0] if rest else None
    return None


def counts(connection: Connection) -> ReviewCounts:
    """How much waits and how much is done."""
    found = connection.execute(
        select(
            *(
                select(func.count()).where(condition).scalar_subquery().label(name)
                for name, condition in (
                    ("pending", _waits(*STATES)),
                    ("approved", _done("approved")),
                    ("corrected", _done("corrected")),
                )
            )
        )
    ).one()
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    today = connection.execute(
        select(
            func.count(distinct(decisions.c.directive_id)).label("documents"),
            func.count().label("decisions"),
        ).where(decisions.c.at >= since, decisions.c.undone_at.is_(None))
    ).one()
    return ReviewCounts(
        pending=found.pending,
        approved=found.approved,
        corrected=found.corrected,
        documents_today=today.documents,
        decisions_today=today.decisions,
    )


class DecisionFilter(Model):
    """Decisions about this directive, by this person; those that stand, or were undone."""

    directive_id: str | None = None
    actor: str | None = None
    stands: bool | None = None


def decision_slice(
    connection: Connection, wanted: DecisionFilter, after: Key | None, limit: int
) -> Slice[Made]:
    """Decisions, the latest first."""
    c = decisions.c
    query = select(decisions)
    if wanted.directive_id is not None:
        query = query.where(c.directive_id == wanted.directive_id)
    if wanted.actor is not None:
        query = query.where(c.actor == wanted.actor)
    if wanted.stands is not None:
        query = query.where(c.undone_at.is_(None) if wanted.stands else c.undone_at.is_not(None))
    return sliced(connection, query, (By(c.id, int, descending=True),), after, limit, made_of)
