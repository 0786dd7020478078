"""Deadlines: a date by which, an interval within which, a cycle in which something is due.

Dates of documents, "tính đến ngày ..." (as of) and dates of entry into force are none. The document
date anchors "từ nay"; without it the start stays open (EDTF ``../``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from models.directive import Deadline, FieldStatus
from pipeline.extract.context import Context
from pipeline.extract.dates import DATE, FoundDate, find_dates
from pipeline.extract.fields import confidence_of, status_of
from pipeline.extract.grammar import CODE
from pipeline.extract.sentences import Sentence, sentences

Operator = Literal["before", "by", "from", "within"]

_BEFORE = re.compile(r"(?<!\w)truoc(?:\s+(?:ngay|thang))?\s+$")
_BY = re.compile(
    r"(?<!\w)(?:den\s+het|cham\s+nhat(?:\s+(?:la|den|vao))?|muon\s+nhat(?:\s+la)?|"
    r"han\s+cuoi(?:\s+(?:la|cung))?|thoi\s+han[^.;\n]{0,30}?|het|hoan\s+thanh\s+trong)"
    r"(?:\s+(?:ngay|thang))?\s*:?\s*$"
)
_UNTIL = re.compile(
    r"(?:tu\s+nay|tu\s+ngay\s+ky)\s+(?:den|toi)\s+(?:het\s+)?(?:ngay\s+|thang\s+)?$"
)
_AS_OF = re.compile(r"tinh\s+den(?:\s+het)?(?:\s+ngay)?\s+$")
_FROM = re.compile(r"(?<!\w)(?:bat\s+dau\s+tu|ke\s+tu|tu)(?:\s+(?:ngay|thang))?\s+$")
_INTERVAL = re.compile(r"\s{0,2}(?:den\s+(?:het\s+)?(?:ngay\s+)?|[-–]\s{0,2})$")
_FORCE = re.compile(r"hieu\s+luc|het\s+hieu|thi\s+hanh\s+ke\s+tu|quy\s+dinh\s+tai|ban\s+hanh")
_PAST = re.compile(
    r"(?:da\s+)(?:dat|ban\s+hanh|to\s+chuc|hoan\s+thanh|co)|so\s+voi|theo\s+so\s+lieu|ky\s+bao\s+cao"
)
_MONTHLY_DAY = re.compile(
    r"(?P<op>truoc\s+|cham\s+nhat\s+(?:la\s+)?)?ngay\s+(?P<day>\d{1,2})\s+(?:cua\s+)?"
    r"h[aà]ng\s+thang"
)
_CYCLE = re.compile(
    r"(?:(?:theo\s+)?dinh\s+ky\s+)(?P<list>(?:(?:\d{1,2}\s+thang|hang\s+(?:tuan|thang|quy|nam)|"
    r"6\s+thang|quy|nam|thang|01\s+nam|\d\s+nam)(?:[\s,]{1,3}(?:va\s+|hoac\s+)?)?){1,4})"
)
_YEARLY = re.compile(r"(?<!\w)hang\s+(?P<unit>tuan|thang|quy|nam)(?!\w)")
_DUTY = re.compile(r"bao\s+cao|tong\s+hop|so\s+ket|tong\s+ket|ke\s+hoach|danh\s+gia|gui\b")
_WITHIN = re.compile(
    r"trong\s+(?:thoi\s+(?:han|gian)|vong)\s+(?:khong\s+qua\s+)?(?P<n>\d{1,3})\s+"
    r"(?P<unit>ngay|thang|tuan|gio)(?P<work>\s+lam\s+viec)?"
)
_TASK = re.compile(
    r"(?P<who>(?:Ban Thường vụ|Ban Chấp hành|Các|UBND|Ủy ban nhân dân|Sở|Cục|Công đoàn|Liên đoàn|"
    r"LĐLĐ|CĐCS|Công ty|Chủ tịch|Giám đốc|Thủ trưởng|Văn phòng|Ban|Bộ|Phòng)[^,;:.\n]{0,90}?)"
    r"\s+(?:có\s+trách\s+nhiệm|chủ\s+trì|khẩn\s+trương|triển\s+khai|thực\s+hiện|báo\s+cáo|gửi|"
    r"rà\s+soát|tổ\s+chức|xây\s+dựng|hoàn\s+thành|tham\s+mưu|phối\s+hợp|nghiên\s+cứu|tập\s+trung)"
)
_HEADED = re.compile(
    r"\s{0,3}(?:\d{1,2}[.)]|[a-zđ]\)|[-–+])?\s{0,3}(?P<who>(?:Các|UBND|Ủy ban|Sở|Cục|Công đoàn|"
    r"Liên đoàn|LĐLĐ|Văn phòng|Ban|Bộ|Phòng|Công ty|Giao)\s[^,;:.\n]{2,80}?)\s?:"
)
_ASKED = re.compile(r"(?:[Đđ]ề nghị|[Yy]êu cầu|[Gg]iao)\s+$")
_PERIODS = {"tuan": "R/P1W", "thang": "R/P1M", "quy": "R/P3M", "nam": "R/P1Y"}
_UNITS = {"ngay": "P{n}D", "thang": "P{n}M", "tuan": "P{n}W", "gio": "PT{n}H"}


@dataclass(frozen=True, slots=True)
class _Due:
    start: int
    end: int
    date: str | None
    operator: Operator
    recurrence: str | None = None
    reliability: float = 0.93


def extract_deadlines(context: Context, issued: str | None) -> tuple[Deadline, ...]:
    """All deadlines of the body, in reading order, each stated once."""
    view = context.view
    first, last = context.body_span()
    coded = _document_dates(context, first, last)
    end_of_copies = context.zones.noi_nhan
    if end_of_copies >= 0 and first < view.lines[end_of_copies].start:
        last = min(last, view.lines[end_of_copies].start)
    out: list[Deadline] = []
    seen: dict[tuple[object, ...], int] = {}
    for sentence in sentences(view.text, first, last):
        taken: list[tuple[int, int]] = []
        for due in _in_sentence(context, sentence, issued, coded):
            if any(due.start < e and s < due.end for s, e in taken):
                continue
            taken.append((due.start, due.end))
            if issued and due.date and due.operator in {"before", "by"} and due.date < issued[:7]:
                due = replace(due, reliability=0.7)  # past when written: a result, or a misreading
            made = _make(context, sentence, due)
            around = " ".join(view.folded[max(0, due.start - 40) : due.end].split())
            same = (made.date, made.operator, made.recurrence, around)
            if same in seen and made.date and made.operator in {"by", "within"}:
                kept = out[seen[same]]
                out[seen[same]] = kept.model_copy(
                    update={"evidence": (*kept.evidence, *made.evidence)[:10]}
                )
                continue
            seen.setdefault(same, len(out))
            out.append(made)
    return tuple(out)


def _document_dates(context: Context, first: int, last: int) -> set[int]:
    """Starts of dates that belong to a number: they date a document."""
    folded = context.view.folded
    starts = set()
    for match in CODE.finditer(context.view.text, first, last):
        label = re.match(
            r"[\s,(]{0,3}(?:ky\s+|ban\s+hanh\s+)?(?:ngay\s+)?",
            folded[match.end() : match.end() + 24],
        )
        at = match.end() + (label.end() if label else 0)
        if DATE.match(folded, at):
            starts.add(at)
    return starts


def _in_sentence(
    context: Context, sentence: Sentence, issued: str | None, coded: set[int]
) -> Iterator[_Due]:
    yield from _cycles(context, sentence)
    yield from _durations(context, sentence)
    folded = context.view.folded
    dates = [d for d in find_dates(folded, sentence.start, sentence.end) if d.start not in coded]
    skip = False
    for position, date in enumerate(dates):
        if skip:
            skip = False
            continue
        following = dates[position + 1] if position + 1 < len(dates) else None
        due, skip = _dated(folded, sentence, date, following, issued)
        if due is not None:
            yield due


def _dated(
    folded: str,
    sentence: Sentence,
    date: FoundDate,
    following: FoundDate | None,
    issued: str | None,
) -> tuple[_Due | None, bool]:
    """What one date means; the flag says that the following date was used up."""
    before = folded[max(sentence.start, date.start - 110) : date.start].replace("\n", " ")
    if _AS_OF.search(before):
        return None, False
    if following is not None and _INTERVAL.search(folded[date.end : following.start]):
        start = _lead(folded, sentence, date.start, r"(?:tu\s+)?(?:ngay\s+)?$")
        if following.value >= date.value and not _PAST.search(before):
            return _Due(start, following.end, f"{date.value}/{following.value}", "within"), True
        return None, True
    if _FORCE.search(before[-45:]):
        return None, False
    if _BEFORE.search(before):
        start = _lead(folded, sentence, date.start, r"truoc(?:\s+(?:ngay|thang))?\s+$")
        return _Due(start, date.end, date.value, "before"), False
    until = _UNTIL.search(before)
    if until:
        start = date.start - (len(before) - until.start())
        opening = issued if issued and len(issued) == 10 else ".."
        return _Due(start, date.end, f"{opening}/{date.value}", "within"), False
    if _BY.search(before) and not _PAST.search(before[-60:]):
        by = _BY.search(before)
        start = date.start - (len(before) - by.start()) if by else date.start
        past = re.search(r"so\s+voi|dang\s+ky|dat\s+duoc", before)
        return (None if past else _Due(start, date.end, date.value, "by")), False
    if _FROM.search(before) and re.search(r"bat\s+dau", before[-40:]):
        value = f"{date.value}/.."
        start = _lead(folded, sentence, date.start, r"bat\s+dau\s+tu(?:\s+(?:ngay|thang))?\s+$")
        return _Due(start, date.end, value, "from", reliability=0.91), False
    return None, False


def _lead(folded: str, sentence: Sentence, at: int, pattern: str) -> int:
    low = max(sentence.start, at - 40)
    match = re.search(pattern, folded[low:at])
    return low + match.start() if match else at


def _cycles(context: Context, sentence: Sentence) -> Iterator[_Due]:
    folded = context.view.folded
    for match in _MONTHLY_DAY.finditer(folded, sentence.start, sentence.end):
        day = int(match["day"])
        if 1 <= day <= 31:
            operator: Operator = "before" if (match["op"] or "").startswith("truoc") else "by"
            rule = f"FREQ=MONTHLY;BYMONTHDAY={day}"
            yield _Due(match.start(), match.end(), None, operator, rule)
    for match in _CYCLE.finditer(folded, sentence.start, sentence.end):
        periods = [
            f"R/P{int(n)}M" if n else _PERIODS[unit]
            for n, unit in re.findall(
                r"(?:(\d{1,2})\s+thang)|(?:hang\s+|0?1\s+)?(tuan|thang|quy|nam)", match["list"]
            )
        ]
        if periods:
            yield _Due(match.start(), match.end(), None, "within",
                       ", ".join(dict.fromkeys(periods)), 0.91)  # fmt: skip
    for match in _YEARLY.finditer(folded, sentence.start, sentence.end):
        if _DUTY.search(folded[sentence.start : sentence.end]):
            yield _Due(match.start(), match.end(), None, "within", _PERIODS[match["unit"]], 0.8)


def _durations(context: Context, sentence: Sentence) -> Iterator[_Due]:
    folded = context.view.folded
    for match in _WITHIN.finditer(folded, sentence.start, sentence.end):
        count = int(match["n"])
        if count:
            date = _UNITS[match["unit"]].format(n=count)
            yield _Due(match.start(), match.end(), date, "within",
                       reliability=0.85 if match["work"] else 0.9)  # fmt: skip


def _make(context: Context, sentence: Sentence, due: _Due) -> Deadline:
    view = context.view
    confidence = confidence_of(view, due.start, due.end, due.reliability, closed=False)
    status: FieldStatus = status_of(view, due.start, due.end, confidence, context.accept)
    action = view.plain(sentence.start, sentence.end)
    return Deadline(
        text=view.plain(due.start, due.end),
        date=due.date,
        operator=due.operator,
        recurrence=due.recurrence,
        action=action[:600],
        responsible=_responsible(context, sentence, due),
        confidence=confidence,
        status=status,
        evidence=view.evidence(due.start, due.end),
    )


def _responsible(context: Context, sentence: Sentence, due: _Due) -> str:
    """Who must act: the body that the clause asks or begins with."""
    text = context.view.text[sentence.start : min(sentence.end, max(due.end, sentence.start + 400))]
    match = _TASK.search(text)
    if match is None:
        heading = _HEADED.match(context.view.text, sentence.paragraph)
        return " ".join(heading["who"].split()) if heading else ""
    asked = _ASKED.search(text[: match.start()])
    if match.start() > 12 and asked is None:
        return ""
    return " ".join(match["who"].split())
