"""Decisions of people: checked against what stands, kept, and put on top of the machine's record.

One transaction each. A decision names the version of the record that the person saw
(``change_seq`` or the content's hash). Where the record changed since, the decision still goes in
if what it is about did not change: two people may decide different fields of one document at once.
Else :class:`~pipeline.errors.Conflict` says who changed what, and nothing is written.

What they are put on top of is in :mod:`.overlay`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from models.decision import Decision, Made, Outcome
from models.decision_paths import UndecidableError
from models.directive import Directive
from models.otherwise import machine_says
from models.review import Version
from models.text import PageText
from pipeline.archive import lexicon, queries, reading, record, review_checks, writing
from pipeline.archive.guidance import Guidance
from pipeline.archive.lessons import lessons
from pipeline.archive.log import Author, Event, utc_now
from pipeline.archive.overlay import decided_about, keep_machine, machine_of, of_directive, on_top
from pipeline.archive.people import person
from pipeline.archive.schema import decisions, directives
from pipeline.errors import NotFound, UsageProblem


@dataclass(frozen=True, slots=True)
class Who:
    """Who decides: a person's name, and the token that it came with."""

    by: str
    token_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A directive as it stands, with what it is made of. ``shown`` has the decisions on top."""

    row: Any
    shown: Directive
    shown_pages: list[PageText]
    machine: Directive
    machine_pages: list[PageText]
    made: list[Made]


def standing(connection: Connection, directive_id: str) -> Standing:
    """A directive with what it is made of.

    :raises NotFound: there is none
    """
    row = writing.present_row(connection, directive_id)
    if row is None:
        raise NotFound(f"No document has the id {directive_id!r}.")
    shown = Directive.model_validate_json(row.document)
    shown_pages = queries.own_pages(connection, row.pk)
    machine, machine_pages = machine_of(connection, shown, shown_pages)
    made = of_directive(connection, directive_id)
    return Standing(row, shown, shown_pages, machine, machine_pages, made)


def version(connection: Connection, directive_id: str) -> Version:
    """Which version of a record stands.

    :raises NotFound: no such directive
    """
    row = writing.present_row(connection, directive_id)
    if row is None:
        raise NotFound(f"No document has the id {directive_id!r}.")
    return Version(
        directive_id=directive_id, change_seq=row.change_seq, content_hash=row.content_hash,
        review=Directive.model_validate_json(row.document).review,
    )  # fmt: skip


# -- deciding ------------------------------------------------------------------------------------


def review(
    connection: Connection,
    directive_id: str,
    wanted: Sequence[Decision],
    who: Who,
    *,
    expected: int | str | None,
    guidance: Guidance,
) -> Outcome:
    """Write down decisions about one directive, all or none.

    :param expected: the version that the person saw: ``change_seq`` or the hash of the content;
        ``None`` decides on whatever stands
    :raises NotFound: no such directive; :raises Conflict: what is decided changed since
    :raises UsageProblem: a decision cannot be made so
    """
    if not wanted:
        raise UsageProblem("There is nothing to decide.", advice="Name a field and an action.")
    by = person(who.by)
    now = standing(connection, directive_id)
    try:
        agreed = review_checks.agreed(connection, now, wanted, expected, guidance)
    except UndecidableError as error:
        raise UsageProblem(str(error)) from None
    at = utc_now()
    fresh = []
    for one in agreed:
        machine = machine_says(now.machine, one.path, one.before)
        row = {
            "directive_id": directive_id, "path": str(one.path), "action": one.action,
            "value": _json(one.value), "before": _json(one.before), "machine": _json(machine),
            "taught": "[]", "actor": by, "token_id": who.token_id, "at": at, "seq": 0,
        }  # fmt: skip
        made = connection.execute(insert(decisions).values(row)).inserted_primary_key
        fresh.append(
            Made(
                id=int(made[0]) if made is not None else 0, directive_id=directive_id,
                path=str(one.path), action=one.action, value=one.value, before=one.before,
                machine=machine, actor=by, token_id=who.token_id, at=at, seq=0,
            )
        )  # fmt: skip
    every = [*now.made, *fresh]
    author = Author(actor=by)
    seq, shown = _put(connection, now, every, "reviewed", fresh, author, guidance, who.token_id)
    for done in fresh:
        taught = [lexicon.learn(connection, lesson, by=by) for lesson in lessons(done, shown)]
        values = {"seq": seq, "taught": _json(taught)}
        connection.execute(update(decisions).where(decisions.c.id == done.id).values(values))
    # What was just learned is counted; where two of them are about one path, the last one holds.
    _recount(connection, _in_force(now.made) | {done.id for done in fresh}, _in_force(every))
    return _outcome(connection, directive_id, {one.id for one in fresh})


def undo(
    connection: Connection,
    decision_id: int,
    who: Who,
    *,
    undone: bool | None = None,
    guidance: Guidance,
) -> Outcome:
    """Take a decision back, or make one again that was taken back.

    What was approved after it is approved no longer: another record would stand there.

    :param undone: what it is to be; ``None``: the other of what it is. What it is already, it
        stays: two who take back the same do not make it again.

    :raises NotFound: no such decision
    """
    by = person(who.by)
    d = decisions.c
    directive_id = decided_about(connection, decision_id)
    if directive_id is None:
        raise NotFound(f"There is no decision {decision_id}.")
    now = standing(connection, directive_id)
    this = next(one for one in now.made if one.id == decision_id)
    touched = [this]
    if this.path:  # an approval rests on what was decided before it
        approvals = [o for o in now.made if o.stands and o.action == "approve" and o.id > this.id]
        touched += approvals
    if undone is not None and undone is not this.stands:
        return _outcome(connection, directive_id, {decision_id})
    undoing = this.stands
    taken_back = {"undone_at": utc_now(), "undone_by": by}
    every = []
    for one in now.made:
        if one.id == decision_id and not undoing:
            one = one.model_copy(update={"undone_at": None, "undone_by": None, "undone_seq": None})
        elif one in touched and one.stands:
            one = one.model_copy(update=taken_back)
        every.append(one)
    event: Event = "review_undone" if undoing else "reviewed"
    author = Author(actor=by)
    seq, _ = _put(connection, now, every, event, touched, author, guidance, who.token_id)
    _recount(connection, _in_force(now.made), _in_force(every))
    for one in every:
        if one.id in {t.id for t in touched}:
            values = {
                "undone_at": one.undone_at, "undone_by": one.undone_by,
                "undone_seq": None if one.stands else seq,
            }  # fmt: skip
            connection.execute(update(decisions).where(d.id == one.id).values(values))
    return _outcome(connection, directive_id, {one.id for one in touched})


def _in_force(every: Sequence[Made]) -> set[int]:
    """Decisions that stand and were not followed by another about the same."""
    return set({one.path: one.id for one in every if one.stands}.values())


def _recount(connection: Connection, before: set[int], after: set[int]) -> None:
    """Bring the lexicon's counts up to date with the decisions that are in force."""
    for ids, by in ((after - before, 1), (before - after, -1)):
        wanted = select(decisions.c.taught).where(decisions.c.id.in_(ids))
        for taught in connection.scalars(wanted).all() if ids else ():
            lexicon.confirm(connection, json.loads(taught), by)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _outcome(connection: Connection, directive_id: str, ids: set[int]) -> Outcome:
    d = directives.c
    row = connection.execute(
        select(d.change_seq, reading.DOCUMENT).where(d.id == directive_id)
    ).one()
    made = [one for one in of_directive(connection, directive_id) if one.id in ids]
    return Outcome(
        directive_id=directive_id, change_seq=row.change_seq,
        review=Directive.model_validate_json(row.document).review, decisions=tuple(made),
    )  # fmt: skip


def _put(
    connection: Connection,
    now: Standing,
    every: Sequence[Made],
    event: Event,
    touched: Sequence[Made],
    author: Author,
    guidance: Guidance,
    token_id: int | None,
) -> tuple[int, Directive]:
    """Write the record as ``every`` decision makes it; its number in the history, and itself."""
    directive, done_pages = on_top(connection, now.machine, now.machine_pages, every, guidance)
    content = record.Content(directive, done_pages)
    detail: dict[str, Any] = {
        "decisions": [one.id for one in touched], "paths": [one.path for one in touched],
    }  # fmt: skip
    if token_id is not None:
        detail["token"] = token_id
    seq = writing.replace_reviewed(connection, content, now.row, event, author, detail)
    keep_machine(connection, now.machine, now.machine_pages, every)
    return seq, directive
