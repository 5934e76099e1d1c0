"""What the detectors see of a simulated market, and beside it the truth about its market makers."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

import numpy as np

from keeper_agent.lab.seat import events_of
from tools.market.events import Events
from venue.participants.quoting import Family
from venue.public import NANOS, View
from venue.scenario.build import IMITATORS, START_NS, Scenario, build
from venue.scenario.tiers import TIERS
from venue.truth import Truth

NOBODY, CROWD = "nobody", "crowd"  # no market maker: with imitators, and without them
TWO_SIDED = ("full", "wide", "small")
SIZE_WINDOW_NS = 60 * NANOS


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One simulated world to be looked at.

    Args:
        tier: a name in venue.scenario.tiers; ``rate_hz`` replaces its market makers' pace.
        family: of the market makers; NOBODY and CROWD leave them out.
        coins: which of the thin coins are looked at, by number.
        period_ns: the feed's bucket.
        changes: other values of the tier, as (name, value).
    """

    tier: str
    family: str
    seed: int
    seconds: int
    coins: tuple[int, ...]
    period_ns: int = NANOS // 10
    rate_hz: float | None = None
    changes: tuple[tuple[str, float], ...] = ()

    @property
    def without(self) -> tuple[str, ...]:
        """Families left out."""
        return {NOBODY: ("mm",), CROWD: ("mm", *IMITATORS)}.get(self.family, ())


@dataclass(frozen=True, slots=True)
class Standing:
    """A market maker's quotes at a moment: prices in units, the usual size in quote, refreshes a second."""

    bid: int
    ask: int
    size: float
    rate_hz: float


@dataclass(frozen=True, slots=True)
class Market:
    """One coin of a world: its public feed and the truth."""

    world: World
    symbol: str
    view: View
    tick: int
    truth: Truth
    quotes: dict[tuple[str, int, int], tuple[list[int], list[int], list[float]]]

    @property
    def events(self) -> Events:
        """The feed as Keeper reads it."""
        return events_of(self.view)

    @property
    def makers(self) -> tuple[str, ...]:
        """Names of the market makers."""
        return tuple(sorted({row[1] for row in self.truth.quoting if row[0] == self.symbol}))

    def states(self, ts: int) -> dict[str, str]:
        """State of each market maker at ``ts``."""
        rows = (row for row in self.truth.quoting if row[0] == self.symbol and row[2] <= ts)
        return {name: state for _, name, _, state, _ in rows}

    def standing(self, ts: int) -> list[Standing]:
        """Quotes of those who quote as usual, a pair for each level of a ladder."""
        usual = {name for name, state in self.states(ts).items() if state == "full"}
        found = []
        for name, level, side in self.quotes:
            if side == 1 and name in usual and (name, level, -1) in self.quotes:
                pair = [self._last(self.quotes[name, level, s], ts) for s in (1, -1)]
                if all(pair):
                    found.append(self._joined(pair))
        return found

    @staticmethod
    def _last(
        placed: tuple[list[int], list[int], list[float]], ts: int
    ) -> tuple[int, list[float], int] | None:
        stamps, prices, values = placed
        end, start = bisect_right(stamps, ts), bisect_right(stamps, ts - SIZE_WINDOW_NS)
        return (prices[end - 1], values[start:end], end - start) if end > start else None

    @staticmethod
    def _joined(pair: list[tuple[int, list[float], int] | None]) -> Standing:
        bid, ask = (one for one in pair if one is not None)
        rate = max(bid[2], ask[2]) * NANOS / SIZE_WINDOW_NS
        return Standing(bid[0], ask[0], float(np.median(bid[1] + ask[1])), rate)


def markets(world: World) -> list[Market]:
    """Run a world and look at its coins."""
    tier = world.tier
    changes = dict(world.changes)
    if world.rate_hz is not None:
        changes["mm_rate_hz"] = world.rate_hz
    if changes:
        tier = f"{world.tier} with {changes}"
        TIERS[tier] = replace(TIERS[world.tier], **changes)  # type: ignore[arg-type]
    scenario = Scenario(
        tier=tier,
        seed=world.seed,
        seconds=world.seconds,
        thin_coins=max(world.coins) + 1,
        has_leader=False,
        without=world.without,
        mm_family=None if world.without else Family(world.family),
    )
    sim = build(scenario)
    sim.run(world.seconds)
    found = []
    for coin in world.coins:
        symbol = scenario.symbols[coin]
        view = sim.view(symbol.name, world.period_ns)
        units = symbol.tick_units, symbol.lot_units
        quotes = placed_quotes(sim.truth, symbol.name, *units)
        found.append(Market(world, symbol.name, view, symbol.tick_units, sim.truth, quotes))
    return found


def placed_quotes(
    truth: Truth, symbol: str, tick: int, lot: int
) -> dict[tuple[str, int, int], tuple[list[int], list[int], list[float]]]:
    """Orders of market makers by (name, level, side): times, prices in units, values in quote."""
    makers = {row[1] for row in truth.quoting if row[0] == symbol}
    found: dict[tuple[str, int, int], tuple[list[int], list[int], list[float]]] = {}
    for name, _, ts, agent, intent, level, side, price, size, _ in truth.orders:
        if name == symbol and intent == "quote" and agent in makers:
            stamps, prices, values = found.setdefault((agent, level, side), ([], [], []))
            stamps.append(ts)
            prices.append(price * tick)
            values.append(price * tick * size * lot * 1e-16)
    return found


def at_second(second: float) -> int:
    """Time of a second of the world."""
    return START_NS + round(second * NANOS)
