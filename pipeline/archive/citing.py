"""Which directive of the archive a citation means.

A citation is resolved where number, date and issuer agree with exactly one directive that a file
still has: the number by its folded key, the date to the day, the issuer as an organisation. Number
and date must be accepted on both sides. The issuer may be a proposal: the two documents name it
independently, so their agreement is evidence enough. Anything less stays unresolved.

What is resolved follows from the archive's contents alone and is kept up at every change: of the
citing document, and of the cited one (it arrives, is corrected, superseded, merged).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    update,
    values,
)

from pipeline.archive.dialects import POSTGRESQL
from pipeline.archive.log import Author, note_resolved
from pipeline.archive.schema import citations, directives, organisations
from pipeline.archive.words import key

#: What a document is cited by: the key of its number, its issuer (``organisations.pk``), the day.
Spot = tuple[str, int, str]

_DAY: Final = re.compile(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]")
#: Said of any paper with a number ("văn bản số …"), so it contradicts no type.
_ANY_TYPE: Final = key("Công văn")
_BATCH: Final = 500


def spot(row: Any) -> set[Spot]:
    """The spot of a directive or a citation, if number, issuer and day are known."""
    found = _spot(row.number_key, row.issuer_org, row.issued)
    return set() if found is None else {found}


def _spot(number_key: str | None, org: int | None, issued: str | None) -> Spot | None:
    if not number_key or org is None or not issued or not _DAY.fullmatch(issued):
        return None
    return number_key, org, issued


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
    rows = _citations(connection, spots, citing)
    placed = [(row, _spot_of(row)) for row in rows]
    documents = _documents(connection, {at for _, at in placed if at is not None})
    moved: dict[str, dict[str, str | None]] = defaultdict(dict)
    changed: list[dict[str, Any]] = []
    for row, at in placed:
        resolved = _meant(row, at, documents)
        if resolved == row.resolved_id:
            continue
        changed.append({"of": row.directive_pk, "at": row.position, "to": resolved})
        if row.live_seq is not None and row.id not in quiet:
            moved[row.id][str(row.position)] = resolved
    if changed:
        c = citations.c
        here = and_(c.directive_pk == bindparam("of"), c.position == bindparam("at"))
        connection.execute(
            update(citations).where(here).values(resolved_id=bindparam("to")), changed
        )
    note_resolved(connection, moved, author)


def _citations(
    connection: Connection, spots: Collection[Spot], citing: Collection[int]
) -> list[Any]:
    """The citations of ``spots`` and those in ``citing``, each once."""
    c, d = citations.c, directives.c
    query = select(
        c.directive_pk, c.position, c.number_key, c.number_status, c.issued, c.issued_status,
        c.doc_type, c.issuer_org, c.resolved_id, d.id, d.live_seq,
    ).join_from(citations, directives, c.directive_pk == d.pk)  # fmt: skip
    rows: list[Any] = []
    for batch in _batches(sorted(spots)):
        rows += _at(connection, query, c, batch)
    for owners in _batches(sorted(citing)):
        rows += connection.execute(query.where(c.directive_pk.in_(owners))).all()
    if not spots or not citing:  # each was asked for once
        return sorted(rows, key=_by_id)
    return sorted({_by_id(row): row for row in rows}.values(), key=_by_id)


_by_id: Any = attrgetter("id", "position")


def _at(connection: Connection, query: Select[Any], table: Any, spots: Sequence[Spot]) -> Any:
    """The rows at ``spots``. Joined, for SQLite finds no list of pairs by an index."""
    if connection.dialect.name == POSTGRESQL:
        wanted: Any = (
            values(column("number_key", Text), column("org", Integer), column("issued", Text))
            .data(list(spots))
            .cte("spots")
        )
        number_key, org, issued = wanted.c.number_key, wanted.c.org, wanted.c.issued
    else:  # one value to bind instead of three for each spot: most of the time went there
        wanted = func.json_each(json.dumps(spots)).table_valued("value", name="spots")
        number_key, org, issued = (
            func.json_extract(wanted.c.value, f"$[{place}]") for place in range(3)
        )
    same = and_(table.number_key == number_key, table.issuer_org == org, table.issued == issued)
    return connection.execute(query.join(wanted, same)).all()


def _batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]


def _spot_of(row: Any) -> Spot | None:
    if row.number_status != "accepted" or row.issued_status != "accepted":
        return None
    return _spot(row.number_key, row.issuer_org, row.issued)


@dataclass(frozen=True, slots=True)
class _Document:
    id: str
    doc_type_key: str


def _documents(connection: Connection, spots: Iterable[Spot]) -> dict[Spot, list[_Document]]:
    """The directives that can be meant by a citation of each spot."""
    d, o = directives.c, organisations.c
    one_of_its_kind = or_(
        o.province.is_not(None),
        (o.kind != "other") & o.level.in_(("central", "province", "sector")),
    )
    found: dict[Spot, list[_Document]] = defaultdict(list)
    for batch in _batches(sorted(spots)):
        query = (
            select(d.id, d.number_key, d.issued, d.issuer_org, d.doc_type_key)
            .join_from(directives, organisations, d.issuer_org == o.pk)
            .where(
                d.number_status == "accepted",
                d.issued_status == "accepted",
                d.live_seq.is_not(None),
                d.version_of.is_(None),
                one_of_its_kind,
            )
            .order_by(d.id)
        )
        for row in _at(connection, query, d, batch):
            for at in spot(row):
                found[at].append(_Document(row.id, row.doc_type_key))
    return found


def _meant(row: Any, at: Spot | None, documents: dict[Spot, list[_Document]]) -> str | None:
    """The one directive that agrees with a citation; none where it is itself or not told."""
    agreeing = documents.get(at, ()) if at is not None else ()
    if agreeing:
        own = row.id
        agreeing = [document for document in agreeing if document.id != own]
    if not agreeing:
        return None
    doc_type = key(row.doc_type)
    if doc_type and doc_type != _ANY_TYPE:
        agreeing = [a for a in agreeing if a.doc_type_key in {"", doc_type}]
    return agreeing[0].id if len(agreeing) == 1 else None
