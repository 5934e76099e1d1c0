"""Each refusal and each fault of the local MEXC venue has a class in ccxt, often a vague one."""

from typing import Any

import ccxt.async_support as ccxt
import pytest

from tests.support.binance_venue import MARKET, SYMBOL, raised_by
from tests.support.mexc_venue import MexcWorld, at_mexc
from venue.engine.codes import Side
from venue.mexc.facade import FacadeConfig
from venue.mexc.limits import LimitConfig

WINDOW_MS = 10_000  # they start at whole tens of seconds
BUY = {"symbol": MARKET, "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "140"}


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"quantity": "1.0001"}, ccxt.InvalidOrder, 10096),
        ({"price": "140.001"}, ccxt.InvalidOrder, 10096),
        ({"price": "10"}, ccxt.InvalidOrder, 30087),
        ({"quantity": "0.001"}, ccxt.InvalidOrder, 30002),
        ({"quantity": "720"}, ccxt.InsufficientFunds, 30004),
        ({"quantity": "10000", "side": "SELL"}, ccxt.InsufficientFunds, 30005),
        ({"type": "LIMIT_MAKER", "price": "160"}, ccxt.InvalidOrder, 30010),
        ({"symbol": "NOPEUSDT"}, ccxt.BadSymbol, -1121),
        ({"price": ""}, ccxt.BadRequest, 700004),
        ({"price": "1e3"}, ccxt.BadRequest, 700008),
        ({"side": "HOLD"}, ccxt.BadRequest, 700008),
        ({"type": "STOP_LOSS_LIMIT"}, ccxt.InvalidOrder, 30041),
        ({"newClientOrderId": "no spaces"}, ccxt.BadRequest, 700008),
        ({"stpMode": "never"}, ccxt.BadRequest, 700008),
        ({"type": "MARKET", "quantity": ""}, ccxt.BadRequest, 700004),
        ({"type": "MARKET", "quantity": "0"}, ccxt.InvalidOrder, 30002),
        ({"type": "MARKET", "quantity": "", "quoteOrderQty": "0"}, ccxt.InvalidOrder, 30002),
        ({"type": "MARKET", "quantity": "", "quoteOrderQty": "0.000000000001"}, ccxt.InvalidOrder, 10096),
    ],
)
def test_refused_order_has_its_class_and_leaves_nothing(
    changes: dict[str, str], error: type[Exception], code: int
) -> None:
    async def story(world: MexcWorld) -> None:
        refused = await raised_by(world.client.spot_private_post_order(BUY | changes))
        assert type(refused) is error
        assert f'"code":{code},' in str(refused)
        assert await world.client.fetch_orders(SYMBOL) == []

    at_mexc(story)


def test_halted_market_refuses_orders_and_takes_cancels() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        placed = await client.create_order(SYMBOL, "limit", "buy", 1, 140)
        world.wire.tell(world.wire.exchange.halt(MARKET, ts=world.facade.desk.now()))
        refused = await raised_by(client.create_order(SYMBOL, "limit", "buy", 1, 141))
        assert type(refused) is ccxt.InvalidOrder
        assert '"code":30016' in str(refused)
        assert (await client.cancel_order(placed["id"], SYMBOL))["status"] == "canceled"

    at_mexc(story)


def test_wrong_secret_unknown_key_and_a_reader_s_key_are_refused() -> None:
    async def story(world: MexcWorld) -> None:
        wrong = world.new_client(secret="wrong")  # noqa: S106 (that is the point)
        refused = await raised_by(wrong.fetch_balance())
        assert type(refused) is ccxt.AuthenticationError
        assert '"code":700002' in str(refused)
        unknown = world.new_client(apiKey="nobody")
        refused = await raised_by(unknown.fetch_balance())
        assert type(refused) is ccxt.BadRequest
        assert '"code":10072' in str(refused)
        desk = world.facade.desk
        desk.keys[world.key.key] = type(world.key)(world.key.key, world.key.secret, world.key.account, False)
        assert (await world.client.fetch_balance())["info"]["canTrade"] is False
        refused = await raised_by(world.client.create_order(SYMBOL, "limit", "buy", 1, 140))
        assert type(refused) is ccxt.AuthenticationError
        assert '"code":700007' in str(refused)

    at_mexc(story)


@pytest.mark.parametrize("skew_s", [-3, 8])
def test_clock_that_is_off_is_refused_until_it_is_measured(skew_s: int) -> None:
    async def story(world: MexcWorld) -> None:
        world.facade.desk.skew_ns = skew_s * 10**9
        refused = await raised_by(world.client.fetch_balance())
        assert type(refused) is ccxt.InvalidNonce
        assert '"code":700003' in str(refused)
        await world.client.load_time_difference()
        assert (await world.client.fetch_balance())["USDT"]["total"] == 100_000

    at_mexc(story)


def test_window_is_a_minute_at_most() -> None:
    async def story(world: MexcWorld) -> None:
        world.client.options["recvWindow"] = 60_001
        refused = await raised_by(world.client.fetch_balance())
        assert '"code":700005' in str(refused)

    at_mexc(story)


def test_every_endpoint_has_its_own_limit_and_says_when_to_come_again() -> None:
    async def story(world: MexcWorld) -> None:
        client, desk = world.client, world.facade.desk
        desk.skew_ns = (WINDOW_MS - desk.now_ms() % WINDOW_MS) * 10**6  # a window begins
        await client.load_time_difference()
        for _ in range(11):
            await client.fetch_time()
        refused = await raised_by(client.fetch_time())
        assert type(refused) is ccxt.RateLimitExceeded
        assert 1 <= int(client.last_response_headers["Retry-After"]) <= 10
        assert (await client.fetch_balance())["USDT"]["total"] == 100_000
        desk.limits.ban(desk.now_ms(), 60, 429)
        assert type(await raised_by(client.fetch_balance())) is ccxt.RateLimitExceeded

    at_mexc(story, FacadeConfig(limits=LimitConfig(weight_10_s=12)))


@pytest.mark.parametrize(
    ("fault", "error", "arrives"),
    [
        ({"kind": "error_before", "status": 503, "body": "busy"}, ccxt.ExchangeNotAvailable, False),
        ({"kind": "error_after", "status": 504, "body": "late"}, ccxt.RequestTimeout, True),
        ({"kind": "error_after", "body": '{"code":500,"msg":"Internal error"}'}, ccxt.ExchangeError, True),
        ({"kind": "cut_before"}, ccxt.ExchangeNotAvailable, False),
        ({"kind": "cut_after"}, ccxt.ExchangeNotAvailable, True),
    ],
)
def test_fault_of_a_request_strikes_before_or_after_its_effect(
    fault: dict[str, Any], error: type[Exception], arrives: bool
) -> None:
    async def story(world: MexcWorld) -> None:
        world.arm(where="order.place", **fault)
        failed = await raised_by(world.client.create_order(SYMBOL, "limit", "buy", 1, 140))
        assert type(failed) is error
        assert len(await world.client.fetch_open_orders(SYMBOL)) == int(arrives)

    at_mexc(story)


def test_stale_book_is_the_one_served_before() -> None:
    async def story(world: MexcWorld) -> None:
        first = await world.client.fetch_order_book(SYMBOL)
        world.arm(kind="stale", where="depth")
        world.take(Side.BUY, 3_000)
        assert (await world.client.fetch_order_book(SYMBOL))["nonce"] == first["nonce"]
        assert (await world.client.fetch_order_book(SYMBOL))["nonce"] > first["nonce"]

    at_mexc(story)


def test_control_port_bans_skews_and_pays() -> None:
    async def story(world: MexcWorld) -> None:
        client, base = world.client, f"http://{world.facade.control_address}"
        await client.fetch_time()

        async def post(path: str, body: dict[str, Any]) -> int:
            async with client.session.post(f"{base}{path}", json=body) as answer:
                return int(answer.status)

        deposit = {"account": world.key.account, "asset": "BTC", "amount": 1}
        assert await post("/deposit", deposit) == 200
        assert (await client.fetch_balance())["BTC"]["total"] == 2
        assert (
            await post("/faults", {"kind": "error_before", "body": "busy", "where": "account.status"}) == 200
        )
        assert type(await raised_by(client.fetch_balance())) is ccxt.ExchangeNotAvailable
        assert await post("/faults", {"kind": "no such"}) == 400
        assert await post("/ban", {"seconds": 60, "status": 429}) == 200
        assert type(await raised_by(client.fetch_balance())) is ccxt.RateLimitExceeded

    at_mexc(story)
