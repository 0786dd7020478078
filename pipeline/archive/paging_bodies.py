"""Organisations and campaigns in pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from sqlalchemy import ColumnElement, Connection, func, select

from models.base import Model
from models.places import province_named
from pipeline.archive import paging
from pipeline.archive.conditions import contains
from pipeline.archive.paging import Key, Slice
from pipeline.archive.rows import Level
from pipeline.archive.schema import campaign_names, campaigns, directives, organisations
from pipeline.archive.words import key

BodyKind = Literal["union", "party", "state", "other"]


class OrganisationFilter(Model):
    """Which organisations. ``name`` is a part of the name, with or without marks.

    ``province`` is as it was called at the time, ``province_now`` as of today.
    """

    name: str | None = None
    kind: BodyKind | None = None
    level: Level | None = None
    province: str | None = None
    province_now: str | None = None


class OrganisationRow(Model):
    """An issuer, recipient or cited body. ``parent`` is the id of the next higher body.

    ``issued``: how many directives it issued, those among them that no file has any more.
    """

    id: str
    name: str
    kind: BodyKind
    level: Level
    province: str | None
    province_now: str | None
    parent: str | None
    issued: int


class CampaignFilter(Model):
    """Which campaigns. ``name`` is a part of one of its spellings, with or without marks."""

    name: str | None = None


class CampaignRow(Model):
    """A campaign, how documents spell its name, and how many directives belong to it."""

    id: str
    name: str
    spellings: tuple[str, ...]
    directives: int


def organisation_slice(
    connection: Connection, wanted: OrganisationFilter, after: Key | None, limit: int
) -> Slice[OrganisationRow]:
    """By name without marks."""
    o, higher = organisations.c, organisations.alias("higher")
    query = select(
        o.id, o.name, o.kind, o.level, o.province, o.province_now,
        higher.c.id.label("parent"), _issued().label("issued"),
    ).join_from(organisations, higher, o.parent == higher.c.pk, isouter=True)  # fmt: skip
    if wanted.name is not None:
        query = query.where(contains(o.key, key(wanted.name)))
    for name in ("kind", "level"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(o[name] == value)
    for name in ("province", "province_now"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(o[name] == (province_named(value) or value))
    order = (paging.By(o.key), paging.By(o.id))
    return paging.sliced(connection, query, order, after, limit, OrganisationRow.model_validate)


def _issued() -> ColumnElement[int]:
    """From the index alone."""
    of_this = directives.c.issuer_org == organisations.c.pk
    found = select(func.count()).select_from(directives).where(of_this)
    return found.correlate(organisations).scalar_subquery()


def campaign_slice(
    connection: Connection, wanted: CampaignFilter, after: Key | None, limit: int
) -> Slice[CampaignRow]:
    """By id."""
    c, n = campaigns.c, campaign_names.c
    of_this = directives.c.campaign_id == c.id
    belonging = select(func.count()).select_from(directives).where(of_this)
    query = select(c.id, c.name, belonging.correlate(campaigns).scalar_subquery().label("count"))
    if wanted.name is not None:
        query = query.where(
            c.id.in_(select(n.campaign_id).where(contains(n.key, key(wanted.name))))
        )
    found = paging.sliced(connection, query, (paging.By(c.id),), after, limit, dict)
    spelt = _spellings(connection, (row["id"] for row in found.rows))
    return Slice(
        [
            CampaignRow(
                id=row["id"], name=row["name"], directives=row["count"],
                spellings=tuple(spelt.get(row["id"], ())),
            )
            for row in found.rows
        ],
        found.next,
    )  # fmt: skip


def _spellings(connection: Connection, ids: Iterable[str]) -> dict[str, list[str]]:
    n = campaign_names.c
    query = select(n.campaign_id, n.name).where(n.campaign_id.in_(list(ids)))
    found: dict[str, list[str]] = {}
    for row in connection.execute(query.order_by(n.campaign_id, n.name)):
        found.setdefault(row.campaign_id, []).append(row.name)
    return found
