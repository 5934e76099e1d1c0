"""One simulated hour: a seed is a market, its weather, what befalls the agent, and when.

Nothing in it is real but the code under test: time is virtual, the venue is the engine
itself, and the disk is in memory where the machine has such a folder.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from memory.connection import DATABASE
from memory.store import Store
from tests.simulation.agent import CONFIG, Died, Kinds, Life
from tests.simulation.client import connect
from tests.simulation.span import Hour, Span
from tests.simulation.transport import Door
from tests.simulation.truth import differences
from tests.simulation.watch import Watch
from tests.simulation.weather import Weather
from tests.simulation.world import World, instruments
from tests.support.seeded_loop import PROCESS, SeededLoop, run_seeded
from tools.execution.client import AccountKey
from tools.execution.kill import KillSwitch
from venue.binance.reports import Reports

HOUR_S = 3_600.0
END_S = 900.0  # for the last life to come to rest in
MOST_STEPS = 30_000  # within which a death by count comes
MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of each run below it)


@cache
def _template() -> bytes:
    """An empty memory, made once; each seed begins with a copy."""
    with tempfile.TemporaryDirectory() as folder:
        Store.open(Path(folder)).close()
        return (Path(folder) / DATABASE).read_bytes()


@cache
def _listed() -> list[Any]:
    """The venue's markets as the client library has them, read once through the client itself."""

    async def ask(loop: SeededLoop) -> list[Any]:
        door = Door((world := World(loop, 0, Weather(0, 0.0))).answering, world.weather, 0, lambda *_: None)
        key = AccountKey("binance", world.key.key, world.key.secret)
        wire, _ = await connect(key, instruments(), CONFIG, world.clock, door, world.weather, None)
        client: Any = wire.client
        client.session = None
        return list(client.markets.values())

    found: list[Any] = run_seeded(0, ask)
    return found


def simulate(seed: int, kinds: Kinds | None = None, *, hours: float = 1.0, density: float = 1.0) -> Hour:
    """Live through a seed; with a higher ``density`` an hour's misfortunes fall into less time."""
    place = MEMORY if MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="keeper-simulation-", dir=place))
    try:
        home = folder / "home"
        home.mkdir(mode=0o700)
        (home / DATABASE).write_bytes(_template())
        (home / DATABASE).chmod(0o600)
        told, markets = Hour(seed), _listed()
        run_seeded(
            seed, lambda loop: Story(loop, told, home, kinds or Kinds(), Span(hours, density), markets).tell()
        )
        return told
    finally:
        shutil.rmtree(folder)


class Story:
    """Lives one after the other, and what befalls them."""

    def __init__(
        self, loop: SeededLoop, told: Hour, home: Path, kinds: Kinds, span: Span, markets: list[Any]
    ) -> None:
        self.loop = loop
        self.told = told
        self.home = home
        self.chance = np.random.default_rng([told.seed, 1])
        self.weather = Weather(told.seed, float(self.chance.choice([0.0, 0.02, 0.05, 0.12])))
        self.world = World(loop, told.seed, self.weather)
        self.world.markets = markets
        self.switch = KillSwitch(home)
        self.lives: dict[int, Life] = {}
        self.owner = 0
        self.watch = Watch(self.world, self.switch, self.lives.__getitem__, lambda: self.owner)
        self.end_s = HOUR_S * span.hours
        self._share = span.hours * span.density
        self.trace: deque[str] = deque(maxlen=400)
        self._kinds = kinds
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._ended: asyncio.Event = asyncio.Event()
        self._left = -1
        self._ends_in_death = bool(self.chance.random() < 0.5)
        loop.before_step = self._step
        Reports(self.world.desk, self._tell)
        loop.set_exception_handler(lambda _, context: self.note(f"unhandled: {context.get('message')}"))

    def note(self, words: str) -> None:
        """Keep what happened, for whoever replays the seed."""
        self.trace.append(f"{self.loop.time():10.3f}  {words}")

    async def tell(self) -> None:
        """Live through the hour, then look at what is left."""
        market = self.loop.create_task(self.world.move())
        fates = [self.loop.create_task(work) for work in self._fates()]
        while self.loop.time() < self.end_s:
            await self._live(is_last=False)
            await asyncio.sleep(float(self.chance.uniform(0.5, 20)))
        for fate in fates:
            fate.cancel()
        for number, task in self._tasks.items():
            if not task.done() and self.loop.is_alive(number):
                self._bury(number)  # one that was thought dead long ago
        self.weather.is_calm = True
        self._left = -1
        self._room(None)
        await self._rest()
        market.cancel()
        self._sum_up()

    async def _live(self, *, is_last: bool) -> None:
        """A life until it ends, by whatever."""
        number = len(self.lives) + 1
        life = Life(self.world, self.home, number, self.told.seed, self._on_sent, self._kinds, is_last)
        life.step = lambda: self._write_step(number)
        self.lives[number] = life
        self.owner = number
        self._ended.clear()
        context = copy_context()
        context.run(PROCESS.set, number)
        self._tasks[number] = self.loop.create_task(life.live(), context=context)
        watcher = self.loop.create_task(self._watch_life(number))
        await self._ended.wait()
        watcher.cancel()

    async def _watch_life(self, number: int) -> None:
        """End the life's turn when its task is over; a fault of its own is how a process crashes."""
        task = self._tasks[number]
        while not task.done():
            await asyncio.sleep(0.5)
            if self.loop.time() > self.end_s and self._ends_in_death and not self.lives[number].is_last:
                self.die("the end of the hour")
            elif self.loop.time() > self.end_s and not self.lives[number].is_last:
                self.lives[number].stop.requested = True
            if self.loop.time() > self.end_s + END_S / 2 and not self.lives[number].is_last:
                self.die("the end of the world")
        if not task.cancelled() and (error := task.exception()) is not None and self.loop.is_alive(number):
            self.note(f"process {number} ended: {error!r}")
            self.told.befell[f"ended by {type(error).__name__}"] += 1
            self._bury(number)
        self._ended.set()

    async def _rest(self) -> None:
        """Deaths are over: one last life recovers in peace and trades nothing."""
        self.note("calm")
        until = self.loop.time() + END_S
        while self.loop.time() < until:
            await asyncio.sleep(20.0)
            await self._live(is_last=True)
            life = self.lives[self.owner]
            done = life.recovered
            if done is not None and done.agreement.is_equal and not done.stuck:
                return
        self.watch.breach("no recovery in peace came to an end that agrees")

    def _sum_up(self) -> None:
        told, world = self.told, self.world
        self.watch.close()
        for life in self.lives.values():
            life.let_go()
        told.breaches = self.watch.breaches + differences(world, self.home)
        told.events = list(self.trace)
        told.steps, told.lives = self.loop.steps, len(self.lives)
        symbols = [rules.symbol for rules in world.exchange.rules]
        told.orders = sum(len(world.exchange.all_orders(world.account, symbol)) for symbol in symbols)
        told.fills = sum(len(world.exchange.my_trades(world.account, symbol)) for symbol in symbols)
        told.requests = sum(self.watch.sent.values())
        told.worst_usd = round(self.watch.worst_usd, 2)
        told.struck = self.weather.struck

    # what befalls

    def _fates(self) -> list[Any]:
        """What will happen in this hour, each at moments of its own."""
        kinds: dict[Callable[[], Awaitable[None]], float] = {
            self._death: 2.5,
            self._death_by_count: 1.5,
            self._storm: 2.0,
            self._stream_death: 3.0,
            self._ban: 1.0,
            self._jump: 1.0,
            self._kill: 1.0,
            self._full_disk: 0.7,
            self._second_owner: 0.7,
            self._stop: 0.7,
        }
        if self.told.seed % 10 == 0:
            return []
        return [
            self._at(float(self.chance.uniform(0.1, 1.0) * self.end_s), kind)
            for kind, rate in kinds.items()
            for _ in range(int(self.chance.poisson(rate * self._share)))
        ]

    async def _at(self, when: float, what: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(when)
        self.told.befell[what.__name__.strip("_")] += 1
        self.note(f"fate: {what.__name__.strip('_')}")
        await what()

    async def _death(self) -> None:
        self.die("a moment")

    async def _death_by_count(self) -> None:
        """Die in the middle of whatever happens so many steps from now."""
        self._left = int(self.chance.integers(1, 300))

    async def _storm(self) -> None:
        self.weather.storm = float(self.chance.uniform(3, 10))
        await asyncio.sleep(float(self.chance.uniform(10, 120)))
        self.weather.storm = 1.0

    async def _stream_death(self) -> None:
        if (stream := self.lives[self.owner].stream) is not None:
            stream.die()

    async def _ban(self) -> None:
        self.world.ban(float(self.chance.uniform(5, 90)), int(self.chance.choice([418, 429])))

    async def _jump(self) -> None:
        """The machine's clock is set, by seconds or by an hour, either way."""
        size = float(self.chance.choice([0.4, 2, 5, 30, 3_600]))
        by = size * float(self.chance.choice([-1, 1]))
        self.note(f"the clock jumps by {by} s")
        self.lives[self.owner].clock.wrong_ns += round(by * 1e9)

    async def _kill(self) -> None:
        self.switch.set("simulated")
        await asyncio.sleep(float(self.chance.uniform(5, 300)))
        self.switch.clear()

    async def _full_disk(self) -> None:
        self._room(int(self.chance.integers(0, 4)))
        await asyncio.sleep(float(self.chance.uniform(5, 60)))
        self._room(None)

    async def _stop(self) -> None:
        """The process is stopped for a while, as by a debugger or a laptop's lid, and goes on."""
        number = self.owner
        self.loop.freeze(number)
        await asyncio.sleep(float(self.chance.uniform(1, 60)))
        self.loop.thaw(number)

    async def _second_owner(self) -> None:
        """A stopped process is thought dead: its locks are deleted, another one starts, and it wakes up."""
        number = self.owner
        if not self.loop.is_alive(number) or self._tasks[number].done():
            return
        self.loop.freeze(number)
        for lock in (self.home / "lock", *(self.home / "accounts").glob("account-*")):
            lock.unlink(missing_ok=True)
        self._ended.set()
        await asyncio.sleep(float(self.chance.uniform(30, 120)))
        self.note(f"process {number} wakes up")
        self.loop.thaw(number)
        await asyncio.sleep(60.0)
        self.note(f"process {number} is ended at last")
        if not self._tasks[number].done():
            self._bury(number)

    def _room(self, pages: int | None) -> None:
        """Let the database grow by so many pages and no more; None is without end."""
        driver = self.lives[self.owner].driver if self.owner else None
        if driver is None:
            return
        try:
            count = int(driver.execute("PRAGMA page_count").fetchone()[0])
            driver.execute(f"PRAGMA max_page_count = {1 << 30 if pages is None else count + pages}")
        except sqlite3.ProgrammingError:
            return  # it died and its file is closed

    # death

    def _step(self, process: int) -> None:
        if self._left >= 0 and process == self.owner:
            self._left -= 1
            if self._left < 0:
                self.die("a step")

    def _write_step(self, number: int) -> None:
        if not self.loop.is_alive(number):
            raise Died
        self._step(number)
        if not self.loop.is_alive(number):
            raise Died

    def die(self, where: str) -> None:
        """The process is gone, between two of its steps."""
        number = self.owner
        if not self.loop.is_alive(number) or self._tasks[number].done():
            return
        self.note(f"process {number} dies at {where}")
        self.loop.kill(number)
        self._bury(number)
        self._ended.set()

    def _bury(self, number: int) -> None:
        """What the kernel tidies up: locks, files, connections."""
        life = self.lives[number]
        self.loop.kill(number)
        life.release()
        if life.store is not None:
            life.store._connection.invalidate()

    # what is heard

    def _on_sent(self, process: int, name: str, params: Any) -> None:
        if name not in ("time", "openOrders.status", "account.status"):
            shown = {
                key: value
                for key, value in params.items()
                if "lientOrderId" in key or key in ("symbol", "side", "quantity", "price")
            }
            self.note(f"{process} sends {name} {shown}")
        self.watch.on_sent(process, name, params)

    def _tell(self, account: int, payload: dict[str, Any]) -> None:
        del account
        if payload.get("e") == "executionReport":
            words = [payload[key] for key in ("s", "S", "c", "x", "X", "l", "L")]
            self.note(f"venue: {' '.join(map(str, words))}")
        for number, life in self.lives.items():
            if life.stream is not None and self.loop.is_alive(number):
                life.stream.tell(payload)
