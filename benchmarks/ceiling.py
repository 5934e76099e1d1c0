"""What could be earned at best in simulated worlds, and by what: ``python -m benchmarks.ceiling``.

Worlds run without Keeper; on each coin, one position at a time, an idealised trader of small orders that
nobody reacts to. It knows where the market maker truly quotes, 0.3 s late (or what the mid will be), is first
in the queue wherever it improves the price, and is filled by whoever takes at its price or through it, and by
the informed, who look once a second, wherever it stands 6 bps beyond the worth. Fees as in the laboratory:
nothing for resting, 5 bps for taking. Intervals draw whole worlds.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import orjson
from numba import njit
from numpy.typing import NDArray

from tools.models.validation import ClusterDraws
from venue.pit import NO_ASK, Pit
from venue.scenario.build import Scenario, build
from venue.sim import Simulation

Floats = NDArray[np.float64]

STEPS_A_SECOND = 10
LATE = 3  # steps
TAKER_BPS = 5.0
INFORMED_BPS, INFORMED_HZ = 6.0, 1.0
SEEN_FOR = 20  # steps that a quote is taken to stand while it is placed anew
WARM_S = 180.0

# entry_by: ticks above the market maker's bid, none, how far a stale ask must lie below the middle, bps
# exit_by: least bps above the middle in front of the asks, bps above the entry
MAKERS_BID, INSIDE, STALE = 0, 1, 2
LED, FIXED = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One idealised way to trade; seconds and basis points."""

    entry: int
    entry_by: float
    exit: int
    exit_by: float
    hold_s: float
    stop_bps: float
    entry_age_s: float = 0.0  # how long an entry stays where it was placed
    exit_age_s: float = 0.0


POLICIES: Mapping[str, Policy] = {
    "inside, target fixed, 15 s": Policy(
        entry=INSIDE, entry_by=1, exit=FIXED, exit_by=7, hold_s=15, stop_bps=20
    ),
    "maker's bid, target fixed, 120 s": Policy(
        entry=MAKERS_BID, entry_by=0, exit=FIXED, exit_by=14, hold_s=120, stop_bps=20
    ),
    "maker's bid, target fixed, 300 s": Policy(
        entry=MAKERS_BID, entry_by=0, exit=FIXED, exit_by=14, hold_s=300, stop_bps=60
    ),
    "maker's bid, exit led": Policy(
        entry=MAKERS_BID, entry_by=0, exit=LED, exit_by=2, hold_s=300, stop_bps=60
    ),
    "a tick ahead, exit led": Policy(
        entry=MAKERS_BID, entry_by=1, exit=LED, exit_by=2, hold_s=300, stop_bps=60
    ),
    "a tick ahead, entry 10 s old": Policy(
        entry=MAKERS_BID,
        entry_by=1,
        exit=LED,
        exit_by=2,
        hold_s=300,
        stop_bps=60,
        entry_age_s=10,
        exit_age_s=5,
    ),
    "a tick ahead, exit led, 30 s": Policy(
        entry=MAKERS_BID, entry_by=1, exit=LED, exit_by=2, hold_s=30, stop_bps=60
    ),
    "stale asks taken, exit led": Policy(
        entry=STALE, entry_by=8, exit=LED, exit_by=2, hold_s=300, stop_bps=60
    ),
}
HORIZONS_S = (15, 60, 120)


@dataclass(slots=True)
class Coin:
    """One market of a world, step by step; prices in ticks, shape (steps,)."""

    bid: Floats
    ask: Floats
    worth: Floats
    maker_bid: Floats
    maker_ask: Floats
    lowest_sale: Floats  # taken from bids during the step; inf where nothing was
    highest_buy: Floats


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ceiling", description=__doc__)
    parser.add_argument("--tiers", default="T2,T3")
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--first-seed", type=int, default=630_000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    told = {tier: measured(tier, asked) for tier in asked.tiers.split(",")}
    if asked.json:
        print(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    for tier, rows in told.items():
        for name, row in rows.items():
            net = row["net_bps"]
            ends = "few" if net["low"] is None else f"{net['low']:+.2f}, {net['high']:+.2f}"
            print(f"{tier} {name:34} {net['value']:+6.2f} [{ends}] n {net['n']:5}", end="")
            print(f"  won {row['won']:.2f}, {row['an_hour']:.0f} a coin and hour")


def measured(tier: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Every policy in the same worlds."""
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    worlds = [coins_of(tier, seed, asked.minutes) for seed in seeds]
    draws = ClusterDraws(len(worlds), np.random.default_rng(asked.first_seed))
    hours = asked.minutes / 60 * sum(map(len, worlds))
    found = {}
    for name, policy in POLICIES.items():
        trips = [np.concatenate([played(coin, policy) for coin in world]) for world in worlds]
        found[name] = _row(trips, draws, hours)
    for seconds in HORIZONS_S:
        trips = [np.concatenate([foreseen(coin, seconds) for coin in world]) for world in worlds]
        found[f"taking, the next {seconds} s known"] = _row(trips, draws, hours)
    return {name: row for name, row in found.items() if row is not None}


def _row(trips: list[Floats], draws: ClusterDraws, hours: float) -> dict[str, Any] | None:
    counts = np.array([len(one) for one in trips], dtype=np.float64)
    net = draws.ratio(np.array([one.sum() for one in trips]), counts, int(counts.sum()))
    if net is None:
        return None
    won = float(np.mean(np.concatenate(trips) > 0))
    return {"net_bps": asdict(net), "won": won, "an_hour": counts.sum() / hours}


def coins_of(tier: str, seed: int, minutes: float) -> list[Coin]:
    """The markets of one world, each step as it was."""
    sim = build(Scenario(tier=tier, seed=seed, seconds=WARM_S + minutes * 60 + 1, has_leader=False))
    sim.run(WARM_S)
    start, steps = sim.now, round(minutes * 60 * STEPS_A_SECOND)
    seen = np.full((len(sim.pits), 3, steps), np.nan)
    for i in range(steps):
        for k, pit in enumerate(sim.pits):
            seen[k, :, i] = _look(pit, sim.now)
        sim.run(1 / STEPS_A_SECOND)
    return [_coin(sim, pit, seen[k], start) for k, pit in enumerate(sim.pits)]


def _look(pit: Pit, now: int) -> tuple[float, float, float]:
    bid = float(pit.best_bid) if pit.best_bid else np.nan
    ask = float(pit.best_ask) if pit.best_ask != NO_ASK else np.nan
    return bid, ask, pit.worth(now)


def _coin(sim: Simulation, pit: Pit, seen: Floats, start: int) -> Coin:
    name, steps, truth = pit.symbol.name, seen.shape[1], sim.truth
    families = {agent: family for _, agent, family, _ in truth.agents}
    ends = {order: ts for symbol, order, ts, _, _ in truth.ends if symbol == name}
    quotes = np.full((2, steps), np.nan)
    for symbol, order, ts, agent, _, _, side, price, _, _ in truth.orders:
        if symbol == name and families[agent].startswith("mm-"):
            first, last = _step(ts, start), _step(ends.get(order, sim.now), start)
            part = quotes[(1 - side) // 2, max(0, first) : max(0, last)]
            part[:] = np.fmax(part, price) if side > 0 else np.fmin(part, price)
    lowest, highest = np.full(steps, np.inf), np.zeros(steps)
    for symbol, _, ts, side, price, _, taker, *_ in truth.trades:
        step = (ts - start) * STEPS_A_SECOND // 10**9
        if symbol == name and 0 <= step < steps and not families[taker].startswith("wash"):
            if side < 0:
                lowest[step] = min(lowest[step], price)
            else:
                highest[step] = max(highest[step], price)
    return Coin(*seen, *(_held_on_to(row) for row in quotes), lowest, highest)


def _step(ts: int, start: int) -> int:
    return int(-(-(ts - start) * STEPS_A_SECOND // 10**9))


def _held_on_to(row: Floats) -> Floats:
    """A quote that is gone for a moment is taken to stand."""
    places = np.maximum.accumulate(np.where(np.isnan(row), -SEEN_FOR - 1, np.arange(len(row))))
    is_near = np.arange(len(row)) - places <= SEEN_FOR
    return np.where(is_near, row[np.maximum(places, 0)], np.nan)


def foreseen(coin: Coin, seconds: int) -> Floats:
    """Net of what is bought at the ask, every ten seconds, where some bid within ``seconds`` will pay."""
    ahead, found = seconds * STEPS_A_SECOND, []
    for i in range(0, len(coin.bid) - ahead, 10 * STEPS_A_SECOND):
        best = np.nanmax(coin.bid[i : i + ahead]) * (1 - TAKER_BPS * 1e-4)
        net = (best / (coin.ask[i] * (1 + TAKER_BPS * 1e-4)) - 1) * 1e4
        if net > 0:
            found.append(net)
    return np.array(found, dtype=np.float64)


def played(coin: Coin, policy: Policy) -> Floats:
    """Net of every round trip of ``policy``, basis points."""
    terms = (policy.entry, policy.entry_by, policy.exit, policy.exit_by, policy.hold_s, policy.stop_bps)
    market = (coin.bid, coin.ask, coin.worth, coin.maker_bid, coin.maker_ask)
    ages = (policy.entry_age_s, policy.exit_age_s)
    return np.array(_play(*market, coin.lowest_sale, coin.highest_buy, *terms, *ages), dtype=np.float64)


@njit  # type: ignore[untyped-decorator]
def _play(
    bid: Floats,
    ask: Floats,
    worth: Floats,
    maker_bid: Floats,
    maker_ask: Floats,
    lowest_sale: Floats,
    highest_buy: Floats,
    entry: int,
    entry_by: float,
    leave: int,
    leave_by: float,
    hold_s: float,
    stop_bps: float,
    entry_age_s: float,
    exit_age_s: float,
) -> list[float]:
    np.random.seed(1)
    found = [0.0 for _ in range(0)]
    cost, offer, since, entered = 0.0, 0.0, 0, -1
    for i in range(LATE, len(bid) - LATE):
        j = i - LATE
        middle = (maker_bid[j] + maker_ask[j]) / 2
        is_known = not np.isnan(middle) and not np.isnan(bid[j]) and not np.isnan(ask[j])
        is_looked_at = np.random.random() < INFORMED_HZ / STEPS_A_SECOND
        if entered < 0:
            if offer == 0 or i - since >= entry_age_s * STEPS_A_SECOND:
                offer, since = 0.0, i
                if is_known and entry == MAKERS_BID:
                    offer = min(maker_bid[j] + entry_by, ask[i] - 1)
                elif is_known and entry == INSIDE:
                    offer = ask[j] - 1
            if entry == STALE:
                if is_known and ask[i] <= ask[j] <= middle * (1 - entry_by * 1e-4):
                    cost, entered, offer = ask[i] * (1 + TAKER_BPS * 1e-4), i, 0.0
            elif offer > 0 and (
                lowest_sale[i] <= offer or (is_looked_at and offer >= worth[i] * (1 + INFORMED_BPS * 1e-4))
            ):
                cost, entered, offer = offer, i, 0.0
            continue
        if bid[i] <= cost * (1 - stop_bps * 1e-4) or i - entered >= hold_s * STEPS_A_SECOND:
            sold = bid[i + LATE] if not np.isnan(bid[i + LATE]) else worth[i] * 0.998
            found.append((sold * (1 - TAKER_BPS * 1e-4) / cost - 1) * 1e4)
            entered, offer = -1, 0.0
            continue
        if offer <= bid[i] or i - since >= exit_age_s * STEPS_A_SECOND:
            offer, since = 0.0, i
            if leave == FIXED:
                offer = np.ceil(cost * (1 + leave_by * 1e-4))
            elif is_known:
                offer = max(ask[j] - 1, np.ceil(middle * (1 + leave_by * 1e-4)))
            elif not np.isnan(ask[j]):
                offer = ask[j] - 1
            if 0 < offer <= bid[i]:
                offer = bid[i] + 1
        if offer > 0 and (
            highest_buy[i] >= offer or (is_looked_at and offer <= worth[i] * (1 - INFORMED_BPS * 1e-4))
        ):
            found.append((offer / cost - 1) * 1e4)
            entered, offer = -1, 0.0
    return found


if __name__ == "__main__":
    main()
