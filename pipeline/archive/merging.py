"""What a person decides about two directives that may be one document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, get_args

from sqlalchemy import Connection, select, update

from models.base import Model
from pipeline.archive import citing, paths
from pipeline.archive.identity import MergeKind, MergeState
from pipeline.archive.log import Author, note, utc_now
from pipeline.archive.people import person
from pipeline.archive.schema import directives, merges
from pipeline.errors import NotFound, UsageProblem

Decision = Literal["accepted", "rejected", "undone"]
DECISIONS: Final[tuple[str, ...]] = get_args(Decision)


class MergeSide(Model):
    """One of the two directives of a merge."""

    id: str
    number: str | None
    issued: str | None
    issuer: str | None
    doc_type: str | None
    subject: str | None
    path: str


class Merge(Model):
    """Two directives that may be one document; ``score``: how much of their texts is the same.

    ``main_id`` is the main version, and null unless the merge is accepted.
    """

    id: int
    kind: MergeKind
    one: MergeSide
    two: MergeSide
    score: float
    state: MergeState
    main_id: str | None
    proposed_at: str
    decided_by: str | None
    decided_at: str | None


def listed(
    connection: Connection, state: MergeState | None = None, ids: Sequence[int] | None = None
) -> list[Merge]:
    """Merges in the order in which they were found."""
    m = merges.c
    query = select(merges).order_by(m.id)
    if state is not None:
        query = query.where(m.state == state)
    if ids is not None:
        query = query.where(m.id.in_(ids))
    rows = connection.execute(query).all()
    sides = _sides(connection, {id_ for row in rows for id_ in (row.one_id, row.two_id)})
    return [
        Merge(
            id=row.id, kind=row.kind, one=sides[row.one_id], two=sides[row.two_id],
            score=row.score, state=row.state, main_id=row.main_id, proposed_at=row.proposed_at,
            decided_by=row.decided_by, decided_at=row.decided_at,
        )
        for row in rows
    ]  # fmt: skip


_BATCH: Final = 500


def _sides(connection: Connection, ids: set[str]) -> dict[str, MergeSide]:
    d = directives.c
    ordered = sorted(ids)
    found: dict[str, MergeSide] = {}
    for start in range(0, len(ordered), _BATCH):
        query = select(
            d.id, d.number, d.issued, d.issuer, d.doc_type, d.subject,
            paths.first_name().label("path"),
        ).where(d.id.in_(ordered[start : start + _BATCH]))  # fmt: skip
        for row in connection.execute(query):
            found[row.id] = MergeSide.model_validate(dict(row._mapping))
    return found


def decide(
    connection: Connection, merge_id: int, decision: str, *, by: str, main: str | None = None
) -> Merge:
    """Write down what ``by`` decided, with all that follows from it.

    :param main: id of the one that becomes the main version; else the one with fewer reasons for
        review, the smaller id among equals
    :raises NotFound: no such merge; :raises UsageProblem: it cannot be decided so
    """
    name = person(by)
    if decision not in DECISIONS:
        raise UsageProblem(
            f"A merge cannot be {decision!r}.", advice=f"Decide one of: {', '.join(DECISIONS)}."
        )
    row = connection.execute(select(merges).where(merges.c.id == merge_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no merge {merge_id}.", advice="'vanthu duplicates' lists them.")
    if row.state != decision:
        _decide(connection, row, decision, name, main)
    return listed(connection, ids=[merge_id])[0]


def _decide(connection: Connection, row: Any, decision: str, name: str, main: str | None) -> None:
    if decision == "rejected" and row.state == "accepted":
        raise UsageProblem("An accepted merge is undone first.", advice="Use --undo.")
    if decision == "undone" and row.state == "proposed":
        raise UsageProblem("Nothing was decided yet.", advice="Accept it, or use --reject.")
    author = Author(actor=name)
    values: dict[str, Any] = {
        "state": decision, "decided_by": name, "decided_at": utc_now(), "main_id": None,
    }  # fmt: skip
    detail: dict[str, Any] = {"merge": row.id, "kind": row.kind}
    if decision == "accepted":
        chosen, version = _roles(connection, row, main)
        values["main_id"] = chosen.id
        _move(connection, version, chosen.pk)
        detail |= {"main": chosen.id}
        note(connection, [(version.id, "merge_accepted")], author, detail=detail)
    elif row.state == "accepted":
        version = _side(connection, row.two_id if row.main_id == row.one_id else row.one_id)
        detail |= {"main": row.main_id}
        _move(connection, version, None)
        note(connection, [(version.id, "merge_undone")], author, detail=detail)
    else:  # the records stay what they are
        detail |= {"other": row.two_id}
        changes = [(row.one_id, f"merge_{decision}")]
        note(connection, changes, author, detail=detail, in_feed=False)
    connection.execute(update(merges).where(merges.c.id == row.id).values(values))
    spots = {
        spot for id_ in (row.one_id, row.two_id) for spot in citing.spot(_side(connection, id_))
    }
    citing.resolve(connection, spots, author=author)


def _side(connection: Connection, id_: str) -> Any:
    d = directives.c
    return connection.execute(
        select(
            d.pk, d.id, d.number_key, d.issuer_org, d.issued, d.version_of, d.reason_count
        ).where(d.id == id_)
    ).one()


def _roles(connection: Connection, row: Any, main: str | None) -> tuple[Any, Any]:
    """The main version and the one that becomes a version of it."""
    sides = [_side(connection, row.one_id), _side(connection, row.two_id)]
    if main is None:
        sides.sort(key=lambda s: (s.version_of is not None, s.reason_count, s.id))
    elif main in (row.one_id, row.two_id):
        sides.sort(key=lambda s: s.id != main)
    else:
        raise UsageProblem(
            f"{main} is not one of the two.", advice=f"Name {row.one_id} or {row.two_id}."
        )
    chosen, version = sides
    for side in sides:
        if side.version_of is not None:
            raise UsageProblem(
                f"{side.id} is already a version of another document.",
                advice="Merge with that document's main version, or undo the earlier merge.",
            )
    return chosen, version


def _move(connection: Connection, version: Any, main_pk: int | None) -> None:
    """Make one a version; what were versions of it stay versions of it."""
    of_this = directives.c.pk == version.pk
    connection.execute(update(directives).where(of_this).values(version_of=main_pk))
