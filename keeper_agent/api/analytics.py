"""Figures over the record's last hours: the market maker as signals saw it, and how entries were executed."""

from __future__ import annotations

from decimal import Decimal
from statistics import fmean
from typing import Any

import orjson
from sqlalchemy import Select, select

from keeper_agent.api.shapes import Analytics, MarketMakerHistory, MarketMakerSeen
from memory.account import last_known
from memory.schema import METADATA
from memory.store import Store
from tools.domain.clock import iso
from tools.domain.market import NANOS, plain

ALL = "ALL"
HOUR_NS = 3_600 * NANOS
DAY_H = 24
MOST_SIGNALS = 1_000
SEEN = ("mm_confidence", "mm_lower_bound", "mm_upper_bound", "mm_avg_order_size")
_T = METADATA.tables


def maker_history(store: Store, symbol: str) -> MarketMakerHistory:
    """What signals on ``symbol`` saw in the 24 hours before the newest thing known."""
    since, s = last_known(store) - DAY_H * HOUR_NS, _T["signal"].c
    query = select(s.signal_id, s.ts, s.features).where(s.symbol == symbol, s.ts > since)
    found = store.read(query.order_by(s.ts.desc()).limit(MOST_SIGNALS))
    seen = [(row, orjson.loads(row["features"])) for row in found]
    believed = [told["mm_confidence"] for _, told in seen if told.get("mm_confidence") is not None]
    return MarketMakerHistory(
        patterns=[
            MarketMakerSeen(
                ts=row["ts"],
                time=iso(row["ts"]),
                signal_id=row["signal_id"],
                **{name: told.get(name) for name in SEEN},
            )
            for row, told in seen
        ],
        avg_confidence=fmean(believed) if believed else None,
        departure_count=sum(bool(told.get("mm_departed")) for _, told in seen)
        + _aborts(store, symbol, since),
    )


def execution(store: Store, symbol: str, hours: float) -> Analytics:
    """How entries on ``symbol``, or on all, were executed in the last ``hours`` of the record."""
    since = last_known(store) - round(hours * HOUR_NS)
    f, i, d, s = (_T[name].c for name in ("fill", "intent", "decision", "signal"))
    bought = (
        select(f.price, f.size, f.is_maker, s.entry_price)
        .select_from(
            _T["fill"]
            .join(_T["intent"], f.client_order_id == i.client_order_id)
            .join(_T["decision"], f.decision_id == d.decision_id)
            .join(_T["signal"], d.signal_id == s.signal_id)
        )
        .where(i.leg == "entry", f.ts > since)
    )
    fills = store.read(_of(bought, f.symbol, symbol))
    placed = select(i.decision_id).where(i.leg == "entry", i.ts > since)
    orders = [row["decision_id"] for row in store.read(_of(placed, i.symbol, symbol))]
    trips = _trips(store, symbol, since)
    closed = [row for row in trips if row["net_bps"] is not None]
    fees = sum((Decimal(row["fees_quote"]) for row in closed if row["fees_quote"]), Decimal(0))
    return Analytics(
        symbol=symbol,
        entries=len(set(orders)),
        fills=len(fills),
        maker_share=fmean(row["is_maker"] for row in fills) if fills else None,
        slippage_bps=_slippage(fills),
        splits=len(orders) / len(set(orders)) if orders else None,
        departures=sum(row["result"] == "abort" for row in trips),
        unfilled=sum(row["result"] == "unfilled" for row in trips),
        net_bps=fmean(row["net_bps"] for row in closed) if closed else None,
        fees_quote=plain(fees),
    )


def _of(query: Select[Any], column: Any, symbol: str) -> Select[Any]:
    return query if symbol == ALL else query.where(column == symbol)


def _trips(store: Store, symbol: str, since: int) -> Any:
    o = _T["outcome"].c
    query = select(o.result, o.net_bps, o.fees_quote).where(o.kind == "taken", o.ts_known > since)
    return store.read(_of(query, o.symbol, symbol))


def _aborts(store: Store, symbol: str, since: int) -> int:
    return sum(row["result"] == "abort" for row in _trips(store, symbol, since))


def _slippage(fills: Any) -> float | None:
    """Mean of what was paid above the signal's price, weighted by value, basis points."""
    value = sum(row["price"] * row["size"] for row in fills)
    if not value:
        return None
    worse = sum((row["price"] / row["entry_price"] - 1) * 1e4 * (row["price"] * row["size"]) for row in fills)
    return float(worse / value)
