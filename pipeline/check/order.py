"""The order of pages and of torn paragraphs, and a better one where the text itself shows it.

Two witnesses: the numbers printed on the pages (Decree 30, Annex I, I.7), and the text, where a
sentence that breaks off must go on somewhere and a paragraph that begins with a small letter must
have begun somewhere. The order of the file is never changed; a better one is proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from models.finding import Finding
from models.text import PageText
from pipeline.check.lines import CheckLine
from pipeline.check.numerals import heading_numeral

_PAGE_NUMBER = re.compile(r"[-–. ]{0,4}(\d{1,3})[-–. ]{0,4}")
_ITEM = re.compile(r"(?:[a-zđ]{1,2}[).]|[-–+•])")
_SENTENCE_END = re.compile(r"(?<!,)(?:[.!?…]|\./\.?)[”\"'’)\]* ]*$")
#: More torn pieces than this are not put together: the orders of eight are 40 320.
_MOST_PIECES = 7
_LONG = 40


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
    """Printed page numbers must rise; the whole proposed order is in the message."""
    printed = [(printed_page_number(page), page.page) for page in pages]
    known = [(number, page) for number, page in printed if number is not None]
    for (one, _), (two, page) in pairwise(known):
        if two < one and two != 1:
            sorted_pages = iter(p for _, p in sorted(known))
            order = [next(sorted_pages) if number is not None else p for number, p in printed]
            yield Finding(
                code="page.out_of_order",
                message=f"Page {page} is numbered {two} but follows number {one}; "
                f"by their numbers the order is {', '.join(map(str, order))}.",
            )
            return
        if two == one:
            yield Finding(
                code="page.number_twice",
                severity="info",
                message=f"Two pages in a row are numbered {one}.",
            )


def broken_paragraphs(lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """A paragraph that begins in the middle of a sentence after one that had ended."""
    for one, two in pairwise(lines):
        if _is_torn(one, two):
            yield Finding(
                code="text.begins_mid_sentence",
                severity="info",
                message="A paragraph begins in the middle of a sentence; text may be missing or "
                "pages out of order.",
                evidence=(*one.evidence, *two.evidence),
            )


def _closed(line: CheckLine) -> bool:
    return _SENTENCE_END.search(line.text) is not None


def _small(line: CheckLine) -> bool:
    return line.text[:1].islower() and _ITEM.match(line.text) is None


def _is_torn(one: CheckLine, two: CheckLine) -> bool:
    return _closed(one) and _small(two) and len(one.text) > _LONG and len(two.text) > _LONG


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch that hangs together: how it begins and ends, and its sections."""

    first: CheckLine
    last: CheckLine
    sections: tuple[int, ...]

    @property
    def opens(self) -> bool:
        """Whether it breaks off in the middle of a sentence."""
        return not _closed(self.last) and self.last.text[-1:] not in {";", ":"}


def proposed_order(lines: Sequence[CheckLine]) -> Iterator[Finding]:
    """Pieces torn apart at sentences, put together so that every sentence goes on.

    Only where a piece begins in the middle of a sentence that nothing before it had begun, and only
    if exactly one order joins every torn sentence and lets the sections rise.
    """
    pieces = _pieces(lines)
    if not 3 <= len(pieces) <= _MOST_PIECES:
        return
    best = None
    for order in permutations(range(1, len(pieces))):
        chosen = [pieces[0], *(pieces[i] for i in order)]
        if all(_joins(a, b) for a, b in pairwise(chosen)) and _rises(chosen):
            if best is not None:
                return
            best = [0, *order]
    if best is None or best == sorted(best):
        return
    moved = [pieces[i] for i in best]
    words = "; ".join(f"“{_words(piece.first.text)} …”" for piece in moved)
    yield Finding(
        code="text.order_proposed",
        message=f"Sentences and sections go on if the parts stand in this order: {words}.",
        evidence=tuple(e for piece in moved for e in piece.first.evidence),
    )


def _words(text: str) -> str:
    return " ".join(text.split()[:6])


def _pieces(lines: Sequence[CheckLine]) -> list[_Piece]:
    """Cut where a sentence is torn: before small letters, and after a comma before a capital."""
    if not any(_is_torn(one, two) for one, two in pairwise(lines)):
        return []
    cuts = [0]
    for index, (one, two) in enumerate(pairwise(lines), 1):
        whole_lines = len(one.text) > _LONG and len(two.text) > _LONG
        broken_off = one.text.endswith(",") and two.text[:1].isupper()
        if whole_lines and (_small(two) or broken_off):
            cuts.append(index)
    cuts.append(len(lines))
    return [_piece(lines[a:b]) for a, b in pairwise(cuts)]


def _piece(lines: Sequence[CheckLine]) -> _Piece:
    numerals = (heading_numeral(line.text) for line in lines)
    return _Piece(lines[0], lines[-1], tuple(n for n in numerals if n is not None))


def _joins(one: _Piece, two: _Piece) -> bool:
    """A torn sentence goes on in small letters; an ended one is followed by a new one."""
    return one.opens == _small(two.first)


def _rises(pieces: Sequence[_Piece]) -> bool:
    sections = [n for piece in pieces for n in piece.sections]
    return all(a < b for a, b in pairwise(sections))
