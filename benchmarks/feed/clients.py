"""One client in a process of its own: ``python -m benchmarks.feed.clients NAME ADDRESS PLAN FOLDER``.

It follows every stream of a sender until the sender is through, and leaves when each message
was handled and how much processor time that took. All of them stay their usual selves: what
is measured is what a user of each would have.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import msgspec
import numpy as np

from benchmarks.loopback.plan import FIRST_MS, MILLI, LoadPlan
from tools.domain.clock import SystemStopwatch
from tools.market.events import LAST, SNAPSHOT, Events

GRACE_S = 0.5  # for what is still under way when the sender is through
NOW = SystemStopwatch().elapsed
CLIENTS = ("keeper", "senses", "ccxt", "bare")
UVLOOP = "+uvloop"  # behind a name: on that loop instead of asyncio's own


@dataclass(frozen=True, slots=True)
class Cost:
    """What a client spent from the first measured message on.

    Attributes:
        cpu_s: Processor time, all threads.
        handled: Messages it handled for that.
    """

    cpu_s: float
    handled: int


@dataclass(slots=True)
class Sheet:
    """When each message was first handled, and when it first reached the loop that awaits it.

    Attributes:
        warm_s: After the first message, until processor time counts.
    """

    messages: int
    warm_s: float
    handled: list[int] = field(init=False)
    reached: list[int] = field(init=False)
    kept: list[tuple[int, Events]] = field(default_factory=list)
    ts_began: int = 0
    cpu_began: float = 0.0

    def __post_init__(self) -> None:
        """Nothing was handled yet."""
        self.handled, self.reached = [0] * self.messages, [0] * self.messages

    def handle(self, number: int) -> None:
        """Message ``number`` is done with."""
        if not self.handled[number]:
            self.handled[number] = NOW()

    def reach(self, number: int) -> None:
        """Message ``number`` is in the hands of whoever awaits."""
        if not self.reached[number]:
            self.reached[number] = NOW()

    def keep(self, events: Events) -> None:
        """These events are done with; which messages they are is read at the end."""
        self.kept.append((NOW(), events))

    async def begin(self) -> None:
        """Start the count once the first message was handled and the warm-up is over."""
        while not self.kept and not any(self.handled):
            await asyncio.sleep(0.01)
        await asyncio.sleep(self.warm_s)
        self.ts_began, self.cpu_began = NOW(), time.process_time()

    def cost(self) -> Cost:
        """What has been spent since."""
        cpu_s = time.process_time() - self.cpu_began
        self._read_kept()
        return Cost(cpu_s, sum(1 for ts in self.handled if ts > self.ts_began))

    def write(self, folder: Path, cost: Cost) -> None:
        """Keep the stamps and the cost."""
        np.save(folder / "handled.npy", np.array([self.handled, self.reached], np.int64))
        (folder / "cost.json").write_bytes(msgspec.json.encode(cost))

    def _read_kept(self) -> None:
        for now, events in self.kept:
            is_message = (events["flags"] & (LAST | SNAPSHOT)) == LAST
            for ts in events["ts_event"][is_message].tolist():
                number = ts // MILLI - FIRST_MS
                self.handled[number] = self.handled[number] or now
                self.reached[number] = self.handled[number]


Client = Callable[[str, LoadPlan, Sheet], Awaitable[None]]


async def until_over(address: str, client: asyncio.Task[None], sheet: Sheet) -> Cost:
    """Let ``client`` run until the sender is through.

    Raises:
        RuntimeError: The client ended first.
    """
    over = asyncio.create_task(_is_over(address))
    beginning = asyncio.create_task(sheet.begin())
    await asyncio.wait((over, client), return_when=asyncio.FIRST_COMPLETED)
    if client.done():
        over.cancel()
        client.result()
        raise RuntimeError("the client ended before the sender")
    await asyncio.sleep(GRACE_S)
    await beginning
    cost = sheet.cost()
    client.cancel()
    await asyncio.gather(client, return_exceptions=True)
    return cost


async def _is_over(address: str) -> None:
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(timeout=timeout) as http, http.get(f"http://{address}/over") as answer:
        await answer.read()


def client_of(name: str) -> Client:
    """The client with this name; each loads only what it needs, as it would in a program of its own.

    Raises:
        ValueError: There is none.
    """
    if name == "ccxt":
        from benchmarks.feed.client_ccxt import run
    elif name == "bare":
        from benchmarks.feed.client_bare import run
    elif name == "keeper":
        from benchmarks.feed.client_keeper import run
    elif name == "senses":
        from benchmarks.feed.client_keeper import run_with_senses as run
    else:
        raise ValueError(f"expected one of {', '.join(CLIENTS)}, was {name[:40]!r}")
    return run


async def main(name: str, address: str, plan: LoadPlan, warm_s: float, folder: Path) -> None:
    """Be the client ``name`` until the sender at ``address`` is through."""
    sheet = Sheet(plan.messages, warm_s)
    client = asyncio.ensure_future(client_of(name)(address, plan, sheet))
    cost = await until_over(address, client, sheet)
    sheet.write(folder, cost)


def start(arguments: list[str]) -> None:
    """Run on asyncio's own loop, or on uvloop where the name says so."""
    name, address, plan_text, warm_s, folder = arguments
    plan = msgspec.json.decode(plan_text, type=LoadPlan)
    run = main(name.removesuffix(UVLOOP), address, plan, float(warm_s), Path(folder))
    if name.endswith(UVLOOP):
        import uvloop  # only to measure whether it pays; nothing else needs it

        uvloop.run(run)
    else:
        asyncio.run(run)


if __name__ == "__main__":
    start(sys.argv[1:])
