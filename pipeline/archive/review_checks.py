"""Whether decisions can be made: against the rules of each action, and against what changed since
the person looked. Nothing is written here."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pydantic import JsonValue
from sqlalchemy import Connection, or_, select

from models.decision import Action, Decision
from models.decision_paths import (
    FIELDS,
    ITEMS,
    PARTS,
    Kind,
    Path,
    as_dict,
    field_at,
    items_of,
    parse,
    place_of,
    shown,
    status_of,
    value_of,
)
from models.decision_values import made_item
from models.decision_words import edit_at
from models.directive import Directive
from pipeline.archive.guidance import Guidance
from pipeline.archive.schema import decisions, history
from pipeline.errors import Changed, Conflict, UsageProblem

if TYPE_CHECKING:
    from pipeline.archive.reviewing import Standing


@dataclass(frozen=True, slots=True)
class Agreed:
    """A decision that can be made: its path in the record of today, its value as it is kept."""

    path: Path
    action: Action
    value: JsonValue
    before: JsonValue


_ALLOWED: Final[dict[Kind, frozenset[Action]]] = {
    "document": frozenset({"approve"}),
    "field": frozenset({"accept", "choose", "correct", "unreadable", "absent"}),
    "item": frozenset({"accept", "choose", "correct", "unreadable", "remove"}),
    "part": frozenset({"accept", "choose", "correct", "unreadable", "absent"}),
    "list": frozenset({"add"}),
    "word": frozenset({"accept", "choose", "correct", "revert"}),
}


def agreed(
    connection: Connection,
    now: Standing,
    wanted: Sequence[Decision],
    expected: int | str | None,
    guidance: Guidance,
) -> list[Agreed]:
    """What is to be written.

    :raises Conflict: what is decided changed since ``expected``
    :raises UsageProblem: a decision cannot be made so
    :raises UndecidableError: likewise
    """
    then, since = _as_seen(connection, now, expected)
    made = []
    for one in wanted:
        path = parse(one.path)
        if one.action not in _ALLOWED[path.kind]:
            raise UsageProblem(
                f"{one.action!r} is no action for {one.path or 'a whole document'!r}.",
                advice=f"Possible here: {', '.join(sorted(_ALLOWED[path.kind]))}.",
            )
        if path.kind == "word":
            made.append(_word(connection, now, one, path, since))
        else:
            made.append(_prepared(connection, now, then, one, path, since, guidance))
    return made


# -- what changed since --------------------------------------------------------------------------


def _as_seen(
    connection: Connection, now: Standing, expected: int | str | None
) -> tuple[Directive, int]:
    """The record as the person saw it, and the number of its version."""
    current = int(now.row.change_seq)
    if expected is None or expected in (current, now.row.content_hash):
        return now.shown, current
    if isinstance(expected, str) and not expected.isdecimal():
        raise _conflict(connection, now, "", 0)
    since = int(expected)
    if not now.row.created_seq <= since < current:
        raise UsageProblem(
            f"{expected} is no version of this document.",
            advice="Give the 'change_seq' that came with it.",
        )
    h = history.c
    before = connection.scalar(
        select(h.before)
        .where(h.directive_id == now.shown.id, h.seq > since, h.before.is_not(None))
        .order_by(h.seq)
        .limit(1)
    )
    if before is None:
        return now.shown, since
    return Directive.model_validate_json(zlib.decompress(before)), since


def _conflict(connection: Connection, now: Standing, path: str, since: int) -> Conflict:
    h = history.c
    changes = connection.execute(
        select(h.seq, h.at, h.actor, h.change, h.detail)
        .where(h.directive_id == now.shown.id, h.seq > since)
        .order_by(h.seq.desc())
        .limit(20)
    )
    told = tuple(
        Changed(seq=row.seq, at=row.at, by=row.actor, change=row.change, detail=row.detail or "")
        for row in changes
    )
    who = next((one.by for one in told if one.by != "machine"), "the program")
    what = f"the field {path!r}" if path else "this document"
    return Conflict(
        f"{who} changed {what} since you looked.",
        path=path, changes=told[::-1], change_seq=int(now.row.change_seq),
        record=str(now.row.document),
    )  # fmt: skip


def _same(one: JsonValue, two: JsonValue, path: Path) -> bool:
    return (value_of(one, path), status_of(one, path)) == (
        value_of(two, path),
        status_of(two, path),
    )


def _content(directive: Directive) -> list[Any]:
    """What a person sees of a record: every value, with its status."""
    fields = [(f.value, f.status) for name in FIELDS if (f := field_at(directive, name))]
    return [*fields, *(as_dict(item) for name in ITEMS for item in items_of(directive, name))]


# -- one decision --------------------------------------------------------------------------------


def _prepared(
    connection: Connection,
    now: Standing,
    then: Directive,
    one: Decision,
    path: Path,
    since: int,
    guidance: Guidance,
) -> Agreed:
    if path.kind == "document":
        if then is not now.shown and _content(then) != _content(now.shown):
            raise _conflict(connection, now, "", since)
        return Agreed(path, one.action, None, None)
    if path.kind == "list":
        value = guidance.normalised(path, one.value, now.shown)
        made_item(path.field, value)
        return Agreed(path, one.action, value, None)
    stood = shown(then, path)
    if path.kind != "field":
        place = place_of(items_of(now.shown, path.field), stood, path.index)
        if place is None:
            raise _conflict(connection, now, str(path), since)
        path = replace(path, index=place)
    here = shown(now.shown, path)
    value = _value(one, path, here, now.shown, guidance)
    if then is not now.shown and _changed(then, now.shown, path, stood, here):
        agreeing = value == value_of(here, path) and status_of(here, path) == "accepted"
        if not agreeing or one.action not in ("accept", "choose", "correct"):
            raise _conflict(connection, now, str(path), since)
    if one.seen is not None and one.seen.value != value_of(here, path):
        raise _conflict(connection, now, str(path), since)
    return Agreed(path, one.action, value, here)


def _changed(
    then: Directive, now: Directive, path: Path, stood: JsonValue, here: JsonValue
) -> bool:
    if path.kind == "field":
        of = [(shown(then, parse(name)), shown(now, parse(name))) for name in path.group]
        return any(not _same(one, two, path) for one, two in of)
    return not _same(stood, here, path)


def _value(
    one: Decision, path: Path, here: JsonValue, directive: Directive, guidance: Guidance
) -> JsonValue:
    """The value that is kept with a decision."""
    if one.action in ("unreadable", "absent", "remove"):
        return None
    if one.action == "accept":
        value = value_of(here, path)
        if value is None:
            raise UsageProblem(
                f"There is no value at {str(path)!r} to accept.",
                advice="Choose a candidate, type the value, or mark it unreadable or absent.",
            )
        return value
    if path.kind == "item" and path.field not in ("recipients", "copied_to"):
        parts = ", ".join(f"{path}/{part}" for part in PARTS[path.field])
        raise UsageProblem(f"{one.action!r} needs a part of {path}.", advice=f"Name one: {parts}.")
    if one.action == "choose" and one.value not in _candidates(path, here):
        raise UsageProblem(
            f"{one.value!r} is no candidate for {str(path)!r}.",
            advice="Choose one of its alternatives, or use 'correct' for another value.",
        )
    if one.value is None or one.value == "":
        raise UsageProblem(
            f"{one.action!r} needs a value for {str(path)!r}.",
            advice="Use 'absent' where the document has none.",
        )
    return guidance.normalised(path, one.value, directive)


def _candidates(path: Path, here: JsonValue) -> list[JsonValue]:
    part: Any = here
    if path.kind == "part" and isinstance(here, dict):
        part = here.get(path.part)
    others = part.get("alternatives", ()) if isinstance(part, dict) else ()
    values: list[JsonValue] = [other["value"] for other in others]
    if isinstance(part, dict):
        values.append(part.get("value"))
    return [value for value in values if value is not None]


_LONGEST_WORD: Final = 200


def _word(connection: Connection, now: Standing, one: Decision, path: Path, since: int) -> Agreed:
    word, edit = edit_at(now.shown_pages, path)
    d = decisions.c
    if since < now.row.change_seq:
        decided_since = connection.scalar(
            select(d.id)
            .where(d.directive_id == now.shown.id, d.path == str(path))
            .where(or_(d.seq > since, d.undone_seq > since))
            .limit(1)
        )
        if decided_since is not None:
            raise _conflict(connection, now, str(path), since)
    if one.seen is not None and one.seen.value != word.text:
        raise _conflict(connection, now, str(path), since)
    before: JsonValue = {"raw": word.as_read, "text": word.text}
    if one.action == "revert":
        return Agreed(path, one.action, word.as_read, before)
    if one.action == "accept":
        return Agreed(path, one.action, edit.repaired if edit else word.text, before)
    value = " ".join(one.value.split()) if isinstance(one.value, str) else ""
    if not value or len(value) > _LONGEST_WORD:
        raise UsageProblem(f"{one.action!r} needs a word for {str(path)!r}.")
    if one.action == "choose":
        known = {word.as_read, *(word.reading.alternatives if word.reading else ())}
        known |= {edit.repaired, *(text for text, _ in edit.alternatives)} if edit else set()
        if value not in known:
            raise UsageProblem(f"{value!r} is no candidate for {str(path)!r}.")
    return Agreed(path, one.action, value, before)


__all__ = ["Agreed", "agreed"]
