"""The search index in the language of each database: FTS5 in SQLite, tsvector in PostgreSQL.

Both answer the same: a document is found where every term stands in it, a term being tokens that
follow each other in its number, its title or its body. FTS5 does that by itself. In PostgreSQL the
index narrows the documents down by single tokens, and the order of a term's tokens is looked up in
the text that was indexed: a tsvector forgets positions past 16,383, and the 257th of a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, Connection, TextClause, bindparam, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from pipeline.archive.dialects import POSTGRESQL, TOKEN_CHARACTERS
from pipeline.archive.words import Question, Term

#: A word in the number weighs most, then in type, subject and names, then in the text.
_RANKED_SQLITE: Final = text(
    "SELECT rowid AS pk, -bm25(directive_fts, 10.0, 4.0, 1.0) AS score FROM directive_fts "
    "WHERE directive_fts MATCH :match ORDER BY score DESC, rowid LIMIT :pool"
)
#: So many tokens of a question are looked up in the index; the text is asked for the others.
_LOOKED_UP: Final = 64


def ranked(connection: Connection, question: Question, pool: int) -> dict[int, float]:
    """The best ``pool`` documents (by pk) that have every term of ``question``, with scores."""
    if connection.dialect.name == POSTGRESQL:
        statement, values = _ranked_postgresql(question, pool)
    else:
        statement, values = _RANKED_SQLITE, {"match": question.match, "pool": pool}
    return {row.pk: float(row.score) for row in connection.execute(statement, values)}


class Found(ColumnElement[bool]):
    """Whether every term of ``question`` is in a document, inside a query over ``directives``."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, question: Question) -> None:
        self.question = question


@compiles(Found, "sqlite")
def _in_sqlite(element: Found, compiler: SQLCompiler, **more: Any) -> str:
    clause = text(
        "directives.pk IN (SELECT rowid FROM directive_fts WHERE directive_fts MATCH :match)"
    )
    return compiler.process(_bound(clause, {"match": element.question.match}), **more)


@compiles(Found, POSTGRESQL)
def _in_postgresql(element: Found, compiler: SQLCompiler, **more: Any) -> str:
    condition, values = _condition(element.question)
    clause = text(f"directives.pk IN (SELECT f.pk {_FROM} WHERE {condition})")
    return compiler.process(_bound(clause, values), **more)


def _bound(clause: TextClause, values: dict[str, Any]) -> TextClause:
    return clause.bindparams(
        *(bindparam(name, value, unique=True) for name, value in values.items())
    )


# -- PostgreSQL ----------------------------------------------------------------------------------

_FROM: Final = "FROM directive_fts AS f JOIN search_texts AS s ON s.pk = f.pk"
_COLUMNS: Final = ("number", "title", "body")


def _ranked_postgresql(question: Question, pool: int) -> tuple[TextClause, dict[str, Any]]:
    condition, values = _condition(question)
    # Weights of D, C, B, A, in the proportion 10 : 4 : 1 as in SQLite; 1: long documents count a
    # little less. Every term is there, so it is what each adds that ranks: hence the "or".
    score = "ts_rank('{0.1, 0.1, 0.4, 1.0}', f.vector, CAST(:any_token AS tsquery), 1)"
    statement = text(
        f"SELECT f.pk, {score} AS score {_FROM} WHERE {condition} "
        "ORDER BY score DESC, f.pk LIMIT :pool"
    )
    any_token = " | ".join(_lexemes(question)[:_LOOKED_UP])
    return statement, values | {"any_token": any_token, "pool": pool}


def _condition(question: Question) -> tuple[str, dict[str, Any]]:
    """SQL over ``f`` and ``s``, and its parameters."""
    lexemes = _lexemes(question)
    looked_up = set(lexemes[:_LOOKED_UP])
    values: dict[str, Any] = {"all_tokens": " & ".join(lexemes[:_LOOKED_UP])}
    indexed = "f.vector @@ CAST(:all_tokens AS tsquery)"
    certain: list[str] = []  # must hold for all
    rest: list[str] = []  # must hold where the index does not know all words
    for number, term in enumerate(question.terms):
        name = f"term_{number}"
        values[name] = " " + " ".join(term.tokens) + ("" if term.prefix else " ")
        within = " OR ".join(f"strpos(' ' || s.{c} || ' ', :{name}) > 0" for c in _COLUMNS)
        known = len(term.tokens) == 1 and set(_lexemes_of(term)) <= looked_up
        known = known and len(term.tokens[0]) < TOKEN_CHARACTERS
        (rest if known else certain).append(f"({within})")
    every = " AND ".join(["TRUE", *certain])
    others = " AND ".join(["f.cut", *rest])
    return f"({indexed} OR ({others})) AND {every}", values


def _lexemes(question: Question) -> list[str]:
    """The tokens of a question as a tsquery spells them, each once."""
    return list(dict.fromkeys(word for term in question.terms for word in _lexemes_of(term)))


def _lexemes_of(term: Term) -> Iterator[str]:
    for number, token in enumerate(term.tokens, start=1):
        quoted = token[:TOKEN_CHARACTERS].replace("\\", "\\\\").replace("'", "''")
        yield f"'{quoted}'" + (":*" if term.prefix and number == len(term.tokens) else "")
