"""The repairer: measures the damage, decodes, and writes down every change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from models.finding import Finding
from models.lexicon import Lexicon
from models.text import Block, Edit, Line, PageText
from models.vietnamese import unify
from pipeline.repair import codes, guard, noise, regime
from pipeline.repair.correct import Decision, Proposal, propose
from pipeline.repair.lm import NUMBER
from pipeline.repair.model import RepairModel
from pipeline.repair.regime import Regime
from pipeline.repair.taught import Taught
from pipeline.repair.text import (
    GAP,
    Hint,
    Hints,
    Lines,
    Unit,
    examine,
    paragraphs,
    units,
)
from pipeline.repair.tokens import Piece
from pipeline.settings import RepairSettings

_EDGE_MARKS: Final = ".,:;()“”\"'’!?-…*/"
_TOKEN: Final = re.compile(r"\S+")
_REASONS: Final = {
    Regime.FOREIGN_ENGINE: "read by an engine without Vietnamese: error model and language model",
    Regime.NO_MARKS: "written without marks: language model",
    Regime.SOUND: "misread mark or letter: error model and language model",
}
_FINDINGS: Final = {
    Regime.FOREIGN_ENGINE: Finding(
        code="repair.foreign_engine",
        severity="warning",
        message="The text was read by an engine that does not know Vietnamese; "
        "its words were restored by a model.",
    ),
    Regime.NO_MARKS: Finding(
        code="repair.no_marks",
        severity="warning",
        message="The text has no Vietnamese marks; they were restored by a model.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Result:
    """New tokens by (line, word), the edits, and the regimes that were met."""

    changed: dict[tuple[int, int], str]
    edits: list[Edit]
    regimes: set[Regime]


class Repairer:
    """Repairs text with one model and one set of settings. Deterministic; holds no document."""

    def __init__(
        self, model: RepairModel, settings: RepairSettings, lexicon: Lexicon | None = None
    ) -> None:
        self._model = model
        self._settings = settings
        self._taught = Taught(lexicon or Lexicon(), model.lm)

    def log_probability(self, words: Sequence[str]) -> float:
        """Natural logarithm of the probability of a few words in a row, for whoever must choose.

        Of the words from the third on, given those before; 0 for fewer than three.
        """
        lm = self._model.lm
        ids = [
            NUMBER if any(c.isdigit() for c in word) else lm.id_of(word)
            for word in (w.strip(_EDGE_MARKS).lower() for w in words)
            if word
        ]
        if len(ids) < 3:
            return 0.0
        row = np.array(ids, dtype=np.int64)
        return float(lm.log_triples(row[:-2], row[1:-1], row[2:]).sum())

    def repair_page(self, page: PageText) -> PageText:
        """The page with its words repaired in place and its edits listed.

        Lines are counted over all blocks in reading order, overlays included, so that an edit finds
        its line by position alone; overlays themselves are never changed. Blocks are paragraphs of
        their own.
        """
        if not self._settings.enabled:
            return page
        lines: list[list[str]] = []
        where: list[tuple[int, int] | None] = []
        hints: dict[tuple[int, int], Hint] = {}
        for index, block in enumerate(page.blocks):
            for row, line in enumerate(block.lines):
                own = block.kind != "overlay"
                if own:
                    hints.update(_hints(len(lines), line))
                lines.append([unify(w.text) for w in line.words] if own else [])
                where.append((index, row))
            lines.append([])
            where.append(None)
        result = self._repair(lines, hints)
        numbers = _numbers(where)
        edits = [
            edit.model_copy(update={"page": page.page, "line": numbers[edit.line]})
            for edit in result.edits
        ]
        findings = [_FINDINGS[r] for r in Regime if r in result.regimes and r in _FINDINGS]
        return page.model_copy(
            update={
                "blocks": _rebuilt(page.blocks, where, result.changed),
                "edits": (*page.edits, *edits),
                "findings": (*page.findings, *findings),
            }
        )

    def repair_lines(self, lines: Sequence[str]) -> tuple[list[str], list[Edit]]:
        """Line for line; blanks and everything else that no edit names stay as they were."""
        if not self._settings.enabled:
            return list(lines), []
        spans = [list(_TOKEN.finditer(line)) for line in lines]
        result = self._repair([[unify(m.group()) for m in row] for row in spans], {})
        parts: dict[int, list[str]] = {}
        ends: dict[int, int] = {}
        for (line, word), text in sorted(result.changed.items()):
            start, end = spans[line][word].span()
            parts.setdefault(line, []).extend((lines[line][ends.get(line, 0) : start], text))
            ends[line] = end
        out = list(lines)
        for line, pieces in parts.items():
            out[line] = "".join((*pieces, lines[line][ends[line] :]))
        return out, result.edits

    def _repair(self, lines: Lines, hints: Hints) -> _Result:
        whole = regime.measure(self._model.lm, self._model.skeletons, list(_words(lines)))
        result = _Result({}, [], set())
        cut: dict[Regime, list[Unit]] = {}
        kinds: dict[int, Regime] = {}
        for first, paragraph in paragraphs(lines):
            own = regime.measure(self._model.lm, self._model.skeletons, list(_words(paragraph)))
            kind = regime.decide(whole, own)
            kinds[first] = kind
            if kind is not Regime.OTHER:
                result.regimes.add(kind)
                foreign = kind is Regime.FOREIGN_ENGINE
                into = cut.setdefault(kind, [])
                into.extend(units(paragraph, first, self._model.lm.id_of, foreign=foreign))
                into.extend(GAP)
        decisions: dict[tuple[int, int], list[Decision]] = {}
        for kind, pieces in cut.items():
            for decision in propose(self._model, pieces, kind, hints):
                decisions.setdefault((decision.unit.line, decision.unit.word), []).append(decision)
        for first, paragraph in paragraphs(lines):
            self._paragraph(paragraph, first, kinds[first], decisions, result)
        result.edits.sort(key=lambda edit: (edit.line, edit.word))
        return result

    def _paragraph(
        self,
        lines: Lines,
        first: int,
        kind: Regime,
        decisions: Mapping[tuple[int, int], Sequence[Decision]],
        into: _Result,
    ) -> None:
        for row, tokens in enumerate(lines, first):
            line = " ".join(tokens)
            for column, raw in enumerate(tokens):
                at = (row, column)
                if _may_be_noise(raw) and noise.is_noise(raw, line):
                    edit: Edit | None = _edit(at, raw, raw, 0.9, "stray marks, no text", "noise")
                else:
                    edit = self._edit(raw, decisions.get(at, ()), at, kind)
                    edit = self._taught.edit(raw, edit, at)
                if edit is None:
                    continue
                into.edits.append(edit)
                if edit.status == "applied":
                    into.changed[at] = edit.repaired

    def _edit(
        self, raw: str, decisions: Sequence[Decision], at: tuple[int, int], kind: Regime
    ) -> Edit | None:
        foreign = kind is Regime.FOREIGN_ENGINE
        if not decisions:
            return None if kind is Regime.OTHER else _code_edit(raw, at, foreign)
        best = [d.best for d in decisions]
        if all(_same(d, p) for d, p in zip(decisions, best, strict=True)):
            return None
        sure = [
            p.probability >= max(self._settings.min_probability, d.least) or _same(d, p)
            for d, p in zip(decisions, best, strict=True)
        ]
        for left, right in pairwise(range(len(decisions))):
            if decisions[left].piece.end == decisions[right].piece.start:
                sure[left] = sure[right] = sure[left] and sure[right]  # two words, or neither
        repaired = _assemble(
            raw, [(d.piece, p.text) for d, p, ok in zip(decisions, best, sure, strict=True) if ok]
        )
        reason = _REASONS[kind]
        if repaired != raw and guard.allows(raw, repaired, foreign=foreign):
            lowest = min(
                p.probability
                for d, p, ok in zip(decisions, best, sure, strict=True)
                if ok and not _same(d, p)
            )
            return _edit(at, raw, repaired, lowest, reason, "applied", decisions)
        wished = _assemble(raw, [(d.piece, p.text) for d, p in zip(decisions, best, strict=True)])
        lowest = min(p.probability for p in best)
        if wished == raw or lowest < decisions[0].least_review:
            return None
        return _edit(at, raw, wished, lowest, f"not sure enough; {reason}", "review", decisions)


def _same(decision: Decision, proposal: Proposal) -> bool:
    return proposal.text == decision.piece.text


def _assemble(raw: str, parts: Sequence[tuple[Piece, str]]) -> str:
    """The token with its pieces replaced; two that touch are two words that lost their blank."""
    ends = {piece.end for piece, _ in parts}
    for piece, text in sorted(parts, key=lambda part: -part[0].start):
        gap = " " if piece.start in ends else ""
        raw = raw[: piece.start] + gap + text + raw[piece.end :]
    return raw


def _code_edit(raw: str, at: tuple[int, int], foreign: bool) -> Edit | None:
    """Restore Đ inside a code, from the list only."""
    if examine(raw, foreign).verdict not in ("code", "number"):
        return None
    repaired = codes.restore_in(raw, foreign=foreign)
    if repaired == raw or not guard.allows(raw, repaired, foreign=foreign):
        return None
    return _edit(at, raw, repaired, 0.97, "known code whose Đ was lost (code list)", "applied")


def _edit(
    at: tuple[int, int],
    raw: str,
    repaired: str,
    probability: float,
    reason: str,
    status: str,
    decisions: Sequence[Decision] = (),
) -> Edit:
    alternatives = tuple(
        (p.text, round(p.probability, 4)) for p in (decisions[0].others if decisions else ())
    )
    return Edit.model_validate(
        {
            "line": at[0],
            "word": at[1],
            "raw": raw,
            "repaired": repaired,
            "probability": round(min(max(probability, 0.0), 1.0), 4),
            "alternatives": alternatives,
            "reason": reason,
            "status": status,
        }
    )


def _may_be_noise(raw: str) -> bool:
    return len(raw) > 1 and not raw.isalnum()


def _words(lines: Lines) -> Iterator[str]:
    """The lower-case words that count for measuring damage: no codes, names of classes, numbers."""
    for tokens in lines:
        for raw in tokens:
            token = examine(raw)
            if token.verdict == "mixed":
                yield raw.lower()
            elif token.verdict == "free":
                for piece in token.pieces:
                    if len(piece.text) > 1:
                        yield piece.text.lower()


def _hints(row: int, line: Line) -> Iterator[tuple[tuple[int, int], Hint]]:
    """What the reading room knows of each word. A guess at handwriting is no reason to repair."""
    for column, word in enumerate(line.words):
        alternatives = word.reading.alternatives if word.reading is not None else ()
        handwritten = word.reading is not None and word.reading.handwritten
        if not handwritten and (word.confidence is not None or alternatives):
            yield (row, column), Hint(word.confidence, alternatives)


def _numbers(where: Sequence[tuple[int, int] | None]) -> list[int]:
    """From lines as decoded (a blank one after each block) to lines of the page."""
    numbers: list[int] = []
    count = 0
    for place in where:
        numbers.append(count)
        count += place is not None
    return numbers


def _rebuilt(
    blocks: Sequence[Block],
    where: Sequence[tuple[int, int] | None],
    changed: dict[tuple[int, int], str],
) -> tuple[Block, ...]:
    by_line: dict[tuple[int, int], dict[int, str]] = {}
    for (line, word), text in changed.items():
        place = where[line]
        if place is not None:
            by_line.setdefault(place, {})[word] = text
    out: list[Block] = []
    for index, block in enumerate(blocks):
        lines = tuple(
            _line(line, by_line[index, row]) if (index, row) in by_line else line
            for row, line in enumerate(block.lines)
        )
        out.append(block if lines == block.lines else block.model_copy(update={"lines": lines}))
    return tuple(out)


def _line(line: Line, texts: dict[int, str]) -> Line:
    words = tuple(
        w.model_copy(update={"text": texts[i], "raw": w.as_read}) if i in texts else w
        for i, w in enumerate(line.words)
    )
    return line.model_copy(update={"words": words})
