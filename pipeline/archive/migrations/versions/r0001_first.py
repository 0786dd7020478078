"""The first schema: see ``pipeline.archive.schema`` for what the tables hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipeline.archive.dialects import POSTGRESQL, LargeInteger, Text
from pipeline.archive.migrations import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Our tokens are separated by blanks and hold no punctuation, so the plainest tokenizer is right.
_SEARCH = """
CREATE VIRTUAL TABLE directive_fts USING fts5(
    number, title, body,
    content='search_texts', content_rowid='pk', tokenize='ascii'
)
"""
_KEEP_SEARCH = (
    """
    CREATE TRIGGER search_texts_added AFTER INSERT ON search_texts BEGIN
        INSERT INTO directive_fts(rowid, number, title, body)
        VALUES (new.pk, new.number, new.title, new.body);
    END
    """,
    """
    CREATE TRIGGER search_texts_removed AFTER DELETE ON search_texts BEGIN
        INSERT INTO directive_fts(directive_fts, rowid, number, title, body)
        VALUES ('delete', old.pk, old.number, old.title, old.body);
    END
    """,
    """
    CREATE TRIGGER search_texts_changed AFTER UPDATE ON search_texts BEGIN
        INSERT INTO directive_fts(directive_fts, rowid, number, title, body)
        VALUES ('delete', old.pk, old.number, old.title, old.body);
        INSERT INTO directive_fts(rowid, number, title, body)
        VALUES (new.pk, new.number, new.title, new.body);
    END
    """,
)
_KEEP_HISTORY = tuple(
    f"""
    CREATE TRIGGER history_no_{verb.lower()} BEFORE {verb} ON history BEGIN
        SELECT RAISE(ABORT, 'history is never changed');
    END
    """
    for verb in ("UPDATE", "DELETE")
)


def upgrade() -> None:
    """From nothing to the first schema."""
    _sources()
    _directives()
    _pages()
    _recipients_and_citations()
    _claims()
    _log()
    if op.get_bind().dialect.name == POSTGRESQL:
        postgresql.create_search()
        postgresql.protect("history")
    else:
        for statement in (_SEARCH, *_KEEP_SEARCH, *_KEEP_HISTORY):
            op.execute(statement)


def _sources() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("command", Text(), nullable=False),
        sa.Column("version", Text(), nullable=False),
        sa.Column("started_at", Text(), nullable=False),
        sa.Column("ended_at", Text(), nullable=True),
        sa.Column("outcome", Text(), nullable=True),
        sa.Column("counts", Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sources",
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("byte_size", LargeInteger, nullable=False),
        sa.Column("media_type", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("document", Text(), nullable=False),
        sa.Column("first_seen_at", Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "source_paths",
        sa.Column("path", Text(), nullable=False),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("location", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["sources.sha256"],
        ),
        sa.PrimaryKeyConstraint("path", "sha256"),
    )
    op.create_index("ix_source_paths_sha256", "source_paths", ["sha256", "current"], unique=False)


def _directives() -> None:
    op.create_table(
        "directives",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", Text(), nullable=False),
        sa.Column("sha256", Text(), nullable=False),
        sa.Column("result_key", Text(), nullable=False),
        sa.Column("content_hash", Text(), nullable=False),
        sa.Column("number", Text(), nullable=True),
        sa.Column("number_status", Text(), nullable=False),
        sa.Column("number_key", Text(), nullable=False),
        sa.Column("serial", Text(), nullable=True),
        sa.Column("issuer", Text(), nullable=True),
        sa.Column("issuer_key", Text(), nullable=False),
        sa.Column("doc_type", Text(), nullable=True),
        sa.Column("doc_type_key", Text(), nullable=False),
        sa.Column("issued", Text(), nullable=True),
        sa.Column("issued_status", Text(), nullable=False),
        sa.Column("issued_first", Text(), nullable=True),
        sa.Column("issued_last", Text(), nullable=True),
        sa.Column("subject", Text(), nullable=True),
        sa.Column("campaign_id", Text(), nullable=True),
        sa.Column("campaign_name", Text(), nullable=True),
        sa.Column("state", Text(), nullable=False),
        sa.Column("reasons", Text(), nullable=False),
        sa.Column("reason_count", sa.Integer(), nullable=False),
        sa.Column("document", Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["sources.sha256"],
        ),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_directives_campaign", "directives", ["campaign_id"], unique=False)
    op.create_index("ix_directives_issued", "directives", ["issued_first", "id"], unique=False)
    op.create_index(
        "ix_directives_number_key",
        "directives",
        ["number_key"],
        unique=False,
        postgresql_using="hash",
    )
    op.create_index(
        "ix_directives_serial", "directives", ["serial"], unique=False, postgresql_using="hash"
    )
    op.create_index("ix_directives_sha256", "directives", ["sha256"], unique=False)
    op.create_index("ix_directives_state", "directives", ["state", "reason_count"], unique=False)


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("read_by", Text(), nullable=False),
        sa.Column("engine", Text(), nullable=False),
        sa.Column("text_raw", Text(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("directive_pk", "page"),
    )
    op.create_table(
        "search_texts",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("number", Text(), nullable=False),
        sa.Column("title", Text(), nullable=False),
        sa.Column("body", Text(), nullable=False),
        sa.ForeignKeyConstraint(["pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk"),
    )


def _recipients_and_citations() -> None:
    op.create_table(
        "recipients",
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("value", Text(), nullable=True),
        sa.Column("raw", Text(), nullable=True),
        sa.Column("value_key", Text(), nullable=False),
        sa.Column("status", Text(), nullable=False),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("directive_pk", "position", "kind"),
    )
    op.create_index(
        "ix_recipients_value", "recipients", ["value_key"], unique=False, postgresql_using="hash"
    )
    op.create_table(
        "citations",
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", Text(), nullable=True),
        sa.Column("number_status", Text(), nullable=False),
        sa.Column("number_key", Text(), nullable=False),
        sa.Column("doc_type", Text(), nullable=True),
        sa.Column("issued", Text(), nullable=True),
        sa.Column("issuer", Text(), nullable=True),
        sa.Column("relation", Text(), nullable=False),
        sa.Column("resolved_id", Text(), nullable=True),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("directive_pk", "position"),
    )
    op.create_index(
        "ix_citations_number_key",
        "citations",
        ["number_key"],
        unique=False,
        postgresql_using="hash",
    )
    op.create_index("ix_citations_resolved", "citations", ["resolved_id"], unique=False)


def _claims() -> None:
    op.create_table(
        "targets",
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("comparator", Text(), nullable=False),
        sa.Column("unit", Text(), nullable=True),
        sa.Column("population", Text(), nullable=True),
        sa.Column("period", Text(), nullable=True),
        sa.Column("breakdown_of", sa.Integer(), nullable=True),
        sa.Column("status", Text(), nullable=False),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("directive_pk", "position"),
    )
    op.create_table(
        "deadlines",
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("date", Text(), nullable=True),
        sa.Column("date_first", Text(), nullable=True),
        sa.Column("date_last", Text(), nullable=True),
        sa.Column("operator", Text(), nullable=False),
        sa.Column("recurrence", Text(), nullable=True),
        sa.Column("action", Text(), nullable=False),
        sa.Column("responsible", Text(), nullable=False),
        sa.Column("status", Text(), nullable=False),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("directive_pk", "position"),
    )
    op.create_index("ix_deadlines_date", "deadlines", ["date_last"], unique=False)
    op.create_table(
        "findings",
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", Text(), nullable=False),
        sa.Column("severity", Text(), nullable=False),
        sa.Column("message", Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("directive_pk", "position"),
    )
    op.create_index("ix_findings_code", "findings", ["code"], unique=False)


def _log() -> None:
    op.create_table(
        "quarantine",
        sa.Column("path", Text(), nullable=False),
        sa.Column("location", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", Text(), nullable=True),
        sa.Column("category", Text(), nullable=False),
        sa.Column("failure", Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", Text(), nullable=False),
        sa.Column("last_at", Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["runs.id"],
        ),
        sa.PrimaryKeyConstraint("path"),
    )
    op.create_index("ix_quarantine_category", "quarantine", ["category"], unique=False)
    op.create_index("ix_quarantine_sha256", "quarantine", ["sha256"], unique=False)
    op.create_table(
        "history",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("directive_id", Text(), nullable=False),
        sa.Column("change", Text(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("version", Text(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["runs.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_history_directive", "history", ["directive_id", "seq"], unique=False)
