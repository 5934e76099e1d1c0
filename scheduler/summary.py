"""What a run came to, in numbers that can be trusted: n, an interval, the break-even beside the wins."""

from __future__ import annotations

from typing import Any

import numpy as np

from scheduler.run import Tally
from tools.domain.clock import iso
from tools.domain.market import plain
from tools.execution.market import SymbolMarket
from tools.models.validation import bootstrap_mean, wilson_interval

LEAST = 10  # round trips below which no interval is given


def results(tally: Tally, seed: int) -> dict[str, Any]:
    """Counts and results of ``tally``; None where there is nothing to compute from."""
    n = tally.round_trips
    expectancy = float(np.mean(tally.net_bps)) if n else None
    interval = None
    if n >= LEAST:
        estimate = bootstrap_mean(np.array(tally.net_bps), np.random.default_rng(seed))
        interval = [estimate.low, estimate.high]
    wins = wilson_interval(tally.wins, n) if n else None
    return {
        "signals": tally.signals,
        "decisions": tally.decisions,
        "routes": tally.route_counts(),
        "actions": dict(sorted(tally.actions.items())),
        "probes": tally.probes,
        "orders": tally.orders,
        "fills": tally.fills,
        "round_trips": n,
        "net_pnl_quote": plain(tally.net_quote),
        "fees_quote": plain(tally.fees_quote),
        "open_positions": tally.open_positions,
        "open_cost_quote": plain(tally.open_cost_quote),
        "expectancy_bps": expectancy,
        "expectancy_bps_interval": interval,
        "win_rate": tally.wins / n if n else None,
        "win_rate_interval": list(wins) if wins else None,
        "breakeven_win_rate": float(np.mean(tally.breakeven)) if n else None,
        "departures": tally.departures,
        "followed_on_paper": tally.shadow,
        "still_followed_at_end": tally.unfollowed,
        "censored": tally.censored,
        **({"candles": dict(sorted(tally.candles.items()))} if tally.candles else {}),
    }


def silence_of(market: SymbolMarket, decisions: int) -> str | None:
    """Why nothing was decided any more, or nothing at all; None where there is nothing to explain."""
    if market.status in ("crossed", "gapped"):
        since = iso(market.broken_since)
        return (
            f"the book is {market.status} since {since}, and no snapshot came: nothing was decided after that"
        )
    if market.status in ("empty", "loading"):
        return "no snapshot of the book ever came, so the book was never used"
    if decisions:
        return None
    if not market.has_prints:
        return "no print came while the book was sound, so no market maker could be seen"
    return "no candidate was seen: the price never stood in the lower part of a market maker's range"
