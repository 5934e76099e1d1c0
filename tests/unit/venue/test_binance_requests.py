"""Signatures, windows, parameters, limits and faults of the Binance facade, without a socket."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from venue.binance import errors, signing
from venue.binance.limits import LimitConfig, Limits
from venue.binance.parameters import Params
from venue.engine.codes import Reason
from venue.engine.rules import MarketRules
from venue.serving import keys
from venue.serving.faults import KINDS, BadFault, Fault, Faults, fault_of
from venue.serving.words import text

RULES = MarketRules(
    symbol="SOLUSDT",
    base="SOL",
    quote="USDT",
    tick=Decimal("0.01"),
    lot=Decimal("0.001"),
    reference=Decimal(150),
)
# from the venue's own documentation of signed endpoints
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"  # noqa: S105
PAYLOAD = (
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
    "&timestamp=1499827319559"
)
SIGNATURE = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"


def refused(call: object, *arguments: object, **options: object) -> tuple[int, str]:
    """Code and text of a refusal."""
    with pytest.raises(errors.Refusal) as caught:
        call(*arguments, **options)  # type: ignore[operator]
    return caught.value.code, caught.value.msg


def test_documented_signature_is_reproduced() -> None:
    assert keys.sign(SECRET, PAYLOAD) == SIGNATURE
    signing.check_signature(SECRET, PAYLOAD, SIGNATURE)
    code, msg = refused(signing.check_signature, SECRET, PAYLOAD + "0", SIGNATURE)
    assert (code, msg) == (-1022, "Signature for this request is not valid.")


@pytest.mark.parametrize(
    ("query", "body"),
    [(f"{PAYLOAD}&signature={SIGNATURE}", ""), ("", f"{PAYLOAD}&signature={SIGNATURE}")],
)
def test_signature_is_over_what_was_sent(query: str, body: str) -> None:
    assert keys.split_signature(query, body) == (PAYLOAD, SIGNATURE)


def test_query_and_body_are_signed_as_one_text() -> None:
    signed, signature = keys.split_signature("symbol=A", "side=BUY&signature=ff")
    assert (signed, signature) == ("symbol=Aside=BUY", "ff")


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.one_of(st.booleans(), st.integers(), st.just("x"))))
def test_socket_request_signs_its_parameters_in_order(params: dict[str, object]) -> None:
    signed = signing.signed_text(params | {"signature": "no"})
    names = [pair.partition("=")[0] for pair in signed.split("&") if pair]
    assert names == sorted(params)
    assert "True" not in signed
    assert "False" not in signed


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"timestamp": "1000000"}, None),
        ({"timestamp": "1001000"}, None),
        ({"timestamp": "1001001"}, -1021),
        ({"timestamp": "995000"}, None),
        ({"timestamp": "994999"}, -1021),
        ({"timestamp": "994999", "recvWindow": "6000"}, None),
        ({"timestamp": "999000", "recvWindow": "999"}, -1021),
        ({"timestamp": "1000000", "recvWindow": "60001"}, -1131),
        ({"recvWindow": "5000"}, -1102),
        ({"timestamp": "soon"}, -1100),
    ],
)
def test_window_of_time_has_sharp_edges(params: dict[str, str], code: int | None) -> None:
    if code is None:
        signing.check_time(params, 1_000_000)
    else:
        assert refused(signing.check_time, params, 1_000_000)[0] == code


@given(st.integers(1, 10**9))
def test_amounts_read_back_as_they_were_written(lots: int) -> None:
    params = Params({"quantity": text(RULES.size(lots)), "price": text(RULES.price(lots))})
    assert params.lots("quantity", RULES) == lots
    assert params.ticks("price", RULES) == lots


@pytest.mark.parametrize(
    ("value", "code"),
    [("", -1102), ("-1", -1100), ("1e5", -1100), ("NaN", -1100), ("1.123456789", -1111), ("1.0005", -1013)],
)
def test_malformed_amounts_are_refused(value: str, code: int) -> None:
    assert refused(Params({"quantity": value}).lots, "quantity", RULES)[0] == code


def test_every_reason_of_the_engine_has_words() -> None:
    overloaded = {Reason.POOL_FULL, Reason.ACCOUNTS_FULL}
    for reason in Reason:
        told = errors.rejection(reason)
        assert told.body()["msg"]
        if reason in overloaded:
            assert (told.status, told.code) == (503, -1008)
    texts = {errors.rejection(reason).msg for reason in errors.REJECTIONS}
    assert len(texts) == len(errors.REJECTIONS)


def test_weight_runs_out_and_comes_back_with_the_minute() -> None:
    limits = Limits(LimitConfig(weight_a_minute=10, tolerated=1, ban_s=120))
    limits.charge(10, 0)
    with pytest.raises(errors.Refusal) as caught:
        limits.charge(1, 15_000)
    assert (caught.value.status, caught.value.code, caught.value.retry_after) == (429, -1003, 45)
    limits.charge(10, 60_000)
    for status in (429, 418, 418):
        with pytest.raises(errors.Refusal) as caught:
            limits.charge(1, 61_000)
        assert caught.value.status == status
    assert "IP banned until 181000" in caught.value.msg
    with pytest.raises(errors.Refusal):
        limits.charge(1, 180_999)
    limits.charge(1, 181_000)


def test_orders_are_counted_by_account_and_interval() -> None:
    limits = Limits(LimitConfig(orders_10_s=2, orders_a_day=3))
    limits.count_orders(1, 2, 0)
    limits.check_orders(2, 0)
    code, msg = refused(limits.check_orders, 1, 9_999)
    assert (code, msg) == (-1015, "Too many new orders; current limit is 2 orders per 10 SECOND.")
    limits.check_orders(1, 10_000)
    limits.count_orders(1, 1, 10_000)
    assert "1 DAY" in refused(limits.check_orders, 1, 20_000)[1]


def test_faults_strike_where_they_are_aimed_and_run_out() -> None:
    faults = Faults([Fault(kind="drop", where="sol*@depth*", skip=1, count=2)])
    aimed = [faults.strike(("drop",), "solusdt@depth@100ms") is not None for _ in range(5)]
    assert aimed == [False, True, True, False, False]
    assert faults.strike(("drop",), "btcusdt@depth@100ms") is None


@given(st.integers(0, 2**32), st.floats(0.05, 0.95))
def test_chance_is_a_matter_of_the_seed(seed: int, chance: float) -> None:
    runs = []
    for _ in range(2):
        faults = Faults([Fault(kind="drop", count=-1, chance=chance)], seed=seed)
        runs.append([faults.strike(("drop",), "x") is not None for _ in range(50)])
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    "given_fields", [{}, {"kind": "melt"}, {"kind": "drop", "chance": 2}, {"kind": "drop", "sconds": 1}]
)
def test_senseless_faults_are_refused(given_fields: dict[str, object]) -> None:
    with pytest.raises(BadFault):
        fault_of(given_fields)


def test_every_kind_of_fault_can_be_armed() -> None:
    assert [fault_of({"kind": kind}).kind for kind in KINDS] == list(KINDS)
