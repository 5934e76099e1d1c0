"""The wire itself: frames, acknowledgements, numbering, pings and limits of the Binance facade."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import pytest

from tests.support.binance_venue import MARKET, World, at_venue, until
from tests.support.sources import ROOT
from venue.binance.facade import FacadeConfig
from venue.serving.keys import sign
from venue.serving.session import SocketConfig

Story = Callable[[World, aiohttp.ClientSession], Coroutine[Any, Any, None]]
DEPTH = "solusdt@depth@100ms"


def on_the_wire(story: Story, config: FacadeConfig | None = None) -> None:
    """Run a story with a plain HTTP client."""

    async def told(world: World) -> None:
        async with aiohttp.ClientSession() as http:
            await story(world, http)

    at_venue(told, config)


async def dial(world: World, http: aiohttp.ClientSession, path: str, **options: Any) -> Any:
    """An open socket."""
    return await http.ws_connect(f"ws://{world.facade.address}{path}", **options)


async def ask(socket: Any, method: str, *params: Any) -> Any:
    """The answer to one message."""
    await socket.send_json({"method": method, "params": list(params), "id": 7})
    while True:
        told = await socket.receive_json()
        if "id" in told:
            return told


async def signed(world: World, http: aiohttp.ClientSession, verb: str, path: str, **params: Any) -> Any:
    """Status and body of a signed request."""
    pairs = [f"{name}={value}" for name, value in params.items()]
    query = "&".join([*pairs, f"timestamp={world.facade.desk.now_ms()}"])
    url = f"http://{world.facade.address}{path}?{query}&signature={sign(world.key.secret, query)}"
    async with http.request(verb, url, headers={"X-MBX-APIKEY": world.key.key}) as reply:
        return reply.status, await reply.json()


def test_subscriptions_are_acknowledged_listed_and_ended() -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        socket = await dial(world, http, "/ws")
        assert await ask(socket, "SUBSCRIBE", DEPTH, "btcusdt@trade") == {"result": None, "id": 7}
        assert (await ask(socket, "LIST_SUBSCRIPTIONS"))["result"] == [DEPTH, "btcusdt@trade"]
        assert await ask(socket, "UNSUBSCRIBE", DEPTH) == {"result": None, "id": 7}
        assert (await ask(socket, "LIST_SUBSCRIPTIONS"))["result"] == ["btcusdt@trade"]

    on_the_wire(story)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"method": "SUBSCRIBE", "params": ["nope@depth"], "id": 7}, 2),
        ({"method": "SUBSCRIBE", "params": ["solusdt@depth@5ms"], "id": 7}, 2),
        ({"method": "SUBSCRIBE", "params": "solusdt@depth", "id": 7}, 2),
        ({"method": "SHOUT", "params": [], "id": 7}, 2),
        ({"method": "SET_PROPERTY", "params": ["colour", True], "id": 7}, 0),
    ],
)
def test_senseless_messages_are_answered_with_an_error(message: dict[str, Any], code: int) -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        socket = await dial(world, http, "/ws")
        await socket.send_json(message)
        told = await socket.receive_json()
        assert (told["error"]["code"], told["id"]) == (code, 7)
        await socket.send_str("{")
        assert (await socket.receive_json())["error"]["code"] == 3

    on_the_wire(story)


def test_streams_in_the_url_come_bare_or_wrapped() -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        bare = await dial(world, http, "/ws/solusdt@depth5@100ms")
        told = await bare.receive_json()
        book = world.wire.exchange.book(MARKET, 5)
        words = world.facade.desk.markets[0].words
        assert told == {
            "lastUpdateId": book.update_id,
            "bids": words.levels(book.bids),
            "asks": words.levels(book.asks),
        }
        wrapped = await dial(world, http, "/stream?streams=solusdt@depth5@100ms/solusdt@bookTicker")
        told = await wrapped.receive_json()
        assert told["stream"] == "solusdt@depth5@100ms"
        assert told["data"]["bids"] == words.levels(book.bids)

    on_the_wire(story)


@pytest.mark.parametrize("speed", ["10ms", "100ms"])
def test_depth_events_follow_on_each_other_and_end_in_the_engine_s_book(speed: str) -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        socket = await dial(world, http, f"/ws/solusdt@depth@{speed}")
        await until(lambda: bool(world.facade.feeds._depths.get(0)))
        async with http.get(
            f"http://{world.facade.address}/api/v3/depth?symbol={MARKET}&limit=5000"
        ) as reply:
            snapshot = await reply.json()
        await world.trade_at_random(200)
        sides = {name: dict(snapshot[name]) for name in ("bids", "asks")}
        last = snapshot["lastUpdateId"]
        n_events = 0
        while last < world.wire.exchange.book(MARKET, 1).update_id:
            event = await socket.receive_json()
            assert event["U"] == last + 1 <= event["u"]
            last = event["u"]
            n_events += 1
            for name, letter in (("bids", "b"), ("asks", "a")):
                sides[name].update(event[letter])
        book = world.wire.exchange.book(MARKET, 5_000)
        words = world.facade.desk.markets[0].words
        for name, levels in (("bids", book.bids), ("asks", book.asks)):
            mine = {price: size for price, size in sides[name].items() if float(size)}
            assert mine == dict(words.levels(levels))
        assert n_events > (20 if speed == "10ms" else 2)

    on_the_wire(story)


def test_aggregates_and_best_prices_agree_with_rest() -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        socket = await dial(world, http, "/stream?streams=solusdt@aggTrade/solusdt@bookTicker")
        await until(lambda: len(world.facade.feeds._listeners) == 2)
        for _ in range(200):
            world.flow.step()
        base = f"http://{world.facade.address}/api/v3"
        async with http.get(f"{base}/aggTrades?symbol={MARKET}&limit=1000") as reply:
            expected = await reply.json()
        async with http.get(f"{base}/ticker/bookTicker?symbol={MARKET}") as reply:
            top = await reply.json()
        heard: list[dict[str, Any]] = []
        best: dict[str, Any] = {}
        keys = ("a", "p", "q", "f", "l", "T", "m", "M")
        while len(heard) < len(expected) or best.get("a") != top["askPrice"] or best["b"] != top["bidPrice"]:
            told = await socket.receive_json()
            if told["stream"].endswith("aggTrade"):
                heard.append({key: told["data"][key] for key in keys})
            else:
                best = told["data"]
        assert heard == expected
        assert sum(one["l"] - one["f"] + 1 for one in heard) == len(
            world.facade.desk.markets[0].prints.trades
        )

    on_the_wire(story)


def test_silent_client_is_pinged_and_cut_off() -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        socket = await dial(world, http, "/ws", autoping=False)
        message = await socket.receive()
        assert message.type == aiohttp.WSMsgType.PING
        assert abs(int(message.data) - world.facade.desk.now_ms()) < 1_000
        await until(lambda: not world.facade.sockets.open)

    on_the_wire(story, FacadeConfig(sockets=SocketConfig(ping_s=0.05, pong_s=0.2)))


def test_slow_reader_is_cut_off() -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        socket = await dial(world, http, "/ws/solusdt@bookTicker")
        await until(lambda: bool(world.facade.feeds._listeners))
        (session,) = world.facade.sockets.open
        for _ in range(102):
            session.push("solusdt@bookTicker", b"{}")
        assert (await socket.receive()).type == aiohttp.WSMsgType.CLOSE
        assert socket.close_code == 1008
        await until(lambda: not world.facade.feeds._listeners)

    on_the_wire(story, FacadeConfig(sockets=SocketConfig(most_queued=100)))


def test_talkative_client_is_cut_off() -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        socket = await dial(world, http, "/ws")
        for number in range(12):
            await socket.send_json({"method": "LIST_SUBSCRIPTIONS", "id": number})
        while (message := await socket.receive()).type == aiohttp.WSMsgType.TEXT:
            pass
        assert message.type == aiohttp.WSMsgType.CLOSE
        assert socket.close_code == 1008

    on_the_wire(story)


def test_dead_and_unknown_endpoints_say_so() -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        base = f"http://{world.facade.address}/api/v3"
        headers = {"X-MBX-APIKEY": world.key.key}
        async with http.post(f"{base}/userDataStream", headers=headers) as reply:
            assert reply.status == 410
        async with http.post(f"{base}/userDataStream") as reply:
            assert (reply.status, (await reply.json())["code"]) == (401, -2014)
        async with http.get(f"{base}/nothing") as reply:
            assert reply.status == 404

    on_the_wire(story)


def test_order_test_checks_and_places_nothing() -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        order = {"symbol": MARKET, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "140"}
        path = "/api/v3/order/test"
        assert await signed(world, http, "POST", path, **order, quantity="1") == (200, {})
        status, told = await signed(world, http, "POST", path, **order, quantity="0.001")
        assert (status, told) == (400, {"code": -1013, "msg": "Filter failure: NOTIONAL"})
        assert await signed(world, http, "GET", "/api/v3/allOrders", symbol=MARKET) == (200, [])
        status, rights = await signed(world, http, "GET", "/sapi/v1/account/apiRestrictions")
        assert (status, rights["enableWithdrawals"]) == (200, False)

    on_the_wire(story)


def test_other_door_arms_faults_and_moves_the_clock() -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        door = f"http://{world.facade.control_address}"
        base = f"http://{world.facade.address}/api/v3"
        async with http.post(f"{door}/faults", json={"kind": "error_before", "where": "time"}) as reply:
            assert reply.status == 200
        async with http.get(f"{base}/time") as reply:
            assert reply.status == 503
        async with http.get(f"{door}/faults") as reply:
            assert (await reply.json())["struck"] == [["error_before", "time"]]
        async with http.post(f"{door}/faults", json={"kind": "melt"}) as reply:
            assert reply.status == 400
            assert "kind must be one of" in (await reply.json())["error"]
        before = world.facade.desk.now_ms()
        await http.post(f"{door}/skew", json={"ms": 3_600_000})
        assert world.facade.desk.now_ms() - before >= 3_600_000
        await http.post(f"{door}/halt", json={"symbol": MARKET})
        async with http.get(f"{base}/exchangeInfo?symbol={MARKET}") as reply:
            assert (await reply.json())["symbols"][0]["status"] == "HALT"
        await http.post(f"{door}/deposit", json={"account": world.key.account, "asset": "SOL", "amount": "1"})
        assert world.wire.exchange.balances(world.key.account)["SOL"][0] == 501 * 10**8
        await http.post(f"{door}/ban", json={"seconds": 60})
        async with http.get(f"{base}/time") as reply:
            assert (reply.status, reply.headers["Retry-After"]) == (418, "60")

    on_the_wire(story)


def test_demo_says_where_it_serves() -> None:
    command = [sys.executable, "-m", "venue.binance", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(90) == 0
        finally:
            process.kill()
    assert told["binance"].startswith("http://127.0.0.1:")
    assert told["symbols"] == ["SOLUSDT", "BTCUSDT"]
    assert {"api_key", "secret", "stream", "ws_api", "control"} <= set(told)
