"""Profiles of symbols and regimes, made from followed signals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from graphs.improvement import Occasion
from memory.profiles import Profile, profile_name
from memory.statistics import TradeFact
from tools.domain.strategies import Example
from tools.risk.profiles import ProfileFigures, profile


def profiles_of(
    trades: Sequence[TradeFact], examples: Sequence[Example], occasion: Occasion, seed: int
) -> tuple[Profile, ...]:
    """One profile a symbol and regime, of the follows among ``trades``.

    Args:
        trades: Finished positions, each market counted once.
        examples: Followed signals with what was sensed then, of the same time.
        occasion: When and in what run it is said.
        seed: Of the intervals.
    """
    sensed = {one.outcome_id: one.features for one in examples}
    groups: dict[tuple[str, str], list[TradeFact]] = {}
    for trade in trades:
        if trade.kind == "shadow" and trade.outcome_id in sensed:
            groups.setdefault((trade.symbol, trade.decision.regime), []).append(trade)
    return tuple(_profile(*key, groups[key], sensed, occasion, seed) for key in sorted(groups))


def _profile(
    symbol: str,
    regime: str,
    trades: Sequence[TradeFact],
    sensed: Mapping[str, Mapping[str, float | None]],
    occasion: Occasion,
    seed: int,
) -> Profile:
    features = [sensed[trade.outcome_id] for trade in trades]
    found = profile(trades, features, [trade.decision.ts for trade in trades], seed)
    return Profile(
        profile_id=profile_name(occasion.world, symbol, regime),
        world=occasion.world,
        symbol=symbol,
        regime=regime,
        **_figures(found),
        day=occasion.day,
        run_id=occasion.run_id,
        ts=max(trade.ts_known for trade in trades),
        ts_known=occasion.ts,
    )


def _figures(found: ProfileFigures) -> Mapping[str, Any]:
    told = found.statistics
    rate, mean = told.win_rate, told.net_bps
    if rate is None or mean is None or told.breakeven_win_rate is None:
        raise ValueError("expected trades behind a profile, there were none")
    bounds = (mean.low, mean.high) if math.isfinite(mean.low) else (None, None)
    return {
        "n": told.n,
        "n_effective": told.n_effective,
        "wins": told.wins,
        "win_low": rate.low,
        "win_high": rate.high,
        "breakeven": told.breakeven_win_rate,
        "net_bps": mean.value,
        "net_low": bounds[0],
        "net_high": bounds[1],
        "spread_bps": found.spread_bps,
        "signature": dict(found.signature),
        "hours": tuple(asdict(one) for one in found.hours),
    }
