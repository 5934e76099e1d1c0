"""Figures of the last hour and day out of memory, read beside the agent: the live metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from keeper_agent.brains import chosen
from keeper_agent.settings import Settings
from memory.schema import METADATA
from memory.store import Store
from memory.strategies import StrategyBook
from tools.domain.clock import day_bounds, day_of, month_bounds
from tools.domain.market import NANOS, plain
from tools.models.validation import wilson_interval

HOUR_NS = 3_600 * NANOS
DAY_NS = 24 * HOUR_NS
_T = METADATA.tables


def figures(store: Store, settings: Settings, world: str, ts: int, now: int) -> dict[str, Any]:
    """What memory says at ``ts`` of the last hour and day in ``world``.

    Args:
        store: Opened to be read only.
        settings: The caps of the brain.
        world: Whose decisions are counted.
        ts: The session's time, ns.
        now: The machine's time, by which money is counted, ns.
    """
    return {
        "decisions_an_hour": _decisions(store, world, ts),
        "last_24h": _win_rate(store, world, ts),
        "strategies": dict(Counter(one.standing for one in StrategyBook(store).known(ts, world))),
        "brain": _brain(store, settings, now),
    }


def _decisions(store: Store, world: str, ts: int) -> int:
    table = _T["decision"].c
    query = select(func.count().label("n")).where(
        table.world == world, table.ts > ts - HOUR_NS, table.ts <= ts
    )
    return int(store.read(query)[0]["n"])


def _win_rate(store: Store, world: str, ts: int) -> dict[str, Any]:
    """Round trips of the last 24 hours: the win rate with its interval beside the break-even."""
    o, d = _T["outcome"].c, _T["decision"].c
    joined = _T["outcome"].join(_T["decision"], o.decision_id == d.decision_id)
    query = (
        select(o.net_bps, o.net_quote, o.fees_quote, d.breakeven)
        .select_from(joined)
        .where(o.world == world, o.kind == "taken", o.net_bps.is_not(None))
        .where(o.ts_known > ts - DAY_NS, o.ts_known <= ts)
    )
    rows = store.read(query)
    n, wins = len(rows), sum(row["net_bps"] > 0 for row in rows)
    return {
        "round_trips": n,
        "wins": wins,
        "win_rate": wins / n if n else None,
        "win_rate_interval": list(wilson_interval(wins, n)) if n else None,
        "breakeven": sum(row["breakeven"] for row in rows) / n if n else None,
        "expectancy_bps": sum(row["net_bps"] for row in rows) / n if n else None,
        "net_quote": _sum(rows, "net_quote"),
        "fees_quote": _sum(rows, "fees_quote"),
    }


def _sum(rows: Any, name: str) -> str:
    return plain(sum((Decimal(row[name]) for row in rows if row[name] is not None), Decimal(0)))


def _brain(store: Store, settings: Settings, now: int) -> Mapping[str, Any] | None:
    """Who may be asked, and what is left of the budget; None where nobody may."""
    names = chosen(settings)
    if not names:
        return None
    day, month = spent_on_brains(store, now)
    return {
        "who": names,
        "budget_today_usd": plain(settings.keeper_brain_usd_per_day),
        "budget_month_usd": plain(settings.keeper_brain_usd_per_month),
        "spent_today_usd": plain(day),
        "left_today_usd": plain(max(Decimal(0), settings.keeper_brain_usd_per_day - day)),
        "spent_month_usd": plain(month),
        "left_month_usd": plain(max(Decimal(0), settings.keeper_brain_usd_per_month - month)),
    }


def spent_on_brains(store: Store, now: int) -> tuple[Decimal, Decimal]:
    """What counts against the caps of the UTC day and month of ``now``, US dollars."""
    return _spent(store, day_bounds(day_of(now))[0]), _spent(store, month_bounds(now)[0])


def _spent(store: Store, since: int) -> Decimal:
    """What counts against the caps from ``since`` on: what was settled, else what was reserved."""
    table = _T["spend"]
    rows = store.read(select(table).where(table.c.ts >= since).order_by(table.c.ts_known))
    counted: dict[str, Decimal] = {}
    for row in sorted(rows, key=lambda one: one["stage"] == "settled"):
        counted[row["reservation_id"]] = Decimal(row["amount_usd"])
    return sum(counted.values(), Decimal(0))
