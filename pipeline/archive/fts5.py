"""What search asks of SQLite's full-text index; no other module speaks its language.

Every question here stops early: it reads as much of the index as it needs for so many answers,
never all places of a common word. FTS5's own ranking (bm25) does the opposite, for it first counts
every document that has each word, and so is not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, exists, select, text

from pipeline.archive.dialects import POSTGRESQL
from pipeline.archive.schema import directives
from pipeline.archive.words import Question, Term


def match(question: Question, *, titled: bool = False) -> str:
    """``question`` in FTS5's language; ``titled``: in number, type, subject and names alone."""
    return f"{{number title}} : ({question.match})" if titled else question.match


def newest(
    connection: Connection,
    question: Question,
    limit: int,
    *,
    titled: bool = False,
    where: ColumnElement[bool] | None = None,
) -> list[int]:
    """See :func:`pipeline.archive.fulltext.newest`."""
    query = (
        select(text("directive_fts.rowid"))
        .select_from(text("directive_fts"))
        .where(text("directive_fts MATCH :match"))
        .order_by(text("directive_fts.rowid DESC"))
        .limit(limit)
    )
    if where is not None:
        same = directives.c.pk == text("directive_fts.rowid")
        query = query.where(exists(select(directives.c.pk).where(same, where)))
    return list(connection.scalars(query, {"match": match(question, titled=titled)}))


def among(connection: Connection, question: Question, keys: Sequence[int]) -> list[int]:
    """Those of a few ``keys`` whose directives have every term."""
    query = text(
        "SELECT rowid FROM directive_fts WHERE directive_fts MATCH :match AND rowid IN :keys"
    ).bindparams(bindparam("keys", expanding=True))
    return list(connection.scalars(query, {"match": question.match, "keys": list(keys)}))


def frequency(connection: Connection, term: Term, most: int) -> int:
    """In how many directives a term stands; counting stops at ``most``."""
    query = text(
        "SELECT count(*) FROM (SELECT rowid FROM directive_fts "
        "WHERE directive_fts MATCH :match LIMIT :most)"
    )
    return connection.scalar(query, {"match": term.match, "most": most}) or 0


@contextmanager
def told_at_once(connection: Connection, *, after: int, wanted: bool = True) -> Iterator[None]:
    """Rows put into ``search_texts`` inside are indexed at the end, all of them together.

    Told of one row, FTS5 writes a segment of the index for it and merges it with others later;
    told of many it writes few, in a third of the time. Nobody outside of the transaction sees
    texts without their index. Rows that were there before ``after`` (the last of their keys) must
    not be touched. PostgreSQL's index is kept by its own trigger.
    """
    found = None
    if wanted and connection.dialect.name != POSTGRESQL:
        trigger = text("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = :name")
        found = connection.scalar(trigger, {"name": _TELLS})
    if found is None:
        yield
        return
    connection.exec_driver_sql(f"DROP TRIGGER {_TELLS}")
    yield
    tell = text(
        "INSERT INTO directive_fts(rowid, number, title, body) "
        "SELECT pk, number, title, body FROM search_texts WHERE pk > :after ORDER BY pk"
    )
    connection.execute(tell, {"after": after})
    connection.exec_driver_sql(found)


#: The trigger that tells the index of a new row.
_TELLS: Final = "search_texts_added"
