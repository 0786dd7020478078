"""What the archive is asked with, and what it answers with."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator

from models.base import Model
from models.directive import Comparator, FieldStatus, Relation
from models.failure import Failure
from models.finding import Severity
from pipeline.archive.levels import Addressee, GroupLevel, Scope
from pipeline.errors import NotFound

#: The type, where a field is called ``date``.
Day = date
ReviewState = Literal["pending", "approved", "corrected"]
Level = Literal["central", "province", "district", "commune", "sector", "grassroots", "unknown"]
TargetKind = Literal["quota", "coverage", "per_unit", "result", "aspiration"]


def _iso(value: object) -> object:
    if type(value) is date or (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        return value
    raise ValueError("a day is written as 2022-06-30")


_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: A day that somebody asks for: a number is none (it would be taken for seconds since 1970).
AskedDay = Annotated[date, BeforeValidator(_iso)]


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
    them. ``id``: it is that directive. ``level`` is that of the issuer; ``province`` is the
    issuer's as it was called at the time, ``province_now`` the one its place belongs to since
    1 July 2025, both with or without marks.
    """

    id: str | None = None
    issuer: str | None = None
    doc_type: str | None = None
    number: str | None = None
    issued_from: AskedDay | None = None
    issued_to: AskedDay | None = None
    state: ReviewState | None = None
    needs_review: bool | None = None
    finding: str | None = None
    campaign: str | None = None
    superseded: bool | None = None
    text: str | None = None
    target_kind: TargetKind | None = None
    deadline_from: AskedDay | None = None
    deadline_to: AskedDay | None = None
    level: Level | None = None
    province: str | None = None
    province_now: str | None = None


class HistoryRow(Model):
    """One entry of a directive's history; ``at`` is ISO 8601 in UTC."""

    at: str
    change: str
    actor: str
    version: str


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


class Cited(Model):
    """What every row that is an item of a directive says of that directive."""

    directive_id: str
    directive_number: str | None
    directive_issuer: str | None
    directive_issued: str | None
    path: str
    position: int


class TargetRow(Cited):
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


class DeadlineRow(Cited):
    """A deadline, with the document that sets it."""

    text: str
    date: str | None
    operator: str
    recurrence: str | None
    action: str
    responsible: str
    status: FieldStatus


class CitationRow(Cited):
    """A citation, with the document that makes it."""

    number: str | None
    number_status: FieldStatus
    doc_type: str | None
    issued: str | None
    issuer: str | None
    relation: Relation
    resolved_id: str | None


class Claim(Cited):
    """A figure as one document states it: which document, page and words.

    ``first`` and ``last`` are the days that ``period`` can mean; of a result without a period they
    are the document's own day, and ``dated_by_document`` says so.
    """

    kind: TargetKind
    value: float | int
    comparator: Comparator
    unit: str | None
    population: str | None
    period: str | None
    first: str | None
    last: str | None
    dated_by_document: bool
    status: FieldStatus
    text: str
    page: int | None


class ProgressRow(Model):
    """A goal with the result that can be held against it.

    ``part`` is 0 for a whole and 1 for a part of it ("trong đó"), which follows its whole. Where
    nothing can be compared, ``goal`` or ``result`` is null, or both stand without a ``ratio``, and
    ``reason`` tells why. ``ratio`` is the result in parts of the goal (0.5225), ``at_least`` that
    the document says "over" so much; ``stated_percent`` is what the result's document itself says.
    ``standing`` compares the figures, ``met`` honours the goal's comparator. ``status`` is the
    worse of the two: a ratio whose status is not ``accepted`` rests on what a person must confirm.
    """

    campaign: str | None
    campaign_name: str | None
    organisation: str | None
    unit: str | None
    population: str | None
    part: int
    goal: Claim | None
    result: Claim | None
    ratio: float | None = None
    at_least: bool = False
    stated_percent: float | int | None = None
    standing: Literal["below", "at", "above"] | None = None
    met: bool | None = None
    status: FieldStatus
    reason: str = ""


class DueRow(Cited):
    """A deadline on a day. ``days`` from the day that was asked for, below zero: it has passed.

    ``due`` is the last day on which one is in time: the day before where the text says "before".
    ``basis`` says what it rests on: ``date``, the document's date; ``day``, a recurrence that names
    the day; ``period``, the end of a period of the calendar, which the document does not name.
    ``until`` is the end of the action as the same document dates it; a recurrence ends there.
    """

    due: Day
    days: int
    basis: Literal["date", "day", "period"]
    status: FieldStatus
    operator: str
    date: str | None
    recurrence: str | None
    until: str | None
    action: str
    responsible: str
    text: str
    page: int | None
    directive_number_status: FieldStatus


class ToldRow(Cited):
    """An address of a document, with whom it means.

    ``kind`` is ``to`` ("Kính gửi") or ``copied`` ("Nơi nhận"). ``as_above``: the words are "Như
    trên", and this is one of those whom they mean. A ``body`` has its organisation, level and
    province; a ``group`` its level, where its members are (``scope``, ``province``), and the names
    of those that the archive knows: not all there are. ``body_kind`` is union, party, state or
    other. ``province`` is as of the time, ``province_now`` as of today.
    """

    kind: Literal["to", "copied"]
    name: str | None
    status: FieldStatus
    as_above: bool
    addressee: Addressee
    body_kind: str
    level: GroupLevel
    scope: Scope | None
    province: str | None
    province_now: str | None
    organisation_id: str | None
    members: tuple[str, ...]
    page: int | None


class FindingRow(Cited):
    """A finding, with the document that it is on."""

    code: str
    severity: Severity
    message: str
    page: int | None


class FindingCount(Model):
    """How often a kind of finding was made, and on how many documents."""

    code: str
    severity: Severity
    findings: int
    documents: int


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
    "totals.wrong",
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
