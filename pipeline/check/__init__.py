"""What a careful clerk would note in the margin: findings flag, they never fix.

Small pure functions, each yielding findings with their evidence; the directive's values stay as
they are, only ``findings`` and ``review.reasons`` are filled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.directive import Directive
from models.finding import Finding
from models.text import PageText
from pipeline.check import chronology, figures, form, order, personal, structure
from pipeline.check.across import (
    Circle,
    across,
    alike,
    carried,
    circle,
    renewed,
    with_findings,
)
from pipeline.check.again import changed_findings
from pipeline.check.lines import check_lines
from pipeline.check.reasons import review_reasons
from pipeline.settings import CheckSettings

STAGE_VERSION = "3"

__all__ = [
    "STAGE_VERSION", "Circle", "across", "alike", "carried", "check", "circle", "compared",
    "rechecked", "renewed",
]  # fmt: skip

#: More findings of one kind than this say nothing new.
_MOST_OF_A_KIND = 50


def check(directive: Directive, pages: Sequence[PageText], settings: CheckSettings) -> Directive:
    """The directive with findings and reasons for review; a second run changes nothing."""
    lines = check_lines(pages)
    found: list[Finding] = [
        *form.empty_text(pages, lines),
        *form.header(directive, lines),
        *form.signature(directive, lines),
        *form.addressees(directive, lines),
        *form.copies(directive, lines),
        *form.open_end(directive, lines),
        *form.low_confidence(pages),
        *chronology.cited_after(directive),
        *chronology.deadline_before(directive),
        *chronology.year_range(directive, settings),
        *figures.sums_of_parts(directive),
        *figures.stated_ratios(lines),
        *figures.result_against_quota(directive),
        *structure.section_order(lines),
        *structure.article_order(lines),
        *order.page_order(pages),
        *order.broken_paragraphs(lines),
        *order.proposed_order(lines),
        *structure.bullets_without_share(lines),
        *personal.personal_data(lines),
    ]
    counts: dict[str, int] = {}
    kept: list[Finding] = []
    for finding in (*directive.findings, *found):
        counts[finding.code] = counts.get(finding.code, 0) + 1
        if counts[finding.code] <= _MOST_OF_A_KIND and finding not in kept:
            kept.append(finding)
    findings = tuple(kept)
    review = directive.review.model_copy(update={"reasons": review_reasons(directive, findings)})
    return directive.model_copy(update={"findings": findings, "review": review})


def compared(directive: Directive, found: Mapping[str, tuple[Finding, ...]]) -> Directive:
    """The directive with what a look across the archive found, and its reasons for review."""
    made = with_findings(directive, found)
    review = made.review.model_copy(update={"reasons": review_reasons(made, made.findings)})
    return made.model_copy(update={"review": review})


def rechecked(
    machine: Directive, decided: Directive, pages: Sequence[PageText], settings: CheckSettings
) -> Directive:
    """A record that a person changed, with the findings and reasons for review that it has now."""
    before, after = (
        check(one.model_copy(update={"findings": ()}), pages, settings).findings
        for one in (machine, decided)
    )
    findings = changed_findings(machine, before, after, decided, pages)
    review = decided.review.model_copy(update={"reasons": review_reasons(decided, findings)})
    return decided.model_copy(update={"findings": findings, "review": review})
