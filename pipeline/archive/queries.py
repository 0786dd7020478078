"""Questions to the database other than search."""

from __future__ import annotations

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
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
)

from models.directive import Directive
from models.text import PageText
from pipeline.archive import paths, record
from pipeline.archive.rows import (
    Ambiguous,
    CitationRow,
    DeadlineRow,
    DirectiveRow,
    Filter,
    TargetRow,
)
from pipeline.archive.schema import (
    citations,
    deadlines,
    directives,
    findings,
    pages,
    quarantine,
    source_paths,
    sources,
    targets,
)
from pipeline.archive.words import ask, key, number_key
from pipeline.errors import NotFound

_BATCH: Final = 200
_CANDIDATES: Final = 10

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
    paths.first_name().label("path"),
)


def _contains(column: ColumnElement[str], part: str) -> ColumnElement[bool]:
    return column.contains(part, autoescape=True)


def conditions(wanted: Filter | None) -> ColumnElement[bool]:
    """``wanted`` as a condition on ``directives``."""
    d = directives.c
    f = wanted or Filter()
    all_of: list[ColumnElement[bool]] = [literal_column("1") == 1]
    if f.issuer is not None:
        all_of.append(_contains(d.issuer_key, key(f.issuer)))
    if f.doc_type is not None:
        all_of.append(d.doc_type_key == key(f.doc_type))
    if f.number is not None:
        all_of.append(d.number_key == number_key(f.number))
    if f.issued_from is not None:
        all_of.append(d.issued_last >= f.issued_from.isoformat())
    if f.issued_to is not None:
        all_of.append(d.issued_first <= f.issued_to.isoformat())
    if f.state is not None:
        all_of.append(d.state == f.state)
    if f.needs_review is not None:
        needs = and_(d.state == "pending", d.reason_count > 0)
        all_of.append(needs if f.needs_review else ~needs)
    if f.finding is not None:
        # By another name: the list of findings itself is asked with this, too.
        has = findings.alias()
        all_of.append(exists().where(has.c.directive_pk == d.pk, has.c.code == f.finding))
    if f.campaign is not None:
        all_of.append(d.campaign_id == f.campaign)
    if f.superseded is not None:
        gone = paths.is_superseded()
        all_of.append(gone if f.superseded else ~gone)
    if f.text is not None and (question := ask(f.text)).terms:
        found = text("SELECT rowid FROM directive_fts WHERE directive_fts MATCH :match")
        all_of.append(d.pk.in_(found.bindparams(match=question.match).columns(d.pk)))
    return and_(*all_of)


def summary(row: Any) -> DirectiveRow:
    """A row of :data:`SUMMARY`."""
    return DirectiveRow.model_validate(dict(row._mapping) | {"reasons": json.loads(row.reasons)})


def listed(
    connection: Connection, wanted: Filter | None, limit: int | None, offset: int
) -> list[DirectiveRow]:
    """Newest first; documents without a date last."""
    rows = connection.execute(
        select(*SUMMARY)
        .where(conditions(wanted))
        .order_by(directives.c.issued_first.desc().nulls_last(), directives.c.id)
        .limit(-1 if limit is None else limit)
        .offset(offset)
    )
    return [summary(row) for row in rows]


def streamed(connection: Connection, wanted: Filter | None) -> Iterator[Directive]:
    """Whole records by id, a few at a time in memory."""
    condition = conditions(wanted)
    after = ""
    while True:
        rows = connection.execute(
            select(directives.c.id, directives.c.sha256, directives.c.document)
            .where(condition, directives.c.id > after)
            .order_by(directives.c.id)
            .limit(_BATCH)
        ).all()
        if not rows:
            return
        names = paths.names(connection, (row.sha256 for row in rows))
        for row in rows:
            yield record.restored(row.document, names.get(row.sha256, []))
        after = rows[-1].id


def one(connection: Connection, asked: str) -> Directive:
    """By id, by number in any spelling, by the number's digits alone, or by the id's beginning."""
    d = directives.c
    asked = asked.strip().encode("utf-8", "replace").decode()
    spelled = number_key(asked)
    begins = and_(d.id >= asked, func.substr(d.id, 1, len(asked)) == asked)
    ways: list[ColumnElement[bool]] = [d.id == asked]
    if spelled:
        ways.append(d.number_key == spelled)
    if re.fullmatch(r"[0-9]+", asked):
        ways.append(d.serial.in_([asked, spelled, asked.zfill(2), asked.zfill(3)]))
    if asked:
        ways.append(begins)
    for way in ways:
        found = connection.execute(
            select(d.id, d.sha256, d.document, d.number, d.issuer, d.issued)
            .where(way)
            .order_by(d.id)
            .limit(_CANDIDATES + 1)
        ).all()
        if len(found) == 1:
            row = found[0]
            return record.restored(
                row.document, paths.names(connection, [row.sha256]).get(row.sha256, [])
            )
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
    stored = select(pages.c.document).where(pages.c.directive_pk == pk).order_by(pages.c.page)
    return [record.restored_page(document) for document in connection.scalars(stored)]


# -- items of directives, with the directive they are of -----------------------------------------


def _items(table: Table, columns: Sequence[str], wanted: Filter | None) -> Select[Any]:
    d = directives.c
    return (
        select(
            d.id.label("directive_id"),
            d.number.label("directive_number"),
            d.issuer.label("directive_issuer"),
            d.issued.label("directive_issued"),
            paths.first_name().label("path"),
            table.c.position,
            *(table.c[name] for name in columns),
        )
        .join_from(directives, table, table.c.directive_pk == d.pk)
        .where(conditions(wanted))
    )


def _columns(row: type[TargetRow] | type[DeadlineRow] | type[CitationRow]) -> list[str]:
    return list(row.__annotations__)


def target_rows(connection: Connection, wanted: Filter | None) -> list[TargetRow]:
    """By directive, in the order of the document."""
    query = _items(targets, _columns(TargetRow), wanted)
    rows = connection.execute(query.order_by(directives.c.id, targets.c.position))
    return [
        TargetRow.model_validate(dict(row._mapping) | {"value": _figure(row.value)}) for row in rows
    ]


def _figure(value: float | None) -> float | int | None:
    """A whole number as one: the column holds 5091.0 for 5091."""
    return int(value) if value is not None and value.is_integer() else value


def deadline_rows(connection: Connection, wanted: Filter | None) -> list[DeadlineRow]:
    """By the last day they can mean; those without a date last."""
    query = _items(deadlines, _columns(DeadlineRow), wanted)
    order = (deadlines.c.date_last.nulls_last(), directives.c.id, deadlines.c.position)
    rows = connection.execute(query.order_by(*order))
    return [DeadlineRow.model_validate(dict(row._mapping)) for row in rows]


def citation_rows(connection: Connection, wanted: Filter | None) -> list[CitationRow]:
    """By directive, in the order of the document."""
    query = _items(citations, _columns(CitationRow), wanted)
    rows = connection.execute(query.order_by(directives.c.id, citations.c.position))
    return [CitationRow.model_validate(dict(row._mapping)) for row in rows]


def counts(connection: Connection) -> dict[str, int]:
    """How much there is of everything."""
    d = directives.c

    def count(*where: ColumnElement[bool], of: Table = directives) -> int:
        return connection.scalar(select(func.count()).select_from(of).where(*where)) or 0

    return {
        "directives": count(),
        "needs_review": count(and_(d.state == "pending", d.reason_count > 0)),
        "pending": count(d.state == "pending"),
        "approved": count(d.state == "approved"),
        "corrected": count(d.state == "corrected"),
        "superseded": count(paths.is_superseded()),
        "sources": count(of=sources),
        "paths": count(source_paths.c.current == 1, of=source_paths),
        "pages": count(of=pages),
        "citations": count(of=citations),
        "targets": count(of=targets),
        "deadlines": count(of=deadlines),
        "findings": count(or_(findings.c.severity != "info"), of=findings),
        "quarantined": count(of=quarantine),
    }
