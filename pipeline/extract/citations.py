"""Other documents named in this one, with type, date, issuer and relation.

Every numbered document is listed once, at its most complete mention; later mentions add evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from models.codes import (
    AMBIGUOUS_CODES,
    CITED_TYPES,
    ISSUER_OF_OFFICE,
    TYPE_OF_CODE,
    issuer_of_code,
    nearest_type,
    type_code_of,
)
from models.directive import ABSENT, Citation, FieldValue, Relation
from pipeline.extract.context import Context
from pipeline.extract.dates import DATE, FoundDate, read_date
from pipeline.extract.fields import make_field
from pipeline.extract.grammar import CODE, Code, parse_code
from pipeline.extract.unnumbered import extract_unnumbered
from pipeline.extract.view import View

_TYPES = "|".join(sorted(CITED_TYPES, key=lambda t: (-len(t), t)))
_TYPE_BEFORE = re.compile(
    rf"(?<!\w)(?P<type>{_TYPES})(?:\s+cua\s+[^\n;.:]{{2,50}}:)?\s*"
    rf"(?:so\s*:?\s*)?$"
)
_SO_BEFORE = re.compile(r"(?<!\w)s[o06]\s*:?\s*$")
_DATE_AFTER = re.compile(r"[\s,(]{0,3}(?:(?:ky|ban hanh)\s+)?ngay\s+")
_SAME_DAY = re.compile(r"[\s,]{0,3}cung\s+ngay")
_OF = re.compile(r"[\s,)]{0,3}(?:da\s+)?(?:cua|do)\s+")
_ISSUER_END = re.compile(
    r"\s(?:(?:ve|quy dinh|ban hanh|sua doi|huong dan|phe duyet|cong bo|bo sung|thong qua|thuc hien|"
    r"trien khai|va\s+(?:quyet dinh|nghi dinh|thong tu|ke hoach|cong van|nghi quyet)|de nghi|tai|"
    r"duoc|va\s+cong van|kem theo|gui|thong bao|giao|da|la|nham|phat dong|yeu cau|bai bo|"
    r"thay the|ngay|so|de|chi dao|ket luan|chuyen|quyet nghi|khoa)(?!\w)|\()|[;.:(“\"]|,\s|\n\s*\n"
)
_SENTENCE_EDGE = re.compile(r"[.;:]\s|\n\s*\n|\n\s*[-+•]\s")
_DATE_FIRST = re.compile(r"(?<!\w)ngay\s+")
_ACTOR = re.compile(
    r"[\s,]{1,3}(?P<actor>[^,;.\n]{3,80}?)\s+(?:da\s+)?(?:ban hanh|co|ky|phe duyet)\s"
)
_ANCHORS: tuple[tuple[Relation, re.Pattern[str]], ...] = (
    ("replaces", re.compile(r"thay the|bai bo|het hieu luc")),
    ("amends", re.compile(r"sua doi|bo sung|dieu chinh")),
    ("answers", re.compile(r"tra loi|phuc dap|nhan duoc|xet de nghi")),
    ("annex_of", re.compile(r"kem theo")),
    ("forwards", re.compile(r"sao gui|chuyen")),
    ("follows", re.compile(r"tiep theo")),
    ("based_on", re.compile(r"can cu|tren co so|xet\b")),
    ("implements", re.compile(r"thuc hien|thi hanh|trien khai|theo\b")),
)
_PASSIVE = re.compile(r"duoc\s+(?:sua doi|bo sung|thay the)")
_FORWARDED = re.compile(r"\s*ve\s+viec\s+sao\s+gui")
_DIRECT: frozenset[Relation] = frozenset({"answers", "annex_of", "follows"})
_LAW = re.compile(r"(?<!\w)(?P<type>bo luat|luat|nghi quyet|phap lenh)\s[^\n;.]{0,110}so\s*:?\s*$")
_AT = re.compile(
    r"(?:cua|boi)\s+(?P<who>[^;.]{3,90}?)\s+(?:co\s+y\s+kien\s+)?tai\s+(?:noi\s+dung\s+)?(?:cac\s+)?$"
)
_BY = re.compile(r"(?<!\w)(?:cua|boi)\s")
_JOINED = re.compile(r"\s*(?:,|;)?\s*va\s+|\s*[,;]\s*")
#: What may stand between two numbers of one list: "số 79/LĐLĐ, 80/LĐLĐ"; "...; số 657/LĐLĐ".
_LISTED = re.compile(r"\s*(?:[,;]\s*(?:va\s+)?|va\s+)(?:so\s*:?\s*)?")
_BOTH_DAY = re.compile(r"[\s,]{0,3}cung\s+ngay\s+(?=\d)")
_NEXT_TO = 60
#: A capital read as a digit at the head of a group: "286/5TC-HCSN".
_DIGIT_IN_SYMBOL = re.compile(r"(?<=[/-])[5018](?=[A-ZĐ]{2})")
_LETTER_OF = {"5": "S", "0": "O", "1": "I", "8": "B"}
_LOOK_BACK = 160


@dataclass(slots=True)
class _Mention:
    code: Code
    start: int
    end: int
    doc_type: FieldValue
    issued: FieldValue
    issuer: FieldValue
    number: FieldValue
    relation: Relation
    date: FoundDate | None

    @property
    def completeness(self) -> int:
        return sum(f.status != "absent" for f in (self.doc_type, self.issued, self.issuer))


def extract_citations(context: Context, own_number: FieldValue) -> tuple[Citation, ...]:
    """Every numbered document that the body names."""
    view = context.view
    first, last = context.body_span()
    mentions: list[_Mention] = []
    previous: _Mention | None = None
    taken = 0
    letters = _DIGIT_IN_SYMBOL.sub(_as_letter, view.text)
    for match in CODE.finditer(letters, first, last):
        if match.start() < taken:
            continue
        code = parse_code(match)
        if code is None or code.value == own_number.value:
            continue
        taken = code.end if code.joint else taken
        if view.text[match.start() : match.end()] != match[0]:
            code = replace(code, restored=True)
        mention = _mention(context, code, previous, first)
        if mention is None:
            continue
        _share_date(mentions, mention)
        mentions.append(mention)
        previous = mention
    numbered = _merge(context, mentions)
    return (*numbered, *extract_unnumbered(context, [(m.start, m.end) for m in mentions]))


def _as_letter(match: re.Match[str]) -> str:
    return _LETTER_OF[match[0]]


def _share_date(mentions: list[_Mention], mention: _Mention) -> None:
    """ "số 103 ... và số 104 ... cùng ngày 30/7/2024": the date is that of both."""
    if not mentions or mention.date is None or mention.issued.rule != "citation.date.both":
        return
    before = mentions[-1]
    if before.issued.value is None and mention.start - before.end <= _NEXT_TO:
        before.issued, before.date = mention.issued, mention.date


def _merge(context: Context, mentions: list[_Mention]) -> tuple[Citation, ...]:
    grouped: list[list[_Mention]] = []
    by_number: dict[str, list[list[_Mention]]] = {}
    for mention in mentions:
        known = by_number.setdefault(mention.number.value or "", [])
        group = next((g for g in known if _compatible(g, mention)), None)
        if group is None:
            group = []
            known.append(group)
            grouped.append(group)
        group.append(mention)
    out = []
    for group in grouped:
        best = max(group, key=lambda m: (m.completeness, -m.start))
        relation = next((m.relation for m in group if m.relation != "mentions"), "mentions")
        evidence = tuple(e for m in group for e in context.view.evidence(m.start, m.end))
        out.append(
            Citation(
                number=best.number, doc_type=best.doc_type, issued=best.issued,
                issuer=best.issuer, relation=relation, evidence=evidence[:20],
            )
        )  # fmt: skip
    return tuple(out)


def _compatible(group: list[_Mention], mention: _Mention) -> bool:
    """The same number with another date is another document (the series begins anew each year)."""
    dates = {m.issued.value for m in (*group[:20], mention) if m.issued.value}
    return len(dates) <= 1


def _mention(
    context: Context, code: Code, previous: _Mention | None, floor: int
) -> _Mention | None:
    view = context.view
    low = max(floor, code.start - _LOOK_BACK)
    before = view.folded[low : code.start]
    typed = _TYPE_BEFORE.search(before[-80:])
    numbered = _SO_BEFORE.search(before[-8:]) is not None
    coded = type_code_of(code.symbol)
    listed = previous is not None and _LISTED.fullmatch(view.folded, previous.end, code.start)
    if typed is None and not numbered and not listed and not (coded and "/" in code.value):
        return None
    word = CITED_TYPES[typed["type"]] if typed else None
    if word is not None:
        code, coded = _with_type(view, code, coded, word)
    name, rule, reliability = _type_name(word, code, coded, before)
    type_start = low + max(0, len(before) - 80) + typed.start() if typed else code.start
    start = type_start if code.start - type_start <= 80 else code.start
    number_rule = "citation.number.d_restored" if code.restored else "citation.number"
    number = make_field(view, code.start, code.end, code.value, number_rule,
                        reliability=0.92 if code.restored else 0.97,
                        accept=context.accept,
                        cap="review" if code.restored and view.is_ocr(code.start) else None,
                        )  # fmt: skip
    doc_type = (
        make_field(view, start, code.end, name, rule, reliability=reliability,
                   accept=context.accept)
        if name else ABSENT
    )  # fmt: skip
    date, issued, end = _issued(context, code, previous, before, low)
    issuer, end = _issuer(context, code, start, end, before, low, previous)
    number = _verified(view, code, number, date)
    relation = _relation(view.folded, low, start, end, previous)
    return _Mention(code, start, end, doc_type, issued, issuer, number, relation, date)


def _with_type(view: View, code: Code, coded: str | None, word: str) -> tuple[Code, str | None]:
    """``Tờ trình số 6326/TT-STNMT`` as read: a letter was lost, and the word tells which."""
    if not view.is_ocr(code.start) or (coded and TYPE_OF_CODE.get(coded) == word):
        return code, coded
    year = re.match(r"(?:19|20)\d{2}/", code.symbol)
    rest = code.symbol[year.end() if year else 0 :]
    first, dash, tail = rest.partition("-")
    better = nearest_type(first, word) if dash and first not in {"CV", ""} else None
    if better is None or first in ISSUER_OF_OFFICE:
        return code, coded
    symbol = f"{year[0] if year else ''}{better}-{tail}"
    return replace(code, symbol=symbol, restored=True), better


def _type_name(
    word: str | None, code: Code, coded: str | None, before: str
) -> tuple[str | None, str, float]:
    """Type, rule and reliability from the word before the number and the code in it.

    "Văn bản" and "Công văn" before a coded number say less than the code; a law stands as
    "Luật ... số 21/2017/QH14"; a symbol without a type code is an official letter's.
    """
    by_code = TYPE_OF_CODE.get(coded) if coded else None
    if by_code is not None and coded not in AMBIGUOUS_CODES:
        if word is None or word == "Công văn":
            return by_code, "citation.type_code", 0.93
        if not word.startswith(by_code):
            return by_code, "citation.type_code_disagrees", 0.6
    if word is not None:
        return word, "citation.type_word", 0.97
    if by_code is not None:
        return by_code, "citation.type_code", 0.85
    if "QH" in code.symbol:
        law = _LAW.search(before)
        return (CITED_TYPES[law["type"]] if law else None), "citation.law", 0.93
    return "Công văn", "citation.no_type_code", 0.85


def _verified(view: View, code: Code, number: FieldValue, date: FoundDate | None) -> FieldValue:
    """On a scan the year in a number must agree with the date beside it to be accepted."""
    year = code.symbol[:4]
    if not view.is_ocr(code.start) or number.status != "accepted":
        return number
    if year.isdigit() and (date is None or date.value[:4] != year):
        return number.model_copy(update={"status": "review"})
    return number


def _issued(
    context: Context, code: Code, previous: _Mention | None, before: str, low: int
) -> tuple[FoundDate | None, FieldValue, int]:
    view = context.view
    label = _DATE_AFTER.match(view.folded, code.end)
    at = label.end() if label else None
    if at is None:
        near = re.match(r"[\s,(]{0,3}(?=\d)", view.folded[code.end : code.end + 4])
        at = code.end + near.end() if near else None
    match = DATE.match(view.folded, at) if at is not None else None
    found = read_date(match) if match else None
    if found is not None:
        field = make_field(view, found.start, found.end, found.value, "citation.date",
                           reliability=0.97, accept=context.accept)  # fmt: skip
        return found, field, found.end
    both = _BOTH_DAY.match(view.folded, code.end)
    match = DATE.match(view.folded, both.end()) if both else None
    found = read_date(match) if match else None
    if found is not None:
        field = make_field(view, found.start, found.end, found.value, "citation.date.both",
                           reliability=0.92, accept=context.accept)  # fmt: skip
        return found, field, found.end
    same = _SAME_DAY.match(view.folded, code.end)
    if same and previous is not None and previous.date is not None:
        field = make_field(view, code.end, same.end(), previous.date.value,
                           "citation.date.same_day", reliability=0.85,
                           accept=context.accept)  # fmt: skip
        return previous.date, field, same.end()
    sentence = _last_sentence(before)
    starts = [m.end() for m in _DATE_FIRST.finditer(sentence)]
    offset = low + len(before) - len(sentence)
    for start in starts[-1:]:
        match = DATE.match(view.folded, offset + start)
        found = read_date(match) if match else None
        between = view.folded[found.end : code.start] if found else ""
        taken = previous is not None and found is not None and previous.end >= found.start
        if found is not None and not taken and re.search(r"ban hanh|tai|co\b|ky\b", between):
            field = make_field(view, found.start, found.end, found.value, "citation.date_before",
                               reliability=0.92, accept=context.accept)  # fmt: skip
            return found, field, code.end
    return None, ABSENT, code.end


def _last_sentence(before: str) -> str:
    edges = list(_SENTENCE_EDGE.finditer(before))
    return before[edges[-1].end() :] if edges else before


def _issuer(
    context: Context,
    code: Code,
    start: int,
    end: int,
    before: str,
    low: int,
    previous: _Mention | None,
) -> tuple[FieldValue, int]:
    view = context.view
    label = _OF.match(view.folded, end)
    if label:
        stop = _ISSUER_END.search(
            view.folded, label.end(), min(len(view.folded), label.end() + 110)
        )
        until = stop.start() if stop else min(len(view.text), label.end() + 60)
        text = view.plain(label.end(), until).strip(" ,.;")
        if 2 < len(text) <= 110 and any(c.isupper() for c in text):
            return make_field(view, label.end(), until, text, "citation.issuer", free=True,
                              reliability=0.94 if stop else 0.7,
                              accept=context.accept), until  # fmt: skip
    near = max(low, start - 130)
    opening = max((m.start() for m in _BY.finditer(view.folded, near, start)), default=-1)
    at = _AT.match(" ".join(view.folded[opening:start].split("\n"))) if opening >= 0 else None
    if at:
        who = (opening + at.start("who"), opening + at.end("who"))
        return make_field(view, *who, view.plain(*who), "citation.issuer_before",
                          free=True,
                          reliability=0.92, accept=context.accept), end  # fmt: skip
    joined = previous is not None and _JOINED.fullmatch(view.folded, previous.end, start)
    if joined and previous is not None and previous.issuer.rule == "citation.issuer_before":
        return previous.issuer.model_copy(update={"confidence": 0.85, "status": "review"}), end
    known = issuer_of_code(code.symbol.split("/")[-1])
    if known is not None:
        return make_field(view, code.start, code.end, known, "citation.issuer_of_code",
                          reliability=0.95, accept=context.accept), end  # fmt: skip
    sentence = _last_sentence(before)
    offset = low + len(before) - len(sentence)
    dated = _DATE_FIRST.search(sentence)
    date = DATE.match(sentence, dated.end()) if dated else None
    actor = _ACTOR.match(sentence, date.end()) if date else None
    if actor:
        start, stop_at = offset + actor.start("actor"), offset + actor.end("actor")
        return make_field(view, start, stop_at, view.plain(start, stop_at), "citation.actor",
                          free=True,
                          reliability=0.8, accept=context.accept), end  # fmt: skip
    return ABSENT, end


def _relation(folded: str, low: int, start: int, end: int, previous: _Mention | None) -> Relation:
    """What this document does with the other: how the clause begins, then the nearest anchor.

    A clause of a list ("số 79 ...; Kế hoạch số 300 ...") without an anchor goes on as it began.
    """
    if _FORWARDED.match(folded, end):
        return "forwards"
    before = _last_sentence(folded[low:start])
    lead = before.lstrip(" \n-+")[:45]
    for relation, pattern in _ANCHORS:
        if pattern.match(lead) or (relation in _DIRECT and pattern.search(before[-25:])):
            if _PASSIVE.search(before[-45:]):
                break
            return relation
    best: tuple[int, Relation] = (-1, "mentions")
    for relation, pattern in _ANCHORS[2:]:
        for match in pattern.finditer(before):
            if match.start() > best[0]:
                best = (match.start(), relation)
    if best[0] >= 0 or previous is None:
        return best[1]
    listed = len(before.split()) < 12 and _edge_is_semicolon(folded, start - len(before))
    return previous.relation if listed and start - previous.end < 400 else "mentions"


def _edge_is_semicolon(folded: str, at: int) -> bool:
    return ";" in folded[max(0, at - 3) : at + 1]
