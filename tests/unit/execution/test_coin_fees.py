"""Fees taken in the coin: what is held, what can be sold, and what a round trip made."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.support.executions import COIN, LOT, ExecutorDesk, at
from tools.domain.market import UNITS, Side
from tools.domain.trading import Fill, Intent, OrderStatus, OrderUpdate, Result
from tools.execution.exchange import News
from tools.execution.executor import Executor
from tools.execution.paper import PaperMarket

PRICE = 100 * UNITS


class Venue(PaperMarket):
    """Fills every order at once at one price, takes a thousandth of what is bought, has a least value."""

    def __init__(self, desk: ExecutorDesk, least: Decimal = Decimal(0)) -> None:
        super().__init__(COIN, desk.parameters)
        self._least = least
        self._updates: list[OrderUpdate] = []
        self._fills: list[Fill] = []

    def place(self, intent: Intent) -> None:
        name, value = intent.client_order_id, COIN.value(intent.size, PRICE)
        if value < self._least:
            reason = "InvalidOrder: Filter failure: NOTIONAL"
            self._updates.append(OrderUpdate(name, OrderStatus.REJECTED, 0, intent.ts, reason))
            return
        shared = (name, intent.decision_id, intent.run_id, intent.world, intent.symbol, intent.venue)
        fill = Fill(name, *shared, intent.side, PRICE, intent.size, value / 1000, False, intent.ts)
        if intent.side is Side.BUY:
            taken = Decimal(intent.size) / UNITS / 1000
            fill = replace(fill, fee_asset="COIN", fee_amount=taken)
        self._fills.append(fill)
        self._updates.append(OrderUpdate(name, OrderStatus.FILLED, intent.size, intent.ts))

    def cancel(self, client_order_id: str, ts: int) -> None:
        """There is never anything left to cancel."""

    def drain(self) -> News:
        said = News(tuple(self._updates), tuple(self._fills))
        self._updates.clear()
        self._fills.clear()
        return said


def traded(size: int, least: Decimal = Decimal(0)) -> ExecutorDesk:
    """A desk after one round trip of ``size`` at that venue."""
    desk = ExecutorDesk()
    desk.executor = Executor(Venue(desk, least), desk, desk.ledger, desk._keep)
    desk.enter([size], ts=at(0))
    for second in range(1, 8):
        desk.executor.on_news(at(second * 1000))
    return desk


def test_only_what_was_received_is_sold_and_the_dust_is_written_off() -> None:
    """INV-03, INV-09: a sale of all that was bought would be refused for want of coins."""
    desk = traded(500 * LOT)
    sold = [intent.size for intent in desk.intents if intent.side is Side.SELL]
    assert sold == [499 * LOT]
    assert [outcome.result for outcome in desk.outcomes] == [Result.TAKE_PROFIT]
    assert desk.ledger.snapshot(at(9000)).entries == ()


def test_a_fee_in_coin_is_a_fee_and_not_a_loss_in_price() -> None:
    """Bought and sold at one price, all that is lost are the two fees."""
    desk = traded(1000 * LOT)
    (outcome,) = desk.outcomes
    assert outcome.gross_bps == 0.0
    paid = COIN.value(1000 * LOT, PRICE) / 1000 + COIN.value(999 * LOT, PRICE) / 1000
    assert outcome.fees_quote == paid
    assert outcome.net_quote == -paid
    assert abs(desk.ledger.snapshot(at(9000)).realised_usd + paid * Decimal("1.25")) < Decimal("1e-18")


def test_what_is_worth_less_than_the_smallest_order_does_not_keep_the_executor_busy() -> None:
    """INV-09: the venue refuses the exit for its value: the entry ends, what is left stays at stake."""
    desk = traded(500 * LOT, least=COIN.value(500 * LOT, PRICE))
    assert not desk.executor.is_busy
    (outcome,) = desk.outcomes
    assert outcome.net_quote is None
    left = desk.ledger.snapshot(at(9000))
    assert [entry.is_stranded for entry in left.entries] == [True]
    assert left.total_exposure_usd == left.entries[0].position_usd > 0
    assert left.open_positions == left.symbol_positions(left.entries[0].symbol) == 0
