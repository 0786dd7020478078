"""What search asks of SQLite's full-text index; no other module speaks its language.

Every question here stops early: it reads as much of the index as it needs for so many answers,
never all places of a common word. FTS5's own ranking (bm25) does the opposite, for it first counts
every document that has each word, and so is not used.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    TextClause,
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


#: Of so many words that begin alike each is asked for; of more, FTS5 is asked for the beginning.
_BEGINNINGS: Final = 500


def match(question: Question) -> tuple[str, dict[str, str]]:
    """``question`` in FTS5's language, as an expression of SQL and its parameters.

    A beginning becomes the words that begin so. FTS5 can do that too, but it then first reads all
    places of all of them.
    """
    parts: list[str] = []
    values: dict[str, str] = {}
    for number, term in enumerate(question.terms):
        name = f"term_{number}"
        values[name] = term.match
        if not term.prefix:
            parts.append(f":{name}")
            continue
        *before, last = term.tokens
        values |= {f"before_{number}": " ".join([*before, ""]), f"last_{number}": last}
        parts.append(
            f"(SELECT CASE WHEN count(*) BETWEEN 1 AND {_BEGINNINGS} THEN '(' || "  # noqa: S608 - our own names
            f"group_concat('\"' || :before_{number} || word || '\"', ' OR ') || ')' "
            f"ELSE :{name} END FROM (SELECT word FROM search_words WHERE word >= :last_{number} "
            f"AND word < :last_{number} || char(0x10FFFF) LIMIT {_BEGINNINGS + 1}))"
        )
    return " || ' AND ' || ".join(parts) or "''", values


def found(index: str, question: Question) -> TextClause:
    """A condition on ``index``: the directive has every term."""
    match_, values = match(question)
    bound: list[BindParameter[str]] = [
        bindparam(name, value, unique=True) for name, value in values.items()
    ]
    return text(f"{index} MATCH ({match_})").bindparams(*bound)


def keys(question: Question) -> Select[Any]:
    """Keys of the directives that have every term."""
    pk = literal_column("directive_fts.rowid", Integer).label("pk")
    return select(pk).select_from(text(_WHOLE)).where(found(_WHOLE, question))


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
        .where(found(index, question))
        .order_by(text(f"{index}.rowid DESC"))
        .limit(limit)
    )
    if within is not None:
        # The plus keeps SQLite from asking the index once for each key.
        query = query.where(literal_column(f"+{index}.rowid", Integer).in_(within))
    if where is not None:
        same = directives.c.pk == text(f"{index}.rowid")
        query = query.where(exists(select(directives.c.pk).where(same, where)))
    return list(connection.scalars(query))


def newest_of(
    connection: Connection, question: Question, limit: int, among: Sequence[int], *, titled: bool
) -> list[int]:
    """As :func:`newest`, of the directives with these keys.

    Many of them: each document that matches is looked for among them, last first.
    """
    index = _TITLES if titled else _WHOLE
    # The plus keeps SQLite from asking the index once for each key.
    match_, terms = match(question)
    query = text(
        f"SELECT rowid FROM {index} WHERE {index} MATCH ({match_}) "  # noqa: S608 - our own names
        "AND +rowid IN (SELECT value FROM json_each(:keys)) ORDER BY rowid DESC LIMIT :limit"
    )
    values = {**terms, "keys": json.dumps(list(among)), "limit": limit}
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


def frequency(
    connection: Connection, question: Question, most: int, *, titled: bool = False
) -> tuple[int, int]:
    """In how many directives all terms stand, counted from the last on, and the key of the last.

    Counting stops at ``most``.
    """
    index = _TITLES if titled else _WHOLE
    match_, terms = match(question)
    query = text(
        f"SELECT count(*), min(rowid) FROM (SELECT rowid FROM {index} "  # noqa: S608 - our own names
        f"WHERE {index} MATCH ({match_}) ORDER BY rowid DESC LIMIT :most)"
    )
    count, last = connection.execute(query, {**terms, "most": most}).one()
    return count, last or 0


@contextmanager
def told_at_once(
    connection: Connection, words: Collection[str], *, after: int, wanted: bool = True
) -> Iterator[None]:
    """Rows put into ``search_texts`` inside are indexed at the end, all of them together.

    Told of one row, FTS5 writes a segment of the index for it and merges it with others later;
    told of many it writes few, in a third of the time. Nobody outside of the transaction sees
    texts without their index. Rows that were there before ``after`` (the last of their keys) must
    not be touched; ``words`` are those of the rows that are put. PostgreSQL's index is kept by its
    own trigger.
    """
    if not wanted or connection.dialect.name == POSTGRESQL:
        yield
        return
    made = {}
    trigger = text("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = :name")
    for name in (*_TELLING, _WORDS_ADDED):
        if (created := connection.scalar(trigger, {"name": name})) is not None:
            made[name] = created
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for name in made.keys() & _TELLING.keys():
        index, columns = _TELLING[name]
        tell = text(
            f"INSERT INTO {index}(rowid, {columns}) "  # noqa: S608 - our own names
            f"SELECT pk, {columns} FROM search_texts WHERE pk > :after ORDER BY pk"
        )
        connection.execute(tell, {"after": after})
    if _WORDS_ADDED in made and words:
        connection.exec_driver_sql(
            "INSERT OR IGNORE INTO search_words VALUES (?)", [(w,) for w in sorted(words) if w]
        )
    for created in made.values():
        connection.exec_driver_sql(created)


#: The triggers that tell each index of a new row, with its columns.
_TELLING: Final = {
    "search_texts_added": (_WHOLE, "number, title, body"),
    "titles_added": (_TITLES, "number, title"),
}
_WORDS_ADDED: Final = "words_added"
