"""Runs the migrations on the connection that ``database`` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from pipeline.archive import upkeep
from pipeline.archive.schema import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("migrations run when an archive is opened, not from the alembic command")

context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    before = context.get_context().get_current_revision()
    context.run_migrations()
    if before is not None:
        upkeep.rederive(connection)
