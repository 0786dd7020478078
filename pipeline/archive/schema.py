"""The tables of ``vanthu.db``, for whoever reads it; each column says in its comment what it holds.

* ``records`` -- one row a directive: the whole record as JSON in ``document`` (the contract without
  its paths). ``directives`` has copies of the few values that lists filter and sort by, under the
  same key, in a table apart: a million of its rows fit into memory. ``pages`` has the text of its
  pages; ``recipients``, ``citations``, ``targets``, ``deadlines``, ``findings`` are the record's
  lists as rows. All of these are made from ``document`` and never changed apart.
* ``sources`` -- one row a content (by SHA-256), ``source_paths`` -- under which names it was seen.
  Names are joined to a directive when it is read, so a record does not depend on the order in which
  files were found. A name whose content changed stays, with ``current`` 0, on the old content; a
  directive none of whose names is current is *superseded* and kept.
* ``search_texts`` -- what is searched, folded into tokens by ``words``; ``directive_fts`` is its
  FTS5 index (kept by triggers). One row a directive, so that words on different pages are found
  together; the page is told from the text. ``directive_fts_titles`` is an index of numbers and
  titles alone: words that every body has are found in titles without reading on. ``search_words``
  (SQLite too) lists the words that texts have: by it a beginning is asked for.
* ``finding_totals`` -- how many rows ``findings`` has of each kind (kept by triggers).
* ``quarantine`` -- files that failed, and why. ``runs`` -- which command ran when.
* ``organisations`` -- issuers, recipients and cited bodies, each once, with kind, level and
  province; made from their names by rule. ``campaigns`` and ``campaign_names`` -- campaigns, and
  how documents spell them.
* ``merges`` -- pairs of directives that may be one document, and what a person decided;
  ``text_bands`` finds texts that are alike.
* ``history`` -- every change of a directive, never changed or deleted itself (triggers see to it);
  ``seq`` only grows and is the cursor of a feed: ``change_seq`` of a directive is its latest.
* Views named ``v_…`` are for analysts, with stable names: docs/views.md describes them.
* ``about`` -- what the archive knows of itself: its ``id``, new after a restore, and
  ``former:…`` ids with the last ``seq`` up to which their cursors hold.
* ``decisions`` -- what people decided about fields, items of lists, words and whole documents.
  What a directive's row shows is the machine's record with those that stand on top;
  ``machine_records`` keeps the machine's own where there are any. ``lexicon`` -- what was learned
  from them.
* ``tokens`` -- who may ask the server from outside: a hash, never the token itself.

Dates of documents are EDTF as in the contract; ``*_first`` and ``*_last`` are the days they can
mean. Times of the machine are ISO 8601 in UTC and are in ``runs``, ``history``, ``quarantine`` and
``sources`` only: nothing that is exported depends on when or how often something ran.

Changing a table takes a new Alembic revision in ``migrations/versions`` and a new :data:`HEAD`.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from pipeline.archive.dialects import LargeInteger, Packed, Text

#: The revision that this version reads and writes; a test holds it against the migrations.
HEAD: Final = "0006"
#: SQLite's application_id, the letters "VNTH": tells our database from any other.
APPLICATION_ID: Final = 0x564E5448

metadata = MetaData()


def _text(name: str, comment: str, **more: Any) -> Column[str]:
    return Column(name, Text, nullable=False, comment=comment, **more)


def _maybe(name: str, comment: str) -> Column[str | None]:
    return Column(name, Text, nullable=True, comment=comment)


def _count(name: str, comment: str) -> Column[int]:
    return Column(name, Integer, nullable=False, comment=comment)


def _page() -> Column[int | None]:
    return Column("page", Integer, nullable=True, comment="first page it was seen on")


def _refers(name: str, column: str, comment: str) -> Column[int | None]:
    """A reference to a row of another table, where there is one."""
    return Column(name, Integer, ForeignKey(column), nullable=True, comment=comment)


def _inexact(name: str, last: str, first: str, *more: str) -> Index:
    """An index of the rows whose date can mean several days, the few of them; by its last day."""
    several = text(f"{first} <> {last}")
    return Index(name, last, first, *more, sqlite_where=several, postgresql_where=several)


def _former(name: str, *columns: str) -> Index:
    """An index of the names whose content is another by now, the few of them."""
    former = text("current = 0")
    return Index(name, *columns, sqlite_where=former, postgresql_where=former)


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
    Index("ix_source_paths_sha256", "sha256", "current", "path"),
    _former("ix_source_paths_former", "current"),
)

organisations = Table(
    "organisations",
    metadata,
    Column("pk", Integer, primary_key=True, comment="row number, inside this database only"),
    _text("id", "stable id made of name and province", unique=True),
    _text("name", "full name in proper case"),
    _text("key", "name folded"),
    _text("kind", "union, party, state or other"),
    _text("level", "central, province, district, commune, sector, grassroots or unknown"),
    _maybe("province", "province as it was called at the time of the documents"),
    _maybe("province_now", "the province that its place belongs to since 1 July 2025"),
    _refers("parent", "organisations.pk", "the next higher body, where the rules tell it"),
    Index("ix_organisations_key", "key"),
    Index("ix_organisations_province", "province", "level"),
    Index("ix_organisations_province_now", "province_now", "level"),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Text, primary_key=True, comment="the campaign's stable id"),
    _text("name", "its name"),
)

campaign_names = Table(
    "campaign_names",
    metadata,
    Column(
        "campaign_id",
        ForeignKey("campaigns.id", ondelete="CASCADE"),
        primary_key=True,
        comment="whose name",
    ),
    Column("key", Text, primary_key=True, comment="the name folded"),
    _text("name", "as a document spells it"),
    Index("ix_campaign_names_key", "key"),
)

_DATES: Final = ("issued_first", "issued_last")

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
    _text("serial_status", "status of that field"),
    _maybe("issuer", "issuing body"),
    _text("issuer_status", "status of that field"),
    _text("issuer_key", "issuer folded"),
    _refers("issuer_org", "organisations.pk", "the issuer"),
    _refers("parent_org", "organisations.pk", "the body above it, as the document says"),
    _maybe("doc_type", "type of document"),
    _text("doc_type_status", "status of that field"),
    _text("doc_type_key", "type folded"),
    _maybe("issued", "date of issue, EDTF"),
    _text("issued_status", "status of the date field"),
    _maybe("issued_first", "first day the date can mean"),
    _maybe("issued_last", "last day the date can mean"),
    _maybe("subject", "subject"),
    _text("subject_status", "status of that field"),
    _maybe("campaign_id", "of campaigns"),
    _maybe("campaign_name", "name of the campaign"),
    _text("state", "review state: pending, approved or corrected"),
    _text("reasons", "what a person should look at: JSON list"),
    _count("reason_count", "how many reasons"),
    _count("review_rank", "place among what waits for a person, less is sooner; 0: does not"),
    _refers("version_of", "directives.pk", "the main version, where a person merged the two"),
    _count("created_seq", "history.seq of its first change"),
    _count("change_seq", "history.seq of its latest change"),
    Column("live_seq", Integer, comment="history.seq since which a file has it; null: superseded"),
    Column("signature", LargeBinary, comment="bands of its text; null: too short to compare"),
    Index("ix_directives_sha256", "sha256"),
    Index("ix_directives_identity", "number_key", "issuer_org", "issued"),
    # With what most filters ask of: who meets several conditions is told by one of them alone.
    Index("ix_directives_issuer_org", "issuer_org", *_DATES, "campaign_id", "doc_type_key"),
    Index("ix_directives_parent_org", "parent_org"),
    Index("ix_directives_type", "doc_type_key", *_DATES, "campaign_id", "issuer_org"),
    Index("ix_directives_change", "change_seq"),
    Index("ix_directives_live", "live_seq"),
    Index("ix_directives_version_of", "version_of"),
    Index("ix_directives_serial", "serial", postgresql_using="hash"),
    Index("ix_directives_issued", "issued_first", "id"),
    _inexact("ix_directives_inexact", "issued_last", "issued_first"),
    Index("ix_directives_campaign", "campaign_id", *_DATES, "doc_type_key", "issuer_org"),
    Index(
        "ix_directives_issuer_key",
        "issuer_key",
        *_DATES,
        "campaign_id",
        "doc_type_key",
        "issuer_org",
    ),
    Index("ix_directives_work", "campaign_id", "issuer_key", "issued_first"),
    Index("ix_directives_state", "state", "reason_count"),
    # With live_seq: what waits is counted in the index alone.
    Index("ix_directives_review", "state", "review_rank", "created_seq", "live_seq"),
)

records = Table(
    "records",
    metadata,
    Column(
        "pk",
        ForeignKey("directives.pk", ondelete="CASCADE"),
        primary_key=True,
        comment="whose record",
    ),
    Column(
        "document",
        Packed,
        nullable=False,
        comment="the contract as JSON in zlib, without what is joined when it is read",
    ),
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
    _maybe("text_raw", "the text before repair, without overlays; null: as text"),
    _text("text", "the text after repair, without overlays"),
    Column(
        "document", LargeBinary, nullable=False, comment="what else the page says, see page_form"
    ),
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
    _page(),
    _refers("org", "organisations.pk", "the organisation"),
    Index("ix_recipients_value", "value_key", postgresql_using="hash"),
    Index("ix_recipients_org", "org", "kind", "directive_pk"),
)

citations = Table(
    "citations",
    metadata,
    *_owner(),
    _maybe("number", "number of the cited document"),
    _text("number_status", "status of that field"),
    _text("number_key", "folded, as in directives"),
    _maybe("doc_type", "its type"),
    _text("doc_type_status", "status of that field"),
    _maybe("issued", "its date, EDTF"),
    _text("issued_status", "status of that field"),
    _maybe("issuer", "its issuer"),
    _text("issuer_status", "status of that field"),
    _refers("issuer_org", "organisations.pk", "that body, or the one that the symbol implies"),
    _text("relation", "what this document does with it"),
    _maybe("resolved_id", "id of the cited directive, where it is in the archive"),
    _page(),
    Index("ix_citations_identity", "number_key", "issuer_org", "issued"),
    Index("ix_citations_issuer_org", "issuer_org"),
    Index("ix_citations_resolved", "resolved_id", "directive_pk"),
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
    _page(),
    Index("ix_targets_kind", "kind", "directive_pk"),
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
    _page(),
    Index("ix_deadlines_date", "date_last"),
    Index("ix_deadlines_first", "date_first", "directive_pk"),
    _inexact("ix_deadlines_inexact", "date_last", "date_first", "directive_pk"),
    Index("ix_deadlines_recurrence", "recurrence"),
)

findings = Table(
    "findings",
    metadata,
    *_owner(),
    _text("code", "stable dotted name"),
    _text("severity", "info, warning or error"),
    _text("message", "one sentence"),
    _page(),
    Index("ix_findings_code", "code", "severity", "directive_pk"),
)

finding_totals = Table(
    "finding_totals",
    metadata,
    Column("code", Text, primary_key=True, comment="of findings"),
    Column("severity", Text, primary_key=True, comment="of these findings"),
    _count("findings", "how many there are"),
    _count("documents", "on how many directives"),
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
    _text(
        "change",
        "created, changed, renamed, resolved, superseded, reinstated, reviewed, review_undone "
        "or merge_…",
    ),
    _text("actor", "machine, or the person"),
    _text("version", "of vanthu"),
    Column("before", LargeBinary, comment="the document that was replaced, JSON in zlib"),
    Column("after", LargeBinary, comment="what a person put in its place, JSON in zlib"),
    _maybe("detail", "what is not in the document: JSON object"),
    Index("ix_history_directive", "directive_id", "seq"),
    sqlite_autoincrement=True,
)

merges = Table(
    "merges",
    metadata,
    Column("id", Integer, primary_key=True, comment="grows"),
    _text("kind", "exact, near_duplicate, new_version or same_number"),
    _text("one_id", "id of a directive, the smaller of the two"),
    _text("two_id", "id of the other"),
    Column("score", Float, nullable=False, comment="how much of their texts is the same, 0 to 1"),
    _text("state", "proposed, accepted, rejected or undone"),
    _text("proposed_at", "when it was found"),
    _maybe("main_id", "the one that is the main version, once accepted"),
    _maybe("decided_by", "who decided last"),
    _maybe("decided_at", "when"),
    UniqueConstraint("one_id", "two_id"),
    Index("ix_merges_two", "two_id"),
    Index("ix_merges_state", "state", "id"),
    sqlite_autoincrement=True,
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True, comment="grows"),
    _text("directive_id", "of which directive"),
    _text("path", "which field, item or word; empty: the whole document"),
    _text("action", "accept, choose, correct, unreadable, absent, add, remove, revert or approve"),
    _text("value", "the value that was chosen or typed: JSON"),
    _text("before", "what it was decided about, as it stood: JSON"),
    _text("machine", "what the machine read there: JSON"),
    _text("taught", "the ids of the lexicon's entries that it confirms: JSON list"),
    _text("actor", "who decided"),
    Column("token_id", Integer, comment="tokens.id, where it came with one"),
    _text("at", "when"),
    _count("seq", "history.seq of it"),
    _maybe("undone_at", "when it was undone; null: it stands"),
    _maybe("undone_by", "who undid it"),
    Column("undone_seq", Integer, comment="history.seq of that"),
    Index("ix_decisions_directive", "directive_id", "id"),
    Index("ix_decisions_at", "at"),
    sqlite_autoincrement=True,
)

machine_records = Table(
    "machine_records",
    metadata,
    Column("directive_id", Text, primary_key=True, comment="of which directive"),
    _text("document", "the machine's record, as in records.document"),
    Column("pages", LargeBinary, comment="its pages where people decided words: JSON in zlib"),
)

lexicon = Table(
    "lexicon",
    metadata,
    Column("id", Integer, primary_key=True, comment="grows"),
    _text("kind", "signer, organisation, abbreviation, symbol or word"),
    _text("text", "what is confirmed, or what stands in documents"),
    _text("key", "the text folded"),
    _text("replacement", "what it means or is corrected to; empty: itself"),
    _text("issuer", "of whose documents; empty: of all"),
    _text("detail", "office and position of a signer, and the like: JSON object"),
    _count("count", "how many standing decisions say so"),
    _text("first_at", "when it was first confirmed"),
    _text("last_at", "when last"),
    _text("by", "who confirmed it last"),
    _maybe("revoked_at", "when it was revoked; null: it is used"),
    _maybe("revoked_by", "who revoked it"),
    UniqueConstraint("kind", "text", "replacement", "issuer"),
    Index("ix_lexicon_key", "kind", "key"),
    sqlite_autoincrement=True,
)

text_bands = Table(
    "text_bands",
    metadata,
    Column("band", BigInteger, primary_key=True, comment="one band of a signature"),
    Column(
        "directive_pk",
        ForeignKey("directives.pk", ondelete="CASCADE"),
        primary_key=True,
        comment="whose text has it",
    ),
    sqlite_with_rowid=False,
)

about = Table(
    "about",
    metadata,
    Column("name", Text, primary_key=True, comment="of the fact"),
    _text("value", "the fact"),
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
