"""Paths into a record, what stands there, and how an item of a list is found again.

Items are found by what is printed there and where, not by their place in the list alone, for a
machine that reads again may find more or fewer of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import JsonValue

from models.directive import Citation, Deadline, Directive, FieldValue, Target

#: The rule of every value that a person decided.
RULE: Final = "person"
#: Why a person should look again at what was decided.
OTHERWISE: Final = "machine_reads_otherwise"

FIELDS: Final = (
    "number", "serial", "symbol", "issued", "issuer", "parent_issuer", "doc_type", "subject",
    "place", "urgency", "secrecy", "signer.name", "signer.authority", "signer.position",
    "incoming.number", "incoming.received", "incoming.office",
)  # fmt: skip
#: Other names of fields.
ALIASES: Final = {"date": "issued", "type": "doc_type"}
#: Fields that say the same in parts: who decides one decides all.
NUMBER: Final = ("number", "serial", "symbol")

ITEMS: Final[dict[str, type[FieldValue] | type[Citation] | type[Target] | type[Deadline]]] = {
    "recipients": FieldValue, "copied_to": FieldValue, "citations": Citation, "targets": Target,
    "deadlines": Deadline,
}  # fmt: skip
#: The parts of items that can be decided.
PARTS: Final = {
    "recipients": (), "copied_to": (),
    "citations": ("number", "title", "doc_type", "issued", "issuer", "relation"),
    "targets": ("kind", "value", "comparator", "unit", "population", "period", "text"),
    "deadlines": ("date", "operator", "recurrence", "action", "responsible", "text"),
}  # fmt: skip

Item = FieldValue | Citation | Target | Deadline
Kind = Literal["document", "field", "list", "item", "part", "word"]


class UndecidableError(ValueError):
    """A decision that cannot be made so; the message says why."""


@dataclass(frozen=True, slots=True)
class Path:
    """A path taken apart. ``index`` counts from 0; ``word`` is page, line and word."""

    kind: Kind
    field: str = ""
    index: int = 0
    part: str = ""
    word: tuple[int, int, int] = (0, 0, 0)

    def __str__(self) -> str:
        if self.kind == "word":
            return "pages/" + "/".join(map(str, self.word))
        if self.kind in ("item", "part"):
            return f"{self.field}/{self.index}" + (f"/{self.part}" if self.part else "")
        return self.field

    @property
    def group(self) -> tuple[str, ...]:
        """The paths that are decided together with this one."""
        return NUMBER if self.field in NUMBER and self.kind == "field" else (str(self),)


_ITEM: Final = re.compile(r"([a-z_]+)/(\d{1,5})(?:/([a-z_]+))?")
_WORD: Final = re.compile(r"pages/(\d{1,6})/(\d{1,6})/(\d{1,6})")


def parse(path: str) -> Path:
    """A path from text; other names of fields are understood.

    :raises UndecidableError: there is no such path in any record
    """
    path = ALIASES.get(path.strip(), path.strip())
    if not path:
        return Path("document")
    if path in FIELDS:
        return Path("field", path)
    if path in ITEMS:
        return Path("list", path)
    word = _WORD.fullmatch(path)
    if word is not None:
        page, line, place = map(int, word.groups())
        return Path("word", "pages", word=(page, line, place))
    item = _ITEM.fullmatch(path)
    if item is not None and item[1] in ITEMS:
        part = ALIASES.get(item[3] or "", item[3] or "") if item[1] == "citations" else item[3]
        if not part:
            return Path("item", item[1], int(item[2]))
        if part in PARTS[item[1]]:
            return Path("part", item[1], int(item[2]), part)
    raise UndecidableError(f"{path!r} is nothing that can be decided.")


# -- reading -------------------------------------------------------------------------------------


def field_at(directive: Directive, path: str) -> FieldValue:
    """A field by its name (:data:`FIELDS`)."""
    value: Any = directive
    for step in path.split("."):
        value = getattr(value, step)
    if not isinstance(value, FieldValue):
        raise UndecidableError(f"{path!r} is no field.")
    return value


def items_of(directive: Directive, name: str) -> tuple[Item, ...]:
    """A list by its name (:data:`ITEMS`)."""
    items: tuple[Item, ...] = getattr(directive, name)
    return items


def item_at(directive: Directive, path: Path) -> Item:
    """The item that a path names.

    :raises UndecidableError: the list is shorter
    """
    items = items_of(directive, path.field)
    if path.index >= len(items):
        raise UndecidableError(f"There is no {path.field}/{path.index}.")
    return items[path.index]


def shown(directive: Directive, path: Path) -> JsonValue:
    """What stands at a path, as JSON of the contract; ``None`` for lists, words and the whole."""
    if path.kind == "field":
        return as_dict(field_at(directive, path.field))
    if path.kind in ("item", "part"):
        return as_dict(item_at(directive, path))
    return None


def as_dict(item: Item) -> dict[str, Any]:
    """An item as JSON of the contract."""
    return item.model_dump(mode="json", by_alias=True)


def value_of(stood: JsonValue, path: Path) -> JsonValue:
    """The value inside what :func:`shown` gave: of a field, an item's text, or a part."""
    if not isinstance(stood, dict):
        return None
    if path.kind == "part":
        part = stood.get(path.part)
        return part.get("value") if isinstance(part, dict) else part
    if path.kind == "item" and path.field not in ("recipients", "copied_to"):
        return printed(stood)
    return stood.get("value")


def status_of(stood: JsonValue, path: Path) -> JsonValue:
    """The status inside what :func:`shown` gave."""
    if not isinstance(stood, dict):
        return None
    part = stood.get(path.part) if path.kind == "part" else None
    if isinstance(part, dict):
        return part.get("status")
    return stood.get("status")


# -- finding items again -------------------------------------------------------------------------


def printed(item: Mapping[str, Any]) -> str:
    """The text that an item was made of."""
    for name in ("raw", "text"):
        if item.get(name):
            return str(item[name])
    for name in ("number", "title"):
        part = item.get(name)
        if isinstance(part, dict) and (part.get("raw") or part.get("value")):
            return str(part.get("raw") or part.get("value"))
    for seen in item.get("evidence") or ():
        if seen.get("text"):
            return str(seen["text"])
    return str(item.get("value") or "")


def _box(item: Mapping[str, Any]) -> tuple[int, tuple[float, ...]] | None:
    for seen in item.get("evidence") or ():
        if seen.get("page") is not None and seen.get("bbox") is not None:
            return int(seen["page"]), tuple(map(float, seen["bbox"]))
    return None


_SAME_PLACE: Final = 0.5


def _overlap(one: tuple[float, ...], two: tuple[float, ...]) -> float:
    width = min(one[2], two[2]) - max(one[0], two[0])
    height = min(one[3], two[3]) - max(one[1], two[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, two)]
    common = width * height
    return common / max(sum(areas) - common, 1e-12)


def place_of(items: Sequence[Item], before: JsonValue, index: int) -> int | None:
    """Where the item that was ``before`` at ``index`` stands now; ``None``: nowhere."""
    if not isinstance(before, dict):
        return None
    dumped = [item.model_dump(mode="json", by_alias=True) for item in items]
    text = printed(before)
    same = [n for n, item in enumerate(dumped) if printed(item) == text]
    if same:
        return min(same, key=lambda n: (_box(dumped[n]) != _box(before), abs(n - index)))
    box = _box(before)
    if box is None:
        return None
    best = max(
        ((_overlap(box[1], there[1]), -abs(n - index), n) for n, item in enumerate(dumped)
         if (there := _box(item)) is not None and there[0] == box[0]),
        default=None,
    )  # fmt: skip
    return best[2] if best is not None and best[0] >= _SAME_PLACE else None
