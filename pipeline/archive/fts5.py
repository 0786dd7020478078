"""What search asks of SQLite's full-text index; no other module speaks its language.

Every question here stops early: it reads as much of the index as it needs for so many answers,
never all places of a common word. FTS5's own ranking (bm25) does the opposite, for it first counts
every document that has each word, and so is not used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    exists,
    literal_column,
    select,
    text,
)

from pipeline.archive.dialects import POSTGRESQL
from pipeline.archive.schema import directives
from pipeline.archive.words import Question

#: The index of everything, and that of numbers, types, subjects and names alone.
_WHOLE: Final = "directive_fts"
_TITLES: Final = "directive_fts_titles"


def match(question: Question) -> str:
    """``question`` in FTS5's language."""
    return question.match


def keys(question: Question) -> Select[Any]:
    """Keys of the directives that have every term."""
    found = text("directive_fts MATCH :match").bindparams(
        bindparam("match", match(question), unique=True)
    )
    return select(literal_column("directive_fts.rowid", Integer).label("pk")).select_from(
        text(_WHOLE)
    ).where(found)  # fmt: skip


def newest(
    connection: Connection,
    question: Question,
    limit: int,
    *,
    titled: bool = False,
    where: ColumnElement[bool] | None = None,
    within: Select[Any] | None = None,
) -> list[int]:
    """See :func:`pipeline.archive.fulltext.newest`."""
    index = _TITLES if titled else _WHOLE
    query = (
        select(text(f"{index}.rowid"))
        .select_from(text(index))
        .where(text(f"{index} MATCH :match"))
        .order_by(text(f"{index}.rowid DESC"))
        .limit(limit)
    )
    if within is not None:
        # The plus keeps SQLite from asking the index once for each key.
        query = query.where(literal_column(f"+{index}.rowid", Integer).in_(within))
    if where is not None:
        same = directives.c.pk == text(f"{index}.rowid")
        query = query.where(exists(select(directives.c.pk).where(same, where)))
    return list(connection.scalars(query, {"match": match(question)}))


def newest_of(
    connection: Connection, question: Question, limit: int, among: Sequence[int], *, titled: bool
) -> list[int]:
    """As :func:`newest`, of the directives with these keys.

    Many of them: each document that matches is looked for among them, last first.
    """
    index = _TITLES if titled else _WHOLE
    # The plus keeps SQLite from asking the index once for each key.
    query = text(
        f"SELECT rowid FROM {index} WHERE {index} MATCH :match "  # noqa: S608 - our own names
        "AND +rowid IN (SELECT value FROM json_each(:keys)) ORDER BY rowid DESC LIMIT :limit"
    )
    values = {"match": match(question), "keys": json.dumps(list(among)), "limit": limit}
    return list(connection.scalars(query, values))


def read_of(
    connection: Connection, question: Question, limit: int, among: Sequence[int], *, titled: bool
) -> list[int]:
    """As :func:`newest_of`, by reading the text of each directive from the last on.

    For a few, or where most have every term.
    """
    columns = ("number", "title") if titled else ("number", "title", "body")
    values: dict[str, Any] = {"keys": json.dumps(list(among)), "limit": limit}
    every = []
    for number, term in enumerate(question.terms):
        values[f"term_{number}"] = term.spelled
        places = (f"instr(' ' || {column} || ' ', :term_{number})" for column in columns)
        every.append(f"({' OR '.join(places)})")
    query = text(
        "SELECT pk FROM search_texts WHERE pk IN (SELECT value FROM json_each(:keys)) "  # noqa: S608 - our own names
        f"AND {' AND '.join(every)} ORDER BY pk DESC LIMIT :limit"
    )
    return list(connection.scalars(query, values))


def frequency(connection: Connection, question: Question, most: int) -> tuple[int, int]:
    """In how many directives all terms stand, counted from the last on, and the key of the last.

    Counting stops at ``most``.
    """
    query = text(
        "SELECT count(*), min(rowid) FROM (SELECT rowid FROM directive_fts "
        "WHERE directive_fts MATCH :match ORDER BY rowid DESC LIMIT :most)"
    )
    found, last = connection.execute(query, {"match": match(question), "most": most}).one()
    return found, last or 0


@contextmanager
def told_at_once(connection: Connection, *, after: int, wanted: bool = True) -> Iterator[None]:
    """Rows put into ``search_texts`` inside are indexed at the end, all of them together.

    Told of one row, FTS5 writes a segment of the index for it and merges it with others later;
    told of many it writes few, in a third of the time. Nobody outside of the transaction sees
    texts without their index. Rows that were there before ``after`` (the last of their keys) must
    not be touched. PostgreSQL's index is kept by its own trigger.
    """
    if not wanted or connection.dialect.name == POSTGRESQL:
        yield
        return
    made = {}
    for index, columns, name in _TELLING:
        trigger = text("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = :name")
        if (found := connection.scalar(trigger, {"name": name})) is not None:
            made[index, columns] = found
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for (index, columns), trigger in made.items():
        tell = text(
            f"INSERT INTO {index}(rowid, {columns}) "  # noqa: S608 - our own names
            f"SELECT pk, {columns} FROM search_texts WHERE pk > :after ORDER BY pk"
        )
        connection.execute(tell, {"after": after})
        connection.exec_driver_sql(trigger)


#: Each index with its columns, and the trigger that tells it of a new row.
_TELLING: Final = (
    (_WHOLE, "number, title, body", "search_texts_added"),
    (_TITLES, "number, title", "titles_added"),
)
