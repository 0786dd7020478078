"""A second look at a record that a person changed: what is found now, and what is found no longer.

Findings of other stages and of the look across the archive stay as the machine's record has them.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.base import BBox
from models.directive import Directive
from models.finding import Evidence, Finding
from models.text import PageText


def changed_findings(
    machine: Directive,
    before: Sequence[Finding],
    after: Sequence[Finding],
    decided: Directive,
    pages: Sequence[PageText],
) -> tuple[Finding, ...]:
    """The machine's findings without those that hold no more, and with those that hold now.

    :param before: what a check finds in the machine's record; :param after: in the decided one
    """
    had, has = ({(f.code, f.message) for f in found} for found in (before, after))
    kept = [f for f in machine.findings if (f.code, f.message) not in had - has]
    own = {e.bbox for e in _evidence(decided)}
    turned = {p.page: p for p in pages if p.rotation or p.levelled_degrees}
    fresh = [
        f.model_copy(update={"evidence": tuple(_on_page(e, turned, own) for e in f.evidence)})
        for f in after
        if (f.code, f.message) not in had
    ]
    return (*kept, *fresh)


def _evidence(directive: Directive) -> list[Evidence]:
    """The evidence of dates, numbers, citations, targets and deadlines, placed on the page."""
    seen = [*directive.number.evidence, *directive.serial.evidence, *directive.issued.evidence]
    for cited in directive.citations:
        seen += [*cited.evidence, *cited.number.evidence, *cited.issued.evidence]
    for target in directive.targets:
        seen += target.evidence
    for deadline in directive.deadlines:
        seen += deadline.evidence
    return seen


def _on_page(seen: Evidence, turned: dict[int, PageText], own: set[BBox | None]) -> Evidence:
    """What a line of a turned page says, brought back onto the page of the file."""
    page = turned.get(seen.page or 0)
    if page is None or seen.bbox is None or seen.bbox in own:
        return seen
    return seen.model_copy(update={"bbox": page.on_page(seen.bbox)})
