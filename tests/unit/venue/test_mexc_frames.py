"""Frames that the MEXC facade writes byte by byte, read by the classes that clients ship."""

from typing import Any

from ccxt.protobuf.mexc.PushDataV3ApiWrapper_pb2 import PushDataV3ApiWrapper
from google.protobuf.json_format import MessageToDict
from hypothesis import given
from hypothesis import strategies as st

from venue.mexc import frames
from venue.mexc.proto import integer, message, text

WORDS = st.text(max_size=300)
WHOLE = st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1)
SMALL = st.integers(min_value=-(1 << 31), max_value=(1 << 31) - 1)


def read(frame: bytes) -> dict[str, Any]:
    """A frame as a client decodes it; fields that are zero are left out."""
    push = PushDataV3ApiWrapper()
    push.ParseFromString(frame)
    told: dict[str, Any] = MessageToDict(push)
    return told


def test_depths_carry_both_sides_and_their_versions() -> None:
    body = frames.depths(8, 11, [["1.5", "2"]], [["1.6", "0"], ["1.7", "3"]], "spot@depth")
    assert read(frames.push("spot@depth@SOLUSDT", "SOLUSDT", 1_700_000_000_000, body)) == {
        "channel": "spot@depth@SOLUSDT",
        "symbol": "SOLUSDT",
        "sendTime": "1700000000000",
        "publicAggreDepths": {
            "bids": [{"price": "1.5", "quantity": "2"}],
            "asks": [{"price": "1.6", "quantity": "0"}, {"price": "1.7", "quantity": "3"}],
            "eventType": "spot@depth",
            "fromVersion": "8",
            "toVersion": "11",
        },
    }


def test_deals_keep_their_order_and_side() -> None:
    body = frames.deals([("1.5", "2", 1, 7), ("1.4", "3", 2, 8)], "spot@deals")
    told = read(frames.push("c", "S", 9, body))["publicAggreDeals"]
    assert told["eventType"] == "spot@deals"
    assert told["deals"] == [
        {"price": "1.5", "quantity": "2", "tradeType": 1, "time": "7"},
        {"price": "1.4", "quantity": "3", "tradeType": 2, "time": "8"},
    ]


def test_ticker_and_candle_name_their_prices_right() -> None:
    ticker = read(frames.push("c", "S", 9, frames.book_ticker(("1", "2"), ("3", "4"))))
    assert ticker["publicAggreBookTicker"] == {
        "bidPrice": "1",
        "bidQuantity": "2",
        "askPrice": "3",
        "askQuantity": "4",
    }
    body = frames.kline("Min1", 60, 120, ("5", "8", "4", "6"), ("10", "55"))
    assert read(frames.push("c", "S", 9, body))["publicSpotKline"] == {
        "interval": "Min1",
        "windowStart": "60",
        "openingPrice": "5",
        "closingPrice": "6",
        "highestPrice": "8",
        "lowestPrice": "4",
        "volume": "10",
        "amount": "55",
        "windowEnd": "120",
    }


@given(WORDS, WHOLE, SMALL, st.booleans())
def test_any_deal_survives_the_way(word: str, ms: int, side: int, is_maker: bool) -> None:
    told = frames.Deal(
        price=word,
        size="2",
        cost="3",
        side=side,
        is_maker=is_maker,
        is_self_trade=not is_maker,
        trade_id="5",
        client="6",
        order_id="7",
        fee="8",
        fee_asset="9",
        ms=ms,
    )
    push = PushDataV3ApiWrapper()
    push.ParseFromString(frames.push("c", "S", 1, told.body()))
    deal = push.privateDeals
    assert (deal.price, deal.quantity, deal.amount, deal.tradeType) == (word, "2", "3", side)
    assert (deal.isMaker, deal.isSelfTrade, deal.time) == (is_maker, not is_maker, ms)
    assert (deal.tradeId, deal.clientOrderId, deal.orderId) == ("5", "6", "7")
    assert (deal.feeAmount, deal.feeCurrency) == ("8", "9")


def test_order_and_balance_put_each_text_in_its_field() -> None:
    names = ("order_id", "client", "price", "size", "cost", "average")
    rest = ("left_cost", "left", "last", "filled", "spent")
    texts: Any = {name: name for name in (*names, *rest)}
    order = frames.Order(**texts, kind=2, side=1, is_maker=True, status=3, ms=9)
    assert read(frames.push("c", "S", 1, order.body()))["privateOrders"] == {
        "id": "order_id",
        "clientId": "client",
        "price": "price",
        "quantity": "size",
        "amount": "cost",
        "avgPrice": "average",
        "orderType": 2,
        "tradeType": 1,
        "isMaker": True,
        "remainAmount": "left_cost",
        "remainQuantity": "left",
        "lastDealQuantity": "last",
        "cumulativeQuantity": "filled",
        "cumulativeAmount": "spent",
        "status": 3,
        "createTime": "9",
    }
    parts: Any = {name: name for name in ("asset", "free", "free_change", "locked", "locked_change", "kind")}
    balance = frames.Balance(**parts, ms=4)
    assert read(frames.push("c", "", 1, balance.body()))["privateAccount"] == {
        "vcoinName": "asset",
        "balanceAmount": "free",
        "balanceAmountChange": "free_change",
        "frozenAmount": "locked",
        "frozenAmountChange": "locked_change",
        "type": "kind",
        "time": "4",
    }


@given(WORDS, WHOLE)
def test_absent_and_empty_are_one(word: str, value: int) -> None:
    assert (text(1, word) == b"") == (word == "")
    assert (integer(1, value) == b"") == (value == 0)
    assert message(3, b"") == b"\x1a\x00"  # an empty message is there, though
