"""Holding results against goals. Pure: claims in, comparisons out.

A result is held against a goal only where it is sure to be about the same thing: the same campaign
(or, without one, the same document), organisation, unit and population, and a day or period inside
the goal's. A part that begins later than its whole takes only results that have that beginning: a
figure "up to today" counts what was reached before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from models.directive import FieldStatus
from pipeline.archive.rows import Claim

Standing = Literal["below", "at", "above"]
_WORST: Final[tuple[FieldStatus, ...]] = ("unreadable", "absent", "review", "accepted")
_FIRST_DAY: Final = "0001-01-01"


@dataclass(frozen=True, slots=True)
class Held:
    """A goal with a result, or why there is none."""

    goal: Claim
    result: Claim | None
    ratio: float | None = None
    standing: Standing | None = None
    met: bool | None = None
    reason: str = ""


def worse(*statuses: FieldStatus) -> FieldStatus:
    """The least certain of them."""
    return min(statuses, key=_WORST.index)


def why_not(goal: Claim, result: Claim, *, part: bool) -> str:
    """Why ``result`` cannot be held against ``goal``; empty: it can."""
    if goal.kind == "per_unit":
        return "the goal is for each unit, the result for all"
    if goal.directive_id != result.directive_id and goal.first is None and result.first is None:
        return "neither says for which time"
    if goal.first is None or goal.last is None:
        return "the result is older than the goal" if _older(result, goal) else ""
    if result.first is None or result.last is None:
        return "the result does not say of which time it is"
    if result.last > goal.last:
        return "the result is of a later time"
    if result.last < goal.first:
        return "the result is of an earlier time"
    cumulative = result.first == result.last
    if cumulative and part and goal.first > _FIRST_DAY:
        return "the result counts from the beginning, the goal from later on"
    if not cumulative and result.first < goal.first:
        return "the result's time begins before the goal's"
    return ""


def _older(result: Claim, goal: Claim) -> bool:
    """Whether a result was there before the document that sets a goal without a period."""
    if goal.directive_id == result.directive_id or not (goal.directive_issued and result.last):
        return False
    return result.last < goal.directive_issued


def hold(goal: Claim, results: Sequence[Claim], *, part: bool, every: bool = False) -> list[Held]:
    """The latest result that can be held against ``goal``, or every one; else why there is none."""
    return Results(results).held(goal, part=part, every=every)


class Results:
    """Results that many goals are held against; what goals of one time share is found once."""

    def __init__(self, results: Sequence[Claim]) -> None:
        self._results = results
        self._latest_last = sorted(
            results,
            key=lambda r: (r.last or "", r.directive_issued or "", r.directive_id, r.position),
        )
        self._known: dict[tuple[object, ...], tuple[list[Claim], str]] = {}

    def held(self, goal: Claim, *, part: bool, every: bool = False) -> list[Held]:
        """See :func:`hold`."""
        asked = (*time_of(goal, part=part), every)
        if asked not in self._known:
            self._known[asked] = self._fitting(goal, part=part, every=every)
        fitting, reason = self._known[asked]
        if not fitting:
            return [Held(goal, None, reason=reason)]
        return [_compared(goal, result) for result in fitting]

    def _fitting(self, goal: Claim, *, part: bool, every: bool) -> tuple[list[Claim], str]:
        """The latest, or every one; or why none."""
        fitting = (r for r in reversed(self._latest_last) if not why_not(goal, r, part=part))
        found = list(fitting if every else islice(fitting, 1))
        if found:
            return found[::-1], ""
        reasons = dict.fromkeys(why_not(goal, result, part=part) for result in self._results)
        return [], "; ".join(reasons) or "no result"


def time_of(goal: Claim, *, part: bool) -> tuple[object, ...]:
    """What decides which results can be held against ``goal``: goals with equal values share them.

    Without a period it is also a matter of the goal's own document.
    """
    time = (goal.kind == "per_unit", goal.first, goal.last, part)
    if goal.first is None or goal.last is None:
        return (*time, goal.directive_id, goal.directive_issued)
    return time


def _compared(goal: Claim, result: Claim) -> Held:
    if goal.value <= 0:
        return Held(goal, result, reason="the goal is no positive figure")
    if result.comparator in ("<", "<="):
        return Held(goal, result, reason="the result is only an upper bound")
    ratio = round(result.value / goal.value, 6)
    bound = result.comparator != "="
    standing: Standing | None
    if result.value > goal.value:
        standing = "above"
    elif result.value == goal.value:
        standing = "above" if result.comparator == ">" else None if bound else "at"
    else:
        standing = None if bound else "below"
    reason = "the result is only a lower bound" if bound and standing is None else ""
    return Held(goal, result, ratio, standing, _met(goal, result, standing), reason)


def _met(goal: Claim, result: Claim, standing: Standing | None) -> bool | None:
    """Whether the goal is reached, as its comparator asks; ``None``: the figures do not tell."""
    if goal.comparator in ("<", "<="):
        if standing is None:
            return None
        return standing == "below" or (standing == "at" and goal.comparator == "<=")
    if standing is None:
        # "Over 5,091" or "at least 5,091" reach a goal of 5,091, not one of more than that.
        return True if result.value == goal.value and goal.comparator != ">" else None
    return standing == "above" or (standing == "at" and goal.comparator != ">")
