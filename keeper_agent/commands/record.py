"""``keeper record``: a venue's live market data, written down as recordings that replay alone."""

from __future__ import annotations

import asyncio
import math
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from keeper_agent.console import ERR, OUT, print_json, say
from tools.domain.clock import Clock, Stopwatch, SystemClock, SystemStopwatch
from tools.domain.errors import BadUsage
from tools.domain.market import NANOS
from tools.market.archive import Archive
from tools.market.endpoints import Endpoint, endpoint_of
from tools.market.feed import Feed
from tools.market.recorder import Recorder

MINUTE = 60 * NANOS
LENGTHS = {"m": MINUTE, "h": 60 * MINUTE, "d": 24 * 60 * MINUTE}
SIZES = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
WRITE_S = 1.0  # between two writes to disk
LINE_S = 60.0  # between two progress lines where no terminal shows one
SHOWN = ("messages", "bytes", "deltas_gaps", "deltas_snapshots", "losses", "stale", "malformed", "overflows")


def length_ns(text: str) -> int:
    """``text`` such as 15m, 1h or 1d as nanoseconds.

    Raises:
        BadUsage: It is no whole number of minutes, hours or days from one minute to one day.
    """
    found = re.fullmatch(r"(\d{1,6})([mhd])", text.strip())
    ns = int(found[1]) * LENGTHS[found[2]] if found else 0
    if not MINUTE <= ns <= LENGTHS["d"]:
        raise BadUsage(f"--rotate expects a length from 1m to 1d such as 15m or 1h, was {text[:40]!r}")
    return ns


def size_bytes(text: str) -> int:
    """``text`` such as 500MB or 2GB as bytes.

    Raises:
        BadUsage: It is not a positive size.
    """
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,6})?)\s*(MB|GB|TB)", text.strip().upper())
    size = round(float(found[1]) * SIZES[found[2]]) if found else 0
    if size <= 0:
        raise BadUsage(f"--disk-budget expects a size such as 500MB or 2GB, was {text[:40]!r}")
    return size


def record_feed(
    *,
    venue: str,
    symbols: str,
    out: Path,
    base_url: str | None,
    minutes: float | None,
    rotate: str,
    disk_budget: str,
    as_json: bool,
) -> None:
    """Record until the time is over or somebody interrupts, then say what was written."""
    if minutes is not None and not (math.isfinite(minutes) and minutes > 0):
        raise BadUsage(f"--minutes expects a positive number, was {minutes}")
    names = [name.strip() for name in symbols.split(",") if name.strip()]
    endpoint = endpoint_of(venue, base_url)
    rotate_ns, budget = length_ns(rotate), size_bytes(disk_budget)
    archive = Archive(out, budget)
    try:
        recorder = Recorder(archive, venue, rotate_ns=rotate_ns)
        counts = asyncio.run(_record(endpoint, names, recorder, minutes))
    finally:
        archive.close()
    summary = {
        "rows": recorder.rows,
        "out": str(out),
        "bytes_on_disk": archive.size,
        "recordings_deleted": archive.deleted,
        "files_repaired": [str(path) for path in archive.repaired],
        "counts": counts,
    }
    if as_json:
        print_json(summary)
    else:
        OUT.print(
            f"{recorder.rows:,} rows of {', '.join(names)} in {out}, {archive.size / 1e6:,.1f} MB on disk"
        )


async def _record(endpoint: Endpoint, names: list[str], recorder: Recorder, minutes: float | None) -> Any:
    clock: Clock = SystemClock()
    stopwatch: Stopwatch = SystemStopwatch()
    rng = np.random.default_rng(clock.now())  # only spreads reconnects; no two recorders may dial in step
    feed = Feed(endpoint, names, clock=clock, stopwatch=stopwatch, rng=rng, complain=_complain)
    async with feed, _stopping(feed, minutes), _writing(recorder, feed):
        async for batch in feed.batches():
            recorder.put(batch)
    recorder.close()
    return dict(feed.counts())


def _complain(text: str) -> None:
    ERR.print(text, style="yellow", markup=False, soft_wrap=True)


@asynccontextmanager
async def _stopping(feed: Feed, minutes: float | None) -> AsyncIterator[None]:
    """Let Ctrl-C, a terminate signal or the end of the time stop ``feed`` in good order."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, feed.stop)
    timer = loop.call_later(minutes * 60, feed.stop) if minutes is not None else None
    try:
        yield
    finally:
        if timer is not None:
            timer.cancel()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@asynccontextmanager
async def _writing(recorder: Recorder, feed: Feed) -> AsyncIterator[None]:
    """Write to disk every so often beside the reading; a writer that fails ends the recording."""
    stop = asyncio.Event()
    writer = asyncio.create_task(_write_until(recorder, feed, stop))
    writer.add_done_callback(lambda _: feed.stop())
    try:
        yield
    finally:
        stop.set()
        await writer


async def _write_until(recorder: Recorder, feed: Feed, stop: asyncio.Event) -> None:
    shown_s = 0.0
    with ERR.status("recording") as status:
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), WRITE_S)
            await asyncio.to_thread(recorder.write, recorder.collect())
            line = progress_line(recorder, feed)
            status.update(line)
            shown_s += WRITE_S
            if shown_s >= LINE_S and not ERR.is_terminal:
                shown_s = 0.0
                say(line)


def progress_line(recorder: Recorder, feed: Feed) -> str:
    """One line for a person: what came in, what went wrong, how many books are sound."""
    counts = feed.counts()
    sound = sum(line.book.is_sound for line in feed.lines.values())
    parts = [f"{counts[name]:,} {name.removeprefix('deltas_')}" for name in SHOWN]
    return f"recording: {sound} of {len(feed.lines)} books sound, {recorder.rows:,} rows; {', '.join(parts)}"
