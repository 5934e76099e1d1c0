"""How the running agent stands, as plain data: what the loop knows now, published frame by frame.

Everything here is read in the loop's own thread, between two batches, and handed over whole; who
asks for it reads the last one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from keeper_agent.app import CODE_VERSION, Keeper
from keeper_agent.levels import best_levels
from scheduler.cycle import DecisionCycle
from scheduler.parts import Market
from tools.domain.clock import day_of, iso
from tools.domain.market import NANOS, plain, to_decimal
from tools.domain.parameter import ParameterSet
from tools.domain.regime import Regime
from tools.execution.entry import Entry
from tools.execution.kill import KillSwitch, PauseSwitch
from tools.risk.exposure import LedgerSnapshot
from tools.risk.limit_table import TABLE

TAPE = ("aggressor_ratio_60s", "large_trades_count", "tape_velocity")
ALLOWED, PAUSED, KILLED = "allowed", "paused", "killed"


def standing(
    keeper: Keeper, cycles: Mapping[str, DecisionCycle], *, ts: int, began: int, place: str
) -> dict[str, Any]:
    """Everything the loop knows at ``ts``, ns.

    Args:
        keeper: The run's parts.
        cycles: By symbol.
        ts: Now, on the session's clock.
        began: When the session began on it.
        place: Where it trades, in words.
    """
    account = keeper.ledger.snapshot(ts)
    parameters = keeper.parameters.snapshot(ts)
    busy = [(symbol, cycle.executor.entry) for symbol, cycle in cycles.items()]
    entries = [(symbol, entry) for symbol, entry in busy if entry is not None]
    return {
        "run_id": keeper.identity.run_id,
        "world": keeper.identity.world.value,
        "place": place,
        "pid": os.getpid(),
        "version": CODE_VERSION,
        "ts": ts,
        "time": iso(ts),
        "began": iso(began),
        "session_s": (ts - began) / NANOS,
        "entries": _entries_allowed(account),
        "symbols": [_symbol(symbol, cycle, ts, account, parameters) for symbol, cycle in cycles.items()],
        "positions": [_position(symbol, entry) for symbol, entry in entries if entry.position],
        "orders": [order for symbol, entry in entries for order in _orders(symbol, entry)],
        "asking": sum(cycle.asking for cycle in cycles.values()),
        "today": _today(account, ts),
        "at_stake_usd": plain(account.total_exposure_usd),
        "limits": {row.parameter: parameters[row.parameter] for row in TABLE if row.parameter},
        "run": _run(keeper),
        "latencies": keeper.latencies(),
        "spreads": keeper.spreads(),
        "model": None if keeper.model is None else keeper.model.version,
        "parameters_version": parameters.version,
        "patterns": len(keeper.recall),
    }


def why_not(switches: tuple[KillSwitch, PauseSwitch]) -> str:
    """What was said when entries were forbidden; empty where they are allowed."""
    return next((switch.reason() for switch in switches if switch.is_set), "")


def _entries_allowed(account: LedgerSnapshot) -> str:
    if account.is_killed:
        return KILLED
    return PAUSED if account.is_paused else ALLOWED


def _symbol(
    symbol: str, cycle: DecisionCycle, ts: int, account: LedgerSnapshot, parameters: ParameterSet
) -> dict[str, Any]:
    market = cycle.market
    seen = market.features(max(ts, market.ts))
    regime = seen.get("regime")
    return {
        "symbol": symbol,
        "quote": market.instrument.quote,
        "book": market.status,
        "silent_s": max(0, ts - market.ts) / NANOS if market.ts else None,
        "feed": market.counters(),
        "mid": seen.get("mid"),
        "spread_bps": seen.get("spread_bps"),
        "regime": Regime(int(regime)).label if regime else None,
        "mm": {
            "is_there": bool(seen.get("mm_detected")),
            "confidence": seen.get("mm_confidence"),
            "low": seen.get("mm_lower_bound"),
            "high": seen.get("mm_upper_bound"),
            "order": seen.get("mm_avg_order_size"),
        },
        "levels": best_levels(seen, market.instrument, parameters),
        "tape": {name: seen.get(name) for name in TAPE},
        "spoofing": seen.get("spoofing_score"),
        "spoof_suspects": market.spoof_suspects,
        "order_lifetime_s": seen.get("order_lifetime_avg"),
        "outlook": _outlook(market, ts),
        "doing": _doing(cycle),
        "rest_s": max(0, account.rests.get(symbol, 0) - ts) / NANOS,
        "entries_today": account.trades_today(symbol),
        "at_stake_usd": plain(account.symbol_exposure_usd(symbol)),
    }


def _outlook(market: Market, ts: int) -> dict[str, Any]:
    volatility, regime = market.outlook()
    linked = market.correlation(ts)
    return {
        "volatility": volatility,
        "regime": None if regime is None else Regime(regime).label,
        "btc": None if linked is None else linked._asdict(),
    }


def _doing(cycle: DecisionCycle) -> str:
    entry = cycle.executor.entry
    if entry is None:
        return "asking" if cycle.asking else "watching"
    if entry.leaving is not None:
        return "leaving"
    return "holding" if entry.entered else "entering"


def _position(symbol: str, entry: Entry) -> dict[str, Any]:
    bought = [fill for fill in entry.fills if int(fill.side) > 0]
    paid = sum((to_decimal(fill.size) * to_decimal(fill.price) for fill in bought), Decimal(0))
    size = sum((to_decimal(fill.size) for fill in bought), Decimal(0))
    return {
        "symbol": symbol,
        "decision_id": entry.decision.decision_id,
        "size": plain(to_decimal(entry.position)),
        "price": plain(round(paid / size, 8)) if size else None,
        "target": plain(to_decimal(entry.target)),
        "stop": plain(to_decimal(entry.signal.stop)),
        "is_probe": entry.decision.is_probe,
    }


def _orders(symbol: str, entry: Entry) -> list[dict[str, Any]]:
    return [
        {
            "symbol": symbol,
            "order": name,
            "decision_id": intent.decision_id,
            "leg": intent.leg,
            "side": intent.side.label,
            "price": None if intent.price is None else plain(to_decimal(intent.price)),
            "left": plain(to_decimal(entry.left.get(name, intent.size))),
        }
        for name, intent in entry.working.items()
    ]


def _today(account: LedgerSnapshot, ts: int) -> dict[str, Any]:
    return {
        "day": day_of(ts),
        "realised_usd": plain(account.realised_usd),  # after fees
        "entries": sum(account.entries_today.values()),
    }


def _run(keeper: Keeper) -> dict[str, Any]:
    tally = keeper.tally
    return {
        "decisions": tally.decisions,
        "routes": tally.route_counts(),
        "probes": tally.probes,
        "round_trips": tally.round_trips,
        "wins": tally.wins,
        "net_quote": plain(tally.net_quote),
        "fees_quote": plain(tally.fees_quote),
        "departures": tally.departures,
    }
