"""What was traded as a table for a spreadsheet or an accountant: exact money, nothing rounded.

``fills`` has a row an execution, ``round-trips`` a row a position that was taken and closed with its fees and
what was paid to brains about it, ``pnl`` a row a UTC day, world and quote asset, and one in USD for brains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, literal_column, select

from keeper_agent.metrics.record import quote_of
from memory.schema import METADATA
from memory.store import Store
from tools.domain.clock import day_of, iso
from tools.domain.market import Side, to_decimal

PAGE = 5_000
BRAINS = "USD"  # what brains are paid in
ROW: ColumnElement[int] = literal_column("rowid", Integer)
Value = str | int | float | bool | Decimal | None
Line = dict[str, Value]
_T = METADATA.tables

FILLS: dict[str, type] = {
    "ts": int, "time": str, "world": str, "venue": str, "symbol": str, "quote": str,
    "decision_id": str, "client_order_id": str, "trade_id": str, "side": str, "price": Decimal,
    "size": Decimal, "value_quote": Decimal, "fee_quote": Decimal, "fee_asset": str,
    "fee_amount": Decimal, "is_maker": bool,
}  # fmt: skip
ROUND_TRIPS: dict[str, type] = {
    "ts_entry": int, "ts_exit": int, "ts_known": int, "time_exit": str, "world": str, "venue": str,
    "symbol": str, "quote": str, "decision_id": str, "outcome_id": str, "route": str, "is_probe": bool,
    "result": str, "entry_price": Decimal, "exit_price": Decimal, "size": Decimal, "gross_bps": float,
    "net_bps": float, "gross_quote": Decimal, "fees_quote": Decimal, "net_quote": Decimal,
    "brain_cost_usd": Decimal,
}  # fmt: skip
PNL: dict[str, type] = {
    "day": str, "world": str, "quote": str, "round_trips": int, "wins": int, "gross_quote": Decimal,
    "fees_quote": Decimal, "brain_cost": Decimal, "net_quote": Decimal, "net_after_brains": Decimal,
}  # fmt: skip


@dataclass(slots=True)
class Totals:
    """Sums over a table, by column of money and quote asset."""

    rows: int = 0
    money: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def take(self, line: Line, columns: tuple[str, ...]) -> None:
        """Count one more row."""
        self.rows += 1
        for name in columns:
            value = line[name]
            if isinstance(value, Decimal):
                self.money[name, str(line["quote"])] += value


def fills(store: Store) -> Iterator[Line]:
    """Every execution in the order in which it was written."""
    for row in _pages(store, "fill", select(_T["fill"])):
        price, size = to_decimal(row["price"]), to_decimal(row["size"])
        yield {
            "ts": row["ts"],
            "time": iso(row["ts"]),
            **{name: row[name] for name in ("world", "venue", "symbol")},
            "quote": quote_of(row["venue"], row["symbol"]),
            **{name: row[name] for name in ("decision_id", "client_order_id", "trade_id")},
            "side": Side(row["side"]).label,
            "price": price,
            "size": size,
            "value_quote": price * size,
            "fee_quote": Decimal(row["fee_quote"]),
            "fee_asset": row["fee_asset"],
            "fee_amount": Decimal(row["fee_amount"]),
            "is_maker": bool(row["is_maker"]),
        }


def round_trips(store: Store) -> Iterator[Line]:
    """Every position that was taken and closed, in the order in which that was written."""
    o, d = _T["outcome"].c, _T["decision"].c
    joined = _T["outcome"].join(_T["decision"], o.decision_id == d.decision_id)
    query = select(_T["outcome"], d.route).select_from(joined)
    paid = _paid_by_decision(store)
    for row in _pages(store, "outcome", query.where(o.kind == "taken", o.net_quote.is_not(None))):
        net, fees = Decimal(row["net_quote"]), Decimal(row["fees_quote"] or 0)
        prices = (
            None if row[name] is None else to_decimal(row[name]) for name in ("entry_price", "exit_price")
        )
        entry, leaving = prices
        yield {
            **{name: row[name] for name in ("ts_entry", "ts_exit", "ts_known")},
            "time_exit": None if row["ts_exit"] is None else iso(row["ts_exit"]),
            **{name: row[name] for name in ("world", "venue", "symbol")},
            "quote": quote_of(row["venue"], row["symbol"]),
            **{name: row[name] for name in ("decision_id", "outcome_id", "route")},
            "is_probe": bool(row["is_probe"]),
            "result": row["result"],
            "entry_price": entry,
            "exit_price": leaving,
            "size": to_decimal(row["size"]),
            "gross_bps": row["gross_bps"],
            "net_bps": row["net_bps"],
            "gross_quote": net + fees,
            "fees_quote": fees,
            "net_quote": net,
            "brain_cost_usd": paid.get(row["decision_id"], Decimal(0)),
        }


def pnl(store: Store) -> Iterator[Line]:
    """A row a UTC day on which something was known, world and quote; what brains cost has rows of its own."""
    days: dict[tuple[str, str, str], Line] = {}

    def of(day: str, world: str, quote: str) -> Any:
        fresh = {name: Decimal(0) if kind is Decimal else 0 for name, kind in PNL.items()}
        return days.setdefault((day, world, quote), {**fresh, "day": day, "world": world, "quote": quote})

    for trip in round_trips(store):
        line = of(day_of(int(str(trip["ts_known"]))), str(trip["world"]), str(trip["quote"]))
        line["round_trips"] += 1
        line["wins"] += float(str(trip["net_bps"])) > 0
        for name in ("gross_quote", "fees_quote", "net_quote"):
            line[name] += trip[name]
        line["net_after_brains"] += trip["net_quote"]
    for (day, world), cost in _paid_by_day(store).items():
        line = of(day, world, BRAINS)
        line["brain_cost"] += cost
        line["net_after_brains"] -= cost
    yield from (days[key] for key in sorted(days))


def _paid_by_decision(store: Store) -> dict[str, Decimal]:
    table = _T["consultation"].c
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for row in store.read(select(table.decision_id, table.cost_usd)):
        paid[row["decision_id"]] += Decimal(row["cost_usd"])
    return paid


def _paid_by_day(store: Store) -> dict[tuple[str, str], Decimal]:
    """What counts against the caps: settled where it was settled, else what was reserved."""
    calls: dict[str, tuple[str, str, Decimal]] = {}
    rows = store.read(select(_T["spend"]))
    for row in sorted(rows, key=lambda one: one["stage"] == "settled"):
        calls[row["reservation_id"]] = day_of(row["ts"]), row["world"], Decimal(row["amount_usd"])
    paid: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for day, world, amount in calls.values():
        paid[day, world] += amount
    return paid


def _pages(store: Store, table: str, query: Any) -> Iterator[Mapping[str, Any]]:
    number = literal_column(f'"{table}".rowid', Integer)
    after = 0
    while True:
        page = query.add_columns(number.label("number")).where(number > after).order_by(number).limit(PAGE)
        rows = store.read(page)
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["number"]


TABLES: dict[str, tuple[dict[str, type], Callable[[Store], Iterator[Line]], tuple[str, ...]]] = {
    "fills": (FILLS, fills, ("value_quote", "fee_quote")),
    "round-trips": (ROUND_TRIPS, round_trips, ("gross_quote", "fees_quote", "net_quote")),
    "pnl": (PNL, pnl, ("gross_quote", "fees_quote", "brain_cost", "net_quote", "net_after_brains")),
}
