"""Anchors that more than one module looks for, for folded text; and the order of a page's lines.

A recogniser that parts the columns of the header may put "Kính gửi" with the left column, or leave
the dateline to the body. The header is put together again here, before anything is read from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.text import Block, BlockKind, Line
from models.vietnamese import fold

#: A speck of a stamp may stand before it: "| N Kính gửi:".
KINH_GUI = re.compile(
    r"\W{0,3}(?:\w{1,2}\W{1,2})?k[il1]nh\s?(?:g[a-z]{1,4}|cai)\s{0,2}[:;.]?(?=\W|$)"
)
DATELINE = re.compile(
    r"\bn[gp][a-z]{1,3}.{0,12}?th[a-z]{1,3}g.{0,10}?n[a-z]{1,3}m\s{0,3}[\dOo.…]{1,6}"
)

_DATELINE_REACH = 4
_DATELINE_LENGTH = 70


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line with the part of the page that it belongs to, and its block's number."""

    kind: BlockKind
    block: int
    line: Line


def _rank(placed: PlacedLine, addressed: set[int]) -> int:
    if placed.kind == "header_left":
        return 0
    if placed.kind == "header_right":
        return 1
    return 2 if id(placed.line) in addressed else 3


def in_reading_order(pairs: Sequence[tuple[Block, Line]]) -> list[PlacedLine]:
    """Left column, right column, "Kính gửi", then the rest as it came (the sort is stable)."""
    placed: list[PlacedLine] = []
    addressed: set[int] = set()
    previous: Block | None = None
    number = 0
    since_header: int | None = None
    after_kinh_gui = False
    for block, line in pairs:
        if block is not previous:
            number += 1
            previous = block
            after_kinh_gui = False
        kind: BlockKind = block.kind
        folded = fold(line.text)
        if kind in {"header_left", "header_right"}:
            since_header = 0
            after_kinh_gui = after_kinh_gui or (
                kind == "header_left" and KINH_GUI.match(folded) is not None
            )
            if after_kinh_gui:
                kind = "body"
        elif since_header is not None and line.words:
            since_header += 1
            near = since_header <= _DATELINE_REACH and len(folded) <= _DATELINE_LENGTH
            if near and DATELINE.search(folded):
                kind = "header_right"
        made = PlacedLine(kind, number + (1000 if after_kinh_gui else 0), line)
        if after_kinh_gui:
            addressed.add(id(line))
        placed.append(made)
    placed.sort(key=lambda one: _rank(one, addressed))
    return placed
