"""What signals come to on paper in worlds where Keeper orders nothing.

Senses, candidates and follows are the product's, row for row as in a session; decisions, orders and memory
are left out, so that examples to learn from take less than half the time of a session.
"""

from __future__ import annotations

import numpy as np

from keeper_agent.lab.exploring import InsideMarket, Venture
from keeper_agent.lab.many import Job
from keeper_agent.lab.seat import NOTHING, PERIOD_NS, events_of
from keeper_agent.lab.sitting import WIND_DOWN_S, advance, listed
from scheduler.raising import raised_signal
from scheduler.run import RunIdentity
from tools.domain.errors import InvariantBroken
from tools.domain.identity import derived_run_id, signal_id
from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.trading import Intent, Signal, World
from tools.execution.exchange import News
from tools.execution.market import SymbolMarket
from tools.execution.outcomes import followed_result
from tools.execution.stream import FOLLOWED, SIGNALLED, WAKE
from tools.market.events import Events
from tools.models.examples import Example, labelled
from tools.risk.wishes import amount
from tools.signals.mm_range import SOURCE
from venue.public import PRINT
from venue.rolling import LATENCY_NS, RollingView
from venue.scenario.build import build
from venue.sim import Simulation
from venue.symbols import BTC

NAME = "~keeper-paper"  # after everybody else at one instant


class NoExchange:
    """Nothing is ever ordered."""

    def place(self, intent: Intent) -> None:
        """Refuse.

        Raises:
            InvariantBroken: Always.
        """
        raise InvariantBroken(f"order {intent.client_order_id} where nothing is ordered")

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Refuse.

        Raises:
            InvariantBroken: Always.
        """
        raise InvariantBroken(f"cancel of {client_order_id} at {ts} where nothing is ordered")

    def drain(self) -> News:
        """Nothing."""
        return News((), ())


class Follower:
    """One market: every signal is followed, none is acted on.

    Args:
        market: Its senses, candidates and follows.
        view: What the public sees of it.

    Attributes:
        examples: What came of the follows that were filled and are over.
    """

    def __init__(
        self, market: SymbolMarket, view: RollingView, identity: RunIdentity, parameters: ParameterSet
    ) -> None:
        self.examples: list[Example] = []
        self._market, self._view, self._identity, self._parameters = market, view, identity, parameters
        rate = market.instrument.quote_usd
        if rate is None:
            raise InvariantBroken(f"{market.instrument.symbol} has no USD rate")
        self._value = amount(parameters, "default_order_size_usd") / rate
        self._raised = 0

    def sit_down(self, now: int, history_ns: int) -> None:
        """Join a market that is running: recent prints, then the book as it stands."""
        past = self._view.take(now)
        prints = past[(past["kind"] == PRINT) & (past["ts_event"] > now - history_ns)]
        prints["ts_init"] = prints["ts_event"]
        self._run(events_of(np.concatenate([prints, self._view.snapshot(now)])), now)

    def look(self, end: int, now: int) -> None:
        """Take the rows of the buckets that have ended by ``end``."""
        rows = self._view.take(end)
        self._run(events_of(rows) if len(rows) else NOTHING, now)

    def _run(self, events: Events, until: int) -> None:
        index = 0
        while True:
            index, reasons = self._market.advance(events, index, until)
            if reasons & FOLLOWED:
                self._collect()
            if reasons & SIGNALLED:
                self._raise(self._market.ts)
            if not reasons & ~WAKE:
                return

    def _raise(self, ts: int) -> None:
        self._raised += 1
        market, identity = self._market, self._identity
        name = signal_id(identity.run_id, market.instrument.symbol, SOURCE, ts, self._raised)
        signal = raised_signal(market, identity, name, ts, self._parameters, {})
        market.follow(signal, self._size(signal, market.instrument))

    def _size(self, signal: Signal, instrument: Instrument) -> int:
        return max(instrument.size_for(self._value, signal.entry_price), instrument.lot)

    def _collect(self) -> None:
        for signal, follow in self._market.take_followed():
            found = followed_result(follow, self._market.instrument)
            if found is not None and found.net_bps is not None:
                self.examples.append(labelled(signal, found.net_bps, int(follow["ts_end"])))


def examples_of_world(job: Job) -> list[Example]:
    """What was followed on paper in a job's world, filled and labelled, in the order it was known."""
    settings = job.settings
    parameters = default_parameters(settings.overrides())
    seconds = job.minutes * 60
    length = settings.warm_s + seconds + WIND_DOWN_S
    sim = build(settings.world(job.scenario, job.seed, length), start_ns=settings.start_ns)
    sim.run(settings.warm_s)
    run = derived_run_id("laboratory", job.scenario, job.seed, settings.coins, sim.start_ns)
    identity = RunIdentity(run, World.VENUE, job.seed)
    followers = [
        Follower(
            _market(listed(pit.symbol, settings), parameters, settings.venture),
            RollingView(pit, PERIOD_NS),
            identity,
            parameters,
        )
        for pit in sim.pits
        if pit.symbol is not BTC
    ]
    for one in followers:
        one.sit_down(sim.now, parameters.nanos("tape_window_s"))
    _look_at(sim, followers, sim.now - sim.now % PERIOD_NS + PERIOD_NS)
    advance(sim, seconds, None)
    found = [example for one in followers for example in one.examples]
    return sorted(found, key=lambda example: (example.ts_end, example.symbol, example.ts))


def _look_at(sim: Simulation, followers: list[Follower], end: int) -> None:
    def look() -> None:
        for one in followers:
            one.look(end, sim.now)
        _look_at(sim, followers, end + PERIOD_NS)

    sim.at(end + LATENCY_NS, NAME, look)


def _market(instrument: Instrument, parameters: ParameterSet, venture: Venture) -> SymbolMarket:
    if venture is Venture.INSIDE:
        return InsideMarket(instrument, parameters, NoExchange())
    return SymbolMarket(instrument, parameters)
