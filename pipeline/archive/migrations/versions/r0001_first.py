"""The first schema: see ``pipeline.archive.schema`` for what the tables hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

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
    if op.get_bind().dialect.name == "sqlite":
        for statement in (_SEARCH, *_KEEP_SEARCH, *_KEEP_HISTORY):
            op.execute(statement)


def _sources() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sources",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "source_paths",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
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
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("result_key", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("number_status", sa.Text(), nullable=False),
        sa.Column("number_key", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("issuer_key", sa.Text(), nullable=False),
        sa.Column("doc_type", sa.Text(), nullable=True),
        sa.Column("doc_type_key", sa.Text(), nullable=False),
        sa.Column("issued", sa.Text(), nullable=True),
        sa.Column("issued_status", sa.Text(), nullable=False),
        sa.Column("issued_first", sa.Text(), nullable=True),
        sa.Column("issued_last", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("campaign_id", sa.Text(), nullable=True),
        sa.Column("campaign_name", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("reason_count", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["sources.sha256"],
        ),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_directives_campaign", "directives", ["campaign_id"], unique=False)
    op.create_index("ix_directives_issued", "directives", ["issued_first", "id"], unique=False)
    op.create_index("ix_directives_number_key", "directives", ["number_key"], unique=False)
    op.create_index("ix_directives_serial", "directives", ["serial"], unique=False)
    op.create_index("ix_directives_sha256", "directives", ["sha256"], unique=False)
    op.create_index("ix_directives_state", "directives", ["state", "reason_count"], unique=False)


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("read_by", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("text_raw", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("directive_pk", "page"),
    )
    op.create_table(
        "search_texts",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk"),
    )


def _recipients_and_citations() -> None:
    op.create_table(
        "recipients",
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("value_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("directive_pk", "position", "kind"),
    )
    op.create_index("ix_recipients_value", "recipients", ["value_key"], unique=False)
    op.create_table(
        "citations",
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("number_status", sa.Text(), nullable=False),
        sa.Column("number_key", sa.Text(), nullable=False),
        sa.Column("doc_type", sa.Text(), nullable=True),
        sa.Column("issued", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("resolved_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("directive_pk", "position"),
    )
    op.create_index("ix_citations_number_key", "citations", ["number_key"], unique=False)
    op.create_index("ix_citations_resolved", "citations", ["resolved_id"], unique=False)


def _claims() -> None:
    op.create_table(
        "targets",
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("comparator", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("population", sa.Text(), nullable=True),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("breakdown_of", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("directive_pk", "position"),
    )
    op.create_table(
        "deadlines",
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("date_first", sa.Text(), nullable=True),
        sa.Column("date_last", sa.Text(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("responsible", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("directive_pk", "position"),
    )
    op.create_index("ix_deadlines_date", "deadlines", ["date_last"], unique=False)
    op.create_table(
        "findings",
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("directive_pk", "position"),
    )
    op.create_index("ix_findings_code", "findings", ["code"], unique=False)


def _log() -> None:
    op.create_table(
        "quarantine",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("location", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.Text(), nullable=False),
        sa.Column("last_at", sa.Text(), nullable=False),
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
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("directive_id", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["runs.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_history_directive", "history", ["directive_id", "seq"], unique=False)
