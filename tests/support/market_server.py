"""A small venue on a socket of this machine: it keeps true books and tells them as badly as a test wants."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
import numpy as np
from aiohttp import WSMsgType, web

from tests.support.wires import Level, binance_depth, binance_trade, book_body, mexc_deals, mexc_depth
from tools.domain.clock import SystemClock, SystemStopwatch
from tools.market.endpoints import endpoint_of
from tools.market.events import BOOK, PRINT, RESET, Events
from tools.market.feed import Feed
from tools.market.streams import StreamConfig

Levels = dict[tuple[int, int], int]
OPENING: Levels = {(1, 100): 5, (1, 99): 7, (-1, 102): 5, (-1, 103): 7}
SWIFT = StreamConfig(
    dial_s=60,
    silence_s=60,
    quiet_s=60,
    ping_s=0.05,
    planned_s=3600,
    backoff_s=0.02,
    most_backoff_s=0.1,
    settled_s=60,
    retry_s=0.01,
)


class MarketServer:
    """Speaks Binance or MEXC just enough; ``move`` changes a book and says so, unless told otherwise.

    Attributes:
        sent: Frames written to each symbol's followers, those sent twice counted twice.
        asked: Books that were asked for.
        dials: Connections that were accepted.
        stale: How many versions too old the next books are, one number a book.
        failures: HTTP statuses that the next books are refused with.
        answered: Pings of ours that were answered.
        is_frozen: Nothing is answered any more, the sockets stay open.
    """

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.sent = 0
        self.asked = 0
        self.dials = 0
        self.pings = 0
        self.answered = 0
        self.stale: list[int] = []
        self.failures: list[int] = []
        self.is_frozen = False
        self.per_connection: list[int] = []
        self.versions: dict[str, list[Levels]] = defaultdict(lambda: [dict(OPENING)])
        self._trade_id: dict[str, int] = defaultdict(int)
        self._followers: dict[str, list[web.WebSocketResponse]] = defaultdict(list)
        self._url = ""

    @property
    def base_url(self) -> str:
        return self._url

    def book(self, symbol: str) -> Levels:
        return self.versions[symbol][-1]

    def followers(self, symbol: str) -> int:
        return len(self._followers[symbol])

    async def move(self, symbol: str, *changes: Level, times: int = 1, at_once: bool = True) -> bytes:
        """Change the book, one version a change; the frame is sent ``times`` times, which may be none."""
        first = len(self.versions[symbol])
        told: Levels = {}
        for side, price, size in changes:
            book = {**self.book(symbol), (side, price): size}
            self.versions[symbol].append({level: left for level, left in book.items() if left})
            told[side, price] = size
        encode = binance_depth if self.dialect == "binance" else mexc_depth
        levels = [(side, price, size) for (side, price), size in told.items()]
        last = len(self.versions[symbol]) - 1
        frame = encode(symbol, first, last, levels, ms=1_700_000_000_000 + last)
        if at_once:
            for _ in range(times):
                await self.send(symbol, frame)
        return frame

    async def trade(self, symbol: str, side: int, price: int, size: int, *, times: int = 1) -> None:
        self._trade_id[symbol] += 1
        number = self._trade_id[symbol]
        ms = 1_700_000_000_000 + number
        if self.dialect == "binance":
            frame = binance_trade(symbol, number, price, size, sold=side < 0, ms=ms)
        else:
            frame = mexc_deals(symbol, [(side, price, size)], ms=ms)
        for _ in range(times):
            await self.send(symbol, frame)

    async def send(self, symbol: str, frame: bytes) -> None:
        for follower in list(self._followers[symbol]):
            self.sent += 1
            if self.dialect == "binance" or frame[:1] == b"{":
                await follower.send_str(frame.decode("utf-8", "replace"))
            else:
                await follower.send_bytes(frame)

    async def heard(self, symbol: str) -> None:
        """Wait until the followers have read all that was sent: they answer a ping in its turn."""
        expected = self.answered + len(self._followers[symbol])
        for follower in self._followers[symbol]:
            await follower.ping()
        await until(lambda: self.answered >= expected)

    def cut(self) -> None:
        """Break every connection as a dying machine would."""
        for followers in self._followers.values():
            for follower in followers:
                request = follower._req
                assert request is not None
                if request.transport is not None:
                    request.transport.abort()

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        self.dials += 1
        try:
            async for message in ws:
                if self.is_frozen:
                    continue
                if message.type is WSMsgType.PING:
                    self.pings += 1
                    await ws.pong(message.data)
                elif message.type is WSMsgType.PONG:
                    self.answered += 1
                elif message.type is WSMsgType.TEXT:
                    await self._answer(ws, msgspec.json.decode(message.data))
        finally:
            for followers in self._followers.values():
                if ws in followers:
                    followers.remove(ws)
        return ws

    async def _answer(self, ws: web.WebSocketResponse, asked: dict[str, object]) -> None:
        if asked["method"] == "ping":
            self.pings += 1
            await ws.send_json({"id": 0, "code": 0, "msg": "PONG"})
            return
        channels = asked["params"]
        assert isinstance(channels, list)
        self.per_connection.append(len(channels))
        is_binance = self.dialect == "binance"
        names = {
            name.partition("@")[0].upper() if is_binance else name.rpartition("@")[2] for name in channels
        }
        for name in names:
            self._followers[name].append(ws)
        await ws.send_json(
            {"result": None, "id": asked["id"]}
            if is_binance
            else {"id": 0, "code": 0, "msg": ",".join(channels)}
        )

    async def _depth(self, request: web.Request) -> web.Response:
        self.asked += 1
        symbol = request.query["symbol"]
        if symbol.startswith("NONE"):
            return web.json_response({"code": -1121, "msg": "Invalid symbol."}, status=400)
        if self.failures:
            status = self.failures.pop(0)
            return web.Response(status=status, text="no", headers={"Retry-After": "0"})
        versions = self.versions[symbol]
        last = max(0, len(versions) - 1 - (self.stale.pop(0) if self.stale else 0))
        return web.Response(body=book_body(last, versions[last]), content_type="application/json")

    @asynccontextmanager
    async def running(self) -> AsyncIterator["MarketServer"]:
        app = web.Application()
        stream = "/stream/ws/{number}" if self.dialect == "binance" else "/ws"
        app.add_routes([web.get(stream, self._stream), web.get("/api/v3/depth", self._depth)])
        runner = web.AppRunner(app, shutdown_timeout=0.01)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self._url = f"http://{host}:{port}"
        try:
            yield self
        finally:
            self.cut()
            await runner.cleanup()


class Watcher:
    """Believes what a feed hands out, as a trader would, and never looks at a book between messages."""

    def __init__(self) -> None:
        self.events: dict[str, list[Events]] = defaultdict(list)
        self.ids: dict[str, list[int]] = defaultdict(list)
        self.books: dict[str, Levels] = defaultdict(dict)
        self.crossed = 0
        self.resets = 0

    async def follow(self, feed: Feed) -> None:
        async for batch in feed.batches():
            self.events[batch.symbol].append(batch.events)
            self.ids[batch.symbol].extend(batch.ids)
            self.books[batch.symbol] = self._apply(self.books[batch.symbol], batch.events)

    def _apply(self, book: Levels, events: Events) -> Levels:
        for row in events[events["kind"] == BOOK]:
            if row["flags"] & RESET:
                book = {}
                self.resets += 1
            book = {**book, (int(row["side"]), int(row["price"])): int(row["size"])}
            book = {level: size for level, size in book.items() if size}
            if row["flags"] & 4:
                bids, asks = ([price for side, price in book if side == own] for own in (1, -1))
                self.crossed += bool(bids and asks and max(bids) >= min(asks))
        return book

    def all_events(self, symbol: str) -> Events:
        return np.concatenate(self.events[symbol])

    def prints(self, symbol: str) -> Events:
        events = self.all_events(symbol)
        prints: Events = events[events["kind"] == PRINT]
        return prints


async def until(claim: Callable[[], bool], seconds: float = 600.0) -> None:
    """Wait until ``claim`` holds; failing to is the test's failure."""
    async with asyncio.timeout(seconds):
        while not claim():
            await asyncio.sleep(0.002)


@asynccontextmanager
async def watched(
    server: MarketServer, *symbols: str, config: StreamConfig = SWIFT, most_pending: int = 1 << 20
) -> AsyncIterator[tuple[Feed, Watcher]]:
    """A feed of ``server`` and somebody who watches it, both ended in good order."""
    feed = Feed(
        endpoint_of(server.dialect, server.base_url),
        symbols or ("AUSDT",),
        clock=SystemClock(),
        stopwatch=SystemStopwatch(),
        rng=np.random.default_rng(7),
        config=config,
        most_pending=most_pending,
    )
    watcher = Watcher()
    async with feed:
        following = asyncio.create_task(watcher.follow(feed))
        try:
            yield feed, watcher
            feed.stop()
            await following
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
