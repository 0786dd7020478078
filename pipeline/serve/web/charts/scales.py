"""Scales from zero with round ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

#: Figures below are drawn as none.
_NOTHING: Final = 1e-9
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


def step_of(span: float, most: int) -> float:
    """The smallest round step by which ``span`` takes at most ``most`` steps."""
    least = span / most
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in _STEPS if step * power >= least * (1 - 1e-9))


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``begin`` to ``end`` in the figures' own unit; ``ticks`` are round and inside.

    ``cut``: figures beyond the end are drawn to it and marked as cut off.
    """

    begin: float
    end: float
    ticks: tuple[float, ...]
    cut: bool = False

    @classmethod
    def from_zero(cls, highest: float, *, most: int = 5, cut_at: float | None = None) -> Axis:
        """From 0 to the first tick at or above ``highest``.

        :param cut_at: where the axis ends at the latest
        """
        cut = cut_at is not None and highest > cut_at
        top = cut_at if cut and cut_at is not None else highest
        if not top > _NOTHING or not math.isfinite(top):
            return cls(0.0, 1.0, (0.0, 1.0), cut)
        step = step_of(top, most)
        count = math.ceil(top / step - 1e-9)
        return cls(0.0, count * step, tuple(step * n for n in range(count + 1)), cut)

    @classmethod
    def between(cls, low: float, high: float, *, most: int = 4) -> Axis:
        """Around figures that are far from zero; who draws it says that it does not begin there."""
        if not high - low > 1e-9 * max(1.0, abs(high)):
            room = max(1.0, abs(high)) * 0.05
            low, high = low - room, high + room
        step = step_of(high - low, most)
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        ticks = tuple(round(step * n, 12) for n in range(first, last + 1))
        return cls(ticks[0], ticks[-1], ticks)

    def place(self, value: float) -> float:
        """Where a figure is, in hundredths of the length; what lies outside is put to the edge."""
        share = (value - self.begin) / (self.end - self.begin)
        return round(100 * min(1.0, max(0.0, share)), 3)

    def beyond(self, value: float) -> bool:
        """Whether a figure lies behind the end."""
        return value > self.end * (1 + 1e-9)
