"""Sums and percentages: agreement is noted, contradiction flagged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.directive import Directive
from models.finding import Finding
from pipeline.check.lines import CheckLine

_NUMBER = r"\d{1,3}(?:\.\d{3})+|\d{1,7}"
_RATIO = re.compile(
    rf"(?<![\w/.,])(?P<done>{_NUMBER})\s?/\s?(?P<goal>{_NUMBER})(?![\d/])"
    rf"[^\d;.]{{0,40}}?(?<!\w)(?P<share>\d{{1,4}}(?:,\d{{1,2}})?)\s?%"
)
_TOLERANCE_POINTS = 0.5


def _number(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def sums_of_parts(directive: Directive) -> Iterator[Finding]:
    """The parts of a quota must add up to it."""
    parts: dict[int, list[int]] = {}
    for index, target in enumerate(directive.targets):
        if target.breakdown_of is not None and target.value is not None:
            parts.setdefault(target.breakdown_of, []).append(index)
    for parent_index, indices in sorted(parts.items()):
        if parent_index >= len(directive.targets) or len(indices) < 2:
            continue
        parent = directive.targets[parent_index]
        if parent.value is None:
            continue
        values = [directive.targets[i].value or 0 for i in indices]
        agrees = abs(sum(values) - parent.value) < 1e-6
        terms = " + ".join(f"{value:g}" for value in values)
        yield Finding(
            code="sum.agrees" if agrees else "sum.contradicts",
            severity="info" if agrees else "warning",
            message=f"{terms} = {sum(values):g}, "
            + ("as stated." if agrees else f"but {parent.value:g} is stated."),
            evidence=(
                *parent.evidence,
                *(e for i in indices for e in directive.targets[i].evidence),
            ),
        )


def stated_ratios(lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """ "8.818/1.527 đạt 577%": the share must be the quotient, within half a point."""
    for line, text in _windows(lines):
        for match in _RATIO.finditer(text):
            if match.start() >= len(line.folded):
                continue
            goal = _number(match["goal"])
            if goal == 0 or ("." not in match["done"] and "." not in match["goal"] and goal <= 31):
                continue
            yield _compare(line, _number(match["done"]), goal, match["share"])


def _windows(lines: Sequence[CheckLine]) -> Iterator[tuple[CheckLine, str]]:
    """Each line with the beginning of the next, for claims that run over a line end."""
    for index, line in enumerate(lines):
        following = lines[index + 1].folded[:60] if index + 1 < len(lines) else ""
        yield line, f"{line.folded} {following}"


def _compare(line: CheckLine, done: float, goal: float, share: str) -> Finding:
    stated = _number(share)
    real = 100 * done / goal
    agrees = abs(real - stated) <= _TOLERANCE_POINTS
    return Finding(
        code="ratio.agrees" if agrees else "ratio.contradicts",
        severity="info" if agrees else "warning",
        message=f"{done:g}/{goal:g} is {real:.1f} %, "
        + ("as stated." if agrees else f"but {stated:g} % is stated."),
        evidence=line.evidence,
    )


def result_against_quota(directive: Directive) -> Iterator[Finding]:
    """ "2.660 sáng kiến ... đạt 52,2% chỉ tiêu" against the quota of the same document."""
    quotas = [
        t for t in directive.targets
        if t.kind == "quota" and t.value and t.breakdown_of is None and (t.unit or "") != "%"
    ]  # fmt: skip
    if len({quota.value for quota in quotas}) != 1:
        return
    quota = quotas[0]
    targets = directive.targets
    for index, share in enumerate(targets):
        if share.kind != "result" or share.value is None or not (share.unit or "").startswith("%"):
            continue
        done = next(
            (t for t in targets[max(0, index - 2) : index + 2]
             if t.kind == "result" and t.unit == quota.unit and t.text == share.text), None
        )  # fmt: skip
        if done is None or done.value is None or not quota.value:
            continue
        real = 100 * done.value / quota.value
        agrees = abs(real - share.value) <= _TOLERANCE_POINTS
        yield Finding(
            code="ratio.agrees" if agrees else "ratio.contradicts",
            severity="info" if agrees else "warning",
            message=f"{done.value:g}/{quota.value:g} is {real:.1f} %, "
            + ("as stated." if agrees else f"but {share.value:g} % is stated."),
            evidence=(*done.evidence, *share.evidence, *quota.evidence),
        )
