"""Who carries out what: a document and those that hang on it, from level to level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from pipeline.errors import NotFound
from pipeline.serve.masking import masked_row
from pipeline.serve.ports import Relation
from pipeline.serve.problems import ProblemError
from pipeline.serve.web.charts.layers import NODE_HEIGHT_PX, NODE_WIDTH_PX, Branch, layered
from pipeline.serve.web.charts.words import fitted, wrapped
from pipeline.serve.web.dashboard.asked import LEVELS, Asked, ask
from pipeline.serve.web.dashboard.tables import Column, Table
from pipeline.serve.web.site import Visit

#: Documents that are looked at for where a chain begins, the newest.
_NEWEST: Final = 3_000
_HEADS: Final = 12
_DEPTH: Final = 6
#: Documents of a chain that are drawn from, the nearest; its file has as many as are ever told.
_LOOKED: Final = 1_000
#: Nodes that are shown without being asked for, branches of a node that are, and of an opened one.
_SHOWN: Final = 30
_FEW: Final = 6
_OPENED: Final = 60
_LINES: Final = 500
_UNKNOWN_LAYER: Final = len(LEVELS)
#: Documents that only mention another carry nothing out.
_RELATIONS: Final = (
    "implements", "based_on", "forwards", "follows", "answers", "amends", "replaces", "annex_of",
)  # fmt: skip
_COLUMNS: Final = (
    Column("step", "number"), Column("level", "code", "level"), Column("number"),
    Column("organisation"), Column("issued", "day"), Column("relation", "code", "relation"),
    Column("cites"), Column("certain", "code", "certain"), Column("document", "link"),
)  # fmt: skip


@dataclass
class _Tree:
    """What is shown: each document once, under the first that it hangs on."""

    nodes: dict[str, dict[str, Any]]
    below: dict[str, list[tuple[str, dict[str, Any]]]]
    opened: frozenset[str]
    taken: set[str] = field(default_factory=set)
    branches: dict[str, list[str]] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)

    def grow(self, root: str) -> None:
        """Take documents in, level by level, as far as there is room or one is opened."""
        self.taken = {root}
        edge = [root]
        while edge:
            following: list[str] = []
            for key in edge:
                # A document may hang on another in several ways.
                under = dict.fromkeys(k for k, _ in self.below.get(key, ()))
                new = [k for k in under if k not in self.taken]
                room = _FEW if len(self.taken) < _SHOWN else 0
                kept = new[: _OPENED if key in self.opened else room]
                self.taken.update(kept)
                self.branches[key] = kept
                following += kept
                self.hidden[key] = len(new) - len(kept)
            edge = following

    def branch(self, key: str) -> Branch:
        """The tree under a document."""
        layer = _layer(self.nodes[key])
        return Branch(key, layer, tuple(self.branch(k) for k in self.branches.get(key, ())))


def _layer(node: Mapping[str, Any]) -> int:
    level = node["level"]
    return LEVELS.index(level) if level in LEVELS else _UNKNOWN_LAYER


def show(
    visit: Visit, asked: Asked, root: str, opened: Sequence[str], *, whole: bool = False
) -> dict[str, Any]:
    """What the panel shows; without ``root`` from the document that the most carry out.

    :param whole: of a long chain as much as is ever told, and not only what is drawn from
    """
    heads = ask(visit, "heads", asked, _NEWEST, most=_HEADS)
    begin = root or (heads.rows[0]["key"] if heads.rows else "")
    made: dict[str, Any] = {
        "heads": heads.rows,
        "root": begin,
        "truncated_heads": heads.whole.truncated,
        "newest": _NEWEST,
        "missing": False,
    }
    chain = _chain(visit, begin, None if whole else _LOOKED) if begin else None
    if chain is None:
        table = Table("chain", _COLUMNS, [])
        return made | {"nodes": [], "missing": bool(begin), "tables": [table]}
    _add_levels(chain)
    return made | _drawn(chain, opened)


def _chain(visit: Visit, root: str, most: int | None) -> dict[str, Any] | None:
    relations = cast(Sequence[Relation], _RELATIONS)
    try:
        found = visit.holdings.chains.ask(root, "down", _DEPTH, relations, most)
    except (NotFound, ProblemError):  # not there, or several documents have the number
        return None
    chain: dict[str, Any] = found.model_dump(mode="json")
    return chain if visit.unmasked else _masked(visit, chain)


def _masked(visit: Visit, chain: dict[str, Any]) -> dict[str, Any]:
    """Each node masked by its own document, or by those that cite it."""
    words = visit.holdings.personal_words(sorted(n["id"] for n in chain["nodes"] if n["id"]))
    citing: dict[str, set[str]] = defaultdict(set)
    for edge in chain["edges"]:
        citing[edge["cited"]].add(edge["citing"])
    nodes = []
    for node in chain["nodes"]:
        for id_ in [node["id"]] if node["id"] else sorted(citing[node["key"]]):
            node = masked_row(node, words.get(id_, ()))
        nodes.append(node)
    return chain | {"nodes": nodes}


def _add_levels(chain: dict[str, Any]) -> None:
    """The level of a document that is only cited, where its issuer's name tells it."""
    for node in chain["nodes"]:
        if node["level"] is None and "Tổng Liên đoàn Lao động Việt Nam" in (node["issuer"] or ""):
            node["level"] = "central"


def _drawn(chain: dict[str, Any], opened: Sequence[str]) -> dict[str, Any]:
    nodes = {node["key"]: node for node in chain["nodes"]}
    order = {key: place for place, key in enumerate(nodes)}
    below: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for edge in chain["edges"]:
        below[edge["cited"]].append((edge["citing"], edge))
    for several in below.values():
        several.sort(key=lambda one: (_layer(nodes[one[0]]), order[one[0]]))
    tree = _Tree(nodes, below, frozenset(opened))
    tree.grow(chain["root"])
    layout = layered(tree.branch(chain["root"]))
    edges = {(e["cited"], e["citing"]): e for key in below for _, e in below[key]}
    width = NODE_WIDTH_PX - 24
    shown = [
        node | {
            "box": layout.boxes[key],
            "line_1": fitted(node["number"] or "", 14, width - 24),
            "lines": _lines(node, width),
            "hidden": tree.hidden.get(key, 0),
            "branches": tree.branches.get(key, []),
            # What an opened one does not show is in the file: to open it again shows no more.
            "openable": key not in tree.opened,
        }
        for key, node in nodes.items() if key in tree.taken
    ]  # fmt: skip
    return {
        "layout": layout,
        "nodes": {node["key"]: node for node in shown},
        "edges": [
            {"path": layout.curve(above, under), **edges[above, under]}
            for above, under in layout.joins
        ],
        "layers": [*LEVELS, "unknown"],
        "head": nodes[chain["root"]],
        "node_size": (NODE_WIDTH_PX, NODE_HEIGHT_PX),
        "all": len(nodes) - 1,
        "by_level": _by_level(nodes, chain["root"]),
        "opened": list(opened),
        "truncated": chain["truncated"],
        "depth": _DEPTH,
        "looked": _LOOKED,
        "cut": len(chain["edges"]) > _LINES,
        "tables": [_table(chain, nodes)],
    }


def _lines(node: Mapping[str, Any], width: float) -> tuple[str, ...]:
    """Who issued it and, where there is room, what it is about."""
    lines = wrapped(node["issuer"] or "", 12, width, 2)
    about = node["subject"] or node["doc_type"]
    return (*lines, fitted(about, 12, width)) if about and len(lines) < 2 else lines


def _by_level(nodes: Mapping[str, Mapping[str, Any]], root: str) -> list[tuple[str, int]]:
    counts: dict[str, int] = defaultdict(int)
    for key, node in nodes.items():
        if key != root:
            counts[node["level"] if node["level"] in LEVELS else "unknown"] += 1
    return [(level, counts[level]) for level in (*LEVELS, "unknown") if counts[level]]


def _table(chain: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> Table:
    rows = []
    for edge in chain["edges"]:
        one, cited = nodes[edge["citing"]], nodes[edge["cited"]]
        rows.append([
            one["depth"], one["level"] if one["level"] in LEVELS else "unknown", one["number"],
            one["issuer"], one["issued"], edge["relation"], cited["number"],
            "yes" if edge["resolved"] else "by_number", f"/documents/{one['id']}",
        ])  # fmt: skip
    rows.sort(key=lambda row: (row[0], LEVELS.index(row[1]) if row[1] in LEVELS else len(LEVELS)))
    return Table("chain", _COLUMNS, rows)
