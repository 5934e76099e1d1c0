"""A feed whose market data is written down as the agent takes it in, for ``keeper parity``.

Writing never holds the agent up: it is done in a thread, and where it fails nothing more is kept, which is
said once. What was kept until then stays good.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from keeper_agent.settings import Settings
from scheduler.trading import Source
from tools.domain.errors import BadInput, StoreUnusable
from tools.domain.market import NANOS
from tools.market.archive import Archive
from tools.market.events import Events
from tools.market.lines import Batch
from tools.market.recorder import Recorder
from tools.market.seen import WOUND_DOWN, room_for, seen_folder

WRITE_S = 1.0
ROTATE_NS = 3_600 * NANOS


class SeenFeed:
    """Hands out what ``feed`` does; entered, it keeps it as well.

    Args:
        feed: Where market data comes from.
        home: Its folder ``market`` keeps it.
        run_id: Whose it is.
        venue: Where it comes from.
        budget_gb: Most that the market data of all runs may take; 0 keeps none.
        complain: Told in one line when nothing more is kept.
    """

    def __init__(
        self,
        feed: Source,
        home: Path,
        run_id: str,
        venue: str,
        *,
        budget_gb: float,
        complain: Callable[[str], None],
    ) -> None:
        self._feed, self._complain = feed, complain
        self._folder = seen_folder(home, run_id)
        self._archive: Archive | None = None
        self._recorder: Recorder | None = None
        self._writer: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None
        if budget_gb > 0:
            try:
                self._archive = Archive(self._folder, max(1, room_for(home, run_id, int(budget_gb * 1e9))))
                self._recorder = Recorder(self._archive, venue, rotate_ns=ROTATE_NS)
            except (BadInput, StoreUnusable) as error:
                self._give_up(error)

    async def __aenter__(self) -> Self:
        """Begin to write."""
        self._writer = asyncio.create_task(self._write())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is left."""
        if self._writer is not None:
            self._writer.cancel()
            with suppress(asyncio.CancelledError):
                await self._writer
        if self._writing is not None:
            await self._writing  # what is being written ends before the rest is
        if self._recorder is not None:
            try:
                self._recorder.close()
            except (BadInput, StoreUnusable) as trouble:
                self._give_up(trouble)
        if self._archive is not None:
            self._archive.close()

    async def batches(self) -> AsyncIterator[Batch]:
        """What comes in, a batch a symbol at a time, until stopped."""
        async for batch in self._feed.batches():
            self.keep(batch.symbol, batch.events)
            yield batch

    def stop(self) -> None:
        """Let ``batches`` end."""
        self._feed.stop()

    def keep(self, symbol: str, events: Events) -> None:
        """Keep events of ``symbol`` that the agent takes in.

        The venue's trade ids are left out: history asked for before the feed began has none that follow on.
        """
        if self._recorder is not None and len(events):
            self._recorder.put(Batch(symbol, events, ()))

    def wind_down(self, ts: int) -> None:
        """From ``ts``, ns, on nothing is decided any more."""
        if self._recorder is not None:
            try:
                (self._folder / WOUND_DOWN).write_text(str(ts), "utf-8")
            except OSError as error:
                self._give_up(error)

    async def _write(self) -> None:
        while self._recorder is not None:
            await asyncio.sleep(WRITE_S)
            self._writing = asyncio.create_task(self._write_once())
            await asyncio.shield(self._writing)

    async def _write_once(self) -> None:
        if self._recorder is not None:
            try:
                await asyncio.to_thread(self._recorder.write, self._recorder.collect())
            except (BadInput, StoreUnusable) as error:
                self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._recorder = None
        self._complain(f"market data is not kept any more, keeper parity will miss it: {error}")


def seen_by(
    settings: Settings, run_id: str, venue: str, feed: Source, complain: Callable[[str], None]
) -> SeenFeed:
    """``feed``, kept as the settings ask."""
    budget_gb = settings.keeper_market_gb
    return SeenFeed(feed, settings.keeper_home, run_id, venue, budget_gb=budget_gb, complain=complain)
