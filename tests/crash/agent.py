"""``keeper run`` itself killed again and again, at a venue that goes on.

The venue lives in this process and is asked for the truth each time the agent says that it has
recovered, before it trades again.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.crash.truth import Truth
from tests.support.forks import Fork
from venue.scenario.build import Scenario
from venue.server import Server, ServerConfig, serving

READY = "▶"  # the line by which the agent says that it has recovered and begins to trade
START_S, LIFE_S, LOOK_S = 900.0, 3_600.0, 0.02
BUSY = (
    "mm_min_trades=2,mm_min_confidence=0,mm_refresh_rate_min=0.1,tape_window_s=120,entry_zone=1,abort_confidence=0,"
    "signal_spacing_s=1,entry_timeout_s=5,hold_timeout_s=5,probe_share=0.5,probe_target_usd=20,"
    "signal_min_confidence=0,max_trades_per_day=1000000,departure_rest_s=1,entry_ticks_ahead=100,entry_least_bps=0,exit_lead_s=0,"
    "blacklist_departures=0,max_departure_share=1"  # it is there to see orders, life after life of one day
)


@dataclass(frozen=True, slots=True)
class AgentPlan:
    """How often to kill; every third death comes at any time after a start, the others after a recovery."""

    kills: int
    seed: int = 3
    latest_s: float = 40.0  # no maker is believed before the book was sound for ten seconds


@dataclass(slots=True)
class AgentFigures:
    """What came of it."""

    kills: int = 0
    kills_before_ready: int = 0
    recoveries: int = 0
    orders: int = 0
    brackets: int = 0
    fills: int = 0
    is_flat: bool = False
    is_verified: bool = False
    breaches: list[str] = field(default_factory=list)


class Life:
    """A forked ``keeper words…`` and the file of what it says."""

    def __init__(self, said: Path, words: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._said = said
        self.process = Fork(*words, environment=environment, folder=said.parent, out=said, err=said)

    async def says(self, start: str) -> bool:
        """Whether a line began with ``start`` before it ended."""
        while True:
            has_ended = self.process.poll() is not None
            lines = self._said.read_text("utf-8", "replace").splitlines() if self._said.exists() else []
            if any(line.startswith(start) for line in lines):
                return True
            if has_ended:
                return False
            await asyncio.sleep(LOOK_S)

    async def end(self) -> int:
        """Its exit code, once it has ended by itself."""
        async with asyncio.timeout(LIFE_S):
            while (code := self.process.poll()) is None:
                await asyncio.sleep(LOOK_S)
        return code


class AgentLoop:
    """Starts the agent, kills it, and at last lets it end in peace."""

    def __init__(self, plan: AgentPlan, server: Server, home: Path, on_kill: Callable[[], None]) -> None:
        self._plan = plan
        self._on_kill = on_kill
        self._home = home
        self._chance = np.random.default_rng(plan.seed)
        self._environment = _environment(server)
        exchange = server.sim.exchange
        symbols = [pit.symbol.name for pit in server.sim.pits]
        self._symbols = symbols[1:]  # without the leader
        self._truths = [Truth(exchange, server.key.account, symbol) for symbol in symbols]
        self._lives = 0
        self.figures = AgentFigures()

    async def run(self) -> AgentFigures:
        """All deaths, one life in peace, and a look at the memory."""
        while self.figures.kills < self._plan.kills:
            seconds = float(self._chance.uniform(0.0, self._plan.latest_s))
            await self._die(seconds, is_early=self.figures.kills % 3 == 0)
        await self._live()
        figures = self.figures
        figures.orders = sum(truth.placed() for truth in self._truths)
        figures.brackets = sum(truth.bracketed() for truth in self._truths)
        figures.fills = sum(truth.executed() for truth in self._truths)
        figures.is_verified = await self._start("memory", "verify").end() == 0
        return figures

    async def _die(self, seconds: float, *, is_early: bool) -> None:
        """One life, ended ``seconds`` after its start or after its recovery."""
        life = self._start("run", "--world", "venue", "--minutes", "10")
        watch = asyncio.create_task(self._watch(life))
        if not is_early:
            await asyncio.wait([watch], timeout=START_S)
        await asyncio.sleep(seconds)
        is_ready = watch.done()
        if (code := life.process.poll()) is not None:
            self.figures.breaches.append(f"the agent ended by itself with {code}")
        life.process.kill()
        life.process.wait(START_S)
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        self.figures.kills += 1
        self._on_kill()
        self.figures.kills_before_ready += not is_ready

    async def _live(self) -> None:
        life = self._start("run", "--world", "venue", "--minutes", "0.1")
        await self._watch(life)
        code = await life.end()
        if code != 0:
            self.figures.breaches.append(f"the last life ended with {code}")
        found = self._judge()
        self.figures.is_flat = code == 0 and not found
        self.figures.breaches += found

    async def _watch(self, life: Life) -> None:
        """Wait until the agent is ready, and judge at once."""
        if await life.says(READY):
            self.figures.recoveries += 1
            self.figures.breaches += self._judge()

    def _judge(self) -> list[str]:
        found = [breach for truth in self._truths for breach in truth.breaches(self._home)]
        return [f"life {self.figures.recoveries}: {breach}" for breach in found]

    def _start(self, *words: str) -> Life:
        """Each life trades other symbols: what an earlier one left on the rest is to be cleared away too."""
        drawn = self._chance.permutation(self._symbols)[: self._chance.integers(1, len(self._symbols) + 1)]
        self._lives += 1
        return Life(
            self._home.parent / f"life {self._lives}",
            (*words, "--home", str(self._home)),
            {**self._environment, "KEEPER_SYMBOLS": ",".join(drawn)},
        )


def _environment(server: Server) -> Mapping[str, str]:
    return {
        **os.environ,
        "KEEPER_BASE_URL": f"http://{server.binance.address}",
        "KEEPER_API_KEY": server.key.key,
        "KEEPER_API_SECRET": server.key.secret,
        "KEEPER_PARAMETERS": BUSY,
        "DEFAULT_ORDER_SIZE_USD": "25",
        "MAX_ORDER_SIZE_USD": "50",
    }


def kill_agent(plan: AgentPlan, on_kill: Callable[[], None]) -> AgentFigures:
    """Run ``plan`` with a home of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(crash_agent(plan, Path(folder) / "home", on_kill))


async def crash_agent(
    plan: AgentPlan, home: Path, on_kill: Callable[[], None] = lambda: None
) -> AgentFigures:
    """Run ``plan`` at a venue of tier T2 in this process."""
    world = Scenario(tier="T2", seed=plan.seed, seconds=6 * 3600.0)
    config = ServerConfig(scenario=world, api_key="crash-key", secret="crash-secret")  # noqa: S106 (a local key)
    async with serving(config) as server:
        over = asyncio.Event()
        running = asyncio.create_task(server.run(over.is_set))
        try:
            return await AgentLoop(plan, server, home, on_kill).run()
        finally:
            over.set()
            await running
