"""Order: section numbers, page numbers, sentences that go on across page edges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from models.finding import Finding
from models.text import PageText
from pipeline.check.lines import CheckLine

_ROMAN = re.compile(r"(?P<roman>[IVXLT]{1,6})\s?[.\-–]\s?(?=[^\W\d_])")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_PAGE_NUMBER = re.compile(r"[-–. ]{0,4}(\d{1,3})[-–. ]{0,4}")


def roman(text: str) -> int | None:
    """``IV`` -> 4; ``None`` where the numeral is not well formed."""
    total = 0
    for letter, following in zip(text, [*text[1:], ""], strict=True):
        if letter not in _VALUES:
            return None
        value = _VALUES[letter]
        total += -value if following and _VALUES.get(following, 0) > value else value
    return total if 0 < total < 50 and _to_roman(total) == text else None


def _to_roman(number: int) -> str:
    out = ""
    for value, letters in (
        (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")
    ):  # fmt: skip
        while number >= value:
            out += letters
            number -= value
    return out


def section_order(lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """Roman sections must follow each other: I, II, III ... (Decree 30, Annex I, II.6)."""
    found: list[tuple[int, str, CheckLine]] = []
    for line in lines:
        match = _ROMAN.match(line.text)
        heading = match and len(line.text) < 160
        value = roman(match["roman"]) if match and heading else None
        if value is not None and match is not None:
            found.append((value, match["roman"], line))
    if len(found) < 2:
        return
    for (before, numeral, one), (after, next_numeral, two) in pairwise(found):
        if after > before + 1:
            missing = ", ".join(_to_roman(n) for n in range(before + 1, after))
            if any(value in range(before + 1, after) for value, _, _ in found):
                continue
            yield Finding(
                code="section.missing",
                message=f"Section {missing} is missing between {numeral} and {next_numeral}.",
                evidence=(*one.evidence, *two.evidence),
            )
        elif after <= before and after != 1:
            yield Finding(
                code="section.out_of_order",
                message=f"Section {next_numeral} stands after section {numeral}.",
                evidence=(*one.evidence, *two.evidence),
            )
    numbers = sorted({value for value, _, _ in found})
    for low, high in pairwise(numbers):
        gap = range(low + 1, high)
        already = any(b == low and a == high for (b, _, _), (a, _, _) in pairwise(found))
        if gap and not already:
            missing = ", ".join(_to_roman(n) for n in gap)
            yield Finding(
                code="section.missing",
                message=f"Section {missing} is missing.",
                evidence=next(line.evidence for value, _, line in found if value == high),
            )


def printed_page_number(page: PageText) -> int | None:
    """The number printed on the page: in its own block, or alone on the first or last line."""
    for block in page.blocks:
        if block.kind == "page_number":
            match = _PAGE_NUMBER.fullmatch(block.text.strip())
            if match:
                return int(match[1])
    lines = [line.text.strip() for _, line in page.lines() if line.text.strip()]
    if len(lines) < 2:
        return None
    for text in (lines[0], lines[-1]):
        match = _PAGE_NUMBER.fullmatch(text)
        if match:
            return int(match[1])
    return None


def page_order(pages: Sequence[PageText]) -> Iterator[Finding]:
    """Printed page numbers must rise; the proposed order is in the message."""
    printed = [(printed_page_number(page), page.page) for page in pages]
    known = [(number, page) for number, page in printed if number is not None]
    for (one, _), (two, page) in pairwise(known):
        if two < one and two != 1:
            order = ", ".join(str(p) for _, p in sorted(known))
            yield Finding(
                code="page.out_of_order",
                message=f"Page {page} is numbered {two} but follows number {one}; "
                f"by their numbers the order is {order}.",
            )
            return


def broken_paragraphs(lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """A paragraph that begins in the middle of a sentence after one that had ended.

    Text files lose page edges; pages in the wrong order show as paragraphs that begin with a small
    letter although the paragraph before them is closed.
    """
    for one, two in pairwise(lines):
        closed = one.text.rstrip("”\"' ").endswith((".", ";", ":", "./"))
        small = two.text[:1].islower() and not re.match(r"[a-zđ]{1,2}[).]", two.text)
        if closed and small and len(one.text) > 40 and len(two.text) > 40:
            yield Finding(
                code="text.begins_mid_sentence",
                severity="info",
                message="A paragraph begins in the middle of a sentence; text may be missing or "
                "pages out of order.",
                evidence=(*one.evidence, *two.evidence),
            )


def bullets_without_share(lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """Among bullets that begin with a share, one that does not and states no action."""
    run: list[CheckLine] = []
    for line in [*lines, None]:
        if line is not None and re.match(r"[-–+•] ", line.text):
            run.append(line)
            continue
        yield from _odd_bullet(run)
        run = []


def _odd_bullet(run: Sequence[CheckLine]) -> Iterator[Finding]:
    shared = [
        i for i, line in enumerate(run) if re.match(r"[-–+•] \d{1,3}(?:,\d+)?\s?%", line.text)
    ]
    if len(shared) < 2:
        return
    for index in range(shared[0] + 1, shared[-1]):
        line = run[index]
        if not re.search(r"\d", line.text.replace("COVID-19", "").replace("Covid-19", "")):
            yield Finding(
                code="list.share_missing",
                message="A bullet among others that begin with a percentage has none.",
                evidence=line.evidence,
            )
