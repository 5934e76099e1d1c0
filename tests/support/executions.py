"""An executor at work on a real paper market, with a journal of everything it said and did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.support.placed import placed_parameters
from tests.support.proposals import a_signal
from tests.support.tapes import START_NS, book_message, print_event
from tools.domain.identity import decision_id
from tools.domain.market import NANOS, UNITS, Instrument, Side
from tools.domain.trading import (
    Action,
    Decision,
    Fill,
    Intent,
    OrderStatus,
    OrderUpdate,
    Outcome,
    Result,
    Route,
    Signal,
    SizePlan,
)
from tools.execution.executor import NEVER, Executor
from tools.execution.paper import PaperMarket
from tools.execution.stream import DEPARTED, NOTICED, STOP_HIT, WAKE
from tools.market.events import Events
from tools.risk.ledger import Reservation, RiskLedger
from tools.risk.limits import EntryRequest

CENT = UNITS // 100
LOT = UNITS // 1000
MS = NANOS // 1000
RATE = Decimal("1.25")

COIN = Instrument(
    symbol="COINEUR",
    venue="binance",
    base="COIN",
    quote="EUR",
    tick=CENT,
    lot=LOT,
    min_notional=Decimal(0),
    maker_fee_bps=1.0,
    taker_fee_bps=5.0,
    quote_usd=RATE,
    quiet_limit_s=None,
    has_dense_trade_ids=False,
)


class JournalledMarket(PaperMarket):
    """A paper market that notes when something is sent to it."""

    def __init__(self, journal: list[tuple[str, Any]], instrument: Instrument, **parameters: float) -> None:
        super().__init__(instrument, placed_parameters({"stop_dwell_ms": 0} | dict(parameters or {})))
        self._journal = journal

    def place(self, intent: Intent) -> None:
        self._journal.append(("place", intent.client_order_id))
        super().place(intent)

    def cancel(self, client_order_id: str, ts: int) -> None:
        self._journal.append(("cancel", client_order_id))
        super().cancel(client_order_id, ts)


class ExecutorDesk:
    """Market, ledger, log and executor of one symbol; ``play`` is the loop of the decision cycle.

    Orders stay where they were put unless ``parameters`` say otherwise.
    """

    def __init__(
        self, instrument: Instrument = COIN, executor: type[Executor] = Executor, **parameters: float
    ) -> None:
        self.journal: list[tuple[str, Any]] = []
        self.parameters = placed_parameters({"stop_dwell_ms": 0} | dict(parameters or {}))
        self.instrument = instrument
        self.market = JournalledMarket(self.journal, instrument, **parameters)
        self.market.desk["plan"]["next_check"] = 1 << 62  # the tests raise the signals
        self.ledger = RiskLedger()
        self.outcomes: list[Outcome] = []
        self.executor = executor(self.market, self, self.ledger, self._keep)
        self.now = 0
        self._signals = 0

    def record_intent(self, intent: Intent) -> None:
        self.journal.append(("intent", intent))

    def record_fill(self, fill: Fill) -> None:
        self.journal.append(("fill", fill))

    def record_order(self, update: OrderUpdate) -> None:
        self.journal.append(("order", update))

    def _keep(self, outcome: Outcome, signal: Signal) -> None:
        assert outcome.signal_id == signal.signal_id
        self.outcomes.append(outcome)

    @property
    def intents(self) -> list[Intent]:
        return [what for kind, what in self.journal if kind == "intent"]

    @property
    def fills(self) -> list[Fill]:
        return [what for kind, what in self.journal if kind == "fill"]

    @property
    def updates(self) -> list[OrderUpdate]:
        return [what for kind, what in self.journal if kind == "order"]

    @property
    def can_sell(self) -> bool:
        """Whether a market order could be judged by the book as it stands."""
        return self.market.status == "sound" and self.market.best_bid > 0

    @property
    def legs(self) -> list[str]:
        return [intent.leg for intent in self.intents]

    def statuses(self, leg: str) -> list[OrderStatus]:
        """What was said of the orders of ``leg``, in order."""
        ids = {intent.client_order_id for intent in self.intents if intent.leg == leg}
        return [update.status for update in self.updates if update.client_order_id in ids]

    def enter(self, slices: Sequence[int], ts: int | None = None, **signal: Any) -> Decision:
        """Decide to enter, take the room in the ledger and hand the decision to the executor."""
        ts = self.now if ts is None else ts
        self._signals += 1
        raised = replace(entry_signal(self._signals, ts, self.instrument), **signal)
        decision = entry_decision(raised, tuple(slices), self.instrument)
        assert decision.plan is not None
        usd = decision.plan.value_quote * (self.instrument.quote_usd or 0)
        granted = self.ledger.reserve(
            EntryRequest(decision.decision_id, raised.symbol, usd, ts), self.parameters
        )
        assert isinstance(granted, Reservation), granted
        self.executor.open(decision, raised, self.parameters)
        return decision

    def play(self, *events: Events, until: int | None = None) -> None:
        """Take ``events``, then let time pass up to ``until``."""
        for batch in events:
            self._run(batch, int(batch["ts_init"][-1]))
        if until is not None:
            self._run(_NOTHING, until)

    def close(self) -> Outcome:
        """End the tape here; the outcome of what was open."""
        self.executor.close_out(self.now)
        return self.outcomes[-1]

    def _run(self, events: Events, until: int) -> None:
        index = 0
        while True:
            wake = self.executor.next_wake()
            index, reasons = self.market.advance(events, index, min(wake, until))
            ts = self.market.ts
            if reasons & ~WAKE:
                if reasons & NOTICED:
                    self.executor.on_news(ts)
                if reasons & STOP_HIT and self.market.take_stop():
                    self.executor.on_stop(ts)
                if reasons & DEPARTED:
                    self.executor.on_departure(ts)
            elif wake <= until:
                self.executor.on_timer(wake)
                assert self.executor.next_wake() > wake, "the executor would be woken for ever"
            else:
                self.now = until
                return


def check_the_books(desk: ExecutorDesk) -> None:
    """What must hold whenever the desk is flat: nothing lost, nothing twice, everything exact.

    It counts anew from the journal alone and believes nothing that the executor says of itself.
    """
    answered = {update.client_order_id for update in desk.updates}
    assert {intent.client_order_id for intent in desk.intents} == answered, "an order without an answer"
    wished = {intent.client_order_id: intent.size for intent in desk.intents}
    held: dict[str, int] = {}
    for fill in desk.fills:
        held[fill.decision_id] = held.get(fill.decision_id, 0) + fill.size * int(fill.side)
        assert held[fill.decision_id] >= 0, "more was sold than held"
        wished[fill.client_order_id] -= fill.size
        assert wished[fill.client_order_id] >= 0, "more was filled than ordered"
    unsold = {decision for decision, left in held.items() if left}
    assert not unsold or not desk.can_sell, "something is still held that could have been sold"
    entered = {intent.decision_id for intent in desk.intents}
    assert sorted(outcome.decision_id for outcome in desk.outcomes) == sorted(entered), "not one outcome each"
    exposed = {entry.decision_id for entry in desk.ledger.snapshot(desk.now).entries}
    assert exposed == unsold, "the ledger counts other exposure than what is held"
    realised = Decimal(0)
    for outcome in desk.outcomes:
        fills = [fill for fill in desk.fills if fill.decision_id == outcome.decision_id]
        _check_money(outcome, fills, desk.instrument, is_sold=outcome.decision_id not in unsold)
        realised += (outcome.net_quote or Decimal(0)) * (desk.instrument.quote_usd or 0)
    assert unsold or abs(desk.ledger.snapshot(desk.now).realised_usd - realised) < Decimal("1e-18")


def check_the_order_of_things(desk: ExecutorDesk) -> None:
    """No order before its intent is written, and never two orders of a symbol at work."""
    written: set[str] = set()
    open_orders: set[str] = set()
    for kind, what in desk.journal:
        if kind == "intent":
            written.add(what.client_order_id)
        elif kind == "place":
            assert what in written, "sent before it was written down"
            assert not open_orders, "sent while another order was at work"
            open_orders.add(what)
        elif kind == "order" and what.status is not OrderStatus.OPEN:
            open_orders.discard(what.client_order_id)


def _check_money(outcome: Outcome, fills: Sequence[Fill], instrument: Instrument, *, is_sold: bool) -> None:
    if not is_sold:
        assert outcome.net_quote is None
        return
    if not fills:
        assert outcome.net_quote is None
        assert outcome.result in (Result.UNFILLED, Result.ABORT, Result.CLOSE_OUT)
        return
    cash, fees = Decimal(0), Decimal(0)
    for fill in fills:
        value = instrument.value(fill.size, fill.price)
        bps = Decimal(str(instrument.maker_fee_bps if fill.is_maker else instrument.taker_fee_bps))
        assert fill.fee_quote == value * bps / 10_000
        cash -= value * int(fill.side)
        fees += fill.fee_quote
    assert (outcome.net_quote, outcome.fees_quote) == (cash - fees, fees)
    assert outcome.size == sum(fill.size for fill in fills if fill.side is Side.BUY)


def quotes(at_ms: int, bid: int, ask: int, *, size: int = 100, gone: Sequence[int] = ()) -> Events:
    """A fresh book of three levels a side from ``bid`` and ``ask`` (cents), ``at_ms`` after the start.

    A snapshot, so that a test says what the book is and not how it came about.
    """
    levels = [(1, (bid - i) * CENT, size * LOT) for i in range(3)]
    levels += [(-1, (ask + i) * CENT, size * LOT) for i in range(3)]
    kept = [level for level in levels if level[1] // CENT not in gone]
    return book_message(START_NS + at_ms * MS, kept, is_snapshot=True)


def printed(at_ms: int, side: Side, cents: int, lots: int) -> Events:
    """A print ``at_ms`` after the start."""
    return print_event(START_NS + at_ms * MS, int(side), cents * CENT, lots * LOT)


def at(ms: int) -> int:
    """``ms`` after the start."""
    return START_NS + ms * MS


_NOTHING = quotes(0, 1, 2)[:0]


def entry_signal(sequence: int, ts: int, instrument: Instrument) -> Signal:
    unknown: Mapping[str, float | None] = {"mm_lower_bound": None, "mm_upper_bound": None}
    return a_signal(
        sequence,
        symbol=instrument.symbol,
        venue=instrument.venue,
        ts=ts,
        ts_event=ts,
        entry_price=9_999 * CENT,
        take_profit=10_020 * CENT,
        stop=9_980 * CENT,
        entry_timeout_ns=30 * NANOS,
        hold_timeout_ns=60 * NANOS,
        confidence=0.1,
        features=unknown,
    )


def entry_decision(signal: Signal, slices: tuple[int, ...], instrument: Instrument) -> Decision:
    size = sum(slices)
    plan = SizePlan(size, slices, 2.0, instrument.value(size, signal.entry_price), "by hand")
    return Decision(
        decision_id=decision_id(signal.signal_id),
        signal_id=signal.signal_id,
        run_id=signal.run_id,
        world=signal.world,
        symbol=signal.symbol,
        venue=signal.venue,
        ts=signal.ts,
        action=Action.ENTER,
        route=Route.RULE,
        probability=0.6,
        breakeven=0.5,
        expected_bps=1.0,
        is_probe=False,
        plan=plan,
        votes=(),
        clamps=(),
        reason="by hand",
        parameters_version=0,
        model_version=None,
        recalled=(),
    )


def finished(desk: ExecutorDesk) -> Result:
    """The only outcome's result, after everything else was found in order."""
    check_the_books(desk)
    check_the_order_of_things(desk)
    assert not desk.executor.is_busy
    assert desk.executor.next_wake() == NEVER
    (outcome,) = desk.outcomes
    return outcome.result


def holding(desk: ExecutorDesk, lots: int = 5) -> None:
    """Enter and be filled at 99.99 at 1000 ms."""
    desk.enter([lots * LOT])
    desk.play(quotes(500, 9_999, 10_001), printed(1_000, Side.SELL, 9_999, 100 + lots))
    assert desk.executor.entry is not None
    assert desk.executor.entry.position == lots * LOT
