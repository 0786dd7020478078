"""What rows and reasons are called, in the words of people."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from pydantic import JsonValue

from models.decision import Made
from models.decision_paths import ITEMS, OTHERWISE, parse, value_of
from pipeline.serve.web.desk.rows import LISTED, ORDER, Row
from pipeline.serve.web.formats import FORMATS
from pipeline.serve.web.site import Visit

Say = Callable[..., str]

#: Values that are days, in EDTF.
_DAYS: Final = frozenset(
    {"issued", "incoming.received", "citations.issued", "targets.period", "deadlines.date"}
)
#: How reasons name the places that candidates come from (``pipeline.check.reasons``).
_WITNESSES: Final = {
    "reading": "ocr", "file name": "filename", "time of signing": "digital_signature",
    "other documents": "citation", "incoming stamp": "stamp", "text layer": "text_layer",
    "no witness": "none",
}  # fmt: skip
_PLAIN: Final = {
    "unreadable": "unreadable", "not found": "not_found", "uncertain": "uncertain",
    "derived, not printed": "derived", "day may be handwritten": "day_by_hand",
    "may be handwritten": "by_hand", "type line and code disagree": "disagree",
    OTHERWISE: "otherwise",
}  # fmt: skip
_SOME: Final = re.compile(r"(\d+) of (\d+) uncertain")
_SAID_BY: Final = re.compile(r"\(([a-z ,]+)\)")


class Why(NamedTuple):
    """A reason for review: what it is about (a field, a list, ``finding``), and its sentence."""

    name: str
    label: str
    text: str


def why(say: Say, has: Callable[[str], bool], reason: str) -> Why:
    """A reason as people say it; one that is not known is told as it is."""
    name, _, rest = reason.partition(": ")
    if name == "finding":
        key = "desk.finding." + rest.replace(".", "_")
        return Why(name, say("desk.label.findings"), say(key) if has(key) else rest)
    label = say("desk.label." + name.replace(".", "_")) if name in _NAMED else name
    return Why(name, label, _sentence(say, rest))


_NAMED: Final = frozenset({*ORDER, *ITEMS})


def _sentence(say: Say, rest: str) -> str:
    if rest in _PLAIN:
        return say("desk.why." + _PLAIN[rest])
    some = _SOME.fullmatch(rest)
    if some is not None:
        return say("desk.why.some", left=some[1], all=some[2])
    for lead, key in (
        ("unreadable; candidates ", "desk.why.candidates"),
        ("not enough witnesses agree on ", "desk.why.witnesses"),
    ):
        if rest.startswith(lead):
            told = _SAID_BY.sub(lambda m: f"({_witnesses(say, m[1])})", rest[len(lead) :])
            return say(key, values=told.replace("), not ", "); "))
    return rest


def _witnesses(say: Say, named: str) -> str:
    known = [_WITNESSES.get(one) for one in named.split(", ")]
    if None in known:
        return named
    return ", ".join(say("desk.origin." + str(one)) for one in known)


def value_text(visit: Visit, name: str, value: JsonValue) -> str:
    """A value as it is written for people; empty where there is none."""
    if value is None or value == "":
        return ""
    if name in LISTED:
        code = CODES.get(str(value), str(value))
        return visit.say("desk.listed." + name.replace(".", "_") + "." + code)
    formats = FORMATS[visit.language]
    if name in _DAYS:
        return formats.day(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return formats.number(value, 6)
    return str(value)


#: Names of comparators, which keys of the catalogue cannot have.
CODES: Final = {"=": "eq", ">=": "ge", ">": "gt", "<=": "le", "<": "lt"}


def label(say: Say, row: Row) -> str:
    """What a row is called, wherever it is named."""
    named = short(say, row)
    if not row.of:
        return named
    whole, _, place = row.of.partition("/")
    return f"{say('desk.label.' + whole)} {int(place) + 1}: {named}"


def short(say: Say, row: Row) -> str:
    """What a row is called below the row that it is a part of."""
    if row.kind == "finding":
        return say("desk.label.findings")
    named = say("desk.label." + row.name.replace(".", "_"))
    return f"{named} {row.ordinal}" if row.ordinal else named


#: What is asked of a typed value, by the row's name.
_FORMS: Final = {
    **dict.fromkeys(_DAYS, "day"), "number": "number", "citations.number": "number",
    "serial": "serial", "symbol": "symbol", "targets.value": "figure", "signer.name": "person",
    "place": "place", "urgency": "urgency", "secrecy": "secrecy",
}  # fmt: skip


def form_of(path: str) -> str:
    """What kind of value is typed at a path, for the words that tell how."""
    return _FORMS.get(name_of(path), "other")


def name_of(path: str) -> str:
    """A path without places in lists: ``citations.number`` for ``citations/1/number``."""
    steps = path.split("/")
    return "word" if steps[0] == "pages" else ".".join([steps[0], *steps[2:]])


class Told(NamedTuple):
    """A decision for people: what it is about, its value, and what stood there."""

    label: str
    value: str
    before: str


def decision(visit: Visit, made: Made) -> Told:
    """A decision of the history."""
    if not made.path:
        return Told(visit.say("desk.history.whole"), "", "")
    name = name_of(made.path)
    label = visit.say("desk.label." + name.replace(".", "_"))
    steps = made.path.split("/")
    if len(steps) > 1 and steps[0] != "pages":
        whole = visit.say("desk.label." + steps[0])
        label = f"{whole} {int(steps[1]) + 1}" + (f", {label}" if len(steps) > 2 else "")
    before: JsonValue = made.before
    if name == "word":
        before = before.get("text") if isinstance(before, dict) else None
    elif before is not None:
        before = value_of(before, parse(made.path))
    plain = made.value
    if isinstance(plain, dict):
        plain = " · ".join(str(one) for one in plain.values())
    return Told(label, value_text(visit, name, plain), value_text(visit, name, before))
