"""Figures over months as a line with gaps where there is none."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.serve.web.charts.scales import Axis


@dataclass(frozen=True, slots=True)
class Point:
    """``x`` in hundredths of the width, ``y`` in hundredths of the height from the top."""

    x: float
    y: float
    month: str
    value: float


@dataclass(frozen=True, slots=True)
class Line:
    """Points in order; ``joined`` are the pairs of months that follow each other at once.

    ``months`` are those to be written under the axis, each with its place.
    """

    points: tuple[Point, ...]
    joined: tuple[tuple[Point, Point], ...]
    months: tuple[tuple[str, float], ...]
    axis: Axis


def ordinal(month: str) -> int:
    """Months since the year 0; ``2022-07`` is 24271."""
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number)


def line(values: Mapping[str, float], axis: Axis, *, labels: int = 6) -> Line:
    """The figures by month (``2022-07``), each in its place in time; at most ``labels`` named."""
    if not values:
        return Line((), (), (), axis)
    months = sorted(values)
    first, last = ordinal(months[0]), ordinal(months[-1])
    span = last - first

    def place(month: str) -> float:
        # Points keep away from the edges, for a dot is wide.
        return round(3 + 94 * (ordinal(month) - first) / span, 3) if span else 50.0

    points = tuple(Point(place(m), 100 - axis.place(values[m]), m, values[m]) for m in months)
    pairs = itertools.pairwise(points)
    joined = tuple((a, b) for a, b in pairs if ordinal(b.month) - ordinal(a.month) == 1)
    step = max(1, -(-(span + 1) // labels))
    named: list[tuple[str, float]] = []
    for month in months:
        if not named or ordinal(month) - ordinal(named[-1][0]) >= step:
            named.append((month, place(month)))
    return Line(points, joined, tuple(named), axis)
