"""A record as its page shows it: fields with their places, lists, boxes on a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from models.base import BBox

#: The fields of the record's head in the order of the page, and those of them that are shown even
#: where the document has none: whoever looks wants to know that they are missing.
HEAD: Final = (
    "number", "serial", "symbol", "issued", "place", "doc_type", "subject", "issuer",
    "parent_issuer", "signer.name", "signer.authority", "signer.position", "urgency", "secrecy",
    "incoming.number", "incoming.received", "incoming.office",
)  # fmt: skip
EXPECTED: Final = frozenset({"number", "issued", "doc_type", "subject", "issuer", "signer.name"})
DATES: Final = frozenset({"issued", "incoming.received"})
#: Parts of the number: their boxes lie on its own and are only shown when asked for.
_PARTS: Final = frozenset({"serial", "symbol"})
LISTS: Final = ("recipients", "copied_to", "citations", "targets", "deadlines", "findings")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was seen; ``box`` in fractions of the page as it lies in its file."""

    page: int | None
    box: BBox | None
    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class Field:
    """A value with everything that it rests on; ``key`` as in the API (``targets.0``)."""

    key: str
    value: str | None
    raw: str | None
    status: str
    confidence: float
    rule: str
    alternatives: tuple[Json, ...]
    places: tuple[Place, ...]

    @property
    def first(self) -> Place | None:
        """Where to look first: a place on a page, best one with a box."""
        there = [place for place in self.places if place.page]
        return next((place for place in there if place.box), there[0] if there else None)

    @property
    def shown(self) -> bool:
        """Whether there is anything to tell."""
        return self.status != "absent" or self.key in EXPECTED

    @property
    def is_date(self) -> bool:
        """Whether the value is a day (EDTF)."""
        return self.key in DATES


@dataclass(frozen=True, slots=True)
class Box:
    """A box on a page, in thousandths of its sides, with the key of its field and what it says.

    A finding says its code, for the page to put into words.
    """

    key: str
    text: str
    x: float
    y: float
    width: float
    height: float
    part: bool


def places(item: Json) -> tuple[Place, ...]:
    """The evidence of a field or an item of a list."""
    return tuple(
        Place(one["page"], _box(one["bbox"]), one["text"], one["from"]) for one in item["evidence"]
    )


def _box(box: Sequence[float] | None) -> BBox | None:
    return None if box is None else (box[0], box[1], box[2], box[3])


def part(record: Json, key: str) -> Any:
    """What a key leads to; ``None`` where there is nothing."""
    at: Any = record
    for step in key.split("."):
        if isinstance(at, Mapping):
            at = at.get(step)
        elif isinstance(at, Sequence) and not isinstance(at, str) and step.isdecimal():
            at = at[int(step)] if int(step) < len(at) else None
        else:
            return None
    return at


def field(record: Json, key: str) -> Field:
    """A field by its key."""
    return field_of(key, part(record, key))


def field_of(key: str, found: Json) -> Field:
    """A field that is at hand."""
    return Field(
        key, found["value"], found["raw"], found["status"], found["confidence"], found["rule"],
        tuple(found["alternatives"]), places(found),
    )  # fmt: skip


def head(record: Json) -> list[Field]:
    """The fields of the head, in order."""
    return [field(record, key) for key in HEAD]


def spot(key: str, item: Json) -> Place | None:
    """Where an item of a list stands on a page, as :attr:`Field.first`."""
    return Field(key, None, None, "", 0.0, "", (), places(item)).first


def is_key(record: Json, key: str) -> bool:
    """Whether a key leads to something with evidence."""
    found = part(record, key)
    return isinstance(found, Mapping) and "evidence" in found


def page_of(record: Json, key: str) -> int | None:
    """The page that a field stands on."""
    found = spot(key, part(record, key)) if is_key(record, key) else None
    return None if found is None else found.page


def boxes(record: Json, page: int) -> list[Box]:
    """All boxes on a page, the larger first, so that none hides another."""
    found = [
        Box(
            key,
            text,
            round(1000 * min(box[0], box[2]), 1),
            round(1000 * min(box[1], box[3]), 1),
            round(1000 * abs(box[2] - box[0]), 1),
            round(1000 * abs(box[3] - box[1]), 1),
            key in _PARTS,
        )
        for key, text, item in _with_evidence(record)
        for place in places(item)
        if place.page == page and (box := place.box) is not None
    ]
    return sorted(found, key=lambda box: -box.width * box.height)


def _with_evidence(record: Json) -> Iterator[tuple[str, str, Json]]:
    """Key, what it says, and the item, of all that has evidence."""
    for key in HEAD:
        item = part(record, key)
        yield key, item["value"] or item["raw"] or "", item
    if record["campaign"] is not None:
        yield "campaign", record["campaign"]["name"], record["campaign"]
    for name in LISTS:
        for number, item in enumerate(record[name]):
            yield f"{name}.{number}", _said(name, item), item


def _said(name: str, item: Json) -> str:
    if name == "citations":
        return item["number"]["value"] or item["title"]["value"] or item["number"]["raw"] or ""
    if name == "findings":
        return str(item["code"])
    return str(item.get("text") or item.get("value") or item.get("raw") or "")


def label_of(key: str) -> str:
    """The message that names a field: ``targets.0`` is one of the targets."""
    name, _, rest = key.partition(".")
    return "terms.item." + name if name in LISTS and rest else "terms.field." + key
