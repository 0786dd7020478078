"""Where the machine reads something else by now than when a person decided. Pure.

The person's value stays. What the machine reads is shown beside it (:func:`read_now`), to be taken
or left; either is a decision and ends the matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from models.decision import Made
from models.decision_paths import (
    FIELDS,
    ITEMS,
    PARTS,
    Item,
    Path,
    as_dict,
    field_at,
    items_of,
    parse,
    place_of,
    printed,
    value_of,
)
from models.directive import Directive


def machine_says(directive: Directive, path: Path, before: JsonValue) -> JsonValue:
    """What the machine's record has at a path, to be compared with what it has later."""
    if path.kind == "field":
        return {"value": field_at(directive, path.field).value}
    if path.kind in ("item", "part"):
        place = place_of(items_of(directive, path.field), before, path.index)
        if place is None:
            return None
        item = items_of(directive, path.field)[place]
        return {"value": value_of(as_dict(item), path)}
    if path.kind == "document":
        return {"values": _values(directive)}
    return None


def _values(directive: Directive) -> dict[str, JsonValue]:
    """The value of every field, and the printed texts of every list."""
    made: dict[str, JsonValue] = {}
    for name in FIELDS:
        if (value := field_at(directive, name).value) is not None:
            made[name] = value
    for name in ITEMS:
        texts: list[JsonValue] = [printed(as_dict(i)) for i in items_of(directive, name)]
        if texts:
            made[name] = texts
    return made


def otherwise(machine: Directive, standing: Sequence[Made]) -> tuple[str, ...]:
    """The fields and lists in which the machine reads something else than when a person decided.

    :param standing: the decisions that stand, in their order
    """
    approval, latest = _in_force(standing)
    found: set[str] = set()
    if approval is not None and isinstance(approval.machine, dict):
        then = approval.machine.get("values")
        now = _values(machine)
        if isinstance(then, dict):
            names = (*FIELDS, *ITEMS)
            found = {n for n in names if now.get(n) not in (None, then.get(n))}
            found -= {n for d in latest.values() for n in parse(d.path).group}
    for decision in latest.values():
        path = parse(decision.path)
        if path.kind not in ("field", "item", "part") or not isinstance(decision.machine, dict):
            continue
        now_says = machine_says(machine, path, decision.before)
        read = now_says.get("value") if isinstance(now_says, dict) else None
        if read is not None and read not in (decision.machine.get("value"), decision.value):
            found.add(path.field)
    return tuple(sorted(found))


def _in_force(standing: Sequence[Made]) -> tuple[Made | None, dict[str, Made]]:
    """The last approval, and the last decision about each path since."""
    latest: dict[str, Made] = {}
    approval: Made | None = None
    for decision in standing:
        if decision.action == "approve":
            approval, latest = decision, {}
        elif decision.action != "add":
            latest[decision.path] = decision
    return approval, latest


# -- what it reads -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadNow:
    """What the machine reads by now where people decided something else.

    ``values``: by path, of fields (``number``), items of recipients (``recipients/1``) and parts of
    items (``targets/0/value``). ``items``: by list, what it finds there that nobody has seen yet.
    """

    values: dict[str, JsonValue] = field(default_factory=dict)
    items: dict[str, tuple[Item, ...]] = field(default_factory=dict)


#: Parts that are compared; texts tell where an item stands, and so are the same.
_COMPARED: Final = {name: tuple(p for p in parts if p != "text") for name, parts in PARTS.items()}


def read_now(machine: Directive, shown: Directive, made: Sequence[Made]) -> ReadNow:
    """What the machine reads in the fields and lists that :func:`otherwise` names.

    :param shown: the record with the decisions on top
    :param made: every decision about it
    """
    standing = [one for one in made if one.stands]
    now = ReadNow()
    for name in otherwise(machine, standing):
        if name not in ITEMS:
            value = field_at(machine, name).value
            if value != field_at(shown, name).value:
                now.values[name] = value
            continue
        now.values.update(_items_read(machine, shown, name))
        if fresh := _unseen(machine, shown, name, standing):
            now.items[name] = fresh
    return now


def _items_read(machine: Directive, shown: Directive, name: str) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    there = items_of(machine, name)
    for index, item in enumerate(items_of(shown, name)):
        mine = as_dict(item)
        place = place_of(there, mine, index)
        if place is None:
            continue
        read = as_dict(there[place])
        paths = [Path("part", name, index, part) for part in _COMPARED[name]]
        for path in paths or [Path("item", name, index)]:
            value = value_of(read, path)
            if value not in (None, "", value_of(mine, path)):
                found[str(path)] = value
    return found


def _unseen(
    machine: Directive, shown: Directive, name: str, standing: Sequence[Made]
) -> tuple[Item, ...]:
    """Items that are not in the record, and were not there to be removed when it was decided."""
    approval, latest = _in_force(standing)
    seen = {printed(as_dict(item)) for item in items_of(shown, name)}
    seen |= {printed(d.before) for d in latest.values() if isinstance(d.before, dict)}
    if approval is not None and isinstance(approval.machine, dict):
        then = approval.machine.get("values")
        texts = then.get(name) if isinstance(then, dict) else None
        seen |= {str(text) for text in texts} if isinstance(texts, list) else set()
    return tuple(item for item in items_of(machine, name) if printed(as_dict(item)) not in seen)
