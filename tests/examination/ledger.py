"""Every row of the database by its ids: what a citation resolves to, and which numbers it can back."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.examination.figures import NUMBER
from tests.examination.record import DATABASE
from tools.domain.clock import iso

UNITS = ("price", "size", "take_profit", "stop", "filled")
STAMPS = ("ts", "ts_event", "ts_known", "ts_entry", "ts_exit", "ts_started", "ts_ended", "ts_retired")
KEYS = {
    "decision": ("decision_id", "signal_id"),
    "signal": ("signal_id",),
    "outcome": ("outcome_id", "decision_id", "signal_id"),
    "fill": ("decision_id", "client_order_id"),
    "intent": ("client_order_id", "decision_id"),
    "lesson": ("lesson_id",),
    "lesson_check": ("lesson_id",),
    "parameter": ("version", "name"),
    "effect": ("version",),
    "consultation": ("consultation_id", "decision_id"),
    "strategy": ("strategy_id",),
    "run": ("run_id",),
    "report": ("day",),
}


class Ledger:
    """What there is behind every id."""

    def __init__(self, home: Path) -> None:
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        connection = sqlite3.connect(f"file:{home / DATABASE}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        for table, keys in KEYS.items():
            for row in map(dict, connection.execute(f'SELECT * FROM "{table}"')):  # noqa: S608 (our own names)
                for key in keys:
                    rows[str(row[key])].append(row)
        connection.close()
        self._rows = dict(rows)  # to look for an id must not make it known

    def has(self, name: str) -> bool:
        """Whether it is the id of something in the record."""
        return name in self._rows

    def values(self, name: str) -> Iterator[float]:
        """Every number the rows behind an id hold, in the units a person would read."""
        for row in self._with_signal(name):
            for column, value in row.items():
                yield from _values(column, value)

    def stamps(self, name: str) -> Iterator[str]:
        """Every time the rows behind an id hold, as text with milliseconds."""
        for row in self._with_signal(name):
            yield from (iso(row[column]) for column in STAMPS if row.get(column))

    def named(self, text: str) -> list[str]:
        """The ids, names and dates of the record that a text names."""
        return [word for word in re.findall(r"[\w@-]+", text) if not word.isdigit() and word in self._rows]

    def _with_signal(self, name: str) -> Iterator[dict[str, Any]]:
        for row in self._rows.get(name, []):
            yield row
            if name.startswith("d_") and "votes" in row:
                yield from self._rows.get(row["signal_id"], [])


def _values(column: str, value: Any) -> Iterator[float]:
    if isinstance(value, bytes) or value is None:
        return
    if isinstance(value, str):
        yield from _inside(value)
    elif column.startswith("ts"):
        return
    elif column.endswith("_ns"):
        yield value / 1e9
    elif column.removeprefix("entry_").removeprefix("exit_") in UNITS:
        yield value / 1e8
    else:
        yield float(value)


def _inside(text: str) -> Iterator[float]:
    """Numbers in structured text, or in prose."""
    try:
        yield from numbers_in(json.loads(text))
    except ValueError:
        yield from (float(one.replace("−", "-").replace(",", "")) for one in NUMBER.findall(text))


def numbers_in(value: Any) -> Iterator[float]:
    """Every number at any depth of a document; decimals are kept as text."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, dict):
        for part in value.values():
            yield from numbers_in(part)
        yield float(len(value))
    elif isinstance(value, list):
        for part in value:
            yield from numbers_in(part)
        yield float(len(value))
    elif isinstance(value, str):
        yield from (float(one.replace("−", "-").replace(",", "")) for one in NUMBER.findall(value))
