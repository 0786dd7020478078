"""A chain of documents as a tree on the terminal."""

from __future__ import annotations

from rich.text import Text
from rich.tree import Tree

from pipeline.archive import Chain, ChainEdge, ChainNode
from pipeline.console import data, plain, talk


def tree(chain: Chain) -> None:
    """A chain of documents, each below the one that it was first met from."""
    nodes = {node.key: node for node in chain.nodes}
    below: dict[str, list[ChainEdge]] = {}
    for edge in chain.edges:
        near, far = (edge.cited, edge.citing) if chain.direction == "down" else (
            edge.citing, edge.cited)  # fmt: skip
        if nodes[near].depth < nodes[far].depth:
            below.setdefault(near, []).append(edge)
    shown: set[str] = {chain.root}
    top = Tree(_node_text(nodes[chain.root]))
    stack = [(chain.root, top)]
    while stack:
        key, branch = stack.pop(0)
        for edge in below.get(key, ()):
            other = edge.citing if chain.direction == "down" else edge.cited
            again = other in shown
            text = Text(
                f"{edge.relation.replace('_', ' ')}{'' if edge.resolved else ' ?'}: ", "dim"
            )
            text.append_text(_node_text(nodes[other]))
            if again:
                text.append(" (see above)", "dim")
            twig = branch.add(text)
            if not again:
                shown.add(other)
                stack.append((other, twig))
    data().print(top)
    if chain.truncated:
        talk.print(f"more than {len(chain.nodes):,} documents; narrow it with --depth, --relation")


def _node_text(node: ChainNode) -> Text:
    about = (node.issued, node.issuer, node.subject)
    text = Text(plain(node.number or node.id or ""), "bold")
    text.append(plain("".join(f", {part}" for part in about if part)), "default")
    if node.id is None:
        text.append(" (not in the archive)", "yellow")
    return text
