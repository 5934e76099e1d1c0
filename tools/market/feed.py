"""Live market data of one venue: several connections, one snapshot lane, batches of events a symbol.

What it hands out is what a recording holds, so everything downstream is the same live and
replayed. It keeps running whatever comes in; only a symbol that does not exist, or a fault
of its own, ends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from types import TracebackType

import aiohttp
import numpy as np

from tools.domain.clock import Clock, Stopwatch
from tools.domain.errors import BadUsage
from tools.market.decode import warm_decoders
from tools.market.endpoints import Endpoint
from tools.market.instruments import split_symbol
from tools.market.lines import MICRO, MOST_PENDING, Batch, SymbolLine
from tools.market.snapshots import SnapshotLane
from tools.market.streams import Connection, StreamConfig, StreamCounts
from tools.market.wire.messages import Snapshot


def _silently(text: str) -> None:
    """Where nobody listens to complaints."""


class Feed:
    """An async context: connections run inside it, ``batches`` hands out what they bring.

    Attributes:
        lines: The state of each symbol, for whoever wants to look.
        streams: What came in over all connections.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        symbols: Sequence[str],
        *,
        clock: Clock,
        stopwatch: Stopwatch,
        rng: np.random.Generator,
        config: StreamConfig | None = None,
        complain: Callable[[str], None] = _silently,
        most_pending: int = MOST_PENDING,
    ) -> None:
        """Prepare a feed.

        Raises:
            BadUsage: No symbols, one twice, or one that is none.
        """
        self.lines = {symbol: SymbolLine(symbol, clock, most_pending=most_pending) for symbol in symbols}
        if not symbols or len(self.lines) != len(symbols):
            raise BadUsage(f"expected one symbol or more, each once, were {', '.join(symbols) or 'none'}")
        for symbol in symbols:
            split_symbol(symbol)
        self.streams = StreamCounts()
        self._endpoint = endpoint
        self._config = config or StreamConfig()
        self._stopwatch = stopwatch
        self._rng = rng
        self._complain = complain
        self._wake = asyncio.Event()
        self._changed: dict[str, SymbolLine] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._is_stopping = False
        self._has_ended = False  # one of the tasks, none of which ends unless it failed
        self._sessions: list[aiohttp.ClientSession] = []
        self._lane: SnapshotLane | None = None

    async def __aenter__(self) -> Feed:
        """Start dialling."""
        warm_decoders()
        config = self._config
        streams = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        books = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=config.dial_s))
        self._sessions = [streams, books]
        self._lane = SnapshotLane(
            self._endpoint,
            self._endpoint.wire(),
            books,
            stopwatch=self._stopwatch,
            rng=self._rng,
            retry_s=config.retry_s,
            most_retry_s=config.most_backoff_s,
            deliver=self._deliver,
            complain=self._complain,
        )
        runs = [self._lane.run(), *(part.run() for part in self._connections(streams))]
        self._tasks = [asyncio.create_task(run) for run in runs]
        for task in self._tasks:
            task.add_done_callback(self._on_ended)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every task and close every socket."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._lane is not None:
            await self._lane.close()
        for session in self._sessions:
            await session.close()

    def stop(self) -> None:
        """Let ``batches`` end after what has come in already."""
        self._is_stopping = True
        self._wake.set()

    async def batches(self) -> AsyncIterator[Batch]:
        """What comes in, a batch a symbol at a time, until ``stop``.

        Raises:
            BadUsage: The venue does not know a symbol.
        """
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._has_ended:
                self._raise_what_failed()
            is_last = self._is_stopping  # asked before taking: while a batch is looked at more may come in
            for batch in self._taken():
                yield batch
            if is_last:
                return

    def passed(self, symbol: str, now: int) -> int:
        """Until when, ns, at ``now`` all that came in of ``symbol`` was handed out.

        What comes in later is stamped later, so that up to here nothing can be missed any more.
        """
        since = self.lines[symbol].waiting_since
        return now - now % MICRO if since is None else min(now, since - 1)

    def counts(self) -> Mapping[str, int]:
        """Every counter, summed over the symbols, by name."""
        total: dict[str, int] = asdict(self.streams)
        lane = asdict(self._lane.counts) if self._lane is not None else {}
        total |= {f"snapshots_{name}": number for name, number in lane.items()}
        for line in self.lines.values():
            parts = {f"deltas_{name}": n for name, n in asdict(line.book.counts).items()}
            parts |= {f"prints_{name}": n for name, n in asdict(line.prints.counts).items()}
            parts |= {"deltas_waiting": line.book.n_waiting, "overflows": line.overflows}
            for name, number in parts.items():
                total[name] = total.get(name, 0) + number
        return total

    def _connections(self, http: aiohttp.ClientSession) -> Iterator[Connection]:
        for number, symbols in enumerate(self._shards()):
            yield Connection(
                self._endpoint.stream_url(number),
                self._endpoint.wire(),
                {symbol: self.lines[symbol] for symbol in symbols},
                http,
                config=self._config,
                stopwatch=self._stopwatch,
                rng=self._rng,
                counts=self.streams,
                changed=self._on_change,
                complain=self._complain,
            )

    def _shards(self) -> Iterable[Sequence[str]]:
        symbols = list(self.lines)
        channels = len(self._endpoint.wire().channels(symbols[0]))
        size = max(1, self._endpoint.streams_per_connection // channels)
        return (symbols[at : at + size] for at in range(0, len(symbols), size))

    def _on_change(self, line: SymbolLine) -> None:
        self._changed[line.symbol] = line
        self._wake.set()
        if line.wants_snapshot and self._lane is not None:
            self._lane.ask(line)

    def _deliver(self, line: SymbolLine, snapshot: Snapshot) -> None:
        line.on_snapshot(snapshot)
        self._changed[line.symbol] = line
        self._wake.set()

    def _taken(self) -> Iterator[Batch]:
        changed, self._changed = self._changed, {}
        for line in changed.values():
            batch = line.take()
            if batch is not None:
                yield batch

    def _on_ended(self, _: asyncio.Task[None]) -> None:
        self._has_ended = True
        self._wake.set()

    def _raise_what_failed(self) -> None:
        for task in self._tasks:
            if task.done() and not task.cancelled():
                error = task.exception()
                if error is not None:
                    raise error
