"""How the derived tables follow from the true ones, and whether they still do; see ``schema_views``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from memory.schema_views import VIEWS


class _Content(NamedTuple):
    """What a derived table holds: its columns, and the query over the true tables that gives them."""

    columns: str
    query: str


CONTENT = {
    "evidence": _Content(
        "name, kind, target",
        """SELECT DISTINCT json_each.value, 'lesson', lesson_id FROM lesson, json_each(lesson.evidence)
           UNION SELECT json_each.value, 'parameter', CAST(version AS TEXT)
           FROM parameter, json_each(parameter.evidence)""",
    ),
    "open_order": _Content(
        "client_order_id",
        """SELECT client_order_id FROM intent WHERE NOT EXISTS (
             SELECT 1 FROM "order" AS said WHERE said.client_order_id = intent.client_order_id
             AND status IN ('filled', 'cancelled', 'rejected'))""",
    ),
    "open_position": _Content(
        "decision_id, world, venue, size, is_in_coin",
        """SELECT decision_id, world, venue, SUM(side * size) AS held, MAX(fee_asset <> '') AS coin FROM fill
           GROUP BY decision_id, world, venue HAVING held <> 0 OR coin""",
    ),
}

TRIGGERS = (
    """CREATE TRIGGER lesson_evidence AFTER INSERT ON lesson BEGIN
         INSERT OR IGNORE INTO evidence (name, kind, target)
         SELECT json_each.value, 'lesson', NEW.lesson_id FROM json_each(NEW.evidence); END""",
    """CREATE TRIGGER parameter_evidence AFTER INSERT ON parameter BEGIN
         INSERT OR IGNORE INTO evidence (name, kind, target)
         SELECT json_each.value, 'parameter', CAST(NEW.version AS TEXT) FROM json_each(NEW.evidence); END""",
    """CREATE TRIGGER intent_opens AFTER INSERT ON intent
         WHEN NOT EXISTS (SELECT 1 FROM "order" WHERE client_order_id = NEW.client_order_id
                          AND status IN ('filled', 'cancelled', 'rejected')) BEGIN
         INSERT INTO open_order (client_order_id) VALUES (NEW.client_order_id); END""",
    """CREATE TRIGGER order_ends AFTER INSERT ON "order"
         WHEN NEW.status IN ('filled', 'cancelled', 'rejected') BEGIN
         DELETE FROM open_order WHERE client_order_id = NEW.client_order_id; END""",
    """CREATE TRIGGER fill_moves AFTER INSERT ON fill BEGIN
         INSERT INTO open_position (decision_id, world, venue, size, is_in_coin)
         VALUES (NEW.decision_id, NEW.world, NEW.venue, NEW.side * NEW.size, NEW.fee_asset <> '')
         ON CONFLICT (decision_id) DO UPDATE SET
           size = size + NEW.side * NEW.size, is_in_coin = is_in_coin OR NEW.fee_asset <> '';
         DELETE FROM open_position
         WHERE decision_id = NEW.decision_id AND size = 0 AND NOT is_in_coin; END""",
)


def made_anew() -> Iterator[str]:
    """The statements that fill the derived tables from the true ones."""
    for name in VIEWS:
        content = CONTENT[name]
        yield f'DELETE FROM "{name}"'  # noqa: S608 (a table of ours)
        yield f'INSERT INTO "{name}" ({content.columns}) {content.query}'


def view_faults(reader: sqlite3.Connection) -> list[str]:
    """Derived tables that differ from what they are made from, a line each.

    A position that was seen flat is let go of, so a position may be missing whose fills cancel out.
    """
    found = []
    for name in VIEWS:
        content = CONTENT[name]
        held = f'SELECT {content.columns} FROM "{name}"'  # noqa: S608 (a table of ours)
        lacks = f"SELECT COUNT(*) FROM ({content.query} EXCEPT {held})"  # noqa: S608 (as above)
        if name == "open_position":
            lacks = f"{lacks} WHERE held <> 0 AND NOT coin"
        more = f"SELECT COUNT(*) FROM ({held} EXCEPT SELECT * FROM ({content.query}))"  # noqa: S608 (as above)
        missing, extra = (reader.execute(query).fetchone()[0] for query in (lacks, more))
        if missing or extra:
            told = f"lacks {missing} rows and has {extra} too many"
            found.append(f"the table {name} {told}; keeper memory rebuild mends it")
    return found
