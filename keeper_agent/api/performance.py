"""What trading came to in the record's last hours: equity, drawdown, groups, and whether odds were right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from statistics import fmean
from typing import Any

from graphs.day import figures_as_data, measure_day
from keeper_agent.api.shapes_figures import Calibration, Equity, Group, Performance, Tail
from memory.account import last_known
from memory.history import runs
from memory.lookup import DecisionFilter
from memory.statistics import DecisionFact, TradeFact, decision_facts, trade_facts
from memory.store import Store
from tools.domain.clock import day_of, iso
from tools.domain.market import NANOS

HOUR_NS = 3_600 * NANOS
MOST_FACTS = 5_000  # decisions and outcomes, the newest; what was left out is told
SEED = 7  # of the bootstrap: the same record gives the same figures
BY = ("symbol", "regime", "route", "hour")
TAIL = 0.05
LEAST_TAIL = 20  # round trips below which nothing is said of the worst twentieth


def performance(store: Store, hours: float, world: str | None = None) -> Performance:
    """How the newest decisions within ``hours`` fared, of ``world`` or of the newest decision's world."""
    now = last_known(store)
    chosen = world or world_of(store)
    wanted = DecisionFilter(world=chosen, ts_from=max(0, now - round(hours * HOUR_NS)))
    decisions = decision_facts(store, wanted, newest=MOST_FACTS)
    trades = trade_facts(store, wanted, newest=MOST_FACTS, has_rules=False)
    figures = measure_day(day_of(now), chosen or "", decisions, trades, repeated=0, seed=SEED)
    told = figures_as_data(figures)
    return Performance(
        world=chosen,
        hours=hours,
        since=iso(wanted.ts_from or 0),
        is_cut=len(decisions) == MOST_FACTS or len(trades) == MOST_FACTS,
        actions=told["actions"],
        whole=Group(**told["all"]),
        by={name: [Group(**row) for row in told["by"][name]] for name in (*BY, "rule")},
        equity=_equity(figures.taken_trades),
        equity_from=_began(store, decisions, wanted.ts_from or 0),
        calibration=_calibration(trades, told["calibration"]),
        tail=_tail([trade.net_bps for trade in figures.taken_trades]),
    )


def tail_of(store: Store) -> Tail:
    """The worst of the newest round trips in the world of the newest decision."""
    wanted = DecisionFilter(world=world_of(store), kind="taken")
    trades = trade_facts(store, wanted, newest=MOST_FACTS, has_rules=False)
    return _tail([trade.net_bps for trade in trades])


def world_of(store: Store) -> str | None:
    """The world of the newest decision; None where there is none."""
    newest = decision_facts(store, DecisionFilter(), newest=1)
    return newest[0].world if newest else None


def _began(store: Store, decisions: Sequence[DecisionFact], since: int) -> int | None:
    """When the session of the oldest counted decision began, not before ``since``; None without any."""
    if not decisions:
        return None
    oldest = decisions[0]
    began = [one.ts_started for one in runs(store, ts_to=oldest.ts + 1) if one.run_id == oldest.run_id]
    return max(since, *began, 0) if began and began[0] <= oldest.ts else oldest.ts


def _equity(trades: Sequence[TradeFact]) -> list[Equity]:
    """The running sum after each round trip taken, and how far it lies below its highest point."""
    sums = list(accumulate(trade.net_bps for trade in trades))
    peaks = list(accumulate([0.0, *sums], max))[1:]
    return [
        Equity(
            ts=trade.ts_exit,
            decision_id=trade.decision.decision_id,
            symbol=trade.symbol,
            net_bps=trade.net_bps,
            sum_bps=total,
            drawdown_bps=peak - total,
        )
        for trade, total, peak in zip(trades, sums, peaks, strict=True)
    ]


def _calibration(trades: Sequence[TradeFact], bins: Sequence[Mapping[str, Any]]) -> Calibration:
    """What was said of followed signals beside what happened, and what they needed to break even."""
    followed = [t for t in trades if t.kind == "shadow" and t.decision.probability is not None]
    return Calibration(
        n=len(followed),
        bins=list(map(dict, bins)),
        breakeven=fmean(trade.breakeven for trade in followed) if followed else None,
    )


def _tail(results: Sequence[float]) -> Tail:
    """The mean of the worst twentieth of round trips, basis points; nothing where they are few."""
    n = len(results)
    if n < LEAST_TAIL:
        return Tail(n=n, level=TAIL, worst=min(results, default=None), cvar_bps=None)
    worst = sorted(results)[: max(1, round(TAIL * n))]
    return Tail(n=n, level=TAIL, worst=worst[0], cvar_bps=fmean(worst))
