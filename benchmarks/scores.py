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


@dataclass(frozen=True, slots=True)
class Value:
    """One value with its confidence: the ground of calibration.

    ``right`` as the field's score counts it; ``exact``: to the letter (running text counts as right
    with a few characters wrong, and should not be accepted so). ``rule`` made it; ``read``: by an
    engine, not from text; ``where`` names the document first.
    """

    confidence: float
    right: bool
    exact: bool
    rule: str = ""
    read: bool = False
    where: str = ""


@dataclass
class Judged:
    """Every value with its confidence and whether it was right."""

    values: list[Value] = field(default_factory=list)

    def add(self, where: str, found: FieldValue, right: bool, exact: bool | None = None) -> None:
        """A field that has a value."""
        read = any(e.origin == "ocr" for e in found.evidence[:1])
        self.values.append(
            Value(found.confidence, right, right if exact is None else exact, found.rule, read,
                  where)
        )  # fmt: skip

    def curve(self) -> list[tuple[float, float | None, float | None, int]]:
        """Threshold, share of values at or above it, share of these that are right, wrong ones."""
        out = []
        for threshold in THRESHOLDS:
            above = [v.right for v in self.values if v.confidence >= threshold]
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

    def add(
        self,
        where: str,
        found: FieldValue,
        right: bool,
        gold: str | None,
        exact: bool | None = None,
    ) -> None:
        accepted = found.status == "accepted"
        self.accepted += accepted
        if found.value is not None:
            self.judged.add(where, found, right, exact)
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
            self.judged.values.append(
                Value(claim.confidence, right, right, claim.rule, claim.read, where)
            )
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
    rule: str = ""
    read: bool = False


def subject_right(found: str | None, gold: str | None) -> bool:
    """Within 5 % of characters, 'V/v' and 'Về việc' apart (the gold keeps them)."""
    one, other = bare_subject(found), bare_subject(gold)
    return Levenshtein.normalized_distance(one, other) <= 0.05


def bare_subject(text: str | None) -> str:
    """As it is compared."""
    prefix = re.compile(r"^(v/v|về việc|v v)\s*:?\s*", re.IGNORECASE)
    return comparable(prefix.sub("", text or ""))


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
            pairs.judged.add(where, item, right, text == best)
            if not right:
                wrong = f"{where}: {item.value!r}"
                (pairs.wrong_accepted if item.status == "accepted" else pairs.spare).append(wrong)
    pairs.missed += [f"{where}: {text}" for text in left]
