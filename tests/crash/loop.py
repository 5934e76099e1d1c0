"""The crash loop: a venue that lives, and a worker that dies again and again."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from tests.crash.coin import COIN
from tests.crash.truth import Truth
from tests.crash.worker import Job
from tests.support.forks import Fork
from venue.binance.demo import RandomFlow, demo_markets, fund
from venue.binance.facade import Facade, FacadeConfig
from venue.binance.limits import LimitConfig
from venue.clock import WallClock
from venue.engine.exchange import Exchange
from venue.serving.faults import Fault, Faults
from venue.serving.keys import ApiKey
from venue.wire import Wire

ROOT = Path(__file__).parents[2]
ANSWER_S = 900.0
FLOW_S = 0.004
STRUCK = {  # operations that faults strike, and how often against the plan's chance
    "order.place": 1.0,
    "order.cancel": 1.0,
    "order.status": 1 / 3,
    "orderList.place.oco": 1.0,
    "orderList.cancel": 1.0,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How often to kill, and how."""

    kills: int
    seed: int = 1
    rounds: int = 6
    most_steps: int = 1_200
    mutant: str = ""
    chance: float = 0.06
    stop_at_breach: bool = False
    most_s: float = 86_400.0
    workers: int = 1


@dataclass(slots=True)
class Figures:
    """What came of it."""

    kills: int = 0
    kills_at_steps: int = 0
    kills_in_recovery: int = 0
    clean_ends: int = 0
    recoveries: int = 0
    resolved: int = 0
    closed: int = 0
    orders: int = 0
    brackets: int = 0
    fills: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)


def lost_replies(chance: float) -> list[Fault]:
    """Every way in which a request and its answer can be lost, before the effect and after it."""
    kinds = [
        ("cut_before", 0.0),
        ("cut_after", 0.0),
        ("hold_before", 0.2),
        ("hold_after", 0.2),
        ("error_before", 0.0),
        ("error_after", 0.0),
        ("garbage", 0.0),
    ]
    return [
        Fault(kind=kind, where=where, count=-1, chance=share * chance, seconds=seconds)
        for kind, seconds in kinds
        for where, share in STRUCK.items()
    ]


@asynccontextmanager
async def a_venue(plan: Plan) -> AsyncIterator[tuple[Facade, ApiKey, Truth]]:
    """A facade with a moving market and an account that holds quote only."""
    clock = WallClock()
    wire = Wire(Exchange(demo_markets()))
    account = wire.exchange.open_account(ts=clock.now())
    fund(wire, account, {"USDT": Decimal(10_000_000)}, clock.now())
    key = ApiKey("crash-key", "crash-secret", account)
    limits = LimitConfig(weight_a_minute=10**9, orders_10_s=10**9, orders_a_day=10**9)
    faults = Faults(lost_replies(plan.chance), seed=plan.seed)
    async with Facade(wire, [key], clock=clock, faults=faults, config=FacadeConfig(limits=limits)) as facade:
        flow = asyncio.create_task(_flow(RandomFlow(wire, COIN.symbol, plan.seed, clock)))
        try:
            yield facade, key, Truth(wire.exchange, account, COIN.symbol)
        finally:
            flow.cancel()
            with suppress(asyncio.CancelledError):
                await flow


async def _flow(market: RandomFlow) -> None:
    while True:
        market.step()
        await asyncio.sleep(FLOW_S)


class Zygote:
    """The process that forks workers, and its lines."""

    def __init__(self, process: Fork, lines: asyncio.StreamReader, jobs: int) -> None:
        self._process, self._lines, self._jobs = process, lines, jobs

    @classmethod
    @asynccontextmanager
    async def started(cls, folder: Path) -> AsyncIterator[Zygote]:
        """One that has loaded everything, until the end of the block; its pipes lie in ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        jobs, said = folder / "jobs", folder / "said"
        os.mkfifo(jobs, 0o600)
        os.mkfifo(said, 0o600)
        hears = os.open(said, os.O_RDONLY | os.O_NONBLOCK)  # before anyone writes, which would wait for it
        process = Fork(
            environment=os.environ, folder=ROOT, out=said, err=folder / "err", reads=jobs,
            does="tests.crash.zygote:serve",
        )  # fmt: skip
        tells = os.open(jobs, os.O_WRONLY)  # waits for it, and what it says is open by then
        lines = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(hears, "rb", 0)
        )
        try:
            yield cls(process, lines, tells)
        finally:
            os.close(tells)
            transport.close()
            process.wait(ANSWER_S)

    async def hear(self) -> dict[str, Any]:
        """The next line."""
        line = await asyncio.wait_for(self._lines.readline(), ANSWER_S)
        assert line, "the process that forks workers is gone"
        said: dict[str, Any] = orjson.loads(line)
        return said

    def say(self, words: bytes) -> None:
        """A line to whoever listens: the zygote, or the worker it has forked."""
        os.write(self._jobs, words + b"\n")


class CrashLoop:
    """Kills until the plan is fulfilled, and compares with the venue after every recovery."""

    def __init__(self, plan: Plan, home: Path, on_kill: Callable[[], None]) -> None:
        self._plan = plan
        self._on_kill = on_kill
        self._home = home
        self._lines = home.with_name(f"{home.name}.lines")
        self._chance = np.random.default_rng(plan.seed)
        self.figures = Figures()

    async def run(self) -> Figures:
        """All deaths, then one life that is let recover in peace."""
        async with a_venue(self._plan) as (facade, key, truth), Zygote.started(self._lines) as zygote:
            lives = 0
            end = asyncio.get_running_loop().time() + self._plan.most_s
            while self.figures.kills < self._plan.kills and not self._is_over(end):
                lives += 1
                await self._life(zygote, facade, key, truth, self._job(facade, key, lives))
            await self._life(zygote, facade, key, truth, self._job(facade, key, lives + 1, in_peace=True))
            self.figures.orders = truth.placed()
            self.figures.brackets = truth.bracketed()
            self.figures.fills = truth.executed()
            self.figures.faults = dict(Counter(kind for kind, _ in facade.faults.struck))
        return self.figures

    def _is_over(self, end: float) -> bool:
        is_late = asyncio.get_running_loop().time() >= end
        return is_late or (self._plan.stop_at_breach and bool(self.figures.breaches))

    def _job(self, facade: Facade, key: ApiKey, life: int, *, in_peace: bool = False) -> Job:
        at_step = 0 if in_peace or life % 2 else int(self._chance.integers(1, self._plan.most_steps))
        return Job(
            home=str(self._home),
            url=f"http://{facade.address}",
            key=key.key,
            secret=key.secret,
            seed=self._plan.seed * 100_000 + life,
            kill_at=at_step,
            rounds=1 if in_peace else self._plan.rounds,
            mutant=self._plan.mutant,
            has_stream=life % 3 == 0,
        )

    async def _life(self, zygote: Zygote, facade: Facade, key: ApiKey, truth: Truth, job: Job) -> None:
        zygote.say(orjson.dumps(asdict(job)))
        pid = int((await zygote.hear())["pid"])
        killer = None
        if job.kill_at == 0 and job.rounds > 1:
            killer = asyncio.create_task(_kill_after(pid, float(self._chance.gamma(2.0, 0.2))))
        recovered = False
        while "ended" not in (said := await zygote.hear()):
            if "recovered" in said:
                recovered = True
                self._judge(said, truth)
                zygote.say(b"go")
        if killer is not None:
            killer.cancel()
        self._count(int(said["ended"]), job, recovered=recovered)

    def _judge(self, said: dict[str, Any], truth: Truth) -> None:
        figures = self.figures
        figures.recoveries += 1
        figures.resolved += said["recovered"]
        figures.closed += said["closed"]
        found = truth.breaches(self._home)
        if not said["agrees"]:
            found.append(f"recovery ended without agreement: {said['words']}")
        if said["external"]:
            found.append(f"orders without an intent: {said['external']}")
        figures.breaches += [f"life {figures.recoveries}: {breach}" for breach in found]

    def _count(self, ended: int, job: Job, *, recovered: bool) -> None:
        if ended == -signal.SIGKILL:
            self.figures.kills += 1
            self._on_kill()
            self.figures.kills_at_steps += job.kill_at > 0
            self.figures.kills_in_recovery += not recovered
        elif ended == 0:
            self.figures.clean_ends += 1
        else:
            self.figures.breaches.append(f"a worker ended with {ended}")


async def _kill_after(pid: int, seconds: float) -> None:
    await asyncio.sleep(seconds)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def crash(plan: Plan, on_kill: Callable[[], None] = lambda: None) -> Figures:
    """Run ``plan``, shared by its workers: each has a home, a venue and a zygote of its own."""

    async def together(folder: Path) -> list[Figures]:
        shares = [
            replace(plan, seed=plan.seed + number, kills=-(-plan.kills // plan.workers))
            for number in range(plan.workers)
        ]
        loops = [CrashLoop(share, folder / str(share.seed), on_kill) for share in shares]
        return await asyncio.gather(*(loop.run() for loop in loops))

    with tempfile.TemporaryDirectory() as folder:
        return merged(asyncio.run(together(Path(folder))))


def merged(parts: Sequence[Figures]) -> Figures:
    """The figures of several loops as those of one."""
    total = Figures()
    for part in parts:
        for counted in fields(Figures):
            here, there = getattr(total, counted.name), getattr(part, counted.name)
            is_counts = isinstance(here, dict)
            setattr(total, counted.name, dict(Counter(here) + Counter(there)) if is_counts else here + there)
    return total
