"""One symbol's market: what signals saw of it, our fills, and, where an agent runs, its book and tape now."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import orjson
from sqlalchemy import select

from keeper_agent.api.desk import Desk
from keeper_agent.api.shapes_figures import Market, MarketFill, MarketSeen
from keeper_agent.controlling import Refused, tell
from memory.account import last_known
from memory.schema import METADATA
from memory.store import Store
from tools.domain.errors import NotInRecord, NotRunning
from tools.domain.market import NANOS, plain, to_decimal
from tools.domain.parameter import default_parameters

MOST_SEEN = 2_000
MOST_FILLS = 500
SEEN = (
    "mid", "mm_lower_bound", "mm_upper_bound", "mm_confidence", "mm_refresh_rate", "book_refresh_rate",
    "spoofing_score",
)  # fmt: skip
SPOOF = "spoof_max_score"
_T = METADATA.tables


def market_of(store: Store, symbol: str, hours: float) -> Market:
    """What is known of ``symbol`` in the last ``hours`` of its record, oldest first."""
    since = last_known(store) - round(hours * 3_600 * NANOS)
    limit = default_parameters()[SPOOF]
    seen = [_seen(row, limit) for row in reversed(_signals(store, symbol, since))]
    return Market(symbol=symbol, seen=seen, fills=_fills(store, symbol, since), spoof_limit=limit)


def depth(desk: Desk, symbol: str) -> dict[str, Any] | None:
    """Book and tape as the agent last published them; None where it does not run or watch the symbol."""
    with suppress(NotRunning, NotInRecord, Refused):
        found: dict[str, Any] = tell(desk.home, "depth", symbol=symbol)
        return found
    return None


def _signals(store: Store, symbol: str, since: int) -> Any:
    s, d = _T["signal"].c, _T["decision"].c
    joined = _T["signal"].join(_T["decision"], s.signal_id == d.signal_id)
    query = select(s.ts, s.features, s.entry_price, d.decision_id, d.action).select_from(joined)
    return store.read(query.where(s.symbol == symbol, s.ts > since).order_by(s.ts.desc()).limit(MOST_SEEN))


def _seen(row: Any, limit: float) -> MarketSeen:
    told = orjson.loads(row["features"])
    score = told.get("spoofing_score")
    return MarketSeen(
        ts=row["ts"],
        decision_id=row["decision_id"],
        action=row["action"],
        entry=float(to_decimal(row["entry_price"])),
        is_spoof_alert=score is not None and score > limit,
        **{name: told.get(name) for name in SEEN},
    )


def _fills(store: Store, symbol: str, since: int) -> list[MarketFill]:
    f, i = _T["fill"].c, _T["intent"].c
    joined = _T["fill"].join(_T["intent"], f.client_order_id == i.client_order_id)
    query = select(f.ts, f.side, f.price, f.size, f.is_maker, f.decision_id, i.leg).select_from(joined)
    found = store.read(query.where(f.symbol == symbol, f.ts > since).order_by(f.ts.desc()).limit(MOST_FILLS))
    return [
        MarketFill(
            ts=row["ts"],
            side="buy" if row["side"] > 0 else "sell",
            leg=row["leg"],
            price=plain(to_decimal(row["price"])),
            size=plain(to_decimal(row["size"])),
            is_maker=bool(row["is_maker"]),
            decision_id=row["decision_id"],
        )
        for row in reversed(found)
    ]
