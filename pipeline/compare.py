"""The look across the archive at the end of a run.

Each directive is checked alone as it is assembled; what shows only beside others is found here,
from all archived directives at once. The result depends on what is archived, not on how it came
there: a run that was killed and resumed ends with the same findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.directive import Directive
from models.finding import Finding
from pipeline import check
from pipeline.archive import Archive
from pipeline.errors import NotFound


def compare(archive: Archive, run_id: int) -> list[str]:
    """Bring the findings across the archive up to date; the ids that gained reasons for review.

    Every directive is one transaction: killed in between, the next run does the rest.
    """
    before: dict[str, tuple[Finding, ...]] = {}
    found = check.across(_noted(archive.directives(), before))
    to_review = []
    for id_ in sorted(before.keys() | found.keys()):
        if before.get(id_, ()) == found.get(id_, ()):
            continue
        directive = archive.get(id_)
        machine, pages = archive.machine(id_)
        made = check.compared(machine, found)
        sha256 = directive.source.sha256
        key = archive.result_key(sha256)
        if key is None:
            continue
        archive.put_directive(made, pages, result_key=key, run_id=run_id)
        if made.review.reasons and not directive.review.reasons:
            to_review.append(id_)
    return to_review


def _noted(
    directives: Iterable[Directive], before: dict[str, tuple[Finding, ...]]
) -> Iterator[Directive]:
    """``directives``, and in ``before`` what the last look across the archive found for each."""
    for directive in directives:
        before.update({id_: old for id_, old in check.carried(directive, directive).items() if old})
        yield directive


def as_compared_before(archive: Archive, directive: Directive) -> Directive:
    """A directive just assembled, with what the last look across the archive found for it."""
    try:
        old = archive.get(directive.id)
    except NotFound:
        return directive
    return check.compared(directive, check.carried(directive, old))
