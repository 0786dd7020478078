"""Confidence as probability, for values that an engine read.

What a rule makes of the words' confidences orders values well and is far too shy: of targets read
with 0.6 nearly all are right. So for the kinds of values of which enough were labelled a curve that
never falls says how often values of such a confidence are right to the letter, as a lower bound
(the tenth percentile of what the counts allow: few cases never make certainty).
``confidence_table.json`` holds the curves; ``python -m benchmarks calibrate_confidence`` makes it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any


@cache
def table() -> dict[str, Any]:
    """``kinds``: for each kind of value the points (what the rule says, how often it is right)."""
    path = resources.files("pipeline.extract") / "confidence_table.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def kind_of(rule: str) -> str | None:
    """The kind that a rule's values are counted with: the longest that the rule begins with."""
    known = [k for k in table()["kinds"] if rule == k or rule.startswith(f"{k}.")]
    return max(known, key=len, default=None)


def calibrated(rule: str, confidence: float) -> float | None:
    """How probably a read value is right to the letter; ``None`` where too few were labelled."""
    kind = kind_of(rule)
    if kind is None:
        return None
    points: list[list[float]] = table()["kinds"][kind]
    first_at, first = points[0]
    if confidence < first_at:
        return round(first * confidence / first_at, 4) if first_at else first
    for (low, one), (high, two) in pairwise(points):
        if confidence < high:
            return round(one + (two - one) * (confidence - low) / (high - low), 4)
    return points[-1][1]
