"""From an engine's confidence to the probability that the word is right.

The curves are isotonic fits over generated pages of four wear levels, made anew by ``python -m
benchmarks.calibrate``. ``python -m benchmarks reading`` prints promised against kept on others.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, TypeAlias

Points: TypeAlias = Sequence[tuple[float, float]]

#: The bounds within which an engine's confidence is believed.
SURE: Final = (0.02, 0.985)
#: Bias and weights of the log odds of both engines where they agree.
TOGETHER: Final = (-0.25, 1.15, 0.6)
#: The first engine alone, no second one installed.
ALONE: Final[Points] = (
    (0.0, 0.019), (0.095, 0.256), (0.413, 0.321), (0.63, 0.418), (0.773, 0.586), (0.877, 0.736),
    (0.92, 0.92), (0.934, 0.962), (0.96, 0.979), (0.965, 0.993), (0.97, 0.997),
)  # fmt: skip
#: Both engines read the same; by what they think of it together.
AGREED: Final[Points] = (
    (0.414, 0.712), (0.807, 0.793), (0.921, 0.84), (0.953, 0.918), (0.969, 0.956), (0.977, 0.98),
    (0.989, 0.985), (0.994, 0.988), (0.997, 0.9985), (0.998, 0.9995),
)  # fmt: skip
#: Only the first engine read a word there.
UNHEARD: Final[Points] = (
    (0.163, 0.25), (0.525, 0.354), (0.782, 0.515), (0.935, 0.879),
)  # fmt: skip
#: The engines differ by marks, case or punctuation; by the probability that the vote gives the
#: reading that stands.
DOUBTED: Final[Points] = (
    (0.606, 0.388), (0.773, 0.515), (0.903, 0.694), (0.961, 0.918), (0.989, 0.969), (0.999, 0.9935),
)  # fmt: skip
#: They differ by letters: both are wrong more often.
DOUBTED_LETTERS: Final[Points] = (
    (0.551, 0.212), (0.689, 0.232), (0.849, 0.377), (0.973, 0.578), (0.999, 0.911),
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


def agreed(confidence: float, other: float, *, digits: bool = False) -> float:
    """Both engines read the same; ``confidence`` is the first one's, ``other`` the second one's."""
    probability = _between(AGREED, both(confidence, other))
    return min(probability, confidence) if digits else probability


def both(confidence: float, other: float, weights: tuple[float, float, float] = TOGETHER) -> float:
    """How sure two engines that agree are together."""
    bias, first, second = weights
    return 1 / (1 + math.exp(-(bias + first * logit(confidence) + second * logit(other))))


def logit(probability: float) -> float:
    """Log odds, of a confidence within the bounds in which engines are believed."""
    bounded = min(max(probability, SURE[0]), SURE[1])
    return math.log(bounded / (1 - bounded))


def unheard(confidence: float, *, digits: bool = False) -> float:
    """Only the first engine read the word."""
    probability = _between(UNHEARD, confidence)
    return min(probability, UNHEARD_DIGITS) if digits else probability


def doubted(probability: float, *, letters: bool = False) -> float:
    """The engines differ; ``probability`` is what the vote gives the reading that stands.

    ``letters``: they differ by letters, not by marks, case or punctuation.
    """
    return _between(DOUBTED_LETTERS if letters else DOUBTED, probability)


def _between(points: Points, value: float) -> float:
    """Linear between the points, flat outside."""
    at = bisect_right([x for x, _ in points], value)
    if at == 0:
        return points[0][1]
    if at == len(points):
        return points[-1][1]
    (x0, y0), (x1, y1) = points[at - 1], points[at]
    return round(y0 + (y1 - y0) * (value - x0) / (x1 - x0), 4)
