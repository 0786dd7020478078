"""Reasons for review as sentences.

The checks write them in English, in a form that stays the same (``number: unreadable; candidates
414/CĐCS (reading)``). Here they are taken apart and said in the language of the visit; one of a
form that is not known is shown as it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from models.decision_paths import FIELDS, ITEMS
from pipeline.serve.web.formats import FORMATS
from pipeline.serve.web.names import name_of
from pipeline.serve.web.site import Visit

_NAMED: Final = re.compile(r"([a-z_]+(?:[./][a-z_0-9]+)*): (.+)", re.DOTALL)
#: The forms, the message for each, and how many values the message takes.
_FORMS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"unreadable; candidates (?P<values>.+)", re.DOTALL), "unreadable_candidates"),
    (re.compile(r"unreadable"), "unreadable"),
    (re.compile(r"not found"), "not_found"),
    (re.compile(r"not enough witnesses agree on (?P<values>.+)", re.DOTALL), "witnesses"),
    (re.compile(r"derived, not printed"), "derived"),
    (re.compile(r"day may be handwritten"), "day_handwritten"),
    (re.compile(r"may be handwritten"), "handwritten"),
    (re.compile(r"handwritten"), "handwritten"),
    (re.compile(r"type line and code disagree"), "disagree"),
    (re.compile(r"(?P<few>\d+) of (?P<all>\d+) uncertain"), "some_uncertain"),
    (re.compile(r"uncertain"), "uncertain"),
    (re.compile(r"machine_reads_otherwise"), "otherwise"),
)
_WITNESSES: Final = (
    "no witness", "reading", "file name", "time of signing", "other documents", "incoming stamp",
    "text layer",
)  # fmt: skip
_DAY: Final = re.compile(r"(?<![\w/-])\d{4}-\d\d(?:-\d\d)?(?![\w/-])")
_IN_BRACKETS: Final = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence, and the field that it is about (empty: none, or a whole list)."""

    text: str
    field: str = ""


_RANKS: Final = {name: place for place, name in enumerate((*FIELDS, *ITEMS))}


def rank(reason: str) -> int:
    """Its place among others: key fields first, findings last."""
    name = reason.partition(":")[0].partition("/")[0]
    return _RANKS.get(name, len(_RANKS))


def told(visit: Visit, reason: str) -> Reason:
    """A reason in the language of the visit."""
    found = _NAMED.fullmatch(reason)
    if found is None:
        return Reason(reason)
    name, what = found.groups()
    if name == "finding":
        key = "findings." + what
        return Reason(visit.say(key) if visit.site.catalogue.has(key) else reason)
    label = name_of(visit, name)
    if label == name:
        return Reason(reason)
    for form, message in _FORMS:
        match = form.fullmatch(what)
        if match is not None:
            said = match.groupdict()
            if "values" in said:
                said["values"] = _values(visit, said["values"])
            text = visit.say("reasons." + message, field=label, **said)
            return Reason(
                text[:1].upper() + text[1:],
                "" if message == "some_uncertain" else name.replace("/", "."),
            )
    return Reason(reason)


def _values(visit: Visit, said: str) -> str:
    """Candidates with who says so, days as the language writes them."""
    said = _IN_BRACKETS.sub(lambda match: _witnesses(visit, match), said)
    said = said.replace(", not ", f"{visit.say('reasons.not')} ")
    return _DAY.sub(lambda match: FORMATS[visit.language].day(match[0]), said)


def _witnesses(visit: Visit, match: re.Match[str]) -> str:
    """``(reading, file name)``: who says so."""
    said = match[1].split(", ")
    if not set(said) <= set(_WITNESSES):
        return match[0]
    names = [visit.say("terms.witness." + name.replace(" ", "_")) for name in said]
    return f"({', '.join(names)})"
