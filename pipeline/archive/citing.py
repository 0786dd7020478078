"""Which directive of the archive a citation means.

A citation is resolved where number, date and issuer agree with exactly one directive that a file
still has: the number by its folded key, the date to the day, the issuer as an organisation. Number
and date must be accepted on both sides. The issuer may be a proposal: the two documents name it
independently, so their agreement is evidence enough. Anything less stays unresolved.

What is resolved follows from the archive's contents alone and is kept up at every change: of the
citing document, and of the cited one (it arrives, is corrected, superseded, merged).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, or_, select, update

from pipeline.archive.log import Author, note
from pipeline.archive.schema import citations, directives, organisations
from pipeline.archive.words import key

#: What a document is cited by: the key of its number, and the day.
Spot = tuple[str, str]

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
#: Said of any paper with a number ("văn bản số …"), so it contradicts no type.
_ANY_TYPE: Final = key("Công văn")
_BATCH: Final = 300


def spot(number_key: str | None, issued: str | None) -> set[Spot]:
    """The spot of a document, if number and day are known."""
    return {(number_key, issued)} if number_key and issued and _DAY.fullmatch(issued) else set()


def resolve(
    connection: Connection,
    spots: Collection[Spot],
    citing: Collection[int] = (),
    *,
    author: Author,
    quiet: Collection[str] = (),
) -> None:
    """Resolve anew all citations of ``spots`` and those in the directives ``citing`` (pks).

    A change is noted in the history of the citing directive, unless that is in ``quiet`` (its own
    change says it) or superseded.
    """
    c, d = citations.c, directives.c
    wanted: list[ColumnElement[bool]] = []
    if spots:
        wanted.append(_at(c.number_key, c.issued, spots))
    if citing:
        wanted.append(c.directive_pk.in_(citing))
    if not wanted:
        return
    found = connection.execute(
        select(
            c.directive_pk, c.position, c.number_key, c.number_status, c.issued, c.issued_status,
            c.doc_type, c.issuer_org, c.resolved_id, d.id, d.live_seq,
        )
        .join_from(citations, directives, c.directive_pk == d.pk)
        .where(or_(*wanted))
        .order_by(d.id, c.position)
    ).all()  # fmt: skip
    rows = [row for row in found if row.directive_pk in citing or (row[2], row[4]) in spots]
    documents = _documents(connection, {s for row in rows for s in _spot_of(row)})
    moved: dict[str, dict[str, str | None]] = defaultdict(dict)
    for row in rows:
        resolved = _meant(row, documents)
        if resolved == row.resolved_id:
            continue
        connection.execute(
            update(citations)
            .where(c.directive_pk == row.directive_pk, c.position == row.position)
            .values(resolved_id=resolved)
        )
        if row.live_seq is not None and row.id not in quiet:
            moved[row.id][str(row.position)] = resolved
    for id_, places in moved.items():
        note(connection, [(id_, "resolved")], author, detail={"citations": places})


def _at(number: Any, issued: Any, spots: Collection[Spot]) -> ColumnElement[bool]:
    """A superset of ``spots`` that an index finds; the caller takes the exact ones."""
    condition: ColumnElement[bool] = number.in_({s[0] for s in spots}) & issued.in_(
        {s[1] for s in spots}
    )
    return condition


def _spot_of(row: Any) -> set[Spot]:
    sure = row.number_status == "accepted" and row.issued_status == "accepted"
    return spot(row.number_key, row.issued) if sure and row.issuer_org is not None else set()


@dataclass(frozen=True, slots=True)
class _Document:
    id: str
    issuer_org: int
    doc_type_key: str


def _documents(connection: Connection, spots: Iterable[Spot]) -> dict[Spot, list[_Document]]:
    """The directives that can be meant by a citation of each spot."""
    d, o = directives.c, organisations.c
    one_of_its_kind = or_(
        o.province.is_not(None),
        (o.kind != "other") & o.level.in_(("central", "province", "sector")),
    )
    found: dict[Spot, list[_Document]] = defaultdict(list)
    rest = iter(sorted(spots))
    while batch := set(islice(rest, _BATCH)):
        rows = connection.execute(
            select(d.id, d.number_key, d.issued, d.issuer_org, d.doc_type_key)
            .join_from(directives, organisations, d.issuer_org == o.pk)
            .where(
                _at(d.number_key, d.issued, batch),
                d.number_status == "accepted",
                d.issued_status == "accepted",
                d.live_seq.is_not(None),
                d.version_of.is_(None),
                one_of_its_kind,
            )
            .order_by(d.id)
        )
        for id_, number_key, issued, org, doc_type in rows:
            if (number_key, issued) in batch:
                found[number_key, issued].append(_Document(id_, org, doc_type))
    return found


def _meant(row: Any, documents: dict[Spot, list[_Document]]) -> str | None:
    """The one directive that agrees with a citation; none where it is itself or not told."""
    agreeing = [
        document
        for at in _spot_of(row)
        for document in documents.get(at, ())
        if document.issuer_org == row.issuer_org and document.id != row.id
    ]
    doc_type = key(row.doc_type)
    if doc_type and doc_type != _ANY_TYPE:
        agreeing = [a for a in agreeing if a.doc_type_key in {"", doc_type}]
    return agreeing[0].id if len(agreeing) == 1 else None
