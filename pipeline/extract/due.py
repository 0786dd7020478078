"""Dated dues: what a date in a sentence asks for, and by when.

A date is due only after a word that says so ("trước ngày", "chậm nhất", "từ nay đến hết"); dates of
documents, "tính đến ngày" (as of) and entry into force are none. What already lay in the past when
the document was written is a state of affairs, unless somebody is asked to do something by then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.extract.moments import Moment
from pipeline.extract.sentences import Sentence

Operator = Literal["before", "by", "from", "within"]

_CLOCK = r"(?:\d{1,2}\s?(?:gio|h|g)\s?(?:\d{1,2})?\s?(?:phut|')?,?\s+(?:thu\s\w{2,4},?\s)?)?"
_LABEL = r"(?:(?:het|trong|vao|cuoi|dau|giua)\s+)?(?:cuoi\s+|dau\s+|giua\s+)?(?:ngay\s+|thang\s+)?"
_BEFORE = re.compile(rf"(?<!\w)truoc\s+{_CLOCK}(?:het\s+)?(?:ngay\s+|thang\s+)?$")
_LATEST = re.compile(
    rf"(?<!\w)(?:(?:cham|muon)\s+nhat(?:\s+(?:la|den|vao|trong|truoc))?|khong\s+(?:qua|muon\s+hon)|"
    rf"han\s+(?:cuoi|chot|nop|gui)(?:\s+cung)?(?:[^,;.:\n]{{0,40}}?\s(?:la|vao|den|trong))?|"
    rf"(?:thoi\s+(?:han|gian)|han)\s+(?:hoan\s+thanh|bao\s+cao|nop|gui|dang\s+ky|tra\s+loi|gop\s+y)"
    rf"[^.;:\n]{{0,40}}?(?:\s+(?:la|truoc|den|trong))?)\s*:?\s*{_CLOCK}{_LABEL}$"
)
_UP_TO = re.compile(rf"(?<!\w)(?:den\s+{_CLOCK}(?:het|cuoi)|het)\s+{_CLOCK}(?:ngay\s+|thang\s+)?$")
#: "hoàn thành việc ... trong quý II/2022": a month or quarter in which something is to be done.
_DONE_IN = re.compile(
    r"(?<!\w)(?:hoan\s+thanh|xong|bao\s+cao|gui|nop|trinh|ban\s+hanh)(?!\w)[^;.:]{0,140}?\s+"
    r"(?:trong|vao|cuoi)\s+(?:cuoi\s+)?(?:ngay\s+|thang\s+)?$"
)
#: "từ nay đến hết ngày", "từ nay đến thời điểm kết thúc (01/9/2023)".
_UNTIL = re.compile(
    r"(?:tu\s+nay|tu\s+ngay\s+(?:ky|ban\s+hanh)(?:\s+[\w ]{1,30}?)?)\s+(?:cho\s+)?(?:den|toi)\s+"
    r"(?:(?:het|cuoi|truoc)\s+)?(?:(?:thoi\s+diem|khi|ngay)\s+ket\s+thuc\s*\(?\s*)?"
    r"(?:ngay\s+|thang\s+)?$"
)
_AS_OF = re.compile(r"(?<!\w)tinh\s+(?:den|toi)(?:\s+(?:het|cuoi))?(?:\s+(?:ngay|thang))?\s+$")
_BEGIN = re.compile(r"(?<!\w)bat\s+dau\s+(?:ke\s+)?tu(?:\s+(?:ngay|thang))?\s+$")
_JOIN = re.compile(
    r"\s{0,2}(?:(?:cho\s+)?den\s+(?:het\s+)?(?:ngay\s+|thang\s+)?|[-–]\s{0,2}(?:ngay\s+)?)$"
)
_OPENING = re.compile(r"(?:(?<!\w)tu\s+)?(?:(?:ngay|thang)\s+)?$")
_EVENT = re.compile(r"\s+(?:cho\s+)?den\s+(?:khi|luc)\s[^.;]{3,160}")
_FORCE = re.compile(
    r"hieu\s+luc|het\s+hieu|thi\s+hanh\s+(?:ke\s+)?tu|quy\s+dinh\s+tai|ban\s+hanh(?!\s+truoc)|"
    r"ap\s+dung\s+(?:ke\s+)?tu"
)
_PAST = re.compile(
    r"(?<!\w)(?:da\s+(?:dat|ban\s+hanh|to\s+chuc|hoan\s+thanh|co|duoc|chi\s+dao|yeu\s+cau|cap|"
    r"thuc\s+hien|trien\s+khai)|so\s+voi|theo\s+so\s+lieu|ky\s+bao\s+cao|dat\s+duoc|"
    r"(?:chi\s+tieu|da)\s+dang\s+ky)(?!\w)"
)
_ASKED = re.compile(
    r"(?<!\w)(?:de\s+nghi|yeu\s+cau|phai|giao|bao\s+cao|gui|nop|hoan\s+thanh|phat\s+dong|trien\s+"
    r"khai)(?!\w)"
)
DUTY = re.compile(
    r"(?<!\w)(?:hoan\s+thanh|bao\s+cao|gui|nop|trinh|tong\s+hop|dang\s+ky|xong|tham\s+muu|to\s+chuc|"
    r"trien\s+khai|thuc\s+hien|so\s+ket|tong\s+ket|ra\s+soat|de\s+xuat|danh\s+gia|phan\s+dau|"
    r"lap|xay\s+dung|cap\s+nhat|giai\s+quyet|tra\s+loi|xu\s+ly|tham\s+dinh|thong\s+bao|"
    r"cong\s+bo|giai\s+ngan|kiem\s+tra|gop\s+y|phat\s+hanh|ban\s+hanh)(?!\w)"
)
_REACH = 180
#: What was already done must be said near the date, or it is about something else.
_CLAUSE = 80
#: Past when it was written: a state of affairs, or a misreading.
_DOUBTFUL = 0.7
#: "Từ nay" in a document whose own day is not sure.
_UNSURE = 0.8


@dataclass(frozen=True, slots=True)
class Due:
    """A stretch of the text that says by when, within what, or how often."""

    start: int
    end: int
    date: str | None
    operator: Operator
    recurrence: str | None = None
    reliability: float = 0.93


@dataclass(frozen=True, slots=True)
class Reading:
    """What every reader of dues is given; ``anchored`` says that the document's day is sure."""

    folded: str
    sentence: Sentence
    issued: str | None
    anchored: bool = True

    def before(self, moment: Moment) -> str:
        """The text before a moment, on one line, with its length kept."""
        low = max(self.sentence.start, moment.start - _REACH)
        return self.folded[low : moment.start].replace("\n", " ")

    @property
    def whole(self) -> str:
        """The sentence."""
        return self.folded[self.sentence.start : self.sentence.end]

    def is_past(self, last: str) -> bool:
        """Whether a day or month lay before the document's date."""
        if self.issued is None:
            return False
        length = min(len(last), len(self.issued))
        return last[:length] < self.issued[:length]


def dated(reading: Reading, moments: list[Moment]) -> Iterator[Due]:
    """The dues that the dates of a sentence give, in their order."""
    position = 0
    while position < len(moments):
        moment = moments[position]
        following = moments[position + 1] if position + 1 < len(moments) else None
        if following is not None and _joined(reading.folded, moment, following):
            due = _interval(reading, moment, following)
            position += 2
        else:
            due = _single(reading, moment)
            position += 1
        if due is not None:
            yield due


def _joined(folded: str, one: Moment, two: Moment) -> bool:
    return one.kind != "quarter" and _JOIN.fullmatch(folded[one.end : two.start]) is not None


def _interval(reading: Reading, one: Moment, two: Moment) -> Due | None:
    """ "từ ngày ... đến ngày ...": a period in which something is to be done."""
    before = reading.before(one)
    if one.yearless:
        # "từ ngày 01/5 đến ngày 31/5/2022": the first has the year of the second.
        one = one.in_year(two.first[:4])
    opened = _OPENING.search(before)
    lead = before[: opened.start()] if opened else before
    if one.first > two.last or _AS_OF.search(before) or _FORCE.search(lead[-45:]):
        return None
    if one.kind == "year" or two.kind == "year" or _PAST.search(lead[-_CLAUSE:]):
        return None
    if reading.is_past(two.last):
        return None
    if (one.kind != "day" or two.kind != "day") and not DUTY.search(reading.whole):
        return None
    start = one.start - (len(before) - len(lead))
    return Due(start, two.end, f"{one.value}/{two.value}", "within")


def _single(reading: Reading, moment: Moment) -> Due | None:
    before = reading.before(moment)
    if _AS_OF.search(before) or _FORCE.search(before[-45:]):
        return None
    if found := _UNTIL.search(before):
        if reading.is_past(moment.last):
            return None
        due = _due(moment, before, found, f"{reading.issued or '..'}/{moment.closing}", "within")
        if not reading.anchored:
            due = replace(due, reliability=_UNSURE)
        closed = "(" in found[0] and reading.folded[due.end : due.end + 1] == ")"
        return replace(due, end=due.end + closed)
    if found := _BEGIN.search(before):
        event = _EVENT.match(reading.folded, moment.end, reading.sentence.end)
        end = event.end() if event else moment.end
        due = _due(moment, before, found, f"{moment.value}/..", "from", 0.91)
        return replace(due, end=end)
    return _limit(reading, moment, before)


def _limit(reading: Reading, moment: Moment, before: str) -> Due | None:
    """ "trước ngày", "chậm nhất", "đến hết ngày", "hoàn thành trong quý"."""
    operator: Operator = "by"
    weak = False
    if found := _LATEST.search(before):
        if re.search(r"(?<!\w)truoc\s", found[0]):
            operator = "before"
    elif found := _BEFORE.search(before):
        operator = "before"
    elif found := _UP_TO.search(before):
        weak = True
    elif (found := _DONE_IN.search(before)) and moment.kind in {"month", "quarter"}:
        end = moment.value if moment.kind == "month" else moment.span
        return _judged(reading, _due(moment, before, found, end, "within", 0.91), moment, before)
    else:
        return None
    if moment.kind == "year" and not DUTY.search(reading.whole):
        return None
    made = _due(moment, before, found, moment.closing, operator)
    return _judged(reading, made, moment, before, weak=weak)


def _judged(
    reading: Reading, due: Due, moment: Moment, before: str, *, weak: bool = False
) -> Due | None:
    """Whether the due lies ahead, or somebody is asked for it although it does not."""
    if reading.is_past(moment.last):
        so_far = reading.folded[reading.sentence.start : moment.start]
        if _PAST.search(so_far) or not _ASKED.search(before):
            return None
        return replace(due, reliability=_DOUBTFUL)
    if weak and _PAST.search(before[-_CLAUSE:]):
        return None
    if reading.issued is None:
        # Whether it lay ahead cannot be told.
        return replace(due, reliability=_DOUBTFUL) if DUTY.search(reading.whole) else None
    return due


def _due(
    moment: Moment,
    before: str,
    found: re.Match[str],
    date: str,
    operator: Operator,
    reliability: float = 0.93,
) -> Due:
    start = moment.start - (len(before) - found.start())
    return Due(start, moment.end, date, operator,
               reliability=min(reliability, 0.8) if moment.guessed else reliability)  # fmt: skip
