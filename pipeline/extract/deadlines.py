"""Deadlines: a date by which, an interval within which, a cycle in which something is due.

Dates of documents, "tính đến ngày ..." (as of) and dates of entry into force are none. The document
date anchors "từ nay"; without it the start stays open (EDTF ``../``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from models.directive import Deadline
from models.vietnamese import fold
from pipeline.extract.context import Context
from pipeline.extract.cycles import recurring, terms
from pipeline.extract.dates import DATE
from pipeline.extract.due import DUTY, Due, Reading, dated
from pipeline.extract.duty import action, responsible
from pipeline.extract.fields import confidence_of, judged
from pipeline.extract.grammar import CODE
from pipeline.extract.moments import find_moments
from pipeline.extract.sentences import Sentence, sentences

_STAGE = re.compile(r"(?:giai\s+doan|dot)\s+(?:\d|i{1,3})(?!\w)")
#: "ngay sau khi nhận được công văn này": due at an event that has no date.
_AT_ONCE = re.compile(
    r"(?<!\w)ngay\s+(?:sau\s+)?khi\s+(?:nhan\s+duoc|co)\s+[^,;.\n]{3,60}?\s+nay(?!\w)"
)
_DATE_OF_DOCUMENT = re.compile(r"[\s,(]{0,3}(?:ky\s+|ban\s+hanh\s+)?(?:ngay\s+)?")
_SAME_DUTY = 88
#: A deadline is said again soon, or it is another.
_MOST_COMPARED = 10
_MAX_EVIDENCE = 10


def extract_deadlines(
    context: Context, issued: str | None, *, sure: bool = True
) -> tuple[Deadline, ...]:
    """All deadlines of the body, in reading order, each stated once.

    :param issued: the document's date, which "từ nay" means
    :param sure: whether that date is accepted
    """
    view = context.view
    first, last = context.body_span()
    coded = _document_dates(context, first, last)
    end_of_copies = context.zones.noi_nhan
    if end_of_copies >= 0 and first < view.lines[end_of_copies].start:
        last = min(last, view.lines[end_of_copies].start)
    anchored = sure and issued is not None and len(issued) == 10
    out: list[Deadline] = []
    stages: list[str] = []
    alike: dict[tuple[str | None, str, str | None], list[int]] = {}
    for sentence in sentences(view.text, first, last):
        reading = Reading(view.folded, sentence, issued, anchored)
        taken: list[tuple[int, int]] = []
        found: list[Due] = []
        for due in _in_sentence(reading, coded):
            if not any(due.start < e and s < due.end for s, e in taken):
                taken.append((due.start, due.end))
                found.append(due)
        for due in sorted(found, key=lambda d: d.start):
            made = _make(context, sentence, due, first)
            stage = _stage(view.folded, sentence, due)
            same = alike.setdefault((made.date, made.operator, made.recurrence), [])
            known = _said_before(same, out, stages, made, stage)
            if known is None:
                same.append(len(out))
                out.append(made)
                stages.append(stage)
                continue
            evidence = (*out[known].evidence, *made.evidence)[:_MAX_EVIDENCE]
            out[known] = out[known].model_copy(update={"evidence": evidence})
    return tuple(out)


def _document_dates(context: Context, first: int, last: int) -> set[int]:
    """Starts of dates that belong to a number: they date a document."""
    folded = context.view.folded
    starts = set()
    for match in CODE.finditer(context.view.text, first, last):
        label = _DATE_OF_DOCUMENT.match(folded, match.end(), match.end() + 24)
        at = label.end() if label else match.end()
        if DATE.match(folded, at):
            starts.add(at)
    return starts


def _in_sentence(reading: Reading, coded: set[int]) -> Iterator[Due]:
    """Rules and cycles first: they take the days that dates without a year would be."""
    sentence = reading.sentence
    cycles = recurring(reading)
    yield from cycles
    yield from terms(reading)
    moments = [
        m
        for m in find_moments(reading.folded, sentence.start, sentence.end, reading.issued)
        if m.start not in coded and not any(c.start < m.end and m.start < c.end for c in cycles)
    ]
    yield from dated(reading, moments)
    for match in _AT_ONCE.finditer(reading.folded, sentence.start, sentence.end):
        if DUTY.search(reading.whole):
            yield Due(match.start(), match.end(), None, "within", reliability=0.8)


def _make(context: Context, sentence: Sentence, due: Due, first: int) -> Deadline:
    view = context.view
    span = due.start, due.end
    raw = confidence_of(view, *span, due.reliability, closed=False)
    confidence, status = judged(view, *span, f"deadline.{due.operator}", raw, context.accept)
    return Deadline(
        text=view.plain(due.start, due.end),
        date=due.date,
        operator=due.operator,
        recurrence=due.recurrence,
        action=action(view, sentence, (due.start, due.end)),
        responsible=responsible(view, sentence, first, due.end),
        confidence=confidence,
        status=status,
        evidence=view.evidence(due.start, due.end),
    )


def _stage(folded: str, sentence: Sentence, due: Due) -> str:
    """The stage that the due closes: "giai đoạn 1 đến hết ngày ..."."""
    found = list(_STAGE.finditer(folded, max(sentence.start, due.start - 60), due.start))
    return " ".join(found[-1][0].split()) if found else ""


def _said_before(
    candidates: list[int], out: list[Deadline], stages: list[str], made: Deadline, stage: str
) -> int | None:
    """The same due of the same stage, or of the same duty; two duties may share a day.

    :param candidates: earlier deadlines with this date, operator and recurrence
    """
    for index in candidates[-_MOST_COMPARED:]:
        if stage and stage == stages[index]:
            return index
        known = out[index]
        if not made.date or fold(known.responsible) != fold(made.responsible):
            continue
        if fuzz.ratio(fold(known.action), fold(made.action)) >= _SAME_DUTY:
            return index
    return None
