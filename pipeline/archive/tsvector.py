"""What search asks of PostgreSQL's full-text index; no other module speaks its language.

The index narrows the documents down by single tokens, and the order of a term's tokens is looked up
in the text that was indexed: a tsvector forgets positions past 16,383, and the 257th of a word. Of
a document with too many different words the vector has some (``cut``), and the text is asked.

Each condition is written so that the planner can find it in the index whole and need not look at a
vector, which is the dear part: what is asked beside the index stands under ``AND``, never under
``OR``, and a text is asked by a scalar subquery, which is no join that could be done first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, TextClause, bindparam, text

from pipeline.archive.dialects import TOKEN_CHARACTERS
from pipeline.archive.words import Question, Term

#: So many tokens of a question are looked up in the index; the text is asked for the others.
_LOOKED_UP: Final = 64
_COLUMNS: Final = ("number", "title", "body")


def keys(question: Question, *, titled: bool = False) -> TextClause:
    """Keys of the directives that have every term; in number, type, subject and names alone."""
    return _bound(*_keys(question, titled=titled))


def newest(
    connection: Connection, question: Question, limit: int, *, titled: bool = False
) -> list[int]:
    """Keys of the directives that were archived last and have every term, last first."""
    query, values = _keys(question, titled=titled)
    query += f" ORDER BY pk DESC LIMIT {int(limit)}"
    return list(connection.scalars(text(query), values))


def frequencies(connection: Connection, terms: Sequence[Term], most: int) -> list[int]:
    """In how many directives each term stands; counting stops at ``most``."""
    if not terms:
        return []
    counts: list[str] = []
    every: dict[str, str] = {}
    for number, term in enumerate(terms):
        query, values = _keys(Question((term,)), name=f"t{number}")
        counts.append(f"(SELECT count(*) FROM ({query} LIMIT {int(most)}) AS found)")  # noqa: S608 - our own names
        every |= values
    return list(connection.execute(text(f"SELECT {', '.join(counts)}"), every).one())


def _bound(query: str, values: dict[str, str]) -> TextClause:
    return text(query).bindparams(
        *(bindparam(name, value, unique=True) for name, value in values.items())
    )


def _keys(
    question: Question, *, titled: bool = False, name: str = "t"
) -> tuple[str, dict[str, str]]:
    """A statement, and its parameters, whose names begin with ``name``."""
    every = (word for term in question.terms for word in _lexemes(term))
    looked_up = list(dict.fromkeys(every))[:_LOOKED_UP]
    values = {f"{name}_tokens": " & ".join(looked_up)}
    always: list[str] = []  # what must hold of ``s``, for the index cannot tell
    where_cut: list[str] = []  # and where the index does not know every word
    for number, term in enumerate(question.terms):
        known = len(term.tokens) == 1 and set(_lexemes(term)) <= set(looked_up)
        known = known and len(term.tokens[0]) < TOKEN_CHARACTERS
        if not (known and titled):
            values[f"{name}_{number}"] = term.spelled
            (where_cut if known else always).append(_within(f":{name}_{number}", titled=titled))
    if titled:
        found = f"directive_titles(s.number, s.title) @@ CAST(:{name}_tokens AS tsquery)"
        where = " AND ".join((found, *always))
        return f"SELECT s.pk FROM search_texts AS s WHERE {where}", values  # noqa: S608 - our own names
    where = f"(f.vector @@ CAST(:{name}_tokens AS tsquery) OR f.cut)"
    if where_cut:
        where += f" AND (NOT f.cut OR {_in_text(where_cut)})"
    if always:
        where += f" AND {_in_text(always)}"
    return f"SELECT f.pk FROM directive_fts AS f WHERE {where}", values  # noqa: S608 - our own names


def _within(term: str, *, titled: bool) -> str:
    """That a term stands in one of the columns of ``s``."""
    columns = _COLUMNS[:2] if titled else _COLUMNS
    return "(" + " OR ".join(f"strpos(' ' || s.{c} || ' ', {term}) > 0" for c in columns) + ")"


def _in_text(conditions: Sequence[str]) -> str:
    where = " AND ".join(conditions)
    return f"(SELECT {where} FROM search_texts AS s WHERE s.pk = f.pk)"  # noqa: S608 - our own names


def _lexemes(term: Term) -> Iterator[str]:
    """The tokens of a term as a tsquery spells them."""
    for number, token in enumerate(term.tokens, start=1):
        quoted = token[:TOKEN_CHARACTERS].replace("\\", "\\\\").replace("'", "''")
        open_end = ":*" if term.prefix and number == len(term.tokens) else ""
        yield f"'{quoted}'{open_end}"
