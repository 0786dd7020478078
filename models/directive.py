"""The contract with the world: one directive, ``vanthu.directive/1``.

Field names are fixed: more may be added, none removed or re-used. ``vanthu schema`` prints the JSON
Schema of :class:`Directive`; ``vanthu export --format jsonl`` writes one object a line.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from models.base import Model, Origin, Probability
from models.finding import Evidence, Finding
from models.source import MediaType, SourceDocument, SourceKind

SCHEMA_NAME: Literal["vanthu.directive/1"] = "vanthu.directive/1"

#: ``accepted``: evidence suffices. ``review``: a value is proposed, a person must look.
#: ``unreadable``: something stands there and cannot be read (value is null, candidates listed).
#: ``absent``: the document does not have it.
FieldStatus = Literal["accepted", "review", "unreadable", "absent"]


class Alternative(Model):
    """Another reading that was considered."""

    value: str
    confidence: Probability = 0.0
    origin: Origin = Field(default="ocr", alias="from")


class FieldValue(Model):
    """One extracted value with everything that a sceptical reader needs.

    ``value`` is normalised (NFC); ``raw`` is the text as printed; ``rule`` names the rule that made
    the value. ``unreadable`` and ``absent`` fields have ``value`` null.
    """

    value: str | None = None
    raw: str | None = None
    confidence: Probability = 0.0
    status: FieldStatus = "absent"
    alternatives: tuple[Alternative, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    rule: str = ""


ABSENT = FieldValue()


class Source(Model):
    """Where the directive came from. ``path`` is the first (in code-point order) of its names."""

    path: str
    sha256: str
    media_type: MediaType
    pages: int
    kind: SourceKind
    other_paths: tuple[str, ...] = ()


class Campaign(Model):
    """The campaign a directive belongs to, one id for all spellings of its name."""

    id: str
    name: str
    evidence: tuple[Evidence, ...] = ()


class Signer(Model):
    """``authority`` is the TM./TL./TUQ. line (Decree 30, Annex I, II.7); ``position`` the rest."""

    name: FieldValue = ABSENT
    authority: FieldValue = ABSENT
    position: FieldValue = ABSENT


class Incoming(Model):
    """The receiving office's stamp: its register's number and the day of arrival.

    Decree 30/2020/ND-CP, Article 22. The number is the receiver's and never the document's own.
    """

    number: FieldValue = ABSENT
    received: FieldValue = ABSENT
    office: FieldValue = ABSENT


class SignatureFact(Model):
    """What a digital signature of the file states; ``signed_at`` is ISO 8601 with its offset."""

    signer: str | None = None
    organisation: str | None = None
    signed_at: str | None = None
    evidence: tuple[Evidence, ...] = ()


Relation = Literal[
    "implements", "based_on", "amends", "replaces", "answers", "follows", "annex_of", "forwards",
    "mentions",
]  # fmt: skip


class Citation(Model):
    """Another document named in this one, and what this one does with it.

    ``title`` is the name of a document that is cited without a number (a law, an appeal).
    """

    number: FieldValue = ABSENT
    title: FieldValue = ABSENT
    doc_type: FieldValue = ABSENT
    issued: FieldValue = ABSENT
    issuer: FieldValue = ABSENT
    relation: Relation = "mentions"
    resolved_id: str | None = None
    evidence: tuple[Evidence, ...] = ()


Comparator = Literal["=", ">=", ">", "<=", "<"]


class Target(Model):
    """A typed claim about a figure. ``value`` is a number; ``period`` is EDTF."""

    kind: Literal["quota", "coverage", "per_unit", "result", "aspiration"]
    text: str
    value: float | int | None = None
    comparator: Comparator = "="
    unit: str | None = None
    population: str | None = None
    period: str | None = None
    breakdown_of: int | None = None
    confidence: Probability = 0.0
    status: FieldStatus = "review"
    evidence: tuple[Evidence, ...] = ()


class Deadline(Model):
    """A date by which something is due. ``date`` is EDTF, ``recurrence`` RFC 5545 or ISO 8601."""

    text: str
    date: str | None = None
    operator: Literal["before", "by", "from", "within"] = "by"
    recurrence: str | None = None
    action: str = ""
    responsible: str = ""
    confidence: Probability = 0.0
    status: FieldStatus = "review"
    evidence: tuple[Evidence, ...] = ()


class Review(Model):
    """Whether a person has looked, and what a person should look at."""

    state: Literal["pending", "approved", "corrected"] = "pending"
    reasons: tuple[str, ...] = ()


class Directive(Model):
    """One document of the archive as a record."""

    schema_: Literal["vanthu.directive/1"] = Field(default=SCHEMA_NAME, alias="schema")
    id: str
    source: Source
    issuer: FieldValue = ABSENT
    parent_issuer: FieldValue = ABSENT
    number: FieldValue = ABSENT
    serial: FieldValue = ABSENT
    symbol: FieldValue = ABSENT
    place: FieldValue = ABSENT
    issued: FieldValue = ABSENT
    doc_type: FieldValue = ABSENT
    subject: FieldValue = ABSENT
    campaign: Campaign | None = None
    recipients: tuple[FieldValue, ...] = ()
    copied_to: tuple[FieldValue, ...] = ()
    signer: Signer = Signer()
    citations: tuple[Citation, ...] = ()
    targets: tuple[Target, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    findings: tuple[Finding, ...] = ()
    review: Review = Review()
    #: "Hỏa tốc", "Thượng khẩn", "Khẩn"; "Tuyệt mật", "Tối mật", "Mật" (Decree 30, Article 8).
    urgency: FieldValue = ABSENT
    secrecy: FieldValue = ABSENT
    incoming: Incoming = Incoming()
    signatures: tuple[SignatureFact, ...] = ()
    #: The directive that a person took for the main version of the same document.
    version_of: str | None = None

    @classmethod
    def of(cls, source: SourceDocument) -> Directive:
        """A directive that says where it came from and nothing else.

        Its id is made of the content alone, and its path stays empty: the archive knows the names,
        the content does not.
        """
        return cls(
            id=f"vt-{source.sha256[:16]}",
            source=Source(
                path="",
                sha256=source.sha256,
                media_type=source.media_type,
                pages=len(source.pages),
                kind=source.kind,
            ),
        )
