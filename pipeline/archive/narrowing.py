"""How SQLite is to find the directives that a filter names; PostgreSQL finds the way by itself.

SQLite chooses an index without knowing how many rows stand behind a value, and an archive has
offices with ten documents and offices with a hundred thousand. So the rows of each condition are
counted first, in its index alone and no further than :data:`FEW`. Where the smallest are few, they
are looked at one by one, and sorted. Where all are many, the answer is soon found by going through
the archive in the order that is asked for, and no index leads away from that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, select, union_all

from pipeline.archive import fulltext
from pipeline.archive.conditions import (
    as_it_is,
    bodies_of,
    conditions,
    issuers_with,
    needs_a_look,
    standing,
    unindexed,
)
from pipeline.archive.dialects import POSTGRESQL
from pipeline.archive.rows import Filter
from pipeline.archive.schema import deadlines, directives, findings, targets
from pipeline.archive.words import ask, key, number_key, short_key

#: So many rows of directives are read in some 20 ms.
FEW: Final = 5_000
#: So many keys are put into a set in some 40 ms.
MANY: Final = 50_000
#: So many places of an index are passed for a page of a hundred while two rows are fetched.
_PASSED: Final = 2
#: A page of a hundred is met after a hundred times the inverse of the share of rows that are meant;
#: to fetch one of them takes some thirty times as long as to put a key into a set.
_SPARED: Final = 100 * 30
#: So many names of issuers are put into a question.
_NAMES: Final = 500

#: What each index of issuers, bodies, campaigns and types tells of a directive (and its issuer's
#: name that of the issuers); through so many places of one it is looked for so many keys.
_INDEXED: Final = frozenset(
    {"issuer", "issued_from", "issued_to", "campaign", "doc_type", "superseded"}
    | {"level", "province", "province_now"}
)
_THROUGH: Final = 100_000
_TOLD: Final = 20_000
#: So many keys are put into a question to PostgreSQL.
_ON_A_SERVER: Final = 1_000

#: Keys of directives.
Keys = Select[Any]
Condition = ColumnElement[bool]


class Narrowed(NamedTuple):
    """A condition on ``directives``; ``few``: so few meet it that they are best looked at first."""

    where: Condition
    few: bool


def narrowed(
    connection: Connection, wanted: Filter | None, *more: Keys, newest: bool = False
) -> Narrowed:
    """The directives that ``wanted`` names, in the way that finds them soon.

    :param more: keys of directives, each quick to count, among which all must be
    :param newest: the answer is in the order of ``issued_first``
    """
    f = wanted or Filter()
    if (f == Filter() and not more) or connection.dialect.name == POSTGRESQL:
        return Narrowed(conditions(f), few=False)
    issuers = _issuers(connection, f)
    ways = [*_ways(f, issuers, _bodies(connection, f)), *((keys, None) for keys in more)]
    where = conditions(f, indexed=False, issuers=issuers)
    dated = f.issued_from is not None or f.issued_to is not None
    if newest and len(ways) == 1 and ways[0][1] is None and not dated:
        return _met_soon(connection, ways[0][0], where)
    smallest, leader = _smallest(connection, ways, FEW)
    if newest and leader is not None:
        # One after the other in the order that is asked for: no more than these, and no sorting.
        where = and_(leader, *_beside(connection, ways, leader), where)
    elif smallest is not None:
        return Narrowed(and_(directives.c.pk.in_(smallest), where), few=True)
    if newest and f.issued_to is not None:
        where = and_(directives.c.issued_first <= f.issued_to.isoformat(), where)
    return Narrowed(where, few=smallest is not None)


def narrowed_from(
    connection: Connection, wanted: Filter | None, owner: ColumnElement[int]
) -> Narrowed:
    """As :func:`narrowed`, for an answer that goes through the rows of a list by an index of it.

    ``owner`` says whose row it is: it is looked for in a set of keys, so that most directives need
    not be fetched.
    """
    chosen = narrowed(connection, wanted)
    if chosen.few:
        return chosen
    keys = keys_around(connection, wanted or Filter(), MANY)
    if keys is None:
        return chosen
    return Narrowed(and_(unindexed(owner).in_(keys), chosen.where), few=False)


def among(connection: Connection, wanted: Filter, ways: Sequence[Keys]) -> Condition:
    """The directives that ``wanted`` names and that are among the keys of each of ``ways``.

    For answers in the order of ``issued_first``, in either database.
    """
    server = connection.dialect.name == POSTGRESQL
    if not server and wanted != standing(None):
        return narrowed(connection, wanted, *ways, newest=True).where
    counts = [_count(connection, keys, MANY + 1) for keys in ways]
    least = counts.index(min(counts))
    where = conditions(wanted, indexed=server)
    return _met_soon(connection, ways[least], where, counts[least]).where


def _met_soon(
    connection: Connection, keys: Keys, where: Condition, count: int | None = None
) -> Narrowed:
    """The directives with ``keys``, if ``where``, which it is for most of them, by their dates.

    Few are fetched and sorted. More are met soon when going through the index of dates, where a
    key is looked for in a set: fifty times as quick as to fetch a row, most often from the disk.
    Of too many for a set, nearly every row is one.
    """
    pk = directives.c.pk
    count = _count(connection, keys, MANY + 1) if count is None else count
    every = connection.scalar(select(func.max(pk))) or 0
    if count * count <= _PASSED * every:
        return Narrowed(and_(pk.in_(keys), where), few=True)
    if count > MANY:
        return Narrowed(where, few=False)
    own = as_it_is if connection.dialect.name == POSTGRESQL else unindexed
    return Narrowed(and_(own(pk).in_(keys), where), few=False)


def _beside(
    connection: Connection, ways: Sequence[tuple[Keys, Condition | None]], leader: Condition
) -> Iterator[Condition]:
    """Another condition's keys as a set, where it spares more fetched rows than it costs."""
    rest = [(keys, None) for keys, leads in ways if leads is not leader]
    every = connection.scalar(select(func.max(directives.c.pk))) or 0
    most = min(MANY, int((_SPARED * every) ** 0.5))
    smallest, _ = _smallest(connection, rest, most)
    if smallest is not None:
        yield unindexed(directives.c.pk).in_(smallest)


def _smallest(
    connection: Connection, ways: Iterable[tuple[Keys, Condition | None]], most: int
) -> tuple[Keys | None, Condition | None]:
    """The way with the fewest keys, if those are no more than ``most``, and what leads to it.

    Else the first that leads to keys in the order of ``issued_first``.
    """
    least, smallest = most + 1, None
    leader: Condition | None = None
    for keys, leads in ways:
        count = _count(connection, keys, least)
        if count < least:
            least, smallest, leader = count, keys, leads
        elif leader is None and smallest is None:
            leader = leads
    return smallest, leader


def keys_around(connection: Connection, wanted: Filter, most: int) -> Keys | None:
    """At most so many keys, in SQLite, among which are those that ``wanted`` names."""
    if connection.dialect.name == POSTGRESQL:
        return None
    ways = _ways(wanted, _issuers(connection, wanted), _bodies(connection, wanted))
    return _smallest(connection, ways, most)[0]


def keys_of(connection: Connection, wanted: Filter) -> list[int] | None:
    """The keys of the directives that ``wanted`` names; ``None``: they may be more than a few."""
    if connection.dialect.name == POSTGRESQL:
        # It takes a condition on common words to be sharper than it is, and reads texts for that.
        some = select(directives.c.pk).where(conditions(wanted)).limit(_ON_A_SERVER + 1)
        keys = list(connection.scalars(some))
        return keys if len(keys) <= _ON_A_SERVER else None
    exact = _told_by_an_index(connection, wanted)
    if exact is not None:
        return exact
    found = narrowed(connection, wanted)
    if not found.few:
        return None
    return list(connection.scalars(select(directives.c.pk).where(found.where)))


def _told_by_an_index(connection: Connection, f: Filter) -> list[int] | None:
    """The keys of the directives that ``f`` names, where one index has all that it asks of them.

    No row is fetched. ``None``: it asks for more than that, or too much is to be gone through.
    """
    asked = {name for name in Filter.model_fields if getattr(f, name) is not None}
    if not asked <= _INDEXED:
        return None
    d, issuers = directives.c, _issuers(connection, f)
    ways: list[Condition] = []
    if f.issuer is not None:  # names are in an index of their own alone
        if issuers is None:
            return None
        ways.append(d.issuer_key.in_(issuers))
    else:
        if f.doc_type is not None:
            ways.append(d.doc_type_key == short_key(f.doc_type))
        if f.campaign is not None:
            ways.append(d.campaign_id == f.campaign)
        if (bodies := _bodies(connection, f)) is not None:
            ways.append(d.issuer_org.in_(bodies))
    pks = select(d.pk)
    smallest, way = _smallest(connection, ((pks.where(way), way) for way in ways), _THROUGH)
    if smallest is None or way is None:
        return None
    such = conditions(f, indexed=False, issuers=issuers)
    keys = list(connection.scalars(pks.where(way, such).limit(_TOLD + 1)))
    return keys if len(keys) <= _TOLD else None


def _count(connection: Connection, keys: Keys, most: int) -> int:
    some = keys.limit(most).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


def _issuers(connection: Connection, f: Filter) -> list[str] | None:
    """The names of the issuers that are wanted, if they are not too many."""
    if f.issuer is None:
        return None
    names = list(connection.scalars(issuers_with(key(f.issuer)).limit(_NAMES + 1)))
    return names if len(names) <= _NAMES else None


def _bodies(connection: Connection, f: Filter) -> list[int] | Keys | None:
    """The issuers of the level and province that are wanted; as a question, if they are many."""
    if (bodies := bodies_of(f)) is None:
        return None
    found = list(connection.scalars(bodies.limit(_NAMES + 1)))
    return found if len(found) <= _NAMES else bodies


def _ways(
    f: Filter, issuers: list[str] | None, bodies: list[int] | Keys | None
) -> Iterator[tuple[Keys, Condition | None]]:
    """Keys among which those that ``f`` names must be, from one index each.

    With a condition under which that index has them in the order of ``issued_first``.
    """
    d = directives.c
    pks = select(d.pk)
    if f.id is not None:
        yield pks.where(d.id == f.id), None
    if f.number is not None:
        yield pks.where(d.number_key == number_key(f.number)), None
    if f.issuer is not None:
        names: Any = issuers_with(key(f.issuer)) if issuers is None else issuers
        one = d.issuer_key == issuers[0] if issuers is not None and len(issuers) == 1 else None
        if f.campaign is not None:
            of_it = d.campaign_id == f.campaign
            both = None if one is None else and_(of_it, one)
            yield _issued_in(f, of_it, d.issuer_key.in_(names)), both
        yield _issued_in(f, d.issuer_key.in_(names)), one
    if bodies is not None:
        only = d.issuer_org == bodies[0] if isinstance(bodies, list) and len(bodies) == 1 else None
        yield _issued_in(f, d.issuer_org.in_(bodies)), only
    for wanted, column in (
        (f.campaign, d.campaign_id),
        (None if f.doc_type is None else short_key(f.doc_type), d.doc_type_key),
    ):
        if wanted is not None:
            yield _issued_in(f, column == wanted), column == wanted
    if f.issued_from is not None or f.issued_to is not None:
        yield _issued_in(f), None
    if f.state is not None:
        yield pks.where(d.state == f.state), None
    if f.needs_review:
        yield pks.where(needs_a_look()), None
    if f.superseded:
        yield pks.where(d.live_seq.is_(None)), None
    yield from ((keys, None) for keys in _by_lists(f))


def _by_lists(f: Filter) -> Iterator[Keys]:
    """Keys of the directives that have such items, or such a text."""
    if f.finding is not None:
        yield select(findings.c.directive_pk).where(findings.c.code == f.finding)
    if f.target_kind is not None:
        yield select(targets.c.directive_pk).where(targets.c.kind == f.target_kind)
    if f.deadline_from is not None or f.deadline_to is not None:
        begin = None if f.deadline_from is None else f.deadline_from.isoformat()
        end = None if f.deadline_to is None else f.deadline_to.isoformat()
        l = deadlines.c  # noqa: E741 - as everywhere
        yield overlapping(deadlines, l.directive_pk, (l.date_first, l.date_last), (begin, end))
    if f.text is not None and (question := ask(f.text)).terms:
        yield fulltext.keys(question)


def _issued_in(f: Filter, *such: Condition) -> Keys:
    d = directives.c
    begin = None if f.issued_from is None else f.issued_from.isoformat()
    end = None if f.issued_to is None else f.issued_to.isoformat()
    return overlapping(directives, d.pk, (d.issued_first, d.issued_last), (begin, end), *such)


def overlapping(
    table: Table,
    pk: ColumnElement[int],
    days: tuple[ColumnElement[Any], ColumnElement[Any]],
    span: tuple[str | None, str | None],
    *such: Condition,
) -> Keys:
    """Keys of rows of ``table`` that are ``such`` and have a day in the span, and some more.

    An index has the days in the order of one end. So those that begin in the span are one part,
    and those that begin before and end in it or behind it (few: their day is not known) another,
    from an index of their own.
    """
    first, last = days
    begin, end = span
    keys = select(pk.label("pk")).select_from(table).where(*such)
    if end is not None:
        keys = keys.where(first <= end)
    if begin is None:
        return keys
    begun = select(pk).select_from(table).where(first != last, last >= begin, first < begin)
    return select(union_all(keys.where(first >= begin), begun).subquery().c.pk)
