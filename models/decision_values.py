"""What a field, a number or an item is once a person decided it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import JsonValue, ValidationError

from models.base import Origin
from models.decision import Action, Made
from models.decision_paths import (
    FIELDS,
    ITEMS,
    PARTS,
    RULE,
    Item,
    Path,
    UndecidableError,
    as_dict,
    field_at,
    items_of,
)
from models.directive import Alternative, Citation, Directive, FieldValue
from models.finding import Evidence

# -- values of a person --------------------------------------------------------------------------


def _by_person(evidence: tuple[Evidence, ...], text: str) -> tuple[Evidence, ...]:
    kept = tuple(seen for seen in evidence if seen.origin != "person")
    return (*kept, Evidence(text=text, origin="person"))


def is_looked_at(cited: Citation) -> bool:
    """Whether a person decided what a citation is found by: its number, or the title where it has
    no number."""
    return is_decided(cited.number) or (cited.number.value is None and is_decided(cited.title))


def is_decided(item: Item) -> bool:
    """Whether a person decided a field or an item."""
    if isinstance(item, FieldValue):
        return item.rule == RULE
    return any(seen.origin == "person" for seen in item.evidence)


def _origin(field: FieldValue) -> Origin:
    return field.evidence[0].origin if field.evidence else "ocr"


def decided(field: FieldValue, action: Action, value: str | None) -> FieldValue:
    """A field as a person decided it; ``value`` is in the form of the contract."""
    others = field.alternatives
    if field.value is not None and field.value != value and field.rule != RULE:
        old = Alternative(value=field.value, confidence=field.confidence, origin=_origin(field))
        others = (old, *(o for o in others if o.value != field.value))
    elif field.value is not None and field.value != value:
        old = Alternative(value=field.value, confidence=field.confidence, origin="person")
        others = (old, *(o for o in others if o.value != field.value))
    gone = action in ("unreadable", "absent")
    return field.model_copy(
        update={
            "value": None if gone else value,
            "confidence": 0.0 if gone else 1.0,
            "status": action if gone else "accepted",
            "alternatives": tuple(o for o in others if gone or o.value != value),
            "evidence": _by_person(field.evidence, "" if gone else value or ""),
            "rule": RULE,
        }
    )


_NUMBER: Final = re.compile(r"(\d{1,6}[a-zđ]?)([-/])(.+)", re.DOTALL)
#: Symbols of the Party stand behind a dash: ``259-CV/VPHU``.
_PARTY: Final = re.compile(r"(?!\d)[^-/]+/.+", re.DOTALL)


def split_number(number: str) -> tuple[str, str] | None:
    """Serial and symbol of a number in the form of the contract."""
    found = _NUMBER.fullmatch(number)
    return (found[1], found[3]) if found else None


def joined_number(serial: str, symbol: str) -> str:
    """The number that a serial and a symbol make."""
    return f"{serial}{'-' if _PARTY.fullmatch(symbol) else '/'}{symbol}"


def with_field(directive: Directive, path: str, field: FieldValue) -> Directive:
    """The record with another value of one field."""
    outer, _, inner = path.partition(".")
    if not inner:
        return directive.model_copy(update={outer: field})
    whole = getattr(directive, outer).model_copy(update={inner: field})
    return directive.model_copy(update={outer: whole})


def with_number(directive: Directive, path: str, action: Action, value: str | None) -> Directive:
    """Number, serial and symbol after one of them was decided: they always fit each other."""
    made = with_field(directive, path, decided(field_at(directive, path), action, value))
    if action in ("unreadable", "absent"):
        if path == "number":
            follow = ["serial", "symbol"] if action == "absent" else ["serial"]
        else:
            follow = ["number"] if path == "serial" or action == "unreadable" else []
        for name in follow:
            made = with_field(made, name, decided(field_at(made, name), action, None))
        return made
    if path == "number":
        parts = split_number(value or "")
        for name, part in zip(("serial", "symbol"), parts or (), strict=False):
            made = with_field(made, name, decided(field_at(made, name), action, part))
        return made
    serial, symbol = made.serial.value, made.symbol.value
    if serial and symbol:
        number = decided(made.number, action, joined_number(serial, symbol))
        if {made.serial.status, made.symbol.status} != {"accepted"}:
            # A number is as sure as the less sure of its parts.
            sure = min(made.serial.confidence, made.symbol.confidence)
            doubt = {"status": "review", "confidence": sure, "rule": "derived.parts"}
            number = number.model_copy(update=doubt)
        made = with_field(made, "number", number)
    return made


def restored(name: str, before: JsonValue) -> Item:
    """An item from its JSON."""
    item: Item = ITEMS[name].model_validate(before)
    return item


def made_item(name: str, value: JsonValue) -> Item:
    """An item that a person adds to a list, of text or of its parts.

    :raises UndecidableError: it has other parts than such an item
    """
    text = value if isinstance(value, str) else ""
    seen = (Evidence(text=text, origin="person"),)
    if name in ("recipients", "copied_to"):
        if not text:
            raise UndecidableError("An item needs a text.")
        return decided(FieldValue(evidence=seen), "add", text)
    parts = {"number": text} if name == "citations" and text else value
    if not isinstance(parts, dict) or not set(parts) <= set(PARTS[name]):
        raise UndecidableError(f"An item of {name} has the parts {', '.join(PARTS[name])}.")
    try:
        return _of_parts(name, parts)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UndecidableError(f"{where}: {first['msg']}.") from None


def _of_parts(name: str, parts: Mapping[str, JsonValue]) -> Item:
    text = str(parts.get("text") or parts.get("number") or parts.get("title") or "")
    seen = [{"text": text, "from": "person"}]
    if name == "citations":
        made: dict[str, Any] = {
            key: value if key == "relation" else as_dict(decided(FieldValue(), "add", str(value)))
            for key, value in parts.items() if value is not None
        }  # fmt: skip
        if "number" not in made and "title" not in made:
            raise UndecidableError("A citation needs a number or a title.")
        return Citation.model_validate(made | {"evidence": seen})
    if not text:
        raise UndecidableError(f"An item of {name} needs its words as 'text'.")
    # A person who types the words of a target alone names a goal; its parts can follow.
    made = {"kind": "quota"} if name == "targets" else {}
    made |= {**parts, "confidence": 1.0, "status": "accepted", "evidence": seen}
    return ITEMS[name].model_validate(made)


def item_decided(item: Item, decision: Made, path: Path) -> Item:
    """An item, or one of its parts, as it was decided."""
    action, value = decision.action, decision.value
    if isinstance(item, FieldValue):
        return decided(item, action, value if isinstance(value, str) else None)
    gone = action in ("unreadable", "absent")
    text = "" if gone or value is None else str(value)
    seen = _by_person(item.evidence, text)
    if isinstance(item, Citation):
        return _citation_decided(item, decision, path, seen)
    update: dict[str, Any] = {"evidence": seen, "confidence": 0.0 if gone else 1.0}
    update["status"] = action if gone else "accepted"
    if path.part and not (gone and path.part not in ("value", "date")):
        update[path.part] = None if gone else value
    return item.model_copy(update=update)


def _citation_decided(
    item: Citation, decision: Made, path: Path, seen: tuple[Evidence, ...]
) -> Citation:
    action, value = decision.action, decision.value
    update: dict[str, Any] = {"evidence": seen}
    if path.part == "relation":
        update["relation"] = value
    elif path.part:
        part = getattr(item, path.part)
        update[path.part] = decided(part, action, value if isinstance(value, str) else None)
    else:
        for name in ("number", "title", "doc_type", "issued", "issuer"):
            part = getattr(item, name)
            # What is cited by its title alone is accepted with that, however sure it was.
            only = name == "title" and item.number.value is None
            if part.value is not None and (part.status == "review" or only):
                update[name] = decided(part, "accept", part.value)
    return item.model_copy(update=update)


def all_accepted(directive: Directive) -> Directive:
    """Whatever has a value and waited for a person is accepted; what has none stays open."""
    made = directive
    for name in FIELDS:
        field = field_at(made, name)
        if field.status == "review" and field.value is not None:
            made = with_field(made, name, decided(field, "accept", field.value))
    for name in ITEMS:
        items = tuple(_accepted_item(item) for item in items_of(made, name))
        made = made.model_copy(update={name: items})
    return made


def _accepted_item(item: Item) -> Item:
    if isinstance(item, FieldValue):
        waits = item.status == "review" and item.value is not None
        return decided(item, "accept", item.value) if waits else item
    if isinstance(item, Citation):
        parts = (item.number, item.title, item.doc_type, item.issued, item.issuer)
        if not any(p.status == "review" and p.value is not None for p in parts):
            return item
        accept = Made(id=0, directive_id="", path="", action="accept", actor="", at="", seq=0)
        seen = _by_person(item.evidence, "")
        return _citation_decided(item, accept, Path("item", "citations"), seen)
    if item.status != "review":
        return item
    seen = _by_person(item.evidence, item.text)
    return item.model_copy(update={"status": "accepted", "confidence": 1.0, "evidence": seen})
