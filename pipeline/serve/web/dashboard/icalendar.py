"""Deadlines as a calendar file (RFC 5545): all-day events, one for each day on which one is due."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

#: Lines are at most so many octets long, without their end.
_LINE_BYTES: Final = 75
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def calendar(name: str, events: Sequence[Mapping[str, Any]], *, at: datetime, site: str) -> str:
    """A calendar; each event is a row of ``due`` with ``title``, ``details`` and ``address``.

    :param at: when it is made, in UTC
    :param site: the name of this server, for what makes events differ from those of others
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//vanthu//dashboard//VI",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{text(name)}",
    ]
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    for event in events:
        lines += _event(event, stamp, site)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(event: Mapping[str, Any], stamp: str, site: str) -> Iterator[str]:
    day = date.fromisoformat(event["due"])
    yield "BEGIN:VEVENT"
    yield f"UID:{event['directive_id']}-{event['position']}-{day:%Y%m%d}@{text(site)}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    if day < date.max:
        yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{text(event['title'])}"
    yield f"DESCRIPTION:{text(event['details'])}"
    yield f"URL:{_CONTROL.sub('', event['address'])}"
    yield f"STATUS:{'CONFIRMED' if event['status'] == 'accepted' else 'TENTATIVE'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def text(value: str) -> str:
    """A text as the value of a property: one line, with what has a meaning escaped."""
    plain = _CONTROL.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n"))
    escaped = plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, no letter cut; those behind the first begin blank."""
    part, used = "", 0
    for letter in line:
        size = len(letter.encode())
        if used + size > _LINE_BYTES:
            yield part
            part, used = " ", 1
        part += letter
        used += size
    yield part
