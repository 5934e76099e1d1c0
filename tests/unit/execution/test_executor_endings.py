"""The executor at the end of a tape: nothing stays open, or it says so."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.executions import (
    CENT,
    COIN,
    LOT,
    ExecutorDesk,
    at,
    check_the_books,
    finished,
    holding,
    printed,
    quotes,
)
from tools.domain.market import NANOS, Side
from tools.domain.trading import OrderStatus, OrderUpdate, Result
from tools.execution.exchange import News
from tools.risk.ledger import Reservation
from tools.risk.wishes import EntryRequest

BUY, SELL = Side.BUY, Side.SELL
OPEN, FILLED, CANCELLED, REJECTED = (
    OrderStatus.OPEN,
    OrderStatus.FILLED,
    OrderStatus.CANCELLED,
    OrderStatus.REJECTED,
)


@pytest.fixture
def desk() -> ExecutorDesk:
    """A desk that has seen a book of 99.99 to 100.01, a hundred lots a level."""
    desk = ExecutorDesk()
    desk.play(quotes(0, 9_999, 10_001))
    return desk


def test_the_end_of_a_tape_withdraws_an_order_on_its_way(desk: ExecutorDesk) -> None:
    desk.enter([LOT])
    desk.close()
    assert desk.statuses("entry") == [OPEN, CANCELLED]
    assert finished(desk) is Result.UNFILLED


def test_the_end_of_a_tape_withdraws_a_resting_order(desk: ExecutorDesk) -> None:
    desk.enter([LOT, LOT])
    desk.play(quotes(500, 9_999, 10_001))
    desk.close()
    assert desk.statuses("entry") == [OPEN, CANCELLED]
    assert finished(desk) is Result.UNFILLED


def test_the_end_of_a_tape_sells_what_is_held_at_the_book_as_it_stands(desk: ExecutorDesk) -> None:
    holding(desk)
    desk.play(quotes(2_000, 9_995, 10_001))
    desk.close()
    assert finished(desk) is Result.CLOSE_OUT
    assert desk.fills[-1].price == 9_995 * CENT
    assert desk.outcomes[-1].ts_exit == at(2_000)
    assert all(update.ts <= at(2_000) for update in desk.updates)


def test_an_exit_on_its_way_at_the_end_of_a_tape_keeps_its_reason(desk: ExecutorDesk) -> None:
    holding(desk)
    desk.play(quotes(2_000, 9_999, 10_001), quotes(3_000, 9_980, 10_001))
    desk.close()
    assert finished(desk) is Result.STOP


def test_a_tape_that_ends_in_a_broken_book_withdraws_what_never_arrived(desk: ExecutorDesk) -> None:
    desk.enter([LOT])
    desk.play(quotes(50, 10_001, 9_999))
    assert desk.market.status == "crossed"
    desk.close()
    assert desk.statuses("entry") == [CANCELLED]
    assert finished(desk) is Result.UNFILLED


def test_a_position_nobody_can_judge_at_the_end_has_an_outcome_without_a_result(desk: ExecutorDesk) -> None:
    holding(desk)
    desk.play(quotes(2_000, 10_001, 9_999))
    outcome = desk.close()
    assert (outcome.result, outcome.size) == (Result.CLOSE_OUT, 5 * LOT)
    assert (outcome.net_quote, outcome.net_bps, outcome.exit_price) == (None, None, None)
    assert desk.statuses("exit") == [CANCELLED], "asked a broken book more than once"
    check_the_books(desk)


def test_a_holding_time_that_is_over_before_the_entry_is_sells_at_once(desk: ExecutorDesk) -> None:
    desk.enter([LOT, LOT], hold_timeout_ns=5 * NANOS)
    desk.play(quotes(500, 9_999, 10_001), printed(1_000, SELL, 9_998, 1))
    desk.play(quotes(30_200, 9_999, 10_001), quotes(30_400, 9_999, 10_001))
    assert desk.legs == ["entry", "entry", "exit"]
    assert finished(desk) is Result.TIMEOUT


def test_the_end_of_a_tape_with_nothing_open_changes_nothing(desk: ExecutorDesk) -> None:
    desk.executor.close_out(desk.now)
    assert desk.journal == []
    assert desk.outcomes == []


def test_until_the_venue_says_that_the_exit_is_over_nothing_is_entered(
    desk: ExecutorDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Executions and ends of orders are told apart; a signal may come in between."""
    holding(desk)
    told, late = desk.market.drain, list[OrderUpdate]()

    def fills_first() -> News:
        news = told()
        late.extend(update for update in news.updates if update.status is FILLED)
        return News(tuple(update for update in news.updates if update.status is not FILLED), news.fills)

    monkeypatch.setattr(desk.market, "drain", fills_first)
    desk.play(*(quotes(ms, 9_980, 10_001) for ms in (2_000, 3_000, 4_000, 5_000)))
    assert desk.fills[-1].side is SELL
    assert desk.executor.is_busy
    assert desk.ledger.snapshot(desk.now).total_exposure_usd == 0
    wish = EntryRequest("d_next", COIN.symbol, Decimal(1), desk.now)
    (clamp,) = desk.ledger.reserve(wish, desk.parameters)  # type: ignore[misc]
    assert clamp.limit == "symbol_positions"

    monkeypatch.setattr(desk.market, "drain", lambda: News(tuple(late), ()))
    desk.executor.on_news(desk.now)
    assert finished(desk) is Result.STOP
    assert isinstance(desk.ledger.reserve(wish, desk.parameters), Reservation)
