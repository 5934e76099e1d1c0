"""The executor where the venue keeps brackets: whatever is held is offered with a stop, at once."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.executions import CENT, COIN, LOT, at, entry_decision, entry_signal, quotes
from tests.support.hand_exchange import HandExchange
from tools.domain.market import Instrument
from tools.domain.parameter import default_parameters
from tools.domain.trading import Fill, Intent, OrderUpdate, Outcome, Result, Signal
from tools.execution.executor import Executor
from tools.execution.protection import MOST_REFUSALS
from tools.execution.routed import RoutedMarket
from tools.risk.ledger import Reservation, RiskLedger
from tools.risk.limits import EntryRequest

THIN = Instrument(**{name: getattr(COIN, name) for name in COIN.__slots__} | {"min_notional": Decimal(5)})
PRICE = 9_999 * CENT
ROOMY = default_parameters({"max_symbol_exposure_usd": 1_000})


class Journal:
    """Takes every record; the order of things is tested elsewhere."""

    def record_intent(self, intent: Intent) -> None: ...

    def record_fill(self, fill: Fill) -> None: ...

    def record_order(self, update: OrderUpdate) -> None: ...


class Desk:
    """An executor at a venue that keeps brackets, driven by hand."""

    def __init__(self, instrument: Instrument = THIN) -> None:
        self.parameters = default_parameters({"stop_dwell_ms": 0})
        self.venue = HandExchange()
        self.market = RoutedMarket(instrument, self.parameters, self.venue, has_brackets=True)
        self.market.desk["plan"]["next_check"] = 1 << 62
        self.market.advance(quotes(0, 9_999, 10_001), 0, 1 << 62)
        self.outcomes: list[Outcome] = []
        self.ledger = RiskLedger()
        self.executor = Executor(self.market, Journal(), self.ledger, self._keep)
        self.now = at(0)

    def _keep(self, outcome: Outcome, signal: Signal) -> None:
        self.outcomes.append(outcome)

    def enter(self, *slices: int) -> None:
        """An entry of so many lots in each slice."""
        signal = entry_signal(1, self.now, THIN)
        decision = entry_decision(signal, tuple(lots * LOT for lots in slices), THIN)
        assert decision.plan is not None
        usd = decision.plan.value_quote * (THIN.quote_usd or 0)
        request = EntryRequest(decision.decision_id, signal.symbol, usd, signal.ts)
        assert isinstance(self.ledger.reserve(request, ROOMY), Reservation)
        self.executor.open(decision, signal, self.parameters)

    def hear(self, ms: int = 10) -> None:
        """Time passes, and the executor hears what the venue said."""
        self.now += ms * 1_000_000
        self.executor.on_news(self.now)

    def fill_entry(self, lots: int) -> None:
        """A part of the working entry order trades."""
        (entry,) = self.venue.working("entry")
        self.venue.fill(entry, lots * LOT, self.now)
        self.hear()

    @property
    def brackets(self) -> list[Intent]:
        return self.venue.working("bracket")

    @property
    def result(self) -> Result:
        (outcome,) = self.outcomes
        return outcome.result


def test_a_first_part_is_offered_with_a_stop_while_the_rest_still_enters() -> None:
    """INV-04: a position is protected as soon as it exists."""
    desk = Desk()
    desk.enter(200)
    desk.fill_entry(80)
    (bracket,) = desk.brackets
    assert bracket.size == 80 * LOT
    assert bracket.price == 10_020 * CENT
    assert bracket.stop_price is not None
    assert bracket.stop_price < 9_980 * CENT
    assert bracket.is_reduce_only
    assert desk.venue.working("entry")


def test_each_further_part_gets_a_bracket_of_its_own() -> None:
    desk = Desk()
    desk.enter(200)
    desk.fill_entry(80)
    desk.fill_entry(120)
    assert [bracket.size // LOT for bracket in desk.brackets] == [80, 120]
    assert desk.venue.offered() == 200 * LOT


def test_a_part_too_small_for_the_venue_waits_for_the_next() -> None:
    desk = Desk()
    desk.enter(200)
    desk.fill_entry(30)
    assert desk.brackets == []
    desk.fill_entry(30)
    assert [bracket.size // LOT for bracket in desk.brackets] == [60]


def test_a_rest_too_small_alone_joins_a_bracket_when_the_entry_is_over() -> None:
    desk = Desk()
    desk.enter(200)
    desk.fill_entry(170)
    desk.fill_entry(30)
    (first,) = desk.brackets
    assert desk.venue.cancels == [first.client_order_id]
    desk.venue.end(first.client_order_id, desk.now)
    desk.hear()
    assert [bracket.size // LOT for bracket in desk.brackets] == [200]


def test_a_bracket_whose_target_traded_in_part_is_made_anew() -> None:
    """The venue ends the stop with the first part of the target: the rest must not stay without."""
    desk = Desk()
    desk.enter(200)
    desk.fill_entry(200)
    (first,) = desk.brackets
    desk.venue.fill(first, 50 * LOT, desk.now)
    desk.hear()
    assert desk.venue.cancels == [first.client_order_id]
    desk.venue.end(first.client_order_id, desk.now)
    desk.hear()
    assert [bracket.size // LOT for bracket in desk.brackets] == [150]


def test_a_full_target_is_a_take_profit() -> None:
    desk = Desk()
    desk.enter(200)
    desk.fill_entry(200)
    desk.venue.fill(desk.brackets[0], 200 * LOT, desk.now)
    desk.hear()
    assert desk.result is Result.TAKE_PROFIT


def test_a_target_met_while_entering_ends_the_entry() -> None:
    desk = Desk()
    desk.enter(200)
    desk.fill_entry(80)
    desk.venue.fill(desk.brackets[0], 80 * LOT, desk.now)
    desk.hear()
    (entry,) = desk.venue.working("entry")
    assert desk.venue.cancels == [entry.client_order_id]
    desk.venue.end(entry.client_order_id, desk.now)
    desk.hear()
    assert desk.result is Result.TAKE_PROFIT


def test_a_venue_stop_that_acted_sells_the_rest_and_is_told_as_a_stop() -> None:
    desk = Desk()
    desk.enter(200)
    desk.fill_entry(200)
    (bracket,) = desk.brackets
    desk.venue.fill(bracket, 150 * LOT, desk.now, price=9_950 * CENT)
    desk.hear()
    desk.venue.end(bracket.client_order_id, desk.now)
    desk.hear()
    (exit_order,) = desk.venue.working("exit")
    assert exit_order.size == 50 * LOT
    assert exit_order.price is None
    desk.venue.fill(exit_order, 50 * LOT, desk.now, price=9_940 * CENT)
    desk.hear()
    assert desk.result is Result.STOP


def test_refused_brackets_are_tried_again_and_then_the_position_is_sold() -> None:
    desk = Desk()
    desk.enter(200)
    desk.fill_entry(200)
    for n in range(MOST_REFUSALS):
        assert len([i for i in desk.venue.sent if i.leg == "bracket"]) == n + 1
        desk.venue.refuse(desk.brackets[0], desk.now)
        desk.hear()
    (exit_order,) = desk.venue.working("exit")
    assert exit_order.size == 200 * LOT


def test_a_position_below_the_least_order_is_left_as_dust() -> None:
    desk = Desk()
    desk.enter(30)
    desk.fill_entry(30)
    (exit_order,) = desk.venue.working("exit")
    desk.venue.refuse(exit_order, desk.now, "Filter failure: NOTIONAL")
    desk.hear()
    assert not desk.executor.is_busy


def test_winding_down_cancels_the_brackets_and_sells_what_is_held() -> None:
    desk = Desk()
    desk.enter(200)
    desk.fill_entry(200)
    (bracket,) = desk.brackets
    desk.executor.wind_down(desk.now)
    desk.venue.end(bracket.client_order_id, desk.now)
    desk.hear()
    (exit_order,) = desk.venue.working("exit")
    desk.venue.fill(exit_order, 200 * LOT, desk.now, price=PRICE)
    desk.hear()
    assert desk.result is Result.CLOSE_OUT


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_whatever_happens_nothing_is_offered_twice_and_little_is_ever_bare(data: st.DataObject) -> None:
    """INV-08, INV-09: offers never exceed the position; every walk can be flattened."""
    desk = Desk()
    desk.enter(*data.draw(st.lists(st.integers(60, 300), min_size=1, max_size=3)))
    for _ in range(data.draw(st.integers(1, 25))):
        _happens(desk, data)
        entry = desk.executor.entry
        if entry is None:
            break
        assert desk.venue.offered() <= entry.position
        bare = entry.position - desk.venue.offered()
        is_settled = not desk.venue.cancels or not (set(desk.venue.cancels) & set(desk.venue.open))
        if is_settled and entry.leaving is None and entry.entered and entry.refused == 0:
            assert bare == 0
    _flatten(desk)
    assert not desk.executor.is_busy
    assert len(desk.outcomes) == 1


def _happens(desk: Desk, data: st.DataObject) -> None:
    """One thing a venue may do: trade a part, let a cancel act, refuse, or let time pass."""
    asked = [name for name in desk.venue.cancels if name in desk.venue.open]
    kind = data.draw(st.sampled_from(["fill", "fill", "end", "refuse", "time"]))
    if kind == "end" and asked:
        desk.venue.end(data.draw(st.sampled_from(asked)), desk.now)
    elif desk.venue.open and kind in ("fill", "refuse"):
        intent = desk.venue.open[data.draw(st.sampled_from(sorted(desk.venue.open)))]
        left = desk.venue.left[intent.client_order_id] // LOT
        if kind == "fill" and left:
            lots = data.draw(st.integers(1, left))
            desk.venue.fill(intent, lots * LOT, desk.now, price=intent.price or PRICE)
        elif kind == "refuse" and desk.venue.left[intent.client_order_id] == intent.size:
            desk.venue.refuse(intent, desk.now)
    desk.hear(10)
    if kind == "time":
        desk.now += 3_000_000_000
        desk.executor.on_timer(desk.now)


def _flatten(desk: Desk) -> None:
    """Wind down at a venue that does what is asked."""
    desk.executor.wind_down(desk.now)
    for _ in range(20):
        for name in [name for name in desk.venue.cancels if name in desk.venue.open]:
            desk.venue.end(name, desk.now)
        for intent in desk.venue.working("exit"):
            desk.venue.fill(intent, desk.venue.left[intent.client_order_id], desk.now, price=PRICE)
        desk.hear()


def test_where_no_venue_keeps_brackets_the_target_follows_the_entry() -> None:
    desk = Desk()
    desk.market.has_brackets = False
    desk.enter(200)
    desk.fill_entry(200)
    assert desk.brackets == []
    assert [intent.leg for intent in desk.venue.open.values()] == ["target"]
