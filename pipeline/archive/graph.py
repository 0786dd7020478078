"""Who carries out what: the graph of citations, both ways.

*Down* goes from a document to those that cite it ("what carries out plan 3259/CTr-TLĐ?"), *up* to
those that it cites, to the Confederation at last. A document that is cited and not in the archive
is a node too. Documents that cite each other end nothing: every document is visited once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, and_, select

from models.base import Model
from models.directive import Relation
from pipeline.archive.conditions import there
from pipeline.archive.queries import own_column
from pipeline.archive.schema import citations, directives, organisations
from pipeline.archive.words import number_key
from pipeline.errors import NotFound, UsageProblem

Direction = Literal["down", "up"]

#: Documents that one question may bring up; a law is cited by a whole archive.
MOST: Final = 5_000
_BATCH: Final = 300


class ChainNode(Model):
    """A document of the chain. ``id`` is null where it is only cited and not in the archive.

    ``key`` names the node in edges; ``depth`` is its distance from where the chain begins;
    ``level`` and ``province`` are those of the issuer.
    """

    key: str
    id: str | None
    number: str | None
    issued: str | None
    issuer: str | None
    level: str | None
    province: str | None
    doc_type: str | None
    subject: str | None
    depth: int


class ChainEdge(Model):
    """``citing`` does ``relation`` to ``cited``. ``resolved``: all agreed that it is this one.

    An edge that is not resolved rests on the number alone; nothing known speaks against it.
    """

    citing: str
    cited: str
    relation: Relation
    resolved: bool


class Chain(Model):
    """The documents around one, nearest first. ``truncated``: there were more than are shown."""

    root: str
    direction: Direction
    nodes: tuple[ChainNode, ...]
    edges: tuple[ChainEdge, ...]
    truncated: bool = False


@dataclass
class _Search:
    connection: Connection
    relations: frozenset[str]
    most: int = MOST
    nodes: dict[str, ChainNode] = field(default_factory=dict)
    edges: dict[tuple[str, str, str], ChainEdge] = field(default_factory=dict)
    truncated: bool = False

    def add(self, node: ChainNode) -> bool:
        """Take a node in; whether it is new."""
        if node.key in self.nodes:
            return False
        if len(self.nodes) >= self.most:
            self.truncated = True
            return False
        self.nodes[node.key] = node
        return True

    def join(self, citing: str, cited: str, relation: str, *, resolved: bool) -> None:
        if citing in self.nodes and cited in self.nodes and citing != cited:
            edge = ChainEdge.model_validate(
                {"citing": citing, "cited": cited, "relation": relation, "resolved": resolved}
            )
            known = self.edges.get((citing, cited, relation))
            if known is None or (resolved and not known.resolved):
                self.edges[citing, cited, relation] = edge


def chain(
    connection: Connection,
    root: str | None,
    number: str,
    direction: Direction,
    depth: int | None,
    relations: Collection[str] = (),
    most: int | None = None,
) -> Chain:
    """The chain from the directive ``root`` or, without one, from a number that is only cited.

    :param depth: how far; everything that can be reached without it
    :param relations: only edges of these; all where it is empty
    :param most: documents that it may have, at most and unless said :data:`MOST`
    :raises NotFound: nothing cites that number; :raises UsageProblem: a depth below 1
    """
    if depth is not None and depth < 1:
        raise UsageProblem("A chain has a depth of at least 1.", advice="Give 1 or more.")
    most = MOST if most is None else min(max(most, 1), MOST)
    search = _Search(connection, frozenset(relations), most)
    begin = _nodes(connection, [root], 0)[0] if root is not None else _cited_only(search, number)
    search.add(begin)
    edge = [begin]
    step = 0
    while edge and not search.truncated and (depth is None or step < depth):
        step += 1
        edge = _below(search, edge, step) if direction == "down" else _above(search, edge, step)
    return Chain(
        root=begin.key,
        direction=direction,
        nodes=tuple(sorted(search.nodes.values(), key=_order)),
        edges=tuple(edge for _, edge in sorted(search.edges.items())),
        truncated=search.truncated,
    )


def _order(node: ChainNode) -> tuple[int, str, str]:
    return node.depth, node.issued or "9999", node.key


_CITED: Final = (
    directives.c.id,
    citations.c.number,
    citations.c.number_key,
    citations.c.issued,
    citations.c.issuer,
    citations.c.issuer_org,
    citations.c.doc_type,
    citations.c.relation,
    citations.c.resolved_id,
)


def _rows(search: _Search, *wanted: ColumnElement[bool]) -> list[Any]:
    """Citations with the directives that make them, as far as a file still has those."""
    conditions = [*wanted, there(search.connection)]
    if search.relations:
        conditions.append(citations.c.relation.in_(search.relations))
    return list(
        search.connection.execute(
            select(*_CITED)
            .join_from(citations, directives, citations.c.directive_pk == directives.c.pk)
            .where(and_(*conditions))
            .order_by(directives.c.id, citations.c.position)
            .limit(4 * search.most)
        )
    )


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]


def _nodes(connection: Connection, ids: Sequence[str], depth: int) -> list[ChainNode]:
    """Nodes of directives that are there, by id."""
    d, o = directives.c, organisations.c
    found: list[ChainNode] = []
    for batch in _batches(sorted(ids)):
        query = (
            select(
                d.id.label("key"), d.id, d.number, d.issued, d.issuer, d.doc_type, d.subject,
                o.level, o.province,
            )
            .join_from(directives, organisations, d.issuer_org == o.pk, isouter=True)
            .where(d.id.in_(batch))
            .order_by(d.id)
        )  # fmt: skip
        rows = connection.execute(query)
        found += [ChainNode.model_validate(dict(r._mapping) | {"depth": depth}) for r in rows]
    return found


def _named(row: Any, depth: int) -> ChainNode:
    """The node of a document that is cited and not in the archive."""
    key = "|".join((row.number_key, row.issued or "", str(row.issuer_org or "")))
    return ChainNode(
        key=f"?{key}", id=None, number=row.number, issued=row.issued, issuer=row.issuer,
        level=None, province=None, doc_type=row.doc_type, subject=None, depth=depth,
    )  # fmt: skip


def _cited_only(search: _Search, number: str) -> ChainNode:
    """A number that documents cite and none of the archive bears."""
    wanted = number_key(number)
    rows = _rows(search, citations.c.number_key == wanted) if wanted else []
    if not rows:
        raise NotFound(f"No document has the number {number!r}, and none cites it.")
    first = max(rows, key=lambda r: (r.issued is not None, r.issuer is not None))
    return _named(first, 0).model_copy(update={"key": f"?{wanted}"})


def _below(search: _Search, edge: Sequence[ChainNode], depth: int) -> list[ChainNode]:
    """Those that cite what is at the edge."""
    found: list[tuple[str, str, str, bool]] = []
    for batch in _batches([node.id for node in edge if node.id is not None]):
        rows = _rows(search, citations.c.resolved_id.in_(batch))
        found.extend((row.id, row.resolved_id, row.relation, True) for row in rows)
    found.extend(_maybe_meant(search, edge))
    new = {citing for citing, *_ in found} - search.nodes.keys()
    added = [node for node in _nodes(search.connection, sorted(new), depth) if search.add(node)]
    for citing, cited, relation, resolved in found:
        search.join(citing, cited, relation, resolved=resolved)
    return added


def _maybe_meant(
    search: _Search, edge: Sequence[ChainNode]
) -> Iterator[tuple[str, str, str, bool]]:
    """Citations that name the number of a node, are resolved to none, and contradict nothing."""
    by_number: dict[str, list[ChainNode]] = {}
    for node in edge:
        by_number.setdefault(number_key(node.number), []).append(node)
    by_number.pop("", None)
    orgs = _issuers(search.connection, [node.id for node in edge if node.id is not None])
    # SQLite would rather look at all that are resolved to none than at those with a number.
    unresolved = own_column(search.connection)(citations.c.resolved_id).is_(None)
    for batch in _batches(sorted(by_number)):
        for row in _rows(search, citations.c.number_key.in_(batch), unresolved):
            for node in by_number[row.number_key]:
                org = orgs.get(node.key)
                against = node.id is not None and (
                    (row.issuer_org is not None and row.issuer_org != org)
                    or (row.issued is not None and node.issued not in (None, row.issued))
                )
                if not against and row.id != node.id:
                    yield row.id, node.key, row.relation, False


def _issuers(connection: Connection, ids: Sequence[str]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for batch in _batches(sorted(ids)):
        query = select(directives.c.id, directives.c.issuer_org).where(directives.c.id.in_(batch))
        found.update((row.id, row.issuer_org) for row in connection.execute(query))
    return found


def _above(search: _Search, edge: Sequence[ChainNode], depth: int) -> list[ChainNode]:
    """What those at the edge cite, in the archive or not."""
    rows = []
    for batch in _batches([node.id for node in edge if node.id is not None]):
        rows += _rows(search, directives.c.id.in_(batch))
    rows = [row for row in rows if row.resolved_id is not None or row.number_key]
    known = {row.resolved_id for row in rows if row.resolved_id is not None} - search.nodes.keys()
    added = [node for node in _nodes(search.connection, sorted(known), depth) if search.add(node)]
    for row in rows:
        if row.resolved_id is None:
            node = _named(row, depth)
            if search.add(node):
                added.append(node)
            search.join(row.id, node.key, row.relation, resolved=False)
        else:
            search.join(row.id, row.resolved_id, row.relation, resolved=True)
    return added
