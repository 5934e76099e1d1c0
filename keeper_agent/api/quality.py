"""How good signals of each kind proved, taken or not: followed on paper, all of them, beside break-even."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scipy.special import betainc, betaincinv  # type: ignore[import-untyped]
from sqlalchemy import select

from graphs.answers import statistics_as_data
from keeper_agent.api.shapes_figures import Posterior, SignalQuality
from memory.lookup import DecisionFilter
from memory.schema import METADATA
from memory.statistics import DecisionFact, TradeFact, decision_facts, trade_facts
from memory.store import Store
from tools.risk.measures import TradeStatistics, measure_trades

MOST = 5_000
SEED = 7
PRIOR = 0.5  # Jeffreys: half a win and half a loss
_T = METADATA.tables


def quality(store: Store, by: str = "source") -> list[SignalQuality]:
    """Signals of the newest decisions grouped by ``source``, ``symbol`` or ``regime`` within their source."""
    decisions = decision_facts(store, DecisionFilter(), newest=MOST)
    shadows = trade_facts(store, DecisionFilter(kind="shadow"), newest=MOST, has_rules=False)
    sources = _sources(store)
    key: Callable[[DecisionFact], str] = {
        "source": lambda fact: sources.get(fact.decision_id, "unknown"),
        "symbol": lambda fact: fact.symbol,
        "regime": lambda fact: fact.regime,
    }[by]
    groups: dict[tuple[str, str], tuple[list[DecisionFact], list[TradeFact]]] = {}
    for fact in decisions:
        _at(groups, sources, key, fact)[0].append(fact)
    for trade in shadows:
        _at(groups, sources, key, trade.decision)[1].append(trade)
    return [_told(names, *groups[names]) for names in sorted(groups)]


def _at(
    groups: dict[tuple[str, str], tuple[list[DecisionFact], list[TradeFact]]],
    sources: Mapping[str, str],
    key: Callable[[DecisionFact], str],
    fact: DecisionFact,
) -> tuple[list[DecisionFact], list[TradeFact]]:
    return groups.setdefault((sources.get(fact.decision_id, "unknown"), key(fact)), ([], []))


def _told(
    names: tuple[str, str], decisions: Sequence[DecisionFact], trades: Sequence[TradeFact]
) -> SignalQuality:
    found = measure_trades(trades, SEED)
    return SignalQuality(
        source=names[0],
        name=names[1],
        decisions=len(decisions),
        entered=sum(fact.action == "enter" for fact in decisions),
        followed=statistics_as_data(found),
        posterior=posterior(found),
    )


def posterior(found: TradeStatistics) -> Posterior | None:
    """What the trades say of the win probability; None where there are none.

    Trades that overlap in time count as the independent ones they are worth.

    Source:
        Brown, Cai and DasGupta, Interval estimation for a binomial proportion (2001), section 4.
    """
    if found.win_rate is None or found.breakeven_win_rate is None:
        return None
    won = found.win_rate.value * found.n_effective + PRIOR
    lost = (1 - found.win_rate.value) * found.n_effective + PRIOR
    low, median, high = (float(betaincinv(won, lost, level)) for level in (0.025, 0.5, 0.975))
    edge = min(1.0, max(0.0, found.breakeven_win_rate))
    return Posterior(low=low, median=median, high=high, chance=1 - float(betainc(won, lost, edge)))


def _sources(store: Store) -> dict[str, str]:
    """Where the signals of the newest decisions came from, by decision."""
    d, s = _T["decision"].c, _T["signal"].c
    joined = _T["decision"].join(_T["signal"], d.signal_id == s.signal_id)
    query = select(d.decision_id, s.source).select_from(joined).order_by(d.ts.desc()).limit(2 * MOST)
    return {row["decision_id"]: row["source"] for row in store.read(query)}
