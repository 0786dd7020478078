"""Organisations, campaigns, merges, the feed's order: see ``pipeline.archive.schema``.

Only the tables are made here. What the new columns hold follows from the records, and is made anew
by ``pipeline.archive.upkeep`` once all migrations have run.
"""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from pipeline.archive.dialects import Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tables and columns; nothing is rewritten."""
    _organisations()
    _campaigns()
    _merges()
    _columns()
    _indexes()
    about = op.create_table(
        "about",
        sa.Column("name", Text(), nullable=False),
        sa.Column("value", Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.bulk_insert(about, [{"name": "id", "value": uuid4().hex}])


def _organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("level", Text(), nullable=False),
        sa.Column("province", Text(), nullable=True),
        sa.Column("province_now", Text(), nullable=True),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["organisations.pk"]),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_organisations_key", "organisations", ["key"])
    op.create_index("ix_organisations_province", "organisations", ["province", "level"])
    op.create_index("ix_organisations_province_now", "organisations", ["province_now", "level"])


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "campaign_names",
        sa.Column("campaign_id", Text(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("campaign_id", "key"),
    )
    op.create_index("ix_campaign_names_key", "campaign_names", ["key"])


def _merges() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("one_id", Text(), nullable=False),
        sa.Column("two_id", Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("proposed_at", Text(), nullable=False),
        sa.Column("main_id", Text(), nullable=True),
        sa.Column("decided_by", Text(), nullable=True),
        sa.Column("decided_at", Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("one_id", "two_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_merges_two", "merges", ["two_id"])
    op.create_index("ix_merges_state", "merges", ["state", "id"])
    op.create_table(
        "text_bands",
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("directive_pk", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["directive_pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("band", "directive_pk"),
        sqlite_with_rowid=False,
    )


#: Columns that refer to another table. Written out, for SQLite takes a reference only together
#: with its column, and to copy the table instead would delete what hangs on it.
_REFERENCES = (
    ("directives", "issuer_org", "organisations"),
    ("directives", "parent_org", "organisations"),
    ("directives", "version_of", "directives"),
    ("recipients", "org", "organisations"),
    ("citations", "issuer_org", "organisations"),
)


def _columns() -> None:
    for table, column, target in _REFERENCES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER REFERENCES {target} (pk)")
    absent = sa.text("'absent'")
    for table, name in (("directives", "issuer_status"), ("citations", "issued_status")):
        op.add_column(table, sa.Column(name, Text(), nullable=False, server_default=absent))
    for name in ("created_seq", "change_seq"):
        count = sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0"))
        op.add_column("directives", count)
    op.add_column("directives", sa.Column("live_seq", sa.Integer(), nullable=True))
    op.add_column("directives", sa.Column("signature", sa.LargeBinary(), nullable=True))
    op.add_column("history", sa.Column("after", sa.LargeBinary(), nullable=True))
    op.add_column("history", sa.Column("detail", Text(), nullable=True))


_NEW_INDEXES = (
    ("ix_directives_identity", "directives", ["number_key", "issuer_org", "issued"]),
    ("ix_directives_issuer_org", "directives", ["issuer_org", "issued_first"]),
    ("ix_directives_parent_org", "directives", ["parent_org"]),
    ("ix_directives_type", "directives", ["doc_type_key", "issued_first"]),
    ("ix_directives_change", "directives", ["change_seq"]),
    ("ix_directives_version_of", "directives", ["version_of"]),
    ("ix_recipients_org", "recipients", ["org", "kind"]),
    ("ix_citations_identity", "citations", ["number_key", "issuer_org", "issued"]),
    ("ix_citations_issuer_org", "citations", ["issuer_org"]),
)


def _indexes() -> None:
    # The new ones begin with the columns of these.
    op.drop_index("ix_directives_number_key", table_name="directives")
    op.drop_index("ix_citations_number_key", table_name="citations")
    for name, table, columns in _NEW_INDEXES:
        op.create_index(name, table, columns)
