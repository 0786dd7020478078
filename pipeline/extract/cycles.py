"""What recurs, and what is due after a number of days.

Recurrences with a day are RFC 5545 rules (``FREQ=MONTHLY;BYMONTHDAY=20``), without one ISO 8601
repeating intervals (``R/P6M``); terms after an event are ISO durations (``P7D``), the event stays
in the text. Working days count as days: ISO 8601 has no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.extract.dates import edtf
from pipeline.extract.due import DUTY, Due, Operator, Reading

_OP = (
    r"(?P<op>(?:truoc|cham\s+nhat(?:\s+(?:la|vao|den|truoc))?|muon\s+nhat(?:\s+la)?|vao|"
    r"han\s+cuoi(?:\s+la)?|den\s+het|den)\s+)?"
)
_EVERY = r"(?:hang|moi|tung)"
_MONTHLY = re.compile(
    rf"(?<!\w){_OP}ngay\s+(?P<day>\d{{1,2}}|cuoi(?:\s+cung)?)\s+(?:cua\s+)?{_EVERY}\s+thang(?!\w)"
)
_QUARTERLY = re.compile(
    rf"(?<!\w){_OP}ngay\s+(?P<day>\d{{1,2}})\s+(?:cua\s+)?(?P<which>thang\s+cuoi|thang\s+dau|cuoi)\s+"
    rf"(?:cua\s+)?(?:{_EVERY}\s+)?quy(?!\w)"
)
_YEARLY = re.compile(
    rf"(?<!\w){_OP}ngay\s+(?P<day>\d{{1,2}})\s?(?:/|-|\s+thang\s+)\s?(?P<month>\d{{1,2}})"
    rf"(?P<every>\s+(?:cua\s+)?(?:{_EVERY}\s+nam|nam\s+(?:sau|tiep\s+theo|ke\s+tiep|lien\s+ke)))?(?![\d/]|\s?/\s?\d|\s+nam\s+\d|[.,-]\d)"
)
_YEARLY_MONTH = re.compile(
    rf"(?<!\w){_OP}(?<!/)thang\s+(?P<month>\d{{1,2}})\s+(?:cua\s+)?{_EVERY}\s+nam(?!\w)"
)
_WEEKLY = re.compile(
    rf"(?<!\w){_OP}(?:ngay\s+)?thu\s+(?P<day>hai|ba|tu|nam|sau|bay|[2-7])\s+{_EVERY}\s+tuan(?!\w)"
)
_UNIT = r"(?P<unit>tuan|thang|quy|nam)"
_ITEM = (
    r"(?:(?:0?\d|1\d)\s+(?:thang|nam|quy|tuan)|(?:hang|moi)\s+(?:tuan|thang|quy|nam)|"
    r"(?:mot|sau)\s+(?:thang|nam)|tuan|thang|quy|nam)"
)
_CYCLE = re.compile(
    rf"(?<!\w)dinh\s+ky\s+(?:bao\s+cao\s+)?(?:theo\s+)?(?P<list>{_ITEM}(?!\w)(?:\s?(?:,|va|hoac|/)\s?"
    rf"{_ITEM}(?!\w)(?!/)){{0,4}})"
)
_PART = re.compile(
    r"(?:(?P<n>\d{1,2}|mot|sau)\s+)?(?:(?:hang|moi)\s+)?(?P<unit>tuan|thang|quy|nam)(?!\w)"
)
_TIMES = re.compile(
    r"(?<!\w)(?:(?P<n>\d{1,2})\s+(?P<unit>thang|nam|quy|tuan)\s?(?:/\s?|\s(?:0?1|mot)\s)lan|"
    r"(?:0?1|mot)\s+lan\s?(?:/|trong|mot|moi)\s?(?P<unit2>thang|nam|quy|tuan))(?!\w)"
)
#: "Hàng năm có kế hoạch ..." at the head of a clause, or "báo cáo ... hằng quý" at its end.
_EACH_FIRST = re.compile(rf"(?<!\w)hang\s+{_UNIT}(?!\w),?")
_CLAUSE_HEAD = re.compile(r"(?:^|[,;:(.–+•-])\s*(?:\d{1,2}[.)]|[a-z]\))?\s*$")
_EACH_LAST = re.compile(
    rf"(?<!\w)(?:bao\s+cao|so\s+ket|tong\s+ket|gui|tong\s+hop|danh\s+gia)(?!\w)[^,;.:\n]{{0,60}}?\s"
    rf"hang\s+{_UNIT}(?=\s*(?:[,;.:)]|$|va\s|ve\s|gui\s|theo\s|cho\s|hoac\s))"
)
_WORDS = r"(?:\s?\([^)\d]{2,20}\))?"
_AFTER = re.compile(
    rf"(?<!\w)(?:trong\s+(?:thoi\s+(?:han|gian)|vong)\s+(?:(?:khong\s+qua|toi\s+da|cham\s+nhat)\s+)?|"
    rf"cham\s+nhat\s+(?:la\s+)?(?:sau\s+|trong\s+(?:vong\s+)?|khong\s+qua\s+)?|"
    rf"khong\s+(?:qua|cham\s+qua)\s+|sau\s+)(?P<n>\d{{1,3}}){_WORDS}\s+(?P<unit>ngay|thang|tuan|gio)"
    rf"(?!\w)(?P<work>\s+lam\s+viec)?"
)
_SINCE = re.compile(
    r",?\s+(?:(?:ke\s+)?tu\s+(?:khi|ngay|thoi\s+diem)|sau\s+khi|tinh\s+tu)\s[^,;.:]{2,120}"
)
_ISO = {"ngay": "P{n}D", "thang": "P{n}M", "tuan": "P{n}W", "gio": "PT{n}H"}
_PERIOD = {"tuan": (1, "W"), "thang": (1, "M"), "quy": (3, "M"), "nam": (1, "Y")}
_NUMBER = {"mot": 1, "sau": 6}
_WEEKDAY = {"hai": "MO", "ba": "TU", "tu": "WE", "nam": "TH", "sau": "FR", "bay": "SA"}
_WEEKDAY |= dict(zip("234567", _WEEKDAY.values(), strict=True))
_DUTY_REACH = 90
_PARENTHESIS = 4


def recurring(reading: Reading) -> list[Due]:
    """Days of a month, quarter or year first; a cycle is left out where such days explain it."""
    days = [*_days(reading)]
    for due in _cycles(reading):
        # "Định kỳ 6 tháng (trước ngày 20/6), năm (trước ngày 15/11)": the days say more.
        if not any(0 <= day.start - due.end <= _PARENTHESIS for day in days):
            days.append(due)
    return days


def _operator(match: re.Match[str]) -> Operator:
    return "before" if "truoc" in (match["op"] or "") else "by"


def _days(reading: Reading) -> Iterator[Due]:
    folded, start, end = reading.folded, reading.sentence.start, reading.sentence.end
    for match in _MONTHLY.finditer(folded, start, end):
        day = int(match["day"]) if match["day"].isdigit() else -1
        if day == -1 or 1 <= day <= 31:
            yield _rule(match, f"FREQ=MONTHLY;BYMONTHDAY={day}")
    for match in _QUARTERLY.finditer(folded, start, end):
        if 1 <= int(match["day"]) <= 31:
            months = "1,4,7,10" if match["which"].endswith("dau") else "3,6,9,12"
            yield _rule(match, f"FREQ=MONTHLY;BYMONTH={months};BYMONTHDAY={int(match['day'])}")
    periodic = re.search(r"dinh\s+ky|hang\s+nam", reading.whole) is not None
    for match in _YEARLY.finditer(folded, start, end):
        day, month = int(match["day"]), int(match["month"])
        if edtf(2024, month, day) and (match["every"] or (periodic and match["op"])):
            yield _rule(match, f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}")
    for match in _YEARLY_MONTH.finditer(folded, start, end):
        if 1 <= int(match["month"]) <= 12 and match["op"]:
            yield _rule(match, f"FREQ=YEARLY;BYMONTH={int(match['month'])}")
    for match in _WEEKLY.finditer(folded, start, end):
        yield _rule(match, f"FREQ=WEEKLY;BYDAY={_WEEKDAY[match['day']]}")


def _rule(match: re.Match[str], rule: str) -> Due:
    return Due(match.start(), match.end(), None, _operator(match), rule)


def _repeat(count: str | None, unit: str) -> str:
    size, letter = _PERIOD[unit]
    number = _NUMBER.get(count or "") or int(count or 1)
    return f"R/P{number * size}{letter}"


def _cycles(reading: Reading) -> Iterator[Due]:
    folded, start, end = reading.folded, reading.sentence.start, reading.sentence.end
    for match in _CYCLE.finditer(folded, start, end):
        parts = [_repeat(m["n"], m["unit"]) for m in _PART.finditer(match["list"])]
        if parts and DUTY.search(reading.whole):
            yield Due(match.start(), match.end(), None, "within",
                      ", ".join(dict.fromkeys(parts)), 0.91)  # fmt: skip
    for match in _TIMES.finditer(folded, start, end):
        unit = match["unit"] or match["unit2"]
        yield Due(match.start(), match.end(), None, "within", _repeat(match["n"], unit), 0.85)
    for match in _EACH_FIRST.finditer(folded, start, end):
        acts = DUTY.search(folded, match.end(), min(end, match.end() + _DUTY_REACH))
        if acts and _CLAUSE_HEAD.search(folded[start : match.start()]):
            yield Due(match.start(), match.end(), None, "within",
                      _repeat(None, match["unit"]), 0.85)  # fmt: skip
    for match in _EACH_LAST.finditer(folded, start, end):
        at = folded.rindex("hang", match.start(), match.end())
        yield Due(at, match.end(), None, "within", _repeat(None, match["unit"]), 0.8)


def terms(reading: Reading) -> Iterator[Due]:
    """ "trong thời hạn 07 ngày làm việc kể từ ngày nhận được ..." """
    folded, start, end = reading.folded, reading.sentence.start, reading.sentence.end
    for match in _AFTER.finditer(folded, start, end):
        count = int(match["n"])
        since = _SINCE.match(folded, match.end(), end)
        bare = match[0].startswith(("sau", "khong"))
        if not count or (since is None and (bare or not DUTY.search(reading.whole))):
            continue
        if since is not None and not DUTY.search(reading.whole):
            continue
        stop = since.end() if since else match.end()
        yield Due(match.start(), stop, _ISO[match["unit"]].format(n=count), "within",
                  reliability=0.85 if match["work"] else 0.9)  # fmt: skip
