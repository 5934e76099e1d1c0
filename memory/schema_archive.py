"""The table of what left the database for a compressed file; see ``memory.archives``."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from memory.columns import nanos


class ArchiveRow(SQLModel, table=True):
    """One file with the bulky columns of consecutive rows of a table.

    ``members`` lists, as JSON, where in the file each piece begins and with which row.
    """

    __tablename__ = "archive"

    file: str = Field(primary_key=True)
    source: str
    first_row: int = nanos()
    last_row: int = nanos()
    sha256: str
    size_bytes: int = nanos()
    members: str
    ts_known: int = nanos()
