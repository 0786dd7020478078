"""The tables of ``vanthu.db``, for whoever reads it; each column says in its comment what it holds.

* ``directives`` -- one row a directive: the whole record as JSON in ``document`` (the contract
  without its paths), and copies of the few values that lists filter and sort by. ``pages`` has
  the text of its pages; ``recipients``, ``citations``, ``targets``, ``deadlines``, ``findings`` are
  the record's lists as rows. All of these are made from ``document`` and never changed apart.
* ``sources`` -- one row a content (by SHA-256), ``source_paths`` -- under which names it was seen.
  Names are joined to a directive when it is read, so a record does not depend on the order in which
  files were found. A name whose content changed stays, with ``current`` 0, on the old content; a
  directive none of whose names is current is *superseded* and kept.
* ``search_texts`` -- what is searched, folded into tokens by ``words``; ``directive_fts`` is its
  FTS5 index (kept by triggers). One row a directive, so that words on different pages are found
  together; the page is told from the text.
* ``quarantine`` -- files that failed, and why. ``runs`` -- which command ran when.
* ``history`` -- every change of a directive, never changed or deleted itself (triggers see to it);
  ``seq`` only grows and is the cursor of a feed.
* ``tokens`` -- who may ask the server from outside: a hash, never the token itself.

Dates of documents are EDTF as in the contract; ``*_first`` and ``*_last`` are the days they can
mean. Times of the machine are ISO 8601 in UTC and are in ``runs``, ``history``, ``quarantine`` and
``sources`` only: nothing that is exported depends on when or how often something ran.

Changing a table takes a new Alembic revision in ``migrations/versions`` and a new :data:`HEAD`.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)

from pipeline.archive.dialects import LargeInteger, Text

#: The revision that this version reads and writes; a test holds it against the migrations.
HEAD: Final = "0002"
#: SQLite's application_id, the letters "VNTH": tells our database from any other.
APPLICATION_ID: Final = 0x564E5448

metadata = MetaData()


def _text(name: str, comment: str, **more: Any) -> Column[str]:
    return Column(name, Text, nullable=False, comment=comment, **more)


def _maybe(name: str, comment: str) -> Column[str | None]:
    return Column(name, Text, nullable=True, comment=comment)


def _count(name: str, comment: str) -> Column[int]:
    return Column(name, Integer, nullable=False, comment=comment)


def _owner() -> list[Column[Any]]:
    """The columns of a row that is an item of one of a directive's lists."""
    return [
        Column(
            "directive_pk",
            ForeignKey("directives.pk", ondelete="CASCADE"),
            primary_key=True,
            comment="whose item it is",
        ),
        Column("position", Integer, primary_key=True, comment="place in the list, from 0"),
    ]


sources = Table(
    "sources",
    metadata,
    Column("sha256", Text, primary_key=True, comment="hash of the content, lower-case hex"),
    Column("byte_size", LargeInteger, nullable=False, comment="size of the content in bytes"),
    _text("media_type", "IANA media type, by content"),
    _text("kind", "scan, born_digital, mixed or text"),
    _count("pages", "number of pages"),
    _text("document", "the SourceDocument as JSON"),
    _text("first_seen_at", "when the content was first met"),
)

source_paths = Table(
    "source_paths",
    metadata,
    Column("path", Text, primary_key=True, comment="the name as ingest shows it"),
    Column(
        "sha256",
        ForeignKey("sources.sha256"),
        primary_key=True,
        comment="the content under that name",
    ),
    _count("current", "1: the name's latest content; 0: the name has other content now"),
    Column("location", LargeBinary, comment="absolute path as the system's own bytes"),
    Index("ix_source_paths_sha256", "sha256", "current"),
)

directives = Table(
    "directives",
    metadata,
    Column("pk", Integer, primary_key=True, comment="row number, inside this database only"),
    _text("id", "the directive's stable id", unique=True),
    Column("sha256", ForeignKey("sources.sha256"), nullable=False, comment="its content"),
    _text("result_key", "key of the stage results it was made from; unequal: to be redone"),
    _text("content_hash", "SHA-256 of document and pages; equal: nothing changed"),
    _maybe("number", "number, as in the contract"),
    _text("number_status", "status of the number field"),
    _text("number_key", "number folded, without punctuation and leading zeros: 482ldld"),
    _maybe("serial", "serial part of the number"),
    _maybe("issuer", "issuing body"),
    _text("issuer_key", "issuer folded"),
    _maybe("doc_type", "type of document"),
    _text("doc_type_key", "type folded"),
    _maybe("issued", "date of issue, EDTF"),
    _text("issued_status", "status of the date field"),
    _maybe("issued_first", "first day the date can mean"),
    _maybe("issued_last", "last day the date can mean"),
    _maybe("subject", "subject"),
    _maybe("campaign_id", "id of the campaign"),
    _maybe("campaign_name", "name of the campaign"),
    _text("state", "review state: pending, approved or corrected"),
    _text("reasons", "what a person should look at: JSON list"),
    _count("reason_count", "how many reasons"),
    _text("document", "the contract as JSON, source.path empty: paths are in source_paths"),
    Index("ix_directives_sha256", "sha256"),
    Index("ix_directives_number_key", "number_key", postgresql_using="hash"),
    Index("ix_directives_serial", "serial", postgresql_using="hash"),
    Index("ix_directives_issued", "issued_first", "id"),
    Index("ix_directives_campaign", "campaign_id"),
    Index("ix_directives_state", "state", "reason_count"),
)

pages = Table(
    "pages",
    metadata,
    Column("pk", Integer, primary_key=True, comment="row number, inside this database only"),
    Column(
        "directive_pk",
        ForeignKey("directives.pk", ondelete="CASCADE"),
        nullable=False,
        comment="whose page",
    ),
    _count("page", "page number, from 1"),
    _text("read_by", "ocr, text_layer, text or person"),
    _text("engine", "name and version of what read it"),
    _text("text_raw", "the text before repair, without overlays"),
    _text("text", "the text after repair, without overlays"),
    Column("document", LargeBinary, nullable=False, comment="PageText as JSON, zlib"),
    UniqueConstraint("directive_pk", "page"),
)

recipients = Table(
    "recipients",
    metadata,
    *_owner(),
    Column("kind", Text, primary_key=True, comment="to (Kính gửi) or copied (Nơi nhận)"),
    _maybe("value", "name, normalised"),
    _maybe("raw", "as printed"),
    _text("value_key", "name folded"),
    _text("status", "accepted, review, unreadable or absent"),
    Index("ix_recipients_value", "value_key", postgresql_using="hash"),
)

citations = Table(
    "citations",
    metadata,
    *_owner(),
    _maybe("number", "number of the cited document"),
    _text("number_status", "status of that field"),
    _text("number_key", "folded, as in directives"),
    _maybe("doc_type", "its type"),
    _maybe("issued", "its date, EDTF"),
    _maybe("issuer", "its issuer"),
    _text("relation", "what this document does with it"),
    _maybe("resolved_id", "id of the cited directive, where it is in the archive"),
    Index("ix_citations_number_key", "number_key", postgresql_using="hash"),
    Index("ix_citations_resolved", "resolved_id"),
)

targets = Table(
    "targets",
    metadata,
    *_owner(),
    _text("kind", "quota, coverage, per_unit, result or aspiration"),
    _text("text", "the words of the claim"),
    Column("value", Float, comment="the figure"),
    _text("comparator", "=, >=, >, <= or <"),
    _maybe("unit", "what is counted"),
    _maybe("population", "of whom"),
    _maybe("period", "when, EDTF"),
    Column("breakdown_of", Integer, comment="position of the target that it is a part of"),
    _text("status", "accepted, review, unreadable or absent"),
)

deadlines = Table(
    "deadlines",
    metadata,
    *_owner(),
    _text("text", "the words of the deadline"),
    _maybe("date", "EDTF"),
    _maybe("date_first", "first day it can mean"),
    _maybe("date_last", "last day it can mean"),
    _text("operator", "before, by, from or within"),
    _maybe("recurrence", "RFC 5545 or ISO 8601"),
    _text("action", "what is due"),
    _text("responsible", "from whom"),
    _text("status", "accepted, review, unreadable or absent"),
    Index("ix_deadlines_date", "date_last"),
)

findings = Table(
    "findings",
    metadata,
    *_owner(),
    _text("code", "stable dotted name"),
    _text("severity", "info, warning or error"),
    _text("message", "one sentence"),
    Column("page", Integer, comment="first page it was seen on"),
    Index("ix_findings_code", "code"),
)

search_texts = Table(
    "search_texts",
    metadata,
    Column(
        "pk",
        ForeignKey("directives.pk", ondelete="CASCADE"),
        primary_key=True,
        comment="the directive's pk",
    ),
    _text("number", "tokens of its number"),
    _text("title", "tokens of type, subject, issuers, signer, campaign"),
    _text("body", "tokens of its pages' repaired text"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("path", Text, primary_key=True, comment="the name as ingest shows it"),
    Column("location", LargeBinary, comment="absolute path as the system's own bytes"),
    _maybe("sha256", "hash of the content, where it could be read"),
    _text("category", "category of the failure"),
    _text("failure", "the Failure as JSON"),
    _count("attempts", "how often it was tried"),
    _text("first_at", "when it first failed"),
    _text("last_at", "when it last failed"),
    Column("run_id", ForeignKey("runs.id"), nullable=False, comment="the run it last failed in"),
    Index("ix_quarantine_category", "category"),
    Index("ix_quarantine_sha256", "sha256"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True, comment="grows"),
    _text("command", "what was run"),
    _text("version", "of vanthu"),
    _text("started_at", "when it began"),
    _maybe("ended_at", "when it ended; null: still running, or killed"),
    _maybe("outcome", "how it ended"),
    _text("counts", "what it counted: JSON object"),
    sqlite_autoincrement=True,
)

history = Table(
    "history",
    metadata,
    Column("seq", Integer, primary_key=True, comment="grows by every change, never re-used"),
    _text("at", "when"),
    Column("run_id", ForeignKey("runs.id"), comment="in which run"),
    _text("directive_id", "of which directive"),
    _text("change", "created, changed, superseded or reinstated"),
    _text("actor", "machine, or the person"),
    _text("version", "of vanthu"),
    Column("before", LargeBinary, comment="the document that was replaced, JSON in zlib"),
    Index("ix_history_directive", "directive_id", "seq"),
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True, comment="grows"),
    _text("name", "who holds it"),
    _text("digest", "SHA-256 of the token, lower-case hex", unique=True),
    _text("scope", "read, review or admin; each includes those before it"),
    _text("created_at", "when it was made"),
    _maybe("expires_at", "from when on it is refused"),
    _maybe("revoked_at", "when it was taken back"),
    sqlite_autoincrement=True,
)

#: The tables whose rows are a directive's lists.
LISTS: Final = (recipients, citations, targets, deadlines, findings)
