"""The queue: what waits for a person, that most worth a look first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from models.decision_paths import FIELDS, ITEMS, OTHERWISE
from models.review import QueueRow
from pipeline.serve import cursor
from pipeline.serve.web.desk.common import (
    address,
    brief,
    narrowed,
    next_row,
    presence_of,
    wanted,
    why,
)
from pipeline.serve.web.desk.rows import ORDER
from pipeline.serve.web.desk.telling import Why
from pipeline.serve.web.site import Here, Reviewers, Visit

router = APIRouter(dependencies=[Reviewers])
_ROWS: Final = 50
#: What a reason can be about, in the order of the choice.
REASONS: Final = (
    *ORDER[:10], "recipients", "copied_to", "citations", "targets", "deadlines", "finding",
    OTHERWISE,
)  # fmt: skip
_RANKS: Final = {name: place for place, name in enumerate((*ORDER, *ITEMS, "finding"))}
#: Reasons that are told in full.
_TOLD: Final = 2


@router.get("/review")
def queue(
    visit: Here, at: Annotated[str, Query(max_length=2000)] = "", done: bool = False
) -> Response:
    """What waits, how much of it, and how much was done today."""
    reviewing = visit.holdings.reviewing
    kept = narrowed(visit.request)
    asked = "review " + json.dumps(kept, sort_keys=True)
    after = cursor.decode(asked, at) if at else None
    found = reviewing.queue(wanted(reviewing, kept), after, _ROWS)
    rows: Sequence[Any] = found.rows
    return visit.page(
        "desk/queue.html",
        rows=[_Line(visit, row, sure) for row, sure in zip(rows, _sure(visit, rows), strict=True)],
        counts=reviewing.counts(),
        next=address("/review", kept, at=cursor.encode(asked, found.next)) if found.next else "",
        kept=kept,
        first=not at,
        done=done,
        reasons=REASONS,
        taken=presence_of(visit.request).others(visit.session.id),
        address=address,
    )


class _Line:
    """A document of the queue."""

    def __init__(self, visit: Visit, row: QueueRow, sure: float | None) -> None:
        self.row = row
        self.sure = sure
        whys = sorted((why(visit, brief(reason)) for reason in row.reasons), key=_rank)
        self.whys = whys[:_TOLD]
        self.others = list(dict.fromkeys(one.label for one in whys[_TOLD:]))


def _rank(one: Why) -> int:
    return _RANKS.get(one.name, len(_RANKS))


def _sure(visit: Visit, rows: Sequence[QueueRow]) -> list[float | None]:
    """How sure the least sure value is of those that wait, for each row."""
    records = {r.id: r.json for r in visit.holdings.records([row.directive_id for row in rows])}
    return [
        _least(json.loads(records[row.directive_id]), row.reasons)
        if row.directive_id in records
        else None
        for row in rows
    ]


def _least(record: Any, reasons: Sequence[str]) -> float | None:
    found = []
    for name in {reason.partition(":")[0] for reason in reasons} & set(FIELDS):
        value = record
        for step in name.split("."):
            value = value[step]
        if value["value"] is not None:
            found.append(float(value["confidence"]))
    return min(found, default=None)


@router.get("/review/next")
def go_on(visit: Here, after: Annotated[str, Query(max_length=128)] = "") -> Response:
    """On to the next document; to the queue where nothing else waits."""
    return visit.go(where_next(visit, after or None))


def where_next(visit: Visit, after: str | None) -> str:
    """The address of the document behind ``after``; of the queue where none is free."""
    kept = narrowed(visit.request)
    found = next_row(visit, after)
    if found is None:
        return address("/review", kept, done="1")
    return address(f"/review/{found.directive_id}", kept)
