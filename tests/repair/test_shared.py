"""Figures on reference material that lies beside the repository; skipped where it is absent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rapidfuzz.distance import Levenshtein

from models.vietnamese import tone_key
from pipeline.repair import Repairer, guard

SHARED = Path(__file__).parents[3] / "shared"
REFERENCE = Path(__file__).parent / "data" / "seed000.reference.txt"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="no reference material"),
]


def words(text: str) -> list[str]:
    """Lower-case words without edge punctuation; hòa and hoà are one."""
    return [w for w in (re.sub(r"^\W+|\W+$", "", t) for t in tone_key(text.lower()).split()) if w]


def word_error(text: str, reference: str) -> float:
    read, true = words(text), words(reference)
    return Levenshtein.distance(read, true) / len(true)


def seed_without_unreadable(lines: list[str]) -> str:
    """Leaves out the handwritten line and the strokes that the reference marks as unreadable."""
    text = "\n".join(line for i, line in enumerate(lines) if i != 3)
    return text.replace(" ea»", "").replace("?_’];", "")


def test_seed_000_becomes_readable(repairer: Repairer) -> None:
    seed = next((SHARED / "seeds").glob("000_*.txt")).read_text(encoding="utf-8").split("\n")
    reference = REFERENCE.read_text(encoding="utf-8").replace("⟨?⟩", "")
    assert seed[3].startswith("s6:48%")
    out, _ = repairer.repair_lines(seed)
    assert word_error(seed_without_unreadable(seed), reference) > 0.8
    assert word_error(seed_without_unreadable(out), reference) < 0.06
    for figure in ("31/5/2022,", "8.818/1.527", "577%", "8.818/5.091", "4381/TLĐ,", "s6:48%"):
        assert any(figure in line.split() for line in out)


@pytest.mark.parametrize("folder", ["documents", "seeds"])
def test_sound_documents_pass_unchanged(repairer: Repairer, folder: str) -> None:
    number = changed = 0
    for path in sorted((SHARED / folder).glob("*.txt")):
        if path.name.startswith("000_"):
            continue
        lines = path.read_text(encoding="utf-8").split("\n")
        out, edits = repairer.repair_lines(lines)
        number += sum(len(line.split()) for line in lines)
        changed += sum(e.status == "applied" and "code list" not in e.reason for e in edits)
        assert [guard.digits(line) for line in out] == [guard.digits(line) for line in lines]
    assert changed <= number / 1000
