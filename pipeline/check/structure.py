"""Numbering and lists: Roman sections, articles, bullets among others that give a share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from models.finding import Finding
from pipeline.check.lines import CheckLine
from pipeline.check.numerals import heading_numeral, to_roman

_BULLET = re.compile(r"[-–+•] ")
_SHARE = re.compile(r"[-–+•] (?:ít nhất |trên |từ |có )?\d{1,3}(?:,\d+)?\s?%", re.IGNORECASE)
_ARTICLE = re.compile(r"[ĐD]i[êề]u\s(?P<n>\d{1,3})\s?[.:]")
_ENDED = (".", ";", ":", "./.", "…")
_COVID = re.compile(r"covid\s?[-–]?\s?19", re.IGNORECASE)
_MOST_ARTICLES = 40


def section_order(lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """Roman sections must follow each other: I, II, III ... (Decree 30, Annex I, II.6).

    A second "I." begins a list of its own (a chapter, an attached plan); each is judged alone.
    """
    for found in _runs(lines):
        yield from _gaps(found)
        yield from _steps_back(found)


def _runs(lines: Sequence[CheckLine]) -> list[list[tuple[int, CheckLine]]]:
    runs: list[list[tuple[int, CheckLine]]] = []
    for line in lines:
        value = heading_numeral(line.text)
        if value is None:
            continue
        if value == 1 or not runs:
            runs.append([])
        runs[-1].append((value, line))
    return [_misread(run) for run in runs if len(run) > 1]


def _misread(run: list[tuple[int, CheckLine]]) -> list[tuple[int, CheckLine]]:
    """An engine's II, IV, IV, V is II, III, IV, V, and its II, II, IV is II, III, IV: the same
    numeral twice beside a gap of one.
    """
    out = list(run)
    for index in range(1, len(run) - 1):
        value, line = run[index]
        before, after = out[index - 1][0], run[index + 1][0]
        if line.origin != "ocr":
            continue
        if before == value - 2 and after == value:
            out[index] = (value - 1, line)
        elif before == value and after == value + 2:
            out[index] = (value + 1, line)
    return out


def _steps_back(found: list[tuple[int, CheckLine]]) -> Iterator[Finding]:
    for (before, one), (after, two) in pairwise(found):
        if after <= before:
            twice = after == before
            yield Finding(
                code="section.number_twice" if twice else "section.out_of_order",
                message=f"Two sections in a row are numbered {to_roman(after)}."
                if twice
                else f"Section {to_roman(after)} stands after section {to_roman(before)}.",
                evidence=(*one.evidence, *two.evidence),
            )


def _gaps(found: list[tuple[int, CheckLine]]) -> Iterator[Finding]:
    """Numbers that stand nowhere, between the lowest and the highest that do."""
    line_of = dict(reversed(found))
    for low, high in pairwise(sorted(line_of)):
        if high > low + 1:
            missing = ", ".join(to_roman(n) for n in range(low + 1, high))
            yield Finding(
                code="section.missing",
                message=f"Section {missing} is missing between {to_roman(low)} and "
                f"{to_roman(high)}.",
                evidence=(*line_of[low].evidence, *line_of[high].evidence),
            )


def article_order(lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """Articles ("Điều 1.") must follow each other; quoted ones, of a law amended, do not count."""
    found: list[tuple[int, CheckLine]] = []
    quoted = False
    for line in lines:
        match = _ARTICLE.match(line.text)
        if match is not None and not quoted:
            found.append((int(match["n"]), line))
        quoted = _inside_quotation(line.text, quoted)
    if not found or found[0][0] != 1 or len(found) > _MOST_ARTICLES:
        return
    for (before, one), (after, two) in pairwise(found):
        if after == before + 1 or after == 1:
            continue
        missing = after > before + 1
        yield Finding(
            code="article.missing" if missing else "article.out_of_order",
            severity="warning" if missing and one.origin != "ocr" else "info",
            message=f"Article {after} follows article {before}.",
            evidence=(*one.evidence, *two.evidence),
        )


def _inside_quotation(text: str, inside: bool) -> bool:
    """Whether a quotation that a line opened goes on in the next."""
    opened = max(text.rfind("“"), text.rfind("«"))
    closed = max(text.rfind("”"), text.rfind("»"))
    if opened == closed:
        return inside
    return opened > closed


def bullets_without_share(lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """Among bullets that begin with a share, one that does not and names no other figure."""
    run: list[list[CheckLine]] = []
    for line in lines:
        if _BULLET.match(line.text):
            run.append([line])
        elif run and not run[-1][-1].text.endswith(_ENDED) and line.text[:1] not in "“#":
            run[-1].append(line)
        else:
            yield from _odd_bullet(run)
            run = []
    yield from _odd_bullet(run)


def _odd_bullet(run: Sequence[Sequence[CheckLine]]) -> Iterator[Finding]:
    shared = [i for i, bullet in enumerate(run) if _SHARE.match(bullet[0].text)]
    if len(shared) < 2:
        return
    for index in range(shared[0] + 1, shared[-1]):
        text = " ".join(line.text for line in run[index])
        if not re.search(r"\d", _COVID.sub("", text)):
            yield Finding(
                code="list.share_missing",
                message="A bullet among others that begin with a percentage has none.",
                evidence=tuple(e for line in run[index] for e in line.evidence),
            )
