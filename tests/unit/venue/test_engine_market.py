"""Filters, halts, capacity, integer units and what the exchange remembers."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.support.engine_walk import command, unsound
from venue.engine.codes import CommandKind, EventKind, OrderKind, Reason, Side, TimeInForce
from venue.engine.exchange import Exchange, NewOrder
from venue.engine.history import Status
from venue.engine.layout import ACCOUNTS, COMMAND, LEVELS, ORDERS
from venue.engine.rules import BadRules, MarketRules, Misaligned, as_record, assets_of

SYMBOL = "COINUSDT"
RULES = MarketRules(
    symbol=SYMBOL,
    base="COIN",
    quote="USDT",
    tick=Decimal("0.01"),
    lot=Decimal("0.1"),
    reference=Decimal("10.00"),
    min_price=Decimal("5.00"),
    max_price=Decimal("5000.00"),
    min_size=Decimal("0.2"),
    max_size=Decimal("50.0"),
    min_market_size=Decimal("0.3"),
    max_market_size=Decimal("40.1"),
    market_lot=Decimal("0.2"),
    min_notional=Decimal("5.00"),
    max_notional=Decimal("400.00"),
    bid_down=Decimal("0.8"),
    bid_up=Decimal("1.1"),
    ask_down=Decimal("0.9"),
    ask_up=Decimal("1.2"),
    max_orders=2,
)
RICH = 10**13


def venue_of(rules: MarketRules = RULES, accounts: int = 2) -> Exchange:
    exchange = Exchange([rules])
    for _ in range(accounts):
        account = exchange.open_account()
        for asset in (rules.base, rules.quote):
            exchange.deposit(account, asset, RICH)
    return exchange


def order(**fields: Any) -> NewOrder:
    return NewOrder(**({"side": Side.BUY, "price": 1_000, "size": 10} | fields))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"price": 499}, Reason.PRICE_FILTER),
        ({"price": 500_001}, Reason.PRICE_FILTER),
        ({"price": LEVELS + 1}, Reason.PRICE_BAND),
        ({"price": 799}, Reason.PERCENT_PRICE),
        ({"price": 1_101}, Reason.PERCENT_PRICE),
        ({"side": Side.SELL, "price": 899}, Reason.PERCENT_PRICE),
        ({"side": Side.SELL, "price": 1_201}, Reason.PERCENT_PRICE),
        ({"size": 1}, Reason.LOT_SIZE),
        ({"size": 501}, Reason.LOT_SIZE),
        ({"size": 4}, Reason.NOTIONAL),
        ({"size": 401}, Reason.NOTIONAL),
        ({"kind": OrderKind.MARKET, "price": 0, "size": 2}, Reason.MARKET_LOT_SIZE),
        ({"kind": OrderKind.MARKET, "price": 0, "size": 10}, Reason.MARKET_LOT_SIZE),
        ({"kind": OrderKind.MARKET, "price": 0, "size": 403}, Reason.MARKET_LOT_SIZE),
        ({"kind": OrderKind.MARKET, "price": 0, "size": 3}, Reason.NOTIONAL),
        ({"kind": OrderKind.MARKET}, Reason.ILLEGAL_PARAMETER),
        ({"kind": OrderKind.LIMIT_MAKER, "tif": TimeInForce.IOC}, Reason.ILLEGAL_PARAMETER),
        ({"stop": 900}, Reason.ILLEGAL_PARAMETER),
        ({"kind": OrderKind.STOP_LOSS_LIMIT}, Reason.ILLEGAL_PARAMETER),
    ],
)
def test_filter_refuses_and_leaves_no_trace(fields: dict[str, Any], reason: Reason) -> None:
    venue = venue_of()
    before = venue.state_hash()
    answer = venue.place(0, SYMBOL, order(**fields), ts=1)
    assert answer.reason is reason
    assert len(answer.events) == 1
    assert venue.state_hash() == before


@pytest.mark.parametrize("fields", [{"price": 800}, {"price": 1_100}, {"size": 5}, {"size": 400}])
def test_edge_of_a_filter_is_allowed(fields: dict[str, Any]) -> None:
    assert venue_of().place(0, SYMBOL, order(**fields), ts=1).reason is Reason.NONE


def test_number_of_open_orders_is_limited_for_each_account() -> None:
    venue = venue_of()
    for _ in range(2):
        assert venue.place(0, SYMBOL, order(), ts=1).reason is Reason.NONE
    assert venue.place(0, SYMBOL, order(), ts=1).reason is Reason.MAX_NUM_ORDERS
    assert venue.place(1, SYMBOL, order(), ts=1).reason is Reason.NONE


def test_balance_limits_to_the_unit() -> None:
    venue = Exchange([RULES])
    account = venue.open_account()
    venue.deposit(account, "USDT", venue.assets.units("USDT", Decimal("10.00")) - 1)
    assert venue.place(account, SYMBOL, order(), ts=1).reason is Reason.INSUFFICIENT_BALANCE
    venue.deposit(account, "USDT", 1)
    assert venue.place(account, SYMBOL, order(), ts=1).reason is Reason.NONE
    assert venue.balances(account)["USDT"] == (0, 10 * 10**8)
    assert venue.withdraw(account, "USDT", 1).reason is Reason.INSUFFICIENT_BALANCE


def test_halt_refuses_orders_and_takes_cancels() -> None:
    venue = venue_of()
    resting = venue.place(0, SYMBOL, order(), ts=1).order_id
    venue.halt(SYMBOL, ts=2)
    assert venue.place(1, SYMBOL, order(), ts=3).reason is Reason.MARKET_HALTED
    assert venue.amend(0, SYMBOL, 9, resting, ts=3).reason is Reason.MARKET_HALTED
    assert venue.cancel(0, SYMBOL, resting, ts=3).reason is Reason.NONE
    venue.resume(SYMBOL, ts=4)
    assert venue.place(1, SYMBOL, order(), ts=5).reason is Reason.NONE


def test_fee_is_rounded_up_to_the_unit_and_kept() -> None:
    fine = MarketRules(
        symbol=SYMBOL,
        base="COIN",
        quote="USDT",
        tick=Decimal("1e-8"),
        lot=Decimal(1),
        reference=Decimal("2e-7"),
    )
    venue = venue_of(fine)
    venue.set_fees(0, maker_ppm=1, taker_ppm=1)
    venue.place(0, SYMBOL, NewOrder(side=Side.SELL, price=20, size=1), ts=1)
    venue.place(1, SYMBOL, NewOrder(side=Side.BUY, price=20, size=1), ts=1)
    assert venue.balances(0)["USDT"] == (RICH + 19, 0)
    assert venue.fees_taken()["USDT"] == 1


def test_units_make_every_product_of_tick_and_lot_whole() -> None:
    cross = MarketRules(
        symbol="ETHBTC",
        base="ETH",
        quote="BTC",
        tick=Decimal("0.00001"),
        lot=Decimal("0.0001"),
        reference=Decimal(1),
    )
    assets = assets_of([RULES, cross])
    assert dict(zip(assets.names, assets.digits, strict=True)) == {"COIN": 8, "USDT": 8, "ETH": 8, "BTC": 9}
    record = as_record(cross, assets)
    assert (record["cost_units"], record["lot_units"]) == (1, 10_000)


def test_price_off_the_tick_and_size_off_the_lot_name_their_filter() -> None:
    with pytest.raises(Misaligned, match=r"price must be a multiple of 0\.01, was 1\.005") as price:
        RULES.ticks(Decimal("1.005"))
    assert price.value.reason is Reason.PRICE_FILTER
    with pytest.raises(Misaligned, match=r"size must be a multiple of 0\.1, was 0\.25") as size:
        RULES.lots(Decimal("0.25"))
    assert size.value.reason is Reason.LOT_SIZE


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tick": Decimal(0)}, "tick must be positive, was 0"),
        ({"quote": "COIN"}, "base and quote must differ"),
        ({"max_size": Decimal("1e15")}, "max_size must be at most"),
        ({"min_size": Decimal(60)}, "min_size must be a lot at least"),
        ({"market_lot": Decimal(0)}, "must be positive"),
    ],
)
def test_impossible_market_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRules, match=message):
        Exchange([replace(RULES, **change)])


def many(n: int, **fields: Any) -> np.ndarray:  # type: ignore[type-arg]
    rows = np.zeros(n, COMMAND)
    for name, value in fields.items():
        rows[name] = value
    return rows


OPEN_TO_ALL = MarketRules(
    symbol=SYMBOL,
    base="COIN",
    quote="USDT",
    tick=Decimal("0.01"),
    lot=Decimal("0.1"),
    reference=Decimal("1000.00"),
    max_orders=1 << 30,
)


def test_full_pool_refuses_and_one_order_may_sweep_it() -> None:
    venue = Exchange([OPEN_TO_ALL], has_history=False)
    for account in range(2):
        venue.open_account()
        venue.deposit(account, "COIN", 1 << 60)
        venue.deposit(account, "USDT", 1 << 60)
    prices = 100_000 + np.arange(ORDERS) % 5_000
    told = venue.run(many(ORDERS, side=1, price=prices, size=1, client=np.arange(1, ORDERS + 1)))
    assert (told["kind"] == EventKind.ACCEPTED).sum() == ORDERS
    assert venue.place(1, SYMBOL, order(price=200_000, size=1), ts=1).reason is Reason.POOL_FULL
    venue.cancel(0, SYMBOL, 1, ts=1)
    sweep = venue.place(1, SYMBOL, order(price=200_000, size=ORDERS), ts=1)
    trades = sweep.of(EventKind.TRADE)
    assert len(trades) == ORDERS - 1
    assert (np.diff(trades["price"]) >= 0).all()
    assert venue.book(SYMBOL, 5).asks == []
    assert venue.book(SYMBOL, 5).bids == [(200_000, 1)]
    assert unsound(venue) == ""


def test_thousands_of_accounts_fit_and_one_more_is_refused() -> None:
    venue = Exchange([OPEN_TO_ALL], has_history=False)
    told = venue.run(many(ACCOUNTS + 1, kind=CommandKind.OPEN_ACCOUNT))
    assert told[-1]["reason"] == Reason.ACCOUNTS_FULL
    assert (told["kind"] == EventKind.ACCOUNT_OPENED).sum() == ACCOUNTS


def test_orders_and_fills_stay_known_after_they_are_over() -> None:
    venue = venue_of()
    venue.place(0, SYMBOL, order(side=Side.SELL, size=8, client="ask"), ts=5)
    venue.place(1, SYMBOL, order(size=10, client="bid"), ts=6)
    venue.cancel(1, SYMBOL, client="bid", ts=7)
    ask, bid = venue.order(0, SYMBOL, client="ask"), venue.order(1, SYMBOL, client="bid")
    assert ask is not None
    assert bid is not None
    assert (ask.status, ask.filled, ask.spent, ask.updated) == (Status.FILLED, 8, 8 * 1_000 * 100_000, 6)
    assert (bid.status, bid.filled, bid.updated) == (Status.CANCELED, 8, 7)
    assert venue.order(1, SYMBOL, ask.id) is None
    assert [fill.is_maker for fill in venue.my_trades(0, SYMBOL) + venue.my_trades(1, SYMBOL)] == [
        True,
        False,
    ]
    assert [o.id for o in venue.all_orders(1, SYMBOL)] == [bid.id]


def test_update_id_advances_by_one_with_each_change_of_the_book() -> None:
    venue = venue_of(replace(RULES, max_orders=50))
    updates = []
    for side, price in ((Side.SELL, 1_000), (Side.SELL, 1_001), (Side.BUY, 1_001), (Side.BUY, 999)):
        answer = venue.place(int(side), SYMBOL, order(side=side, price=price), ts=1)
        updates.append(set(answer.of(EventKind.LEVEL)["number"].tolist()))
    assert updates == [{1}, {2}, {3}, {4}]
    venue.place(0, SYMBOL, order(price=1), ts=2)
    assert venue.book(SYMBOL, 1).update_id == 4


def test_unknown_names_are_refused_in_one_line() -> None:
    venue = venue_of()
    assert Reason(int(venue.run(command(market=3))[0]["reason"])) is Reason.UNKNOWN_MARKET
    assert Reason(int(venue.run(command(account=9))[0]["reason"])) is Reason.UNKNOWN_ACCOUNT
    assert Reason(int(venue.run(command(kind=99))[0]["reason"])) is Reason.ILLEGAL_PARAMETER
    with pytest.raises(BadRules, match="asset must be one of COIN, USDT, was DOGE"):
        venue.deposit(0, "DOGE", 1)
    with pytest.raises(BadRules, match="there are 2 accounts, there is no number 7"):
        venue.balances(7)
