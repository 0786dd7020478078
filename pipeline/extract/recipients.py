"""Addressees ("Kính gửi") and copies ("Nơi nhận"): Decree 30, Annex I, II.9."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from models.directive import FieldValue
from pipeline.extract.anchors import KINH_GUI
from pipeline.extract.context import Context
from pipeline.extract.fields import make_field
from pipeline.extract.grammar import mostly_upper
from pipeline.extract.zones import AUTHORITY, BODY_START, NOI_NHAN, Piece, pieces

_DASH = re.compile(r"[~=_.'’]{0,2}\s?[-–—+•*·=~]\s?")
_NUMBERED = re.compile(r"\d{1,2}[.)]\s")
_TAIL = " ;,.:-–—_?’'\"]}|~^=\\"
_SENTENCE = re.compile(
    r"(?<=[\w.)]) (?=(?:Căn cứ|Thực hiện|Triển khai|Trả lời|Phúc đáp|Tiếp theo|Theo|Ngày \d|"
    r"Trên cơ sở|Xét|Để|Nhằm)\s)|(?<=[\w)])\. (?=[^\W\d_])"
)
_ARCHIVE = re.compile(r"luu\b")
POSITION_TAIL = re.compile(
    r"(?<=[;.,:)\w])\s+(?=(?:KT\.\s*|Q\.\s*)?(?:PHÓ\s+)?(?:CHỦ TỊCH|CHÁNH VĂN PHÒNG|GIÁM ĐỐC|"
    r"BỘ TRƯỞNG|THỨ TRƯỞNG|TRƯỞNG BAN|CỤC TRƯỞNG|VỤ TRƯỞNG|HIỆU TRƯỞNG|CHỦ NHIỆM|THỦ TƯỚNG|"
    r"BÍ THƯ|TỔNG GIÁM ĐỐC)(?!\w))"
)
_STAMP = re.compile(r"(?:ky boi|nguoi ky|thoi gian ky|co quan:|email:|ngay ky)")


@dataclass(slots=True)
class _Item:
    spans: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CopyList:
    """Items of "Nơi nhận", the line after the last, and what stood to the right of it."""

    items: tuple[FieldValue, ...]
    end: int
    right: tuple[Piece, ...]


def _text(context: Context, item: _Item) -> str:
    return " ".join(context.view.plain(s, e) for s, e in item.spans)


def _finish(context: Context, item: _Item, rule: str) -> FieldValue | None:
    view = context.view
    text = _text(context, item)
    dash = _DASH.match(text)
    text = text[dash.end() :] if dash else text
    text = re.sub(r"^[^\w(“\"]+", "", text)
    text = re.sub(r"\s+([;,.])", r"\1", text).strip().rstrip(_TAIL).strip()
    if text.count("(") < text.count(")"):
        text = text.rstrip(")").rstrip(_TAIL)
    if not any(c.isalnum() for c in text):
        return None
    start, end = item.spans[0][0], item.spans[-1][1]
    made = make_field(view, start, end, text, rule, free=True,
                      reliability=0.95 if len(text) < 200 else 0.7,
                      accept=context.accept)  # fmt: skip
    evidence = tuple(e for s, e2 in item.spans for e in view.evidence(s, e2))
    raw = "\n".join(view.raw(s, e) for s, e in item.spans)
    return made.model_copy(update={"evidence": evidence[:10], "raw": raw})


# -- Kính gửi -----------------------------------------------------------------------------------


def extract_recipients(context: Context) -> tuple[FieldValue, ...]:
    """Everyone the document is addressed to."""
    view, zones = context.view, context.zones
    if zones.kinh_gui < 0:
        return ()
    line = view.lines[zones.kinh_gui]
    label = KINH_GUI.match(view.folded, line.start, line.end)
    start = label.end() if label else line.start
    while start < line.end and view.text[start] in " :;.":
        start += 1
    items: list[_Item] = []
    if start < line.end:
        first = _cut_inline(context, start, line.end)
        items.append(_Item([first]))
        if first[1] < line.end:
            return _done(context, items)
    _follow(context, items)
    return _done(context, items)


def _done(context: Context, items: list[_Item]) -> tuple[FieldValue, ...]:
    out: list[FieldValue] = []
    for item in items:
        for part in _split_semicolons(context, item):
            made = _finish(context, part, "kinh_gui")
            if made is not None:
                out.append(made)
    return tuple(out)


def _split_semicolons(context: Context, item: _Item) -> list[_Item]:
    """One line with several addressees parted by semicolons."""
    if len(item.spans) != 1:
        return [item]
    start, end = item.spans[0]
    found = re.finditer(r"[^;]+", context.view.text[start:end])
    parts = [_Item([(start + m.start(), start + m.end())]) for m in found if m[0].strip()]
    return parts or [item]


def _cut_inline(context: Context, start: int, end: int) -> tuple[int, int]:
    """An inline addressee ends where a sentence begins on the same line."""
    if end - start <= 60:
        return start, end
    match = _SENTENCE.search(context.view.text, start, end)
    return (start, match.start()) if match else (start, end)


def _follow(context: Context, items: list[_Item]) -> None:
    """List items and wrapped lines under "Kính gửi"."""
    view, zones = context.view, context.zones
    listed = False
    blank = False
    for index in range(zones.kinh_gui + 1, min(len(view.lines), zones.kinh_gui + 60)):
        line = view.lines[index]
        text, folded = view.of_line(index), view.folded_line(index)
        if line.blank:
            blank = True
            continue
        dashed = _DASH.match(text)
        if dashed and (listed or not items or not blank):
            listed = True
            items.append(_Item([(line.start, line.end)]))
        elif items and not blank and _wraps(context, items[-1], text, folded):
            items[-1].spans.append((line.start, line.end))
        elif not items and not dashed and not BODY_START.match(folded) and len(text) < 160:
            items.append(_Item([(line.start, line.end)]))
        else:
            return
        blank = False
        if items and len(items[-1].spans) == 1 and text.rstrip().endswith(".") and listed:
            return


def _wraps(context: Context, item: _Item, text: str, folded: str) -> bool:
    """Whether a line without a dash goes on with the item above it."""
    before = _text(context, item).rstrip()
    if before.endswith((".", ";")) or BODY_START.match(folded) or _NUMBERED.match(text):
        return False
    return len(item.spans) < 4 and len(text) < 160


# -- Nơi nhận -----------------------------------------------------------------------------------


def _columns(context: Context, index: int) -> list[Piece]:
    """A line of the copy list, the signature column cut off."""
    view = context.view
    found = pieces(view, index, header=False)
    if len(found) != 1:
        return found
    piece = found[0]
    text = view.text[piece.start : piece.end]
    for pattern in (AUTHORITY, POSITION_TAIL):
        match = pattern.search(text)
        if match and match.start() > 0:
            cut = piece.start + match.start()
            left = len(text[: match.start()].rstrip())
            if left:
                return [
                    Piece(piece.start, piece.start + left, index),
                    Piece(cut + len(text[match.start() :]) - len(text[match.start() :].lstrip()),
                          piece.end, index),
                ]  # fmt: skip
    return [piece]


def extract_copies(context: Context) -> CopyList:
    """Items of "Nơi nhận"; the scan ends after "Lưu"."""
    view, zones = context.view, context.zones
    if zones.noi_nhan < 0:
        return CopyList((), -1, ())
    items: list[_Item] = []
    right: list[Piece] = []
    index = zones.noi_nhan
    kind = view.lines[index].kind
    end = index + 1
    while index < min(zones.end, zones.noi_nhan + 70):
        line = view.lines[index]
        if line.kind == "signature" or (kind == "recipients" and line.kind != kind):
            break
        if not line.blank:
            columns = _columns(context, index)
            right.extend(columns[1:])
            if not _take(context, items, columns[0], index):
                break
            end = index + 1
        elif items and _ARCHIVE.match(_folded(context, items[-1])):
            break
        index += 1
    fields = [_finish(context, item, "noi_nhan") for item in items]
    return CopyList(tuple(f for f in fields if f is not None), end, tuple(right))


def _folded(context: Context, item: _Item) -> str:
    start, end = item.spans[0]
    return context.view.folded[start:end].lstrip("-–—+•*· ")


def _take(context: Context, items: list[_Item], piece: Piece, index: int) -> bool:
    """Add a line to the list; ``False`` where the list has ended."""
    view = context.view
    start, end = piece.start, piece.end
    if index == context.zones.noi_nhan:
        label = NOI_NHAN.match(view.folded, start, end)
        start = label.end() if label else end
        while start < end and view.text[start] in " :;.":
            start += 1
        if start < end and not mostly_upper(view.text[start:end]):
            items.append(_Item([(start, end)]))
        return True
    text = view.text[start:end]
    folded = view.folded[start:end]
    if _STAMP.search(folded) or not any(c.isalnum() for c in text):
        return True
    if AUTHORITY.match(text) or (mostly_upper(text) and not _DASH.match(text) and len(text) > 6):
        return bool(not items)
    if _DASH.match(text) or not items or _ARCHIVE.match(folded):
        items.append(_Item([(start, end)]))
        return True
    before = _text(context, items[-1]).rstrip()
    if _ARCHIVE.match(_folded(context, items[-1])):
        if before.endswith((",", "-", "(")):
            items[-1].spans.append((start, end))
            return True
        return False
    if before.endswith((";", ".")) and len(text) < 4:
        return True
    if before.endswith(";"):
        items.append(_Item([(start, end)]))
        return True
    items[-1].spans.append((start, end))
    return True
