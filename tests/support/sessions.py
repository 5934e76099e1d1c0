"""``keeper run --world venue`` with its API on a free port: a process of its own, as a user starts it."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.support.commands import Process, started
from tools.domain.clock import NS, SystemStopwatch
from venue.scenario.build import Scenario
from venue.server import Server, ServerConfig, serving

Found = TypeVar("Found")
PATIENCE_S = 900.0  # a cold cache compiles the kernels first
LINK = re.compile(r"open once, within ten minutes: ((http://[^/\s]+)/login\?code=\S+)")
# Thin coins and an empty memory: nearly every look is a signal, and half of what is refused is tried.
PARAMETERS = (
    "mm_min_trades=2,mm_min_confidence=0,mm_refresh_rate_min=0.1,entry_zone=1,signal_min_confidence=0,"
    "signal_spacing_s=1,probe_share=0.5,hold_timeout_s=5,abort_confidence=0,tape_window_s=120,entry_ticks_ahead=100"
    ",entry_least_bps=0,exit_lead_s=0"
)
SETTINGS = {"KEEPER_API": "on", "KEEPER_SEED": "16", "KEEPER_PARAMETERS": PARAMETERS}
TIER, WORLD_S, COINS = "T2", 3_600.0, 2


@dataclass(frozen=True, slots=True)
class VenueRun:
    """One that runs.

    Attributes:
        process: Of the agent.
        home: Its home.
        origin: Where API and pages are served, without a slash at the end.
        link: Lets one browser in, once.
        said: The file that holds all it has said.
    """

    process: Process
    home: Path
    origin: str
    link: str
    said: Path

    def await_said(self, part: str) -> None:
        """Wait until it has said ``part``."""
        wait_for(lambda: part in self.said.read_text("utf-8"), self)


@contextmanager
def a_venue_run(home: Path, *words: str, **extra: str) -> Iterator[VenueRun]:
    """An agent at a local venue until the end of the block, ready to be looked at.

    Args:
        home: Not there yet; what it says goes into a file beside it.
        *words: Further words of ``keeper run``.
        **extra: Settings beside those of ``SETTINGS``, or in their place.
    """
    said = home.parent / "run.out"
    with started("run", "--world", "venue", "--json", *words, home=home, **SETTINGS | extra) as process:
        begun = VenueRun(process, home, "", "", said)
        found = wait_for(lambda: LINK.search(said.read_text("utf-8")), begun)
        yield VenueRun(process, home, found[2], found[1], said)


def wait_for(look: Callable[[], Found], run: VenueRun) -> Found:
    """What ``look`` finds once that is something, while the agent lives."""
    watch, pause = SystemStopwatch(), threading.Event()
    until = watch.elapsed() + PATIENCE_S * NS
    while not (found := look()):
        assert run.process.poll() is None, run.said.read_text("utf-8")
        assert watch.elapsed() < until, f"not within {PATIENCE_S:.0f} s: {run.said.read_text('utf-8')}"
        pause.wait(0.1)
    return found


@contextmanager
def a_venue(key: str, secret: str, seed: int = 16) -> Iterator[Server]:
    """The venue itself in a thread of this process, small, for an account whose key the caller chooses."""
    world = Scenario(tier=TIER, seed=seed, seconds=WORLD_S, thin_coins=COINS)
    config = ServerConfig(scenario=world, api_key=key, secret=secret)
    is_up, over = threading.Event(), threading.Event()
    held: list[Server] = []

    async def serve() -> None:
        async with serving(config) as server:
            held.append(server)
            is_up.set()
            await server.run(over.is_set)

    def work() -> None:
        try:
            asyncio.run(serve())
        finally:
            is_up.set()

    thread = threading.Thread(target=work, name="venue", daemon=True)
    thread.start()
    try:
        assert is_up.wait(PATIENCE_S)
        assert held, "the venue did not start"
        yield held[0]
    finally:
        over.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
