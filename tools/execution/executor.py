"""The executor acts on decisions: slices in, target and stop, out; intent before every order.

One entry a symbol at a time. Nothing is sent that was not first written down durably, and
an order is over only when the venue says so. Every fill is written before it is acted on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tools.domain.errors import InvariantBroken
from tools.domain.identity import client_order_id
from tools.domain.market import NANOS, Instrument, Side
from tools.domain.parameter import ParameterSet
from tools.domain.ports import IntentLog
from tools.domain.trading import Decision, Fill, Intent, OrderStatus, OrderUpdate, Outcome, Result, Signal
from tools.execution.outcomes import taken_outcome
from tools.execution.paper import PaperMarket
from tools.risk.ledger import RiskLedger

OVER = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED})
NEVER = 1 << 62
TOO_SMALL = "NOTIONAL"  # the filter by which a venue refuses an order that is worth too little


@dataclass(slots=True)
class Entry:
    """One decision being carried out."""

    decision: Decision
    signal: Signal
    parameters: ParameterSet
    slices: list[int]
    bounds: tuple[float | None, float | None]
    confidence: float
    deadline: int
    next_slice: int
    next_check: int
    working: dict[str, Intent] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    position: int = 0
    attempts: int = 0
    entered: bool = False
    leaving: Result | None = None
    is_departure: bool = False
    is_unsellable: bool = False
    cost_open: Decimal = Decimal(0)


class Executor:
    """Carries out the decisions on one symbol and hands back the outcome when flat.

    Args:
        market: The symbol's market and exchange.
        log: Where intents, fills and order states are kept before they are acted on.
        ledger: The account's risk ledger.
        on_outcome: Called with each finished round trip.
    """

    def __init__(
        self,
        market: PaperMarket,
        log: IntentLog,
        ledger: RiskLedger,
        on_outcome: Callable[[Outcome, Signal], None],
    ) -> None:
        self._market = market
        self._log = log
        self._ledger = ledger
        self._on_outcome = on_outcome
        self.entry: Entry | None = None
        self.departures = 0

    @property
    def instrument(self) -> Instrument:
        """What is traded here."""
        return self._market.instrument

    @property
    def is_busy(self) -> bool:
        """Whether a decision is still being carried out."""
        return self.entry is not None

    def open(self, decision: Decision, signal: Signal, parameters: ParameterSet) -> None:
        """Begin an entry whose room is already reserved in the ledger."""
        if decision.plan is None or self.entry is not None:
            raise InvariantBroken(f"decision {decision.decision_id} cannot be opened: no plan, or busy")
        self.entry = Entry(
            decision=decision,
            signal=signal,
            parameters=parameters,
            slices=list(decision.plan.slices),
            bounds=_bounds(signal.features),
            confidence=signal.confidence,
            deadline=signal.ts + signal.entry_timeout_ns,
            next_slice=signal.ts,
            next_check=signal.ts + parameters.nanos("mm_check_s"),
        )
        self._ledger.commit(decision.decision_id, signal.ts)
        self._step(signal.ts)

    def next_wake(self) -> int:
        """When this executor must look again even if nothing happens, ns."""
        entry = self.entry
        if entry is None:
            return NEVER
        if entry.entered:
            return NEVER if entry.leaving else self._hold_deadline(entry)
        wake = min(entry.deadline, entry.next_check)
        if entry.slices and not entry.working:
            wake = min(wake, entry.next_slice)
        return NEVER if entry.leaving else wake

    def on_news(self, ts: int) -> None:
        """Take in what the exchange said: fills first, each written before it counts."""
        self._hear()
        self._step(ts)

    def on_stop(self, ts: int) -> None:
        """The stop price was seen."""
        self._leave(Result.STOP, ts)

    def on_timer(self, ts: int) -> None:
        """Deadlines, slices and the check on the market maker."""
        entry = self.entry
        if entry is None or entry.leaving:
            return
        if entry.entered:
            if ts >= self._hold_deadline(entry):
                self._leave(Result.TIMEOUT, ts)
            return
        if ts >= entry.next_check:
            entry.next_check = ts + entry.parameters.nanos("mm_check_s")
            if self._mm_has_left(entry, ts):
                entry.is_departure = True
                self.departures += 1
                self._ledger.rest(entry.signal.symbol, ts + entry.parameters.nanos("departure_rest_s"))
                self._leave(Result.ABORT, ts)
                return
        if ts >= entry.deadline:
            entry.deadline = NEVER
            entry.slices.clear()
            self._cancel_working(entry, ts)
        self._step(ts)

    def close_out(self, ts: int) -> None:
        """End of the tape or of the session: cancel, sell what is held at the book, finish.

        Where the book has no bid to sell to, the outcome says so: it has no exit and no result.
        """
        self._leave(Result.ABORT, ts)
        while (entry := self.entry) is not None:
            held, is_selling = entry.position, any(o.leg == "exit" for o in entry.working.values())
            self._market.settle(ts)
            self._hear()
            if is_selling and entry.position == held:
                self._finish(entry, entry.leaving or Result.ABORT, ts)
            else:
                self._step(ts)

    def _hear(self) -> None:
        updates, fills = self._market.drain()
        for fill in fills:
            self._log.record_fill(fill)
            self._book(fill)
        for update in updates:
            self._log.record_order(update)
            self._settle(update)

    def _step(self, ts: int) -> None:
        """Do what the state asks for once nothing is working."""
        entry = self.entry
        if entry is None or entry.working:
            return
        if entry.leaving:
            self._sell_or_finish(entry, ts)
        elif entry.entered:
            if self._sellable(entry) == 0:
                self._finish(entry, Result.TAKE_PROFIT, ts)
            else:
                self._leave(Result.TAKE_PROFIT, ts)
        elif entry.slices and ts >= entry.next_slice:
            self._place_slice(entry, ts)
        elif not entry.slices:
            self._hold_or_finish(entry, ts)

    def _sell_or_finish(self, entry: Entry, ts: int) -> None:
        if self._sellable(entry) == 0:
            result = entry.leaving or Result.ABORT
            self._finish(entry, result if entry.fills or entry.is_departure else Result.UNFILLED, ts)
        else:
            self._place(entry, "exit", Side.SELL, None, self._sellable(entry), ts)

    def _hold_or_finish(self, entry: Entry, ts: int) -> None:
        if self._sellable(entry) == 0:
            self._finish(entry, Result.UNFILLED, ts)
            return
        entry.entered = True
        self._ledger.release(entry.decision.decision_id)
        if ts >= self._hold_deadline(entry):
            self._leave(Result.TIMEOUT, ts)
            return
        self._place(entry, "target", Side.SELL, entry.signal.take_profit, self._sellable(entry), ts)

    def _place_slice(self, entry: Entry, ts: int) -> None:
        size = entry.slices.pop(0)
        delay = entry.decision.plan.split_delay_s if entry.decision.plan else 0.0
        entry.next_slice = ts + int(delay * NANOS)
        self._place(entry, "entry", Side.BUY, entry.signal.entry_price, size, ts)

    def _place(self, entry: Entry, leg: str, side: Side, price: int | None, size: int, ts: int) -> None:
        entry.attempts += 1
        decision = entry.decision
        intent = Intent(
            client_order_id=client_order_id(decision.decision_id, leg, entry.attempts),
            decision_id=decision.decision_id,
            run_id=decision.run_id,
            world=decision.world,
            symbol=decision.symbol,
            venue=decision.venue,
            leg=leg,
            attempt=entry.attempts,
            side=side,
            price=price,
            size=size,
            is_post_only=price is not None,
            is_reduce_only=side is Side.SELL,
            ts=ts,
        )
        self._log.record_intent(intent)
        entry.working[intent.client_order_id] = intent
        self._market.place(intent)

    def _book(self, fill: Fill) -> None:
        entry = self.entry
        if entry is None:
            raise InvariantBroken(f"fill {fill.trade_id} belongs to no open entry")
        value = self.instrument.value(fill.size, fill.price) * self._usd()
        entry.fills.append(fill)
        if fill.side is Side.BUY:
            held = fill.held_change(self.instrument.base)
            cost = self.instrument.value(held, fill.price) * self._usd()
            entry.position += held
            entry.cost_open += cost
            self._ledger.fill_entry(fill.decision_id, cost)
            if entry.leaving is None:
                self._market.watch_stop(entry.signal.stop)
            return
        part = Decimal(fill.size) / entry.position
        cost = entry.cost_open * part
        fees = fill.fee_quote * self._usd()
        entry.position -= fill.size
        entry.cost_open -= cost
        realised = value - cost - fees - self._entry_fees(entry, fill)
        self._ledger.fill_exit(fill.decision_id, cost, realised, fill.ts)
        if entry.position == 0:
            self._market.watch_stop(0)

    def _entry_fees(self, entry: Entry, fill: Fill) -> Decimal:
        """The share of the entry's fees that belongs to the part just sold, USD."""
        bought = [f for f in entry.fills if f.side is Side.BUY]
        paid = sum((f.fee_quote for f in bought), Decimal(0)) * self._usd()
        return paid * fill.size / sum(f.held_change(self.instrument.base) for f in bought)

    def _sellable(self, entry: Entry) -> int:
        """What an order may sell of the position, whole lots; what is left of it is dust."""
        return 0 if entry.is_unsellable else entry.position - entry.position % self.instrument.lot

    def _settle(self, update: OrderUpdate) -> None:
        if self.entry is None or update.status not in OVER:
            return
        intent = self.entry.working.pop(update.client_order_id, None)
        if intent is not None and intent.is_reduce_only and update.status is OrderStatus.REJECTED:
            self.entry.is_unsellable = TOO_SMALL in update.reason

    def _leave(self, result: Result, ts: int) -> None:
        entry = self.entry
        if entry is None or entry.leaving:
            return
        entry.leaving = result
        entry.slices.clear()
        self._market.watch_stop(0)
        self._cancel_working(entry, ts)
        self._step(ts)

    def _cancel_working(self, entry: Entry, ts: int) -> None:
        for client_id in entry.working:
            self._market.cancel(client_id, ts)

    def _finish(self, entry: Entry, result: Result, ts: int) -> None:
        self._market.watch_stop(0)
        self._ledger.release(entry.decision.decision_id)
        if entry.position > 0 and self._sellable(entry) == 0:
            self._ledger.fill_exit(entry.decision.decision_id, entry.cost_open, Decimal(0), ts)
        self.entry = None
        outcome = taken_outcome(entry.signal, entry.decision, entry.fills, result, ts, self.instrument)
        self._on_outcome(outcome, entry.signal)

    def _hold_deadline(self, entry: Entry) -> int:
        return entry.fills[0].ts + entry.signal.hold_timeout_ns

    def _mm_has_left(self, entry: Entry, ts: int) -> bool:
        """K6.3: bounds moved too far, or a confidence that was there is gone."""
        features = self._market.features(ts)
        least = entry.parameters["abort_confidence"]
        now = features["mm_confidence"]
        if entry.confidence >= least and (now is None or now < least):
            return True
        limit = entry.parameters["abort_bounds_move_bps"]
        moved = zip(entry.bounds, _bounds(features), strict=True)
        return any(
            was is not None and is_now is not None and abs(is_now / was - 1) * 1e4 > limit
            for was, is_now in moved
        )

    def _usd(self) -> Decimal:
        rate = self.instrument.quote_usd
        if rate is None:
            raise InvariantBroken(f"{self.instrument.symbol} is traded without a USD rate")
        return rate


def _bounds(features: Mapping[str, float | None]) -> tuple[float | None, float | None]:
    return features.get("mm_lower_bound"), features.get("mm_upper_bound")
