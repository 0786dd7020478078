"""Document type and subject (Decree 30, Annex I, II.5 and Annex III).

The type line is the witness, the type code in the symbol cross-checks it. A document without a type
line but with "V/v" or "Kính gửi" is an official letter (công văn), which has no code.
"""

from __future__ import annotations

import math
import re
from typing import Final

from models.codes import AMBIGUOUS_CODES, FOLDED_TYPES, TYPE_OF_CODE, type_code_of
from models.directive import ABSENT, Alternative, FieldValue
from models.vietnamese import fold
from pipeline.extract.anchors import KINH_GUI
from pipeline.extract.context import Context
from pipeline.extract.fields import make_field
from pipeline.extract.grammar import mostly_upper
from pipeline.extract.zones import BODY_START, NUMBER_LINE, SUBJECT_LINE, Piece

_LEAD = re.compile(r"\W{0,3}(?:v\s{0,2}/\s{0,2}v|ve\s{0,3}viec)\b[\s:.]*")
_OFFICIAL = re.compile(
    r"\W{0,3}(?:pho )?(?:chu tich|bo truong|thu tuong|giam doc|cuc truong|tong cuc truong|"
    r"chanh van phong|hieu truong|truong ban|tong giam doc|hoi dong nhan dan|uy ban nhan dan|"
    r"chinh phu|ban thuong vu|ban chap hanh|doan chu tich|quoc hoi)\b"
)
_OFFICIAL_TAIL = re.compile(
    r"\s(?:CHỦ TỊCH|BỘ TRƯỞNG|CỤC TRƯỞNG|GIÁM ĐỐC|TỔNG CỤC TRƯỞNG|HIỆU TRƯỞNG)"
    r"\s(?:ỦY BAN|UBND|BỘ|CỤC|SỞ|TỔNG CỤC|TRƯỜNG)[^a-zà-ỹ]{0,80}$"
)
_SELF = re.compile(
    r"\b(?P<type>nghi quyet|quyet dinh|chi thi|ke hoach|thong bao|cong van|huong dan|cong dien|"
    r"thong tu|nghi dinh|bao cao|to trinh|chuong trinh)\s+nay\b"
)
_MAX_SUBJECT_LINES = 14


def extract_type(context: Context, symbol: FieldValue, subject: FieldValue) -> FieldValue:
    """The document's type by its full name."""
    zones, view = context.zones, context.view
    code = type_code_of(symbol.value) if symbol.value else None
    coded = TYPE_OF_CODE.get(code) if code else None
    if zones.type_line >= 0:
        return _from_type_line(context, code, coded)
    letter = zones.kinh_gui >= 0 or subject.rule == "subject.vv"
    if letter and (code is None or code in AMBIGUOUS_CODES or code == "CV"):
        evidence = zones.kinh_gui if zones.kinh_gui >= 0 else zones.header[0]
        line = view.lines[evidence]
        return make_field(view, line.start, line.end, "Công văn", "form.letter",
                          reliability=0.97, closed=True, accept=context.accept)  # fmt: skip
    if coded is not None:
        alternatives = [Alternative(value="Công văn", confidence=0.3)] if letter else []
        return FieldValue(
            value=coded, raw=symbol.raw, confidence=0.7, status="review", rule="derived.code",
            evidence=symbol.evidence, alternatives=tuple(alternatives),
        )  # fmt: skip
    return _self_reference(context)


def _from_type_line(context: Context, code: str | None, coded: str | None) -> FieldValue:
    view, zones = context.view, context.zones
    start = view.lines[zones.type_line].start
    end = view.lines[zones.type_line + zones.type_lines - 1].end
    folded = " ".join(view.folded[start:end].strip(" .:-_*").split())
    name = FOLDED_TYPES.get(folded) or next(
        (FOLDED_TYPES[key] for key in FOLDED_TYPES if folded.startswith(f"{key} ")), None
    )
    exact = name is not None
    if name is None:
        name = coded
    if name is None:
        return ABSENT
    disagree = coded is not None and coded != name and not name.startswith(coded)
    strong = disagree and code not in AMBIGUOUS_CODES
    rule = "type_line" if not disagree else "type_line.code_disagrees"
    return make_field(
        view, start, end, name, rule if exact else "type_line.fuzzy",
        reliability=0.99 if exact else 0.9, closed=True, accept=context.accept,
        cap="review" if strong else None,
        alternatives=[Alternative(value=coded, confidence=0.4)] if strong and coded else [],
    )  # fmt: skip


def _self_reference(context: Context) -> FieldValue:
    """ "Nghị quyết này": what the text calls itself; always for review."""
    view = context.view
    first, last = context.body_span()
    counts: dict[str, int] = {}
    span: dict[str, tuple[int, int]] = {}
    for match in _SELF.finditer(view.folded, first, last):
        if view.text[match.start()].isupper():
            counts[match["type"]] = counts.get(match["type"], 0) + 1
            span.setdefault(match["type"], match.span())
    if not counts:
        return ABSENT
    best = max(sorted(counts), key=lambda name: counts[name])
    return make_field(view, *span[best], FOLDED_TYPES[best], "derived.self_reference",
                      reliability=0.7, accept=context.accept, cap="review")  # fmt: skip


# -- subject ------------------------------------------------------------------------------------


def extract_subject(context: Context) -> FieldValue:
    """The subject, without its "V/v" or "Về việc"."""
    if context.zones.type_line >= 0:
        spans = _under_type_line(context)
        return _subject_field(context, spans, "subject.type_line")
    spans = _beside_number(context)
    return _subject_field(context, spans, "subject.vv")


#: White that ends a subject, in heights of a line: before a line with a capital, before another.
_WHITE: Final = 0.5
_WHITE_BEFORE_SMALL: Final = 1.1


def _under_type_line(context: Context) -> list[tuple[int, int]]:
    view, zones = context.view, context.zones
    spans: list[tuple[int, int]] = []
    start = view.lines[zones.type_line].start
    height = view.lines[zones.type_line + zones.type_lines - 1].end
    folded = view.folded[start:height]
    exact = " ".join(folded.strip(" .:-_*").split()) in FOLDED_TYPES
    if not exact:
        key = next((k for k in FOLDED_TYPES if folded.startswith(f"{k} ")), None)
        if key is not None:
            spans.append((start + len(key) + 1, height))
    index = zones.type_line + zones.type_lines
    blanks = 0
    while index < min(len(view.lines), zones.type_line + 30) and len(spans) < _MAX_SUBJECT_LINES:
        line, text, low = view.lines[index], view.of_line(index), view.folded_line(index)
        index += 1
        if line.blank:
            blanks += 1
            if spans:
                break
            continue
        if not any(c.isalnum() for c in text):
            if spans:
                break
            continue
        lower_start = text.lstrip(' "“(')[:1].islower()
        if _stops(text, low, spans, view.text, lower_start=lower_start):
            break
        # A line that goes on in small letters bears more white above it, but not any.
        least = _WHITE_BEFORE_SMALL if lower_start else _WHITE
        if spans and _gap(context, spans[-1], (line.start, line.end)) > least:
            break
        spans.append((line.start, line.end))
    return spans


def _stops(
    text: str, low: str, spans: list[tuple[int, int]], whole: str, *, lower_start: bool
) -> bool:
    """Whether a line under the type line is no subject any more."""
    if KINH_GUI.match(low) or NUMBER_LINE.match(low):
        return True
    if not spans and SUBJECT_LINE.match(low):
        return False
    previous = whole[spans[-1][0] : spans[-1][1]].rstrip() if spans else ""
    continues = lower_start or previous.endswith((",", "-", "–"))
    if spans and not continues and (BODY_START.match(low) or low.rstrip().endswith("dien:")):
        return True
    if not spans and (BODY_START.match(low) and len(text) > 60 and not mostly_upper(text)):
        return True
    if spans and mostly_upper(previous) and not mostly_upper(text):
        return True
    if spans and len(previous) > 8 and _OFFICIAL.match(low) and mostly_upper(text):
        return not fold(previous).endswith((" cua", " va", ",")) and (
            len(low) < 60 or low.rstrip().endswith(":")
        )
    return len(text) > 400


def _gap(context: Context, above: tuple[int, int], below: tuple[int, int]) -> float:
    """White between two lines in heights of the upper one; a page's end is endless, no box none."""
    upper, lower = context.view.evidence(*above), context.view.evidence(*below)
    if not upper or not lower:
        return 0.0
    if upper[-1].page != lower[0].page:
        return math.inf
    one, two = upper[-1].bbox, lower[0].bbox
    if one is None or two is None or one[3] <= one[1]:
        return 0.0
    return (two[1] - one[3]) / (one[3] - one[1])


def _beside_number(context: Context) -> list[tuple[int, int]]:
    """ "V/v ..." under the number, until a blank line or another part of the header."""
    view = context.view
    spans: list[tuple[int, int]] = []
    last: Piece | None = None
    for piece in context.header_pieces():
        low = view.folded[piece.start : piece.end]
        if not spans:
            if SUBJECT_LINE.match(low) or (low.startswith("ve ") and len(low) > 10):
                spans.append((piece.start, piece.end))
                last = piece
            continue
        if last is None or not _goes_on(context, last, piece, low):
            break
        spans.append((piece.start, piece.end))
        last = piece
    return spans


def _goes_on(context: Context, last: Piece, piece: Piece, low: str) -> bool:
    view = context.view
    between = range(last.line + 1, piece.line)
    if any(view.lines[i].blank for i in between) or len(low) > 400:
        return False
    if NUMBER_LINE.match(low) or re.search(r"\bngay\b.{0,12}\bthang\b", low):
        return False
    kinds = {view.lines[last.line].kind, view.lines[piece.line].kind}
    if len(kinds) > 1:
        return False
    return not mostly_upper(view.text[piece.start : piece.end])


def _subject_field(context: Context, spans: list[tuple[int, int]], rule: str) -> FieldValue:
    if not spans:
        return ABSENT
    view = context.view
    start, end = spans[0][0], spans[-1][1]
    text = " ".join(view.plain(s, e) for s, e in spans)
    lead = _LEAD.match(fold(text))
    if lead:
        text = text[lead.end() :]
    elif fold(text).startswith("ve ") and rule == "subject.vv":
        text = text[3:]
    if mostly_upper(text):
        tail = _OFFICIAL_TAIL.search(text)
        text = text[: tail.start()] if tail else text
    text = text.strip(" .:;-–_*")
    if not text:
        return ABSENT
    field = make_field(
        view, start, end, text, rule, reliability=0.96, free=True, accept=context.accept
    )
    evidence = tuple(e for s, e2 in spans for e in view.evidence(s, e2))
    return field.model_copy(
        update={"raw": "\n".join(view.raw(s, e) for s, e in spans), "evidence": evidence[:20]}
    )
