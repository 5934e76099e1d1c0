"""A day in figures: what was decided, what came of it, and what the refusals saved or cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from graphs.answers import statistics_as_data
from memory.statistics import DecisionFact, TradeFact
from tools.domain.clock import iso
from tools.models.validation.probabilities import Reliability
from tools.risk.measures import TradeStatistics, in_order, measure_trades, said_and_happened

BY: Mapping[str, Callable[[DecisionFact], str]] = {
    "symbol": lambda fact: fact.symbol,
    "regime": lambda fact: fact.regime,
    "hour": lambda fact: f"{iso(fact.ts)[11:13]}:00",
    "route": lambda fact: fact.route,
}


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """One row of a table: decisions of a group, its taken trades, and its signals on paper.

    Attributes:
        taken: Round trips with money.
        refused: Signals that were not entered, as followed on paper.
    """

    name: str
    decisions: int
    entries: int
    probes: int
    taken: TradeStatistics
    refused: TradeStatistics


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The day as a whole and by symbol, regime, hour, route and refusing rule.

    Attributes:
        actions: Decisions by action.
        runs: Ids of the runs that decided on that day.
        repeated: Runs over a recording that another run of the day played, too.
        taken_trades: Trades taken, in the order in which they ended.
        calibration: What was said of followed signals, and how often it happened.
    """

    day: str
    world: str
    actions: Mapping[str, int]
    runs: tuple[str, ...]
    repeated: int
    whole: GroupFigures
    by: Mapping[str, tuple[GroupFigures, ...]]
    taken_trades: tuple[TradeFact, ...]
    calibration: tuple[Reliability, ...]


def measure_day(
    day: str,
    world: str,
    decisions: Sequence[DecisionFact],
    trades: Sequence[TradeFact],
    *,
    repeated: int,
    seed: int,
) -> DayFigures:
    """Figures of one day of one world."""
    by = {name: _grouped(decisions, trades, key, seed) for name, key in BY.items()}
    rules = sorted({rule for fact in decisions for rule in fact.rules})
    by["rule"] = tuple(_figures(rule, _with_rule(decisions, rule), trades, seed) for rule in rules)
    return DayFigures(
        day=day,
        world=world,
        actions=dict(sorted(Counter(fact.action for fact in decisions).items())),
        runs=tuple(dict.fromkeys(fact.run_id for fact in decisions)),
        repeated=repeated,
        whole=_figures("all", decisions, trades, seed),
        by=by,
        taken_trades=tuple(in_order([trade for trade in trades if trade.kind == "taken"])),
        calibration=_calibration(trades),
    )


def _calibration(trades: Sequence[TradeFact]) -> tuple[Reliability, ...]:
    """Probabilities said of followed signals beside how often they won."""
    told = [
        (trade.decision.probability, trade.net_bps > 0)
        for trade in trades
        if trade.kind == "shadow" and trade.decision.probability is not None
    ]
    return said_and_happened([said for said, _ in told], [won for _, won in told])


def figures_as_data(figures: DayFigures) -> dict[str, Any]:
    """The figures as plain data, for the record and for --json."""
    return {
        "day": figures.day,
        "world": figures.world,
        "actions": dict(figures.actions),
        "runs": list(figures.runs),
        "runs_over_the_same_recording": figures.repeated,
        "all": _as_data(figures.whole),
        "equity": [[trade.ts_exit, trade.net_bps] for trade in figures.taken_trades],
        "calibration": [asdict(one) for one in figures.calibration],
        "by": {name: [_as_data(row) for row in rows] for name, rows in figures.by.items()},
    }


def _grouped(
    decisions: Sequence[DecisionFact],
    trades: Sequence[TradeFact],
    key: Callable[[DecisionFact], str],
    seed: int,
) -> tuple[GroupFigures, ...]:
    groups: dict[str, list[DecisionFact]] = {}
    for fact in decisions:
        groups.setdefault(key(fact), []).append(fact)
    return tuple(_figures(name, groups[name], trades, seed) for name in sorted(groups))


def _with_rule(decisions: Sequence[DecisionFact], rule: str) -> list[DecisionFact]:
    return [fact for fact in decisions if rule in fact.rules]


def _figures(
    name: str, decisions: Sequence[DecisionFact], trades: Sequence[TradeFact], seed: int
) -> GroupFigures:
    own = {fact.decision_id for fact in decisions}
    mine = [trade for trade in trades if trade.decision.decision_id in own]
    taken = [trade for trade in mine if trade.kind == "taken"]
    refused = [trade for trade in mine if trade.kind == "shadow" and trade.decision.action != "enter"]
    return GroupFigures(
        name=name,
        decisions=len(decisions),
        entries=sum(fact.action == "enter" for fact in decisions),
        probes=sum(fact.is_probe for fact in decisions),
        taken=measure_trades(taken, seed),
        refused=measure_trades(refused, seed),
    )


def _as_data(row: GroupFigures) -> dict[str, Any]:
    return {
        "name": row.name,
        "decisions": row.decisions,
        "entries": row.entries,
        "probes": row.probes,
        "taken": statistics_as_data(row.taken),
        "refused_on_paper": statistics_as_data(row.refused),
    }
