"""Who was told: addresses resolved to levels, places and the bodies that the archive knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from pipeline.archive import paths
from pipeline.archive.conditions import contains, standing
from pipeline.archive.levels import Meaning, meaning
from pipeline.archive.narrowing import narrowed
from pipeline.archive.rows import Filter, ToldRow
from pipeline.archive.schema import directives, organisations, recipients
from pipeline.archive.words import key

#: Bodies of a group that are named; a province has some twenty districts and as many branches.
_MEMBERS: Final = 500
#: Directives whose addresses are read at a time.
_BATCH: Final = 100
#: Up to so many directives are chosen by their keys.
_FEW: Final = 2000

#: What is asked of the directives whose addresses are told.
COLUMNS: Final = (
    directives.c.pk,
    directives.c.id,
    directives.c.number,
    directives.c.issuer,
    directives.c.issued,
    directives.c.issuer_org,
    paths.first_name().label("path"),
)


def told(
    connection: Connection, wanted: Filter | None, organisation: str | None, limit: int
) -> list[ToldRow]:
    """Addresses of the newest directives that ``wanted`` names, in the order of each document."""
    d = directives.c
    where = narrowed(connection, standing(wanted), newest=True).where
    part = None if organisation is None else key(organisation)
    if part is not None:
        where = and_(where, names_body(connection, part))
    chosen = connection.execute(
        select(*COLUMNS)
        .where(where)
        .order_by(d.issued_first.desc().nulls_last(), d.id)
        .limit(limit)
    ).all()
    addresses = Addresses(connection)
    rows: list[ToldRow] = []
    for start in range(0, len(chosen), _BATCH):
        for told_here in addresses.of(chosen[start : start + _BATCH], part):
            rows += told_here
        if len(rows) >= limit:
            break
    return rows[:limit]


class Addresses:
    """The addresses of directives (rows of :data:`COLUMNS`), with whom they mean."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._groups = _Groups(connection)

    def of(self, chosen: Sequence[Any], part: str | None = None) -> Iterator[list[ToldRow]]:
        """Of each directive, in its order; those that mean a body with ``part`` in its name."""
        addresses = _addresses(self._connection, [directive.pk for directive in chosen])
        for directive in chosen:
            found = _of_directive(directive, addresses.get(directive.pk, ()), self._groups)
            yield [row for row in found if part is None or _means(row, part)]


def _means(row: ToldRow, part: str) -> bool:
    return part in key(row.name) or any(part in key(member) for member in row.members)


def names_body(connection: Connection, part: str) -> ColumnElement[bool]:
    """Directives that tell a body with ``part`` in its name, by its name or with its group.

    By the bodies, of which there are few, not by the addresses.
    """
    r, o = recipients.c, organisations.c
    other = organisations.alias("other")
    levels = select(other.c.level).where(contains(other.c.key, part))
    grouped = and_(o.level.in_(levels), contains(o.key, "cac "))
    bodies = select(o.pk).where(or_(contains(o.key, part), grouped))
    told_them = select(r.directive_pk).where(r.org.in_(bodies)).distinct()
    few = connection.scalars(told_them.limit(_FEW + 1)).all()
    if len(few) <= _FEW:
        return directives.c.pk.in_(few)
    # So many that the newest of them are soon found by looking at one directive after the other.
    return exists().where(r.directive_pk == directives.c.pk, r.org.in_(bodies))


def _addresses(connection: Connection, pks: Sequence[int]) -> dict[int, list[Any]]:
    """The addresses of directives, in the order of each."""
    r, o = recipients.c, organisations.c
    found: dict[int, list[Any]] = {}
    for row in connection.execute(
        select(
            r.directive_pk, r.kind, r.position, r.value, r.raw, r.status, r.page,
            o.id.label("organisation_id"), o.kind.label("body_kind"), o.level, o.province,
            o.province_now,
        )
        .join_from(recipients, organisations, o.pk == r.org, isouter=True)
        .where(r.directive_pk.in_(pks))
        .order_by(r.directive_pk, r.kind.desc(), r.position)
    ):  # fmt: skip
        found.setdefault(row.directive_pk, []).append(row)
    return found


def _of_directive(directive: Any, found: Sequence[Any], groups: _Groups) -> Iterator[ToldRow]:
    above = [row for row in found if row.kind == "to"]
    for row in found:
        means = meaning(row.value)
        if means.addressee == "as_above" and above:
            for meant in above:
                yield _row(directive, meant, meaning(meant.value), groups, repeated_by=row)
        else:
            yield _row(directive, row, means, groups)


def _row(
    directive: Any, row: Any, means: Meaning, groups: _Groups, repeated_by: Any = None
) -> ToldRow:
    shown = repeated_by or row
    group = means.addressee == "group"
    body = means.addressee == "body"
    province, now, members = groups.resolved(directive.issuer_org, means) if group else (
        row.province if body else None, row.province_now if body else None, ()
    )  # fmt: skip
    return ToldRow(
        directive_id=directive.id,
        directive_number=directive.number,
        directive_issuer=directive.issuer,
        directive_issued=directive.issued,
        path=directive.path,
        position=shown.position,
        kind=shown.kind,
        name=row.value,
        status=shown.status if shown.status != "accepted" else row.status,
        as_above=repeated_by is not None,
        addressee=means.addressee,
        body_kind=means.kind if group else (row.body_kind or "other") if body else "other",
        level=means.level if group else (row.level or "unknown") if body else "unknown",
        scope=means.scope,
        province=province,
        province_now=now,
        organisation_id=row.organisation_id if body else None,
        members=members,
        page=shown.page,
    )


class _Groups:
    """Members of groups, each looked up once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[Any, ...], tuple[str | None, str | None, tuple[str, ...]]] = {}

    def resolved(
        self, issuer: int | None, means: Meaning
    ) -> tuple[str | None, str | None, tuple[str, ...]]:
        """(province, province of today, names of the members that the archive knows)."""
        asked = (issuer, means.kind, means.level, means.scope)
        if asked not in self._known:
            self._known[asked] = self._look_up(issuer, means)
        return self._known[asked]

    def _look_up(
        self, issuer: int | None, means: Meaning
    ) -> tuple[str | None, str | None, tuple[str, ...]]:
        o = organisations.c
        own = self._connection.execute(
            select(o.pk, o.level, o.province, o.province_now).where(o.pk == issuer)
        ).one_or_none()
        country = means.scope == "country" or own is None or own.level == "central"
        place = (None, None) if country or own is None else (own.province, own.province_now)
        if means.kind == "other" or means.level in ("unknown", "every"):
            return (*place, ())
        where = [o.kind == means.kind, o.level == means.level]
        if means.scope == "issuer":
            where.append(o.parent == issuer)
        elif not country:
            where.append(o.province == place[0])
        names = self._connection.scalars(
            select(o.name).where(*where).order_by(o.key, o.id).limit(_MEMBERS)
        )
        return (*place, tuple(name for name in names if meaning(name).addressee == "body"))
