"""Each refusal and each fault has the error class in ccxt that it has at the real venue."""

import asyncio

import ccxt.async_support as ccxt
import orjson
import pytest

from tests.support.binance_venue import MARKET, SYMBOL, World, at_venue, raised_by, until
from venue.binance.facade import FacadeConfig
from venue.binance.limits import LimitConfig
from venue.engine.codes import Side

BUY = {
    "symbol": MARKET,
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "1",
    "price": "140",
}


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"quantity": "1.0001"}, ccxt.InvalidOrder, "LOT_SIZE"),
        ({"quantity": "99000000"}, ccxt.InvalidOrder, "LOT_SIZE"),
        ({"price": "140.001"}, ccxt.InvalidOrder, "PRICE_FILTER"),
        ({"price": "10"}, ccxt.InvalidOrder, "PERCENT_PRICE_BY_SIDE"),
        ({"quantity": "0.001"}, ccxt.BadRequest, "Filter failure: NOTIONAL"),
        ({"quantity": "720"}, ccxt.InsufficientFunds, "insufficient balance"),
        ({"quantity": "10000", "side": "SELL"}, ccxt.InsufficientFunds, "insufficient balance"),
        ({"type": "LIMIT_MAKER", "timeInForce": "", "price": "160"}, ccxt.OrderImmediatelyFillable, "take"),
        (
            {"type": "STOP_LOSS_LIMIT", "stopPrice": "149"},
            ccxt.OrderImmediatelyFillable,
            "trigger immediately",
        ),
        ({"symbol": "NOPEUSDT"}, ccxt.BadSymbol, "Invalid symbol."),
        ({"price": ""}, ccxt.BadRequest, "Mandatory parameter 'price'"),
        ({"price": "1e3"}, ccxt.BadRequest, "Illegal characters"),
        ({"quantity": "0.0000000001"}, ccxt.BadRequest, "too much precision"),
        ({"side": "HOLD"}, ccxt.BadRequest, "Invalid side."),
        ({"type": "TRAILING"}, ccxt.BadRequest, "Invalid orderType."),
        ({"timeInForce": "GTX"}, ccxt.BadRequest, "Invalid timeInForce."),
        ({"quoteOrderQty": "100"}, ccxt.BadRequest, "sent when not required"),
        ({"newClientOrderId": "no spaces"}, ccxt.BadRequest, "Illegal characters"),
    ],
)
def test_refused_order_has_its_class_and_leaves_nothing(
    changes: dict[str, str], error: type[Exception], words: str
) -> None:
    async def story(world: World) -> None:
        refused = await raised_by(world.client.private_post_order(BUY | changes))
        assert type(refused) is error
        assert words in str(refused)
        assert await world.client.fetch_orders(SYMBOL) == []

    at_venue(story)


def test_orders_nobody_knows_are_not_found() -> None:
    async def story(world: World) -> None:
        client = world.client
        assert type(await raised_by(client.cancel_order("77", SYMBOL))) is ccxt.OrderNotFound
        assert type(await raised_by(client.fetch_order("77", SYMBOL))) is ccxt.OrderNotFound
        unknown = {"origClientOrderId": "never"}
        assert type(await raised_by(client.fetch_order(None, SYMBOL, unknown))) is ccxt.OrderNotFound
        filled = await client.create_order(SYMBOL, "market", "buy", 0.1)
        assert type(await raised_by(client.cancel_order(filled["id"], SYMBOL))) is ccxt.OrderNotFound

    at_venue(story)


def test_halted_market_is_closed_but_takes_cancels() -> None:
    async def story(world: World) -> None:
        client = world.client
        placed = await client.create_order(SYMBOL, "limit", "buy", 1, 140)
        world.wire.tell(world.wire.exchange.halt(MARKET, ts=world.facade.desk.now()))
        refused = await raised_by(client.create_order(SYMBOL, "limit", "buy", 1, 141))
        assert type(refused) is ccxt.MarketClosed
        assert (await client.cancel_order(placed["id"], SYMBOL))["status"] == "canceled"

    at_venue(story)


def test_wrong_secret_and_unknown_key_are_refused() -> None:
    async def story(world: World) -> None:
        wrong = world.new_client(secret="wrong")  # noqa: S106 (that is the point)
        wrong.set_markets_from_exchange(world.client)
        refused = await raised_by(wrong.fetch_balance())
        assert type(refused) is ccxt.AuthenticationError
        assert "-1022" in str(refused)
        unknown = world.new_client(apiKey="unknown")
        unknown.set_markets_from_exchange(world.client)
        refused = await raised_by(unknown.fetch_balance())
        assert type(refused) is ccxt.AuthenticationError
        assert "-2015" in str(refused)

    at_venue(story)


@pytest.mark.parametrize("skew_ms", [-2_000, 20_000])
def test_skewed_clock_is_refused_until_the_client_asks_for_the_time(skew_ms: int) -> None:
    async def story(world: World) -> None:
        client = world.client
        world.facade.desk.skew_ns = skew_ms * 1_000_000
        refused = await raised_by(client.fetch_balance())
        assert type(refused) is ccxt.InvalidNonce
        assert "-1021" in str(refused)
        client.options["adjustForTimeDifference"] = True
        await client.load_time_difference()
        assert (await client.fetch_balance())["SOL"]["total"] == 500

    at_venue(story)


def test_too_much_weight_is_429_then_418_with_retry_after() -> None:
    async def story(world: World) -> None:
        client = world.client
        desk = world.facade.desk
        desk.skew_ns = (60_000 - desk.now_ms() % 60_000) * 10**6  # a minute begins
        seen = []
        for _ in range(60):
            error = await raised_by(client.fetch_order_book(SYMBOL))
            if error is not None:
                assert type(error) is ccxt.DDoSProtection
                assert int(client.last_response_headers["Retry-After"]) >= 1
                seen.append(str(error).split()[1])
        assert seen[:3] == ["429"] * 3
        assert set(seen[3:]) == {"418"}
        assert int(client.last_response_headers["X-MBX-USED-WEIGHT-1M"]) > 100

    limits = LimitConfig(weight_a_minute=100, tolerated=3)
    at_venue(story, FacadeConfig(limits=limits))


def test_too_many_orders_are_refused() -> None:
    async def story(world: World) -> None:
        client, desk = world.client, world.facade.desk
        desk.skew_ns = (10_000 - desk.now_ms() % 10_000) * 10**6  # ten seconds begin
        await client.load_time_difference()
        errors = [
            await raised_by(client.create_order(SYMBOL, "limit", "buy", 1, 140 + number))
            for number in range(4)
        ]
        assert type(errors[-1]) is ccxt.DDoSProtection
        assert len(await client.fetch_open_orders(SYMBOL)) <= 3

    at_venue(story, FacadeConfig(limits=LimitConfig(orders_10_s=2)))


def told(code: int, msg: str) -> str:
    """An error body."""
    return orjson.dumps({"code": code, "msg": msg}).decode()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, told(-1003, "Too many requests queued."), ccxt.RateLimitExceeded),
        (400, told(-1015, "Too many new orders."), ccxt.RateLimitExceeded),
        (403, "<html>WAF</html>", ccxt.ExchangeNotAvailable),
        (500, "Internal error", ccxt.ExchangeNotAvailable),
        (502, "<html>Bad gateway</html>", ccxt.ExchangeNotAvailable),
        (503, "Service Unavailable.", ccxt.ExchangeNotAvailable),
        (504, "Gateway timeout", ccxt.RequestTimeout),
        (408, told(-1007, "Timeout waiting for response from backend server."), ccxt.RequestTimeout),
        (500, told(-1001, "Internal error; unable to process your request."), ccxt.OperationFailed),
        (500, told(-1006, "An unexpected response was received."), ccxt.OperationFailed),
        (503, told(-1000, "Unknown error, please check your request."), ccxt.OperationFailed),
        (503, told(-1008, "Server is currently overloaded."), ccxt.OperationFailed),
        (503, told(1, "System is under maintenance."), ccxt.OnMaintenance),
    ],
)
def test_fault_has_its_class_and_only_the_venue_knows_whether_it_took_effect(
    status: int, body: str, error: type[Exception]
) -> None:
    async def story(world: World) -> None:
        client = world.client
        for kind in ("error_before", "error_after"):
            world.arm(kind=kind, where="order.place", status=status, body=body)
            params = {"clientOrderId": kind}
            raised = await raised_by(client.create_order(SYMBOL, "limit", "buy", 1, 140, params))
            assert type(raised) is error
            await resolves(world, kind, is_there=kind == "error_after")

    at_venue(story)


async def resolves(world: World, client_id: str, *, is_there: bool) -> None:
    """Asking by client order id tells whether the order exists."""
    call = world.client.fetch_order(None, SYMBOL, {"origClientOrderId": client_id})
    if is_there:
        assert (await call)["clientOrderId"] == client_id
    else:
        assert type(await raised_by(call)) is ccxt.OrderNotFound


@pytest.mark.parametrize("when", ["before", "after"])
def test_cut_and_held_replies_are_told_apart_only_by_asking(when: str) -> None:
    async def story(world: World) -> None:
        client = world.client
        world.arm(kind=f"cut_{when}", where="order.place")
        params = {"clientOrderId": "cut"}
        raised = await raised_by(client.create_order(SYMBOL, "limit", "buy", 1, 140, params))
        assert type(raised) is ccxt.ExchangeNotAvailable
        await resolves(world, "cut", is_there=when == "after")
        usual, client.timeout = client.timeout, 1_000
        world.arm(kind=f"hold_{when}", where="order.place", seconds=3.0)
        params = {"clientOrderId": "held"}
        raised = await raised_by(client.create_order(SYMBOL, "limit", "buy", 1, 140, params))
        assert type(raised) is ccxt.RequestTimeout
        client.timeout = usual
        await resolves(world, "held", is_there=when == "after")
        exchange = world.wire.exchange
        await until(  # what was held before its effect lands late
            lambda: any(
                exchange.client_word(order.client) == "held"
                for order in exchange.all_orders(world.key.account, MARKET)
            )
        )
        await resolves(world, "held", is_there=True)

    at_venue(story)


def test_reply_lost_on_the_socket_leaves_the_order() -> None:
    async def story(world: World) -> None:
        client = world.client
        world.arm(kind="cut_after", where="order.place")
        params = {"clientOrderId": "lost"}
        raised = await raised_by(client.create_order_ws(SYMBOL, "limit", "buy", 1, 140, params))
        assert isinstance(raised, ccxt.NetworkError)
        await resolves(world, "lost", is_there=True)
        world.arm(kind="error_before", where="order.cancel", status=503, body=told(-1008, "Overloaded."))
        raised = await raised_by(client.cancel_order_ws(None, SYMBOL, {"clientOrderId": "lost"}))
        assert isinstance(raised, ccxt.BaseError)
        assert len(await client.fetch_open_orders(SYMBOL)) == 1

    at_venue(story)


def test_held_request_is_refused_once_its_window_has_passed() -> None:
    async def story(world: World) -> None:
        world.arm(kind="hold_before", where="order.place", seconds=0.3)
        params = {"clientOrderId": "short", "recvWindow": 100}
        raised = await raised_by(world.client.create_order(SYMBOL, "limit", "buy", 1, 140, params))
        assert type(raised) is ccxt.InvalidNonce
        await resolves(world, "short", is_there=False)

    at_venue(story)


def test_success_without_json_is_an_order_without_id() -> None:
    async def story(world: World) -> None:
        world.arm(kind="garbage", where="order.place")
        params = {"clientOrderId": "garbled"}
        order = await world.client.create_order(SYMBOL, "limit", "buy", 1, 140, params)
        assert order["id"] is None
        await resolves(world, "garbled", is_there=True)

    at_venue(story)


def test_fill_may_overtake_a_cancel() -> None:
    async def story(world: World) -> None:
        client = world.client
        bid, _ = world.best()
        placed = await client.create_order(SYMBOL, "limit", "buy", 1, bid + 0.01)
        world.arm(kind="hold_before", where="order.cancel", seconds=1.5)
        cancel = asyncio.ensure_future(raised_by(client.cancel_order(placed["id"], SYMBOL)))
        await until(lambda: world.struck() == ["hold_before"])
        world.take(Side.SELL, 1_000)
        assert type(await cancel) is ccxt.OrderNotFound
        assert (await client.fetch_order(placed["id"], SYMBOL))["status"] == "closed"

    at_venue(story)


def test_ban_refuses_everything_for_a_while() -> None:
    async def story(world: World) -> None:
        desk = world.facade.desk
        desk.limits.ban(desk.now_ms(), 1.5)
        assert type(await raised_by(world.client.fetch_balance())) is ccxt.DDoSProtection
        await asyncio.sleep(1.6)
        assert (await world.client.fetch_balance())["SOL"]["total"] == 500

    at_venue(story)
