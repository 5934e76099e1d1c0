"""One entry a coin, carried out in the laboratory by a chosen algorithm: what it cost, and who left.

The product's senses, executor, schedules and account are at work; the decision is made up. An
entry begins when a market maker is surely there, which depends on nothing that we do, so every
arm of a world begins its entries at the same moments on the same books.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from keeper_agent.lab.account import LaboratoryAccount
from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.parent_cycle import Arm, Carried, ParentCycle, Terms
from keeper_agent.lab.seat import PERIOD_NS, Place, Seat
from keeper_agent.lab.sitting import PPM_A_BPS, listed
from tools.domain.market import NANOS
from tools.domain.reaction import Reaction
from tools.execution.news import NewsDesk
from tools.execution.routed import RoutedMarket
from tools.execution.warmup import warm_kernels
from venue.rolling import RollingView
from venue.scenario.build import build
from venue.sim import Simulation
from venue.symbols import BTC
from venue.truth import Truth

AFTER_S = 20.0  # what an entry did to a maker may show so much later
HISTORY_NS = 60 * NANOS
STEP_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentJob:
    """A session with one entry a coin.

    Attributes:
        arm: Who carries it out; ``Arm.ABSENT`` only looks on.
        terms: How large, how long, when.
        impact: Own fills of other worlds, for algorithms that fit their impact.
    """

    scenario: str
    seed: int
    arm: Arm
    terms: Terms
    settings: LabSettings = field(default_factory=LabSettings)
    impact: tuple[Reaction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentRow:
    """What became of one entry.

    Attributes:
        carried: Its costs; None where no market maker was there in time.
        left: Whether a maker of the coin went away from its beginning until ``AFTER_S`` after its end.
        withdrew: Whether one left or quoted less.
    """

    scenario: str
    seed: int
    symbol: str
    arm: str
    carried: Carried | None
    left: bool
    withdrew: bool


def carried_out(job: ParentJob) -> list[ParentRow]:
    """Hold the session of ``job``: a row a coin."""
    sim, cycles = begun(job)
    return finished(sim, cycles, job)


def held(job: ParentJob) -> tuple[Simulation, Mapping[str, ParentCycle]]:
    """The world of ``job`` after its session, and who sat at each coin."""
    sim, cycles = begun(job)
    finished(sim, cycles, job)
    return sim, cycles


def begun(job: ParentJob) -> tuple[Simulation, Mapping[str, ParentCycle]]:
    """The world of ``job`` before an entry may begin, the same for every arm, and who sits at each coin."""
    warm_kernels()
    length = job.settings.warm_s + job.terms.longest_s + AFTER_S + 1
    world = job.settings.world(job.scenario, job.seed, length)
    sim = build(world, start_ns=job.settings.start_ns)
    sim.run(job.settings.warm_s)
    cycles = _seated(sim, job)
    sim.run(job.terms.listen_s - STEP_S)
    return sim, cycles


def finished(sim: Simulation, cycles: Mapping[str, ParentCycle], job: ParentJob) -> list[ParentRow]:
    """Go on from ``begun`` until what ``job.arm`` does was watched long enough: a row a coin."""
    for cycle in cycles.values():
        cycle.arm = job.arm
    latest = sim.now + round((STEP_S + job.terms.wait_s) * NANOS)
    while sim.now <= latest or sim.now < _watched_until(cycles):
        sim.run(STEP_S)
        if sim.now <= latest and all(cycle.parent is not None for cycle in cycles.values()):
            latest = 0
    return [_row(sim, job, symbol, cycle) for symbol, cycle in cycles.items()]


def _watched_until(cycles: Mapping[str, ParentCycle]) -> int:
    ends = [cycle.parent.end for cycle in cycles.values() if cycle.parent is not None]
    return max(ends, default=0) + round(AFTER_S * NANOS)


def _seated(sim: Simulation, job: ParentJob) -> Mapping[str, ParentCycle]:
    """Senses and executor at every thin coin, listening."""
    settings = job.settings
    pits = [pit for pit in sim.pits if pit.symbol is not BTC]
    instruments = {pit.symbol.name: listed(pit.symbol, settings) for pit in pits}
    seats: list[Seat] = []
    hear: Callable[[], None] = lambda: seats[0].hear()  # noqa: E731 (the seat needs the account's desk)
    account = LaboratoryAccount(
        sim, _admitted(sim, settings), instruments, latency=settings.latency, seed=job.seed, on_news=hear
    )
    desk = NewsDesk(account)
    cycles = {}
    for pit in pits:
        name = pit.symbol.name
        market = RoutedMarket(
            instruments[name], job.terms.parameters, desk.exchange(name), has_brackets=False
        )
        cycles[name] = ParentCycle(market, job.arm, replace(job.terms, seed=job.seed), job.impact, sim.now)
    places = {pit.symbol.name: Place(RollingView(pit, PERIOD_NS), cycles[pit.symbol.name]) for pit in pits}
    seats.append(Seat(sim, desk, places))
    seats[0].sit_down(HISTORY_NS)
    return cycles


def _admitted(sim: Simulation, settings: LabSettings) -> int:
    fees = {"maker_ppm": settings.maker_bps, "taker_ppm": settings.taker_bps}
    account = sim.admit("keeper", **{name: round(bps * PPM_A_BPS) for name, bps in fees.items()})
    units = sim.exchange.assets.units("USDT", Decimal(settings.quote))
    sim.wire.tell(sim.exchange.deposit(account, "USDT", units, ts=sim.now))
    return account


def _row(sim: Simulation, job: ParentJob, symbol: str, cycle: ParentCycle) -> ParentRow:
    carried = cycle.carried()
    states = set[str]()
    if carried is not None:
        end = carried.ts + round((job.terms.horizon_s + AFTER_S) * NANOS)
        states = withdrawals(sim.truth, symbol, carried.ts, end)
    return ParentRow(
        scenario=job.scenario,
        seed=job.seed,
        symbol=symbol,
        arm=job.arm.value,
        carried=carried,
        left="away" in states,
        withdrew=bool(states - {"full"}),
    )


def withdrawals(truth: Truth, symbol: str, start: int, end: int) -> set[str]:
    """The states that makers of ``symbol`` went into after ``start``, up to ``end``, ns."""
    return {
        state for name, _, ts, state, _ in truth.quoting if name == symbol and start < ts <= end
    }  # fmt: skip
