"""Counting right, wrong and open values of fields and lists, and how far to trust confidences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from benchmarks.common import comparable, share
from models.directive import Directive, FieldValue

#: Where accuracy is read off against the share that a threshold would accept.
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)


@dataclass
class Judged:
    """Every value with its confidence and whether it was right: the ground of calibration."""

    values: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, confidence: float, right: bool) -> None:
        self.values.append((confidence, right))

    def curve(self) -> list[tuple[float, float | None, float | None, int]]:
        """Threshold, share of values at or above it, share of these that are right, wrong ones."""
        out = []
        for threshold in THRESHOLDS:
            above = [right for confidence, right in self.values if confidence >= threshold]
            out.append(
                (
                    threshold,
                    share(len(above), len(self.values)),
                    share(sum(above), len(above)),
                    len(above) - sum(above),
                )
            )
        return out


@dataclass
class Score:
    """Right, wrong and open values of one field; ``wrong_accepted`` is the worst defect."""

    right: int = 0
    wrong: int = 0
    open: int = 0
    accepted: int = 0
    wrong_accepted: list[str] = field(default_factory=list)
    wrong_review: list[str] = field(default_factory=list)
    judged: Judged = field(default_factory=Judged)

    def add(self, where: str, found: FieldValue, right: bool, gold: str | None) -> None:
        accepted = found.status == "accepted"
        self.accepted += accepted
        if found.value is not None:
            self.judged.add(found.confidence, right)
        if found.value is None and gold is not None:
            self.open += 1
        elif right:
            self.right += 1
        else:
            self.wrong += 1
            wrong = f"{where}: {found.value!r} for {gold!r}"
            (self.wrong_accepted if accepted else self.wrong_review).append(wrong)

    @property
    def total(self) -> int:
        return self.right + self.wrong + self.open


@dataclass
class Pairs:
    """Found, expected and common items of a list field."""

    found: int = 0
    expected: int = 0
    common: int = 0
    dated: int = 0
    wrong_accepted: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)
    judged: Judged = field(default_factory=Judged)

    @property
    def f1(self) -> float | None:
        total = self.found + self.expected
        return round(2 * self.common / total, 3) if total else None

    def count(self, where: str, found: Sequence[Claim], expected: Iterable[str]) -> None:
        """Claims against the keys that are expected, each used once."""
        left = Counter(iter(expected))
        self.found += len(found)
        self.expected += left.total()
        for claim in found:
            right = left[claim.key] > 0
            left[claim.key] -= right
            self.common += right
            self.judged.add(claim.confidence, right)
            if not right:
                wrong = f"{where}: {claim.key}"
                (self.wrong_accepted if claim.accepted else self.spare).append(wrong)
        self.missed += [f"{where}: {key}" for key in left.elements()]


@dataclass(frozen=True)
class Claim:
    """An item of a list, as it is compared."""

    key: str
    confidence: float = 0.0
    accepted: bool = False


def subject_right(found: str | None, gold: str | None) -> bool:
    """Within 5 % of characters, 'V/v' and 'Về việc' apart (the gold keeps them)."""
    prefix = re.compile(r"^(v/v|về việc|v v)\s*:?\s*", re.IGNORECASE)
    one, other = (comparable(prefix.sub("", t or "")) for t in (found, gold))
    return Levenshtein.normalized_distance(one, other) <= 0.05


def issuer_right(found: Directive, label: str) -> bool:
    """Whether issuer and parent together say what the publisher's label says.

    A label may name the place for its People's Committee ("Thành phố Cần Thơ") or add the place
    that the parent's line bears ("Sở Giáo dục và Đào tạo Thành phố Hồ Chí Minh").
    """
    printed = comparable(f"{found.issuer.value} {found.parent_issuer.value}").split()
    wanted = comparable(label).split()
    return found.issuer.value is not None and set(wanted) <= set(printed)


def overlap(
    found: Sequence[str | FieldValue], gold: list[str], pairs: Pairs, where: str = ""
) -> None:
    """Items count as the same within 10 % of characters."""
    pairs.found += len(found)
    pairs.expected += len(gold)
    left = [comparable(g) for g in gold]
    for item in found:
        text = comparable(item.value if isinstance(item, FieldValue) else item)
        best = min(left, key=lambda g: Levenshtein.normalized_distance(text, g), default=None)
        right = best is not None and Levenshtein.normalized_distance(text, best) <= 0.1
        if right and best is not None:
            left.remove(best)
            pairs.common += 1
        if isinstance(item, FieldValue):
            pairs.judged.add(item.confidence, right)
            if not right:
                wrong = f"{where}: {item.value!r}"
                (pairs.wrong_accepted if item.status == "accepted" else pairs.spare).append(wrong)
    pairs.missed += [f"{where}: {text}" for text in left]
