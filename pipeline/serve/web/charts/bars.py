"""Bars from zero, with a word at each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.serve.web.charts.scales import Axis

#: ``full``: sure. ``doubt``: rests on what a person must confirm. ``told``: as a document states
#: it, and nothing here bears it out. ``none``: of nothing there is.
Look = Literal["full", "doubt", "told", "bad", "none"]
#: A bar that reaches beyond so many hundredths has its figure inside, at its end.
_INSIDE: Final = 62.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from ``begin`` over ``length``, both in hundredths of the width.

    ``label_at`` is where its figure stands and ``label_ends`` whether it ends there (else it begins
    there). ``cut``: it goes on beyond the end of the axis.
    """

    begin: float
    length: float
    look: Look
    label_at: float
    label_ends: bool
    cut: bool = False


def bars(axis: Axis, figures: Sequence[tuple[float, Look]]) -> tuple[Bar, ...]:
    """One bar for each figure, from zero."""
    return tuple(_bar(axis, value, look) for value, look in figures)


def _bar(axis: Axis, value: float, look: Look) -> Bar:
    length = axis.place(value)
    return Bar(0.0, length, look, length, length > _INSIDE, axis.beyond(value))


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
            made.append(Bar(begin_at, round(end - begin_at, 3), look, begin_at, False))
        begin += length
    return tuple(made)
