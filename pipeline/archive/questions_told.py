"""Who was told: addresses resolved to levels, places and the bodies that the archive knows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, union_all

from pipeline.archive import paths
from pipeline.archive.conditions import contains, standing
from pipeline.archive.levels import Meaning, meaning
from pipeline.archive.narrowing import among, narrowed
from pipeline.archive.rows import Filter, ToldRow
from pipeline.archive.schema import directives, organisations, recipients
from pipeline.archive.words import key

#: Bodies of a group that are named; a province has some twenty districts and as many branches.
_MEMBERS: Final = 500
#: So many bodies are named in a question.
_NAMED: Final = 500
#: Directives whose addresses are read at a time.
_BATCH: Final = 100
#: Levels of groups whose members may be in the whole country; see ``levels``.
_ANYWHERE: Final = ("central", "province", "sector", "unknown")

#: Row numbers of bodies, or the question that finds them.
Bodies = list[int] | Select[Any]

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
    meant = _meant(connection, part)
    alone = r.org.in_(meant.own)
    tells: ColumnElement[bool] = exists().where(r.directive_pk == d.pk, alone)
    own = select(r.directive_pk.label("pk")).where(alone)
    ways = [own]
    if meant.groups is not None:
        grouped = r.org.in_(meant.groups)
        tells_group: ColumnElement[bool] = exists().where(r.directive_pk == d.pk, grouped)
        ways = [_either(own, select(r.directive_pk.label("pk")).where(grouped))]
        if meant.near is not None:
            near = or_(d.issuer_org.is_(None), d.issuer_org.in_(meant.near))
            tells_group = and_(near, tells_group)
            ways.append(_either(own, select(d.pk.label("pk")).where(near)))
        tells = or_(tells, tells_group)
    where = among(connection, standing(wanted), ways)
    return and_(where, tells)


def _either(one: Select[Any], other: Select[Any]) -> Select[Any]:
    return select(union_all(one, other).subquery().c.pk)


class _Meant(NamedTuple):
    """Bodies that are asked for, groups of their levels, and whose groups may have them.

    ``groups`` is ``None`` where there are none; ``near`` where whoever issues may mean them.
    """

    own: Bodies
    groups: Bodies | None
    near: Bodies | None


def _meant(connection: Connection, part: str) -> _Meant:
    """The bodies with ``part`` in their names.

    A group has its members in the issuer's province or right under the issuer; those of the whole
    country, and of central issuers, have them anywhere.
    """
    o = organisations.c
    own = _listed(connection, select(o.pk).where(contains(o.key, part)))
    named = connection.execute(
        select(o.level, o.province, o.parent).where(o.pk.in_(own)).distinct()
    ).all()
    levels = {row.level for row in named}
    # By the keys first: they have an index, which is a tenth of the table.
    other = organisations.alias("other").c
    plural = select(other.pk).where(contains(other.key, "cac "))
    groups = _listed(connection, select(o.pk).where(o.pk.in_(plural), o.level.in_(levels)))
    if groups == [] or levels & set(_ANYWHERE):
        return _Meant(own, groups if groups != [] else None, None)
    places = {row.province or "" for row in named}
    above = {row.parent for row in named if row.parent is not None}
    near = select(o.pk).where(
        or_(o.level == "central", func.coalesce(o.province, "").in_(places), o.pk.in_(above))
    )
    return _Meant(own, groups, _listed(connection, near))


def _listed(connection: Connection, bodies: Select[Any]) -> Bodies:
    """The row numbers of ``bodies``; the question, where they are too many to be named in one."""
    found = list(connection.scalars(bodies.limit(_NAMED + 1)))
    return found if len(found) <= _NAMED else bodies


class Addresses:
    """The addresses of directives (rows of :data:`COLUMNS`), with whom they mean."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._groups = _Groups(connection)

    def of(self, chosen: Sequence[Any], part: str | None = None) -> Iterator[list[ToldRow]]:
        """Of each directive, in its order; those that mean a body with ``part`` in its name."""
        addresses = _addresses(self._connection, [directive.pk for directive in chosen])
        self._groups.learn(directive.issuer_org for directive in chosen)
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
        self._issuers: dict[int | None, Any] = {None: None}
        self._members: dict[tuple[Any, ...], tuple[str, ...]] = {}

    def learn(self, issuers: Iterable[int | None]) -> None:
        """Look up bodies that issue, all at once."""
        o = organisations.c
        new = set(issuers) - self._issuers.keys()
        wanted = select(o.pk, o.level, o.province, o.province_now).where(o.pk.in_(new))
        if new:
            self._issuers |= {row.pk: row for row in self._connection.execute(wanted)}

    def resolved(
        self, issuer: int | None, means: Meaning
    ) -> tuple[str | None, str | None, tuple[str, ...]]:
        """(province, province of today, names of the members that the archive knows)."""
        own = self._issuers[issuer]
        country = means.scope == "country" or own is None or own.level == "central"
        place = (None, None) if country else (own.province, own.province_now)
        under = means.scope == "issuer"
        nowhere = under and issuer is None  # what stands under a body that is not known
        if nowhere or means.kind == "other" or means.level in ("unknown", "every"):
            return (*place, ())
        asked = (means.kind, means.level, country, None if under else place[0],
                 issuer if under else None)  # fmt: skip
        if asked not in self._members:
            self._members[asked] = self._look_up(*asked)
        return (*place, self._members[asked])

    def _look_up(
        self, kind: str, level: str, country: bool, province: str | None, above: int | None
    ) -> tuple[str, ...]:
        o = organisations.c
        where = [o.kind == kind, o.level == level]
        if above is not None:
            where.append(o.parent == above)
        elif not country:
            where.append(o.province == province)
        names = self._connection.scalars(
            select(o.name).where(*where).order_by(o.key, o.id).limit(_MEMBERS)
        )
        return tuple(name for name in names if meaning(name).addressee == "body")
