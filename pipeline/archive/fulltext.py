"""The search index in the language of each database: FTS5 in SQLite, tsvector in PostgreSQL.

Both answer the same: a document is found where every term stands in it, a term being tokens that
follow each other in its number, its title or its body. FTS5 does that by itself (see ``fts5``). In
PostgreSQL the index narrows the documents down by single tokens, and the order of a term's tokens
is looked up in the text that was indexed: a tsvector forgets positions past 16,383, and the 257th
of a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    TextClause,
    bindparam,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from pipeline.archive import fts5
from pipeline.archive.dialects import POSTGRESQL, TOKEN_CHARACTERS
from pipeline.archive.schema import directives
from pipeline.archive.words import Question, Term

#: So many tokens of a question are looked up in the index; the text is asked for the others.
_LOOKED_UP: Final = 64
#: So few directives are read in SQLite, whatever is asked for.
_READ: Final = 100
#: How often all terms stand together is counted up to here, and taken to go on like that.
_COUNTED: Final = 5_000
#: So many documents are passed in the index while one is read.
_AS_QUICK: Final = 200


class contains(ColumnElement[bool]):  # noqa: N801 - reads as the function it is used as
    """A condition on ``directives``: it has every term of ``question``.

    ``titled``: in its number, type, subject and names alone.
    """

    inherit_cache = False
    type = Boolean()

    def __init__(self, question: Question, *, titled: bool = False) -> None:
        self.question = question
        self.titled = titled


@compiles(contains, "sqlite")
def _in_sqlite(element: contains, compiler: SQLCompiler, **more: Any) -> str:
    index = "directive_fts_titles" if element.titled else "directive_fts"
    keys_: Select[Any] = select(literal_column("rowid")).select_from(text(index))
    same = literal_column("directives.pk").in_(keys_.where(fts5.found(index, element.question)))
    return compiler.process(same, **more)


@compiles(contains, POSTGRESQL)
def _in_postgresql(element: contains, compiler: SQLCompiler, **more: Any) -> str:
    condition, values = _condition(element.question, titled=element.titled)
    clause = text(f"EXISTS (SELECT 1 {_FROM} WHERE f.pk = directives.pk AND {condition})")
    return compiler.process(_bound(clause, values), **more)


def _bound(clause: TextClause, values: dict[str, Any]) -> TextClause:
    return clause.bindparams(
        *(bindparam(name, value, unique=True) for name, value in values.items())
    )


def newest(
    connection: Connection,
    question: Question,
    limit: int,
    *,
    titled: bool = False,
    where: ColumnElement[bool] | None = None,
    within: Select[Any] | None = None,
) -> list[int]:
    """Keys of the directives that were archived last and have every term, last first.

    ``titled``: in their number, type, subject and names alone. ``where`` is a condition on
    ``directives`` that many of them meet: it is tried on one after the other. ``within`` are keys
    among which, in SQLite, all that meet it are.
    """
    if connection.dialect.name != POSTGRESQL:
        return fts5.newest(connection, question, limit, titled=titled, where=where, within=within)
    d = directives.c
    query = select(d.pk).where(contains(question, titled=titled))
    query = query if where is None else query.where(where)
    return list(connection.scalars(query.order_by(d.pk.desc()).limit(limit)))


def newest_of(
    connection: Connection,
    question: Question,
    limit: int,
    among: Sequence[int],
    *,
    titled: bool = False,
) -> list[int]:
    """As :func:`newest`, of the directives with the keys ``among``, some thousands at most."""
    if connection.dialect.name == POSTGRESQL:
        d = directives.c
        return newest(connection, question, limit, titled=titled, where=d.pk.in_(among))
    read = len(among)
    if read > _READ:
        found, last = fts5.frequency(connection, question, _COUNTED)
        total = (connection.scalar(select(func.max(directives.c.pk))) or 0) + 1
        share = max(found, 1) / (total - last if found == _COUNTED else total)
        read = min(read, round(limit / share))
        matched = min(round(share * total), round(limit * total / len(among)))
        if matched < _AS_QUICK * read:
            return fts5.newest_of(connection, question, limit, among, titled=titled)
    return fts5.read_of(connection, question, limit, among, titled=titled)


def keys(question: Question) -> Select[Any]:
    """Keys of the directives that have every term, in SQLite."""
    return fts5.keys(question)


def frequency(connection: Connection, term: Term, most: int) -> int:
    """In how many directives a term stands; counting stops at ``most``."""
    if connection.dialect.name != POSTGRESQL:
        return fts5.frequency(connection, Question((term,)), most)[0]
    some = select(directives.c.pk).where(contains(Question((term,)))).limit(most).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


# -- PostgreSQL ----------------------------------------------------------------------------------

_FROM: Final = "FROM directive_fts AS f JOIN search_texts AS s ON s.pk = f.pk"
_COLUMNS: Final = ("number", "title", "body")
#: The weights under which number and title stand in the vector.
_TITLED: Final = "AB"


def _condition(question: Question, *, titled: bool) -> tuple[str, dict[str, Any]]:
    """SQL over ``f`` and ``s``, and its parameters."""
    columns = _COLUMNS[:2] if titled else _COLUMNS
    lexemes = _lexemes(question, titled=titled)
    looked_up = set(lexemes[:_LOOKED_UP])
    values: dict[str, Any] = {"all_tokens": " & ".join(lexemes[:_LOOKED_UP])}
    indexed = "f.vector @@ CAST(:all_tokens AS tsquery)"
    certain: list[str] = []  # must hold for all
    rest: list[str] = []  # must hold where the index does not know all words
    for number, term in enumerate(question.terms):
        name = f"term_{number}"
        values[name] = term.spelled
        within = " OR ".join(f"strpos(' ' || s.{c} || ' ', :{name}) > 0" for c in columns)
        known = len(term.tokens) == 1 and set(_lexemes_of(term, titled=titled)) <= looked_up
        known = known and len(term.tokens[0]) < TOKEN_CHARACTERS
        (rest if known else certain).append(f"({within})")
    every = " AND ".join(["TRUE", *certain])
    others = " AND ".join(["f.cut", *rest])
    return f"({indexed} OR ({others})) AND {every}", values


def _lexemes(question: Question, *, titled: bool) -> list[str]:
    """The tokens of a question as a tsquery spells them, each once."""
    every = (word for term in question.terms for word in _lexemes_of(term, titled=titled))
    return list(dict.fromkeys(every))


def _lexemes_of(term: Term, *, titled: bool) -> Iterator[str]:
    for number, token in enumerate(term.tokens, start=1):
        quoted = token[:TOKEN_CHARACTERS].replace("\\", "\\\\").replace("'", "''")
        open_end = "*" if term.prefix and number == len(term.tokens) else ""
        marks = open_end + (_TITLED if titled else "")
        yield f"'{quoted}'" + (f":{marks}" if marks else "")
