"""Who issues: the bodies of the header's left column (Decree 30, Annex I, II.2).

The last body is the issuer, the one above it the parent. Where the header is missing both are
derived from what the text, the place and the number say, marked ``derived.*`` and left to review.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from models.codes import is_joint, issuer_of_code
from models.directive import ABSENT, Alternative, FieldValue
from models.orgs import (
    BODY_HEAD,
    casing_in,
    is_junk,
    nearest_body,
    proper_name,
    respaced,
    without_junk,
)
from models.places import CITIES, province_named
from models.units import districts_named, parent_of_union, province_of_district
from models.vietnamese import fold
from pipeline.extract.context import Context
from pipeline.extract.fields import make_field, unreadable
from pipeline.extract.grammar import CODE, mostly_upper
from pipeline.extract.zones import INDEPENDENCE, NUMBER_LINE, SUBJECT_LINE, Piece, right_part

_OPEN_END = re.compile(r"(?:nganh|va|cua|cac|ban thuong vu|ban chap hanh|doan chu tich|,|-)$")
_STAMP = re.compile(r"@|\d{1,2}:\d{2}:\d{2}|\+07|ky boi|thoi gian ky|nguoi ky")
#: A line that is no name yet: the next one goes on with it.
_UNFINISHED = frozenset(
    {"bo", "cuc", "so", "uy ban", "tong cuc", "van phong", "ban", "cong doan", "cong doan co so",
     "cong doan nganh", "nghiep doan", "nghiep doan co so", "lien doan lao dong", "ban thuong vu",
     "ban chap hanh", "tong lien doan", "lien doan"}
)  # fmt: skip
#: Words that a line's end may part: "BỆNH | VIỆN", "HỌC | VIỆN"; the second opens no name.
_COMPOUNDS = frozenset(
    {("benh", "vien"), ("hoc", "vien"), ("thu", "vien"), ("tu", "vien"), ("y", "vien"),
     ("uy", "ban"), ("van", "phong"), ("cong", "doan"), ("lien", "doan"), ("cong", "ty"),
     ("quan", "doan"), ("binh", "doan"), ("tap", "doan"), ("xa", "hoi"), ("co", "so"),
     ("dang", "uy"), ("tinh", "uy"), ("hiep", "hoi"), ("thong", "bao"), ("cong", "bao")}
)  # fmt: skip
#: A number line whose rest was not read; capitals would be "SỞ", a department.
_DAMAGED_NUMBER = re.compile(r"\W{0,3}[Ss][ốóôồổỗò06](?!\w).*[/,–-]")
_SURE_WORD = 0.5
_JUNK = re.compile(r"[^\w,.&()/ –-]+")


@dataclass(frozen=True, slots=True)
class Issuers:
    """Issuer and its parent."""

    issuer: FieldValue = ABSENT
    parent: FieldValue = ABSENT


@dataclass(slots=True)
class _Body:
    start: int
    end: int
    text: str
    spans: list[tuple[int, int]]


def _issuer_pieces(context: Context) -> list[Piece]:
    """Pieces in capitals above the number."""
    view = context.view
    out: list[Piece] = []
    for piece in context.header_pieces():
        folded = view.folded[piece.start : piece.end].strip()
        text = view.text[piece.start : piece.end]
        if _STAMP.search(folded):
            out.clear()  # what stood above belongs to the mark of a digital signature
            continue
        code = CODE.search(text) if view.is_ocr(piece.start) else None
        if NUMBER_LINE.match(folded) or SUBJECT_LINE.match(folded) or (code and code.start() <= 4):
            break
        if view.is_ocr(piece.start) and _DAMAGED_NUMBER.match(text):
            break
        if right_part(text, folded) == 0 or INDEPENDENCE.search(folded):
            continue
        if folded.strip(" .*[](){}|") in {"viet nam", "hanh phuc", "du thao", "hoa toc", "khan",
                                  "thuong khan", "mat", "toi mat", "tuyet mat"}:  # fmt: skip
            continue
        if view.lines[piece.line].kind == "header_right":
            continue
        letters = sum(c.isalpha() for c in text)
        if letters >= 2 and mostly_upper(text) and len(folded) <= 100:
            out.append(piece)
    return out[:8]


def _bodies(context: Context) -> list[_Body]:
    """Join lines that make one name; a line that begins like a body's name opens the next."""
    bodies: list[_Body] = []
    for piece in _issuer_pieces(context):
        text = _JUNK.sub(" ", context.view.plain(piece.start, piece.end)).strip(" ,.-–*_")
        text = " ".join(w for w in text.split() if w in "-–&" or re.search(r"[a-z0-9]", fold(w)))
        folded = fold(text)
        if not folded:
            continue
        opens = BODY_HEAD.match(folded) or nearest_body(text)
        if bodies:
            before = fold(bodies[-1].text)
            alone = before in _UNFINISHED
            parted = (before.rpartition(" ")[2], folded.partition(" ")[0]) in _COMPOUNDS
            if not opens or parted or _OPEN_END.search(before) or alone:
                bodies[-1].text += f" {text}"
                bodies[-1].end = piece.end
                bodies[-1].spans.append((piece.start, piece.end))
                continue
        elif not opens and len(folded) < 4:
            continue
        bodies.append(_Body(piece.start, piece.end, text, [(piece.start, piece.end)]))
    return bodies


def _misread(context: Context, body: _Body) -> FieldValue | None:
    """A name in which a word was not read: open, with what the list of names makes of it."""
    view = context.view
    words: list[str] = []
    junk: list[bool] = []
    for start, end in body.spans:
        for word in view.words_in(start, end):
            text = view.text[max(start, word.start) : min(end, word.end)]
            if not re.search(r"[a-z0-9]", fold(text)):
                continue  # a speck between the words
            doubted = word.confidence is not None and word.confidence < _SURE_WORD
            digits = any(c.isdigit() for c in text)
            words.append(text)
            junk.append(is_junk(text) or (digits and doubted))
    if not any(junk):
        return None
    lost = unreadable(view, body.spans[0][0], body.spans[-1][1], "header.issuer.misread",
                      [c for c in (without_junk(words, junk),) if c])  # fmt: skip
    evidence = tuple(e for start, end in body.spans for e in view.evidence(start, end))
    raw = "\n".join(view.raw(start, end) for start, end in body.spans)
    return lost.model_copy(update={"evidence": evidence, "raw": raw})


def _field(context: Context, body: _Body) -> FieldValue:
    view = context.view
    if view.is_ocr(body.start) and (lost := _misread(context, body)) is not None:
        return lost
    name = proper_name(body.text)
    first, last = context.body_span()
    seen = casing_in(view.text[first:last], view.folded[first:last], name)
    known = BODY_HEAD.match(fold(name)) is not None
    place = province_named(re.split(r"(?i)\b(?:tỉnh|thành phố)\b", name)[-1]) or _district(name)
    closed = place is not None or seen is not None
    if seen is not None and place is None and fold(seen) == fold(name):
        name = seen if seen.lower() == name.lower() else name
    if not known or respaced(name) is not None:
        near = respaced(name) or nearest_body(name)
        if near is not None:
            return make_field(view, body.spans[0][0], body.spans[-1][1], near,
                              "header.issuer.fuzzy", reliability=0.8, accept=context.accept,
                              cap="review")  # fmt: skip
    field = make_field(
        view, body.spans[0][0], body.spans[0][1], name, "header.issuer",
        reliability=0.98 if known else 0.8, closed=closed, accept=context.accept,
    )  # fmt: skip
    if len(body.spans) == 1:
        return field
    evidence = tuple(e for start, end in body.spans for e in view.evidence(start, end))
    worst = min(
        (make_field(view, s, e, name, "header.issuer", reliability=0.98 if known else 0.8,
                    closed=closed, accept=context.accept) for s, e in body.spans),
        key=lambda f: f.confidence,
    )  # fmt: skip
    raw = "\n".join(view.raw(start, end) for start, end in body.spans)
    return worst.model_copy(update={"evidence": evidence, "raw": raw})


def _district(name: str) -> str | None:
    """The district that a name ends with, where there was one of this kind and name."""
    match = re.search(r"(huyện|quận|thị xã|thành phố) (.+)$", name)
    return match[2] if match and districts_named(match[2], match[1]) else None


def extract_issuers(
    context: Context, place: FieldValue, symbol: FieldValue, issued: FieldValue
) -> Issuers:
    """Issuer and parent from the header, or derived."""
    bodies = _bodies(context)
    if not bodies:
        issuer, parent = _derived(context, place, symbol), ABSENT
    elif len(bodies) > 1 and is_joint(symbol.value or ""):
        return Issuers(_joint(context, bodies))
    else:
        issuer = _field(context, bodies[-1])
        parent = _field(context, bodies[-2]) if len(bodies) > 1 else ABSENT
    if parent.status == "absent" and issuer.value:
        parent = _parent_by_level(issuer, place, issued)
    return Issuers(issuer, parent)


def _joint(context: Context, bodies: list[_Body]) -> FieldValue:
    """Offices that issue together stand below each other as parent and issuer do: for review."""
    fields = [_field(context, body) for body in bodies]
    worst = min(fields, key=lambda f: f.confidence)
    names = [f.value for f in fields if f.value]
    if len(names) < len(fields):
        return worst
    return worst.model_copy(
        update={
            "value": "; ".join(names),
            "raw": "\n".join(f.raw for f in fields if f.raw),
            "status": "review",
            "evidence": tuple(e for f in fields for e in f.evidence),
            "rule": "header.issuer.joint",
        }
    )


def _parent_by_level(issuer: FieldValue, place: FieldValue, issued: FieldValue) -> FieldValue:
    """The body above a union's body, as the levels stood on the document's date; for review."""
    day = _first_day(issued.value)
    parent = parent_of_union(issuer.value or "", place.value, day)
    if parent is None:
        return ABSENT
    return FieldValue(
        value=parent, raw=issuer.raw, confidence=round(0.8 * issuer.confidence, 4),
        status="review", evidence=issuer.evidence, rule="derived.hierarchy",
    )  # fmt: skip


def _first_day(value: str | None) -> date | None:
    parts = [int(part) for part in (value or "").split("-") if part.isdecimal()]
    return date(*[*parts, 1, 1][:3]) if parts and 1900 <= parts[0] <= 2100 else None


# -- where the header is missing ----------------------------------------------------------------

_LEVEL_NAME = r"(?:\s+(?P<name>(?:[A-ZĐÀ-Ỹ][^\W\d_]*)(?:[ -]{1,3}[A-ZĐÀ-Ỹ][^\W\d_]*){0,4}))?"
_UNION = re.compile(
    r"(?:Ban\s+[Tt]hường\s+vụ|BTV)\s+(?P<body>(?:Liên\s+đoàn\s+[Ll]ao\s+động|LĐLĐ)\s+"
    r"(?P<level>tỉnh|huyện|thành phố|quận|thị xã|Tỉnh|Huyện)|Công\s+đoàn\s+ngành\s+"
    r"(?:Y tế|Giáo dục|Công Thương|Xây dựng|Giao thông vận tải))" + _LEVEL_NAME
)
_SELF_VERB = re.compile(
    r"\s{0,3}(?:ban hanh|phat dong|de nghi|yeu cau|tran trong|rat mong|keu goi|xay dung)"
)


def _derived(context: Context, place: FieldValue, symbol: FieldValue) -> FieldValue:
    """The body that speaks in the text, its place from the dateline; always for review."""
    view = context.view
    first, last = context.body_span()
    counts: dict[str, int] = {}
    spans: dict[str, tuple[int, int]] = {}
    for match in _UNION.finditer(view.text, first, last):
        speaks = _SELF_VERB.match(view.folded, match.end())
        weight = 3 if speaks else 1
        body = proper_name(" ".join(match["body"].split()))
        name = match["name"]
        if speaks and not name:
            counts[body] = counts.get(body, 0) + weight
            spans.setdefault(body, (match.start("body"), match.end()))
    if not counts:
        return _from_signature(context, symbol)
    body = max(sorted(counts), key=lambda b: counts[b])
    start, end = spans[body]
    value = _with_place(body, place.value)
    return make_field(
        view, start, end, value, "derived.text_and_place" if value != body else "derived.text",
        reliability=0.75, accept=context.accept, cap="review",
    )  # fmt: skip


def _with_place(body: str, place: str | None) -> str:
    """``Liên đoàn Lao động tỉnh`` + ``Cà Mau`` -> ``Liên đoàn Lao động tỉnh Cà Mau``."""
    if not place:
        return body
    unit = re.match(r"(?i)(tỉnh|huyện|thành phố|tp\.?|quận|thị xã)\s+(.+)", place)
    name = unit[2] if unit else place
    if body.endswith("tỉnh") and province_named(name) is None:
        name = province_of_district(name) or name  # a dateline may name the province's seat
    level = re.search(r"(tỉnh|huyện|thành phố|quận|thị xã)$", body)
    if level is None:
        return body
    if level[1] == "tỉnh" and (province_named(name) is None or name in CITIES):
        return body
    if unit and unit[1].lower() in {"huyện", "quận", "thị xã"} and level[1] != unit[1].lower():
        return body
    return f"{body} {name}"


def _from_signature(context: Context, symbol: FieldValue) -> FieldValue:
    """ "TM. CHÍNH PHỦ" at the end names the Government; other marks name no full body."""
    view = context.view
    for index in range(len(view.lines) - 1, -1, -1):
        folded = view.folded_line(index).strip()
        if len(folded) < 60 and re.match(r"t[ml]\s?\.\s?chinh phu\b", folded):
            line = view.lines[index]
            return make_field(view, line.start, line.end, "Chính phủ", "derived.signature",
                              reliability=0.8, accept=context.accept, cap="review")  # fmt: skip
    known = issuer_of_code(symbol.value.split("/")[-1]) if symbol.value else None
    if known is not None and symbol.status == "accepted":
        return FieldValue(
            value=known, raw=symbol.raw, confidence=0.8, status="review", rule="derived.symbol",
            evidence=symbol.evidence,
        )  # fmt: skip
    if symbol.value and symbol.status == "accepted":
        return FieldValue(
            status="review", rule="derived.symbol", evidence=symbol.evidence, confidence=0.2,
            alternatives=(Alternative(value=symbol.value.split("-")[-1], confidence=0.2),),
        )  # fmt: skip
    return ABSENT
