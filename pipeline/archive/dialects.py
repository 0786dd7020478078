"""Where SQLite and PostgreSQL differ in the tables and statements of the archive.

Two rules make both give the same rows in the same order. Text is compared by code point, which is
how SQLite compares and what PostgreSQL calls the collation ``C``. And text holds no NUL character,
which PostgreSQL cannot store: it becomes U+FFFD on the way in, in either database.
"""

from __future__ import annotations

import zlib
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

POSTGRESQL: Final = "postgresql"
#: A lexeme of PostgreSQL's may have 2,046 bytes; of longer tokens the index has the beginning.
TOKEN_CHARACTERS: Final = 200
#: What stands where a NUL character stood.
REPLACEMENT: Final = "\ufffd"


class Text(sa.types.TypeDecorator[str]):
    """Text compared by code point, without NUL characters. Every text column is of this type."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """The database's own type."""
        if dialect.name == POSTGRESQL:
            return dialect.type_descriptor(postgresql.TEXT(collation="C"))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """A value on its way into the database."""
        return None if value is None else without_nul(value)


class Packed(sa.types.TypeDecorator[str]):
    """Text as bytes of zlib: for what is read whole or not at all, and is mostly the same words."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> bytes | None:  # noqa: ARG002
        """A value on its way into the database."""
        return None if value is None else packed(value)

    def process_result_value(self, value: bytes | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """A value on its way out; what is no such bytes (the row is damaged) is no text either."""
        try:
            return None if value is None else unpacked(value)
        except (zlib.error, TypeError, UnicodeDecodeError):
            return ""


def packed(text: str) -> bytes:
    """``text`` as a column of :class:`Packed` has it."""
    return zlib.compress(text.encode(), _PACKING)


def unpacked(value: bytes) -> str:
    """The opposite of :func:`packed`."""
    return zlib.decompress(value).decode()


#: Levels 1 to 3 take the same time for a record, and this one packs best.
_PACKING: Final = 3
#: A number that may pass 2^31: SQLite's integers are that large anyway.
LargeInteger: Final = sa.Integer().with_variant(sa.BigInteger(), POSTGRESQL)


def without_nul(text: str) -> str:
    """``text`` as both databases can hold it."""
    return text.replace("\0", REPLACEMENT) if "\0" in text else text


def upsert(connection: sa.Connection, table: sa.Table) -> Any:
    """An ``INSERT`` that can be told what to do where the row is there already."""
    if connection.dialect.name == POSTGRESQL:
        return postgresql.insert(table)
    return sqlite.insert(table)
