"""The look across the archive at the end of a run.

Each directive is checked alone as it is assembled; what shows only beside others is found here,
from all archived directives at once. The result depends on what is archived, not on how it came
there: a run that was killed and resumed ends with the same findings.
"""

from __future__ import annotations

from models.directive import Directive
from pipeline import check
from pipeline.archive import Archive
from pipeline.errors import NotFound


def compare(archive: Archive, run_id: int) -> list[str]:
    """Bring the findings across the archive up to date; the ids that gained reasons for review.

    Every directive is one transaction: killed in between, the next run does the rest.
    """
    found = check.across(archive.directives())
    to_review = []
    for id_ in [d.id for d in archive.directives() if check.compared(d, found) != d]:
        directive = archive.get(id_)
        made = check.compared(directive, found)
        sha256 = directive.source.sha256
        key = archive.result_key(sha256)
        if key is None:
            continue
        archive.put_directive(made, archive.pages(id_), result_key=key, run_id=run_id)
        if made.review.reasons and not directive.review.reasons:
            to_review.append(id_)
    return to_review


def as_compared_before(archive: Archive, directive: Directive) -> Directive:
    """A directive just assembled, with what the last look across the archive found for it."""
    try:
        old = archive.get(directive.id)
    except NotFound:
        return directive
    return check.compared(directive, check.carried(directive, old))
