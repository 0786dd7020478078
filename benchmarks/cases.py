"""Labelled cases that people made at the review desk: ``python -m benchmarks cases``.

Reads what ``vanthu cases -o cases.jsonl`` wrote (``VANTHU_CASES`` names another file), and tells by
field how often the machine was right where a person looked, and how often what it had *accepted*
was wrong. These are the documents that waited for a person, so the shares are those of the
doubtful, not of all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.case import LabelledCase


@dataclass
class Score:
    """Of one field: how many were decided, right as read, and accepted by the machine yet wrong."""

    decided: int = 0
    right: int = 0
    accepted_wrong: int = 0

    @property
    def share(self) -> float:
        """Right as read, 0..1."""
        return self.right / self.decided if self.decided else 0.0


def load(path: Path) -> Iterator[LabelledCase]:
    """The cases of a file, in order.

    :raises ValueError: a line is none, and which
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield LabelledCase.model_validate_json(line)
                except ValueError as error:
                    raise ValueError(f"{path}, line {number}: {error}") from error


def scores(cases: Iterable[LabelledCase]) -> dict[str, Score]:
    """By field; a value counts as right if it is letter for letter the person's."""
    found: dict[str, Score] = {}
    for case in cases:
        score = found.setdefault(case.field, Score())
        right = case.machine == case.person
        score.decided += 1
        score.right += right
        score.accepted_wrong += not right and case.status == "accepted"
    return dict(sorted(found.items()))


def main() -> None:
    """Print the table; says so where there are no cases."""
    named = os.environ.get("VANTHU_CASES")
    path = Path(named) if named else Path("cases.jsonl")
    if not path.exists():
        print(f"no cases at {path}: 'vanthu cases -o cases.jsonl' writes them")
        return
    print(f"{'field':24} {'decided':>8} {'right':>8} {'share':>7} {'accepted, wrong':>16}")
    for name, score in scores(load(path)).items():
        print(
            f"{name:24} {score.decided:8} {score.right:8} {score.share:7.3f} "
            f"{score.accepted_wrong:16}"
        )


if __name__ == "__main__":
    main()
