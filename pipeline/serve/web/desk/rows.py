"""What the desk shows of a record: a row for each field, item, remark and repaired word.

Pure: a record and its pages in, rows out. Boxes are brought onto the image that was read, which
lies upright and level; the record has them on the page as it lies in its file.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

from pydantic import JsonValue

from models.base import BBox, Model
from models.decision_paths import (
    FIELDS,
    ITEMS,
    PARTS,
    Item,
    Path,
    as_dict,
    field_at,
    items_of,
    value_of,
)
from models.decision_values import is_decided, is_looked_at
from models.directive import Citation, Deadline, Directive, FieldStatus, FieldValue, Target
from models.finding import Evidence
from models.geometry import Frame
from models.otherwise import ReadNow
from models.text import Edit, PageText, Word

#: Repaired words that are shown of one document.
MOST_WORDS: Final = 80

Kind = Literal["field", "item", "part", "finding", "word"]
#: A place on the image that was read: page, then the box in fractions of the image.
Box = tuple[int, float, float, float, float]
#: Fields in the order in which a clerk reads the head of a page.
ORDER: Final = (
    "number", "issued", "issuer", "parent_issuer", "doc_type", "subject", "signer.name",
    "signer.authority", "signer.position", "place", "serial", "symbol", "urgency", "secrecy",
    "incoming.number", "incoming.received", "incoming.office",
)  # fmt: skip
assert set(ORDER) == set(FIELDS)  # noqa: S101 - a new field needs its place here


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a key chooses; ``origin`` or ``confidence`` tell why it is one. ``parts``: those
    of an item that is added, whose words are the value."""

    action: Literal["choose", "correct", "add"]
    value: JsonValue
    origin: str = ""
    confidence: float | None = None
    parts: Mapping[str, JsonValue] | None = None

    @property
    def sent(self) -> JsonValue:
        """What is decided where it is chosen."""
        return self.value if self.parts is None else {**self.parts}


@dataclass(frozen=True, slots=True)
class Row:
    """What stands at one path. ``name`` is the path without places in lists, for its words.

    ``open``: a person should look. ``person``: one has decided. ``of``: the row that this is a
    part of.
    """

    path: str
    name: str
    kind: Kind
    value: JsonValue = None
    status: FieldStatus = "accepted"
    confidence: float | None = None
    raw: str = ""
    choices: tuple[Choice, ...] = ()
    boxes: tuple[Box, ...] = ()
    seen: str = ""
    open: bool = False
    person: bool = False
    of: str = ""
    ordinal: int = 0
    #: What the machine reads by now where a person decided something else.
    machine: JsonValue = None

    @property
    def listed(self) -> bool:
        """Whether it has one of few values, to be chosen and not typed."""
        return self.name in LISTED

    @property
    def has_parts(self) -> bool:
        """Whether its parts can be decided one by one."""
        return self.kind == "item" and bool(PARTS[self.name])


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading; ``adds``: the list to which an item can be added, ``offered``: what
    the machine finds there since a person decided."""

    name: str
    rows: tuple[Row, ...]
    adds: str = ""
    offered: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to show, ``width`` x ``height`` pixels of the image read, or points.

    ``image``: the image that was read is stored, or a picture can be drawn of the file, or there is
    only text. ``boxes``: its words have places.
    """

    number: int
    width: int
    height: int
    image: Literal["read", "drawn", ""]
    boxes: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A document at the desk."""

    groups: tuple[Group, ...]
    sheets: tuple[Sheet, ...]
    words_left_out: int = 0

    words_all: bool = False

    @property
    def rows(self) -> Iterator[Row]:
        """All rows in order."""
        for group in self.groups:
            yield from group.rows

    @property
    def left(self) -> int:
        """How many a person should still look at."""
        return sum(row.open for row in self.rows) + sum(bool(g.offered) for g in self.groups)


def shown(
    directive: Directive,
    pages: Sequence[PageText],
    parts: Collection[str] = (),
    *,
    words_all: bool = False,
    now: ReadNow | None = None,
) -> Shown:
    """The rows of a document in the order of the desk.

    :param parts: the items (``citations/1``) whose parts are rows of their own
    :param words_all: every repaired word, not only the first :data:`MOST_WORDS`
    :param now: what the machine reads by now where people decided something else
    """
    now = now or ReadNow()
    places = Places(pages)
    named = {reason.partition(":")[0] for reason in directive.review.reasons}
    heads = [_anew(_of_field(directive, name, named, places), now) for name in ORDER]
    groups = [Group("head", tuple(heads))]
    for name in ITEMS:
        rows: list[Row] = []
        for index, item in enumerate(items_of(directive, name)):
            row = _anew(_of_item(name, index, item, places), now)
            of_parts = [_anew(part, now) for part in _of_parts(name, row, item, places)]
            anew = [part for part in of_parts if part.machine is not None]
            rows.append(row)
            # A part that the machine reads otherwise is shown whether asked for or not.
            rows += of_parts if row.path in parts else anew
        groups.append(Group(name, tuple(rows), adds=name, offered=_offered(name, now)))
    findings = [f for f in directive.findings if f.severity != "info"]
    groups.append(
        Group("findings", tuple(
            Row(
                f"findings/{index}", f.code, "finding", value=f.message, status="review",
                boxes=places.boxes(f.evidence), seen=_first_text(f.evidence), ordinal=index + 1,
            )
            for index, f in enumerate(findings)
        ))
    )  # fmt: skip
    edits = [(page, edit) for page in pages for edit in page.edits]
    edits.sort(key=lambda one: one[1].status == "applied")  # proposals first, else as they stand
    most = len(edits) if words_all else MOST_WORDS
    words = tuple(_of_edit(page, edit, places) for page, edit in edits[:most])
    groups.append(Group("words", words))
    sheets = tuple(_sheet(page) for page in pages)
    return Shown(tuple(groups), sheets, max(0, len(edits) - most), words_all)


def _anew(row: Row, now: ReadNow) -> Row:
    """The row with what the machine reads by now, which can be taken at once."""
    read = now.values.get(row.path)
    if read is None:
        return row
    others = tuple(choice for choice in row.choices if choice.value != read)
    choices = (Choice("correct", read, "machine"), *others)
    return replace(row, machine=read, choices=choices, open=True)


def _offered(name: str, now: ReadNow) -> tuple[Choice, ...]:
    """Items that the machine finds in a list since, to be added."""
    made = (_addable(name, item) for item in now.items.get(name, ()))
    return tuple({choice.value: choice for choice in made if choice.value}.values())


def _addable(name: str, item: Item) -> Choice:
    if isinstance(item, FieldValue):
        return Choice("add", item.value or item.raw or "", "machine", item.confidence or None)
    head = item.number.value or item.title.value if isinstance(item, Citation) else item.text
    read = as_dict(item)
    values = {part: value_of(read, Path("part", name, 0, part)) for part in PARTS[name]}
    parts = {part: value for part, value in values.items() if value not in (None, "")}
    return Choice("add", head or "", "machine", parts=parts)


# -- places on pages -----------------------------------------------------------------------------


class Places:
    """Where evidence stands on the images that were read."""

    def __init__(self, pages: Sequence[PageText]) -> None:
        self._pages = {page.page: page for page in pages}
        self._words: dict[int, list[tuple[Word, ...]]] = {}

    def boxes(self, evidence: Iterable[Evidence]) -> tuple[Box, ...]:
        """The boxes of evidence that has any, each once."""
        found: dict[Box, None] = {}
        for seen in evidence:
            page = self._pages.get(seen.page or 0)
            if page is not None and seen.bbox is not None:
                found[(page.page, *on_image(page, seen.bbox))] = None
        return tuple(found)

    def word(self, page: PageText, line: int, word: int) -> Word | None:
        """A word by its places in the page."""
        if page.page not in self._words:
            self._words[page.page] = [one.words for b in page.blocks for one in b.lines]
        lines = self._words[page.page]
        if line >= len(lines) or word >= len(lines[line]):
            return None
        return lines[line][word]


def on_image(page: PageText, box: BBox) -> BBox:
    """``box`` of the page in its file, on the image that was read; the reverse of ``on_page``.

    An upright box that was turned askew grew to the box around it; it shrinks back.
    """
    if page.turn.rotation == 0 and page.turn.level_degrees == 0.0:
        return box
    frame = Frame(page.width_px or 1, page.height_px or 1, page.turn)
    a, b, c, d, e, f = frame.to_page
    x0, x1 = box[0] * frame.width, box[2] * frame.width
    y0, y1 = box[1] * frame.height, box[3] * frame.height
    x, y = (x0 + x1) / 2 - e, (y0 + y1) / 2 - f
    middle_x, middle_y = a * x + b * y, c * x + d * y  # a turn is undone by its transpose
    width, height = x1 - x0, y1 - y0
    if page.turn.rotation % 180:
        width, height = height, width
    angle = math.radians(abs(page.turn.level_degrees))
    cos, sin = math.cos(angle), math.sin(angle)
    level = cos * cos - sin * sin
    if level > 0.5:
        width, height = (
            max((width * cos - height * sin) / level, 1.0),
            max((height * cos - width * sin) / level, 1.0),
        )
    return (
        _within((middle_x - width / 2) / frame.read_width),
        _within((middle_y - height / 2) / frame.read_height),
        _within((middle_x + width / 2) / frame.read_width),
        _within((middle_y + height / 2) / frame.read_height),
    )


def _within(share: float) -> float:
    return round(min(max(share, 0.0), 1.0), 5)


#: Where nothing tells the size of a page: A4 in points.
_WIDTH, _HEIGHT = 595, 842


def _sheet(page: PageText) -> Sheet:
    boxes = any(word.bbox for b in page.blocks for line in b.lines for word in line.words)
    if page.width_px and page.height_px:
        return Sheet(page.page, page.width_px, page.height_px, "read", boxes)
    return Sheet(page.page, _WIDTH, _HEIGHT, "drawn" if boxes else "", boxes)


# -- rows ----------------------------------------------------------------------------------------


def _first_text(evidence: Sequence[Evidence]) -> str:
    return next((seen.text for seen in evidence if seen.text and seen.origin != "person"), "")


def _choices(value: FieldValue) -> tuple[Choice, ...]:
    return tuple(
        Choice("choose", other.value, other.origin, other.confidence or None)
        for other in value.alternatives
    )


def _of_field(directive: Directive, name: str, named: set[str], places: Places) -> Row:
    value = field_at(directive, name)
    return Row(
        name, name, "field", value=value.value, status=value.status, confidence=_sure(value),
        raw=value.raw or "", choices=_choices(value), boxes=places.boxes(value.evidence),
        seen=_first_text(value.evidence), open=name in named, person=is_decided(value),
    )  # fmt: skip


def _sure(value: FieldValue) -> float | None:
    return value.confidence if value.value is not None else None


def _of_item(name: str, index: int, item: Item, places: Places) -> Row:
    person = is_decided(item)
    common: dict[str, Any] = {
        "path": f"{name}/{index}", "name": name, "kind": "item", "ordinal": index + 1,
        "boxes": places.boxes(item.evidence), "seen": _first_text(item.evidence),
    }  # fmt: skip
    if isinstance(item, FieldValue):
        return Row(
            **common, value=item.value, status=item.status, confidence=_sure(item),
            raw=item.raw or "", choices=_choices(item), person=person,
            open=item.status != "accepted" and not person,
        )  # fmt: skip
    if isinstance(item, Citation):
        head = item.number if item.number.value or not item.title.value else item.title
        person = person or is_looked_at(item)
        return Row(
            **common, value=head.value or head.raw,
            status=head.status if person else item.number.status,
            confidence=_sure(head), raw=head.raw or "", person=person,
            open=item.number.status != "accepted" and not person,
        )  # fmt: skip
    return Row(
        **common, value=item.text, status=item.status, confidence=item.confidence,
        raw=common["seen"], person=person, open=item.status != "accepted" and not person,
    )  # fmt: skip


def _of_parts(name: str, whole: Row, item: Item, places: Places) -> Iterator[Row]:
    for part in PARTS[name]:
        yield _of_part(name, whole.path, part, item, whole.boxes, places)


#: Parts of which there are few values.
_MODELS: Final[dict[str, type[Model]]] = {
    "citations": Citation, "targets": Target, "deadlines": Deadline,
}  # fmt: skip
LISTED: Final[dict[str, tuple[str, ...]]] = {
    f"{name}.{part}": get_args(_MODELS[name].model_fields[part].annotation)
    for name, part in (
        ("citations", "relation"), ("targets", "kind"), ("targets", "comparator"),
        ("deadlines", "operator"),
    )
}  # fmt: skip


def _of_part(
    name: str, path: str, part: str, item: Any, boxes: tuple[Box, ...], places: Places
) -> Row:
    value = getattr(item, part)
    whole = f"{name}.{part}"
    common: dict[str, Any] = {
        "path": f"{path}/{part}", "name": whole, "kind": "part", "of": path,
    }  # fmt: skip
    if isinstance(value, FieldValue):
        return Row(
            **common, value=value.value, status=value.status, confidence=_sure(value),
            raw=value.raw or "", choices=_choices(value),
            boxes=places.boxes(value.evidence) or boxes, person=is_decided(value),
        )  # fmt: skip
    listed = LISTED.get(whole, ())
    status: FieldStatus = getattr(item, "status", "accepted")
    if value in (None, ""):
        status = "absent"
    return Row(
        **common, value=value, status=status,
        boxes=boxes, choices=tuple(Choice("correct", one) for one in listed if one != value),
    )  # fmt: skip


def _of_edit(page: PageText, edit: Edit, places: Places) -> Row:
    word = places.word(page, edit.line, edit.word)
    now = word.text if word is not None else edit.repaired
    others = dict.fromkeys([edit.repaired, edit.raw, *(text for text, _ in edit.alternatives)])
    likely = dict(edit.alternatives)
    decided = edit.reason == "person"
    box = word.bbox if word is not None else None
    return Row(
        f"pages/{page.page}/{edit.line}/{edit.word}", "word", "word", value=now,
        status="accepted" if decided or edit.status == "applied" else "review",
        confidence=edit.probability, raw=edit.raw,
        choices=tuple(
            Choice("choose", text, confidence=likely.get(text)) for text in others if text != now
        ),
        boxes=((page.page, *box),) if box is not None else (), person=decided,
        seen="" if box is not None else now,
    )  # fmt: skip
