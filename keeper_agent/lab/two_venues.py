"""One coin at two venues in virtual time: one worth, but books, makers, fees and delays of their own.

The two never trade with each other and nobody carries coins between them. An entry is carried out at
one of them or across both, on worlds that are the same up to its first order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

import orjson

from keeper_agent.lab.account import NAME, LaboratoryAccount
from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.latency import Latency
from keeper_agent.lab.parent_arms import clear_away, forked, rows_of
from keeper_agent.lab.parent_cycle import Arm, ParentCycle, Terms
from keeper_agent.lab.parents import HISTORY_NS, STEP_S, ParentRow
from keeper_agent.lab.seat import PERIOD_NS, Place, Seat, events_of
from keeper_agent.lab.sitting import PPM_A_BPS, listed
from tools.domain.errors import InvariantBroken
from tools.domain.market import NANOS, Instrument
from tools.domain.trading import Intent
from tools.execution.guards import unless_killed
from tools.execution.kill import KillSwitch
from tools.execution.news import NewsDesk
from tools.execution.routed import RoutedMarket
from tools.execution.schedules.across import Across
from tools.execution.schedules.all_in import VenueBook, cheapest, cost_of
from tools.execution.schedules.choosing import Around
from tools.execution.schedules.schedule import Parent, Schedule, Sight
from tools.execution.sighting import asks_of
from tools.execution.stream import sense_until
from tools.execution.venues import Venues
from tools.execution.warmup import warm_kernels
from venue import fundamental
from venue.rolling import LATENCY_NS, RollingView
from venue.scenario.build import Scenario, thin_cast
from venue.scenario.tiers import TIERS
from venue.sim import Simulation
from venue.symbols import Symbol

FIRST, SECOND = "first", "second"
TWIN = "TWIN"
MOST_LEVELS = 100


class VenueArm(StrEnum):
    """Where an entry may go; BETTER is the one venue that is cheaper for all of it when it begins."""

    FIRST = "first"
    SECOND = "second"
    BETTER = "better"
    ACROSS = "across"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueTerms:
    """What a venue asks of us, basis points, and how far away it is."""

    taker_bps: float
    maker_bps: float = 0.0
    latency: Latency = field(default_factory=Latency)

    @property
    def delay_s(self) -> float:
        """Usual time until an order acts."""
        return self.latency.request_ms / 1e3


NEAR_AND_DEAR = VenueTerms(taker_bps=5.0)
FAR_AND_CHEAP = VenueTerms(taker_bps=3.0, latency=Latency(request_ms=240.0, news_ms=60.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class VenuesJob:
    """A world with one entry a coin, anew for each of ``arms``.

    Attributes:
        inner: What slices the entry.
        kill: Kill switch that is asked before every order; None asks nobody.
    """

    scenario: str
    seed: int
    arms: tuple[VenueArm, ...] = tuple(VenueArm)
    inner: Arm = Arm.AT_ONCE
    first: VenueTerms = NEAR_AND_DEAR
    second: VenueTerms = FAR_AND_CHEAP
    terms: Terms = field(default_factory=lambda: Terms(horizon_s=20.0, listen_s=45.0, wait_s=30.0))
    settings: LabSettings = field(default_factory=lambda: LabSettings(coins=3, warm_s=60.0))
    kill: KillSwitch | None = None


class VenuesCycle(ParentCycle):
    """One coin's entry over its two venues.

    Attributes:
        to: Where it may go.
        venues: Both exchanges.
    """

    def __init__(
        self, market: RoutedMarket, job: VenuesJob, other: RoutedMarket, view: RollingView, sim: Simulation
    ) -> None:
        super().__init__(market, job.inner, replace(job.terms, seed=job.seed), (), sim.now)
        self.to = VenueArm.ACROSS
        self.venues: Venues | None = None
        self._job, self._other, self._view, self._sim = job, other, view, sim
        self._better = ""

    def hear_other(self) -> None:
        """Take what the other venue has shown by now."""
        rows = self._view.take(self._sim.now - LATENCY_NS)
        if len(rows):
            sense_until(events_of(rows), 0, self._sim.now, self._other.senses)

    def schedule(self, parent: Parent, around: Around) -> Schedule:
        """The inner algorithm over the venues that it may go to."""
        if self.to is VenueArm.BETTER:
            self._better = self._cheaper(parent, around)
        inner = super().schedule(parent, around)
        return Across(inner, parent, self.books, around.volatility_bps)

    def books(self, seen: Sight | None = None) -> list[VenueBook]:
        """Both venues as they are seen now."""
        self.hear_other()
        terms = ((FIRST, self._job.first, self.market), (SECOND, self._job.second, self._other))
        only = self._better or self.to.value
        return [
            VenueBook(
                venue=name,
                asks=asks_of(market.senses, MOST_LEVELS),
                bid=market.best_bid,
                taker_bps=one.taker_bps,
                maker_bps=one.maker_bps,
                delay_s=one.delay_s,
                is_open=only in (name, VenueArm.ACROSS) and self._is_open(name) and market.status == "sound",
            )
            for name, one, market in terms
        ]

    def _is_open(self, venue: str) -> bool:
        if self.venues is None:
            raise InvariantBroken("an entry began before its venues were known")
        return self.venues.is_open(venue)

    def _cheaper(self, parent: Parent, around: Around) -> str:
        """The venue where more of it can be had, for less."""
        found = []
        for book in (replace(one, is_open=True) for one in self.books()):
            sizes = cheapest(parent.size, [book], parent.lot, around.volatility_bps, parent.cap)
            found.append((-sizes[0], cost_of(sizes, [book], around.volatility_bps), book.venue))
        return min(found)[2]


def carried_across(job: VenuesJob) -> list[list[ParentRow]]:
    """The rows of each arm: one a coin.

    Raises:
        InvariantBroken: An arm ended without its rows; what happened is on the standard error.
    """
    try:
        return _carried_across(job)
    finally:
        clear_away()


def _carried_across(job: VenuesJob) -> list[list[ParentRow]]:
    sim, cycles = seated(job)
    rows = []
    for arm in job.arms:

        def carry_on(arm: VenueArm = arm) -> bytes:
            play(sim, cycles, job, arm)
            return orjson.dumps([_row(job, arm, symbol, cycle) for symbol, cycle in cycles.items()])

        said = forked(carry_on)
        if not said:
            raise InvariantBroken(f"{arm} of world {job.seed} in {job.scenario} ended without its rows")
        rows.append(rows_of(said))
    return rows


def play(sim: Simulation, cycles: Mapping[str, VenuesCycle], job: VenuesJob, arm: VenueArm) -> None:
    """Carry the entries out where ``arm`` may go, to their ends."""
    for cycle in cycles.values():
        cycle.to = arm
    latest = sim.now + round((STEP_S + job.terms.wait_s) * NANOS)
    while True:
        sim.run(STEP_S)
        parents = [cycle.parent for cycle in cycles.values()]
        ends = [parent.end for parent in parents if parent is not None]
        if (len(ends) == len(parents) or sim.now > latest) and sim.now > max(ends, default=0) + NANOS:
            return


def seated(job: VenuesJob) -> tuple[Simulation, Mapping[str, VenuesCycle]]:
    """The world of ``job`` before an entry may begin, and who sits at each coin."""
    warm_kernels()
    sim = twin_world(job)
    sim.run(job.settings.warm_s)
    coins = dict(zip(_names(sim, twins=False), _names(sim, twins=True), strict=True))
    instruments = {pit.symbol.name: listed(pit.symbol, job.settings) for pit in sim.pits}
    seats: list[Seat] = []
    hear: Callable[[], None] = lambda: seats[0].hear()  # noqa: E731 (the seat needs the exchanges' desk)
    exchanges = {
        FIRST: _account(sim, job, job.first, {coin: instruments[coin] for coin in coins}, hear),
        SECOND: _account(
            sim, job, job.second, {c: replace(instruments[c], symbol=twin) for c, twin in coins.items()}, hear
        ),
    }
    guard: Callable[[Intent], str] = (lambda _: "") if job.kill is None else unless_killed(job.kill)
    venues = Venues(exchanges, guard, lambda: sim.at(sim.now, NAME, hear))
    desk, pits = NewsDesk(venues), {pit.symbol.name: pit for pit in sim.pits}
    cycles = {}
    for coin, twin in coins.items():
        one, parameters = replace(instruments[coin], venue=FIRST), job.terms.parameters
        market = RoutedMarket(one, parameters, desk.exchange(coin), has_brackets=False)
        other = RoutedMarket(one, parameters, desk.exchange(coin), has_brackets=False)
        cycles[coin] = VenuesCycle(market, job, other, RollingView(pits[twin], PERIOD_NS), sim)
        cycles[coin].venues = venues
    places = {coin: Place(RollingView(pits[coin], PERIOD_NS), cycle) for coin, cycle in cycles.items()}
    seats.append(Seat(sim, desk, places))
    seats[0].sit_down(HISTORY_NS)
    for cycle in cycles.values():
        cycle.hear_other()
    sim.run(job.terms.listen_s - STEP_S)
    return sim, cycles


def twin_world(job: VenuesJob) -> Simulation:
    """Every coin twice: the same worth, but everyone who trades there drawn anew."""
    seconds = job.settings.warm_s + job.terms.longest_s + 2 * STEP_S + 1
    scenario = Scenario(
        tier=job.scenario, seed=job.seed, seconds=seconds, thin_coins=job.settings.coins, has_leader=False
    )
    path = fundamental.regime_path(job.seed, round(seconds * fundamental.STEPS_A_SECOND) + 1)
    leader = fundamental.leader_steps(job.seed, path)
    symbols: list[Symbol] = []
    worths: list[fundamental.Reals] = []
    for symbol in scenario.symbols:
        steps = fundamental.follower_steps(job.seed, symbol.base, path, leader)
        symbols += [symbol, replace(symbol, base=symbol.base + TWIN)]
        worths += 2 * [fundamental.worth(float(symbol.price), steps)]
    sim = Simulation(tuple(symbols), tuple(worths), path, job.settings.start_ns)
    for pit in sim.pits:
        for agent in thin_cast(scenario, TIERS[job.scenario], pit):
            sim.add(agent)
    return sim


def _names(sim: Simulation, *, twins: bool) -> Iterator[str]:
    return (pit.symbol.name for pit in sim.pits if pit.symbol.base.endswith(TWIN) == twins)


def _account(
    sim: Simulation,
    job: VenuesJob,
    terms: VenueTerms,
    instruments: Mapping[str, Instrument],
    hear: Callable[[], None],
) -> LaboratoryAccount:
    fees = {"maker_ppm": terms.maker_bps, "taker_ppm": terms.taker_bps}
    account = sim.admit("keeper", **{name: round(bps * PPM_A_BPS) for name, bps in fees.items()})
    units = sim.exchange.assets.units("USDT", Decimal(job.settings.quote))
    sim.wire.tell(sim.exchange.deposit(account, "USDT", units, ts=sim.now))
    return LaboratoryAccount(sim, account, instruments, latency=terms.latency, seed=job.seed, on_news=hear)


def _row(job: VenuesJob, arm: VenueArm, symbol: str, cycle: VenuesCycle) -> ParentRow:
    return ParentRow(
        scenario=job.scenario,
        seed=job.seed,
        symbol=symbol,
        arm=arm.value,
        carried=cycle.carried(),
        left=False,
        withdrew=False,
    )
