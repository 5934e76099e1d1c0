"""A feed that is kept hands out everything it gets, whether it can be kept or not."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from keeper_agent import seeing
from keeper_agent.seeing import SeenFeed
from tests.support.senses import BTCUSDT
from tests.support.tapes import synthetic_market
from tools.market.archive import Archive
from tools.market.events import Events, event_bytes
from tools.market.lines import Batch
from tools.market.recorder import Piece, Recorder
from tools.market.seen import seen_events, seen_folder, wound_down

EVENTS = synthetic_market(seconds=20)


@dataclass
class Story:
    """Batches that are there already."""

    parts: Sequence[Events]
    is_stopped: bool = False

    async def batches(self) -> AsyncIterator[Batch]:
        """All of them."""
        for part in self.parts:
            yield Batch("BTCUSDT", part, ())

    def stop(self) -> None:
        """Remember it."""
        self.is_stopped = True


def taken(home: Path, complaints: list[str], *, budget_gb: float = 1.0) -> bytes:
    """What comes out of a feed that is kept in ``home``."""
    return asyncio.run(_taken(home, complaints, budget_gb))


async def _taken(home: Path, complaints: list[str], budget_gb: float) -> bytes:
    """All but the first rows, which were there before the feed began."""
    story = Story(np.array_split(EVENTS[50:], 5))
    seen = SeenFeed(story, home, "run_a", "binance", budget_gb=budget_gb, complain=complaints.append)
    seen.keep("BTCUSDT", EVENTS[:50])
    async with seen:
        out = [batch.events async for batch in seen.batches()]
        seen.wind_down(17)
        seen.stop()
    assert story.is_stopped
    return event_bytes(np.concatenate(out))


def test_everything_is_handed_out_and_kept(tmp_path: Path) -> None:
    complaints: list[str] = []
    assert taken(tmp_path, complaints) == event_bytes(EVENTS[50:])
    folder = seen_folder(tmp_path, "run_a")
    assert event_bytes(seen_events(folder, BTCUSDT)) == event_bytes(EVENTS)
    assert wound_down(folder) == 17
    assert complaints == []


def test_where_nothing_may_be_kept_nothing_is(tmp_path: Path) -> None:
    complaints: list[str] = []
    assert taken(tmp_path, complaints, budget_gb=0) == event_bytes(EVENTS[50:])
    assert list(tmp_path.iterdir()) == []
    assert complaints == []


def test_a_folder_that_somebody_else_writes_to_is_said_once_and_harms_nothing(tmp_path: Path) -> None:
    other, complaints = Archive(seen_folder(tmp_path, "run_a"), 10**6), list[str]()
    try:
        assert taken(tmp_path, complaints) == event_bytes(EVENTS[50:])
    finally:
        other.close()
    assert len(complaints) == 1
    assert "another recorder" in complaints[0]


def test_a_full_budget_is_said_once_and_harms_nothing(tmp_path: Path) -> None:
    complaints: list[str] = []
    assert taken(tmp_path, complaints, budget_gb=1e-7) == event_bytes(EVENTS[50:])
    assert len(complaints) == 1
    assert "disk budget" in complaints[0]


def test_what_is_being_written_at_the_end_is_written_before_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that still writes and the last write would both add to one file."""
    begun, writing, at_close = threading.Event(), [0], list[int]()
    write, close = Recorder.write, Recorder.close

    def slowly(recorder: Recorder, pieces: Sequence[Piece]) -> None:
        writing[0] += 1
        begun.set()
        time.sleep(0.2)
        write(recorder, pieces)
        writing[0] -= 1

    def closing(recorder: Recorder) -> None:
        at_close.append(writing[0])
        close(recorder)

    monkeypatch.setattr(seeing, "WRITE_S", 0.01)
    monkeypatch.setattr(Recorder, "write", slowly)
    monkeypatch.setattr(Recorder, "close", closing)

    async def story() -> None:
        seen = SeenFeed(Story(()), tmp_path, "run_a", "binance", budget_gb=1.0, complain=pytest.fail)
        async with seen:
            seen.keep("BTCUSDT", EVENTS)
            while not begun.is_set():
                await asyncio.sleep(0.005)

    asyncio.run(story())
    assert at_close == [0]
    assert event_bytes(seen_events(seen_folder(tmp_path, "run_a"), BTCUSDT)) == event_bytes(EVENTS)
