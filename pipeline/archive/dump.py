"""The database of an archive in a portable form: JSON Lines, a gzip file for each table.

The form knows nothing of SQLite or PostgreSQL, so what was dumped from one is loaded into the
other. Binary values are ``{"base64": "…"}``. What is made from other rows, the texts that are
searched and their index, is not dumped but made anew. A dump of an older version is loaded into the
tables of that version, and those are then upgraded.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json
from sqlalchemy import (
    Connection,
    Table,
    TableClause,
    bindparam,
    column,
    delete,
    func,
    inspect,
    select,
    table,
    text,
    update,
)

from models.base import Model
from pipeline import __version__
from pipeline.archive import bulk, feed, fts5, record
from pipeline.archive.database import migrate
from pipeline.archive.dialects import Packed, packed, without_nul
from pipeline.archive.schema import (
    HEAD,
    about,
    directives,
    finding_totals,
    history,
    metadata,
    pages,
    records,
    runs,
    search_texts,
)
from pipeline.archive.watch import Watch
from pipeline.errors import ArchiveProblem

_BATCH: Final = 500
#: How JSON has a value in base64 (at least), and a NUL character.
_BASE64: Final = b'"base64"'
_NUL: Final = rb"\u0000"
_LEVEL: Final = 4  # of gzip: half of the time for some per cent more bytes
_DERIVED: Final = frozenset({search_texts.name, finding_totals.name})


class DumpedTable(Model):
    """One table of a dump, in the file ``{name}.jsonl.gz``. ``numbering`` is the last row number
    that was given, where rows are numbered."""

    name: str
    rows: int
    columns: tuple[str, ...]
    numbering: int | None


class Dump(Model):
    """What a dump holds. Tables come in the order in which references allow to load them.

    ``archive`` tells one archive from another: a hash of its first run. ``last_change`` is the last
    number of the history, the cursor of a feed.
    """

    revision: str
    version: str
    archive: str
    last_change: int
    tables: tuple[DumpedTable, ...]


class Wrong(ValueError):
    """A dump that is not what it says."""


# -- dumping -------------------------------------------------------------------------------------


def identity(connection: Connection) -> str:
    """Tells this archive from any other, in either database, also after a restore."""
    first = connection.execute(
        select(runs.c.command, runs.c.version, runs.c.started_at).order_by(runs.c.id).limit(1)
    ).first()
    return hashlib.sha256("\0".join(first).encode()).hexdigest() if first is not None else ""


def last_change(connection: Connection) -> int:
    """The last number of the history."""
    return int(connection.scalar(select(func.max(history.c.seq))) or 0)


def dump(connection: Connection, folder: Path, watch: Watch) -> Dump:
    """Write every table of the transaction's view into ``folder``."""
    dumped = []
    for one in metadata.sorted_tables:
        if one.name in _DERIVED:
            continue
        rows = _dump_table(connection, one, folder, watch)
        dumped.append(
            DumpedTable(
                name=one.name,
                rows=rows,
                columns=tuple(c.name for c in one.columns),
                numbering=_numbering(connection, one),
            )
        )
    return Dump(
        revision=HEAD,
        version=__version__,
        archive=identity(connection),
        last_change=last_change(connection),
        tables=tuple(dumped),
    )


def _dump_table(connection: Connection, one: Table, folder: Path, watch: Watch) -> int:
    names = [c.name for c in one.columns]
    wanted = select(one).order_by(*one.primary_key).execution_options(yield_per=_BATCH)
    total = connection.scalar(select(func.count()).select_from(one))
    done = 0
    with (
        (folder / f"{one.name}.jsonl.gz").open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=raw, mtime=0) as out,
    ):
        for row in connection.execute(wanted):
            line = dict(zip(names, map(_as_json, row), strict=True))
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            done += 1
            if done % _BATCH == 0 or done == total:
                watch(one.name, done, total)
    return done


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(value).decode("ascii")}
    return value


def _numbering(connection: Connection, one: Table) -> int | None:
    """The last number given to a row, deleted ones included where the database knows."""
    key = one.autoincrement_column
    if key is None:
        return None
    last = int(connection.scalar(select(func.max(key))) or 0)
    if connection.dialect.name == "sqlite":
        kept = connection.scalar(
            text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": one.name}
        )
    else:
        sequence = _sequence(connection, one.name, key.name)
        kept = sequence and connection.scalar(
            text(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608 - the database's own name
        )
    return max(last, int(kept or 0))


def _sequence(connection: Connection, name: str, key: str) -> str | None:
    """PostgreSQL's sequence behind a column, quoted."""
    found: str | None = connection.scalar(
        text("SELECT pg_get_serial_sequence(:name, :key)"), {"name": name, "key": key}
    )
    return found


# -- loading -------------------------------------------------------------------------------------


def rows_of(file: Path) -> Generator[dict[str, Any], None, None]:
    """The rows of one dumped table."""
    with gzip.open(file, "rb") as lines:
        for line in lines:
            row = from_json(line)
            # Most rows have nothing to make otherwise; to look at each value costs as much.
            if _BASE64 in line or _NUL in line:
                row = {name: _of_json(value) for name, value in row.items()}
            yield row


def _of_json(value: Any) -> Any:
    if isinstance(value, dict):
        return base64.b64decode(value["base64"], validate=True)
    return without_nul(value) if isinstance(value, str) else value


def filler(dumped: Dump, folder: Path, watch: Watch) -> Callable[[Connection], None]:
    """What makes an empty database the dumped one, inside the transaction of its connection.

    :raises ArchiveProblem: there is an archive already, or the dump is of a newer version
    """

    def fill(connection: Connection) -> None:
        if inspect(connection).has_table("alembic_version"):
            raise already_there()
        migrate(connection, dumped.revision)
        for one in dumped.tables:
            _load_table(connection, one, rows_of(folder / f"{one.name}.jsonl.gz"), watch)
        for one in dumped.tables:
            _number_on(connection, one)
        make_searchable(connection, watch)
        if dumped.revision != HEAD:
            migrate(connection)
        if any(one.name == about.name for one in dumped.tables):
            feed.renew_id(connection)

    return fill


def already_there() -> ArchiveProblem:
    """Nothing is ever restored over an archive."""
    return ArchiveProblem(
        "There is an archive already where the backup would be restored.",
        advice="Restore into a new or empty place.",
    )


def _load_table(
    connection: Connection, one: DumpedTable, rows: Iterator[dict[str, Any]], watch: Watch
) -> None:
    # Not the tables of `schema`: the dump may be of an older version.
    target = table(one.name, *(column(name) for name in one.columns))
    if connection.scalar(select(func.count()).select_from(target)):
        connection.execute(delete(target))  # what the migrations put there
    packed_columns = _packed_columns(one)
    later = _Later(connection, one, target)
    done = 0
    for batch in _batches(rows):
        if any(row.keys() != set(one.columns) for row in batch):
            raise Wrong(f"a row of {one.name} has other columns than the table")
        for name in packed_columns:
            batch = [row | {name: packed(row[name])} for row in batch]
        values = [tuple(map(later.without(row).__getitem__, one.columns)) for row in batch]
        bulk.insert(connection, one.name, one.columns, values)
        done += len(batch)
        watch(one.name, done, one.rows)
    later.put(connection)
    if done != one.rows:
        raise Wrong(f"{one.name} has {done} rows, not {one.rows}")


def _packed_columns(one: DumpedTable) -> list[str]:
    """The columns that a database has packed, and a dump as text."""
    known = metadata.tables.get(one.name)
    if known is None:
        return []
    return [c.name for c in known.columns if isinstance(c.type, Packed) and c.name in one.columns]


class _Later:
    """References of a table's rows to rows of the same table, put in when all are there."""

    def __init__(self, connection: Connection, one: DumpedTable, target: TableClause) -> None:
        facts = inspect(connection)
        self._target = target
        self._key = facts.get_pk_constraint(one.name)["constrained_columns"]
        self._columns = [
            name
            for key in facts.get_foreign_keys(one.name)
            if key["referred_table"] == one.name
            for name in key["constrained_columns"]
        ]
        self._kept: list[dict[str, Any]] = []

    def without(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row as it can be inserted now."""
        if any(row[name] is not None for name in self._columns):
            self._kept.append({f"the_{n}": row[n] for n in (*self._key, *self._columns)})
            return row | dict.fromkeys(self._columns)
        return row

    def put(self, connection: Connection) -> None:
        """Put the references in."""
        if not self._kept:
            return
        change = update(self._target).values({n: bindparam(f"the_{n}") for n in self._columns})
        of_row = [self._target.c[n] == bindparam(f"the_{n}") for n in self._key]
        for start in range(0, len(self._kept), _BATCH):
            connection.execute(change.where(*of_row), self._kept[start : start + _BATCH])


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _number_on(connection: Connection, one: DumpedTable) -> None:
    """Let the next row have a number that was never given: cursors of feeds rely on it."""
    if not one.numbering:
        return
    if connection.dialect.name == "sqlite":
        renumber = text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name")
        add = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")
        values = {"name": one.name, "last": one.numbering}
        kept = text("SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema WHERE name = :name")
        numbered = connection.scalar(kept, {"name": one.name})
        if numbered and connection.execute(renumber, values).rowcount == 0:
            connection.execute(add, values)
        return
    key = inspect(connection).get_pk_constraint(one.name)["constrained_columns"][0]
    if (sequence := _sequence(connection, one.name, key)) is not None:
        connection.execute(
            text("SELECT setval(CAST(:sequence AS regclass), :last)"),
            {"sequence": sequence, "last": one.numbering},
        )


def make_searchable(connection: Connection, watch: Watch) -> None:
    """Make the texts that are searched from the records and pages; the index follows by itself."""
    words: set[str] = set()
    with fts5.told_at_once(connection, words, after=0):
        _make_search_texts(connection, words, watch)


def _make_search_texts(connection: Connection, words: set[str], watch: Watch) -> None:
    total = connection.scalar(select(func.count()).select_from(directives))
    # Before 0006 the records stood in the table of the directives.
    name = records.name if inspect(connection).has_table(records.name) else directives.name
    kind = Packed() if name == records.name else None
    r = table(name, column("pk"), column("document", kind)).c
    after = done = 0
    while True:
        some = select(r.pk, r.document).where(r.pk > after).order_by(r.pk).limit(_BATCH)
        rows = connection.execute(some).all()
        if not rows:
            return
        after = rows[-1].pk
        texts = _page_texts(connection, [row.pk for row in rows])
        documents = [row.document for row in rows]
        made = record.search_rows(documents, [texts.get(row.pk, []) for row in rows])
        for search in made:
            words.update(*(said.split(" ") for said in search.values()))
        columns = ("pk", *made[0])
        values = [(row.pk, *told.values()) for row, told in zip(rows, made, strict=True)]
        bulk.insert(connection, search_texts.name, columns, values)
        done += len(rows)
        watch("search", done, total)


def _page_texts(connection: Connection, pks: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = select(pages.c.directive_pk, pages.c.text).where(pages.c.directive_pk.in_(pks))
    for pk, page_text in connection.execute(rows.order_by(pages.c.directive_pk, pages.c.page)):
        found.setdefault(pk, []).append(page_text)
    return found


def contents(folder: Path) -> Iterator[tuple[str, int | None]]:
    """SHA-256 and size of every original that a dump names, by hash, none twice.

    Of what failed the size is not known.
    """
    failed = {row["sha256"] for row in rows_of(folder / "quarantine.jsonl.gz")} - {None}
    waiting: list[str] = sorted(failed, reverse=True)
    with closing(rows_of(folder / "sources.jsonl.gz")) as rows:
        for row in rows:
            while waiting and waiting[-1] < row["sha256"]:
                yield waiting.pop(), None
            if waiting and waiting[-1] == row["sha256"]:
                waiting.pop()
            yield row["sha256"], row["byte_size"]
    while waiting:
        yield waiting.pop(), None


def files_of(dumped: Iterable[DumpedTable]) -> list[str]:
    """The names of a dump's files."""
    return [f"{one.name}.jsonl.gz" for one in dumped]
