"""Bars from zero, and parts of a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.serve.web.charts.scales import Axis

#: ``full``: sure. ``doubt``: rests on what a person must confirm. ``told``: as a document states
#: it, and nothing here bears it out. ``none``: of nothing there is.
Look = Literal["full", "doubt", "told", "bad", "none"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from ``begin`` over ``length``, both in hundredths of the width.

    ``cut``: it goes on beyond the end of the axis.
    """

    begin: float
    length: float
    look: Look
    cut: bool = False


def bars(axis: Axis, figures: Sequence[tuple[float, Look]]) -> tuple[Bar, ...]:
    """One bar for each figure, from zero."""
    return tuple(Bar(0.0, axis.place(v), look, axis.beyond(v)) for v, look in figures)


def stacked(parts: Sequence[tuple[float, Look]]) -> tuple[Bar, ...]:
    """Parts of a whole beside each other; together they fill the width. Nothing of nothing."""
    total = sum(value for value, _ in parts)
    if total <= 0:
        return ()
    made: list[Bar] = []
    begin = 0.0
    for value, look in parts:
        length = 100 * value / total
        if length > 0:
            begin_at, end = round(begin, 3), round(begin + length, 3)
            made.append(Bar(begin_at, round(end - begin_at, 3), look))
        begin += length
    return tuple(made)
