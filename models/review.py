"""What the review desk shows beside a record: the queue, completions, what was learned."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from models.base import Model
from models.directive import FieldStatus, Review


class QueueRow(Model):
    """A document that waits. ``worth`` orders the queue, larger first, then ``waiting_since``.

    ``change_seq`` is the version of the record, to be given with decisions about it.
    """

    directive_id: str
    number: str | None
    number_status: FieldStatus
    issued: str | None
    issued_status: FieldStatus
    issuer: str | None
    doc_type: str | None
    subject: str | None
    path: str
    state: Literal["pending", "approved", "corrected"]
    reasons: tuple[str, ...]
    worth: int
    change_seq: int
    waiting_since: str


class ReviewCounts(Model):
    """How much waits and how much is done; ``…_today`` since midnight where the program runs.

    What was done and is read otherwise by the machine since counts as ``pending``: it waits anew.
    """

    pending: int
    approved: int
    corrected: int
    documents_today: int
    decisions_today: int


class Version(Model):
    """Which version of a record stands, and what is left to look at."""

    directive_id: str
    change_seq: int
    content_hash: str
    review: Review


class Completion(Model):
    """A value that a person may mean. ``source``: where it is known from; ``count``: how often a
    person confirmed it."""

    value: str
    source: Literal["lexicon", "archive", "list"]
    count: int = 0


LexiconKind = Literal["signer", "organisation", "abbreviation", "symbol", "word"]


class LexiconEntry(Model):
    """What people taught the archive: ``text`` is right, or means ``replacement`` where that is
    not empty; in documents of ``issuer`` only where that is not empty.

    ``count``: decisions that stand and say so. ``detail``: a signer's office and position.
    Times are ISO 8601 in UTC; ``revoked_…`` are null while it is used.
    """

    id: int
    kind: LexiconKind
    text: str
    replacement: str
    issuer: str
    detail: dict[str, JsonValue]
    count: int
    first_at: str
    last_at: str
    by: str
    revoked_at: str | None
    revoked_by: str | None
