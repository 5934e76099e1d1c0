"""Counters out of the record: each look reads only the rows that came since the last one.

Tables of the record are only added to, in the order of their row numbers. Where the row that was read last is
another one now (a restored backup), everything is counted anew; to Prometheus that is a restart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, func, literal_column, select

from keeper_agent.metrics.exposition import Sample
from memory.schema import METADATA
from memory.store import Store
from tools.domain.market import Side
from tools.market.instruments import split_symbol, venue_profile

ROW: ColumnElement[int] = literal_column("rowid", Integer)
KEYS = {
    "decision": "decision_id",
    "signal": "signal_id",
    "intent": "client_order_id",
    "order": "client_order_id",
    "fill": "trade_id",
    "outcome": "outcome_id",
    "consultation": "consultation_id",
}
TAKEN = "taken"
Span = tuple[int, int]  # row numbers after the first and up to the second
_T = METADATA.tables


class RecordTotals:
    """Totals over one record, kept between looks; not to be shared between threads without a lock."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._seen: dict[str, tuple[int, str]] = {}
        self._counts: dict[tuple[str, tuple[str, ...]], float] = defaultdict(float)
        self.profit: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._highest: dict[tuple[str, str], Decimal] = defaultdict(Decimal)

    def look(self, store: Store) -> None:
        """Take in what was written since the last look.

        Raises:
            StoreUnusable: The record cannot be read.
        """
        if any(not _is_same(store, table, *seen) for table, seen in self._seen.items()):
            self._forget()
        counts: Mapping[str, Callable[[Store, Span], None]] = {
            "decision": self._decisions,
            "signal": lambda store, span: self._group(store, span, "signal", "signals", "world source"),
            "intent": lambda store, span: self._group(store, span, "intent", "orders", "world leg"),
            "order": self._refusals,
            "fill": self._fills,
            "outcome": self._outcomes,
            "consultation": self._consultations,
        }
        for table, take in counts.items():
            before = self._seen.get(table, (0, ""))[0]
            newest = _newest(store, table)
            if newest is not None and newest[0] > before:
                take(store, (before, newest[0]))
                self._seen[table] = newest

    def samples(self) -> Iterator[Sample]:
        """Everything counted so far."""
        for (name, labels), value in self._counts.items():
            yield Sample(name, value, labels)
        for key, profit in self.profit.items():
            yield Sample("profit_quote", float(profit), key)
            yield Sample("drawdown_quote", float(self._highest[key] - profit), key)

    def _add(self, name: str, labels: Sequence[str], n: float) -> None:
        self._counts[name, tuple(labels)] += n

    def _group(self, store: Store, span: Span, table: str, name: str, columns: str) -> None:
        for row in _grouped(store, span, table, columns):
            self._add(name, [str(row[column]) for column in columns.split()], row["n"])

    def _decisions(self, store: Store, span: Span) -> None:
        self._group(store, span, "decision", "decisions", "world route action")
        for row in _grouped(store, span, "decision", "world is_probe"):
            self._add("probes", [row["world"]], row["n"] if row["is_probe"] else 0)

    def _refusals(self, store: Store, span: Span) -> None:
        for row in _grouped(store, span, "order", "world status"):
            self._add("orders_rejected", [row["world"]], row["n"] if row["status"] == "rejected" else 0)

    def _fills(self, store: Store, span: Span) -> None:
        for row in _grouped(store, span, "fill", "world side is_maker"):
            side = Side(row["side"]).label
            self._add("fills", [row["world"], side, "maker" if row["is_maker"] else "taker"], row["n"])

    def _outcomes(self, store: Store, span: Span) -> None:
        for row in _grouped(store, span, "outcome", "world kind result"):
            name = "round_trips" if row["kind"] == TAKEN else "follows"
            self._add(name, [row["world"], row["result"]], row["n"])
        table = _T["outcome"].c
        query = select(table.world, table.venue, table.symbol, table.net_quote, table.fees_quote).where(
            span[0] < ROW, span[1] >= ROW, table.kind == TAKEN, table.net_quote.is_not(None)
        )
        for row in store.read(query.order_by(ROW)):
            key = row["world"], quote_of(row["venue"], row["symbol"])
            self.profit[key] += Decimal(row["net_quote"])
            self._highest[key] = max(self._highest[key], self.profit[key])
            self._add("fees_quote", key, float(row["fees_quote"] or 0))

    def _consultations(self, store: Store, span: Span) -> None:
        for row in _grouped(store, span, "consultation", "provider cause"):
            self._add("brain_calls", [row["provider"], row["cause"] or "answered"], row["n"])


def quote_of(venue: str, symbol: str) -> str:
    """What ``symbol`` of ``venue`` is priced in."""
    return split_symbol(symbol, venue_profile(venue))[1]


def _grouped(store: Store, span: Span, table: str, columns: str) -> Sequence[Mapping[str, Any]]:
    by = [_T[table].c[name] for name in columns.split()]
    query = select(*by, func.count().label("n")).where(span[0] < ROW, span[1] >= ROW)
    return store.read(query.group_by(*by))


def _newest(store: Store, table: str) -> tuple[int, str] | None:
    query = select(ROW.label("number"), _T[table].c[KEYS[table]].label("name")).order_by(ROW.desc()).limit(1)
    found = store.read(query)
    return (found[0]["number"], found[0]["name"]) if found else None


def _is_same(store: Store, table: str, number: int, name: str) -> bool:
    found = store.read(select(_T[table].c[KEYS[table]].label("name")).where(ROW.in_((number,))))
    return bool(found) and found[0]["name"] == name
