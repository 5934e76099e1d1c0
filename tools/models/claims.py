"""The claims table: stages of the agent over the same worlds, each figure with n and its interval.

Worlds are the clusters of every interval. A win rate stands beside the one at which the same
average win and loss pay nothing, the result beside what is left of it without the best trades, and
every stage beside the one before it, world by world.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.models.anatomy import Ending, TripParts, breakeven_taker_bps, endings
from tools.models.validation import (
    ClusterDraws,
    DeflatedSharpe,
    Figure,
    backtest_overfitting,
    deflated_sharpe,
    effective_count,
    profit_factor,
    sharpe_ratio,
)
from tools.models.validation.clusters import LEAST_CLUSTERS

Floats = NDArray[np.float64]

BEST_SHARE = 0.01  # of the trades, removed to see what hangs on a few
PER = 100.0  # entries, for departures


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldResult:
    """What one stage did in one world, everything marked at its end.

    Attributes:
        hours: Virtual hours it traded.
        net_bps: Result of every round trip after costs, in order of exit, basis points.
        net_quote: The same in quote.
        slippage_bps: Of every entry against TWAP, what was not filled charged; lower is better.
        filled: Share of every entry that was filled.
        departures: Market makers driven beyond their tolerance; None where that cannot be known.
        departures_alone: The same in this world without Keeper.
        left_open: Symbols that could not be sold at the end.
        parts: The steps of every round trip of which the mids are known.
    """

    seed: int
    hours: float
    net_bps: tuple[float, ...]
    net_quote: tuple[float, ...]
    slippage_bps: tuple[float, ...]
    filled: tuple[float, ...]
    departures: int | None
    departures_alone: int | None
    left_open: int = 0
    parts: tuple[TripParts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageClaims:
    """One row of the table; None where there is nothing to compute from.

    Attributes:
        breakeven_win_rate: At which the stage's own average win and average loss would pay nothing.
        expectancy_bps: A round trip, after costs.
        without_best_bps: The same without the best 1 % of the trades.
        bps_an_hour: Sum of net bps an hour of a world; defined, too, where nothing was traded.
        slippage_bps: An entry's price against TWAP over the same patience, all-in; below 0 is better.
        drawdown_quote: Deepest fall of realised results from their peak, worst world.
        departures_caused: More market makers driven away than without Keeper, per hundred entries; None, too,
            where nobody could react.
        uplift_bps: Expectancy less that of the stage before.
        uplift_bps_an_hour: Sum of bps an hour less that of the stage before.
        breakeven_taker_bps: The fee for taking at which the same trips would pay nothing.
        endings: Where the basis points went, by how trips ended.
    """

    stage: str
    round_trips: int
    win_rate: Figure | None
    breakeven_win_rate: float | None
    expectancy_bps: Figure | None
    without_best_bps: Figure | None
    bps_an_hour: Figure | None
    profit_factor: float | None
    slippage_bps: Figure | None
    filled: Figure | None
    drawdown_quote: float
    departures_caused: Figure | None
    sharpe: DeflatedSharpe | None
    uplift_bps: Figure | None
    uplift_bps_an_hour: Figure | None
    left_open: int
    breakeven_taker_bps: Figure | None
    endings: tuple[Ending, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The whole table.

    Attributes:
        overfitting: Chance that the stage that is best in half of the worlds is no better than the median
            in the other half; None with one stage or too few worlds.
        tried: Settings tried on these worlds in all, as the deflated ratios count them.
    """

    stages: tuple[StageClaims, ...]
    worlds: int
    overfitting: float | None
    tried: int


def claims_of(
    results: Sequence[tuple[str, Sequence[WorldResult]]],
    rng: np.random.Generator,
    *,
    tried: int,
    accounts: Mapping[str, Sequence[Sequence[float]]] | None = None,
) -> Claims:
    """The table of ``results``: name and worlds of each stage, in order.

    Args:
        results: The same worlds in the same order for every stage.
        rng: Seeded generator.
        tried: Settings that were tried on these worlds, these stages included.
        accounts: Realised results in order of exit of every account of each stage, where an account outlasts
            a world (or, on a tape, a block); each world is an account of its own where not given.

    Raises:
        ValueError: There is no world, stages differ in worlds, or fewer were tried than are there.
    """
    seeds = [[world.seed for world in worlds] for _, worlds in results]
    if not seeds or not seeds[0] or any(one != seeds[0] for one in seeds):
        raise ValueError("expected every stage over the same worlds, one or more")
    if tried < len(results):
        raise ValueError(f"tried must be at least the {len(results)} stages, was {tried}")
    draws = ClusterDraws(len(seeds[0]), rng)
    ratios = [_ratio(_flat([world.net_bps for world in worlds])) for _, worlds in results]
    known = [ratio for ratio in ratios if ratio is not None]
    variance = float(np.var(known, ddof=1)) if len(known) > 1 else None
    rows = []
    before: Sequence[WorldResult] | None = None
    for name, worlds in results:
        paths = [world.net_quote for world in worlds] if accounts is None else accounts[name]
        rows.append(_row(name, worlds, before, draws, tried, variance, paths))
        before = worlds
    return Claims(stages=tuple(rows), worlds=len(seeds[0]), overfitting=_overfitting(results), tried=tried)


def drawdown(net_quote: Sequence[float]) -> float:
    """Deepest fall of the running sum from its peak, the start included; 0 or more.

    >>> drawdown([1.0, -3.0, 1.0, -2.0, 5.0])
    4.0
    """
    path = np.concatenate(([0.0], np.cumsum(np.asarray(net_quote, dtype=np.float64))))
    return float(np.max(np.maximum.accumulate(path) - path))


def realised_breakeven(net_bps: Floats) -> float | None:
    """Win rate at which the average win and the average loss pay nothing; None without either.

    >>> realised_breakeven(np.array([5.0, 15.0, -30.0]))
    0.75
    """
    wins, losses = net_bps[net_bps > 0], net_bps[net_bps <= 0]
    if not len(wins) or not len(losses):
        return None
    lost = -float(losses.mean())
    return lost / (float(wins.mean()) + lost)


def _row(
    name: str,
    worlds: Sequence[WorldResult],
    before: Sequence[WorldResult] | None,
    draws: ClusterDraws,
    tried: int,
    variance: float | None,
    paths: Sequence[Sequence[float]],
) -> StageClaims:
    net = _flat([world.net_bps for world in worlds])
    n, entries = len(net), sum(len(world.slippage_bps) for world in worlds)
    trips = _sums(worlds, lambda world: len(world.net_bps))
    entered = _sums(worlds, lambda world: len(world.slippage_bps))
    expectancy, hourly = (_net(worlds), trips), (_net(worlds), _hours(worlds))
    caused = _caused(worlds)
    factor = profit_factor(net)
    left = np.array([len(kept) for kept in _without_best(worlds)], dtype=np.float64)
    remaining = np.array([sum(kept) for kept in _without_best(worlds)], dtype=np.float64)
    return StageClaims(
        stage=name,
        round_trips=n,
        win_rate=draws.ratio(_sums(worlds, lambda w: sum(x > 0 for x in w.net_bps)), trips, n),
        breakeven_win_rate=realised_breakeven(net),
        expectancy_bps=draws.ratio(*expectancy, n),
        without_best_bps=draws.ratio(remaining, left, int(left.sum())),
        bps_an_hour=draws.ratio(*hourly, n),
        profit_factor=factor if math.isfinite(factor) else None,
        slippage_bps=draws.ratio(_sums(worlds, lambda w: sum(w.slippage_bps)), entered, entries),
        filled=draws.ratio(_sums(worlds, lambda w: sum(w.filled)), entered, entries),
        drawdown_quote=max(map(drawdown, paths), default=0.0),
        departures_caused=None if caused is None else draws.ratio(caused, entered, entries),
        sharpe=_deflated(net, draws.drawn(*expectancy), int(np.count_nonzero(trips)), tried, variance),
        uplift_bps=None
        if before is None
        else draws.difference(expectancy, (_net(before), _sums(before, lambda w: len(w.net_bps))), n),
        uplift_bps_an_hour=None
        if before is None
        else draws.difference(hourly, (_net(before), _hours(before)), n),
        left_open=sum(world.left_open for world in worlds),
        breakeven_taker_bps=breakeven_taker_bps([world.parts for world in worlds], draws),
        endings=endings([world.parts for world in worlds], draws),
    )


def _deflated(
    net: Floats, drawn: Floats, clusters: int, tried: int, variance: float | None
) -> DeflatedSharpe | None:
    if len(net) < 2 or clusters < LEAST_CLUSTERS:
        return None
    independent = effective_count(net, drawn)
    spread = variance if variance is not None else 1 / independent
    return deflated_sharpe(net, trials=tried, variance=spread, effective_n=independent)


def _overfitting(results: Sequence[tuple[str, Sequence[WorldResult]]]) -> float | None:
    worlds = len(results[0][1])
    if len(results) < 2 or worlds < LEAST_CLUSTERS:
        return None
    table = np.array([_net(stage) for _, stage in results]).T
    return backtest_overfitting(table, blocks=min(16, worlds - worlds % 2)).probability


def _caused(worlds: Sequence[WorldResult]) -> Floats | None:
    """Departures beyond those without Keeper, times ``PER``; None where one of them cannot be known."""
    caused = []
    for world in worlds:
        if world.departures is None or world.departures_alone is None:
            return None
        caused.append(PER * (world.departures - world.departures_alone))
    return np.array(caused, dtype=np.float64)


def _without_best(worlds: Sequence[WorldResult]) -> list[list[float]]:
    """The results of each world without the best of all of them together."""
    net = _flat([world.net_bps for world in worlds])
    gone = set(np.argsort(-net, kind="stable")[: math.ceil(len(net) * BEST_SHARE)].tolist())
    kept: list[list[float]] = []
    place = 0
    for world in worlds:
        kept.append([value for i, value in enumerate(world.net_bps, place) if i not in gone])
        place += len(world.net_bps)
    return kept


def _ratio(net: Floats) -> float | None:
    ratio = sharpe_ratio(net) if len(net) > 1 else math.nan
    return None if math.isnan(ratio) else ratio


def _flat(parts: Sequence[tuple[float, ...]]) -> Floats:
    return np.array([value for part in parts for value in part], dtype=np.float64)


def _net(worlds: Sequence[WorldResult]) -> Floats:
    return _sums(worlds, lambda world: sum(world.net_bps))


def _hours(worlds: Sequence[WorldResult]) -> Floats:
    return _sums(worlds, lambda world: world.hours)


def _sums(worlds: Sequence[WorldResult], of: Callable[[WorldResult], float]) -> Floats:
    return np.array([of(world) for world in worlds], dtype=np.float64)
