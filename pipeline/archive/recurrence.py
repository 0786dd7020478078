"""When a deadline that recurs is due: the rules that documents make, as days.

A rule that names a day ("ngày 20 hằng tháng": ``FREQ=MONTHLY;BYMONTHDAY=20``) is due on that day; a
day that a month does not have is its last. A rule without a day, and an ISO 8601 interval without a
beginning ("định kỳ 6 tháng": ``R/P6M``), is due at the end of the calendar's week, month, quarter,
half-year or year, as offices count them; this is said of each date.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal

#: ``day``: the rule names the day. ``period``: the end of a period of the calendar.
Basis = Literal["day", "period"]

_ISO: Final = re.compile(r"R\d*/P(\d+)([DWMY])")
_LATE_DAY: Final = re.compile(r"BYMONTHDAY=(29|30|31)(?![\d,])")
_DAYLESS: Final = {
    "DAILY": "", "WEEKLY": ";BYDAY=SU", "MONTHLY": ";BYMONTHDAY=-1",
    "YEARLY": ";BYMONTH=12;BYMONTHDAY=-1",
}  # fmt: skip
#: No question asks for more days than this of one rule.
_MOST: Final = 1000


@lru_cache(maxsize=4096)
def occurrences(recurrence: str, first: date, last: date) -> tuple[tuple[date, Basis], ...]:
    """The days between ``first`` and ``last`` on which ``recurrence`` is due, in order.

    ``recurrence`` is a rule of RFC 5545 or one or more ISO 8601 repeating intervals with commas
    between. One that cannot be read is due on no day.
    """
    if recurrence.startswith("R"):
        found: dict[date, Basis] = {}
        for part in recurrence.split(","):
            for day in _of_interval(part.strip(), first, last):
                found.setdefault(day, "period")
        return tuple(sorted(found.items()))
    basis: Basis = "day" if re.search(r"BY(?:MONTH)?DAY=|FREQ=DAILY", recurrence) else "period"
    return tuple((day, basis) for day in _of_rule(recurrence, first, last))


def _of_rule(rule: str, first: date, last: date) -> Iterator[date]:
    from dateutil.rrule import rrulestr  # only questions about deadlines need it

    frequency = re.search(r"FREQ=(\w+)", rule)
    if "BYMONTH=" in rule and "DAY=" not in rule:
        rule += ";BYMONTHDAY=-1"
    elif frequency and "BY" not in rule:
        rule += _DAYLESS.get(frequency[1], "")
    if late := _LATE_DAY.search(rule):
        days = ",".join(str(day) for day in range(28, int(late[1]) + 1))
        rule = rule.replace(late[0], f"BYMONTHDAY={days};BYSETPOS=-1")
    begin = datetime(first.year, 1, 1)
    try:
        every = rrulestr(rule, dtstart=begin)
        stop = datetime(last.year, last.month, last.day)
        for count, moment in enumerate(every.xafter(begin, inc=True)):
            if moment > stop or count > _MOST:
                return
            if moment.date() >= first:
                yield moment.date()
    except (ValueError, TypeError, AttributeError):
        return


def _of_interval(interval: str, first: date, last: date) -> Iterator[date]:
    match = _ISO.fullmatch(interval)
    if match is None or not int(match[1]):
        return
    count, unit = int(match[1]), match[2]
    if unit in "DW":
        # Weeks end on Sunday; of several weeks or days nobody knows which is the first.
        if (count, unit) != (1, "W"):
            return
        day = first + timedelta(days=6 - first.weekday())
        while day <= last:
            yield day
            day += timedelta(days=7)
        return
    months = count * (12 if unit == "Y" else 1)
    if months > 12 or 12 % months:
        return
    for year in range(first.year, last.year + 1):
        for month in range(months, 13, months):
            day = date(year, month, monthrange(year, month)[1])
            if first <= day <= last:
                yield day
