"""The decision cycle: events in, one decision a signal, orders out, outcomes remembered.

Replay, paper and live run this same code; only the clock that stamps the events and the
exchange behind the market differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from scheduler.observer import Observer
from scheduler.run import RunIdentity, Tally
from tools.domain.errors import InvariantBroken
from tools.domain.identity import decision_id, signal_id
from tools.domain.market import Instrument, Side
from tools.domain.parameter import ParameterSet
from tools.domain.ports import Episodes, IntentLog, ParameterSource
from tools.domain.regime import Regime
from tools.domain.trading import Action, Decision, Fill, Intent, OrderUpdate, Outcome, Signal, Vote
from tools.execution.executor import Executor
from tools.execution.market import MarketSlice
from tools.execution.outcomes import shadow_outcome
from tools.execution.paper import PaperMarket
from tools.execution.routed import RoutedMarket
from tools.execution.sizing import mm_average_usd
from tools.execution.stream import FOLLOWED, NOTICED, SIGNALLED, STOP_HIT, WAKE
from tools.features.fingerprint import fingerprint
from tools.market.events import Events
from tools.risk.adaptation import Adaptation
from tools.risk.exposure import LedgerSnapshot
from tools.risk.ledger import Reservation, RiskLedger
from tools.risk.limits import EntryRequest, RiskAppetite
from tools.signals.mm_range import SOURCE, round_trip_cost_bps

Market = PaperMarket | RoutedMarket


class Decider(Protocol):
    """The decision graph as the cycle sees it."""

    def decide(self, signals: Sequence[Signal], parameters: ParameterSet, ts: int) -> tuple[Decision, ...]:
        """One decision a signal, in order."""
        ...


class Seal(Protocol):
    """Keeps what a decision was taken from."""

    def __call__(
        self,
        decision: Decision,
        parameters: ParameterSet,
        account: LedgerSnapshot,
        market: MarketSlice,
    ) -> None:
        """Seal one decision with its inputs."""
        ...


class Log(Episodes, IntentLog, Protocol):
    """Where everything is kept."""


class Arms(Protocol):
    """Which decisions are taken with a candidate value instead of the one in force."""

    def tried(self, decision_id: str, parameters: ParameterSet, ts: int) -> ParameterSet:
        """The parameters the decision is to be taken with, and kept with once it is."""
        ...

    def keep(self, decision: Decision) -> None:
        """Write down which arm the decision had, if any; the decision is in the log by then."""
        ...

    def learn(self, outcome: Outcome) -> None:
        """Count what came of a decision."""
        ...


class NoArms:
    """Every decision is taken with the parameters in force."""

    def tried(self, decision_id: str, parameters: ParameterSet, ts: int) -> ParameterSet:
        """The parameters as they are."""
        return parameters

    def keep(self, decision: Decision) -> None:
        """There is no arm to write down."""

    def learn(self, outcome: Outcome) -> None:
        """There is nothing to learn."""


def _learn_nothing(votes: Sequence[Vote], net_bps: float) -> None:
    """Nobody keeps how right the votes were."""


@dataclass(frozen=True, slots=True)
class CycleParts:
    """What a cycle is wired with.

    Attributes:
        learn: Told the votes on a followed signal and its result, basis points after costs.
        arms: Candidate values that are tried beside those in force.
        adaptation: What sizes, stops and targets are adapted to, where that is switched on.
    """

    identity: RunIdentity
    decider: Decider
    log: Log
    parameters: ParameterSource
    ledger: RiskLedger
    observer: Observer
    appetite: RiskAppetite = RiskAppetite.CONSERVATIVE
    market: Callable[[Instrument, ParameterSet], Market] = PaperMarket
    seal: Seal | None = None
    learn: Callable[[Sequence[Vote], float], None] = _learn_nothing
    arms: Arms = field(default_factory=NoArms)
    adaptation: Adaptation = field(default_factory=Adaptation)


class _Witness:
    """The log with an observer beside it: first written, then shown."""

    def __init__(self, log: IntentLog, observer: Observer, tally: Tally) -> None:
        self._log = log
        self._observer = observer
        self._tally = tally

    def record_intent(self, intent: Intent) -> None:
        self._log.record_intent(intent)
        self._tally.orders += 1
        self._observer.on_intent(intent)

    def record_fill(self, fill: Fill) -> None:
        self._log.record_fill(fill)
        self._tally.count_fill(fill)
        self._observer.on_fill(fill)

    def record_order(self, update: OrderUpdate) -> None:
        self._log.record_order(update)
        self._observer.on_order(update)


class DecisionCycle:
    """One symbol's cycle.

    Args:
        instrument: What is traded.
        parts: The wiring.
        tally: Counts of the run, shared by its cycles.
    """

    def __init__(self, instrument: Instrument, parts: CycleParts, tally: Tally) -> None:
        self._parts = parts
        self._tally = tally
        self._parameters = parts.parameters.snapshot(0)
        self.market = parts.market(instrument, self._parameters)
        witness = _Witness(parts.log, parts.observer, tally)
        self.executor = Executor(self.market, witness, parts.ledger, self._on_round_trip)
        self._sequence = 0
        self._followed: dict[str, tuple[Decision, int]] = {}
        self._is_closing = False
        self._departures = 0  # counted in the tally already

    def run(self, events: Events, until_ts: int, each: Callable[[int], None] | None = None) -> None:
        """Take all of ``events``, then let time pass up to ``until_ts``, ns.

        ``until_ts`` must not lie before the last event. ``each`` is called with the index
        of the next event whenever Python had something to do.
        """
        index = 0
        while True:
            wake = self.executor.next_wake()
            index, reasons = self.market.advance(events, index, min(wake, until_ts))
            if reasons & ~WAKE:
                self._react(reasons)
            elif wake <= until_ts:
                self._wake(wake)
            else:
                return
            if each is not None:
                each(index)

    def close(self, ts: int) -> None:
        """End of the tape or session: nothing stays open, and what was still followed is counted."""
        self.executor.close_out(ts)
        self._tally.unfollowed += self.market.following

    def hear(self, ts: int) -> None:
        """The venue has said something of this symbol's orders."""
        self.executor.on_news(ts)

    def wind_down(self, ts: int) -> None:
        """End of a session at a venue: decide nothing more, sell what is held."""
        self._is_closing = True
        self._tally.unfollowed += self.market.following
        self.executor.wind_down(ts)

    def _react(self, reasons: int) -> None:
        ts = self.market.ts
        if reasons & NOTICED:
            self.executor.on_news(ts)
        if reasons & STOP_HIT and self.market.take_stop():
            self.executor.on_stop(ts)
        if reasons & FOLLOWED:
            self._collect()
        if reasons & SIGNALLED and not self._is_closing:
            self._decide(ts)

    def _wake(self, ts: int) -> None:
        self.executor.on_timer(ts)
        if self.executor.next_wake() <= ts:
            raise InvariantBroken(f"the executor of {self.market.instrument.symbol} woke at {ts} to no end")

    def _decide(self, ts: int) -> None:
        name = self._next_signal_id(ts)
        parameters = self._parts.arms.tried(decision_id(name), self._current(ts), ts)
        signal = self._signal(name, ts, parameters)
        account = self._parts.ledger.snapshot(ts)
        decision = self._parts.decider.decide([signal], parameters, ts)[0]
        self._tally.signals += 1
        self._tally.count_decision(decision)
        self._parts.log.record_signal(signal)
        self._parts.log.record_decision(decision)
        self._parts.arms.keep(decision)
        self._observe(signal)
        if self._parts.seal is not None:
            self._parts.seal(decision, parameters, account, self.market.slice)
        self._parts.observer.on_decision(decision, signal)
        size = decision.plan.size if decision.plan else self.market.instrument.lot
        if self.market.follow(signal, size):
            self._followed[signal.signal_id] = (decision, size)
        else:
            self._tally.unfollowed += 1
        if decision.action is Action.ENTER:
            self._enter(decision, signal, parameters)

    def _observe(self, signal: Signal) -> None:
        regime, mid = signal.features["regime"], signal.features["mid"]
        if mid is not None:
            seen = Regime.UNKNOWN if regime is None else Regime(int(regime))
            self._parts.adaptation.observe(signal.symbol, signal.ts, seen, mid)

    def _enter(self, decision: Decision, signal: Signal, parameters: ParameterSet) -> None:
        instrument = self.market.instrument
        rate = instrument.quote_usd
        if rate is None or decision.plan is None:
            raise InvariantBroken(f"decision {decision.decision_id} entered without a plan or a USD rate")
        request = EntryRequest(
            decision_id=decision.decision_id,
            symbol=signal.symbol,
            usd=decision.plan.value_quote * rate,
            ts=signal.ts,
            mm_average_usd=mm_average_usd(signal.features, instrument),
            appetite=self._parts.appetite,
            is_probe=decision.is_probe,
        )
        granted = self._parts.ledger.reserve(request, parameters)
        if not isinstance(granted, Reservation):
            reasons = "; ".join(clamp.reason for clamp in granted)
            raise InvariantBroken(
                f"decision {decision.decision_id} passed the limits and then did not: {reasons}"
            )
        self.executor.open(decision, signal, parameters)

    def _collect(self) -> None:
        for signal, follow in self.market.take_followed():
            decision, size = self._followed.pop(signal.signal_id)
            outcome = shadow_outcome(signal, decision, follow, size, self.market.instrument)
            if outcome is None:
                self._tally.censored += 1
            else:
                self._keep(outcome, signal)
                if outcome.net_bps is not None:
                    self._parts.learn(decision.votes, outcome.net_bps)

    def _on_round_trip(self, outcome: Outcome, signal: Signal) -> None:
        self._tally.departures += self.executor.departures - self._departures
        self._departures = self.executor.departures
        self._keep(outcome, signal)

    def _keep(self, outcome: Outcome, signal: Signal) -> None:
        self._parts.log.record_outcome(outcome)
        self._parts.arms.learn(outcome)
        if outcome.kind == "taken" and outcome.net_bps is not None:
            self._parts.adaptation.learn(outcome.net_bps)
        self._tally.count_outcome(outcome, signal.breakeven)
        self._parts.observer.on_outcome(outcome)

    def _current(self, ts: int) -> ParameterSet:
        known = self._parts.parameters.snapshot(ts)
        parameters = self._parts.adaptation.adapted(self.market.instrument.symbol, known)
        if parameters is not self._parameters:
            self._parameters = parameters
            self.market.tune(parameters)
        return parameters

    def _next_signal_id(self, ts: int) -> str:
        self._sequence += 1
        run_id, symbol = self._parts.identity.run_id, self.market.instrument.symbol
        return signal_id(run_id, symbol, SOURCE, ts, self._sequence)

    def _signal(self, name: str, ts: int, parameters: ParameterSet) -> Signal:
        features = self.market.last_features()
        entry, target, stop = self.market.raised()
        instrument, identity = self.market.instrument, self._parts.identity
        return Signal(
            signal_id=name,
            run_id=identity.run_id,
            world=identity.world.value,
            symbol=instrument.symbol,
            venue=instrument.venue,
            source=SOURCE,
            ts=ts,
            ts_event=self.market.ts_event,
            side=Side.BUY,
            entry_price=entry,
            take_profit=target,
            stop=stop,
            entry_timeout_ns=parameters.nanos("entry_timeout_s"),
            hold_timeout_ns=parameters.nanos("hold_timeout_s"),
            cost_bps=round_trip_cost_bps(instrument),
            confidence=features["mm_confidence"] or 0.0,
            features=features,
            vector=fingerprint(features),
        )
