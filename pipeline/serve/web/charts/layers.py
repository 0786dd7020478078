"""A tree in layers from left to right: each node in the column of its layer, none over another.

Every leaf has a row of its own and a node stands in the middle of its branches (of many, near the
first, or one would see them without it), so two subtrees never share a row. A branch in the same
layer as a node above it goes one column further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

NODE_WIDTH_PX: Final = 224
NODE_HEIGHT_PX: Final = 66
_GAP_X_PX: Final = 56
_GAP_Y_PX: Final = 14
#: How far under its first branch a node stands at most, in rows.
_ROWS_BELOW: Final = 3.0
#: Above the nodes: the names of the layers.
HEAD_PX: Final = 34


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the tree: its key, its layer (from 0) and what hangs on it."""

    key: str
    layer: int
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node stands, in pixels from the top left."""

    key: str
    x: float
    y: float
    column: int


@dataclass(frozen=True, slots=True)
class Layout:
    """``columns``: (layer, x) of each; ``boxes`` by key; ``joins``: key above, key below."""

    width: float
    height: float
    columns: tuple[tuple[int, float], ...]
    boxes: dict[str, Box]
    joins: tuple[tuple[str, str], ...]

    def curve(self, above: str, below: str) -> str:
        """A path from the edge of one node to the edge of another, as of SVG."""
        one, two = self.boxes[above], self.boxes[below]
        forward = two.column > one.column
        x1 = one.x + (NODE_WIDTH_PX if forward else 0)
        x2 = two.x + (0 if forward else NODE_WIDTH_PX)
        y1, y2 = one.y + NODE_HEIGHT_PX / 2, two.y + NODE_HEIGHT_PX / 2
        bend = _GAP_X_PX * (0.6 if forward else -0.6)
        return f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"


@dataclass
class _Placing:
    places: dict[str, tuple[tuple[int, int], float]] = field(default_factory=dict)
    joins: list[tuple[str, str]] = field(default_factory=list)
    rows: int = 0

    def place(self, node: Branch, used: Sequence[tuple[int, int]]) -> float:
        """Put a node and what hangs on it; its row. ``used``: the columns of those above it."""
        further = [sub for layer, sub in used if layer == node.layer]
        column = (node.layer, max(further) + 1 if further else 0)
        rows = [self.place(branch, [*used, column]) for branch in node.branches]
        if rows:
            row = min((rows[0] + rows[-1]) / 2, rows[0] + _ROWS_BELOW)
        else:
            row = float(self.rows)
            self.rows += 1
        self.places[node.key] = (column, row)
        self.joins += [(node.key, branch.key) for branch in node.branches]
        return row


def layered(root: Branch) -> Layout:
    """Lay a tree out. Keys must differ; depth is limited by Python's stack (a thousand)."""
    placing = _Placing()
    placing.place(root, ())
    columns = sorted({column for column, _ in placing.places.values()})
    step_x, step_y = NODE_WIDTH_PX + _GAP_X_PX, NODE_HEIGHT_PX + _GAP_Y_PX
    boxes = {
        key: Box(key, columns.index(column) * step_x, HEAD_PX + row * step_y, columns.index(column))
        for key, (column, row) in placing.places.items()
    }
    return Layout(
        width=len(columns) * step_x - _GAP_X_PX,
        height=HEAD_PX + placing.rows * step_y - _GAP_Y_PX,
        columns=tuple((layer, number * step_x) for number, (layer, _) in enumerate(columns)),
        boxes=boxes,
        joins=tuple(placing.joins),
    )
