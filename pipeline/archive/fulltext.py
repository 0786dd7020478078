"""The search index in the language of each database: FTS5 in SQLite, tsvector in PostgreSQL.

Both answer the same: a document is found where every term stands in it, a term being tokens that
follow each other in its number, its title or its body. See ``fts5`` and ``tsvector``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from pipeline.archive import fts5, tsvector
from pipeline.archive.dialects import POSTGRESQL
from pipeline.archive.schema import directives
from pipeline.archive.words import Question, Term

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
    found = compiler.process(tsvector.keys(element.question, titled=element.titled), **more)
    return f"directives.pk IN ({found})"


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
    if where is None:
        return tsvector.newest(connection, question, limit, titled=titled)
    d = directives.c
    query = select(d.pk).where(contains(question, titled=titled), where)
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
        found, last = fts5.frequency(connection, question, _COUNTED, titled=titled)
        if not found:
            return []
        total = (connection.scalar(select(func.max(directives.c.pk))) or 0) + 1
        share = found / (total - last if found == _COUNTED else total)
        read = min(read, round(limit / share))
        matched = min(round(share * total), round(limit * total / len(among)))
        if matched < _AS_QUICK * read:
            return fts5.newest_of(connection, question, limit, among, titled=titled)
    return fts5.read_of(connection, question, limit, among, titled=titled)


def keys(question: Question) -> Select[Any]:
    """Keys of the directives that have every term, in SQLite."""
    return fts5.keys(question)


def frequencies(connection: Connection, terms: Sequence[Term], most: int) -> list[int]:
    """In how many directives each term stands; counting stops at ``most``."""
    if connection.dialect.name == POSTGRESQL:
        return tsvector.frequencies(connection, terms, most)
    return [fts5.frequency(connection, Question((term,)), most)[0] for term in terms]
