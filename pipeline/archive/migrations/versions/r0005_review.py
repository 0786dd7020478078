"""What people decide about records, what is learned from it, and what is worth a look.

The column ``review_rank`` is made by ``pipeline.archive.upkeep`` once all migrations have run.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipeline.archive.dialects import Text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PAGES_VIEW = """
    CREATE VIEW v_pages AS
    SELECT d.id AS directive_id, g.page AS page, g.read_by AS read_by, g.engine AS engine,
        g.text AS text, COALESCE(g.text_raw, g.text) AS text_raw
    FROM pages g JOIN directives d ON d.pk = g.directive_pk"""


def upgrade() -> None:
    """Add three tables, a column and its index; texts that repair left alone are kept once."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("directive_id", Text(), nullable=False),
        sa.Column("path", Text(), nullable=False),
        sa.Column("action", Text(), nullable=False),
        sa.Column("value", Text(), nullable=False),
        sa.Column("before", Text(), nullable=False),
        sa.Column("machine", Text(), nullable=False),
        sa.Column("taught", Text(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column("at", Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("undone_at", Text(), nullable=True),
        sa.Column("undone_by", Text(), nullable=True),
        sa.Column("undone_seq", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_directive", "decisions", ["directive_id", "id"])
    op.create_index("ix_decisions_at", "decisions", ["at"])
    op.create_table(
        "machine_records",
        sa.Column("directive_id", Text(), nullable=False),
        sa.Column("document", Text(), nullable=False),
        sa.Column("pages", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("directive_id"),
    )
    _lexicon()
    rank = sa.Column("review_rank", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("directives", rank)
    columns = ["state", "review_rank", "created_seq", "live_seq"]
    op.create_index("ix_directives_review", "directives", columns)
    _texts_once()


def _texts_once() -> None:
    op.execute("DROP VIEW v_pages")
    with op.batch_alter_table("pages") as pages:
        pages.alter_column("text_raw", existing_type=Text(), nullable=True)
    op.execute("UPDATE pages SET text_raw = NULL WHERE text_raw = text")
    op.execute(_PAGES_VIEW)


def _lexicon() -> None:
    op.create_table(
        "lexicon",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("replacement", Text(), nullable=False),
        sa.Column("issuer", Text(), nullable=False),
        sa.Column("detail", Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", Text(), nullable=False),
        sa.Column("last_at", Text(), nullable=False),
        sa.Column("by", Text(), nullable=False),
        sa.Column("revoked_at", Text(), nullable=True),
        sa.Column("revoked_by", Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "text", "replacement", "issuer"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lexicon_key", "lexicon", ["kind", "key"])
