"""The executor acts on decisions: slices in, target and stop, out; intent before every order.

One entry a symbol at a time. Nothing is sent that was not first written down durably, and
an order is over only when the venue says so. Every fill is written before it is acted on.
Where the venue keeps brackets, whatever is held is offered as target and stop as soon as it is
held; elsewhere the target follows when the entry is complete, and the stop is watched here.
"""

from __future__ import annotations

from collections.abc import Callable

from tools.domain.errors import InvariantBroken
from tools.domain.identity import client_order_id
from tools.domain.market import Instrument, Side
from tools.domain.parameter import ParameterSet
from tools.domain.ports import IntentLog
from tools.domain.trading import Decision, Fill, Intent, OrderStatus, OrderUpdate, Outcome, Result, Signal
from tools.execution.books import Books
from tools.execution.departing import bounds_of, confidence_of, is_given_back, mm_has_left
from tools.execution.entry import BRACKET, DEPARTED, ENTRY, EXIT, TARGET, Entry
from tools.execution.leading import stale_orders
from tools.execution.outcomes import result_at, sold_as, taken_outcome
from tools.execution.protection import (
    MOST_REFUSALS,
    Stop,
    is_coverable,
    protective_stop,
    to_renew,
    uncovered,
    was_stopped,
)
from tools.execution.schedules.choosing import PLANNED, Scheduler
from tools.execution.sighting import SensedMarket, sight_of, stale_slices
from tools.risk.ledger import RiskLedger

NEVER = 1 << 62
TOO_SMALL = "NOTIONAL"  # the filter by which a venue refuses an order that is worth too little


class Executor:
    """Carries out the decisions on one symbol and hands back the outcome when flat.

    Args:
        market: The symbol's market and exchange.
        log: Where intents, fills and order states are kept before they are acted on.
        ledger: The account's risk ledger.
        on_outcome: Called with each finished round trip.
        scheduler: Says when the slices of an entry are due, where and how large.
    """

    def __init__(
        self,
        market: SensedMarket,
        log: IntentLog,
        ledger: RiskLedger,
        on_outcome: Callable[[Outcome, Signal], None],
        scheduler: Scheduler = PLANNED,
    ) -> None:
        self._market = market
        self._log = log
        self._ledger = ledger
        self._on_outcome = on_outcome
        self._scheduler = scheduler
        self._books = Books(market.instrument, ledger)
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
            schedule=self._scheduler.schedule(decision, signal, parameters, self.instrument),
            bounds=bounds_of(signal.features),
            confidence=confidence_of(signal),
            deadline=signal.ts + signal.entry_timeout_ns,
            next_check=decision.ts + parameters.nanos("mm_check_s"),
        )
        self._market.watch_maker(is_watched=True)
        self._ledger.commit(decision.decision_id, decision.ts)
        self._step(decision.ts)

    def next_wake(self) -> int:
        """When this executor must look again even if nothing happens, ns."""
        return NEVER if self.entry is None else self.entry.next_wake

    def on_news(self, ts: int) -> None:
        """Take in what the exchange said: fills first, each written before it counts."""
        self._hear()
        self._step(ts)

    def on_stop(self, ts: int) -> None:
        """The stop price was seen."""
        self._leave(Result.STOP, ts)

    def on_departure(self, ts: int) -> None:
        """The market maker has left: nothing more is bought, what is held is sold, and the symbol rests."""
        entry = self.entry
        if entry is None or entry.leaving:
            return
        self.departures += 1
        self._ledger.depart(entry.signal.symbol, ts)
        self._ledger.rest(entry.signal.symbol, ts + entry.parameters.nanos("departure_rest_s"))
        self._leave(Result.ABORT, ts)

    def on_timer(self, ts: int) -> None:
        """Deadlines, slices and the check on the market maker."""
        entry = self.entry
        if entry is None or entry.leaving:
            return
        if ts >= entry.next_check:
            entry.next_check = ts + entry.parameters.nanos("mm_check_s")
            if mm_has_left(entry, self._market.features(ts)):
                self.on_departure(ts)
                return
        if entry.entered:
            if ts >= entry.hold_deadline:
                self._leave(Result.TIMEOUT, ts)
            elif ts >= entry.next_move:
                self._step(ts)
            return
        if ts >= entry.deadline:
            entry.deadline = NEVER
            self._enter_no_more(entry, ts)
        self._step(ts)

    def wind_down(self, ts: int) -> None:
        """End of a session at a venue: cancel, sell what is held; news will tell when it is over."""
        self._leave(Result.CLOSE_OUT, ts)

    def close_out(self, ts: int) -> None:
        """End of the tape or of the session: cancel, sell what is held at the book, finish.

        Where the book has no bid to sell to, the outcome says so: it has no exit and no result.
        """
        self._leave(Result.CLOSE_OUT, ts)
        while (entry := self.entry) is not None:
            held, is_selling = entry.position, any(o.leg in (EXIT, DEPARTED) for o in entry.working.values())
            self._market.settle(ts)
            self._hear()
            if is_selling and entry.position == held:
                self._finish(entry, entry.leaving or Result.CLOSE_OUT, ts)
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
        """Do what the state asks for next."""
        entry = self.entry
        if entry is None:
            return
        if entry.leaving:
            if not entry.working:
                self._sell_or_finish(entry, ts)
        elif entry.is_stopped:
            self._leave(Result.STOP, ts)
        elif entry.refused >= MOST_REFUSALS:
            self._leave(result_at(self._market.best_bid, entry), ts)
        else:
            for name in stale_orders(self._market, entry, ts):
                self._withdraw(entry, name, ts)
            if self._market.has_brackets:
                self._protect(entry, ts)
            self._go_on(entry, ts)

    def _go_on(self, entry: Entry, ts: int) -> None:
        """The next slice, the end of the entry, or the end of the trade; what works is waited for."""
        if entry.is_entering:
            for name in stale_slices(self._market, entry, ts):
                self._withdraw(entry, name, ts)
            return
        if entry.entered and entry.working:
            return
        if entry.entered:
            if self._sellable(entry) == 0:
                self._finish(entry, Result.TAKE_PROFIT, ts)
            elif entry.is_moving:
                self._hold_or_finish(entry, ts)
            else:
                self._leave(Result.TAKE_PROFIT, ts)
        elif (part := entry.schedule.due(sight_of(self._market, entry, ts))) is not None:
            self._place(entry, ENTRY, Side.BUY, part.price, part.size, ts, venue=part.venue)
        elif entry.schedule.is_over:
            self._hold_or_finish(entry, ts)

    def _protect(self, entry: Entry, ts: int) -> None:
        """Offer what is held and not offered yet; make brackets anew that have lost their stop."""
        if entry.has_sold:
            self._enter_no_more(entry, ts)
        stop = protective_stop(entry, self.instrument)
        for intent in to_renew(entry, stop, self.instrument):
            self._withdraw(entry, intent.client_order_id, ts)
        size = uncovered(entry, self.instrument)
        if not entry.is_unsellable and is_coverable(size, stop, self.instrument):
            self._place(entry, BRACKET, Side.SELL, entry.target, size, ts, stop)

    def _enter_no_more(self, entry: Entry, ts: int) -> None:
        entry.schedule.stop()
        for name, intent in entry.working.items():
            if intent.leg == ENTRY:
                self._withdraw(entry, name, ts)

    def _sell_or_finish(self, entry: Entry, ts: int) -> None:
        if self._sellable(entry) == 0:
            result = entry.leaving or Result.CLOSE_OUT
            is_told = entry.fills or result is Result.ABORT
            self._finish(entry, result if is_told else Result.UNFILLED, ts)
        else:
            leg = DEPARTED if entry.leaving is Result.ABORT else EXIT
            self._place(entry, leg, Side.SELL, None, self._sellable(entry), ts)

    def _hold_or_finish(self, entry: Entry, ts: int) -> None:
        if self._sellable(entry) == 0:
            self._finish(entry, Result.TAKE_PROFIT if entry.has_sold else Result.UNFILLED, ts)
            return
        entry.entered = True
        self._market.watch_maker(is_watched=is_given_back(entry))
        self._ledger.release(entry.decision.decision_id)
        if ts >= entry.hold_deadline:
            self._leave(Result.TIMEOUT, ts)
        elif not self._market.has_brackets:
            self._place(entry, TARGET, Side.SELL, entry.target, self._sellable(entry), ts)
        else:
            self._protect(entry, ts)
            if not entry.working:
                self._leave(Result.CLOSE_OUT, ts)

    def _place(
        self,
        entry: Entry,
        leg: str,
        side: Side,
        price: int | None,
        size: int,
        ts: int,
        stop: Stop | None = None,
        venue: str = "",
    ) -> None:
        decision, attempt = entry.decision, entry.attempts + 1
        intent = Intent(
            client_order_id=client_order_id(decision.decision_id, leg, attempt),
            decision_id=decision.decision_id,
            run_id=decision.run_id,
            world=decision.world,
            symbol=decision.symbol,
            venue=venue or decision.venue,
            leg=leg,
            attempt=attempt,
            side=side,
            price=price,
            size=size,
            is_post_only=price is not None,
            is_reduce_only=side is Side.SELL,
            ts=ts,
            stop_price=stop.trigger if stop else None,
            stop_limit=stop.limit if stop else None,
        )
        self._log.record_intent(intent)
        entry.add(intent)
        self._market.place(intent)

    def _book(self, fill: Fill) -> None:
        entry = self.entry
        if entry is None:
            raise InvariantBroken(f"fill {fill.trade_id} belongs to no open entry")
        self._take_from(entry, fill)
        self._books.book(entry, fill)
        if fill.side is Side.BUY and len(entry.fills) == 1:
            self._market.watch_excursion(entry.signal.take_profit, entry.signal.stop)
        if fill.side is Side.BUY and entry.leaving is None:
            self._market.watch_stop(entry.signal.stop)
        elif entry.position == 0:
            self._market.watch_stop(0)

    def _take_from(self, entry: Entry, fill: Fill) -> None:
        """An execution lessens what is left of its order, and tells whether its stop acted."""
        if (intent := entry.working.get(fill.client_order_id)) is not None:
            entry.left[fill.client_order_id] -= fill.size
            entry.is_stopped = entry.is_stopped or was_stopped(intent, fill.price)

    def _sellable(self, entry: Entry) -> int:
        """What an order may sell of the position, whole lots; what is left of it is dust."""
        return 0 if entry.is_unsellable else entry.position - entry.position % self.instrument.lot

    def _settle(self, update: OrderUpdate) -> None:
        if self.entry is None or not update.is_over:
            return
        intent = self.entry.remove(update.client_order_id)
        if intent is None or not intent.is_reduce_only:
            return
        is_refused = update.status is OrderStatus.REJECTED
        if intent.leg == BRACKET:
            self.entry.refused = self.entry.refused + 1 if is_refused else 0
        elif is_refused:
            self.entry.is_unsellable = TOO_SMALL in update.reason

    def _leave(self, result: Result, ts: int) -> None:
        entry = self.entry
        if entry is None or entry.leaving:
            return
        entry.leaving = result
        entry.schedule.stop()
        self._market.watch_stop(0)
        self._cancel_working(entry, ts)
        self._step(ts)

    def _cancel_working(self, entry: Entry, ts: int) -> None:
        for client_id in entry.working:
            self._withdraw(entry, client_id, ts)

    def _withdraw(self, entry: Entry, client_id: str, ts: int) -> None:
        """Ask for a cancel, once."""
        if client_id not in entry.withdrawn:
            entry.withdrawn.add(client_id)
            self._market.cancel(client_id, ts)

    def _finish(self, entry: Entry, result: Result, ts: int) -> None:
        self._market.watch_stop(0)
        self._market.watch_maker(is_watched=False)
        if entry.position > 0 and self._sellable(entry) == 0:
            self._books.write_off(entry, ts)
        self._ledger.release(entry.decision.decision_id)
        self.entry = None
        made = (entry.fills, sold_as(result, entry), ts, self.instrument, self._market.take_excursion())
        self._on_outcome(taken_outcome(entry.signal, entry.decision, *made), entry.signal)
