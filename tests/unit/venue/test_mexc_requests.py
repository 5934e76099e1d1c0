"""Words, parameters, signatures, limits and ids of the MEXC facade, without a socket."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from venue.engine.codes import OrderKind, Reason, Side, TimeInForce
from venue.engine.history import Status
from venue.engine.rules import MarketRules
from venue.mexc import errors, words
from venue.mexc.calls import check
from venue.mexc.channels import channel_of
from venue.mexc.limits import LimitConfig, Limits
from venue.mexc.parameters import Params
from venue.serving.keys import sign

RULES = MarketRules(
    symbol="SOLUSDT",
    base="SOL",
    quote="USDT",
    tick=Decimal("0.01"),
    lot=Decimal("0.001"),
    reference=Decimal(150),
)
# from the venue's own documentation of signed endpoints
SECRET = "45d0b3c26f2644f19bfb98b07741b2f5"  # noqa: S105
PAYLOAD = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&recvWindow=5000&timestamp=1644489390087"
SIGNATURE = "fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a"


def code_of(call: object, *arguments: object) -> int:
    """The code of a refusal."""
    with pytest.raises(errors.Refusal) as caught:
        call(*arguments)  # type: ignore[operator]
    return caught.value.code


def test_documented_signature_is_reproduced() -> None:
    assert sign(SECRET, PAYLOAD) == SIGNATURE


def test_signature_and_window_are_checked_to_the_millisecond() -> None:
    params = {"timestamp": "10000", "recvWindow": "500"}
    good = sign("s", "text")
    for now in (9_000, 10_000, 10_500):
        check("s", "text", good, params, now)
        check("s", "text", good.upper(), params, now)
    for now in (8_999, 10_501):
        assert code_of(check, "s", "text", good, params, now) == 700003
    assert code_of(check, "s", "text.", good, params, 10_000) == 700002
    assert code_of(check, "s", "text", "", params, 10_000) == 700004
    assert code_of(check, "s", "text", good, {"recvWindow": "500"}, 10_000) == 700004
    for window in ("0", "60001"):
        assert code_of(check, "s", "text", good, params | {"recvWindow": window}, 10_000) == 700005


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_an_order_s_id_is_its_number_in_letters(number: int) -> None:
    assert words.order_number(words.order_id(number)) == number


@pytest.mark.parametrize("word", ["", "7", "C02__", "C02__-1", "C02__1x", "C02__" + "9" * 19])
def test_other_ids_are_nobody_s(word: str) -> None:
    assert words.order_number(word) is None


@given(st.integers(min_value=0, max_value=12))
def test_a_power_of_ten_is_a_number_of_decimals_and_nothing_else_is(places: int) -> None:
    step = Decimal(1).scaleb(-places)
    assert words.decimals(step) == places
    assert words.decimals(step * 5) is None
    assert words.decimals(step * 25) is None
    assert words.decimals(Decimal(10)) is None


@given(st.decimals(min_value=0, max_value=10**9, places=8))
def test_amounts_are_plain_and_whole(amount: Decimal) -> None:
    text = words.plain(amount)
    assert Decimal(text) == amount
    assert "E" not in text
    assert text == "0" or not ("." in text and text.endswith("0"))


def test_states_have_no_expiry() -> None:
    told = {(status, filled): words.status_word(status, filled) for status in Status for filled in (0, 1)}
    assert told[Status.EXPIRED, 0] == told[Status.CANCELED, 0] == "CANCELED"
    assert told[Status.EXPIRED, 1] == told[Status.CANCELED, 1] == "PARTIALLY_CANCELED"
    assert {told[status, 1] for status in (Status.FILLED, Status.PARTIALLY_FILLED)} == {
        "FILLED",
        "PARTIALLY_FILLED",
    }


def test_types_hold_the_time_in_force() -> None:
    kinds = {word: Params({"type": word}).kind() for word in words.KINDS}
    assert kinds["IMMEDIATE_OR_CANCEL"] == (OrderKind.LIMIT, TimeInForce.IOC)
    assert kinds["FILL_OR_KILL"] == (OrderKind.LIMIT, TimeInForce.FOK)
    assert kinds["LIMIT_MAKER"] == (OrderKind.LIMIT_MAKER, TimeInForce.GTC)
    assert code_of(Params({"type": "STOP_LIMIT"}).kind) == 30041


@pytest.mark.parametrize(
    ("value", "code"), [("", 700004), ("-1", 700008), ("1e2", 700008), ("0.0001", 10096), ("x", 700008)]
)
def test_sizes_are_refused_in_the_venue_s_codes(value: str, code: int) -> None:
    assert code_of(Params({"quantity": value}).lots, "quantity", RULES) == code
    assert Params({"quantity": "0.010"}).lots("quantity", RULES) == 10


def test_every_reason_has_words_and_the_side_decides_over_money() -> None:
    for reason in Reason:
        assert errors.rejection(reason).msg
    assert errors.rejection(Reason.INSUFFICIENT_BALANCE, Side.BUY).code == 30004
    assert errors.rejection(Reason.INSUFFICIENT_BALANCE, Side.SELL).code == 30005
    assert errors.rejection(Reason.POOL_FULL).status == 503


def test_each_endpoint_counts_alone_and_starts_anew() -> None:
    limits = Limits(LimitConfig(weight_10_s=5))
    limits.charge("depth", 5, 1_000)
    limits.charge("order.place", 5, 1_000)
    with pytest.raises(errors.Refusal) as refused:
        limits.charge("depth", 1, 4_001)
    assert (refused.value.status, refused.value.code, refused.value.retry_after) == (429, 429, 6)
    limits.charge("depth", 5, 10_000)
    limits.ban(10_000, 2.5, 403)
    with pytest.raises(errors.Refusal) as refused:
        limits.charge("ping", 1, 12_499)
    assert (refused.value.status, refused.value.retry_after) == (403, 1)
    limits.charge("ping", 1, 12_500)


@pytest.mark.parametrize(
    "name",
    [
        "spot@public.aggre.depth.v3.api.pb@1ms@SOLUSDT",
        "spot@public.aggre.depth.v3.api.pb@10ms@solusdt",
        "spot@public.aggre.tickers.v3.api.pb@10ms@SOLUSDT",
        "spot@public.kline.v3.api.pb@SOLUSDT@Min2",
        "spot@private.orders.v3.api.pb",
        "",
    ],
)
def test_other_names_are_no_public_stream(name: str) -> None:
    assert channel_of(name) is None


def test_a_stream_s_name_says_what_of_whom_and_how_often() -> None:
    deals = channel_of("spot@public.aggre.deals.v3.api.pb@100ms@SOLUSDT")
    assert deals is not None
    assert (deals.kind, deals.symbol, deals.period_ms) == ("deals", "SOLUSDT", 100)
    candle = channel_of("spot@public.kline.v3.api.pb@SOLUSDT@Hour4", kline_ms=50)
    assert candle is not None
    assert (candle.kind, candle.interval_ms, candle.period_ms) == ("kline", 14_400_000, 50)
