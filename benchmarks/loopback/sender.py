"""The sender: a small venue on a socket of this machine that sends at a pace and never waits.

A frame is put on the transport without waiting for the reader, so that a slow reader cannot
slow the pace down and hide its own delay (coordinated omission).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from aiohttp import WSMsgType, web

from benchmarks.loopback.books import MOST_LOTS, PRICES, SIZES, VERSIONS, Draws, TrueBook, changed
from benchmarks.loopback.dialects import DIALECTS
from benchmarks.loopback.log import DROPPED, LATE, LOG, STATE_FILE, TWICE, UNHEARD, WRITTEN, write_log
from benchmarks.loopback.plan import DEPTH, FIRST_MS, PRINT, LoadPlan
from tools.domain.clock import Stopwatch
from tools.domain.market import NANOS

STEP_S = 0.001  # between two looks at what is due
Draw = tuple[int, int, int, int]  # symbol, kind, lots, fault
FAULTS = ("drop", "duplicate", "reorder", "disconnect", "freeze")


@dataclass(eq=False, slots=True)
class Follower:
    """A connection that streams are sent to."""

    transport: asyncio.Transport
    is_frozen: bool = False


@dataclass(slots=True)
class SenderState:
    """What happened beside the messages; ``frames`` counts those written, one for each connection."""

    made: int = 0
    frames: int = 0
    bytes: int = 0
    accepted: int = 0
    books: int = 0
    most_unread: int = 0  # bytes that waited for a reader at the worst moment
    late_p99_ms: float = 0.0  # of writing behind the pace
    faults: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FAULTS, 0))


class Sender:
    """Sends what ``plan`` says once every stream has a follower.

    Attributes:
        over: Set when everything has been sent.
    """

    def __init__(self, plan: LoadPlan, stopwatch: Stopwatch) -> None:
        self.plan = plan
        self.state = SenderState()
        self._dialect = DIALECTS[plan.venue]
        self.over = asyncio.Event()
        self.log = np.zeros(plan.messages, LOG)
        rng = np.random.default_rng(plan.seed)
        self.books = [TrueBook.opened(rng) for _ in plan.names]
        self._stopwatch = stopwatch
        self._rng = rng
        self._draws = Draws(rng, plan.levels)
        self._streams: dict[tuple[int, int], list[Follower]] = defaultdict(list)
        self._is_followed = asyncio.Event()
        self._held: dict[tuple[int, int], tuple[int, bytes]] = {}
        self._is_calm = False

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [
            web.get(self._dialect.path, self._serve),
            web.get("/api/v3/depth", self._book),
            web.get("/over", self._tell_over),
        ]

    async def run(self) -> None:
        """Wait for followers, then send to the end."""
        await self._is_followed.wait()
        plan, start = self.plan, self._stopwatch.elapsed()
        calm_from = int((plan.seconds - plan.calm_s) * plan.rate)
        n, pending = 0, self._drawn()
        while n < plan.messages:
            due = int((self._stopwatch.elapsed() - start) / NANOS * plan.rate) + 1
            for number in range(n, min(due, plan.messages)):
                if number % 2048 == 0 and number:
                    pending = self._drawn()
                if number == calm_from:
                    self._calm()
                self.log["ts_due"][number] = start + int(number / plan.rate * NANOS)
                self._make(number, *next(pending))
            n = max(n, min(due, plan.messages))
            await asyncio.sleep(STEP_S)
        self._calm()
        self.state.made = n
        self.over.set()

    def write(self, folder: Path) -> None:
        """Keep the log, the state and the true books."""
        written = self.log[self.log["ts_sent"] > 0]
        if len(written):
            late = written["ts_sent"] - written["ts_due"]
            self.state.late_p99_ms = float(np.percentile(late, 99)) / 1e6
        write_log(folder, self.log[: self.state.made])
        books = {
            name: [sorted(side.items()) for side in book.levels()]
            for name, book in zip(self.plan.names, self.books, strict=True)
        }
        told = {"state": asdict(self.state), "plan": asdict(self.plan), "books": books}
        (folder / STATE_FILE).write_bytes(msgspec.json.encode(told))

    def _drawn(self) -> Iterator[Draw]:
        plan, rng, n = self.plan, self._rng, 2048
        symbols = rng.integers(0, plan.symbols, n).tolist()
        kinds = (rng.random(n) < plan.trade_share).astype(int).tolist()
        lots = rng.integers(1, MOST_LOTS, n).tolist()
        edges = np.cumsum([getattr(plan.chances, name) for name in FAULTS])
        fates = np.searchsorted(edges, rng.random(n), side="right").tolist()
        return zip(symbols, kinds, lots, fates, strict=True)

    def _make(self, number: int, symbol: int, kind: int, lots: int, fate: int) -> None:
        book, name, ms = self.books[symbol], self.plan.names[symbol], FIRST_MS + number
        if kind == DEPTH:
            sides = changed(book, self._draws.change())
            book.number = number
            data = self._dialect.depth(name, book.last - VERSIONS + 1, book.last, ms, sides)
        else:
            book.trade += 1
            price, size = PRICES[1 - lots % 2][lots % 7], SIZES[lots]
            data = self._dialect.trade(name, book.trade, ms, price, size, sold=lots % 2 == 1)
        row = self.log[number]
        row["symbol"], row["kind"], row["last"] = symbol, kind, book.last if kind == DEPTH else book.trade
        is_spared = self._is_calm or fate == len(FAULTS)
        self._send(number, (symbol, kind), data, "" if is_spared else FAULTS[fate])
        self.state.made = number + 1

    def _send(self, number: int, stream: tuple[int, int], data: bytes, fault: str) -> None:
        if fault in ("disconnect", "freeze"):
            fault = self._break(stream, fault)
        if fault == "reorder" and stream not in self._held:
            self._held[stream] = (number, data)
            self.state.faults[fault] += 1
            return
        if fault == "drop":
            self.log["fate"][number] |= DROPPED
        else:
            self._write(number, stream, data)
        if fault == "duplicate":
            self._write(number, stream, data)
            self.log["fate"][number] |= TWICE
        if fault in ("drop", "duplicate"):
            self.state.faults[fault] += 1
        held = self._held.pop(stream, None)
        if held is not None:
            self._write(held[0], stream, held[1])
            self.log["fate"][held[0]] |= LATE

    def _write(self, number: int, stream: tuple[int, int], data: bytes) -> None:
        heard = [one for one in self._streams[stream] if not one.is_frozen]
        row = self.log[number]
        if row["ts_sent"] == 0:
            row["ts_sent"] = self._stopwatch.elapsed()
        row["fate"] |= WRITTEN if heard else UNHEARD
        for follower in heard:
            follower.transport.write(data)
            self.state.frames += 1
            self.state.bytes += len(data)
        if number % 256 == 0 and heard:
            unread = max(one.transport.get_write_buffer_size() for one in heard)
            self.state.most_unread = max(self.state.most_unread, unread)

    def _break(self, stream: tuple[int, int], fault: str) -> str:
        """Cut or freeze the connection of ``stream``; nothing where it has none that is well."""
        for follower in self._streams[stream]:
            if not follower.is_frozen:
                self.state.faults[fault] += 1
                if fault == "freeze":
                    follower.is_frozen = True
                else:
                    follower.transport.abort()
                    self._forget(follower)
                return fault
        return ""

    def _calm(self) -> None:
        self._is_calm = True
        for stream in list(self._held):
            number, data = self._held.pop(stream)
            self._write(number, stream, data)
            self.log["fate"][number] |= LATE

    def _forget(self, follower: Follower) -> None:
        for followers in self._streams.values():
            if follower in followers:
                followers.remove(follower)

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(autoping=False, compress=False)
        await ws.prepare(request)
        assert isinstance(request.transport, asyncio.Transport)
        follower = Follower(request.transport)
        self.state.accepted += 1
        try:
            async for message in ws:
                if follower.is_frozen:
                    continue
                if message.type is WSMsgType.PING:
                    await ws.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    asked = msgspec.json.decode(message.data)
                    await ws.send_json(self._dialect.answer(asked))
                    self._follow(follower, asked.get("params") or [])
        finally:
            self._forget(follower)
        return ws

    def _follow(self, follower: Follower, channels: list[str]) -> None:
        for channel in channels:
            name, is_trades = self._dialect.stream(channel)
            self._streams[self.plan.names.index(name), PRINT if is_trades else DEPTH].append(follower)
        if sum(1 for followers in self._streams.values() if followers) == 2 * self.plan.symbols:
            self._is_followed.set()

    async def _book(self, request: web.Request) -> web.Response:
        book = self.books[self.plan.names.index(request.query["symbol"])]
        self.state.books += 1
        return web.Response(body=book.told(FIRST_MS + book.number), content_type="application/json")

    async def _tell_over(self, _: web.Request) -> web.Response:
        await self.over.wait()
        return web.json_response({"made": self.state.made})
