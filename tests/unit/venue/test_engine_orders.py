"""Worked examples: what each kind of order does, told by its events."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.engine_walk import summary
from venue.engine.codes import EventKind, OrderKind, Reason, ReplaceMode, SelfTrade, Side, TimeInForce
from venue.engine.exchange import Answer, Exchange, NewOco, NewOrder
from venue.engine.rules import MarketRules

SYMBOL = "COINUSDT"
RULES = MarketRules(
    symbol=SYMBOL,
    base="COIN",
    quote="USDT",
    tick=Decimal("0.01"),
    lot=Decimal("0.1"),
    reference=Decimal("1.00"),
    max_orders=20,
)
LOT, COST = 10_000_000, 100_000  # units of a lot of COIN, and of a lot at one tick in USDT
RICH = 10**12
ANN, BOB, CAT = 0, 1, 2


@pytest.fixture
def venue() -> Exchange:
    exchange = Exchange([RULES])
    for _ in (ANN, BOB, CAT):
        account = exchange.open_account(maker_ppm=1_000, taker_ppm=2_000)
        for asset in ("COIN", "USDT"):
            exchange.deposit(account, asset, RICH)
    return exchange


def told(answer: Answer) -> list[tuple[Any, ...]]:
    """What happened, without the levels."""
    return [summary(event) for event in answer.events if event["kind"] != EventKind.LEVEL]


def sell(venue: Exchange, account: int, price: int, size: int, **how: Any) -> Answer:
    return venue.place(account, SYMBOL, NewOrder(side=Side.SELL, price=price, size=size, **how), ts=1)


def buy(venue: Exchange, account: int, price: int, size: int, **how: Any) -> Answer:
    return venue.place(account, SYMBOL, NewOrder(side=Side.BUY, price=price, size=size, **how), ts=1)


def test_limit_order_takes_the_best_price_first_and_rests_with_what_is_left(venue: Exchange) -> None:
    sell(venue, ANN, 102, 5)
    sell(venue, BOB, 101, 3)
    answer = buy(venue, CAT, 102, 10)
    assert [summary(event) for event in answer.events] == [
        ("ACCEPTED", 3),
        ("TRADE", 3, 2, 101, 3),
        ("TRADE", 3, 1, 102, 5),
        ("LEVEL", Side.SELL, 101, 0),
        ("LEVEL", Side.SELL, 102, 0),
        ("LEVEL", Side.BUY, 102, 2),
    ]
    book = venue.book(SYMBOL, 10)
    assert (book.update_id, book.bids, book.asks) == (3, [(102, 2)], [])


def test_who_comes_first_at_a_price_trades_first(venue: Exchange) -> None:
    sell(venue, ANN, 101, 2)
    sell(venue, BOB, 101, 2)
    assert told(buy(venue, CAT, 101, 3))[1:] == [("TRADE", 3, 1, 101, 2), ("TRADE", 3, 2, 101, 1)]


def test_buyer_pays_the_maker_price_and_gets_the_rest_back(venue: Exchange) -> None:
    sell(venue, ANN, 101, 5)
    answer = buy(venue, BOB, 110, 5)
    paid, bought = 101 * 5 * COST, 5 * LOT
    assert venue.balances(BOB) == {"COIN": (RICH + bought - bought * 2 // 1_000, 0), "USDT": (RICH - paid, 0)}
    assert venue.balances(ANN) == {"COIN": (RICH - bought, 0), "USDT": (RICH + paid - paid // 1_000, 0)}
    assert venue.fees_taken() == {"COIN": bought * 2 // 1_000, "USDT": paid // 1_000}
    trade = answer.of(EventKind.TRADE)[0]
    assert (int(trade["fee"]), int(trade["other_fee"])) == (bought * 2 // 1_000, paid // 1_000)


def test_resting_order_locks_what_it_may_have_to_pay(venue: Exchange) -> None:
    buy(venue, ANN, 99, 7)
    sell(venue, ANN, 103, 4)
    assert venue.balances(ANN) == {
        "COIN": (RICH - 4 * LOT, 4 * LOT),
        "USDT": (RICH - 7 * 99 * COST, 7 * 99 * COST),
    }
    venue.cancel_all(ANN, SYMBOL, ts=2)
    assert venue.balances(ANN) == {"COIN": (RICH, 0), "USDT": (RICH, 0)}


def test_market_order_takes_what_there_is_and_the_rest_expires(venue: Exchange) -> None:
    sell(venue, ANN, 101, 3)
    answer = buy(venue, BOB, 0, 5, kind=OrderKind.MARKET)
    assert told(answer) == [("ACCEPTED", 2), ("TRADE", 2, 1, 101, 3), ("EXPIRED", 2)]
    assert Reason(int(answer.of(EventKind.EXPIRED)[0]["reason"])) is Reason.NO_LIQUIDITY


@pytest.mark.parametrize(("cost", "lots"), [(101 * 3, [3]), (101 * 3 + 105, [3, 1]), (101 * 3 + 104, [3])])
def test_market_order_by_cost_buys_whole_lots_within_it(venue: Exchange, cost: int, lots: list[int]) -> None:
    sell(venue, ANN, 101, 3)
    sell(venue, ANN, 105, 9)
    answer = buy(venue, BOB, 0, 0, cost=cost * COST, kind=OrderKind.MARKET)
    assert answer.of(EventKind.TRADE)["size"].tolist() == lots
    assert venue.balances(BOB)["USDT"][1] == 0


def test_market_order_by_cost_needs_somebody_to_trade_with(venue: Exchange) -> None:
    assert buy(venue, BOB, 0, 0, cost=COST, kind=OrderKind.MARKET).reason is Reason.NO_LIQUIDITY


def test_post_only_order_is_refused_where_it_would_take(venue: Exchange) -> None:
    sell(venue, ANN, 101, 3)
    assert buy(venue, BOB, 101, 1, kind=OrderKind.LIMIT_MAKER).reason is Reason.WOULD_TAKE
    assert told(buy(venue, BOB, 100, 1, kind=OrderKind.LIMIT_MAKER)) == [("ACCEPTED", 2)]


def test_immediate_or_cancel_leaves_nothing_behind(venue: Exchange) -> None:
    sell(venue, ANN, 101, 3)
    answer = buy(venue, BOB, 102, 5, tif=TimeInForce.IOC)
    assert told(answer) == [("ACCEPTED", 2), ("TRADE", 2, 1, 101, 3), ("EXPIRED", 2)]
    assert venue.book(SYMBOL, 5).bids == []


def test_fill_or_kill_trades_all_or_nothing(venue: Exchange) -> None:
    sell(venue, ANN, 101, 3)
    sell(venue, ANN, 102, 3)
    assert told(buy(venue, BOB, 101, 4, tif=TimeInForce.FOK)) == [("ACCEPTED", 3), ("EXPIRED", 3)]
    assert len(buy(venue, BOB, 102, 6, tif=TimeInForce.FOK).of(EventKind.TRADE)) == 2


def test_stop_waits_for_its_price_and_then_takes(venue: Exchange) -> None:
    buy(venue, ANN, 95, 5)
    stop = sell(venue, BOB, 94, 2, kind=OrderKind.STOP_LOSS_LIMIT, stop=96)
    assert told(stop) == [("ACCEPTED", 2)]
    assert venue.balances(BOB)["COIN"] == (RICH - 2 * LOT, 2 * LOT)
    buy(venue, ANN, 97, 1)
    assert told(sell(venue, CAT, 97, 1)) == [("ACCEPTED", 4), ("TRADE", 4, 3, 97, 1)]
    assert told(sell(venue, CAT, 95, 1)) == [
        ("ACCEPTED", 5),
        ("TRADE", 5, 1, 95, 1),
        ("TRIGGERED", 2),
        ("TRADE", 2, 1, 95, 2),
    ]


def test_triggered_stop_may_trigger_the_next(venue: Exchange) -> None:
    for price in (98, 96, 94):
        buy(venue, ANN, price, 1)
    sell(venue, BOB, 90, 1, kind=OrderKind.STOP_LOSS_LIMIT, stop=98)
    sell(venue, BOB, 90, 1, kind=OrderKind.STOP_LOSS_LIMIT, stop=96)
    kinds = [event[0] for event in told(sell(venue, CAT, 98, 1))]
    assert kinds == ["ACCEPTED", "TRADE", "TRIGGERED", "TRADE", "TRIGGERED", "TRADE"]


def test_take_profit_waits_for_the_other_direction(venue: Exchange) -> None:
    take = sell(venue, BOB, 103, 1, kind=OrderKind.TAKE_PROFIT_LIMIT, stop=104)
    sell(venue, ANN, 104, 1)
    assert told(buy(venue, CAT, 104, 1))[-1] == ("TRIGGERED", take.order_id)


def test_stop_that_its_price_has_reached_is_refused(venue: Exchange) -> None:
    late = sell(venue, BOB, 99, 1, kind=OrderKind.STOP_LOSS_LIMIT, stop=100)
    assert late.reason is Reason.STOP_WOULD_TRIGGER


def test_oco_fill_cancels_its_stop(venue: Exchange) -> None:
    oco = NewOco(side=Side.SELL, price=105, stop=95, stop_limit=94, size=4, client="up", stop_client="down")
    venue.place_oco(BOB, SYMBOL, oco, ts=1)
    assert venue.balances(BOB)["COIN"] == (RICH - 4 * LOT, 4 * LOT)
    answer = buy(venue, CAT, 105, 1)
    assert told(answer) == [("ACCEPTED", 3), ("TRADE", 3, 1, 105, 1), ("CANCELLED", 2)]
    assert venue.open_orders(BOB, SYMBOL)["left"].tolist() == [3]


def test_oco_trigger_cancels_its_limit(venue: Exchange) -> None:
    oco = NewOco(side=Side.BUY, price=95, stop=104, stop_limit=106, size=2)
    venue.place_oco(BOB, SYMBOL, oco, ts=1)
    assert venue.balances(BOB)["USDT"] == (RICH - 2 * 106 * COST, 2 * 106 * COST)
    sell(venue, ANN, 104, 1)
    assert told(buy(venue, CAT, 104, 1))[2:] == [("CANCELLED", 1), ("TRIGGERED", 2)]
    assert venue.book(SYMBOL, 5).bids == [(106, 2)]


def test_cancelled_leg_takes_the_other_with_it(venue: Exchange) -> None:
    oco = NewOco(side=Side.SELL, price=105, stop=95, stop_limit=94, size=4)
    venue.place_oco(BOB, SYMBOL, oco, ts=1)
    assert told(venue.cancel(BOB, SYMBOL, 2, ts=2)) == [("CANCELLED", 2), ("CANCELLED", 1)]
    assert venue.balances(BOB)["COIN"] == (RICH, 0)


def test_oco_around_the_wrong_side_is_refused(venue: Exchange) -> None:
    oco = NewOco(side=Side.SELL, price=95, stop=105, stop_limit=105, size=4)
    assert venue.place_oco(BOB, SYMBOL, oco, ts=1).reason is Reason.OCO_PRICES


def test_order_is_cancelled_by_either_id_and_only_by_its_owner(venue: Exchange) -> None:
    order = buy(venue, ANN, 99, 1, client="mine").order_id
    assert venue.cancel(BOB, SYMBOL, order, ts=2).reason is Reason.UNKNOWN_ORDER
    assert venue.cancel(BOB, SYMBOL, client="mine", ts=2).reason is Reason.UNKNOWN_ORDER
    assert told(venue.cancel(ANN, SYMBOL, client="mine", ts=2)) == [("CANCELLED", order)]
    assert venue.cancel(ANN, SYMBOL, order, ts=3).reason is Reason.UNKNOWN_ORDER


def test_client_order_id_is_free_again_once_its_order_is_over(venue: Exchange) -> None:
    buy(venue, ANN, 99, 1, client="mine")
    assert buy(venue, ANN, 98, 1, client="mine").reason is Reason.DUPLICATE_CLIENT_ID
    assert buy(venue, BOB, 98, 1, client="mine").reason is Reason.NONE
    venue.cancel(ANN, SYMBOL, client="mine", ts=2)
    assert buy(venue, ANN, 98, 1, client="mine").reason is Reason.NONE


@pytest.mark.parametrize(
    ("mode", "kinds"),
    [
        (ReplaceMode.STOP_ON_FAILURE, ["REJECTED"]),
        (ReplaceMode.ALLOW_FAILURE, ["REJECTED", "ACCEPTED"]),
    ],
)
def test_replace_of_an_unknown_order_goes_by_its_mode(
    venue: Exchange, mode: ReplaceMode, kinds: list[str]
) -> None:
    new = NewOrder(side=Side.BUY, price=98, size=1)
    assert [event[0] for event in told(venue.replace(ANN, SYMBOL, new, 77, mode=mode, ts=2))] == kinds


def test_replace_cancels_first_and_loses_its_place(venue: Exchange) -> None:
    old = buy(venue, ANN, 99, 2).order_id
    buy(venue, BOB, 99, 2)
    answer = venue.replace(ANN, SYMBOL, NewOrder(side=Side.BUY, price=99, size=1), old, ts=2)
    assert told(answer) == [("CANCELLED", 1), ("ACCEPTED", 3), ("REPLACED", 3)]
    assert told(sell(venue, CAT, 99, 1))[1] == ("TRADE", 4, 2, 99, 1)


def test_amended_order_keeps_its_place(venue: Exchange) -> None:
    order = buy(venue, ANN, 99, 5).order_id
    buy(venue, BOB, 99, 5)
    assert venue.amend(ANN, SYMBOL, 6, order, ts=2).reason is Reason.AMEND_SIZE
    venue.amend(ANN, SYMBOL, 2, order, ts=2)
    assert venue.balances(ANN)["USDT"] == (RICH - 2 * 99 * COST, 2 * 99 * COST)
    assert told(sell(venue, CAT, 99, 3))[1:] == [("TRADE", 3, 1, 99, 2), ("TRADE", 3, 2, 99, 1)]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (SelfTrade.NONE, [("TRADE", 3, 1, 101, 2), ("TRADE", 3, 2, 102, 1)]),
        (SelfTrade.EXPIRE_TAKER, [("EXPIRED", 3)]),
        (SelfTrade.EXPIRE_MAKER, [("EXPIRED", 1), ("TRADE", 3, 2, 102, 2)]),
        (SelfTrade.EXPIRE_BOTH, [("EXPIRED", 1), ("EXPIRED", 3)]),
    ],
)
def test_self_trade_goes_by_the_mode_of_the_taker(
    venue: Exchange, mode: SelfTrade, expected: list[tuple[Any, ...]]
) -> None:
    sell(venue, ANN, 101, 2)
    sell(venue, BOB, 102, 2)
    size = 3 if mode is SelfTrade.NONE else 2
    assert told(buy(venue, ANN, 102, size, stp=mode))[1:] == expected
