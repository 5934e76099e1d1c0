"""Pages of the record: one table, newest first, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Integer, literal_column, select

from keeper_agent.api.shapes import Rows
from memory.schema import METADATA
from memory.store import Store
from tools.domain.clock import iso
from tools.domain.market import plain, to_decimal

MOST_ROWS = 200
ROW: ColumnElement[int] = literal_column("rowid", Integer)  # the order in which rows were written


@dataclass(frozen=True, slots=True)
class Page:
    """How the rows of one table are told.

    Attributes:
        columns: What is told, in order.
        units: Of them, integers of 1e-8 told as decimal text.
        packed: Of them, JSON in text.
    """

    table: str
    columns: tuple[str, ...]
    units: frozenset[str] = frozenset()
    packed: frozenset[str] = frozenset()

    def read(
        self, store: Store, *, limit: int, before: int | None, where: Mapping[str, Any] | None = None
    ) -> Rows:
        """At most ``limit`` rows that were written before the row ``before``.

        Args:
            store: The record.
            limit: At most this many.
            before: Number of a row, as ``next`` tells it.
            where: Values of columns; None leaves a column open.
        """
        table = METADATA.tables[self.table]
        query = select(ROW.label("number"), *(table.c[name] for name in self.columns)).select_from(table)
        if before is not None:
            query = query.where(before > ROW)
        for name, value in (where or {}).items():
            if value is not None:
                query = query.where(table.c[name] == value)
        found = store.read(query.order_by(ROW.desc()).limit(limit + 1))
        shown = found[:limit]
        following = int(shown[-1]["number"]) if len(found) > limit else None
        return Rows(rows=[self._told(row) for row in shown], next=following)

    def _told(self, row: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for name in self.columns:
            value = row[name]
            if value is not None and name in self.units:
                value = plain(to_decimal(value))
            elif value is not None and name in self.packed:
                value = orjson.loads(value)
            told[name] = value
        if told.get("ts") is not None:
            told["time"] = iso(told["ts"])
        return told


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


DECISIONS = Page(
    "decision",
    _words(
        "decision_id signal_id run_id world symbol venue ts action route probability breakeven expected_bps "
        "is_probe reason parameters_version model_version clamps"
    ),
    packed=frozenset({"clamps"}),
)
SIGNALS = Page(
    "signal",
    _words(
        "signal_id run_id world symbol venue source ts side entry_price take_profit stop cost_bps confidence "
        "regime features"
    ),
    frozenset(_words("entry_price take_profit stop")),
    frozenset({"features"}),
)
INTENTS = Page(
    "intent",
    _words("client_order_id decision_id run_id world symbol venue leg side price size is_post_only ts"),
    frozenset(_words("price size")),
)
FILLS = Page(
    "fill",
    _words(
        "venue trade_id client_order_id decision_id world symbol side price size fee_quote fee_asset "
        "is_maker ts"
    ),
    frozenset(_words("price size")),
)
OUTCOMES = Page(
    "outcome",
    _words(
        "outcome_id decision_id world symbol kind is_probe result ts_entry ts_exit ts_known net_bps "
        "net_quote fees_quote"
    ),
)
LESSONS = Page(
    "lesson",
    _words(
        "lesson_id kind statement scope effect interval_low interval_high n evidence invalid_condition day "
        "world ts ts_known ts_retired"
    ),
    packed=frozenset(_words("scope evidence invalid_condition")),
)
PARAMETERS = Page(
    "parameter",
    _words("version name value_before value reason evidence impact world ts ts_known ts_retired"),
    packed=frozenset(_words("evidence impact")),
)
REPORTS = Page(
    "report", _words("day kind world ts ts_known markdown statistics"), packed=frozenset({"statistics"})
)
