"""Targets and results as typed claims.

Quotas and their breakdowns, coverage, per-unit minima, results, ratios and aspirations. Names with
digits ("01 triệu sáng kiến", "5K", "Siêu thị 0 đồng"), dates and article numbers are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.directive import Target
from pipeline.extract.campaign import MILLION
from pipeline.extract.claims import Claim, claims_of
from pipeline.extract.context import Context
from pipeline.extract.fields import confidence_of, judged
from pipeline.extract.figures import FIGURE, number
from pipeline.extract.quantities import UNIT
from pipeline.extract.sentences import Sentence, sentences

#: The đ of "trong đó" is often lost in reading.
_PARTS = re.compile(r"(?<!\w)(?:trong\s+\w{0,2}o(?!\w)|cu\s+the\s*:|chia\s+ra\s*:|gom\s*:)")
_ITEM = re.compile(
    rf"\s{{0,3}}[-–+•]\s{{0,3}}(?P<who>[^;:\n\d]{{2,100}}?)\s*[:,–-]?\s{{1,3}}(?:chi\s+tieu\s+)?{FIGURE}\s+{UNIT}"
)
_LONGEST = 400
_AROUND = 160
_MAX_EVIDENCE = 10


@dataclass(slots=True)
class _Found:
    start: int
    end: int
    target: Target


@dataclass(slots=True)
class _OpenList:
    """A quota whose parts follow as bullets; ``first`` bullets name the part."""

    parent: int
    unit: str


def extract_targets(context: Context) -> tuple[Target, ...]:
    """All claims about figures in the body, in reading order, each stated once."""
    view = context.view
    first, last = context.body_span()
    end_of_copies = context.zones.noi_nhan
    if end_of_copies >= 0 and first < view.lines[end_of_copies].start:
        last = min(last, view.lines[end_of_copies].start)
    out: list[Target] = []
    parts: _OpenList | None = None
    for sentence in sentences(view.text, first, last):
        item = _list_item(context, sentence, parts) if parts else None
        if item is not None:
            out.append(item)
            continue
        found = _in_sentence(context, sentence)
        parent = _with_breakdown(context, sentence, found, len(out))
        out.extend(one.target for one in found)
        if parent is not None:
            parts = _opens_list(context, sentence, out, parent)
        elif found or not sentence.end - sentence.start < _AROUND:
            parts = None
    return _distinct(out)


def _in_sentence(context: Context, sentence: Sentence) -> list[_Found]:
    view = context.view
    taken: list[tuple[int, int]] = [
        m.span() for m in MILLION.finditer(view.folded, sentence.start, sentence.end)
    ]
    found: list[_Found] = []
    for claim in claims_of(view, sentence):
        if not any(claim.start < e and s < claim.end for s, e in taken):
            taken.append((claim.start, claim.end))
            found.append(_Found(claim.start, claim.end, _make(context, sentence, claim)))
    return sorted(found, key=lambda one: one.start)


def _distinct(found: list[Target]) -> tuple[Target, ...]:
    """The same claim said twice is one; references of breakdowns are kept right."""
    seen: dict[tuple[object, ...], int] = {}
    index_of: dict[int, int] = {}
    out: list[Target] = []
    for old, target in enumerate(found):
        parent = target.breakdown_of
        wording = target.text if target.kind == "coverage" or target.value is None else ""
        key = (target.kind, target.value, target.unit, target.population, target.period, wording)
        if key in seen:
            index_of[old] = seen[key]
            kept = out[seen[key]]
            out[seen[key]] = kept.model_copy(
                update={"evidence": (*kept.evidence, *target.evidence)[:_MAX_EVIDENCE]}
            )
            continue
        seen[key] = index_of[old] = len(out)
        if parent is not None:
            target = target.model_copy(update={"breakdown_of": index_of.get(parent)})
        out.append(target)
    return tuple(out)


def _make(context: Context, sentence: Sentence, claim: Claim) -> Target:
    view = context.view
    span = claim.start, claim.end
    raw = confidence_of(view, *span, claim.reliability, closed=False)
    confidence, status = judged(view, *span, f"target.{claim.kind}", raw, context.accept)
    text = view.plain(sentence.start, sentence.end)
    if len(text) > _LONGEST:
        low, high = max(sentence.start, span[0] - _AROUND), min(sentence.end, span[1] + _AROUND)
        text = view.plain(low, high)
    return Target(
        kind=claim.kind,
        text=text,
        value=claim.value,
        comparator=claim.comparator,
        unit=claim.unit,
        population=claim.population,
        period=claim.period,
        confidence=confidence,
        status=status,
        evidence=view.evidence(*span),
    )


def _with_breakdown(
    context: Context, sentence: Sentence, found: list[_Found], offset: int
) -> int | None:
    """Quotas after "trong đó" are parts of the quota before it; which that is."""
    parts = _PARTS.search(context.view.folded, sentence.start, sentence.end)
    if parts is None:
        return None
    parents = [i for i, f in enumerate(found)
               if f.target.kind == "quota" and f.end <= parts.start()]  # fmt: skip
    if not parents:
        return None
    parent = found[parents[-1]].target
    for one in found:
        if (
            one.target.kind == "quota"
            and one.start >= parts.end()
            and one.target.unit == parent.unit
        ):
            one.target = one.target.model_copy(update={"breakdown_of": offset + parents[-1]})
    return offset + parents[-1]


def _opens_list(
    context: Context, sentence: Sentence, out: list[Target], parent: int
) -> _OpenList | None:
    """A sentence that ends with "trong đó:" and gave no parts has them in the bullets below."""
    unit = out[parent].unit
    if unit is None or any(t.breakdown_of == parent for t in out):
        return None
    ends = context.view.folded[sentence.start : sentence.end].rstrip().endswith((":", "o"))
    return _OpenList(parent, unit) if ends else None


def _list_item(context: Context, sentence: Sentence, parts: _OpenList) -> Target | None:
    match = _ITEM.match(context.view.folded, sentence.start, sentence.end)
    if match is None:
        return None
    unit = context.view.plain(*match.span("unit"))
    if unit.lower() != parts.unit.lower():
        return None
    claim = Claim(*match.span(), "quota", number(match["value"], match["scale"]), unit=unit,
                  population=context.view.plain(*match.span("who")))  # fmt: skip
    made = _make(context, sentence, claim)
    return made.model_copy(update={"breakdown_of": parts.parent})
