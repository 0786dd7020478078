"""The foot of a document: "Nơi nhận" and its list on the left, who signs on the right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz

from models.vietnamese import fold
from pipeline.recognise.header import Columns
from pipeline.recognise.pieces import Frame, Piece, gaps, rows_of

_ANCHORS: Final = ("noi nhan", "noi gui")
_AUTHORITY: Final = re.compile(r"^(t\.?m|k\.?t|t\.?l|t\.?u\.?q|q|t/m|k/t|t/l)\b *[.,:]? ")
_DASH: Final = re.compile(r"^[-–—~•+*]")

#: The signature block stands right of this share of the page width.
_RIGHT_FROM: Final = 0.42


def find_closing(pieces: Sequence[Piece], frame: Frame) -> Columns | None:
    """The foot of the page in two columns, or ``None`` where there is none."""
    parts = [part for piece in pieces for part in frame.columns(piece)]
    parts.sort(key=lambda p: (p.y0, p.x0, p.order))
    anchor = next((p for p in reversed(parts) if _is_anchor(p)), None)
    if anchor is not None:
        return _from(anchor.y0 - 0.3 * frame.em, anchor.x0, parts, frame)
    return (
        _continued_list(parts, frame) or _two_signers(parts, frame) or _signature_only(parts, frame)
    )


def _is_anchor(part: Piece) -> bool:
    if len(part.words) > 5 or part.x0 > 0.45:
        return False
    start = fold(" ".join(word.text for word in part.words[:2])).strip(" :.;,")
    return max(fuzz.ratio(start, anchor) for anchor in _ANCHORS) >= 80


def _from(top: float, margin: float, parts: list[Piece], frame: Frame) -> Columns:
    """Sort what stands below ``top`` into the list at ``margin`` and the signature block."""
    bottom = min((p.y0 for p in parts if p.cy > top + frame.em and _full_width(p)), default=9.9)
    inside = [p for p in parts if top <= p.cy < bottom]
    sure = [p for p in inside if p.x0 >= _RIGHT_FROM and len(p.words) >= 2]
    edge = min((p.x0 for p in sure), default=2.0)
    left: list[Piece] = []
    right: list[Piece] = []
    for part in inside:
        for bit in _part_at(part, edge, frame):
            starts_right = bit.x0 >= max(margin + 0.15, _RIGHT_FROM)
            (right if starts_right else left).append(bit)
    above = _signature_above(top, parts, frame)
    right.extend(above)
    taken = {id(p) for p in (*inside, *above)}
    return Columns(left, right, [p for p in parts if id(p) not in taken])


def _full_width(part: Piece) -> bool:
    """A line of running text: the foot ends where such a line follows."""
    return part.width > 0.58 and part.x0 < 0.3


def _part_at(part: Piece, edge: float, frame: Frame) -> list[Piece]:
    """A list line that runs into the signature block, cut where the block begins."""
    if part.x0 >= _RIGHT_FROM or part.x1 <= edge:
        return [part]
    for index, gap in enumerate(gaps(part), 1):
        box = part.words[index].bbox
        if box is not None and box[0] >= edge - 2 * frame.em and gap >= 0.7 * frame.em:
            return frame.cut(part, [index])
    return [part]


def _signature_above(top: float, parts: list[Piece], frame: Frame) -> list[Piece]:
    """Lines of capitals on the right just above the list: some offices begin the block higher."""
    found: list[Piece] = []
    limit = top
    for row in reversed(rows_of(p for p in parts if p.cy < top)):
        piece = row[0]
        if len(row) > 1 or limit - piece.y1 > 2.2 * frame.em or piece.x0 < _RIGHT_FROM:
            break
        if not (piece.text.isupper() or _AUTHORITY.match(piece.folded)):
            break
        found.append(piece)
        limit = piece.y0
    return found


def _continued_list(parts: list[Piece], frame: Frame) -> Columns | None:
    """A list that goes on from the page before: dashes on the left beside a name on the right."""
    narrow = [p for p in parts if p.x1 < 0.6 and p.x0 < 0.35]
    dashed = [p for p in narrow if _DASH.match(p.text)]
    if len(dashed) < 3:
        return None
    top, bottom = min(p.y0 for p in dashed), max(p.y1 for p in dashed)
    inside = [p for p in parts if top <= p.cy <= bottom]
    beside = [p for p in inside if p.x0 >= 0.5 and len(p.words) >= 2]
    if not beside or len(beside) > len(dashed) or any(_full_width(p) for p in inside):
        return None
    # Columns of a table stand close; a signature is set well apart from the list.
    reach = max(p.x1 for p in dashed)
    if min(p.x0 for p in beside) - reach < 0.5 * frame.em:
        return None
    return _from(top - 0.3 * frame.em, min(p.x0 for p in dashed), parts, frame)


def _two_signers(parts: list[Piece], frame: Frame) -> Columns | None:
    """Two who sign side by side: titles in capitals, room for the signatures, two names."""
    rows = rows_of(parts)
    start = next((i for i in reversed(range(len(rows))) if _are_titles(rows[i])), None)
    if start is None:
        return None
    below = [p for row in rows[start + 1 :] for p in row]
    split = (rows[start][0].x1 + rows[start][1].x0) / 2
    columns = [p for p in below if p.x1 <= split], [p for p in below if p.x0 >= split]
    if sum(map(len, columns)) != len(below) or not all(map(_ends_in_a_name, columns)):
        return None
    if min(c[-1].y0 for c in columns) - rows[start][0].y1 < 2.0 * frame.em:
        return None
    while start > 0 and _are_titles(rows[start - 1]):
        if rows[start][0].y0 - rows[start - 1][0].y1 > 2.0 * frame.em:
            break
        start -= 1
    block = [p for row in rows[start:] for p in row]
    return Columns(
        [p for p in block if p.cx < split],
        [p for p in block if p.cx >= split],
        [p for row in rows[:start] for p in row],
        left_signs=True,
    )


def _are_titles(row: list[Piece]) -> bool:
    """Whether two titles in capitals stand side by side, one in each half of the page."""
    return (
        len(row) == 2
        and all(p.text.isupper() and len(p.text) >= 4 and p.width < 0.45 for p in row)
        and not any(c.isdigit() for p in row for c in p.text)
        and row[0].cx < 0.45
        and row[1].x0 >= _RIGHT_FROM
    )


def _ends_in_a_name(column: list[Piece]) -> bool:
    """Whether the last line of a column reads like the name of a person."""
    if not column:
        return False
    words = column[-1].text.split()
    return 2 <= len(words) <= 6 and all(w.istitle() for w in words)


def _signature_only(parts: list[Piece], frame: Frame) -> Columns | None:
    """A signature block without a list beside it."""
    start = next(
        (
            p
            for p in parts
            if p.x0 >= _RIGHT_FROM and p.text.isupper() and _AUTHORITY.match(p.folded)
        ),
        None,
    )
    if start is None:
        return None
    top = start.y0 - 0.3 * frame.em
    bottom = min((p.y0 for p in parts if p.cy > top + frame.em and _full_width(p)), default=9.9)
    right = [p for p in parts if top <= p.cy < bottom and p.x0 >= _RIGHT_FROM]
    taken = {id(p) for p in right}
    return Columns([], right, [p for p in parts if id(p) not in taken])
