"""The look across the archive at the end of a run, and around a document after a decision.

Each directive is checked alone as it is assembled; what shows only beside others is found here,
from all archived directives at once. The result depends on what is archived, not on how it came
there: a run that was killed and resumed ends with the same findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

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


#: Neighbours that are looked through after a decision; of more the next run's end sees to it.
_MOST_NEAR: Final = 2000


def renew(archive: Archive, before: Directive) -> list[str]:
    """Bring the findings across the archive up to date around one document that was decided about.

    Only its series of numbers and its campaign are looked at, as they were and as they are; what
    comes of it is what a look across the whole archive would find. Where they are very many, the
    next run does it.

    :param before: the document as it stood; as it stands now is read from the archive
    :returns: the ids whose findings changed
    """
    after = archive.get(before.id)
    if check.alike(before, after):
        return []
    touched = check.circle((before, after))
    members = _near(archive, touched)
    if members is None:
        return []
    members[after.id] = after
    found = check.renewed(list(members.values()), touched, {after.id})
    changed = []
    for id_, findings in sorted(found.items()):
        if check.carried(members[id_], members[id_])[id_] != findings and archive.amend(
            id_, partial(check.compared, found={id_: findings})
        ):
            changed.append(id_)
    return changed


def _near(archive: Archive, touched: check.Circle) -> dict[str, Directive] | None:
    """All documents of these groups, and some more; ``None``: too many."""
    series = {*touched.groups["number_order"]}
    series |= {(issuer, year, number) for issuer, year, number, _ in touched.groups["same_key"]}
    near: dict[str, Directive] = {}
    for issuer, year, symbol in sorted(series):
        found = archive.series(issuer, year, symbol, most=_MOST_NEAR)
        if found is None:
            return None
        near |= {one.id: one for one in found}
    for (campaign,) in sorted(touched.groups["campaign_end"]):
        found = archive.campaign(campaign, most=_MOST_NEAR)
        if found is None:
            return None
        near |= {one.id: one for one in found}
    return near


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
