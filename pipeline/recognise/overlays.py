"""Text that lies over the document and is not its own: signature marks and incoming stamps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from models.text import OverlayKind
from models.vietnamese import fold
from pipeline.recognise.pieces import Frame, Piece

_SIGNATURE_MARK: Final = re.compile(
    r"^(ky boi|nguoi ky|duoc ky boi|ky so boi|thoi gian ky|ngay ky|co quan|email|e-mail)\s*:"
    r"|^ky boi\b|digitally signed|signature not verified|signed by"
    r"|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{4},? +\d{1,2}:\d{2}:\d{2}|\+07:?00\b"
)
_STAMP_LABEL: Final = re.compile(r"^(so|ngay|gio|chuyen|luu ho so( so)?)\b ?[:.;]")
_STAMP_SHARE: Final = 0.45
_DOUBTFUL: Final = 0.3


def take_overlays(
    pieces: Sequence[Piece], frame: Frame
) -> tuple[list[Piece], dict[OverlayKind, list[Piece]]]:
    """The page's own pieces and those of overlays, by their kind."""
    own, marks = _signature_marks(pieces, frame)
    kept, stamps = _incoming_stamp(own, frame)
    found: dict[OverlayKind, list[Piece]] = {"signature_mark": marks, "incoming_stamp": stamps}
    return kept, found


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
    if len(marks) < 2:
        # One e-mail address or one moment in running text is the document's own.
        return (list(pieces), []) if not any(map(_is_mark_alone, marks)) else (own, marks)
    x0, x1 = min(m.x0 for m in marks), max(m.x1 for m in marks)
    y0, y1 = min(m.y0 for m in marks), max(m.y1 for m in marks)
    if y1 - y0 > 12 * frame.em or x1 - x0 > 0.6:
        return own, marks
    wrapped = [p for p in own if y0 < p.cy < y1 and x0 - 0.01 <= p.x0 and p.x1 <= x1 + 0.02]
    return [p for p in own if p not in wrapped], marks + wrapped


def _is_mark_alone(piece: Piece) -> bool:
    return bool(re.match(r"ky boi|nguoi ky|thoi gian ky|digitally|signature not", piece.folded))


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
        if len(labels) >= 2:
            return _cut_out(pieces, labels, frame)
    return list(pieces), []


def _is_arrival(piece: Piece, index: int) -> bool:
    """Whether a word is the stamp's ĐẾN: in capitals, with nothing but its own kind around it."""
    text = piece.words[index].text.strip(".,:;|[]'")
    if not text.isupper() or fold(text) != "den":
        return False
    before = piece.folded.split()[:index]
    return all(word.strip(".,:;|[]'") in {"cong", "van", "cv", ""} for word in before)


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
