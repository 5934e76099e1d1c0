"""A feed that is kept hands out everything it gets, whether it can be kept or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keeper_agent.seeing import SeenFeed
from tests.support.senses import BTCUSDT
from tests.support.tapes import synthetic_market
from tools.market.archive import Archive
from tools.market.events import Events, event_bytes
from tools.market.lines import Batch
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
