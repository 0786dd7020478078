"""Who was told: addresses resolved to levels, places and the bodies that the archive knows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, union_all

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
#: Levels of groups whose members may be in the whole country; see ``levels``.
_ANYWHERE: Final = ("central", "province", "sector", "unknown")

#: What is asked of the directives whose addresses are told.
COLUMNS: Final = (
    directives.c.pk,
    directives.c.id,
    directives.c.number,
    directives.c.issuer,
    directives.c.issued,
    directives.c.issuer_org,
    paths.CONTENT,
)


def told(
    connection: Connection, wanted: Filter | None, organisation: str | None, limit: int
) -> list[ToldRow]:
    """Addresses of the newest directives that ``wanted`` names, in the order of each document."""
    d = directives.c
    part = None if organisation is None else key(organisation)
    query = (
        select(*COLUMNS)
        .where(chosen(connection, wanted, part))
        .order_by(d.issued_first.desc().nulls_last(), d.id)
    )
    addresses = Addresses(connection)
    rows: list[ToldRow] = []
    found = connection.execute(query.execution_options(yield_per=_BATCH))
    with contextlib.closing(found):
        for batch in found.partitions():
            directives_here = [SimpleNamespace(**r) for r in paths.with_names(connection, batch)]
            for told_here in addresses.of(directives_here, part):
                rows += told_here
            if len(rows) >= limit:
                break
    return rows[:limit]


def chosen(connection: Connection, wanted: Filter | None, part: str | None) -> ColumnElement[bool]:
    """The directives that ``wanted`` names; with ``part``: that may tell a body of such a name.

    By its own name or with its group. By the bodies, of which there are few, not by the addresses.
    """
    if part is None:
        return narrowed(connection, standing(wanted), newest=True).where
    r, d = recipients.c, directives.c
    own, groups, near = _bodies_meant(part)
    alone = select(r.directive_pk.label("pk")).where(r.org.in_(own))
    grouped = (
        select(r.directive_pk)
        .join_from(recipients, directives, r.directive_pk == d.pk)
        .where(r.org.in_(groups), or_(d.issuer_org.is_(None), d.issuer_org.in_(near)))
    )
    told_them = select(union_all(alone, grouped).subquery().c.pk)
    found = narrowed(connection, standing(wanted), told_them, newest=True)
    of_this = exists().where(r.directive_pk == d.pk, r.org.in_(own))
    of_group = exists().where(r.directive_pk == d.pk, r.org.in_(groups))
    near_it = or_(d.issuer_org.is_(None), d.issuer_org.in_(near))
    return and_(found.where, or_(of_this, and_(near_it, of_group)))


def _bodies_meant(part: str) -> tuple[Select[Any], Select[Any], Select[Any]]:
    """Bodies with ``part`` in their names, groups of their levels, and whose groups may have them.

    A group has its members in the issuer's province or right under the issuer; those of the whole
    country, and of central issuers, have them anywhere.
    """
    o = organisations.c
    named = organisations.alias("named")
    such = contains(named.c.key, part)
    own = select(o.pk).where(contains(o.key, part))
    groups = select(o.pk).where(
        o.level.in_(select(named.c.level).where(such)), contains(o.key, "cac ")
    )
    places = select(func.coalesce(named.c.province, "")).where(such)
    above = select(named.c.parent).where(such, named.c.parent.is_not(None))
    anywhere = select(named.c.pk).where(such, named.c.level.in_(_ANYWHERE))
    near = select(o.pk).where(
        or_(
            o.level == "central",
            func.coalesce(o.province, "").in_(places),
            o.pk.in_(above),
            exists(anywhere),
        )
    )
    return own, groups, near


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
