"""Whether the database agrees with itself: rows made from a record with the record, search with
the text, totals with what they count, the history with what there is now. References and the
database's own pages are checked by :meth:`pipeline.archive.database.Database.check`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Connection, Row, func, null, or_, select, text

from models.directive import Directive
from pipeline.archive import organisations, page_form, reading, record
from pipeline.archive.database import Database
from pipeline.archive.results import FileStore
from pipeline.archive.rows import Damage, DamageKind
from pipeline.archive.schema import (
    LISTS,
    directives,
    finding_totals,
    findings,
    history,
    pages,
    search_texts,
    source_paths,
)
from pipeline.archive.schema import organisations as organisations_table
from pipeline.archive.watch import Watch

_BATCH: Final = 100
#: Filled in when the cited document turns up; the record keeps what it was made with.
_NOT_OF_THE_RECORD: Final = frozenset({"resolved_id"})


def check_database(
    database: Database, files: FileStore, *, quick: bool, watch: Watch
) -> Iterator[Damage]:
    """Everything in the database that does not fit; ``quick`` leaves the pages unread."""
    yield from database.check()
    with database.read() as connection:
        if connection.dialect.name == "sqlite":
            yield from _sqlite_numbering(connection, database.name)
        yield from _lost_history(connection)
        yield from _wrong_totals(connection)
        total = connection.scalar(select(func.count()).select_from(directives))
        done = 0
        o = organisations_table.c
        known = _Known((row.id, row.pk) for row in connection.execute(select(o.id, o.pk)))
        for batch in _batches(connection):
            yield from _Batch(connection, batch, files, known, quick).damages()
            done += len(batch)
            watch("directives", done, total)


class _Known(dict[str, int]):
    """Row numbers of bodies by id; those that are not there are no row's."""

    def __missing__(self, _: str) -> int:
        return -1


def _of(kind: DamageKind, where: str, message: str) -> Damage:
    severity = "info" if kind == "result.missing" else "error"
    return Damage.model_validate(
        {"kind": kind, "severity": severity, "where": where, "message": message}
    )


def _sqlite_numbering(connection: Connection, name: str) -> Iterator[Damage]:
    """That no number of the history is given twice: who follows it would miss a change."""
    last = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'history'"))
    if (connection.scalar(select(func.max(history.c.seq))) or 0) > (last or 0):
        yield _of("history.broken", name, "A number of the history could be given twice.")


def _lost_history(connection: Connection) -> Iterator[Damage]:
    """The history of what is not there: directives are superseded, never removed."""
    lost = (
        select(history.c.directive_id)
        .outerjoin(directives, directives.c.id == history.c.directive_id)
        .where(directives.c.id.is_(None))
        .group_by(history.c.directive_id)
        .having(func.max(history.c.change) != "withdrawn")
        .order_by(history.c.directive_id)
    )
    for id_ in connection.scalars(lost):
        yield _of("history.broken", id_, "The history knows a directive that is not there.")


def _wrong_totals(connection: Connection) -> Iterator[Damage]:
    """That the findings of each kind are as many as their totals say; of none, a row may stay."""
    f, t = findings.c, finding_totals.c
    counted = select(f.code, f.severity, func.count(), func.count(f.directive_pk.distinct()))
    there = {tuple(row) for row in connection.execute(counted.group_by(f.code, f.severity))}
    said = select(t.code, t.severity, t.findings, t.documents)
    some = said.where(or_(t.findings != 0, t.documents != 0))
    told = {tuple(row) for row in connection.execute(some)}
    for code in sorted({str(code) for code, *_ in there ^ told}):
        yield _of("totals.wrong", code, "There are not as many findings of this kind as it says.")


def _batches(connection: Connection) -> Iterator[Sequence[Row[Any]]]:
    after = 0
    while True:
        some = (
            select(directives, reading.DOCUMENT)
            .where(directives.c.pk > after)
            .order_by(directives.c.pk)
        )
        rows = connection.execute(some.limit(_BATCH)).all()
        if not rows:
            return
        after = rows[-1].pk
        yield rows


class _Batch:
    """Some directives with all that hangs on them."""

    def __init__(
        self,
        connection: Connection,
        rows: Sequence[Row[Any]],
        files: FileStore,
        known: _Known,
        quick: bool,
    ) -> None:
        self._connection = connection
        self._rows = rows
        self._pks = [row.pk for row in rows]
        self._files = files
        self._known = known
        self._quick = quick

    def damages(self) -> Iterator[Damage]:
        """What is wrong with each of them."""
        lists = {table.name: self._grouped(table, table.c.directive_pk) for table in LISTS}
        page_rows = {} if self._quick else self._grouped(pages, pages.c.directive_pk)
        searched = {} if self._quick else self._grouped(search_texts, search_texts.c.pk)
        changes, current = self._changes(), self._current()
        for row in self._rows:
            try:
                directive = Directive.model_validate_json(row.document)
            except ValidationError:
                yield _of("database.inconsistent", row.id, "Its record cannot be read.")
                continue
            bodies = organisations.bodies_of(directive)
            pks = self._known
            yield from _row_of(row, directive, bodies, pks)
            expected = record.list_rows(directive, bodies, pks)
            yield from _lists_of(row, expected, {n: g.get(row.pk, []) for n, g in lists.items()})
            yield from _history_of(row, changes.get(row.id, []), row.sha256 in current)
            if not self._quick:
                yield from self._pages_of(
                    row, directive, page_rows.get(row.pk, []), searched.get(row.pk, [])
                )

    def _grouped(self, table: Any, owner: Any) -> dict[int, list[Row[Any]]]:
        found: dict[int, list[Row[Any]]] = {}
        wanted = select(table).where(owner.in_(self._pks))
        order = table.c.page if table is pages else owner
        for row in self._connection.execute(wanted.order_by(order)):
            found.setdefault(getattr(row, owner.name), []).append(row)
        return found

    def _changes(self) -> dict[str, list[Row[Any]]]:
        """Changes by directive, in order; with the states they tell of if those are to be read."""
        h = history.c
        states = (
            [null().label("before"), null().label("after")] if self._quick else [h.before, h.after]
        )
        wanted = select(h.seq, h.directive_id, h.change, *states)
        found: dict[str, list[Row[Any]]] = {}
        of_these = wanted.where(h.directive_id.in_([row.id for row in self._rows]))
        for row in self._connection.execute(of_these.order_by(h.seq)):
            found.setdefault(row.directive_id, []).append(row)
        return found

    def _current(self) -> set[str]:
        """The contents that some name has now."""
        wanted = select(source_paths.c.sha256).where(
            source_paths.c.sha256.in_([row.sha256 for row in self._rows]),
            source_paths.c.current == 1,
        )
        return set(self._connection.scalars(wanted))

    def _pages_of(
        self,
        row: Row[Any],
        directive: Directive,
        page_rows: list[Row[Any]],
        searched: list[Row[Any]],
    ) -> Iterator[Damage]:
        try:
            said = [page_form.content(page.document, page.text) for page in page_rows]
            texts = [page_form.page(page.document, page.text) for page in page_rows]
        except (zlib.error, ValueError):
            yield _of("database.inconsistent", row.id, "A page of it cannot be read.")
            return
        if record.content_hash(row.document, said) != row.content_hash:
            yield _of("database.inconsistent", row.id, "Its record or pages are not as written.")
            return
        if any(p.text != t.text for p, t in zip(page_rows, texts, strict=True)):
            yield _of("database.inconsistent", row.id, "The text of a page is not the page's.")
        expected = record.search_row(directive, [page.text for page in texts])
        if not searched or _differing(searched[0], expected):
            yield _of("search.stale", row.id, "Search does not know its present text.")
        cut = [zone.crop for page in texts for zone in page.zones if zone.crop]
        if gone := sum(not self._files.has("crop", name) for name in cut):
            message = f"{gone} pictures of places written by hand are not stored."
            yield _of("result.missing", row.id, message)


def _row_of(
    row: Row[Any], directive: Directive, bodies: organisations.Bodies, pks: dict[str, int]
) -> Iterator[Damage]:
    expected = record.directive_row(directive) | {
        "issuer_org": pks[bodies.issuer.id] if bodies.issuer is not None else None,
        "parent_org": pks[bodies.parent.id] if bodies.parent is not None else None,
    }
    if differing := _differing(row, expected):
        message = f"Its columns are not those of its record: {', '.join(differing)}."
        yield _of("database.inconsistent", row.id, message)


def _differing(row: Row[Any], expected: dict[str, Any]) -> list[str]:
    """Columns of ``row`` that are not as ``expected``; those the table has not are left out."""
    have = row._mapping
    return [n for n, value in expected.items() if n in have and have[n] != value]


def _lists_of(
    row: Row[Any], lists: dict[str, list[record.Row]], stored: dict[str, list[Row[Any]]]
) -> Iterator[Damage]:
    for name, expected in lists.items():
        # Every row of a table has the same columns.
        columns = [c for c in (expected[0] if expected else ()) if c not in _NOT_OF_THE_RECORD]
        places = [stored[name][0]._fields.index(c) for c in columns] if stored[name] else []
        have = [tuple([item[place] for place in places]) for item in stored[name]]
        wanted = [tuple([item[c] for c in columns]) for item in expected]
        if have != wanted and sorted(have, key=repr) != sorted(wanted, key=repr):
            yield _of("database.inconsistent", row.id, f"Its {name} are not those of its record.")


def _history_of(row: Row[Any], changes: list[Row[Any]], current: bool) -> Iterator[Damage]:
    kinds = [change.change for change in changes]
    if not kinds or kinds[0] != "created":
        yield _of("history.broken", row.id, "The history does not tell how it came.")
    superseded = [k for k in kinds if k in ("superseded", "reinstated")][-1:] == ["superseded"]
    if superseded is current or (row.live_seq is None) is current:
        yield _of("history.broken", row.id, "The history's last word is not how it is now.")
    if changes and (row.created_seq, row.change_seq) != (changes[0].seq, changes[-1].seq):
        yield _of("history.broken", row.id, "Its place in the feed is not that of its history.")
    packed = [p for change in changes for p in (change.before, change.after) if p is not None]
    if not all(_is_record(p, row.id) for p in packed):
        yield _of("history.broken", row.id, "An earlier state of it cannot be read.")


def _is_record(packed: bytes, id_: str) -> bool:
    try:
        return bool(json.loads(zlib.decompress(packed))["id"] == id_)
    except (zlib.error, ValueError, KeyError, TypeError):
        return False
