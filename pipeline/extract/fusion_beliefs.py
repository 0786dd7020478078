"""How much each kind of evidence is believed, and what follows when several speak.

Every source is modelled in the same way: if ``v`` is true it says ``v`` with probability ``p``, and
else something that is spread over the other values. Sources of different origin are independent, so
their probabilities multiply; the posterior over all values (those that nobody named included) tells
whether their agreement suffices. The ``p`` are counted on labelled documents and kept in
``fusion_table.json`` (``python -m benchmarks calibrate_fields`` makes it).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from models.base import Origin
from pipeline.extract.handwriting import Reading, agreement

#: Values that a wrong number is spread over. Small on purpose: wrong numbers resemble right ones.
SERIAL_SPREAD: Final = 200
DAY_SPREAD: Final = 31
#: Of wrong readings of handwriting this share differs in one digit, and this shows gaps.
_NEAR_SHARE: Final = 0.5
_NEAR_COUNT: Final = 20


#: Digits that handwriting makes alike, and how often the one is read as the other: on samples and
#: scans 3 and 5 in 4 of some 15 cases, all others together in 2 of 130.
_ALIKE: Final = frozenset(
    {"08", "06", "09", "14", "17", "19", "27", "23", "38", "49", "56", "58", "68", "79"}
)
_CONFUSED: Final = 0.02
_CONFUSED_3_5: Final = 0.25


def _confusion(digits: str, truth: int, width: int) -> float:
    """How often a number is read with this one digit taken for one that is written alike; or 0."""
    written = f"{truth:0{max(width, 1)}d}"
    if len(written) != len(digits):
        return 0.0
    pairs = ["".join(sorted(a + b)) for a, b in zip(digits, written, strict=True) if a != b]
    if len(pairs) != 1:
        return 0.0
    return _CONFUSED_3_5 if pairs[0] == "35" else _CONFUSED if pairs[0] in _ALIKE else 0.0


@dataclass(frozen=True, slots=True)
class Saying:
    """One source's word: a value, or a reading that fits several."""

    origin: Origin
    trust: float
    value: int | None = None
    reading: Reading | None = None

    def likelihood(self, truth: int, spread: int, width: int) -> float:
        """How likely the source says this if ``truth`` is true."""
        if self.reading is None:
            return self.trust if self.value == truth else (1 - self.trust) / spread
        how = agreement(self.reading.digits, truth, width)
        if how == "none":
            return 1.0
        if how == "exact":
            return self.trust
        wrong = 1 - self.trust
        if how == "part":
            return max(0.1, self.trust / 4)
        if how == "near":
            usual = wrong * _NEAR_SHARE / _NEAR_COUNT
            return max(usual, _confusion(self.reading.digits, truth, width))
        if self.reading.whole is None:
            return wrong / _NEAR_COUNT  # a reading with gaps that does not fit says little
        return wrong * (1 - _NEAR_SHARE) / spread

    def names(self, value: int, width: int) -> bool:
        """Whether the source says exactly this value."""
        if self.reading is None:
            return self.value == value
        return agreement(self.reading.digits, value, width) == "exact"


@cache
def table() -> dict[str, Any]:
    """The calibrated numbers."""
    path = resources.files("pipeline.extract") / "fusion_table.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def trust_of(slot: str, readings: Iterable[Reading], minimum: int) -> list[Saying]:
    """Sayings of the engines; ``minimum``: fewer digits than this are likely a part of the number.

    An engine whose partner read nothing at all there is ``alone``: not confirmed, not outvoted.
    """
    weights: Mapping[str, float] = table()[slot]
    readings = list(readings)
    silent = any(r.by == "other" and not r.text for r in readings)
    out = []
    for reading in readings:
        if not any(c.isdigit() for c in reading.digits):
            continue
        kind: str = "alone" if silent else reading.by
        if len(reading.digits) < minimum:
            kind = "short"
        out.append(Saying("ocr", weights[kind], reading=reading))
    return out


def posterior(
    sayings: Iterable[Saying], prior: Mapping[int, float], spread: int, width: int
) -> dict[int, float]:
    """Probability of every value of ``prior``; the rest is "none of these".

    ``prior`` may hold fewer than ``spread`` values and sums to their share of it.
    """
    told = list(sayings)
    weights: dict[int, float] = {}
    for value, before in prior.items():
        weight = before
        for saying in told:
            weight *= saying.likelihood(value, spread, width)
        weights[value] = weight
    rest = max(0.0, 1.0 - sum(prior.values()))
    for saying in told:
        rest *= _elsewhere(saying, spread)
    total = sum(weights.values()) + rest
    return {value: weight / total for value, weight in weights.items()} if total else {}


def _elsewhere(saying: Saying, spread: int) -> float:
    """How likely a source says this if the truth is a value that no source names."""
    if saying.reading is None:
        return (1 - saying.trust) / spread
    if not any(c.isdigit() for c in saying.reading.digits):
        return 1.0
    if saying.reading.whole is None:
        return (1 - saying.trust) / _NEAR_COUNT
    return (1 - saying.trust) / spread


def after_signature(days: int) -> float:
    """How likely a document is signed digitally ``days`` after its date; before it: hardly ever."""
    if days < 0:
        return 0.0005
    steps: list[list[float]] = table()["lag_days"]
    return next((share for most, share in steps if days <= most), 0.0003)
