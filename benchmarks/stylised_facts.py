"""Stylised facts of the simulated market beside the bands they should lie in.

``python -m benchmarks.stylised_facts --tier T2`` prints the median of each over seeds and says which
are out of band. Bands are proposals from one thin real book: shape counts, not level.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from venue.pit import Pit
from venue.scenario.build import Scenario, build
from venue.sim import Simulation

Reals = npt.NDArray[np.float64]
SECOND = 1_000_000_000
SYMBOL = "ORBUSDT"
TAKERS = ("informed", "momentum", "metaorder", "noise-take", "wash")
NO_LIMIT = float("inf")
BANDS: dict[str, tuple[float, float]] = {
    "kurtosis_1s": (20, NO_LIMIT),
    "kurtosis_10s": (5, 60),
    "kurtosis_60s": (3, 20),
    "tail_index_10s": (2, 4),
    "acf_60s": (-NO_LIMIT, 0),  # bounce
    "acf_300s": (-0.05, 0.05),
    "acf_abs_60s_1": (0.1, 1),
    "acf_abs_60s_5": (0.1, 1),
    "zero_1s": (0.6, 0.97),
    "spread_bps": (5, 80),
    "two_sided": (0.99, 1),
    "crowd_life_ks": (0, 0.1),
    "crowd_life_hill": (0.35, 0.9),
    "cancels_below_1s": (0.1, 0.6),
    "never_filled": (0.9, 0.995),
    "orders_per_trade": (20, 500),
    "above_10_medians": (0.0005, 0.02),
    "top_10_sizes": (0.05, 0.4),
    "gap_cv": (1.2, NO_LIMIT),
    "placement_hill": (0.5, 1.5),
    "sign_acf_1": (0.1, 0.6),
    "sign_acf_exponent": (0.3, 0.8),
    "spread_vol": (0, 1),
    "volume_vol": (0, 1),
}
LIFETIME_QUANTILES = (0.14, 2.0, 9.0, 47.0, 77.0)  # seconds at 10, 25, 50, 75, 90 %, of a real book


@dataclass(frozen=True, slots=True)
class Touch:
    """Best prices at each whole second, ticks; not a number where a side is empty."""

    bid: Reals
    ask: Reals

    @property
    def mid(self) -> Reals:
        """Halfway between them."""
        return (self.bid + self.ask) / 2


def touch_by_second(pit: Pit, start_ns: int, seconds: int) -> Touch:
    """The touch at the end of every second."""
    book: tuple[dict[int, int], dict[int, int]] = ({}, {})
    out = np.full((2, seconds), np.nan)
    i = 0
    for second in range(seconds):
        until = start_ns + (second + 1) * SECOND
        while i < len(pit.levels) and pit.levels[i][0] <= until:
            _, side, price, size, _ = pit.levels[i]
            if size:
                book[side][price] = size
            else:
                book[side].pop(price, None)
            i += 1
        if book[0] and book[1]:
            out[:, second] = max(book[0]), min(book[1])
    return Touch(out[0], out[1])


def log_returns(mid: Reals, step: int) -> Reals:
    """Log returns over ``step`` seconds, in basis points."""
    seen = mid[::step]
    seen = seen[~np.isnan(seen)]
    return np.asarray(1e4 * np.diff(np.log(seen)))


def excess_kurtosis(values: Reals) -> float:
    """Fourth moment over that of a normal distribution."""
    centred = values - values.mean()
    return float(np.mean(centred**4) / np.mean(centred**2) ** 2 - 3)


def autocorrelation(values: Reals, lag: int) -> float:
    """Correlation with itself ``lag`` items ago."""
    centred = values - values.mean()
    return float(np.mean(centred[lag:] * centred[:-lag]) / np.mean(centred**2))


def hill(values: Reals, share: float = 0.05) -> float:
    """Tail exponent from the greatest values (Hill, 1975, A simple general approach)."""
    ordered = np.sort(values)[::-1]
    k = max(10, round(share * len(ordered)))
    return float(1 / np.mean(np.log(ordered[:k] / ordered[k])))


def order_lives(sim: Simulation, symbol: str) -> dict[str, npt.NDArray[Any]]:
    """Of resting orders that are over: agent, lifetime in seconds, whether cancelled, share never traded."""
    placed = {o[1]: o for o in sim.truth.orders if o[0] == symbol}
    ends = [e for e in sim.truth.ends if e[0] == symbol and e[1] in placed]
    return {
        "intent": np.array([placed[e[1]][4] for e in ends]),
        "life_s": np.array([(e[2] - placed[e[1]][2]) / SECOND for e in ends]),
        "cancelled": np.array([e[3] == "cancelled" for e in ends]),
        "untouched": np.array([e[3] == "cancelled" and e[4] == placed[e[1]][8] for e in ends]),
    }


def facts(sim: Simulation, symbol: str, seconds: int) -> dict[str, float]:
    """The table of stylised facts of one market."""
    pit = next(pit for pit in sim.pits if pit.symbol.name == symbol)
    touch = touch_by_second(pit, sim.start_ns, seconds)
    mid = touch.mid[60:]
    r1, r10, r60 = (log_returns(mid, step) for step in (1, 10, 60))
    spread = 1e4 * (touch.ask - touch.bid) / touch.bid
    lives = order_lives(sim, symbol)
    cancels = lives["life_s"][lives["cancelled"]]
    crowd = lives["life_s"][lives["cancelled"] & (lives["intent"] == "noise")]
    orders = [o for o in sim.truth.orders if o[0] == symbol]
    added = np.array([o[8] for o in orders if o[4] not in TAKERS])
    signs = parent_signs(sim, symbol)
    gaps = np.diff([o[2] for o in orders if o[2] > sim.start_ns]) / SECOND
    distance = placement_bps(sim, pit)
    counts = np.sort(np.unique(added, return_counts=True)[1])[::-1]
    return {
        "kurtosis_1s": excess_kurtosis(r1),
        "kurtosis_10s": excess_kurtosis(r10),
        "kurtosis_60s": excess_kurtosis(r60),
        "tail_index_10s": hill(np.abs(r10[r10 != 0])),
        "acf_60s": autocorrelation(r60, 1),
        "acf_300s": autocorrelation(log_returns(mid, 300), 1),
        "acf_abs_60s_1": autocorrelation(np.abs(r60), 1),
        "acf_abs_60s_5": autocorrelation(np.abs(r60), 5),
        "zero_1s": float(np.mean(r1 == 0)),
        "spread_bps": float(np.nanmedian(spread)),
        "two_sided": float(np.mean(~np.isnan(spread))),
        "crowd_life_ks": quantile_distance(crowd),
        "crowd_life_hill": hill(crowd),
        "cancels_below_1s": float(np.mean(cancels < 1)),
        "never_filled": float(np.mean(lives["untouched"][~np.isin(lives["intent"], TAKERS)])),
        "orders_per_trade": len(orders) / max(1, len(signs)),
        "above_10_medians": float(np.mean(added > 10 * np.median(added))),
        "top_10_sizes": float(counts[:10].sum() / counts.sum()),
        "gap_cv": float(gaps.std() / gaps.mean()),
        "placement_hill": hill(distance),
        "sign_acf_1": autocorrelation(signs, 1),
        "sign_acf_exponent": sign_decay(signs),
        "spread_vol": spread_and_volatility(spread[60:], touch.mid[60:]),
        "volume_vol": volume_and_volatility(pit, touch.mid, sim.start_ns),
    }


def parent_signs(sim: Simulation, symbol: str) -> Reals:
    """Aggressor of each taking order, in order of time."""
    seen: dict[int, int] = {}
    for trade in sim.truth.trades:
        if trade[0] == symbol:
            seen.setdefault(trade[8], trade[3])
    return np.array(list(seen.values()), dtype=np.float64)


def sign_decay(signs: Reals) -> float:
    """Exponent g of the signs' autocorrelation, as lag ** -g over lags 1 to 30."""
    lags = np.array([1, 2, 3, 5, 8, 12, 18, 25, 30])
    found = np.array([autocorrelation(signs, int(lag)) for lag in lags])
    good = found > 0
    return float(-np.polyfit(np.log(lags[good]), np.log(found[good]), 1)[0])


def placement_bps(sim: Simulation, pit: Pit) -> Reals:
    """Distance of the crowd's limit orders from what the coin is worth, basis points, where positive."""
    rows = [o for o in sim.truth.orders if o[0] == pit.symbol.name and o[4] == "noise"]
    distance = np.array(
        [1e4 * side * (1 - price / pit.worth(ts)) for _, _, ts, _, _, _, side, price, *_ in rows]
    )
    return distance[distance > 0]


def quantile_distance(lives: Reals) -> float:
    """Greatest distance from the real lifetimes' distribution at its known quantiles."""
    shares = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
    found = np.array([np.mean(lives <= q) for q in LIFETIME_QUANTILES])
    return float(np.max(np.abs(found - shares)))


def minutes(values: Reals) -> Reals:
    """Shape (n_minutes, 60)."""
    return values[: len(values) // 60 * 60].reshape(-1, 60)


def spread_and_volatility(spread: Reals, mid: Reals) -> float:
    """Correlation of a minute's mean spread and its absolute move."""
    move = np.abs(np.diff(np.log(minutes(mid)[:, ::10]), axis=1)).sum(axis=1)
    wide = np.nanmean(minutes(spread), axis=1)
    good = ~(np.isnan(move) | np.isnan(wide))
    return float(np.corrcoef(move[good], wide[good])[0, 1])


def volume_and_volatility(pit: Pit, mid: Reals, start_ns: int) -> float:
    """Correlation of a minute's volume and its absolute move."""
    move = np.abs(np.diff(np.log(minutes(mid)[:, ::10]), axis=1)).sum(axis=1)
    at = np.array([(p[0] - start_ns) // (60 * SECOND) for p in pit.prints])
    volume = np.bincount(at, weights=[p[3] for p in pit.prints], minlength=len(move))[: len(move)]
    good = ~np.isnan(move)
    return float(np.corrcoef(move[good], volume[good])[0, 1])


def measured(tier: str, seeds: range, seconds: int) -> dict[str, float]:
    """The median of each fact over seeds."""
    tables = []
    for seed in seeds:
        scenario = Scenario(tier=tier, seed=seed, seconds=seconds, thin_coins=1, has_leader=False)
        sim = build(scenario)
        sim.run(seconds)
        tables.append(facts(sim, SYMBOL, seconds))
    return {name: float(np.median([table[name] for table in tables])) for name in tables[0]}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tier", default="T2")
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=7200)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    table = measured(arguments.tier, range(100, 100 + arguments.seeds), arguments.seconds)
    if arguments.json:
        print(json.dumps({"tier": arguments.tier, "seeds": arguments.seeds, "facts": table}))
        return
    for name, value in table.items():
        low, high = BANDS[name]
        print(f"{name:18} {value:9.3f}  {low:g} to {high:g}  {'' if low <= value <= high else 'OUT'}")


if __name__ == "__main__":
    main()
