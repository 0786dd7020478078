"""The place of a document that shows why it was found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from models.vietnamese import nfc
from pipeline.archive.words import UNKNOWN_SIGN, Term, aligned, tokens

_BEFORE: Final = 60
_SNIPPET: Final = 200
#: Characters of one page in which matches are marked: a text file may be one page of megabytes.
_LOOKED_AT: Final = 500_000

_BLANK: Final = re.compile(r"\s+")

Marks = tuple[tuple[int, int], ...]


def best_place(
    terms: Sequence[Term], places: Iterable[tuple[int | None, str]]
) -> tuple[int | None, str, Marks] | None:
    """(page, snippet, marks) of the first place with most of ``terms``; ``None``: none has any."""
    best: tuple[int | None, str, Marks] | None = None
    most = 0
    for page, place in places:
        spans = _spans(terms, nfc(place))
        seen = len({term for _, _, term in spans})
        if seen > most:
            most = seen
            best = (page, *cut(nfc(place), [(start, end) for start, end, _ in spans]))
        if most == len(terms):
            break
    return best


def _spans(terms: Sequence[Term], place: str) -> list[tuple[int, int, int]]:
    """(start, end, which term) of every match in ``place``, from left to right, none twice."""
    looked_at = place[:_LOOKED_AT]
    chars = aligned(looked_at)
    plain = UNKNOWN_SIGN not in chars and all(
        token.isascii() and token[0] != "0" for term in terms for token in term.tokens
    )
    spans = _by_letters(terms, chars) if plain else _by_tokens(terms, looked_at)
    merged: list[tuple[int, int, int]] = []
    for span in sorted(spans):
        if not merged or span[0] >= merged[-1][1]:
            merged.append(span)
    return merged


def _by_letters(terms: Sequence[Term], chars: str) -> Iterator[tuple[int, int, int]]:
    """Matches in a text that is aligned: ten times as quick as to take it apart into tokens."""
    for number, term in enumerate(terms):
        first = term.tokens[0]
        digits = first.isdigit()
        at = chars.find(first)
        while at >= 0:
            start = at
            while digits and start and chars[start - 1] == "0":
                start -= 1
            if (not start or not _same(chars[start - 1], digits)) and (
                end := _end(term, chars, at)
            ):
                yield start, end, number
            at = chars.find(first, at + 1)


def _same(char: str, digits: bool) -> bool:
    """Whether a character of an aligned text would go on a token of letters, or of digits."""
    return char.isdigit() if digits else char.isalpha()


def _end(term: Term, chars: str, at: int) -> int:
    """The end of the tokens of ``term``, of which the first begins at ``at``; 0: not all follow."""
    last = len(term.tokens) - 1
    length = len(chars)
    for number, token in enumerate(term.tokens):
        digits = token.isdigit()
        if number:
            while at < length and (chars[at] == " " or (digits and chars[at] == "0")):
                at += 1
        if not chars.startswith(token, at):
            return 0
        at += len(token)
        while at < length and _same(chars[at], digits):
            if number < last or not term.prefix:
                return 0
            at += 1
    return at


def _by_tokens(terms: Sequence[Term], place: str) -> Iterator[tuple[int, int, int]]:
    """Matches in any text."""
    found = list(tokens(place))
    words = [token.text for token in found]
    begins: dict[str, list[int]] = {}
    for number, term in enumerate(terms):
        if not _open_ended(term):
            begins.setdefault(term.tokens[0], []).append(number)
    starts = [
        (at, number)
        for at, word in enumerate(words)
        if word in begins
        for number in begins[word]
        if len(terms[number].tokens) == 1 or _goes_on(terms[number], words, at)
    ]
    for number, term in enumerate(terms):
        if _open_ended(term):
            beginning = term.tokens[0]
            starts += [(at, number) for at, word in enumerate(words) if word.startswith(beginning)]
    for at, number in starts:
        yield found[at].start, found[at + len(terms[number].tokens) - 1].end, number


def _open_ended(term: Term) -> bool:
    return term.prefix and len(term.tokens) == 1


def _goes_on(term: Term, words: Sequence[str], at: int) -> bool:
    """Whether the tokens of ``term`` behind its first follow each other behind ``at``."""
    *firsts, last = term.tokens
    there = words[at : at + len(term.tokens)]
    if len(there) < len(term.tokens) or there[:-1] != firsts:
        return False
    return there[-1].startswith(last) if term.prefix else there[-1] == last


def cut(place: str, spans: Sequence[tuple[int, int]]) -> tuple[str, Marks]:
    """About ``_SNIPPET`` characters of ``place`` where most of ``spans`` are, cut at blanks."""
    start = _best_start(spans)
    first = next((begin for begin, _ in spans if begin >= start), len(place))
    if start and not place[start - 1].isspace() and (gap := _BLANK.search(place, start, first)):
        start = gap.end()
    end = min(len(place), start + _SNIPPET)
    inside = [(s, e) for s, e in spans if start <= s and e <= max(end, start + _SNIPPET)]
    if end < len(place) and (blank := place.rfind(" ", start, end)) >= max(
        (e for _, e in inside), default=start
    ):
        end = blank
    lead = "…" if start else ""
    shown = re.sub(r"\s", " ", place[start:end])
    move = len(lead) - start
    return (
        lead + shown + ("…" if end < len(place) else ""),
        tuple((s + move, e + move) for s, e in inside),
    )


def _best_start(spans: Sequence[tuple[int, int]]) -> int:
    """Where the window begins that has most matches; the first of equals."""
    most, start, last = 0, 0, 0
    for number, (first, _) in enumerate(spans):
        last = max(last, number)
        begin = max(0, first - _BEFORE)
        while last < len(spans) and spans[last][1] <= begin + _SNIPPET:
            last += 1
        if last - number > most:
            most, start = last - number, begin
    return start
