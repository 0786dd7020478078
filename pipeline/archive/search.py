"""Search as Vietnamese users type.

The index answers by folded tokens, so marks, case, đ, the place of a tone and NFD never hide a
document. Of the documents that have every term these come first: the one whose number was asked
for, then those in which the words stand with the very marks that were typed, then by how often and
where the words stand.

Ranking looks at a bounded number of documents. Where no more than ``_POOL`` match, they are all
ranked. Where more do, the words are too common to tell documents apart by, and ranked are: those
under that number, the ``_TITLED`` archived last that have the words in number, type, subject and
names, and the ``_POOL`` archived last of all. What matches is never decided by this, only what
comes first; a filter, a phrase or a further word brings the others forward.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select

from models.vietnamese import nfc
from pipeline.archive import fulltext, paths
from pipeline.archive.conditions import conditions
from pipeline.archive.dialects import POSTGRESQL
from pipeline.archive.marks import MarkedText, MarkedWord
from pipeline.archive.narrowing import keys_around, keys_of
from pipeline.archive.rows import Filter, SearchHit
from pipeline.archive.schema import directives, pages, search_texts
from pipeline.archive.snippets import best_place, cut
from pipeline.archive.words import Question, Term, ask, fold_word

_POOL: Final = 100
_TITLED: Final = 50
#: So many keys that a filter's index has are put together before the texts are asked.
_AROUND: Final = 50_000
#: How often a word stands in the archive is counted up to here; beyond it is common.
_COMMON: Final = 1000
#: Characters of a document that ranking looks at, and of each page for its marks.
_RANKED_CHARACTERS: Final = 20_000
_IN_NUMBER: Final = 10.0
_IN_TITLE: Final = 4.0
#: The saturation and length constants of BM25.
_K1: Final = 1.2
_B: Final = 0.75


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: Any
    score: float
    numbered: bool
    marks: float

    @property
    def order(self) -> tuple[bool, float, float, str]:
        return (not self.numbered, -self.marks, -self.score, self.row.id)


def search(
    connection: Connection, query: str, limit: int, wanted: Filter | None = None
) -> list[SearchHit]:
    """The best ``limit`` documents that have every term of ``query`` and meet ``wanted``."""
    question = ask(query)
    if not question.terms or limit <= 0:
        return []
    keys, every = _keys(connection, question, max(_POOL, limit), wanted)
    ranked = _ranked(connection, question, keys, every)
    hits = ranked[:limit]
    names = paths.first_names(connection, (hit.row.content for hit in hits))
    return [_hit(connection, question, hit, names.get(hit.row.content, "")) for hit in hits]


def _keys(
    connection: Connection, question: Question, pool: int, wanted: Filter | None
) -> tuple[list[int], int | None]:
    """The documents to rank; in how many all terms stand, where that is known."""
    d = directives.c
    numbered = select(d.pk).where(d.number_key == question.number_key)
    if wanted is not None and wanted != Filter():
        numbered = numbered.where(_condition(connection, wanted))
    newest = newest_of(connection, wanted)
    by_number = connection.scalars(numbered.order_by(d.pk.desc()).limit(pool)).all()
    keys = newest(connection, question, pool)
    every = len(keys) if newest is fulltext.newest and len(keys) < pool else None
    if len(keys) == pool:
        keys += newest(connection, question, _TITLED, titled=True)
    return list({*by_number, *keys}), every


def newest_of(connection: Connection, wanted: Filter | None) -> Callable[..., list[int]]:
    """:func:`pipeline.archive.fulltext.newest`, of the documents that ``wanted`` names."""
    if wanted is None or wanted == Filter():
        return fulltext.newest
    few = keys_of(connection, wanted)
    if few is not None:
        return partial(fulltext.newest_of, among=few)
    around = keys_around(connection, wanted, _AROUND)
    return partial(fulltext.newest, where=_condition(connection, wanted), within=around)


def _condition(connection: Connection, wanted: Filter) -> ColumnElement[bool]:
    return conditions(wanted, indexed=connection.dialect.name == POSTGRESQL)


# -- ranking -------------------------------------------------------------------------------------


def _ranked(
    connection: Connection, question: Question, keys: Sequence[int], every: int | None
) -> list[_Candidate]:
    d, s = directives.c, search_texts.c
    rows = connection.execute(
        select(
            d.pk, d.id, d.number, d.number_key, d.issued, d.issuer, d.doc_type, d.subject,
            d.campaign_name, paths.CONTENT, s.number.label("number_tokens"),
            s.title, func.substr(s.body, 1, _RANKED_CHARACTERS).label("body"),
        )
        .join_from(directives, search_texts, s.pk == d.pk)
        .where(d.pk.in_(keys))
    ).all()  # fmt: skip
    weights = [1.0] * len(question.terms)
    if len(rows) > 1:
        weights = _weights(connection, question.terms, every)
    weighed = [(term.spelled, weight) for term, weight in zip(question.terms, weights, strict=True)]
    average = sum(len(row.body) for row in rows) / max(1, len(rows)) or 1.0
    marks = _marks(connection, question, rows) if len(rows) > 1 else {}
    return sorted(
        (
            _Candidate(
                row,
                _relevance(weighed, row, average),
                bool(row.number_key) and row.number_key == question.number_key,
                marks.get(row.pk, 0.0),
            )
            for row in rows
        ),
        key=lambda candidate: candidate.order,
    )


def _weights(connection: Connection, terms: Sequence[Term], every: int | None) -> list[float]:
    """How much each term tells, as in BM25: rare words more than common ones.

    ``every``: in how many documents all of them stand, where that is known.
    """
    total = (connection.scalar(select(func.max(directives.c.pk))) or 0) + 1
    if every is not None and len(terms) == 1:
        often = [min(every, _COMMON)]  # the index is not gone through again
    else:
        often = fulltext.frequencies(connection, terms, _COMMON)
    return [math.log(1 + total / (1 + count)) for count in often]


def _relevance(weighed: Sequence[tuple[str, float]], row: Any, average: float) -> float:
    number, title, body = f" {row.number_tokens} ", f" {row.title} ", f" {row.body} "
    short = _K1 * (1 - _B + _B * len(row.body) / average)
    score = 0.0
    for words, weight in weighed:
        often = body.count(words)
        part = often * (_K1 + 1) / (often + short)
        if words in title:
            part += _IN_TITLE
        if words in number:
            part += _IN_NUMBER
        score += weight * part
    return score


def _marks(connection: Connection, question: Question, rows: Sequence[Any]) -> dict[int, float]:
    """How well the marks that were typed agree with each document's, 0 to 1."""
    words = [
        MarkedWord(word, open_end=term.prefix and fold_word(word) == term.tokens[-1])
        for term in question.terms
        for word in term.marked
    ]
    if not words:
        return {}
    texts = {row.pk: _record_texts(row) for row in rows}
    shown = select(pages.c.directive_pk, func.substr(pages.c.text, 1, _RANKED_CHARACTERS))
    for key, page_text in connection.execute(shown.where(pages.c.directive_pk.in_(list(texts)))):
        texts[key].append(nfc(page_text))
    wholes = ((key, MarkedText("\n".join(parts).lower())) for key, parts in texts.items())
    return {key: sum(word.best(whole) for word in words) / len(words) for key, whole in wholes}


def _record_texts(row: Any) -> list[str]:
    """Where words are looked for that stand on no page, in the order of preference."""
    fields = (row.subject, row.number, row.issuer, row.doc_type, row.campaign_name)
    return [nfc(field) for field in fields if field]


# -- hits ----------------------------------------------------------------------------------------


def _hit(connection: Connection, question: Question, candidate: _Candidate, path: str) -> SearchHit:
    row = candidate.row
    place = best_place(question.terms, _places(connection, row))
    page, shown, found = place or (None, *cut(next(iter(_record_texts(row)), ""), []))
    return SearchHit(
        id=row.id,
        number=row.number,
        issued=row.issued,
        issuer=row.issuer,
        doc_type=row.doc_type,
        subject=row.subject,
        path=path,
        page=page,
        snippet=shown,
        marks=found,
        score=round(candidate.score, 6),
    )


def _places(connection: Connection, row: Any) -> Iterator[tuple[int | None, str]]:
    of_this = select(pages.c.page, pages.c.text).where(pages.c.directive_pk == row.pk)
    yield from ((row.page, row.text) for row in connection.execute(of_this.order_by(pages.c.page)))
    for field in _record_texts(row):
        yield None, field
