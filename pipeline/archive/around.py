"""What stands around one directive: who cites it, what it cites, its other versions.

And how many directives answer a question, counted only as far as people read such numbers.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Connection, func, or_, select

from models.base import Model
from models.directive import Relation
from pipeline.archive import paths
from pipeline.archive.narrowing import narrowed
from pipeline.archive.rows import Filter
from pipeline.archive.schema import citations, directives
from pipeline.archive.search import newest_of
from pipeline.archive.words import ask
from pipeline.errors import NotFound


class Beside(Model):
    """A directive as another one's page names it."""

    id: str
    number: str | None
    issued: str | None
    issuer: str | None
    doc_type: str | None
    subject: str | None
    path: str


class Citing(Beside):
    """A directive that cites: how, on which page, in which of its citations."""

    relation: Relation
    page: int | None
    position: int


class Around(Model):
    """What stands around a directive. ``truncated``: more cite it than were asked for.

    ``versions`` are those that a person took for the same document, the main version among them.
    """

    citing: tuple[Citing, ...]
    truncated: bool
    cited: tuple[Beside, ...]
    versions: tuple[Beside, ...]


_d: Final = directives.c
_BESIDE: Final = (
    _d.id, _d.number, _d.issued, _d.issuer, _d.doc_type, _d.subject,
    paths.first_name().label("path"),
)  # fmt: skip


def around(connection: Connection, directive_id: str, most: int) -> Around:
    """The newest ``most`` that cite a directive, and all that it cites and that are one with it.

    :raises NotFound: no such directive
    """
    one = connection.execute(
        select(_d.pk, _d.version_of).where(_d.id == directive_id)
    ).one_or_none()
    if one is None:
        raise NotFound(f"No document has the id {directive_id!r}.")
    citing = _citing(connection, directive_id, most + 1)
    c = citations.c
    resolved = select(c.resolved_id).where(c.directive_pk == one.pk, c.resolved_id.is_not(None))
    main = one.pk if one.version_of is None else one.version_of
    same = or_(_d.pk == main, _d.version_of == main)
    return Around(
        citing=tuple(citing[:most]),
        truncated=len(citing) > most,
        cited=_beside(connection, _d.id.in_(resolved)),
        versions=_beside(connection, same & (_d.pk != one.pk)),
    )


def _citing(connection: Connection, directive_id: str, limit: int) -> list[Citing]:
    c = citations.c
    query = (
        select(*_BESIDE, c.relation, c.page, c.position)
        .join_from(citations, directives, c.directive_pk == _d.pk)
        .where(c.resolved_id == directive_id)
        .order_by(_d.issued_first.desc().nulls_last(), _d.id, c.position)
        .limit(limit)
    )
    return [Citing.model_validate(dict(row._mapping)) for row in connection.execute(query)]


def _beside(connection: Connection, which: ColumnElement[bool]) -> tuple[Beside, ...]:
    rows = connection.execute(select(*_BESIDE).where(which).order_by(_d.id))
    return tuple(Beside.model_validate(dict(row._mapping)) for row in rows)


def counted(connection: Connection, query: str, wanted: Filter | None, most: int) -> int:
    """How many directives have every term of ``query`` and meet ``wanted``; ``most`` + 1: more."""
    question = ask(query)
    if question.terms:
        return len(newest_of(connection, wanted)(connection, question, most + 1))
    some = select(_d.pk).limit(most + 1)
    if wanted is not None and wanted != Filter():
        some = some.where(narrowed(connection, wanted).where)
    return connection.scalar(select(func.count()).select_from(some.subquery())) or 0
