"""Tables: rows of cells that stand in the same columns, read row by row.

An engine reads a table either straight across, cells run together, or column by column, figures
torn from what they count. Columns are told by the blank that runs down between them; a cell of
several lines belongs to the row that its first column begins, or that a wider blank parts off.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from models.text import Line
from pipeline.recognise.pieces import Frame, Piece, line_of, rows_of

#: So many lines with cells side by side make a table.
LEAST_ROWS: Final = 3
#: The blank between two columns is at least this many letter heights wide.
_GUTTER_EMS: Final = 0.5
#: A line of running text is wider than this share of the table and crosses its columns.
_CROSSING_SHARE: Final = 0.75
#: A blank higher than this many letter heights parts rows of a table.
_ROW_GAP_EMS: Final = 0.75


def table_end(rows: Sequence[Sequence[Piece]], start: int, frame: Frame) -> int:
    """The row behind the table that begins with row ``start``; ``start`` where there is none.

    Lines of one cell may stand between rows of several, as long as they cross no blank that runs
    down between the columns.
    """
    if len(rows[start]) < 2:
        return start
    end, full = start, 0
    columns: list[tuple[float, float]] = []
    for number in range(start, len(rows)):
        row = rows[number]
        if number > start and _apart(rows[number - 1], row, frame):
            break
        merged = _merged(columns, row, frame)
        if len(row) == 1 and len(merged) < len(columns):
            break
        if number > start and (len(merged) < 2 or len(merged) < len(columns) - 1):
            break
        if len(row) == 1 and len(merged) > len(columns):
            break
        columns = merged
        if len(row) > 1:
            full += 1
            end = number + 1
        elif not _within(row[0], columns):
            break
    if full < LEAST_ROWS or len(columns) < 2:
        return start
    # The last cell may go on below the last row of several cells.
    while end < len(rows) and len(rows[end]) == 1 and _goes_on(rows[end - 1], rows[end], frame):
        if not _within(rows[end][0], columns) or rows[end][0].x0 < columns[0][1]:
            break
        end += 1
    return end


def _apart(above: Sequence[Piece], below: Sequence[Piece], frame: Frame) -> bool:
    return min(p.y0 for p in below) - max(p.y1 for p in above) > 3.0 * frame.em


def _goes_on(above: Sequence[Piece], below: Sequence[Piece], frame: Frame) -> bool:
    return min(p.y0 for p in below) - max(p.y1 for p in above) < _ROW_GAP_EMS * frame.em


def _merged(
    columns: Sequence[tuple[float, float]], row: Sequence[Piece], frame: Frame
) -> list[tuple[float, float]]:
    """The columns as widened by the cells of a row; cells that touch two make them one."""
    spans = sorted([*columns, *((p.x0, p.x1) for p in row)])
    merged: list[tuple[float, float]] = []
    for x0, x1 in spans:
        if merged and x0 - merged[-1][1] < _GUTTER_EMS * frame.em:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return merged


def _within(piece: Piece, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a lone cell lies in one of the columns, and is no line across the page."""
    width = columns[-1][1] - columns[0][0]
    return piece.width < _CROSSING_SHARE * width and any(
        x0 - 0.01 <= piece.x0 and piece.x1 <= x1 + 0.01 for x0, x1 in columns
    )


def table_lines(rows: Sequence[Sequence[Piece]], frame: Frame) -> list[Line]:
    """The cells row by row: a row of single lines as one line, else each cell's lines in turn."""
    columns: list[tuple[float, float]] = []
    for row in rows:
        columns = _merged(columns, row, frame)
    lines: list[Line] = []
    for group in _groups(rows, columns, frame):
        cells: list[list[Piece]] = [[] for _ in columns]
        for piece in group:
            cells[_column(piece, columns)].append(piece)
        if len(_bands([group])) == 1 and all(len(rows_of(cell)) <= 1 for cell in cells):
            lines.append(line_of(sorted(group, key=lambda p: p.x0)))
            continue
        for cell in cells:
            lines += [line_of(row) for row in rows_of(cell)]
    return lines


def _column(piece: Piece, columns: Sequence[tuple[float, float]]) -> int:
    return min(range(len(columns)), key=lambda i: abs(sum(columns[i]) / 2 - piece.cx))


def _groups(
    rows: Sequence[Sequence[Piece]], columns: Sequence[tuple[float, float]], frame: Frame
) -> list[list[Piece]]:
    """Lines of print gathered into rows of the table."""
    bands = _bands(rows)
    gaps = [min(p.y0 for p in b) - max(p.y1 for p in a) for a, b in pairwise(bands)]
    narrow = min(gaps, default=0.0)
    x0, x1 = columns[0]
    begins = [any(x0 - 0.01 <= p.x0 and p.x1 <= x1 + 0.01 for p in band) for band in bands]
    groups: list[list[Piece]] = []
    leads = False
    for number, band in enumerate(bands):
        above = gaps[number - 1] if number else 9.9
        below = gaps[number] if number < len(gaps) else 9.9
        wide = above > narrow + _ROW_GAP_EMS * frame.em
        # Where the first column is set in the middle, the first lines stand nearer to it.
        nearer_below = not begins[number] and below < above - 0.1 * frame.em
        starts = nearer_below or wide or (begins[number] and len(band) > 1)
        if not groups or (starts and not leads):
            groups.append(list(band))
        else:
            groups[-1] += band
        leads = nearer_below
    return groups


def _bands(rows: Sequence[Sequence[Piece]]) -> list[list[Piece]]:
    """Pieces that overlap in height: a figure in the middle of its row joins the lines there."""
    bands: list[list[Piece]] = []
    bottom = 0.0
    for piece in sorted((p for row in rows for p in row), key=lambda p: (p.y0, p.x0)):
        overlap = bottom - piece.y0
        if bands and overlap > 0.2 * (piece.y1 - piece.y0):
            bands[-1].append(piece)
            bottom = max(bottom, piece.y1)
        else:
            bands.append([piece])
            bottom = piece.y1
    return bands
