"""What Alembic runs: apply the revisions on the connection handed over by the writer."""

from __future__ import annotations

from alembic import context

from memory.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
