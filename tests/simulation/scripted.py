"""Signals and decisions by chance: every kind of entry, target, stop and patience."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from graphs.thought import Conclusion
from scheduler.cycle import DecisionCycle
from tests.simulation.world import instruments
from tools.domain.identity import decision_id
from tools.domain.market import NANOS, Side, to_decimal
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Action, Decision, Route, Signal, SizePlan
from tools.market.events import Events
from tools.risk.ledger import RiskLedger
from tools.risk.limits import EntryRequest, limit_entry

EVERY_S = 20.0  # between two signals of a symbol, on average
USD = 10**16  # units of price times units of size in one unit of quote


class ScriptedCycle(DecisionCycle):
    """The real cycle; signals come by chance instead of from a market maker's range."""

    chance: np.random.Generator
    _due = 0

    def run(self, events: Events, until_ts: int, each: object = None) -> None:
        """As the cycle does, then perhaps raise a signal."""
        del each
        super().run(events, until_ts)
        if len(events) == 0 or until_ts < self._due:
            return
        self._due = until_ts + int(self.chance.exponential(EVERY_S) * NANOS)
        if not self._is_closing and not self.executor.is_busy and self.market.best_bid > 0:
            self._decide(until_ts)

    def _signal(self, name: str, ts: int, parameters: ParameterSet) -> Signal:
        chance, tick = self.chance, self.market.instrument.tick
        entry = self.market.best_bid + int(chance.integers(-2, 2)) * tick
        identity, instrument = self._parts.identity, self.market.instrument
        return Signal(
            signal_id=name,
            run_id=identity.run_id,
            world=identity.world.value,
            symbol=instrument.symbol,
            venue=instrument.venue,
            source="script",
            ts=ts,
            ts_event=self.market.ts_event,
            side=Side.BUY,
            entry_price=entry,
            take_profit=entry + int(chance.integers(1, 12)) * tick,
            stop=entry - int(chance.integers(2, 20)) * tick,
            entry_timeout_ns=int(chance.integers(4, 40)) * NANOS,
            hold_timeout_ns=int(chance.integers(6, 120)) * NANOS,
            cost_bps=1.0,
            confidence=float(chance.choice([0.1, 0.1, 0.1, 0.9])),
            features={"mm_confidence": None, "mm_avg_order_size": None},
            vector=(0.0,),
        )


class ScriptedDecider:
    """Enters what the limits leave of a wish that is often too large."""

    def __init__(self, chance: np.random.Generator, ledger: RiskLedger) -> None:
        self._chance = chance
        self._ledger = ledger

    def think(self, signals: Sequence[Signal], parameters: ParameterSet, ts: int) -> Conclusion:
        """One decision a signal, at once."""
        account = self._ledger.snapshot(ts)
        return Conclusion(tuple(self._decide(signal, parameters) for signal in signals), account, {}, {})

    def conclude(self, *told: object) -> Conclusion:
        """Never: nobody is asked."""
        raise AssertionError(f"nobody was asked, and yet there is an answer: {told}")

    def _decide(self, signal: Signal, parameters: ParameterSet) -> Decision:
        plan = self._plan(signal, parameters)
        return Decision(
            decision_id=decision_id(signal.signal_id),
            signal_id=signal.signal_id,
            run_id=signal.run_id,
            world=signal.world,
            symbol=signal.symbol,
            venue=signal.venue,
            ts=signal.ts,
            action=Action.ENTER if plan else Action.SKIP,
            route=Route.RULE,
            probability=None,
            breakeven=0.5,
            expected_bps=None,
            is_probe=False,
            plan=plan,
            votes=(),
            clamps=(),
            reason="scripted",
            parameters_version=0,
            model_version=None,
            recalled=(),
        )

    def _plan(self, signal: Signal, parameters: ParameterSet) -> SizePlan | None:
        wish = Decimal(int(self._chance.integers(6, 200)))
        request = EntryRequest(decision_id(signal.signal_id), signal.symbol, wish, signal.ts)
        left = limit_entry(request, self._ledger.snapshot(signal.ts), parameters).usd
        whole = int(left * USD) // signal.entry_price
        count = int(self._chance.integers(1, 4))
        lot = LOTS[signal.symbol]
        slices = [size for size in _parts(whole // lot, count) if size > 0]
        slices = [size * lot for size in slices]
        if not slices or any(size * signal.entry_price < 5 * USD for size in slices):
            return None
        size = sum(slices)
        value = to_decimal(size) * to_decimal(signal.entry_price)
        return SizePlan(size, tuple(slices), float(self._chance.uniform(1, 6)), value, "scripted")


LOTS = {symbol: one.lot for symbol, one in instruments().items()}


def _parts(lots: int, count: int) -> list[int]:
    each, more = divmod(lots, count)
    return [each + (n < more) for n in range(count)]
