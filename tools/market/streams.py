"""One connection to a venue's streams: subscribe, read, watch for silence, dial again.

The reader does nothing but parse and hand on. A socket that is open and says nothing looks
healthy to the operating system, so the connection measures silence itself, on the monotonic
clock, and leaves a socket that has gone quiet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import aiohttp
import numpy as np

from tools.domain.clock import Stopwatch
from tools.domain.market import NANOS
from tools.market.lines import SymbolLine
from tools.market.wire.messages import Ack, Depth, Fault, Message, Pong, Prints, Refusal, Wire

MOST_FRAME = 16 << 20  # bytes
MOST_FAULTS = 20  # malformed frames in a row after which the connection is given up
DATA = (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)
ENDED = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamConfig:
    """How patient a connection is; seconds.

    Attributes:
        dial_s: For the handshake, and then for the venue's first sign of accepting.
        silence_s: Without any frame, not even an answer to a ping: the socket is frozen.
        quiet_s: Without market data although pings are answered: the stream is frozen.
        ping_s: Between two pings.
        planned_s: Connections are renewed before the venue cuts them at 24 hours.
        backoff_s: Before the second attempt; doubles with each further one.
        most_backoff_s: Longest wait between attempts.
        settled_s: A connection that lived as long starts the backoff anew.
        retry_s: Before a book is asked for again; doubles up to ``most_backoff_s``.
    """

    dial_s: float = 10.0
    silence_s: float = 20.0
    quiet_s: float = 120.0
    ping_s: float = 8.0
    planned_s: float = 23 * 3600.0
    backoff_s: float = 0.5
    most_backoff_s: float = 30.0
    settled_s: float = 30.0
    retry_s: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a patience that cannot be had."""
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                raise ValueError(f"{field.name} must be positive, was {getattr(self, field.name)}")


@dataclass(slots=True)
class StreamCounts:
    """What came in: messages = depths + prints + acks + pongs + refusals + others + malformed."""

    messages: int = 0
    bytes: int = 0
    depths: int = 0
    prints: int = 0
    acks: int = 0
    pongs: int = 0
    refusals: int = 0
    others: int = 0
    malformed: int = 0
    dials: int = 0
    connects: int = 0
    losses: int = 0  # connections that ended unasked
    stale: int = 0  # of these, left because nothing came
    planned: int = 0  # renewed in good time


class ConnectionLost(Exception):
    """The connection is of no use any more; the reason is for the log."""


class Connection:
    """Keeps one subscription alive until it is cancelled."""

    def __init__(
        self,
        url: str,
        wire: Wire,
        lines: Mapping[str, SymbolLine],
        http: aiohttp.ClientSession,
        *,
        config: StreamConfig,
        stopwatch: Stopwatch,
        rng: np.random.Generator,
        counts: StreamCounts,
        changed: Callable[[SymbolLine], None],
        complain: Callable[[str], None],
    ) -> None:
        self._url = url
        self._wire = wire
        self._lines = lines
        self._channels = [channel for symbol in lines for channel in wire.channels(symbol)]
        self._http = http
        self._config = config
        self._stopwatch = stopwatch
        self._rng = rng
        self._counts = counts
        self._changed = changed
        self._complain = complain
        self._is_accepted = False
        self._faults_in_a_row = 0
        self._ts_heard = self._ts_data = self._ts_open = 0

    async def run(self) -> None:
        """Dial, read, and dial again; ends only by being cancelled or by an unforeseen error."""
        failures = 0
        while True:
            began = self._stopwatch.elapsed()
            is_planned = False
            try:
                is_planned = await self._once()
            except (ConnectionLost, aiohttp.ClientError, OSError, TimeoutError) as error:
                self._complain(f"{self._url}: {str(error) or type(error).__name__}")
            finally:
                self._lose()
            if is_planned:
                self._counts.planned += 1
                continue
            self._counts.losses += 1
            has_settled = self._stopwatch.elapsed() - began >= self._config.settled_s * NANOS
            failures = 0 if has_settled else failures + 1
            await asyncio.sleep(self._backoff_s(failures))

    async def _once(self) -> bool:
        """One connection from dialling to its end; True when it ended because its time had come."""
        self._counts.dials += 1
        patience = aiohttp.ClientWSTimeout(ws_close=min(1.0, self._config.dial_s))
        dial = self._http.ws_connect(
            self._url, autoping=False, max_msg_size=MOST_FRAME, decode_text=False, timeout=patience
        )
        async with asyncio.timeout(self._config.dial_s):
            ws = await dial
        self._counts.connects += 1
        self._ts_open = self._ts_heard = self._ts_data = self._stopwatch.elapsed()
        self._is_accepted, self._faults_in_a_row = False, 0
        tasks = [asyncio.create_task(self._read(ws)), asyncio.create_task(self._watch(ws))]
        try:
            await ws.send_str(self._wire.subscribe(self._channels, 1))
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            results = [task.result() for task in done]  # every one: a second error must not go unseen
            return any(results)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await ws.close()

    async def _read(self, ws: aiohttp.ClientWebSocketResponse[bool]) -> bool:
        while True:
            frame = await ws.receive()
            self._ts_heard = self._stopwatch.elapsed()
            if frame.type in DATA:
                self._take(frame.data)
            elif frame.type is aiohttp.WSMsgType.PING:
                await ws.pong(frame.data)
            elif frame.type in ENDED:
                raise ConnectionLost(f"closed by the venue, code {ws.close_code}")
            elif frame.type is aiohttp.WSMsgType.ERROR:
                raise ConnectionLost(f"broken: {ws.exception()}")

    async def _watch(self, ws: aiohttp.ClientWebSocketResponse[bool]) -> bool:
        """Ping, and judge the silence; returns True when the connection is to be renewed."""
        config = self._config
        step = min(config.ping_s, config.silence_s / 4, config.quiet_s / 4, config.planned_s / 4)
        ts_pinged = self._stopwatch.elapsed()
        while True:
            await asyncio.sleep(step)
            now = self._stopwatch.elapsed()
            if now - self._ts_open >= config.planned_s * NANOS:
                return True
            self._judge(now)
            if now - ts_pinged >= config.ping_s * NANOS:
                ts_pinged = now
                await self._ping(ws)

    def _judge(self, now: int) -> None:
        config = self._config
        if not self._is_accepted and now - self._ts_open > config.dial_s * NANOS:
            raise ConnectionLost(f"the subscription was not accepted within {config.dial_s:g} s")
        for since, limit, what in (
            (self._ts_heard, config.silence_s, "any frame"),
            (self._ts_data, config.quiet_s, "market data"),
        ):
            if now - since > limit * NANOS:
                self._counts.stale += 1
                raise ConnectionLost(f"{limit:g} s without {what}")

    async def _ping(self, ws: aiohttp.ClientWebSocketResponse[bool]) -> None:
        text = self._wire.ping()
        # a peer that reads nothing must not hold the watch up, or nobody would see that it is frozen
        async with asyncio.timeout(self._config.silence_s):
            await (ws.ping() if text is None else ws.send_str(text))

    def _take(self, data: bytes) -> None:
        self._counts.messages += 1
        self._counts.bytes += len(data)
        message = self._wire.parse(data)
        kind = type(message)
        if kind is Depth or kind is Prints:
            self._take_data(message)
        else:
            self._take_answer(message)

    def _take_data(self, message: Message) -> None:
        assert isinstance(message, Depth | Prints)  # noqa: S101 (tells the type checker what the caller knows)
        self._faults_in_a_row = 0
        line = self._lines.get(message.symbol)
        if line is None:
            self._counts.others += 1
            return
        self._ts_data = self._ts_heard
        self._is_accepted = True
        line.is_live = True
        if isinstance(message, Depth):
            self._counts.depths += 1
            line.on_depth(message)
        else:
            self._counts.prints += 1
            line.on_prints(message)
        self._changed(line)

    def _take_answer(self, message: Message) -> None:
        counts = self._counts
        if isinstance(message, Fault):
            counts.malformed += 1
            self._faults_in_a_row += 1
            self._complain(f"{self._url}: malformed frame: {message.what}: {message.sample}")
            if self._faults_in_a_row >= MOST_FAULTS:
                raise ConnectionLost(f"{MOST_FAULTS} malformed frames in a row")
        elif isinstance(message, Ack):
            counts.acks += 1
            self._accept()
        elif isinstance(message, Refusal):
            counts.refusals += 1
            raise ConnectionLost(f"refused: {message.reason}")
        elif isinstance(message, Pong):
            counts.pongs += 1
        else:
            counts.others += 1

    def _accept(self) -> None:
        self._is_accepted = True
        for line in self._lines.values():
            line.is_live = True
            self._changed(line)

    def _lose(self) -> None:
        for line in self._lines.values():
            line.on_lost()
            self._changed(line)

    def _backoff_s(self, failures: int) -> float:
        longest = min(
            self._config.most_backoff_s, self._config.backoff_s * 2.0 ** min(max(failures - 1, 0), 30)
        )
        return float(longest * (0.5 + 0.5 * self._rng.random()))
