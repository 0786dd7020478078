"""Text that lies over the document and is not its own: signature marks and incoming stamps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from models.text import OverlayKind, Word
from models.vietnamese import fold
from pipeline.recognise.pieces import COLUMN_GAP, Frame, Piece, gaps, rows_of

_SIGNATURE_MARK: Final = re.compile(
    r"^(ky boi|nguoi ky|duoc ky boi|ky so boi|thoi gian ky|ngay ky|co quan|email|e-mail)\s*:"
    r"|^ky boi\b|digitally signed|signature not verified|signed by"
    r"|[\w.+-]+@\W?[\w-]+\.[\w.]+|^[\w.+-]{2,}\W{0,2}\w+\.gov\.vn$"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{4},? +\d{1,2}:\d{2}:\d{2}|\+07:?00\b"
)
#: What no running text consists of: a label of the mark, or a moment to the second and no more.
_MARK_ALONE: Final = re.compile(
    r"ky boi|nguoi ky|thoi gian ky|digitally|signature not"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{4},? +\d{1,2}:\d{2}:\d{2}( *[+-]?\d{2}:?\d{2})?$"
)
#: The type of a visible signature is smaller than that of the text.
_SMALL_TYPE: Final = 0.75
_STAMP_LABEL: Final = re.compile(r"^(so|ngay|gio|chuyen|luu ho so( so)?)\b ?[:.;]")
_EDGES: Final = ".,:;|[]'"
_STAMP_SHARE: Final = 0.45
_DOUBTFUL: Final = 0.3
_LIST_MARK: Final = re.compile(r"^([-–—~+•*]|(\d{1,2}|[a-zđ]|[IVX]{1,5})[.)])$")
#: A margin shows in a text of so many rows, so many of which (and a fifth of all) share it.
_MARGIN_ROWS: Final = (6, 3)
_DOUBTED_NOTE: Final = 0.6
#: Whatever is narrower than this is no dash of a list.
_SPECK_EMS: Final = 0.2


def take_overlays(
    pieces: Sequence[Piece], frame: Frame
) -> tuple[list[Piece], dict[OverlayKind, list[Piece]]]:
    """The page's own pieces and those of overlays, by their kind."""
    own, marks = _signature_marks(pieces, frame)
    kept, stamps = _incoming_stamp(own, frame)
    found: dict[OverlayKind, list[Piece]] = {"signature_mark": marks, "incoming_stamp": stamps}
    return kept, found


def is_signature_mark(text: str) -> bool:
    """Whether a line belongs to the visible mark of a digital signature."""
    return bool(_SIGNATURE_MARK.search(fold(text)))


def take_margin_notes(pieces: Sequence[Piece], frame: Frame) -> tuple[list[Piece], list[Piece]]:
    """Running text without what is scrawled beside it, and that.

    The margins are the outermost edges that several rows share. What lies beyond them is a note
    where it stands well apart or where the engine doubts it: a word of the text does neither.
    """
    rows = rows_of(pieces)
    if len(rows) < _MARGIN_ROWS[0]:
        return list(pieces), []
    left = _shared_edge([row[0].x0 for row in rows], frame)
    right = _shared_edge([-row[-1].x1 for row in rows], frame)
    own: list[Piece] = []
    notes: list[Piece] = []
    for piece in pieces:
        outside = [_is_outside(word, piece, left, right, frame) for word in piece.words]
        blanks = [9.9, *gaps(piece), 9.9]
        # Only from the ends inwards: a note does not stand amid a line.
        head = next((i for i, out in enumerate(outside) if not out), len(outside))
        tail = next((i for i, out in enumerate(reversed(outside)) if not out), 0)
        if not _parted(piece.words[:head], blanks[head], frame):
            head = 0
        if not _parted(piece.words[len(outside) - tail :], blanks[-tail - 1], frame):
            tail = 0
        done = 0
        for part in frame.cut(piece, [head, len(outside) - tail]):
            behind = tail and done >= len(outside) - tail
            (notes if done < head or behind else own).append(part)
            done += len(part.words)
    return own, notes


def _parted(words: Sequence[Word], blank: float, frame: Frame) -> bool:
    """Whether words beyond the margin are no hanging beginning of the line they stand in."""
    if any(w.bbox is not None and w.bbox[2] - w.bbox[0] < _SPECK_EMS * frame.em for w in words):
        return True
    return all(map(_is_doubted, words)) or (
        blank >= COLUMN_GAP * frame.em and not any(_LIST_MARK.match(w.text) for w in words)
    )


def _is_doubted(word: Word) -> bool:
    return word.confidence is not None and word.confidence < _DOUBTED_NOTE


def _shared_edge(edges: list[float], frame: Frame) -> float | None:
    """The outermost edge that enough rows share; ``None`` where none do."""
    ordered = sorted(edges)
    need = max(_MARGIN_ROWS[1], round(0.2 * len(ordered)))
    for index, edge in enumerate(ordered):
        if sum(e - edge < 0.8 * frame.em for e in ordered[index:]) >= need:
            return edge
    return None


def _is_outside(
    word: Word, piece: Piece, left: float | None, right: float | None, frame: Frame
) -> bool:
    """Whether a word lies beyond a margin and is none of the text's own."""
    box = frame.piece((word,), piece.order)
    before = -9.9 if left is None else left - box.x1
    behind = -9.9 if right is None else box.x0 + right
    away = max(before, behind)
    reach = 0.0 if _is_doubted(word) or box.width < _SPECK_EMS * frame.em else 1.0 * frame.em
    middle = (left is not None and box.cx < left) or (right is not None and box.cx > -right)
    return middle and away > reach


def _signature_marks(pieces: Sequence[Piece], frame: Frame) -> tuple[list[Piece], list[Piece]]:
    """Lines of a visible digital signature, and lines wrapped between two of them."""
    own: list[Piece] = []
    marks: list[Piece] = []
    for piece in pieces:
        parts = frame.columns(piece)
        hits = [
            part for part in parts if _SIGNATURE_MARK.search(part.folded) and len(part.text) < 90
        ]
        if not hits:
            own.append(piece)
            continue
        marks.extend(hits)
        own.extend(part for part in parts if part not in hits)
    if len(marks) < 2 and not any(map(_is_mark_alone, marks)):
        # One e-mail address or one moment in running text is the document's own.
        return list(pieces), []
    own, heading = _mark_heading(own, marks, frame)
    own, tail = _mark_tail(own, marks, frame)
    marks += heading + tail
    x0, x1 = min(m.x0 for m in marks), max(m.x1 for m in marks)
    y0, y1 = min(m.y0 for m in marks), max(m.y1 for m in marks)
    if y1 - y0 > 12 * frame.em or x1 - x0 > 0.6:
        return own, marks
    wrapped = [p for p in own if y0 < p.cy < y1 and x0 - 0.01 <= p.x0 and p.x1 <= x1 + 0.02]
    return [p for p in own if p not in wrapped], marks + wrapped


def _is_mark_alone(piece: Piece) -> bool:
    return bool(_MARK_ALONE.match(piece.folded))


def _mark_heading(
    own: Sequence[Piece], marks: Sequence[Piece], frame: Frame
) -> tuple[list[Piece], list[Piece]]:
    """The signer's name above a mark: lines close above that begin where the mark does."""
    found: list[Piece] = []
    top = min(marks, key=lambda m: m.y0)
    height = top.y1 - top.y0
    for piece in sorted(own, key=lambda p: -p.y0):
        blank = top.y0 - piece.y1
        close = -0.5 * height < blank < 0.8 * height and piece.cy < top.cy
        if close and abs(piece.x0 - top.x0) < 0.5 * frame.em and piece.width < 0.35:
            found.append(piece)
            top = piece
    return [p for p in own if p not in found], found


def _mark_tail(
    own: Sequence[Piece], marks: Sequence[Piece], frame: Frame
) -> tuple[list[Piece], list[Piece]]:
    """Lines of small type that a mark wraps into, one below the other."""
    found: list[Piece] = []
    box = max(marks, key=lambda m: m.y1)
    bottom, x0, x1 = box.y1, box.x0, box.x1
    for piece in sorted(own, key=lambda p: p.y0):
        height = piece.y1 - piece.y0
        below = piece.cy > box.cy and -0.6 * frame.em < piece.y0 - bottom < 0.6 * frame.em
        inside = piece.x0 > x0 - 1.5 * frame.em and piece.x0 < x1 and piece.width < 0.35
        if below and inside and height < _SMALL_TYPE * frame.em:
            found.append(piece)
            bottom, x1 = max(bottom, piece.y1), max(x1, piece.x1)
    return [p for p in own if p not in found], found


def _incoming_stamp(pieces: Sequence[Piece], frame: Frame) -> tuple[list[Piece], list[Piece]]:
    """The words within an incoming stamp ("CÔNG VĂN ĐẾN / Số: … Ngày: … Chuyển: …")."""
    top = [p for p in pieces if p.cy < _STAMP_SHARE * frame.aspect]
    words = [(piece, i) for piece in top for i in range(len(piece.words))]
    arrivals = [(p, i) for p, i in words if _is_arrival(p, i)]
    for piece, index in arrivals:
        anchor = frame.piece(piece.words[index : index + 1], piece.order)
        labels = [anchor]
        for other, i in words:
            word = frame.piece(other.words[i : i + 1], other.order)
            near = abs(word.x0 - anchor.x1) < 0.2 and abs(word.cy - anchor.cy) < 4 * frame.em
            if near and _STAMP_LABEL.match(fold(other.words[i].text)):
                labels.append(word)
        sure = fold(piece.words[index].text).strip(_EDGES) == "den"
        if len(labels) >= (2 if sure or any(map(_is_forwarding, labels)) else 3):
            return _cut_out(pieces, labels, frame)
    return list(pieces), []


def _is_arrival(piece: Piece, index: int) -> bool:
    """Whether a word is the stamp's ĐẾN or CV: in capitals, with nothing but its kind around it."""
    text = piece.words[index].text.strip(_EDGES)
    if not text.isupper() or fold(text) not in {"den", "cv"}:
        return False
    before = piece.folded.split()[:index]
    return all(word.strip(_EDGES) in {"cong", "van", "cv", ""} for word in before)


def _is_forwarding(label: Piece) -> bool:
    """Whether a label is that of the slot for whom the letter goes to: only stamps have it."""
    return label.folded.startswith("chuyen")


def _cut_out(
    pieces: Sequence[Piece], labels: list[Piece], frame: Frame
) -> tuple[list[Piece], list[Piece]]:
    """Part the pieces into words outside of and inside the stamp around ``labels``."""
    x0 = min(p.x0 for p in labels) - 0.5 * frame.em
    x1 = max(p.x1 for p in labels) + 0.5 * frame.em
    y0 = min(p.y0 for p in labels) - 3.0 * frame.em
    y1 = max(p.y1 for p in labels) + 0.5 * frame.em
    own: list[Piece] = []
    stamp: list[Piece] = []
    for piece in pieces:
        inside = []
        for word in piece.words:
            box = frame.piece((word,), piece.order)
            inside.append(x0 <= box.cx <= x1 and y0 <= box.cy <= y1)
        if not any(inside):
            own.append(piece)
            continue
        _spread(piece, inside)
        starts = [i for i in range(1, len(inside)) if inside[i] != inside[i - 1]]
        done = 0
        for part in frame.cut(piece, starts):
            (stamp if inside[done] else own).append(part)
            done += len(part.words)
    return own, stamp


def _spread(piece: Piece, inside: list[bool]) -> None:
    """Doubtful words right after the stamp's own are what the engine made of the rest of it."""
    for index in range(1, len(inside)):
        doubt = piece.words[index].confidence
        if inside[index - 1] and doubt is not None and doubt < _DOUBTFUL:
            inside[index] = True
