"""What each bound does to the worst days of an account that enters every symbol every day, at equal exposure.

Each day every symbol is asked for through the limits themselves, with one bound on, by what was known at
the day before. A bound that only makes everything smaller earns nothing: its worst days are held against
those of an account that has the same mean exposure on each symbol every day (``timing``), and of one that
spreads the mean of all evenly (``even``). Who is asked for first takes shared room first, so that a bound on
all of them says nothing against an even spread.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.risk.candles import Group
from tools.domain.parameter import ParameterSet, default_parameters
from tools.models.validation import block_bootstrap
from tools.risk.exposure import LedgerSnapshot
from tools.risk.limits import limit_batch
from tools.risk.prospects import Prospects, prospects_at
from tools.risk.wishes import EntryRequest

Reals = npt.NDArray[np.float64]

FIRST = 90  # days that are looked back on at least
WIDE = {"max_open_positions": 100, "max_symbol_exposure_usd": 1e6, "risk_capital_usd": 10_000}
EACH = Decimal(1_000)  # asked for on every symbol
# Every limit low enough to bind on most days: one that does not bind cannot be told from none.
BOUNDS: dict[str, dict[str, float]] = {
    "cvar_bound": {"bound_cvar": 1, "cvar_share": 0.004},
    "correlation_bound": {"bound_correlation": 1, "max_total_exposure_usd": 3_000},
    "tail_bound": {"bound_tail": 1, "joint_exposure_usd": 1_500},
    "regime_bound": {"bound_regime": 1},
}
WORST = 0.05


def worth(group: Group) -> dict[str, Any]:
    """Worst days with each bound over those without, at equal mean exposure; 95 % by blocks of a week."""
    closes = np.exp(np.vstack([np.zeros(len(group.symbols)), np.cumsum(group.returns, axis=0)]))
    ends = np.concatenate([[group.stamps[0] - (group.stamps[1] - group.stamps[0])], group.stamps]) * 1_000
    ahead = [
        prospects_at(group.symbols, ends, closes, int(ends[i])) for i in range(FIRST, len(group.returns))
    ]
    moves = np.expm1(group.returns[FIRST:])
    told: dict[str, Any] = {"of": "+".join(group.symbols), "n_days": len(moves)}
    for name, changes in BOUNDS.items():
        parameters = ParameterSet({**default_parameters().values, **WIDE, **changes})
        sizes = np.array([sized(group.symbols, one, parameters) for one in ahead])
        held = (sizes * moves).sum(axis=1)
        told[name] = {
            "mean_usd": round(float(sizes.sum(axis=1).mean()), 1),
            "spread_usd": round(float(sizes.sum(axis=1).std()), 1),
            "days_bound": int((sizes.min(axis=1) < float(EACH)).sum()),
            "timing": compared(held, moves @ sizes.mean(axis=0)),
            "even": compared(held, moves.sum(axis=1) * sizes.mean()),
        }
    return told


def compared(held: Reals, fixed: Reals) -> dict[str, float]:
    """Worst days of one account over those of another, results of shape (n_days,)."""
    ratio = block_bootstrap(
        lambda at: worst(held[at]) / worst(fixed[at]), len(held), np.random.default_rng(0), block=7
    )
    return {"ratio": round(ratio.value, 3), "low": round(ratio.low, 3), "high": round(ratio.high, 3)}


def sized(symbols: tuple[str, ...], ahead: Prospects, parameters: ParameterSet) -> list[float]:
    """USD on each symbol after the limits, in the order of symbols, shape (n_symbols,)."""
    ledger = LedgerSnapshot(ts=ahead.ts, prospects=ahead)
    wishes = [EntryRequest(f"d_{name}", name, EACH, ahead.ts) for name in symbols]
    return [0.0 if one is None else float(one.usd) for one in limit_batch(wishes, ledger, parameters)]


def worst(results: Reals) -> float:
    """Mean loss of the worst ``WORST`` of days, positive."""
    ordered = np.sort(results)
    return -float(ordered[: max(1, round(len(ordered) * WORST))].mean())
