"""Tokens of the server: see ``pipeline.archive.schema``."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipeline.archive.dialects import Text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of tokens."""
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("digest", Text(), nullable=False),
        sa.Column("scope", Text(), nullable=False),
        sa.Column("created_at", Text(), nullable=False),
        sa.Column("expires_at", Text(), nullable=True),
        sa.Column("revoked_at", Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
        sqlite_autoincrement=True,
    )
