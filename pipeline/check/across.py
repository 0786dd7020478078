"""What only a look across the archive shows: numbers out of their series, one key for two
documents, documents that contradict each other about one campaign.

Pure: the findings depend on the set of directives alone, not on the order in which they came. Each
source keeps its own claim; nothing is changed and nobody is said to be right.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from models.directive import Deadline, Directive, FieldValue
from models.finding import Evidence, Finding
from models.vietnamese import fold

#: Codes of findings that come from a look across the archive begin so.
PREFIX = "archive."

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SERIAL = re.compile(r"\d+")
_STAGE = re.compile(r"giai\s+doan\s+(?P<n>\d|i{1,3})(?!\w)")
_END = re.compile(r"ket\s+thuc")
_STAGES = {"i": 1, "ii": 2, "iii": 3}
_STAGE_REACH = 70
_MOST_NAMED = 5
_SAME_END_DAYS = 90


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is compared of one directive."""

    id: str
    name: str
    issuer: str | None
    number: str | None
    doc_type: str
    serial: int | None
    symbol: str | None
    issued: str | None
    campaign: str | None
    ends: str | None
    end_evidence: tuple[Evidence, ...]
    number_evidence: tuple[Evidence, ...]
    issued_evidence: tuple[Evidence, ...]

    @property
    def year(self) -> str | None:
        return self.issued[:4] if self.issued else None

    @property
    def same(self) -> tuple[str, ...] | None:
        """Which document it is: issuer, year, number and type name one (domain notes, 1.3)."""
        if self.issuer and self.year and self.number:
            return self.issuer, self.year, fold(self.number), self.doc_type
        return None

    @property
    def series(self) -> tuple[str, ...] | None:
        """The series of numbers that it belongs to."""
        if self.issuer and self.year and self.symbol and self.serial is not None:
            return self.issuer, self.year, self.symbol
        return None

    @property
    def claims(self) -> tuple[str, ...] | None:
        """The campaign of which it tells the end."""
        return (self.campaign,) if self.campaign and self.ends else None


def across(directives: Iterable[Directive]) -> dict[str, tuple[Finding, ...]]:
    """Findings by the id of the directive that they belong to; ids without any are left out."""
    facts = sorted((_facts(d) for d in directives), key=lambda f: f.id)
    found: dict[str, list[Finding]] = defaultdict(list)
    for check, _ in _CHECKS.values():
        for id_, finding in check(facts):
            found[id_].append(finding)
    return {id_: tuple(findings) for id_, findings in sorted(found.items())}


def alike(one: Directive, other: Directive) -> bool:
    """Whether two states of a document are the same for a look across the archive."""
    return _facts(one) == _facts(other)


@dataclass(frozen=True, slots=True)
class Circle:
    """The groups of documents in which some can make findings come and go, by the finding's code:
    ``same_key`` (issuer, year, number, type), ``number_order`` (issuer, year, symbol) and
    ``campaign_end`` (campaign). Issuers and numbers are folded."""

    groups: Mapping[str, frozenset[tuple[str, ...]]]


def circle(directives: Iterable[Directive]) -> Circle:
    """The groups that these directives belong to."""
    facts = [_facts(one) for one in directives]
    return Circle(
        {
            code: frozenset(group for one in facts if (group := group_of(one)) is not None)
            for code, (_, group_of) in _CHECKS.items()
        }
    )


def renewed(
    members: Sequence[Directive], touched: Circle, changed: Collection[str]
) -> dict[str, tuple[Finding, ...]]:
    """What a look across the whole archive would find for ``members``, by their id.

    :param members: all documents of the groups in ``touched``; others do no harm
    :param touched: the groups of the changed documents, as they were and as they are
    :param changed: the ids of those: all that was found for them is renewed
    """
    had = {one.id: carried(one, one)[one.id] for one in members}
    facts = sorted((_facts(one) for one in members), key=lambda one: one.id)
    found: dict[str, list[Finding]] = {id_: [] for id_ in had}
    for code, (check, group_of) in _CHECKS.items():
        groups = touched.groups.get(code, frozenset())
        inside = [one for one in facts if group_of(one) in groups]
        anew = {one.id for one in inside} | {*changed}
        for id_, findings in had.items():
            if id_ not in anew:
                found[id_] += [one for one in findings if one.code == PREFIX + code]
        for id_, finding in check(inside):
            found[id_].append(finding)
    return {id_: tuple(findings) for id_, findings in found.items()}


def with_findings(directive: Directive, found: Mapping[str, tuple[Finding, ...]]) -> Directive:
    """The directive with these findings across the archive in place of those that it had."""
    own = tuple(f for f in directive.findings if not f.code.startswith(PREFIX))
    return directive.model_copy(update={"findings": (*own, *found.get(directive.id, ()))})


def carried(new: Directive, old: Directive) -> dict[str, tuple[Finding, ...]]:
    """What was found across the archive for the old reading, to stand until the next look.

    Without it a document that is read anew would seem changed twice.
    """
    return {new.id: tuple(f for f in old.findings if f.code.startswith(PREFIX))}


def _sure(field: FieldValue) -> str | None:
    return field.value if field.status == "accepted" else None


def _facts(directive: Directive) -> _Facts:
    number, serial = _sure(directive.number), _sure(directive.serial)
    issued = _sure(directive.issued)
    digits = _SERIAL.match(serial or "")
    # A derived issuer is good enough to tell series apart: it only groups.
    issuer = directive.issuer.value
    ends, evidence = _campaign_end(directive)
    return _Facts(
        id=directive.id,
        name=directive.number.value or directive.id,
        issuer=fold(issuer) if issuer else None,
        number=number,
        doc_type=directive.doc_type.value or "",
        serial=int(digits[0]) if digits and len(digits[0]) < 10 else None,
        symbol=_sure(directive.symbol),
        issued=issued if issued and _DAY.fullmatch(issued) else None,
        campaign=directive.campaign.id if directive.campaign else None,
        ends=ends,
        end_evidence=evidence,
        number_evidence=directive.number.evidence,
        issued_evidence=directive.issued.evidence,
    )


def _campaign_end(directive: Directive) -> tuple[str | None, tuple[Evidence, ...]]:
    """The day on which the campaign ends according to this document, if it says so.

    "thời điểm kết thúc (01/9/2023)" says it; so does the end of the last stage that is dated, from
    the second on: the first is never the last.
    """
    best: tuple[int, str, tuple[Evidence, ...]] | None = None
    if directive.campaign is None:
        return None, ()
    for deadline in directive.deadlines:
        day = (deadline.date or "").rpartition("/")[2]
        rank = _rank(deadline)
        if _DAY.fullmatch(day) and rank >= 2 and (best is None or (rank, day) > best[:2]):
            best = (rank, day, deadline.evidence)
    return (best[1], best[2]) if best else (None, ())


def _rank(deadline: Deadline) -> int:
    """The stage that the deadline closes; 9 for the campaign as a whole, 0 for neither."""
    text, action = fold(deadline.text), fold(deadline.action)
    if _END.search(text):
        return 9
    at = action.find(text)
    if at < 0:
        return 0
    stages = _STAGE.findall(action[max(0, at - _STAGE_REACH) : at + len(text)])
    return (_STAGES.get(stages[-1]) or int(stages[-1])) if stages else 0


def _named(others: Iterable[_Facts]) -> str:
    names = sorted({o.id if o.name == o.id else f"{o.name} ({o.id})" for o in others})
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _same_key(facts: list[_Facts]) -> Iterator[tuple[str, Finding]]:
    """Documents that bear one name."""
    groups: dict[tuple[str, ...], list[_Facts]] = defaultdict(list)
    for one in facts:
        if one.same is not None:
            groups[one.same].append(one)
    for group in groups.values():
        for one in group if len(group) > 1 else ():
            yield (
                one.id,
                Finding(
                    code=f"{PREFIX}same_key",
                    message=f"Number {one.number} of {one.year} is borne by another document of "
                    f"the same issuer: {_named(o for o in group if o is not one)}.",
                    evidence=one.number_evidence,
                ),
            )


def _number_order(facts: list[_Facts]) -> Iterator[tuple[str, Finding]]:
    """In one series of one year a higher number is never older (Decree 30, article 15).

    The fewest documents that must be wrong are named: those outside the longest stretch in order.
    """
    series: dict[tuple[str, ...], list[_Facts]] = defaultdict(list)
    for one in facts:
        if one.series is not None:
            series[one.series].append(one)
    for members in series.values():
        ordered = sorted(members, key=lambda f: (f.serial or 0, f.issued or "", f.id))
        kept = _longest_rise([f.issued or "" for f in ordered])
        for index, one in enumerate(ordered):
            if index in kept:
                continue
            near = [ordered[i] for i in sorted(kept, key=lambda i: abs(i - index))[:2]]
            yield (
                one.id,
                Finding(
                    code=f"{PREFIX}number_order",
                    message=f"Number {one.name} of {one.issued} is out of its series: "
                    + ", ".join(
                        f"{n.name} is of {n.issued}" for n in sorted(near, key=lambda n: n.id)
                    )
                    + ".",
                    evidence=(*one.number_evidence, *one.issued_evidence),
                ),
            )


def _longest_rise(values: list[str]) -> set[int]:
    """Indices of the longest subsequence that does not fall."""
    tails: list[str] = []
    ends: list[int] = []
    before: list[int | None] = []
    for index, value in enumerate(values):
        at = bisect_right(tails, value)
        before.append(ends[at - 1] if at else None)
        if at == len(tails):
            tails.append(value)
            ends.append(index)
        else:
            tails[at], ends[at] = value, index
    kept: set[int] = set()
    position = ends[-1] if ends else None
    while position is not None:
        kept.add(position)
        position = before[position]
    return kept


def _campaign_ends(facts: list[_Facts]) -> Iterator[tuple[str, Finding]]:
    """Sources that give different days for the end of one campaign.

    Many movements come every year: only days close to each other can mean the same end.
    """
    claims: dict[str, list[_Facts]] = defaultdict(list)
    for one in facts:
        if one.campaign and one.ends:
            claims[one.campaign].append(one)
    for campaign, members in claims.items():
        for one in members:
            others: dict[str, list[_Facts]] = defaultdict(list)
            for other in members:
                if one.ends and other.ends and 0 < _days(one.ends, other.ends) <= _SAME_END_DAYS:
                    others[other.ends].append(other)
            if not others:
                continue
            said = "; ".join(f"{day} in {_named(by)}" for day, by in sorted(others.items()))
            yield (
                one.id,
                Finding(
                    code=f"{PREFIX}campaign_end",
                    message=f"Campaign {campaign} ends on {one.ends} here, but {said}.",
                    evidence=one.end_evidence,
                ),
            )


def _days(one: str, two: str) -> int:
    return abs((date.fromisoformat(one) - date.fromisoformat(two)).days)


#: Each check with the group of documents that it looks at at once, by the code of its findings.
_CHECKS: Final[
    dict[
        str,
        tuple[
            Callable[[list[_Facts]], Iterator[tuple[str, Finding]]],
            Callable[[_Facts], tuple[str, ...] | None],
        ],
    ]
] = {
    "same_key": (_same_key, lambda one: one.same),
    "number_order": (_number_order, lambda one: one.series),
    "campaign_end": (_campaign_ends, lambda one: one.claims),
}
