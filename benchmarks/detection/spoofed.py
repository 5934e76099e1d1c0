"""Worlds with spoofers, what the detector and the K1.2 rule say of them, and the truth beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from keeper_agent.lab.seat import events_of
from tools.detection.alert_log import AlertLog
from tools.detection.senses import sense
from tools.detection.state import new_senses
from tools.domain.parameter import default_parameters
from tools.market.events import Events
from tools.market.instruments import instrument_for
from tools.market.kernel import kernel
from venue.participants.spoofer import Way
from venue.public import NANOS, bucket_end
from venue.scenario.build import START_NS, Scenario, build
from venue.scenario.tiers import TIERS
from venue.truth import Truth

STRATA = (0.3, 0.8, 2.0, 5.0)  # median planned lifetimes, seconds
ADAPTIVE, CLEAN = "adaptive", "clean"
KINDS = (*(str(s) for s in STRATA), ADAPTIVE, CLEAN)
FIRST_NS = 60 * NANOS  # of a world: what comes so early is not counted
LATENCY_NS = 20_000_000  # from a bucket's end to the receiver

Void = npt.NDArray[np.void]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One act of a spoofer: large orders, and the buckets that show them withdrawn."""

    side: int
    prices: frozenset[int]  # units
    shown: frozenset[int]  # bucket ends, ns
    life_s: float
    ts_cancel: int
    is_visible: bool  # some order outlived the bucket it was placed in


@dataclass(frozen=True, slots=True)
class Spoofed:
    """One symbol of a world: its truth, what was scored (from zero on), when the rule fired."""

    kind: str
    way: str
    seed: int
    hours: float
    attempts: tuple[Attempt, ...]
    scored: Void
    rule: Longs
    events: Events
    symbol: str


def tier_of(kind: str) -> str:
    """The tier of a kind of world; a stratum is T3 with one median lifetime for all spoofers."""
    if kind == ADAPTIVE:
        return "T4"
    if kind == CLEAN:
        return "T3"
    name = f"T3 spoofing for {kind} s"
    TIERS[name] = replace(TIERS["T3"], spoof_lifetime_s=(float(kind), float(kind)))
    return name


def worlds(
    kind: str,
    seeds: tuple[int, int],
    coins: tuple[int, ...],
    seconds: int,
    period_ns: int,
    way: Way = Way.MIRRORED,
) -> Iterator[Spoofed]:
    """Run the worlds of a kind, with spoofers of one way, and sense their coins."""
    first, n = seeds
    for seed in range(first, first + n):
        scenario = Scenario(
            tier=tier_of(kind),
            seed=seed,
            seconds=seconds,
            thin_coins=max(coins) + 1,
            has_leader=False,
            without=("spoof",) if kind == CLEAN else (),
            spoof_way=way,
        )
        sim = build(scenario)
        sim.run(seconds)
        for coin in coins:
            symbol = scenario.symbols[coin]
            events = events_of(sim.view(symbol.name, period_ns))
            attempts = attempts_of(sim.truth, symbol.name, symbol.tick_units, period_ns)
            hours = (seconds * NANOS - FIRST_NS) / (3600 * NANOS)
            scored, rule = scored_of(events, symbol.name), rule_of(events, symbol.name)
            yield Spoofed(kind, way.value, seed, hours, tuple(attempts), scored, rule, events, symbol.name)


def attempts_of(truth: Truth, symbol: str, tick: int, period_ns: int) -> list[Attempt]:
    """Acts of which every large order was withdrawn; those filled were not got away with."""
    ends = {row[1]: row for row in truth.ends if row[0] == symbol}
    acts: dict[tuple[str, int], list[tuple[int, int, int, int]]] = {}
    for name, order, ts, agent, intent, parent, side, price, _, _ in truth.orders:
        if name == symbol and intent == "spoof" and order in ends and ends[order][3] == "cancelled":
            acts.setdefault((agent, parent), []).append((ts, ends[order][2], side, price * tick))
    found = []
    for rows in acts.values():
        born, gone = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
        if gone.max() < START_NS + FIRST_NS:
            continue
        buckets = bucket_end(gone, period_ns)
        found.append(
            Attempt(
                side=rows[0][2],
                prices=frozenset(row[3] for row in rows),
                shown=frozenset(buckets.tolist()),
                life_s=float((gone - born).max()) / NANOS,
                ts_cancel=int(gone.min()),
                is_visible=bool((bucket_end(born, period_ns) < buckets).any()),
            )
        )
    return found


def scored_of(events: Events, symbol: str, odds: Void | None = None) -> Void:
    """Every withdrawal of large levels with its evidence, after the first minute; ``odds`` as AlertLog's."""
    log = AlertLog(new_senses(instrument_for("binance", symbol), default_parameters()), 0.0, odds)
    log.sense_until(events, 0, 1 << 62)
    alerts = log.alerts()
    found: Void = alerts[alerts["ts_event"] >= START_NS + FIRST_NS]
    return found


@kernel
def watch_rule(events: Void, market: Void, out: Longs) -> int:
    """Venue times at which the K1.2 rule found all three clauses met, into ``out``; how many."""
    s = market[0]
    n = 0
    for i in range(events.shape[0]):
        before = s.spoof.suspects
        sense(s, events[i])
        if s.spoof.suspects > before:
            out[n] = events[i].ts_event
            n += 1
    return n


def rule_of(events: Events, symbol: str) -> Longs:
    """When the K1.2 rule fired, once a message, after the first minute."""
    out = np.zeros(len(events), np.int64)
    n = watch_rule(events, new_senses(instrument_for("binance", symbol), default_parameters()), out)
    found: Longs = np.unique(out[:n])
    return found[found >= START_NS + FIRST_NS]


def met_by(row: Void, attempts: tuple[Attempt, ...]) -> int:
    """Which attempt a scored withdrawal is of: side, price and bucket agree; -1 is none."""
    key, ts = int(row["key"]), int(row["ts_event"])
    for i, attempt in enumerate(attempts):
        if key * attempt.side > 0 and abs(key) in attempt.prices and ts in attempt.shown:
            return i
    return -1
