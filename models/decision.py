"""What a person decides about a record, and how the archive keeps it.

A decision names a *path*: a field (``number``, ``issued``, ``signer.name``, ``incoming.received``),
an item of a list (``recipients/2``, ``citations/1/number``, ``targets/0/value``), a list to which
something is added (``recipients``), a word of a page (``pages/2/14/3``: page from 1, line and word
from 0 as in :class:`models.text.Edit`), or nothing: the whole document.

The machine's record is kept as it is; what is shown is the machine's record with the decisions that
stand on top (:mod:`models.deciding`). So every decision can be taken back by itself, and a better
reading by the machine never loses one.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from models.base import Model
from models.directive import FieldStatus, Review

#: ``accept``: the value (or the repair of a word) stands as it is; ``choose``: one of the
#: alternatives; ``correct``: a typed value; ``unreadable`` and ``absent``: there is no value;
#: ``add`` and ``remove``: items of lists; ``revert``: a word as it was read, the repair undone;
#: ``approve``: the whole document as it stands.
Action = Literal[
    "accept", "choose", "correct", "unreadable", "absent", "add", "remove", "revert", "approve"
]
State = Literal["pending", "approved", "corrected"]
#: Actions that change a value.
CHANGING: frozenset[Action] = frozenset(
    {"choose", "correct", "unreadable", "absent", "add", "remove", "revert"}
)


class Seen(Model):
    """What was shown to the person who decides: a guard besides the record's version."""

    value: JsonValue = None
    status: FieldStatus | None = None


class Decision(Model):
    """A decision about one path.

    ``value`` is what is chosen or typed: text for fields, a number or text for the parts of
    targets, an object (or text) for an item that is added. It is brought into the form of the
    contract: a date may be typed ``25/4/2022``.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"path": "number", "action": "correct", "value": "120/KH-LĐLĐ"}
        }
    )

    path: str = Field("", max_length=80)
    action: Action
    value: JsonValue = None
    seen: Seen | None = None


class Made(Model):
    """A decision as the archive keeps it.

    ``before``: the field or item that it was made about, as JSON of the contract; ``machine``: what
    the machine read there. ``seq`` is its number in the history; ``undone_…`` are null while it
    stands. Times are ISO 8601 in UTC.
    """

    id: int
    directive_id: str
    path: str
    action: Action
    value: JsonValue = None
    before: JsonValue = None
    machine: JsonValue = None
    actor: str
    token_id: int | None = None
    at: str
    seq: int
    undone_at: str | None = None
    undone_by: str | None = None
    undone_seq: int | None = None

    @property
    def stands(self) -> bool:
        """Whether it was not undone."""
        return self.undone_at is None


class Outcome(Model):
    """What decisions led to: the record's new version and what is left to look at."""

    directive_id: str
    change_seq: int
    review: Review
    decisions: tuple[Made, ...]
