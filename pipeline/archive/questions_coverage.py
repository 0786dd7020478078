"""Which provinces documents come from, and which documents a campaign hangs on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, FromClause, Subquery, and_, case, func, select

from models.base import Model
from pipeline.archive import gone
from pipeline.archive.conditions import standing
from pipeline.archive.narrowing import narrowed
from pipeline.archive.queries import own_column
from pipeline.archive.questions import Answer
from pipeline.archive.rows import Filter
from pipeline.archive.schema import citations, directives, organisations, targets

_BATCH: Final = 500
#: What a document does with one that it hangs on.
_CARRIES_OUT: Final = ("implements", "based_on", "forwards", "follows")


class CoverageQuestion(Filter):
    """Documents by the issuer's province; ``now``: by the 34 provinces since 1 July 2025."""

    now: bool = False


class CoverageRow(Model):
    """What there is of a province; ``province`` is null where the issuer's name tells none.

    ``targets`` and ``results`` count the documents that have at least one with a figure. ``latest``
    is the first day that the date of the newest can mean.
    """

    province: str | None
    documents: int
    targets: int
    results: int
    latest: str | None


class HeadsQuestion(Filter):
    """Documents that others rest on; ``most``: so many of them."""

    most: int = Field(12, ge=1, le=100)


class HeadRow(Model):
    """A document that others cite, in the archive (``id``) or known by its number alone.

    ``carried_out`` counts the documents that implement it, rest on it or pass it on, ``cited`` all
    that name it; ``cited_by`` is the id of one of them.
    ``campaign``: it is itself of the campaign that was asked for.
    """

    key: str
    id: str | None
    number: str | None
    issued: str | None
    issuer: str | None
    doc_type: str | None
    subject: str | None
    carried_out: int
    cited: int
    cited_by: str
    campaign: bool


def newest(connection: Connection, wanted: Filter, limit: int) -> Subquery:
    """Row numbers of the newest directives that are wanted."""
    d = directives.c
    query = select(d.pk, d.id, d.issuer_org, d.issued_first)
    query = query.where(narrowed(connection, standing(wanted), newest=True).where)
    return query.order_by(d.issued_first.desc().nulls_last(), d.id).limit(limit).subquery("newest")


def more_than(connection: Connection, wanted: Filter, limit: int) -> bool:
    """Whether more than ``limit`` directives are wanted."""
    where = narrowed(connection, standing(wanted)).where
    query = select(directives.c.pk).where(where).offset(limit).limit(1)
    return connection.execute(query).first() is not None


def _is_whole(asked: CoverageQuestion) -> bool:
    """Whether the whole archive is asked for, as far as files still have it."""
    return standing(asked) == standing(None)


def coverage_answer(
    connection: Connection, asked: CoverageQuestion, limit: int
) -> Answer[CoverageRow]:
    """By province; of a part of the archive, of its newest ``limit`` documents."""
    whole = _is_whole(asked)
    rows = coverage(connection, asked, None if whole else limit)
    return Answer(rows, not whole and more_than(connection, asked, limit))


def heads_answer(connection: Connection, asked: HeadsQuestion, limit: int) -> Answer[HeadRow]:
    """The most carried out first, by the newest ``limit`` documents."""
    return Answer(heads(connection, asked, limit), more_than(connection, asked, limit))


#: (documents, with targets, with results, latest)
_Counts = tuple[int, int, int, str | None]


def coverage(
    connection: Connection, asked: CoverageQuestion, limit: int | None
) -> list[CoverageRow]:
    """By province's name; those without one last. No ``limit``: the whole archive is asked for."""
    if limit is not None:
        by_body = _by_body(connection, newest(connection, asked, limit))
    else:
        # Counted in indexes, without looking at directives; then less the few that no file has any
        # more.
        d = directives.c
        by_body = _by_body(connection, directives, many=True)
        columns = select(d.pk, d.issuer_org, d.issued_first)
        for pks in gone.batches(connection):
            some = columns.where(d.pk.in_(pks)).subquery("gone")
            for body, less in _by_body(connection, some).items():
                known = by_body[body]
                left = (known[0] - less[0], known[1] - less[1], known[2] - less[2])
                by_body[body] = (*left, known[3])
    places = _places(connection, by_body, now=asked.now)
    found: dict[str | None, _Counts] = {}
    for body, counts in by_body.items():
        place = places.get(body)
        found[place] = _added(found[place], counts) if place in found else counts
    rows = [
        CoverageRow(province=place, documents=of[0], targets=of[1], results=of[2], latest=of[3])
        for place, of in found.items()
        if of[0]
    ]
    return sorted(rows, key=lambda row: (row.province is None, row.province or ""))


def _added(one: _Counts, two: _Counts) -> _Counts:
    latest = max(filter(None, (one[3], two[3])), default=None)
    return one[0] + two[0], one[1] + two[1], one[2] + two[2], latest


def _by_body(
    connection: Connection, of: FromClause, *, many: bool = False
) -> dict[int | None, _Counts]:
    """By the issuer's row number; ``of`` has ``pk``, ``issuer_org`` and ``issued_first``.

    :param many: so many that the claims are listed first, and not looked up for each
    """
    body, t = of.c.issuer_org.label("body"), targets.c
    # In SQLite no index leads from a claim to its directive: each is a page of its own.
    pk = own_column(connection)(of.c.pk)

    def having(kind: ColumnElement[bool]) -> dict[int | None, int]:
        such = and_(kind, t.value.is_not(None))
        if many:
            query = select(body, func.count().label("many")).select_from(of)
            query = query.where(pk.in_(select(t.directive_pk).where(such)))
        else:
            query = select(body, func.count(of.c.pk.distinct()).label("many"))
            query = query.select_from(of.join(targets, t.directive_pk == pk)).where(such)
        return {row.body: row.many for row in connection.execute(query.group_by(body))}

    goals, results = having(t.kind != "result"), having(t.kind == "result")
    rows = connection.execute(
        select(body, func.count().label("many"), func.max(of.c.issued_first).label("latest"))
        .select_from(of)
        .group_by(body)
    )
    return {
        row.body: (row.many, goals.get(row.body, 0), results.get(row.body, 0), row.latest)
        for row in rows
    }


def _places(
    connection: Connection, bodies: Iterable[int | None], *, now: bool
) -> dict[int | None, str]:
    """The province of each body that has one; of issuers alone, for many more are only told."""
    o = organisations.c
    place = (o.province_now if now else o.province).label("place")
    found: dict[int | None, str] = {}
    rest = iter(body for body in bodies if body is not None)
    while batch := list(islice(rest, _BATCH)):
        rows = connection.execute(select(o.pk, place).where(place.is_not(None), o.pk.in_(batch)))
        found.update({row.pk: row.place for row in rows})
    return found


def heads(connection: Connection, asked: HeadsQuestion, limit: int) -> list[HeadRow]:
    """Those that the most of the newest ``limit`` documents carry out, then cite, come first."""
    one, c = newest(connection, asked, limit), citations.c
    by_one = func.min(one.c.id).label("cited_by")
    carried = func.count((case((c.relation.in_(_CARRIES_OUT), c.directive_pk))).distinct())
    cited = func.count(c.directive_pk.distinct())
    # From each of these to what it cites, and never through all citations.
    here = one.join(citations, c.directive_pk == own_column(connection)(one.c.pk))

    def most_cited(by: Sequence[Any], *where: ColumnElement[bool], **more: Any) -> list[Any]:
        query = (
            select(*by, carried.label("carried_out"), cited.label("cited"), by_one,
                   *(value.label(name) for name, value in more.items()))
            .select_from(here).where(*where).group_by(*by)
            .order_by(carried.desc(), cited.desc(), *by).limit(asked.most)
        )  # fmt: skip
        return list(connection.execute(query))

    there = {
        row.resolved_id: row for row in most_cited([c.resolved_id], c.resolved_id.is_not(None))
    }
    # Offices count alike: a number belongs to a document only with who issued it.
    named = most_cited(
        [c.number_key, c.issuer_org], c.resolved_id.is_(None), c.number_key != "",
        number=func.min(c.number), issued=func.max(c.issued), issuer=func.max(c.issuer),
        doc_type=func.max(c.doc_type),
    )  # fmt: skip
    d = directives.c
    known = connection.execute(
        select(d.id, d.number, d.issued, d.issuer, d.doc_type, d.subject, d.campaign_id)
        .where(d.id.in_(list(there)))
    )  # fmt: skip
    found = [_known(row, there[row.id], asked.campaign) for row in known]
    found += [_named(row) for row in named if row.number]
    found.sort(key=lambda row: (-row.carried_out, -row.cited, not row.campaign, row.key))
    return list({row.key: row for row in reversed(found)}.values())[::-1][: asked.most]


def _known(row: Any, counted: Any, campaign: str | None) -> HeadRow:
    return HeadRow(
        key=row.id, id=row.id, number=row.number, issued=row.issued, issuer=row.issuer,
        doc_type=row.doc_type, subject=row.subject, carried_out=counted.carried_out,
        cited=counted.cited, cited_by=counted.cited_by,
        campaign=campaign is not None and row.campaign_id == campaign,
    )  # fmt: skip


def _named(row: Any) -> HeadRow:
    return HeadRow(
        key=row.number, id=None, number=row.number, issued=row.issued, issuer=row.issuer,
        doc_type=row.doc_type, subject=None, carried_out=row.carried_out, cited=row.cited,
        cited_by=row.cited_by, campaign=False,
    )  # fmt: skip
