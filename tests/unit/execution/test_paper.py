"""The paper exchange: what it tells of an order, what it costs, and whom it turns away."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.support.executions import CENT, COIN, LOT, at, printed, quotes
from tests.support.proposals import a_signal
from tools.domain.errors import InvariantBroken
from tools.domain.market import UNITS, Side
from tools.domain.parameter import default_parameters
from tools.domain.trading import Intent, OrderStatus
from tools.execution import following, matching
from tools.execution.paper import PaperMarket
from tools.market.events import Events


@pytest.fixture
def market() -> PaperMarket:
    """A market with a book of 99.99 to 100.01 and no signals of its own."""
    market = PaperMarket(COIN, default_parameters({"stop_dwell_ms": 0}))
    market.desk["plan"]["next_check"] = 1 << 62
    feed(market, quotes(0, 9_999, 10_001))
    return market


def feed(market: PaperMarket, *events: Events) -> None:
    for batch in events:
        index = 0
        while index < len(batch):
            index, _ = market.advance(batch, index, 1 << 62)


def an_intent(name: str, side: Side, cents: int | None, lots: int) -> Intent:
    price = None if cents is None else cents * CENT
    return Intent(
        client_order_id=name,
        decision_id="d_1",
        run_id="run_1",
        world="recorded",
        symbol=COIN.symbol,
        venue=COIN.venue,
        leg="entry",
        attempt=1,
        side=side,
        price=price,
        size=lots * LOT,
        is_post_only=price is not None,
        is_reduce_only=False,
        ts=at(0),
    )


def test_a_resting_fill_pays_the_makers_fee_and_a_taking_fill_the_takers(market: PaperMarket) -> None:
    market.place(an_intent("maker", Side.BUY, 9_999, 10))
    market.place(an_intent("taker", Side.SELL, None, 10))
    feed(market, quotes(500, 9_999, 10_001), printed(600, Side.SELL, 9_998, 1))
    fees = {fill.client_order_id: (fill.is_maker, fill.fee_quote) for fill in market.drain().fills}
    value = Decimal("0.010") * Decimal("99.99")
    assert fees == {"maker": (True, value / 10_000), "taker": (False, value * 5 / 10_000)}


def test_a_market_order_walks_the_book_and_every_fill_has_an_id_of_its_own(market: PaperMarket) -> None:
    market.place(an_intent("big", Side.SELL, None, 250))
    feed(market, quotes(500, 9_999, 10_001))
    news = market.drain()
    assert [(f.price // CENT, f.size // LOT) for f in news.fills] == [(9_999, 100), (9_998, 100), (9_997, 50)]
    assert len({fill.trade_id for fill in news.fills}) == 3
    assert [(update.status, update.filled) for update in news.updates] == [(OrderStatus.FILLED, 250 * LOT)]


def test_what_was_told_once_is_not_told_again(market: PaperMarket) -> None:
    market.place(an_intent("one", Side.BUY, 9_999, 1))
    feed(market, quotes(500, 9_999, 10_001))
    assert [update.status for update in market.drain().updates] == [OrderStatus.OPEN]
    assert market.drain() == ((), ())


def test_a_cancel_acts_after_the_latency_and_once(market: PaperMarket) -> None:
    market.place(an_intent("one", Side.BUY, 9_999, 1))
    market.cancel("one", at(100))
    market.cancel("one", at(170))
    feed(market, quotes(179, 9_999, 10_001))
    assert [update.status for update in market.drain().updates] == [OrderStatus.OPEN]
    feed(market, quotes(181, 9_999, 10_001))
    (update,) = market.drain().updates
    assert (update.status, update.ts) == (OrderStatus.CANCELLED, at(180))


def test_a_cancel_of_an_order_that_is_over_is_harmless(market: PaperMarket) -> None:
    market.place(an_intent("one", Side.SELL, None, 1))
    feed(market, quotes(500, 9_999, 10_001))
    market.drain()
    market.cancel("one", at(500))
    feed(market, quotes(700, 9_999, 10_001))
    assert market.drain() == ((), ())


def test_more_orders_than_the_desk_holds_are_refused_loudly(market: PaperMarket) -> None:
    for i in range(matching.ORDERS):
        market.place(an_intent(f"order {i}", Side.BUY, 9_990, 1))
    with pytest.raises(InvariantBroken, match="more than 16 working orders on COINEUR"):
        market.place(an_intent("one too many", Side.BUY, 9_990, 1))


def test_a_signal_without_a_free_slot_is_not_followed(market: PaperMarket) -> None:
    signal = replace(a_signal(), ts=at(0))
    assert all(market.follow(signal, LOT) for _ in range(following.FOLLOWS))
    assert not market.follow(signal, LOT)
    assert market.following == following.FOLLOWS


def test_a_stop_is_told_once_and_only_at_or_below_its_price(market: PaperMarket) -> None:
    market.watch_stop(9_990 * CENT)
    feed(market, quotes(100, 9_991, 10_001))
    assert not market.take_stop()
    feed(market, quotes(200, 9_990, 10_001))
    assert market.take_stop()
    feed(market, quotes(300, 9_980, 10_001))
    assert not market.take_stop()


def test_a_broken_book_hits_no_stop(market: PaperMarket) -> None:
    market.watch_stop(9_990 * CENT)
    feed(market, quotes(100, 9_980, 9_970))
    assert market.status == "crossed"
    assert not market.take_stop()


def test_the_tick_is_learned_from_the_prices_where_none_is_known() -> None:
    market = PaperMarket(replace(COIN, tick=0), default_parameters())
    feed(market, quotes(0, 9_998, 10_002))
    assert market.tick == UNITS // 100


def test_settling_leaves_nothing_at_work_and_stamps_nothing_later(market: PaperMarket) -> None:
    for name, cents in (("resting", 9_990), ("crossing", 10_001)):
        market.place(an_intent(name, Side.BUY, cents, 1))
    market.place(an_intent("taking", Side.BUY, None, 1))
    market.cancel("resting", at(0))
    market.settle(at(10))
    news = market.drain()
    last = {update.client_order_id: update.status for update in news.updates}
    assert last == {
        "resting": OrderStatus.CANCELLED,
        "crossing": OrderStatus.REJECTED,
        "taking": OrderStatus.FILLED,
    }
    assert all(update.ts == at(10) for update in news.updates)
    assert int(market.desk["working"][0]) == 0


def test_the_feed_is_counted(market: PaperMarket) -> None:
    feed(market, quotes(100, 9_980, 9_970), quotes(200, 9_999, 10_001))
    counted = market.counters()
    assert (counted["book_messages"], counted["book_crossed"], counted["book_snapshots"]) == (3, 1, 3)
