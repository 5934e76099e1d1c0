"""The public tape and the news of the desk, in a time that the test winds."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from venue.binance import account, public
from venue.binance.calls import Call
from venue.binance.channels import channel_of
from venue.binance.demo import RandomFlow, demo_markets, demo_wire
from venue.binance.desk import Desk
from venue.binance.limits import Limits
from venue.binance.parameters import Params
from venue.binance.reports import Reports
from venue.clock import WoundClock
from venue.engine.codes import Side
from venue.engine.exchange import Exchange, NewOrder
from venue.engine.rules import BadRules
from venue.serving.prints import MINUTE_MS, Print, Prints
from venue.wire import Wire

START = 1_700_000_040 * 10**9  # a whole minute
TRADES = st.lists(
    st.tuples(st.integers(0, 400_000), st.integers(1, 50), st.integers(1, 9), st.booleans()), min_size=1
)


def tape_of(rows: list[tuple[int, int, int, bool]]) -> tuple[Prints, list[Print]]:
    """A tape with these trades, in order of time."""
    trades = [
        Print(number, price, size, price * size, ms, is_buyer_maker)
        for number, (ms, price, size, is_buyer_maker) in enumerate(sorted(rows), 1)
    ]
    tape = Prints()
    for trade in trades:
        tape.add(trade, taker=trade.id, command=trade.id)
    return tape, trades


@given(TRADES, st.sampled_from([1, 3, 5]))
def test_candles_are_what_the_trades_say(rows: list[tuple[int, int, int, bool]], minutes: int) -> None:
    tape, trades = tape_of(rows)
    span = minutes * MINUTE_MS
    if trades[0].ms % 2:  # a question between two trades must not change the answer
        tape.candles(span, trades[-1].ms + MINUTE_MS)
        tape.add(again := Print(99, 7, 1, 7, trades[-1].ms + MINUTE_MS, False), taker=99, command=99)
        trades.append(again)
    candles = tape.candles(span, trades[-1].ms)
    assert [b.start - a.start for a, b in pairwise(candles)] == [span] * (len(candles) - 1)
    close = candles[0].open
    for candle in candles:
        inside = [trade for trade in trades if candle.start <= trade.ms < candle.start + span]
        prices = [trade.price for trade in inside] or [close]
        assert (candle.open, candle.close) == (prices[0], prices[-1])
        assert (candle.low, candle.high) == (min(prices), max(prices))
        assert candle.volume == sum(trade.size for trade in inside)
        assert candle.taker_volume == sum(trade.size for trade in inside if not trade.is_buyer_maker)
        assert (candle.n, candle.first) == (len(inside), inside[0].id if inside else -1)
        close = candle.close
        assert tape.candle(span, candle.start) == candle
        window = (candle.start - 1, candle.start + span)
        expected = [one for one in candles if window[0] <= one.start <= window[1]]
        assert tape.candles(span, trades[-1].ms, window) == expected


def test_one_taker_order_is_one_aggregate_a_price() -> None:
    tape = Prints()
    for number, (price, taker) in enumerate([(10, 1), (10, 1), (11, 1), (11, 2), (11, 2)], 1):
        tape.add(Print(number, price, 2, 0, 0, False), taker=taker, command=taker)
    assert [(one.price, one.size, one.first, one.last) for one in tape.aggregates] == [
        (10, 4, 1, 2),
        (11, 2, 3, 3),
        (11, 4, 4, 5),
    ]


@pytest.mark.parametrize(
    ("name", "kind", "period"),
    [
        ("solusdt@depth", "depth", 1_000),
        ("solusdt@depth@100ms", "depth", 100),
        ("solusdt@depth@10ms", "depth", 10),
        ("solusdt@depth20", "partial", 1_000),
        ("solusdt@depth20@100ms", "partial", 100),
        ("solusdt@trade", "trade", 0),
        ("solusdt@aggTrade", "aggTrade", 0),
        ("solusdt@bookTicker", "bookTicker", 0),
        ("solusdt@miniTicker", "miniTicker", 1_000),
        ("solusdt@kline_15m", "kline", 2_000),
        ("!ticker@arr", "ticker", 1_000),
    ],
)
def test_stream_names_say_what_and_how_often(name: str, kind: str, period: int) -> None:
    channel = channel_of(name)
    assert channel is not None
    assert (channel.kind, channel.period_ms) == (kind, period)


@pytest.mark.parametrize("name", ["", "solusdt", "SOLUSDT@trade", "solusdt@depth7", "solusdt@kline_7m", "7"])
def test_other_names_are_no_streams(name: str) -> None:
    assert channel_of(name) is None


class Listener:
    """A desk in wound time and what its account's owner is told."""

    def __init__(self) -> None:
        self.clock = WoundClock(START)
        self.wire, self.key = demo_wire(self.clock)
        self.desk = Desk(self.wire, [self.key], self.clock, Limits())
        self.told: list[dict[str, Any]] = []
        Reports(self.desk, lambda account, payload: self.told.append(payload))

    def call(self, **params: str) -> Call:
        """A request of the account."""
        return Call(self.desk, Params(params), self.key)


def test_wound_clock_stamps_everything() -> None:
    desk = Listener()
    order = NewOrder(side=Side.BUY, price=14_000, size=1_000, client="wound")
    desk.clock.move_to(START + 5 * 10**9)
    desk.wire.tell(desk.wire.exchange.place(desk.key.account, "SOLUSDT", order, ts=desk.desk.now()))
    report, position = desk.told
    assert (report["x"], report["c"], report["E"]) == ("NEW", "wound", START // 10**6 + 5_000)
    assert {row["a"] for row in position["B"]} == {"SOL", "USDT"}
    assert public.time(desk.call())["serverTime"] == START // 10**6 + 5_000
    (known,) = account.open_orders(desk.call(symbol="SOLUSDT"))
    assert known["time"] == START // 10**6 + 5_000
    with pytest.raises(ValueError, match="backwards"):
        desk.clock.move_to(START)


def test_reports_of_a_random_day_add_up_to_the_account() -> None:
    desk = Listener()
    exchange, me = desk.wire.exchange, desk.key.account
    flow = RandomFlow(desk.wire, "SOLUSDT", 3, desk.clock)
    before = exchange.balances(me)
    for step in range(200):
        desk.clock.move_to(START + step * 10**9)
        flow.step()
        book = exchange.book("SOLUSDT", 1)
        if not (book.bids and book.asks):
            continue
        side = Side.BUY if step % 2 else Side.SELL
        inside = 0 if step % 3 == 0 else 1  # every third order takes
        price = book.asks[0][0] - inside if side == Side.BUY else book.bids[0][0] + inside
        order = NewOrder(side=side, price=price, size=500, client=f"day-{step}")
        desk.wire.tell(exchange.place(me, "SOLUSDT", order, ts=desk.desk.now()))
        if step % 5 == 0:
            for answer in exchange.cancel_all(me, "SOLUSDT", ts=desk.desk.now()):
                desk.wire.tell(answer)
    moved = dict.fromkeys(before, Decimal(0))
    fills = [told for told in desk.told if told.get("x") == "TRADE"]
    assert len(fills) > 20
    assert {told["m"] for told in fills} == {True, False}
    for told in fills:
        sign = 1 if told["S"] == "BUY" else -1
        moved["SOL"] += sign * Decimal(told["l"])
        moved["USDT"] -= sign * Decimal(told["Y"])
        moved[told["N"]] -= Decimal(told["n"])
    after = exchange.balances(me)
    for asset in before:
        digits = exchange.assets.digits[exchange.assets.number(asset)]
        change = Decimal(sum(after[asset]) - sum(before[asset])).scaleb(-digits)
        assert moved[asset] == change
    last: dict[int, dict[str, Any]] = {told["i"]: told for told in desk.told if "x" in told}
    for number, told in last.items():
        state = account.query(desk.call(symbol="SOLUSDT", orderId=str(number)))
        assert (state["status"], state["executedQty"]) == (told["X"], told["z"])
        assert state["cummulativeQuoteQty"] == told["Z"]


def test_exchange_without_history_is_refused() -> None:
    wire = Wire(Exchange(demo_markets(), has_history=False))
    with pytest.raises(BadRules, match="has_history=True"):
        Desk(wire, [], WoundClock(START), Limits())
