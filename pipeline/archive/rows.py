"""What the archive is asked with, and what it answers with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from models.base import Model
from models.directive import Comparator, FieldStatus, Relation
from models.failure import Failure
from models.finding import Severity
from pipeline.errors import NotFound

ReviewState = Literal["pending", "approved", "corrected"]
TargetKind = Literal["quota", "coverage", "per_unit", "result", "aspiration"]


class Ambiguous(NotFound):
    """More than one document answers to what was asked; ``detail`` lists their ids, one a line."""

    default_advice = "Give the whole id, or more of the number."


class Filter(Model):
    """Which directives; every condition that is set must hold.

    ``issuer`` is a part of the issuer's name and, like ``doc_type`` and ``text``, is compared
    without marks and case. A date that is only known as a month matches where any day of it lies
    between ``issued_from`` and ``issued_to``. ``needs_review``: a person should still look.
    ``superseded``: no file has this content any more. ``target_kind``: it has a target of that
    kind. ``deadline_from`` and ``deadline_to``: it has a deadline of which some day lies between
    them. ``id``: it is that directive.
    """

    id: str | None = None
    issuer: str | None = None
    doc_type: str | None = None
    number: str | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    state: ReviewState | None = None
    needs_review: bool | None = None
    finding: str | None = None
    campaign: str | None = None
    superseded: bool | None = None
    text: str | None = None
    target_kind: TargetKind | None = None
    deadline_from: date | None = None
    deadline_to: date | None = None


class DirectiveRow(Model):
    """One line of a table of directives."""

    id: str
    number: str | None
    number_status: FieldStatus
    issued: str | None
    issued_status: FieldStatus
    issuer: str | None
    doc_type: str | None
    subject: str | None
    campaign: str | None
    state: ReviewState
    reasons: tuple[str, ...]
    superseded: bool
    path: str


class SearchHit(Model):
    """A document that answers a search, with the place that shows why.

    ``snippet`` is text as it stands in the document (NFC, line ends as blanks), ``…`` where it was
    cut; ``marks`` are spans of it that were asked for. ``page`` is null where the words stand in
    the record (a number that only the file's name tells, say). ``score`` grows with relevance;
    hits come best first: a document whose number was asked for, then those in which the words
    stand with the very marks that were typed, then by score.
    """

    id: str
    number: str | None
    issued: str | None
    issuer: str | None
    doc_type: str | None
    subject: str | None
    path: str
    page: int | None
    snippet: str
    marks: tuple[tuple[int, int], ...]
    score: float


class _Cited(Model):
    """What every row that is an item of a directive says of that directive."""

    directive_id: str
    directive_number: str | None
    directive_issuer: str | None
    directive_issued: str | None
    path: str
    position: int


class TargetRow(_Cited):
    """A target, with the document that sets it."""

    kind: str
    text: str
    value: float | int | None
    comparator: Comparator
    unit: str | None
    population: str | None
    period: str | None
    breakdown_of: int | None
    status: FieldStatus


class DeadlineRow(_Cited):
    """A deadline, with the document that sets it."""

    text: str
    date: str | None
    operator: str
    recurrence: str | None
    action: str
    responsible: str
    status: FieldStatus


class CitationRow(_Cited):
    """A citation, with the document that makes it."""

    number: str | None
    number_status: FieldStatus
    doc_type: str | None
    issued: str | None
    issuer: str | None
    relation: Relation
    resolved_id: str | None


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """A file that failed. ``location`` is where it lay, as the system's own bytes."""

    path: str
    failure: Failure
    attempts: int
    sha256: str | None
    location: bytes | None
    first_at: str
    last_at: str

    @property
    def file(self) -> Path:
        """The file to try again: absolute, where it is known."""
        return Path(os.fsdecode(self.location) if self.location is not None else self.path)


DamageKind = Literal[
    "original.missing",
    "original.changed",
    "original.orphan",
    "original.stray",
    "result.damaged",
    "result.missing",
    "result.stray",
    "database.damaged",
    "database.reference",
    "database.inconsistent",
    "history.broken",
    "search.stale",
]


class Damage(Model):
    """Something that ``verify`` found. ``where`` is a path inside the archive, or a directive's id.

    ``info`` costs nothing (a copy that nobody names yet); ``warning`` mends itself by running
    again; ``error`` is a loss.
    """

    kind: DamageKind
    severity: Severity
    where: str
    message: str
