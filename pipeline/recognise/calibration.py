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
TOGETHER: Final = (-0.22, 1.18, 0.68)
#: The first engine alone, no second one installed (22 000 words).
ALONE: Final[Points] = (
    (0.0, 0.0192), (0.0994, 0.2561), (0.4183, 0.3155), (0.6323, 0.4238), (0.7647, 0.5897),
    (0.8691, 0.7363), (0.9156, 0.9037), (0.9453, 0.9727), (0.9639, 0.9947), (0.9667, 0.9949),
    (0.969, 0.9969), (0.9701, 0.9984),
)  # fmt: skip
#: Both engines read the same, by what they think of it together (19 400 words).
AGREED: Final[Points] = (
    (0.4117, 0.7115), (0.8167, 0.8208), (0.928, 0.8689), (0.9574, 0.8994), (0.9718, 0.9637),
    (0.9785, 0.9749), (0.9836, 0.9828), (0.9893, 0.9893), (0.9946, 0.991), (0.9974, 0.9984),
    (0.9987, 0.9995),
)  # fmt: skip
#: Only the first engine read a word there (260 words).
UNHEARD: Final[Points] = (
    (0.1751, 0.2115), (0.5378, 0.3293), (0.7714, 0.5308), (0.9222, 0.8398), (0.9667, 0.9423),
)  # fmt: skip
#: The engines differ by marks, case or punctuation; by the probability that the vote gives the
#: reading that stands (2 000 words).
DOUBTED: Final[Points] = (
    (0.5439, 0.4038), (0.6484, 0.4268), (0.7686, 0.5769), (0.8989, 0.6942), (0.9546, 0.8994),
    (0.9862, 0.9692), (0.9992, 0.9945),
)  # fmt: skip
#: They differ by letters: both are wrong more often (350 words).
DOUBTED_LETTERS: Final[Points] = (
    (0.5454, 0.1731), (0.6902, 0.2317), (0.8543, 0.4077), (0.9745, 0.6359), (0.9992, 0.911),
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
