"""Reading order: from lines as a reader grouped them to blocks as the document means them.

Every word that comes in goes out exactly once, whatever the page looks like. The order of blocks is
header_left, header_right, body, recipients, signature, footnotes, with a page number where it
stands and overlays at the end. A body block is a paragraph or a group of centred lines; tables
stand among them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Final

from models.finding import Finding
from models.text import Block, BlockKind, Line, PageText, ReadBy, Word
from pipeline.recognise.closing import find_closing
from pipeline.recognise.footnotes import take_footnotes, type_height
from pipeline.recognise.header import find_header
from pipeline.recognise.overlays import take_margin_notes, take_overlays
from pipeline.recognise.pieces import A4_ASPECT, Frame, Piece, line_of, lines_of, rows_of
from pipeline.recognise.tables import LEAST_ROWS, table_end, table_lines

_PAGE_NUMBER: Final = re.compile(r"^[-–—]?\s*\d{1,3}\s*[-–—./]?$")
_MARGIN_SHARE: Final = 0.1


def layout_page(
    lines: Sequence[Sequence[Word]],
    *,
    page: int,
    read_by: ReadBy,
    engine: str = "",
    width_px: int | None = None,
    height_px: int | None = None,
    findings: tuple[Finding, ...] = (),
) -> PageText:
    """A page of text from lines of words with boxes, by whatever they were read."""
    aspect = height_px / width_px if width_px and height_px else A4_ASPECT
    return PageText(
        page=page,
        read_by=read_by,
        engine=engine,
        blocks=order_words(lines, aspect=aspect),
        findings=findings,
        width_px=width_px,
        height_px=height_px,
    )


def order_words(lines: Sequence[Sequence[Word]], *, aspect: float = A4_ASPECT) -> tuple[Block, ...]:
    """Blocks in reading order. ``aspect`` is the page's height over its width."""
    placed = [[w for w in line if w.bbox is not None] for line in lines]
    unplaced = [[w for w in line if w.bbox is None] for line in lines]
    frame = Frame.of(placed, aspect)
    pieces = [
        frame.piece(sorted(line, key=_left), order) for order, line in enumerate(placed) if line
    ]
    blocks = _blocks(pieces, frame)
    extra = tuple(Line(words=tuple(line)) for line in unplaced if line)
    return (*blocks, Block(kind="body", lines=extra)) if extra else blocks


def _left(word: Word) -> float:
    return word.bbox[0] if word.bbox else 0.0


def _blocks(pieces: list[Piece], frame: Frame) -> tuple[Block, ...]:
    pieces, overlays = take_overlays(pieces, frame)
    pieces, above, below = _take_page_number(pieces, frame)
    header = find_header(pieces, frame)
    body = pieces if header is None else header.rest
    closing = find_closing(body, frame)
    foot_top = 9.9
    if closing is not None:
        foot = [*closing.left, *closing.right]
        foot_top = min((p.y0 for p in foot), default=9.9)
        body = closing.rest
    before: list[Piece] = []
    if header is not None:
        head_top = min(p.y0 for p in (*header.left, *header.right))
        before = [p for p in body if p.cy < head_top]
        body = [p for p in body if p.cy >= head_top]
    letters = type_height(rows_of(body))
    after, notes_after = take_footnotes([p for p in body if p.cy > foot_top], frame, letters)
    body, notes = take_footnotes([p for p in body if p.cy <= foot_top], frame, letters)
    body, beside = take_margin_notes(body, frame)

    blocks: list[Block] = [*_block("page_number", above), *_paragraphs(before, frame)]
    if header is not None:
        blocks += _block("header_left", header.left) + _block("header_right", header.right)
    blocks += _paragraphs(body, frame)
    if closing is not None:
        left = _block("signature" if closing.left_signs else "recipients", closing.left)
        blocks += left + _block("signature", closing.right)
    blocks += _paragraphs(after, frame) + _block("footnote", [*notes, *notes_after])
    blocks += _block("page_number", below)
    overlays["margin_note"] = beside
    for kind, over in overlays.items():
        blocks += [Block(kind="overlay", overlay=kind, lines=lines_of(over))] if over else []
    return tuple(blocks)


def _block(kind: BlockKind, pieces: Sequence[Piece]) -> list[Block]:
    return [Block(kind=kind, lines=lines_of(pieces))] if pieces else []


def _take_page_number(
    pieces: list[Piece], frame: Frame
) -> tuple[list[Piece], list[Piece], list[Piece]]:
    """The rest, a page number at the head and one at the foot (at most one of them filled)."""
    rows = rows_of(pieces)
    for row, at_top in ((rows[0], True), (rows[-1], False)) if rows else ():
        share = row[0].cy / frame.aspect
        at_margin = share < _MARGIN_SHARE if at_top else share > 1 - _MARGIN_SHARE
        if len(row) == 1 and at_margin and _PAGE_NUMBER.match(row[0].text) and len(rows) > 1:
            rest = [p for p in pieces if p is not row[0]]
            return rest, [row[0]] if at_top else [], [] if at_top else [row[0]]
    return pieces, [], []


def _paragraphs(pieces: Sequence[Piece], frame: Frame) -> list[Block]:
    """Body blocks: paragraphs of rows, and the tables between them."""
    rows = rows_of(pieces)
    cells = [[part for piece in row for part in frame.columns(piece)] for row in rows]
    blocks: list[Block] = []
    pending: list[list[Piece]] = []
    position = 0
    while position < len(rows):
        end = table_end(cells, position, frame)
        if end > position:
            lines = tuple(table_lines(cells[position:end], frame))
            blocks += [*_split(pending, frame), Block(kind="table", lines=lines)]
            pending = []
            position = end
            continue
        end = position
        while end < len(rows) and len(rows[end]) > 1:
            end += 1
        if end - position >= LEAST_ROWS:
            # Side by side, but in no columns: the reader knows better what belongs together.
            blocks += _split(pending, frame)
            pending = []
            beside = sorted((p for row in rows[position:end] for p in row), key=lambda p: p.order)
            blocks.append(Block(kind="body", lines=tuple(_whole(beside))))
            position = end
        else:
            pending.append(rows[position])
            position += 1
    return blocks + _split(pending, frame)


def _whole(cells: list[Piece]) -> list[Line]:
    """The reader's own lines, their parts put together again."""
    return [
        line_of(sorted(parts, key=lambda p: p.x0))
        for _, parts in groupby(cells, key=lambda p: p.order)
    ]


def _split(rows: list[list[Piece]], frame: Frame) -> list[Block]:
    """Rows parted into paragraphs: at wide gaps, at indents, around centred lines."""
    if not rows:
        return []
    left = _margin([row[0].x0 for row in rows], frame)
    right = -_margin([-row[-1].x1 for row in rows], frame)
    steps = [_middle(b) - _middle(a) for a, b in pairwise(rows)]
    # The lower third: gaps between paragraphs may be as many as those between lines.
    usual = sorted(steps)[(len(steps) - 1) // 3] if steps else 0.0
    groups: list[list[list[Piece]]] = [[rows[0]]]
    centred = _is_centred(rows[0], left, right, frame)
    for (above, row), step in zip(pairwise(rows), steps, strict=True):
        apart = step > max(1.45 * usual, 1.6 * frame.em) and step - usual > 0.3 * frame.em
        was_centred, centred = centred, _is_centred(row, left, right, frame)
        indented = row[0].x0 - left > 0.8 * frame.em
        if was_centred and not centred and not indented:
            # A heading may fill a line: it goes on unless the next paragraph's indent comes.
            starts, centred = apart or not _is_full(row, right, frame), not apart
        elif centred:
            starts = apart or not was_centred
        else:
            starts = apart or (indented and row[0].x0 - above[0].x0 > -0.5 * frame.em)
        if starts:
            groups.append([row])
        else:
            groups[-1].append(row)
    return [Block(kind="body", lines=tuple(line_of(row) for row in group)) for group in groups]


def _margin(edges: list[float], frame: Frame) -> float:
    """The outermost edge that two rows share; one stray mark makes no margin."""
    ordered = sorted(edges)
    for near, following in pairwise(ordered):
        if following - near < 0.5 * frame.em:
            return near
    return ordered[0]


def _middle(row: list[Piece]) -> float:
    return sum(p.cy for p in row) / len(row)


def _is_full(row: list[Piece], right: float, frame: Frame) -> bool:
    return right - row[-1].x1 < 1.5 * frame.em


def _is_centred(row: list[Piece], left: float, right: float, frame: Frame) -> bool:
    """Whether a row stands in the middle of the text, away from both margins alike."""
    before, behind = row[0].x0 - left, right - row[-1].x1
    return min(before, behind) > 0.6 * frame.em and abs(before - behind) < 2.0 * frame.em
