"""Answers that are more than a model of the archive: pages of lists, evidence, look-ups."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from models.base import BBox, Model, Origin, Probability
from models.decision import Decision as ReviewDecision
from models.decision import Made
from models.directive import Directive, FieldStatus
from models.review import Completion, QueueRow, Version
from models.text import ReadBy
from pipeline.serve.ports import Decision

#: One line with something on it.
NAME: Final = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f\s][^\x00-\x1f\x7f]*$"
Next = Annotated[
    str | None, Field(description="Cursor of the next page; null: this is the last one.")
]


class Health(Model):
    """That the server lives."""

    status: Literal["ok"] = "ok"


class Index(Model):
    """Where to begin."""

    name: Literal["vanthu"] = "vanthu"
    version: str
    links: dict[str, str]


class PageInfo(Model):
    """A page without its words. ``image``: where its picture is, if one is stored.

    Boxes of words refer to the image that was read: ``rotation`` is the clockwise quarter turn
    and ``levelled_degrees`` the slope of the lines that was undone after it.
    """

    page: int
    read_by: ReadBy
    engine: str
    words: int
    edits: int
    findings: tuple[str, ...]
    width_px: int | None
    height_px: int | None
    rotation: int
    levelled_degrees: float


class PageList(Model):
    """The pages of a directive, in order."""

    items: list[PageInfo]


class EvidencePlace(Model):
    """Where a value was seen, with the addresses of the page's text and of a picture of the place.

    ``picture`` is null where there is no box; it answers 404 where no page image is stored.
    """

    page: int | None
    bbox: BBox | None
    text: str
    origin: Origin = Field(alias="from")
    page_text: str | None
    picture: str | None


class FieldEvidence(Model):
    """A field with everything that it rests on."""

    directive_id: str
    field: str
    value: Any = None
    raw: str | None = None
    status: FieldStatus | None = None
    confidence: Probability | None = None
    rule: str | None = None
    evidence: list[EvidencePlace]


class Event(Model):
    """A change of a directive. ``actor``: ``machine``, or the name of a person.

    ``version`` is that of the program in whose run it happened, empty where a person made it.
    """

    at: str
    change: str
    actor: str
    version: str


class History(Model):
    """When the content of a directive was first met, and every change of it, in order."""

    first_seen_at: str
    items: list[Event]


class Verdict(Model):
    """What a person decides about two directives that may be one document.

    ``by`` is the person's name; the history keeps it. ``main`` is the id of the one that becomes
    the main version when they are merged; without it, the one with less to review.
    """

    model_config = ConfigDict(
        json_schema_extra={"example": {"decision": "rejected", "by": "Nguyễn Văn A"}}
    )

    decision: Decision
    by: str = Field(max_length=200, pattern=NAME)
    main: str | None = Field(None, pattern=r"^[A-Za-z0-9._-]{1,128}$")


class Lookup(Model):
    """Which directives; ids that are not there are named in ``missing``."""

    model_config = ConfigDict(json_schema_extra={"example": {"ids": ["vt-4f0c1d2e3a5b6978"]}})

    ids: list[Annotated[str, Field(min_length=1, max_length=128)]] = Field(min_length=1)


class Found(Model):
    """Whole records by id, and the ids that are not there, in the order asked."""

    items: list[Directive]
    missing: list[str]


class Change(Model):
    """A change of the feed; ``directive`` is the record as it is now, null once withdrawn."""

    cursor: str
    id: str
    change: Literal["created", "changed", "withdrawn"]
    at: str
    directive: Directive | None


class Changes(Model):
    """Changes in the order in which they happened.

    Ask again with ``cursor`` as ``since``: at once while ``more``, later otherwise.
    """

    items: list[Change]
    cursor: str
    more: bool


By = Annotated[
    str | None,
    Field(
        max_length=200,
        pattern=NAME,
        description="Who decides; the history keeps it. Not looked at where a token says so.",
    ),
]
Expected = Annotated[
    int | Annotated[str, Field(pattern="^[0-9a-f]{64}$")],
    Field(description="The version that was looked at: `change_seq`, or the content's hash."),
]


class Signed(Model):
    """Who does it."""

    model_config = ConfigDict(json_schema_extra={"example": {"by": "Nguyễn Văn A"}})

    by: By = None


class Undoing(Signed):
    """Who takes a decision back (``undone`` true), or makes it again (false).

    Without ``undone`` it becomes the other of what it is.
    """

    model_config = ConfigDict(json_schema_extra={"example": {"by": "Nguyễn Văn A", "undone": True}})

    undone: bool | None = None


class Approval(Model):
    """Who says that a document is right, and of which version of it."""

    model_config = ConfigDict(json_schema_extra={"example": {"by": "Nguyễn Văn A", "expected": 1}})

    by: By = None
    expected: Expected


class Decided(Model):
    """Decisions about one document by one person."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "by": "Nguyễn Văn A",
                "expected": 1,
                "decisions": [{"path": "number", "action": "correct", "value": "120/KH-LĐLĐ"}],
            }
        }
    )

    by: By = None
    expected: Expected
    decisions: Annotated[list[ReviewDecision], Field(min_length=1, max_length=200)]


class StandingDecisions(Version):
    """The version of a record that stands, and every decision about it in order."""

    items: list[Made]


class NextDocument(Model):
    """What to look at next; null: nothing waits."""

    document: QueueRow | None


class Completions(Model):
    """Values that a person may mean, the likeliest first."""

    items: list[Completion]
