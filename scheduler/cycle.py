"""The decision cycle: events in, one decision a signal, orders out, outcomes remembered.

Replay, paper and live run this same code; only the clock that stamps the events and the
exchange behind the market differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from graphs.thought import Conclusion, Thought
from scheduler.candles import CandleWatch
from scheduler.parts import CycleParts
from scheduler.raising import raised_signal
from scheduler.run import Tally
from scheduler.witness import Witness
from tools.domain.errors import InvariantBroken
from tools.domain.identity import decision_id, signal_id
from tools.domain.market import Instrument
from tools.domain.parameter import ParameterSet
from tools.domain.regime import Regime
from tools.domain.sources import is_from_candles, model_of
from tools.domain.trading import Action, Decision, Outcome, Signal
from tools.execution.entries import ask_for
from tools.execution.executor import NEVER, Executor
from tools.execution.freshness import sight
from tools.execution.outcomes import shadow_outcome
from tools.execution.reacting import ReactionWatch
from tools.execution.seen import MarketSlice
from tools.execution.sizing import mm_average_usd
from tools.execution.stream import DEPARTED, FOLLOWED, NOTICED, SIGNALLED, STOP_HIT, WAKE
from tools.market.events import Events
from tools.risk.behaviour import Trip
from tools.risk.ledger import Reservation
from tools.signals.mm_range import SOURCE


@dataclass(frozen=True, slots=True)
class _Asked:
    """A signal whose decision waits for an answer, with the market data that it was raised on."""

    signal: Signal
    thought: Thought
    market: MarketSlice


class DecisionCycle:
    """One symbol's cycle. A signal that a brain is asked about waits beside it; everything else goes on.

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
        self._watch: ReactionWatch | None = None
        if parts.reacted is not None:
            refreshes = self._parameters["reaction_refreshes"]
            self._watch = ReactionWatch(instrument, self.market, refreshes, parts.reacted)
        witness = Witness(parts.log, parts.observer, tally, self._watch)
        self.executor = Executor(self.market, witness, parts.ledger, self._on_round_trip, parts.scheduler)
        self._candles = parts.candles(instrument, tally.candles)
        self._sequence = 0
        self._asked: list[_Asked] = []
        self._followed: dict[str, int] = {}  # signal to the size it is followed with
        self._decided: dict[str, Decision] = {}  # of signals that are followed
        self._early: list[tuple[Signal, np.void]] = []  # follows that ended before their decision
        self._is_closing = False
        self._departures = 0  # counted in the tally already

    @property
    def asking(self) -> int:
        """How many signals wait for an answer."""
        return len(self._asked)

    def run(self, events: Events, until_ts: int, each: Callable[[int], None] | None = None) -> None:
        """Take all of ``events``, then let time pass up to ``until_ts``, ns.

        ``until_ts`` must not lie before the last event. ``each`` is called with the index
        of the next event whenever Python had something to do.
        """
        index = 0
        if self._candles is not None:
            self._candles.begin(events)
        while True:
            wake, before = self.next_wake(until_ts), index
            index, reasons = self.market.advance(events, index, min(wake, until_ts))
            if self._candles is not None:
                self._candles.take(events[before:index])
            if reasons & ~WAKE:
                self._react(reasons)
            elif wake <= until_ts:
                self._wake(wake)
            else:
                return
            if each is not None:
                each(index)

    def next_wake(self, now: int) -> int:
        """When to run again even if nothing happens, ns."""
        look = NEVER if self._watch is None else self._watch.next_look
        close = NEVER if self._candles is None else self._candles.next_look
        return min(self.executor.next_wake(), self._next_answer(now), look, close)

    def close(self, ts: int) -> None:
        """End of the tape or session: nothing stays open, and what was still followed is counted."""
        self._end_asking(ts)
        self.executor.close_out(ts)
        self._tally.unfollowed += self.market.following

    def hear(self, ts: int) -> None:
        """The venue has said something of this symbol's orders."""
        self.executor.on_news(ts)

    def wind_down(self, ts: int) -> None:
        """End of a session at a venue: decide nothing more, sell what is held."""
        self._end_asking(ts)
        self._tally.unfollowed += self.market.following
        self.executor.wind_down(ts)

    def _react(self, reasons: int) -> None:
        ts = self.market.ts
        if reasons & NOTICED:
            self.executor.on_news(ts)
        if reasons & STOP_HIT and self.market.take_stop():
            self.executor.on_stop(ts)
        if reasons & DEPARTED:
            self.executor.on_departure(ts)
        if reasons & FOLLOWED:
            self._collect()
        if reasons & SIGNALLED and not self._is_closing:
            self._decide(ts)

    def _wake(self, ts: int) -> None:
        if self._watch is not None:
            self._watch.look(ts)
        if self.executor.next_wake() <= ts:
            self.executor.on_timer(ts)
            if self.executor.next_wake() <= ts:
                raise InvariantBroken(f"{self.market.instrument.symbol}: the executor woke at {ts} to no end")
        for asked in [one for one in self._asked if one.thought.question.due(ts) <= ts]:
            self._hear_answer(asked, ts)
        if self._candles is not None and self._candles.next_look <= ts:
            self._look_at_candles(self._candles, ts)

    def _look_at_candles(self, candles: CandleWatch, ts: int) -> None:
        """Decide on what closed candles propose; a session that ends raises nothing more."""
        parameters, identity = self._current(ts), self._parts.identity
        for raised in candles.look(ts, self.market, parameters):
            if not self._is_closing:
                source = raised.entry.source
                told = self._told(source, raised.features, ts, parameters)
                name = self._next_signal_id(ts, source)
                signal = raised.signal(name, self.market, identity, parameters, ts=ts, told=told)
                self._decide_on(signal, ts, parameters)

    def _next_answer(self, now: int) -> int:
        return min(one.thought.question.due(now) for one in self._asked) if self._asked else NEVER

    def _decide(self, ts: int) -> None:
        name = self._next_signal_id(ts)
        parameters = self._parts.arms.tried(decision_id(name), self._current(ts), ts)
        signal = self._signal(name, ts, parameters)
        self._parts.ledger.look(bool(signal.features.get("mm_detected")))
        self._decide_on(signal, ts, parameters)

    def _decide_on(self, signal: Signal, ts: int, parameters: ParameterSet) -> None:
        found = self._parts.decider.think([signal], parameters, ts)
        self._tally.signals += 1
        if isinstance(found, Thought):
            self._asked.append(_Asked(signal, found, self.market.slice))
            self._follow(signal, self.market.instrument.lot)
            return
        plan = found.decisions[0].plan
        self._record(found, signal, parameters, self.market.slice)
        self._follow(signal, plan.size if plan else self.market.instrument.lot)
        self._act(found.decisions[0], signal, parameters)

    def _hear_answer(self, asked: _Asked, ts: int) -> None:
        """Conclude what waited for an answer, by what is seen now."""
        self._asked.remove(asked)
        entry = self.executor.entry
        held_by = entry.decision.decision_id if entry else ""
        seen = sight(self.market, ts, held_by, is_closing=self._is_closing)
        answers = asked.thought.answers(ts, is_ended=self._is_closing)
        sightings = {asked.signal.symbol: seen}
        found = self._parts.decider.conclude(asked.thought, answers, sightings, ts)
        parameters = asked.thought.parameters
        self._record(found, asked.signal, parameters, asked.market)
        self._act(found.decisions[0], asked.signal, parameters)
        self._keep_early()

    def _end_asking(self, ts: int) -> None:
        """Nothing is decided any more; who still waits for an answer gets none."""
        self._is_closing = True
        for asked in list(self._asked):
            self._hear_answer(asked, ts)

    def _record(
        self, found: Conclusion, signal: Signal, parameters: ParameterSet, market: MarketSlice
    ) -> None:
        decision = found.decisions[0]
        self._tally.count_decision(decision)
        self._parts.log.record_signal(signal)
        self._parts.log.record_decision(decision)
        self._parts.arms.keep(decision)
        self._observe(signal)
        if self._parts.seal is not None:
            self._parts.seal(found, parameters, market)
        self._parts.observer.on_decision(decision, signal)

    def _follow(self, signal: Signal, size: int) -> None:
        """Follow ``signal`` on paper from the moment it was raised, decided or not."""
        if self.market.follow(signal, size):
            self._followed[signal.signal_id] = size
        else:
            self._tally.unfollowed += 1

    def _act(self, decision: Decision, signal: Signal, parameters: ParameterSet) -> None:
        if signal.signal_id in self._followed:
            self._decided[signal.signal_id] = decision
        if decision.action is Action.ENTER:
            self._enter(decision, signal, parameters)

    def _observe(self, signal: Signal) -> None:
        regime, mid = signal.features.get("regime"), signal.features.get("mid")
        if mid is not None:
            seen = Regime.UNKNOWN if regime is None else Regime(int(regime))
            self._parts.adaptation.observe(signal.symbol, signal.ts, seen, mid)

    def _enter(self, decision: Decision, signal: Signal, parameters: ParameterSet) -> None:
        instrument = self.market.instrument
        rate = instrument.quote_usd
        if rate is None or decision.plan is None:
            raise InvariantBroken(f"decision {decision.decision_id} entered without a plan or a USD rate")
        request = ask_for(
            signal,
            decision.plan.value_quote * rate,
            decision.ts,
            mm_average_usd(signal.features, instrument),
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
            if signal.signal_id in self._decided:
                self._end_follow(signal, follow)
            else:
                self._early.append((signal, follow))

    def _keep_early(self) -> None:
        """What was followed to its end before it was decided can be judged now."""
        early, self._early = self._early, []
        for signal, follow in early:
            if signal.signal_id in self._decided:
                self._end_follow(signal, follow)
            else:
                self._early.append((signal, follow))

    def _end_follow(self, signal: Signal, follow: np.void) -> None:
        decision, size = self._decided.pop(signal.signal_id), self._followed.pop(signal.signal_id)
        outcome = shadow_outcome(signal, decision, follow, size, self.market.instrument)
        if outcome is None:
            self._tally.censored += 1
            return
        self._keep(outcome, signal)
        self._parts.followed(outcome, signal)
        if outcome.net_bps is not None and not is_from_candles(signal.source):
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
        if outcome.kind == "taken" and outcome.net_quote is not None:
            rate = self.market.instrument.quote_usd or Decimal(0)
            net_usd = float(outcome.net_quote * rate)
            self._parts.ledger.learn(Trip(outcome.symbol, model_of(signal.source), outcome.ts_known, net_usd))
        self._tally.count_outcome(outcome, signal.breakeven)
        self._parts.observer.on_outcome(outcome)

    def _current(self, ts: int) -> ParameterSet:
        known = self._parts.parameters.snapshot(ts)
        parameters = self._parts.adaptation.adapted(self.market.instrument.symbol, known)
        if parameters is not self._parameters:
            self._parameters = parameters
            self.market.tune(parameters)
        return parameters

    def _next_signal_id(self, ts: int, source: str = SOURCE) -> str:
        self._sequence += 1
        run_id, symbol = self._parts.identity.run_id, self.market.instrument.symbol
        return signal_id(run_id, symbol, source, ts, self._sequence)

    def _signal(self, name: str, ts: int, parameters: ParameterSet) -> Signal:
        told = self._told(SOURCE, self.market.last_features(), ts, parameters)
        return raised_signal(self.market, self._parts.identity, name, ts, parameters, told)

    def _told(
        self, source: str, features: Mapping[str, float | None], ts: int, parameters: ParameterSet
    ) -> dict[str, float | None]:
        """What was learned that bears on the signal, beside its features."""
        return {
            **self._parts.tolerated(self.market.instrument.symbol, ts, parameters),
            **self._parts.believed(source, features, ts, parameters),
        }
