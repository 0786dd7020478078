"""A machine's record with a person's decisions on top. Pure: records and pages in and out.

A field that a person decided has the rule ``person``, is certain, and keeps its evidence with one
more that comes from a person: no box is invented. The value it had stays among its alternatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.decision import CHANGING, Made, State
from models.decision_paths import (
    FIELDS,
    ITEMS,
    NUMBER,
    OTHERWISE,
    Path,
    field_at,
    items_of,
    parse,
    place_of,
)
from models.decision_values import (
    all_accepted,
    decided,
    is_decided,
    item_decided,
    made_item,
    restored,
    with_field,
    with_number,
)
from models.decision_words import word_decided
from models.directive import Directive
from models.otherwise import otherwise
from models.text import PageText

# -- applying ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Applied:
    """A record and its pages with decisions on top; ``otherwise``: the paths at which the machine
    reads something else than when it was decided."""

    directive: Directive
    pages: tuple[PageText, ...]
    otherwise: tuple[str, ...] = ()


def apply(
    machine: Directive,
    pages: Sequence[PageText],
    decisions: Sequence[Made],
    approved: tuple[int, Directive] | None = None,
) -> Applied:
    """The machine's record with the decisions that stand, in their order, on top.

    :param approved: the last approval (the decision's id) and the record as it stood then: what a
        person approved stays, whatever the machine reads later
    """
    standing = [d for d in decisions if d.stands]
    directive, done_pages = machine, tuple(pages)
    if approved is not None:
        directive = _as_approved(machine, approved[1])
    for decision in standing:
        path = parse(decision.path)
        if path.kind == "word":
            done_pages = word_decided(done_pages, decision, path)
        elif approved is not None and decision.id <= approved[0]:
            continue  # is in what was approved
        elif path.kind == "document":
            directive = all_accepted(directive)
        else:
            directive = _applied(directive, decision, path)
    return Applied(directive, done_pages, otherwise(machine, standing))


_CONTENT: Final = (
    *dict.fromkeys(name.partition(".")[0] for name in FIELDS), *ITEMS,
)  # fmt: skip


def _as_approved(machine: Directive, approved: Directive) -> Directive:
    return machine.model_copy(update={name: getattr(approved, name) for name in _CONTENT})


def _applied(directive: Directive, decision: Made, path: Path) -> Directive:
    if path.kind == "field":
        value = decision.value if isinstance(decision.value, str) else None
        if path.field in NUMBER:
            return with_number(directive, path.field, decision.action, value)
        field = decided(field_at(directive, path.field), decision.action, value)
        return with_field(directive, path.field, field)
    items = list(items_of(directive, path.field))
    if decision.action == "add":
        items.append(made_item(path.field, decision.value))
        return directive.model_copy(update={path.field: tuple(items)})
    place = place_of(items, decision.before, path.index)
    if decision.action == "remove":
        if place is not None:
            del items[place]
        return _without_gap(directive.model_copy(update={path.field: tuple(items)}), path, place)
    if place is None:  # the machine reads it no more; the person has seen it
        place = min(path.index, len(items))
        items.insert(place, restored(path.field, decision.before))
    items[place] = item_decided(items[place], decision, path)
    return directive.model_copy(update={path.field: tuple(items)})


def _without_gap(directive: Directive, path: Path, place: int | None) -> Directive:
    """Targets that refer to one behind the removed one refer to its new place."""
    if path.field != "targets" or place is None:
        return directive
    moved = []
    for target in directive.targets:
        of = target.breakdown_of
        if of is not None and of >= place:
            target = target.model_copy(update={"breakdown_of": None if of == place else of - 1})
        moved.append(target)
    return directive.model_copy(update={"targets": tuple(moved)})


# -- what is left to look at ---------------------------------------------------------------------


def reviewed(applied: Applied, decisions: Sequence[Made]) -> Directive:
    """The record with its review's state; its reasons are those of a fresh look at it.

    A document is done when a person approved it as a whole or decided all that there was to look
    at: ``corrected`` where a value was changed, else ``approved``.
    """
    standing = [d for d in decisions if d.stands]
    directive = applied.directive
    approved = any(d.action == "approve" for d in standing)
    left = () if approved else directive.review.reasons
    state: State = "pending"
    if approved or (standing and not left):
        state = "corrected" if any(d.action in CHANGING for d in standing) else "approved"
    reasons = sorted({*left, *(f"{name}: {OTHERWISE}" for name in applied.otherwise)})
    review = directive.review.model_copy(update={"state": state, "reasons": tuple(reasons)})
    return directive.model_copy(update={"review": review})


def without_reasons_of_decided(machine: Directive, made: Directive) -> Directive:
    """The record with the machine's reasons, but for those of fields that a person decided."""
    done = tuple(f"{name}: " for name in FIELDS if is_decided(field_at(made, name)))
    reasons = tuple(r for r in machine.review.reasons if not r.startswith(done or ("\0",)))
    review = made.review.model_copy(update={"reasons": reasons})
    return made.model_copy(update={"review": review})
