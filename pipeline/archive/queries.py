"""Questions to the database other than search."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    func,
    literal_column,
    or_,
    select,
)

from models.directive import Directive
from models.finding import Severity
from models.text import PageText
from pipeline.archive import page_form, paths, reading
from pipeline.archive.conditions import (
    Own,
    as_it_is,
    conditions,
    needs_a_look,
    standing,
    unindexed,
)
from pipeline.archive.dialects import POSTGRESQL, without_nul
from pipeline.archive.narrowing import narrowed, narrowed_from
from pipeline.archive.rows import (
    Ambiguous,
    CitationRow,
    Cited,
    DeadlineRow,
    DirectiveRow,
    Filter,
    FindingCount,
    FindingRow,
    HistoryRow,
    TargetRow,
)
from pipeline.archive.schema import (
    citations,
    deadlines,
    directives,
    finding_totals,
    findings,
    history,
    pages,
    quarantine,
    source_paths,
    sources,
    targets,
)
from pipeline.archive.words import number_key
from pipeline.errors import NotFound

_BATCH: Final = 200
_CANDIDATES: Final = 10
_LAST: Final = "\U0010ffff"

#: The columns of :class:`DirectiveRow`.
SUMMARY: Final = (
    directives.c.id,
    directives.c.number,
    directives.c.number_status,
    directives.c.issued,
    directives.c.issued_status,
    directives.c.issuer,
    directives.c.doc_type,
    directives.c.subject,
    directives.c.campaign_name.label("campaign"),
    directives.c.state,
    directives.c.reasons,
    paths.is_superseded().label("superseded"),
    paths.CONTENT,
)


def summary(row: dict[str, Any]) -> DirectiveRow:
    """A row of :data:`SUMMARY` with its name."""
    return DirectiveRow.model_validate(row | {"reasons": json.loads(row["reasons"])})


def listed(
    connection: Connection, wanted: Filter | None, limit: int | None, offset: int
) -> list[DirectiveRow]:
    """Newest first; documents without a date last."""
    rows = connection.execute(
        select(*SUMMARY)
        .where(narrowed(connection, wanted, newest=True).where)
        .order_by(directives.c.issued_first.desc().nulls_last(), directives.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [summary(row) for row in paths.with_names(connection, rows.all())]


def streamed(connection: Connection, wanted: Filter | None) -> Iterator[Directive]:
    """Whole records by id, a few at a time in memory."""
    condition = conditions(wanted)
    after = ""
    while True:
        rows = connection.execute(
            select(*reading.COLUMNS)
            .where(condition, directives.c.id > after)
            .order_by(directives.c.id)
            .limit(_BATCH)
        ).all()
        if not rows:
            return
        yield from reading.restored(connection, rows)
        after = rows[-1].id


def one(connection: Connection, asked: str) -> Directive:
    """By id, by number in any spelling, by the number's digits alone, or by the id's beginning."""
    d = directives.c
    asked = without_nul(asked.strip().encode("utf-8", "replace").decode())
    spelled = number_key(asked)
    # With an upper end, or what no id begins with is compared with every id behind it.
    begins = and_(d.id >= asked, d.id <= asked + _LAST, func.substr(d.id, 1, len(asked)) == asked)
    ways: list[ColumnElement[bool]] = [d.id == asked]
    if spelled:
        ways.append(d.number_key == spelled)
    if re.fullmatch(r"[0-9]+", asked):
        ways.append(d.serial.in_([asked, spelled, asked.zfill(2), asked.zfill(3)]))
    if asked:
        ways.append(begins)
    for way in ways:
        found = connection.execute(
            select(*reading.COLUMNS, d.number, d.issuer, d.issued)
            .where(way)
            .order_by(d.id)
            .limit(_CANDIDATES + 1)
        ).all()
        if len(found) == 1:
            return reading.restored(connection, found)[0]
        if found:
            raise _ambiguous(asked, found)
    raise NotFound(f"No document has the id or the number {asked!r}.")


def _ambiguous(asked: str, found: Sequence[Any]) -> Ambiguous:
    shown = [
        f"{row.id} ({', '.join(filter(None, (row.number, row.issued, row.issuer))) or 'no number'})"
        for row in found[:_CANDIDATES]
    ]
    more = " and more" if len(found) > _CANDIDATES else ""
    return Ambiguous(
        f"Several documents answer to {asked!r}: {'; '.join(shown)}{more}.",
        detail="\n".join(row.id for row in found[:_CANDIDATES]),
    )


def pages_of(connection: Connection, directive_id: str) -> list[PageText]:
    """The pages of a directive, in order."""
    pk = connection.scalar(select(directives.c.pk).where(directives.c.id == directive_id))
    if pk is None:
        raise NotFound(f"No document has the id {directive_id!r}.")
    return own_pages(connection, pk)


def own_pages(connection: Connection, pk: int) -> list[PageText]:
    """As :func:`pages_of`, by the directive's row number."""
    p = pages.c
    stored = select(p.document, p.text).where(p.directive_pk == pk).order_by(p.page)
    return [page_form.page(row.document, row.text) for row in connection.execute(stored)]


def provenance(connection: Connection, directive_id: str) -> tuple[str, list[HistoryRow]]:
    """When the content of a directive was first met, and its history, in order."""
    found = (
        select(sources.c.first_seen_at)
        .join_from(directives, sources, directives.c.sha256 == sources.c.sha256)
        .where(directives.c.id == directive_id)
    )
    seen = connection.scalar(found)
    if seen is None:
        raise NotFound(f"No document has the id {directive_id!r}.")
    h = history.c
    entries = connection.execute(
        select(h.at, h.change, h.actor, h.version)
        .where(h.directive_id == directive_id)
        .order_by(h.seq)
    )
    return seen, [HistoryRow.model_validate(dict(row._mapping)) for row in entries]


# -- items of directives, with the directive they are of -----------------------------------------


def items(table: Table, row: type[Cited], where: ColumnElement[bool]) -> Select[Any]:
    """Items of the directives that ``where`` chooses, as ``row`` tells them.

    Each with what it says of its directive.
    """
    d = directives.c
    return (
        select(
            d.id.label("directive_id"),
            d.number.label("directive_number"),
            d.issuer.label("directive_issuer"),
            d.issued.label("directive_issued"),
            paths.CONTENT,
            table.c.position,
            *(table.c[name] for name in row.__annotations__),
        )
        .join_from(directives, table, table.c.directive_pk == d.pk)
        .where(where)
    )


def target_rows(connection: Connection, wanted: Filter | None) -> list[TargetRow]:
    """By directive, in the order of the document."""
    query = items(targets, TargetRow, conditions(wanted))
    rows = connection.execute(query.order_by(directives.c.id, targets.c.position))
    named = paths.with_names(connection, rows.all())
    return [TargetRow.model_validate(row | {"value": figure(row["value"])}) for row in named]


def figure(value: float | None) -> float | int | None:
    """A whole number as one: the column holds 5091.0 for 5091."""
    return int(value) if value is not None and value.is_integer() else value


def deadline_rows(connection: Connection, wanted: Filter | None) -> list[DeadlineRow]:
    """By the last day they can mean; those without a date last."""
    query = items(deadlines, DeadlineRow, conditions(wanted))
    order = (deadlines.c.date_last.nulls_last(), directives.c.id, deadlines.c.position)
    rows = connection.execute(query.order_by(*order))
    return [DeadlineRow.model_validate(row) for row in paths.with_names(connection, rows.all())]


def citation_rows(connection: Connection, wanted: Filter | None) -> list[CitationRow]:
    """By directive, in the order of the document."""
    query = items(citations, CitationRow, conditions(wanted))
    rows = connection.execute(query.order_by(directives.c.id, citations.c.position))
    return [CitationRow.model_validate(row) for row in paths.with_names(connection, rows.all())]


def finding_rows(
    connection: Connection,
    wanted: Filter | None,
    code: str | None,
    severity: Severity | None,
    limit: int | None,
) -> list[FindingRow]:
    """By directive, in the order of the document; ``code`` may be the beginning of one."""
    such = select(findings.c.directive_pk).where(*_of_kind(findings, code, severity))
    where = narrowed(connection, standing(wanted), *([] if code is None else [such])).where
    of_kind = _of_kind(findings, code, severity, own_column(connection))
    query = items(findings, FindingRow, where).where(*of_kind).limit(limit)
    rows = connection.execute(query.order_by(directives.c.id, findings.c.position))
    return [FindingRow.model_validate(row) for row in paths.with_names(connection, rows.all())]


def finding_counts(
    connection: Connection, wanted: Filter | None, code: str | None, severity: Severity | None
) -> list[FindingCount]:
    """The most frequent first."""
    f, d = findings.c, directives.c
    joined = (
        select(
            f.code,
            f.severity,
            func.count().label("findings"),
            func.count(f.directive_pk.distinct()).label("documents"),
        )
        .join_from(findings, directives, f.directive_pk == d.pk)
        .group_by(f.code, f.severity)
    )
    if standing(wanted) != standing(None):
        own = own_column(connection)
        where = narrowed_from(connection, standing(wanted), f.directive_pk).where
        found = _counted(connection, joined.where(where, *_of_kind(findings, code, severity, own)))
    else:
        # All but the few superseded: they are counted as they are put.
        totals = select(finding_totals).where(*_of_kind(finding_totals, code, severity))
        found = _counted(connection, totals)
        gone = joined.where(d.live_seq.is_(None), *_of_kind(findings, code, severity))
        for kind, (many, documents) in _counted(connection, gone).items():
            found[kind] = (found[kind][0] - many, found[kind][1] - documents)
    rows = [
        FindingCount(code=kind[0], severity=kind[1], findings=many, documents=documents)
        for kind, (many, documents) in found.items()
        if many
    ]
    return sorted(rows, key=lambda row: (-row.findings, row.code, row.severity))


def _counted(
    connection: Connection, query: Select[Any]
) -> dict[tuple[str, Severity], tuple[int, int]]:
    """(code, severity) -> (findings, documents)."""
    return {(r.code, r.severity): (r.findings, r.documents) for r in connection.execute(query)}


def own_column(connection: Connection) -> Own:
    """How a column is named that is not to be looked up in an index."""
    return as_it_is if connection.dialect.name == POSTGRESQL else unindexed


def _of_kind(
    table: Table, code: str | None, severity: Severity | None, own: Own = as_it_is
) -> Iterator[ColumnElement[bool]]:
    found = own(table.c.code)
    if code is not None:
        yield or_(found == code, and_(found > f"{code}.", found < f"{code}/"))
    if severity is not None:
        yield own(table.c.severity) == severity


def counts(connection: Connection) -> dict[str, int]:
    """How much there is of everything."""
    d = directives.c

    def count(*where: ColumnElement[bool], of: Table = directives) -> int:
        return connection.scalar(select(func.count()).select_from(of).where(*where)) or 0

    # Of most rows the others are counted: rows of a table are, in a tenth of the time of an index.
    every, approved, corrected = (
        count(),
        count(d.state == "approved"),
        count(d.state == "corrected"),
    )
    former = count(source_paths.c.current == literal_column("0"), of=source_paths)
    return {
        "directives": every,
        "needs_review": count(needs_a_look()),
        "pending": every - approved - corrected,
        "approved": approved,
        "corrected": corrected,
        "superseded": count(d.live_seq.is_(None)),
        "sources": count(of=sources),
        "paths": count(of=source_paths) - former,
        "pages": count(of=pages),
        "citations": count(of=citations),
        "targets": count(of=targets),
        "deadlines": count(of=deadlines),
        "findings": count(or_(findings.c.severity != "info"), of=findings),
        "quarantined": count(of=quarantine),
    }


def state(connection: Connection) -> str:
    """A digest of the history's end, of the names of every content and of every result key."""
    digest = hashlib.sha256(str(connection.scalar(select(func.max(history.c.seq)))).encode())
    named = select(source_paths.c.path, source_paths.c.sha256).where(source_paths.c.current == 1)
    made = select(directives.c.id, directives.c.result_key)
    for rows in (
        named.order_by(source_paths.c.path, source_paths.c.sha256),
        made.order_by(directives.c.id),
    ):
        for one, two in connection.execute(rows):
            digest.update(f"{one}\0{two}\n".encode())
    return digest.hexdigest()
