"""What keeps a large archive quick: records apart and packed, indexes that answer by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipeline.archive.dialects import Packed

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BATCH = 500
_DATES = ("issued_first", "issued_last")
#: Indexes that get further columns.
_WIDER = (
    ("issuer_org", "directives", ["issuer_org", *_DATES, "campaign_id", "doc_type_key"]),
    ("type", "directives", ["doc_type_key", *_DATES, "campaign_id", "issuer_org"]),
    ("campaign", "directives", ["campaign_id", *_DATES, "doc_type_key", "issuer_org"]),
    ("issuer_key", "directives",
     ["issuer_key", *_DATES, "campaign_id", "doc_type_key", "issuer_org"]),
    ("org", "recipients", ["org", "kind", "directive_pk"]),
    ("resolved", "citations", ["resolved_id", "directive_pk"]),
    ("sha256", "source_paths", ["sha256", "current", "path"]),
)  # fmt: skip


def upgrade() -> None:
    """Move the records into a table of their own; make indexes wider, and one more."""
    for name, table, columns in _WIDER:
        op.drop_index(f"ix_{table}_{name}", table_name=table)
        op.create_index(f"ix_{table}_{name}", table, columns)
    former = sa.text("current = 0")
    op.create_index(
        "ix_source_paths_former", "source_paths", ["current"],
        sqlite_where=former, postgresql_where=former,
    )  # fmt: skip
    records = op.create_table(
        "records",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("document", Packed(), nullable=False),
        sa.ForeignKeyConstraint(["pk"], ["directives.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk"),
    )
    _move(records)
    op.drop_column("directives", "document")


def _move(records: sa.Table) -> None:
    connection = op.get_bind()
    directives = sa.table("directives", sa.column("pk"), sa.column("document"))
    some = sa.select(directives).order_by(directives.c.pk).limit(_BATCH)
    after = 0
    while rows := connection.execute(some.where(directives.c.pk > after)).all():
        after = rows[-1].pk
        op.bulk_insert(records, [dict(row._mapping) for row in rows])
