"""From an engine's confidence to the probability that the word is right.

Read off an isotonic fit over 100 pages, generated ones of four wear levels (seeds 11 and 5001) and
the labelled real ones. ``python -m benchmarks reading`` prints promised against kept on others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, TypeAlias

Points: TypeAlias = Sequence[tuple[float, float]]

#: The first engine alone, no second one installed.
ALONE: Final[Points] = (
    (0.0, 0.0), (0.3, 0.15), (0.6, 0.4), (0.8, 0.65), (0.9, 0.87), (0.93, 0.94), (0.96, 0.98),
    (0.97, 0.995),
)  # fmt: skip
#: Both engines read the same (21 700 words).
AGREED: Final[Points] = (
    (0.0, 0.8), (0.8, 0.86), (0.9, 0.91), (0.92, 0.96), (0.94, 0.98), (0.955, 0.99),
    (0.965, 0.997), (0.97, 0.999),
)  # fmt: skip
#: Only the first engine read a word there (430 words).
UNHEARD: Final[Points] = (
    (0.0, 0.0), (0.3, 0.1), (0.6, 0.22), (0.75, 0.3), (0.85, 0.4), (0.9, 0.65), (0.93, 0.87),
    (0.97, 0.95),
)  # fmt: skip
#: The engines differ; by the probability that the vote gives the reading that stands (2 700 words).
DOUBTED: Final[Points] = (
    (0.5, 0.35), (0.7, 0.45), (0.86, 0.53), (0.9, 0.7), (0.945, 0.77), (0.96, 0.83), (0.98, 0.9),
    (0.995, 0.94), (0.999, 0.975), (1.0, 0.99),
)  # fmt: skip

#: A word with a digit, of which there are two readings or one: for people to see. Where the
#: engines agree on one, its probability is not raised above the first engine's own.
DOUBTED_DIGITS: Final = 0.3
UNHEARD_DIGITS: Final = 0.6
#: A mark taken for the dash of an item (94 of 96 words).
ITEM_DASH: Final = 0.97
#: The most that a letter is believed which one engine alone can write.
ONE_WITNESS: Final = 0.95


def alone(confidence: float) -> float:
    """There is one engine; its confidence."""
    return _between(ALONE, confidence)


def agreed(confidence: float, *, digits: bool = False) -> float:
    """Both engines read the same; ``confidence`` is the first one's."""
    probability = _between(AGREED, confidence)
    return min(probability, confidence) if digits else probability


def unheard(confidence: float, *, digits: bool = False) -> float:
    """Only the first engine read the word."""
    probability = _between(UNHEARD, confidence)
    return min(probability, UNHEARD_DIGITS) if digits else probability


def doubted(probability: float) -> float:
    """The engines differ; ``probability`` is what the vote gives the reading that stands."""
    return _between(DOUBTED, probability)


def _between(points: Points, value: float) -> float:
    """Linear between the points, flat outside."""
    at = bisect_right([x for x, _ in points], value)
    if at == 0:
        return points[0][1]
    if at == len(points):
        return points[-1][1]
    (x0, y0), (x1, y1) = points[at - 1], points[at]
    return round(y0 + (y1 - y0) * (value - x0) / (x1 - x0), 4)
