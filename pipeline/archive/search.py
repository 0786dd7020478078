"""Search as Vietnamese users type.

The index answers by folded tokens, so marks, case, đ, the place of a tone and NFD never hide a
document. What was typed with marks then ranks: of the best candidates those come first in whose
text the words stand with those very marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from models.vietnamese import nfc
from pipeline.archive import paths
from pipeline.archive.fulltext import ranked
from pipeline.archive.rows import SearchHit
from pipeline.archive.schema import directives, pages
from pipeline.archive.words import Question, Term, Token, ask, spellings, tokens

#: So many candidates are read to see their marks; documents ranked below are not looked at.
_POOL: Final = 200
_BEFORE: Final = 60
_SNIPPET: Final = 200
#: Characters of one page in which matches are marked: a text file may be one page of megabytes.
_LOOKED_AT: Final = 500_000


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: Any
    score: float
    numbered: bool
    marks: float

    @property
    def order(self) -> tuple[bool, float, float, str]:
        return (not self.numbered, -self.marks, -self.score, self.row.id)


def search(connection: Connection, query: str, limit: int) -> list[SearchHit]:
    """The best ``limit`` documents that have every term of ``query``."""
    question = ask(query)
    if not question.terms or limit <= 0:
        return []
    ranks = ranked(connection, question, max(_POOL, limit))
    by_number = directives.c.number_key == question.number_key
    for pk in connection.scalars(select(directives.c.pk).where(by_number).limit(limit)):
        ranks.setdefault(pk, 0.0)
    candidates = _candidates(connection, question, ranks)
    return [_hit(connection, question, c) for c in candidates[:limit]]


def _candidates(
    connection: Connection, question: Question, ranks: dict[int, float]
) -> list[_Candidate]:
    d = directives.c
    rows = connection.execute(
        select(
            d.pk, d.id, d.number, d.number_key, d.issued, d.issuer, d.doc_type, d.subject,
            d.campaign_name, paths.first_name().label("path"),
        ).where(d.pk.in_(list(ranks)))
    ).all()  # fmt: skip
    patterns = [_with_marks(word) for word in question.marked]
    texts = _texts(connection, list(ranks)) if patterns else {}
    candidates = []
    for row in rows:
        whole = "\n".join([*_record_texts(row), *texts.get(row.pk, [])]).lower()
        share = sum(bool(p.search(whole)) for p in patterns) / len(patterns) if patterns else 0.0
        numbered = bool(row.number_key) and row.number_key == question.number_key
        candidates.append(_Candidate(row, ranks[row.pk], numbered, share))
    return sorted(candidates, key=lambda candidate: candidate.order)


def _with_marks(word: str) -> re.Pattern[str]:
    either = "|".join(map(re.escape, spellings(word)))
    return re.compile(rf"(?<!\w)(?:{either})")


def _texts(connection: Connection, pks: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = connection.execute(
        select(pages.c.directive_pk, pages.c.text).where(pages.c.directive_pk.in_(pks))
    )
    for pk, page_text in rows:
        found.setdefault(pk, []).append(nfc(page_text))
    return found


def _record_texts(row: Any) -> list[str]:
    """Where words are looked for that stand on no page, in the order of preference."""
    fields = (row.subject, row.number, row.issuer, row.doc_type, row.campaign_name)
    return [nfc(field) for field in fields if field]


# -- the place that shows why --------------------------------------------------------------------


def _hit(connection: Connection, question: Question, candidate: _Candidate) -> SearchHit:
    row = candidate.row
    page: int | None = None
    shown, best = "", 0
    found: tuple[tuple[int, int], ...] = ()
    for number, place in _places(connection, row):
        spans = _spans(question.terms, place)
        seen = len({term for _, _, term in spans})
        if seen > best:
            page, best = number, seen
            shown, found = _cut(place, [(start, end) for start, end, _ in spans])
        if best == len(question.terms):
            break
    if not best:
        shown, found = _cut(next(iter(_record_texts(row)), ""), [])
    return SearchHit(
        id=row.id,
        number=row.number,
        issued=row.issued,
        issuer=row.issuer,
        doc_type=row.doc_type,
        subject=row.subject,
        path=row.path,
        page=page,
        snippet=shown,
        marks=found,
        score=round(candidate.score, 6),
    )


def _places(connection: Connection, row: Any) -> Iterator[tuple[int | None, str]]:
    of_this = select(pages.c.page, pages.c.text).where(pages.c.directive_pk == row.pk)
    for number, page_text in connection.execute(of_this.order_by(pages.c.page)):
        yield number, nfc(page_text)
    for field in _record_texts(row):
        yield None, field


def _spans(terms: Sequence[Term], place: str) -> list[tuple[int, int, int]]:
    """(start, end, which term) of every match in ``place``, from left to right, none twice."""
    found = list(tokens(place[:_LOOKED_AT]))
    spans = [
        (found[i].start, found[i + len(term.tokens) - 1].end, number)
        for i in range(len(found))
        for number, term in enumerate(terms)
        if _matches(term, found, i)
    ]
    merged: list[tuple[int, int, int]] = []
    for span in sorted(spans):
        if not merged or span[0] >= merged[-1][1]:
            merged.append(span)
    return merged


def _matches(term: Term, found: Sequence[Token], at: int) -> bool:
    *firsts, last = term.tokens
    if at + len(term.tokens) > len(found):
        return False
    if any(found[at + i].text != token for i, token in enumerate(firsts)):
        return False
    there = found[at + len(firsts)].text
    return there.startswith(last) if term.prefix else there == last


def _cut(place: str, spans: Sequence[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """About ``_SNIPPET`` characters of ``place`` where most of ``spans`` are, cut at blanks."""
    start = _best_start(spans)
    if start and (blank := place.find(" ", start)) != -1 and (not spans or blank < spans[0][0]):
        start = blank + 1
    end = min(len(place), start + _SNIPPET)
    inside = [(s, e) for s, e in spans if start <= s and e <= max(end, start + _SNIPPET)]
    if end < len(place) and (blank := place.rfind(" ", start, end)) > max(
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
