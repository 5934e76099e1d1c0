"""What memory refuses: another fact under a known id, and a reference to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, select

from memory.schema import METADATA
from tools.domain.errors import InvariantBroken

FILL_IDENTITY = ("client_order_id", "side", "price", "size")  # a venue may report a fill twice, stamped anew


def require_same(connection: Connection, name: str, batch: Iterable[dict[str, Any]]) -> None:
    """Telling memory the same fact twice is harmless; telling it another under the same id is not.

    Raises:
        InvariantBroken: A row of ``batch`` differs from what the table holds under its key.
    """
    table = METADATA.tables[name]
    for values in batch:
        key = and_(*(column == values[column.name] for column in table.primary_key))
        kept = connection.execute(select(table).where(key)).mappings().one()
        for column in FILL_IDENTITY if name == "fill" else values:
            if kept[column] != values[column]:
                ids = ", ".join(str(values[part.name]) for part in table.primary_key)
                there, here = kept[column], values[column]
                raise InvariantBroken(f"{name} {ids} is in memory with {column} {there}, was {here}")


def broken_reference(connection: Connection) -> str | None:
    """The first row that refers to nothing, in words; None where there is none."""
    found = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if found is None:
        return None
    table = METADATA.tables[found[0]]
    query = f'SELECT * FROM "{table.name}" WHERE rowid = ?'  # noqa: S608 (a table of the schema)
    row = connection.exec_driver_sql(query, (found[1],)).mappings().one()
    keys = ", ".join(f"{key.name} {row[key.name]}" for key in table.primary_key)
    return f"{table.name} ({keys}) refers to {found[2]}, which is not there"
