"""Repair against truth: damaged, stripped and sound text of documents that training never saw.

Damage is made by document: the text of the reference documents typeset page by page in several
faces, worn, and read by Tesseract's English model (damage a) and its Vietnamese one (damage b). The
readings are kept under ``build/`` so that two runs measure the same damage.
"""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from benchmarks.common import ROOT, need_shared, share, show, words, write
from models.text import Edit
from models.vietnamese import strip_marks, tone_key, unify
from pipeline.repair import Repairer, codes, corpus, guard, model, parallel
from pipeline.settings import RepairSettings

_SEED = 20261122
_EVERY = 2
_WRAP = 80
_LINES = 150
_EDGE = re.compile(r"^\W+|\W+$")
_BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99)
_SEED_000 = ROOT / "tests" / "repair" / "data" / "seed000.reference.txt"


def bare_words(text: str) -> list[str]:
    """Lower-case words without punctuation at their edges; hòa and hoà are one."""
    return [w for w in (_EDGE.sub("", t) for t in tone_key(text.lower()).split()) if w]


@dataclass
class Error:
    """Differences between a text and its truth, in words and in characters."""

    words: int = 0
    strict: int = 0
    bare_words: int = 0
    bare: int = 0
    chars: int = 0
    char_errors: int = 0

    def add(self, text: str, truth: str) -> None:
        strict, loose = words(truth), bare_words(truth)
        self.words += len(strict)
        self.strict += Levenshtein.distance(strict, words(text))
        self.bare_words += len(loose)
        self.bare += Levenshtein.distance(loose, bare_words(text))
        flat = " ".join(strict)
        self.chars += len(flat)
        self.char_errors += Levenshtein.distance(flat, " ".join(words(text)))

    def figures(self) -> dict[str, float | int | None]:
        return {
            "words": self.words,
            "word_error": share(self.bare, self.bare_words),
            "word_error_case_and_punctuation": share(self.strict, self.words),
            "character_error": share(self.char_errors, self.chars),
        }


@dataclass
class Seen:
    """What repair did over one set."""

    before: Error = field(default_factory=Error)
    after: Error = field(default_factory=Error)
    mended: int = 0
    broken: int = 0
    wrong_before: int = 0
    digits: int = 0
    tokens: int = 0
    seconds: float = 0.0
    calibration: list[tuple[float, bool]] = field(default_factory=list)


def _aligned(truth: Sequence[str], text: Sequence[str]) -> list[str | None]:
    """For each true word the one that stands for it; ``None`` where none does."""
    found: list[str | None] = [None] * len(truth)
    for op in Levenshtein.opcodes(truth, text):
        if op.tag in ("equal", "replace"):
            for k in range(min(op.src_end - op.src_start, op.dest_end - op.dest_start)):
                found[op.src_start + k] = text[op.dest_start + k]
    return found


def _changed_digits(raw: Sequence[str], repaired: Sequence[str]) -> int:
    """Tokens of digits, or codes, whose characters changed (a Đ restored from the list is none)."""
    changed = 0
    for one, other in zip(raw, repaired, strict=True):
        before, after = one.split(), other.split()
        if len(before) != len(after):
            changed += guard.digits(one) != guard.digits(other)
            continue
        for a, b in zip(before, after, strict=True):
            if a != b and guard.judge(unify(a), foreign=True) in ("number", "code", "address"):
                changed += b != codes.restore_in(unify(a), foreign=True)
    return changed


def measure(repairer: Repairer, pairs: Sequence[tuple[list[str], list[str]]]) -> Seen:
    """Repair each (lines as read, true lines) as one document."""
    seen = Seen()
    for read, true in pairs:
        start = time.process_time()
        out, edits = repairer.repair_lines(read)
        seen.seconds += time.process_time() - start
        seen.tokens += sum(len(line.split()) for line in read)
        truth = "\n".join(true)
        seen.before.add("\n".join(read), truth)
        seen.after.add("\n".join(out), truth)
        goal = bare_words(truth)
        before = _aligned(goal, bare_words("\n".join(read)))
        after = _aligned(goal, bare_words("\n".join(out)))
        for g, b, a in zip(goal, before, after, strict=True):
            seen.wrong_before += b != g
            seen.mended += b != g and a == g
            seen.broken += b == g and a != g
        seen.digits += _changed_digits(read, out)
        seen.calibration.extend(_judged(edits, out, goal))
    return seen


def _judged(
    edits: Sequence[Edit], out: Sequence[str], goal: Sequence[str]
) -> Iterator[tuple[float, bool]]:
    """(probability, whether right) of each applied edit, found by aligning words."""
    flat: list[str] = []
    place: dict[tuple[int, int], int] = {}
    for row, line in enumerate(out):
        for column, token in enumerate(line.split()):
            parts = bare_words(token)
            if len(parts) == 1:
                place[row, column] = len(flat)
            flat.extend(parts)
    right = [False] * len(flat)
    for op in Levenshtein.opcodes(flat, goal):
        if op.tag == "equal":
            right[op.src_start : op.src_end] = [True] * (op.src_end - op.src_start)
    for edit in edits:
        at = place.get((edit.line, edit.word))
        if edit.status == "applied" and at is not None:
            yield edit.probability, right[at]


def documents(shared: Path) -> list[list[str]]:
    """Every second reference document, wrapped to a page's width."""
    found = []
    for path in sorted((shared / "documents").glob("*.txt"))[::_EVERY]:
        text = unify(path.read_text(encoding="utf-8"))
        found.append(
            [
                part
                for line in text.splitlines()
                for part in (textwrap.wrap(" ".join(line.split()), _WRAP) if line.strip() else [])
            ][:_LINES]
        )
    return found


def damage(texts: Sequence[list[str]]) -> dict[str, list[tuple[list[str], list[str]]]]:
    """Each document typeset, worn and read by both models; kept for the next run."""
    key = hashlib.sha256(json.dumps([_SEED, texts], ensure_ascii=False).encode()).hexdigest()
    kept = ROOT / "build" / f"damage-{key[:16]}.json"
    if kept.exists():
        stored: dict[str, list[tuple[list[str], list[str]]]] = json.loads(kept.read_text("utf-8"))
        return stored
    made: dict[str, list[tuple[list[str], list[str]]]] = {"eng": [], "vie": []}
    for number, lines in enumerate(texts):
        rng = np.random.default_rng(_SEED + number)
        for language, read in parallel.typeset_and_read(lines, ("eng", "vie"), rng).items():
            made[language].append((read, lines))
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
    return made


def seed_000(shared: Path) -> list[tuple[list[str], list[str]]]:
    """The seed with its reference; what nobody can read is left out of both."""
    seed = next((shared / "seeds").glob("000_*.txt")).read_text(encoding="utf-8").split("\n")
    truth = _SEED_000.read_text(encoding="utf-8").replace("⟨?⟩", "").split("\n")
    del seed[3]  # the handwritten number
    readable = [line.replace(" ea»", "").replace("?_’];", "") for line in seed]
    return [(readable, truth)]


def stripped(repairer: Repairer, texts: Sequence[list[str]]) -> dict[str, float | int | None]:
    """Marks given back to text that lost them all: share of syllables that are right."""
    right = number = 0
    for lines in texts:
        out, _ = repairer.repair_lines([strip_marks(line) for line in lines])
        for true, line in zip(lines, out, strict=True):
            for a, b in zip(true.split(), line.split(), strict=True):
                word = _EDGE.sub("", a.lower())
                if word.isalpha():
                    number += 1
                    right += tone_key(a.lower()) == tone_key(b.lower())
    return {"syllables": number, "right_percent": share(right, number)}


def harm(repairer: Repairer, texts: Sequence[list[str]]) -> dict[str, float | int]:
    """Changes to text that is right."""
    tokens = changed = digits = 0
    start = time.process_time()
    for lines in texts:
        out, edits = repairer.repair_lines(lines)
        tokens += sum(len(line.split()) for line in lines)
        changed += sum(e.status == "applied" and "code" not in e.reason for e in edits)
        digits += _changed_digits(lines, out)
    seconds = time.process_time() - start
    return {
        "words": tokens,
        "changed": changed,
        "changed_per_1000": round(1000 * changed / tokens, 3),
        "digits_changed": digits,
        "words_a_second": round(tokens / seconds),
    }


def reliability(judged: Sequence[tuple[float, bool]]) -> list[dict[str, float | int | None]]:
    rows: list[dict[str, float | int | None]] = []
    for low, high in zip(_BINS, (*_BINS[1:], 1.01), strict=True):
        inside = [(p, ok) for p, ok in judged if low <= p < high]
        if inside:
            rows.append(
                {
                    "from": low,
                    "edits": len(inside),
                    "promised_percent": round(100 * sum(p for p, _ in inside) / len(inside), 1),
                    "right_percent": share(sum(ok for _, ok in inside), len(inside)),
                }
            )
    return rows


def main() -> None:
    shared = need_shared()
    loaded = model.load()
    chosen = Repairer(loaded, RepairSettings())
    boldest = Repairer(loaded, RepairSettings(min_probability=0.0))
    texts = documents(shared)
    sets = {**damage(texts), "seed 000": seed_000(shared)}
    figures: dict[str, object] = {}
    rows = []
    calibration = {}
    for name, pairs in sets.items():
        seen, bold = measure(chosen, pairs), measure(boldest, pairs)
        figures[name] = {
            "before": seen.before.figures(),
            "after": seen.after.figures(),
            "best_guess": bold.after.figures(),
            "wrong_words_mended_percent": share(seen.mended, seen.wrong_before),
            "mended": seen.mended,
            "broken": seen.broken,
            "digits_changed": seen.digits,
            "words_a_second": round(seen.tokens / seen.seconds),
        }
        calibration[name] = reliability(seen.calibration)
        rows.append(
            [
                name,
                *(e.figures()["word_error"] for e in (seen.before, seen.after, bold.after)),
                *(e.figures()["character_error"] for e in (seen.before, seen.after)),
                share(seen.mended, seen.wrong_before),
                f"{seen.mended}:{seen.broken}",
                seen.digits,
                round(seen.tokens / seen.seconds),
            ]
        )
    show(
        "Damaged text",
        ["", "WER", "after", "best", "CER", "after", "mended %", "to new", "digits", "w/s"],
        rows,
    )
    whole = [
        unify(path.read_text(encoding="utf-8")).split("\n")
        for path in sorted((shared / "documents").glob("*.txt"))
    ]
    marks = {"reference documents": stripped(chosen, whole), "best guess": stripped(boldest, whole)}
    corpora = shared / "corpora"
    held = [list(corpus.read(corpora, source, held_out=True)) for source in corpus.SOURCES[:2]]
    sound = {"reference documents": harm(chosen, whole), "held-out corpora": harm(chosen, held)}
    show(
        "Marks on stripped text",
        ["", "syllables", "right %"],
        [[name, m["syllables"], m["right_percent"]] for name, m in marks.items()],
    )
    show(
        "Sound text",
        ["", "words", "changed", "per 1,000", "digits", "w/s"],
        [[name, *made.values()] for name, made in sound.items()],
    )
    show(
        "Applied edits of damage a: promised and kept",
        ["from", "edits", "promised %", "right %"],
        [list(row.values()) for row in calibration["eng"]],
    )
    write(
        "repair",
        {"damaged": figures, "stripped": marks, "sound": sound, "reliability": calibration},
    )
