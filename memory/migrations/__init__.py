"""The database's history: one Alembic revision for each change of the tables.

The writer brings a database up to date when it opens it. ``REVISIONS`` repeats the order
of ``versions/`` so that a database that is up to date opens without loading Alembic.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

REVISIONS = (
    "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013",
    "0014",
)  # fmt: skip
HEAD = REVISIONS[-1]
FOLDER = Path(__file__).parent


def upgrade(connection: Connection) -> None:
    """Bring the database behind ``connection`` to ``HEAD``; the caller owns the transaction."""
    # Alembic takes 0.1 s to load, and only a new or old database needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
