"""Deadlines of a month or a quarter: as a calendar, as a list, as a calendar file."""

from __future__ import annotations

import calendar
import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from starlette.responses import Response

from pipeline.serve.answers import attachment
from pipeline.serve.problems import ProblemError
from pipeline.serve.web.charts.words import fitted
from pipeline.serve.web.dashboard import icalendar
from pipeline.serve.web.dashboard.asked import Asked, Rows, ask
from pipeline.serve.web.dashboard.progress import line_of
from pipeline.serve.web.dashboard.tables import Column, Table
from pipeline.serve.web.site import Visit

#: Rows of one answer; a quarter of a large archive has more, and says so.
_ROWS: Final = 120
_MONTHS: Final = 600
#: Months in the strip by which one finds one's way.
_STRIP: Final = 24
_TITLE_PX: Final = 560.0
_SPAN: Final = re.compile(r"(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))")
_ISO: Final = re.compile(r"R\d*/P(\d+)([DWMY])")
_RULE: Final = re.compile(r"(?:^|;)(\w+)=([^;]*)")
_COLUMNS: Final = (
    Column("due", "day"), Column("days", "number"), Column("state", "code", "when"),
    Column("action"), Column("responsible"), Column("recurrence"), Column("basis", "code", "basis"),
    Column("organisation"), Column("number"), Column("status", "code", "standing"),
    Column("text"), Column("line", "link"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A month (``2022-07``) or a quarter (``2022-Q3``)."""

    name: str
    first: date
    last: date

    @classmethod
    def of(cls, name: str) -> Span:
        """:raises ProblemError: there is no such month or quarter"""
        found = _SPAN.fullmatch(name)
        if found is None or not 1 <= int(found[1]) <= 9998:
            raise ProblemError(422, f"{name!r} is no month (2022-07) and no quarter (2022-Q3).")
        year = int(found[1])
        begin = int(found[2] or 3 * int(found[3]) - 2)
        end = begin if found[2] else begin + 2
        return cls(name, date(year, begin, 1), date(year, end, monthrange(year, end)[1]))

    @property
    def quarter(self) -> str:
        """The quarter that it is, or is in."""
        return f"{self.first.year:04}-Q{(self.first.month + 2) // 3}"

    @property
    def months(self) -> list[str]:
        """Its months."""
        year = self.first.year
        return [f"{year:04}-{month:02}" for month in range(self.first.month, self.last.month + 1)]

    def beside(self, step: int) -> str | None:
        """The one before (-1) or behind (1)."""
        of_year = 12 if len(self.months) == 1 else 4
        place = self.first.month - 1 if of_year == 12 else (self.first.month - 1) // 3
        year, number = divmod(self.first.year * of_year + place + step, of_year)
        if not 1 <= year <= 9998:
            return None
        return f"{year:04}-{number + 1:02}" if of_year == 12 else f"{year:04}-Q{number + 1}"


def show(visit: Visit, asked: Asked, span: str, today: date) -> dict[str, Any]:
    """What the panel shows; without ``span``, the month nearest to ``today`` with a deadline."""
    months = {
        row["month"]: row["deadlines"] for row in ask(visit, "due_months", asked, _MONTHS).rows
    }
    chosen = Span.of(span or _nearest(months, f"{today:%Y-%m}"))
    rows = due(visit, asked, chosen, today)
    by_day: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.rows:
        by_day[row["due"]].append(row)
    highest = max(months.values(), default=0)
    return {
        "span": chosen,
        "today": today.isoformat(),
        "rows": rows.rows,
        "weeks": {month: _weeks(month) for month in chosen.months},
        "by_day": by_day,
        "passed": sum(row["days"] < 0 for row in rows.rows),
        "coming": sum(row["days"] >= 0 for row in rows.rows),
        "repeating": sum(row["basis"] != "date" for row in rows.rows),
        "doubtful": sum(row["status"] != "accepted" for row in rows.rows),
        "truncated": rows.whole.truncated,
        "most": _ROWS,
        "strip": _strip(months, chosen),
        "highest": highest,
        "line_of": line_of,
        "tables": [_table(rows.rows)],
    }


def _nearest(months: dict[str, int], now: str) -> str:
    if now in months or not months:
        return now
    passed = [month for month in months if month < now]
    return max(passed) if passed else min(months)


def _weeks(month: str) -> list[list[date]]:
    year, number = map(int, month.split("-"))
    return calendar.Calendar().monthdatescalendar(year, number)


def _strip(months: dict[str, int], chosen: Span) -> list[tuple[str, int]]:
    """Months with something due around the chosen ones, in order."""
    names = sorted({*months, *chosen.months})
    at = names.index(chosen.months[0])
    begin = max(0, min(at - _STRIP // 2, len(names) - _STRIP))
    return [(name, months.get(name, 0)) for name in names[begin : begin + _STRIP]]


def due(visit: Visit, asked: Asked, span: Span, today: date) -> Rows:
    """What is due in the span, earliest first; ``days`` are counted from ``today``."""
    length = (span.last - span.first).days
    found = ask(visit, "due", asked, _ROWS, on=span.first.isoformat(), ahead=length)
    for row in found.rows:
        row["days"] = (date.fromisoformat(row["due"]) - today).days
        row["key"] = f"{row['directive_id']}.{row['position']}.{row['due']}"
        row["repeats"] = repeats(visit, row["recurrence"])
        row["what"] = row["action"] or row["text"]
    return found


def repeats(visit: Visit, recurrence: str | None) -> str | None:
    """How often, in words; the rule itself where there are none for it."""
    if recurrence is None:
        return None
    interval = _ISO.fullmatch(recurrence)
    if interval is not None:
        return visit.say("dashboard.every." + interval[2], count=int(interval[1]))
    parts = dict(_RULE.findall(recurrence))
    often, day = parts.pop("FREQ", ""), parts.pop("BYMONTHDAY", "")
    if often not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY") or parts:
        return recurrence
    said = visit.say("dashboard.often." + often)
    if day == "-1":
        return f"{said}, {visit.say('dashboard.last_day')}"
    return f"{said}, {visit.say('dashboard.on_day', day=day)}" if day.isdecimal() else said


def _state(row: dict[str, Any]) -> str:
    return "passed" if row["days"] < 0 else "today" if row["days"] == 0 else "coming"


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    return Table("deadlines", _COLUMNS, [
        [
            row["due"], row["days"], _state(row), row["what"], row["responsible"],
            row["repeats"], row["basis"], row["directive_issuer"], row["directive_number"],
            "confirmed" if row["status"] == "accepted" else "to_confirm", row["text"],
            line_of(row, "deadlines"),
        ]
        for row in rows
    ])  # fmt: skip


def calendar_file(visit: Visit, asked: Asked, span: str, today: date, pick: list[str]) -> Response:
    """The deadlines of a span, or those that were picked of them, as a calendar file."""
    chosen = Span.of(span)
    rows = [row for row in due(visit, asked, chosen, today).rows if not pick or row["key"] in pick]
    base = str(visit.request.base_url).rstrip("/")
    events = [row | _told(visit, row, base) for row in rows]
    name = visit.say("dashboard.deadlines.calendar", span=span)
    host = visit.request.url.hostname or "vanthu"
    made = icalendar.calendar(name, events, at=datetime.now(UTC), site=host)
    return Response(
        made.encode("utf-8", "replace"),
        headers={
            "Content-Disposition": attachment(f"vanthu-{span}.ics"),
            "Cache-Control": "no-store",
        },
        media_type="text/calendar; charset=utf-8",
    )


def _told(visit: Visit, row: dict[str, Any], base: str) -> dict[str, str]:
    address = f"{base}{line_of(row, 'deadlines')}"
    source = [row["directive_number"], row["directive_issuer"], row["directive_issued"]]
    details = [row["text"], " · ".join(filter(None, source))]
    if row["responsible"]:
        details.insert(0, visit.say("dashboard.deadlines.who", who=row["responsible"]))
    if row["status"] != "accepted":
        details.append(visit.say("dashboard.doubt"))
    title = fitted(row["what"] or visit.say("dashboard.deadlines.untitled"), 10, _TITLE_PX)
    return {"title": title, "details": "\n".join([*details, address]), "address": address}
