"""A seeded event loop: virtual time, any order that tasks could run in, and no way out.

Sleeping costs nothing. Of all that could run next, the seed picks one; the same seed gives
the same trace, another seed another interleaving. Handles belong to a process, named by a
context variable, which can be killed or frozen between any two of its steps.
"""

from __future__ import annotations

import asyncio
import heapq
from asyncio import events
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NoReturn

import numpy as np

PROCESS: ContextVar[int] = ContextVar("process", default=0)  # 0: the world around all processes
DRAWS = 4_096  # drawn at once
MOST_TASKS = 1_000  # remembered before those that are done are forgotten


class Stuck(RuntimeError):
    """Nothing can ever run again although something is waited for."""


class RealIO(RuntimeError):
    """The simulated world has no sockets, files to poll, threads, processes or signals."""


class SeededLoop(asyncio.BaseEventLoop):
    """An event loop that a seed runs.

    Args:
        seed: Decides what runs next wherever more than one thing could.
        start_s: The first reading of ``time``.

    Attributes:
        before_step: Called with the process of each step before it runs; may kill it.
        steps: How many steps have run.
    """

    def __init__(self, seed: int, start_s: float = 0.0) -> None:
        super().__init__()
        self._chance = np.random.default_rng(seed)
        self._draws: list[float] = []
        self._now = start_s
        self._dead: set[int] = set()
        self._parked: dict[int, list[events.Handle]] = {}
        self._tasks: list[asyncio.Task[Any]] = []
        self.before_step: Callable[[int], None] | None = None
        self.steps = 0
        self.set_task_factory(self._task)

    # time and order

    def time(self) -> float:
        """Virtual seconds."""
        return self._now

    def _run_once(self) -> None:
        ready = self._ready
        if not ready:
            self._wait()
        self._wake_due()
        if not ready:
            return
        if (n := len(ready)) > 1:
            at = int(self._draw() * n)
            ready[0], ready[at] = ready[at], ready[0]
        self._run(ready.popleft())

    def _wait(self) -> None:
        """Let time pass until something is due."""
        while self._scheduled and self._scheduled[0]._cancelled:
            heapq.heappop(self._scheduled)._scheduled = False
        if not self._scheduled:
            if self._stopping:
                return
            raise Stuck(f"at {self._now:.3f} s nothing is ready and nothing is scheduled")
        self._now = max(self._now, self._scheduled[0]._when)

    def _wake_due(self) -> None:
        while self._scheduled and self._scheduled[0]._when <= self._now:
            handle = heapq.heappop(self._scheduled)
            handle._scheduled = False
            if not handle._cancelled:
                self._ready.append(handle)

    def _run(self, handle: events.Handle) -> None:
        if handle._cancelled:
            return
        process = handle._context.get(PROCESS, 0)
        if process and self.before_step is not None and process not in self._dead | self._parked.keys():
            self.before_step(process)
        if process in self._dead:
            return
        if process in self._parked:
            self._parked[process].append(handle)
            return
        self.steps += 1
        handle._run()

    def _draw(self) -> float:
        if not self._draws:
            self._draws = self._chance.random(DRAWS).tolist()
        return self._draws.pop()

    # processes

    def kill(self, process: int) -> None:
        """From now on nothing of ``process`` runs: no cancellation, no finally, no goodbye."""
        self._dead.add(process)
        self._parked.pop(process, None)

    def freeze(self, process: int) -> None:
        """Stop ``process`` between two steps, as a signal would; its timers run on."""
        if process not in self._dead:
            self._parked.setdefault(process, [])

    def thaw(self, process: int) -> None:
        """Let it go on, with all that has become due."""
        self._ready.extend(self._parked.pop(process, []))

    def is_alive(self, process: int) -> bool:
        """Whether it was not killed."""
        return process not in self._dead

    def _task(self, loop: Any, work: Any, **options: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **options)
        self._tasks.append(task)
        if len(self._tasks) > MOST_TASKS:
            self._tasks = [one for one in self._tasks if not one.done()]
        return task

    def bury(self) -> None:
        """End of the world: what was left in the middle of something is let go silently."""
        self._ready.clear()
        self._scheduled.clear()
        for task in [task for task in self._tasks if not task.done()]:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            _close(task.get_coro())
        self._tasks.clear()

    # no way out

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise RealIO("the simulated world has no real input or output")

    def _process_events(self, event_list: Any) -> None:
        del event_list

    def _write_to_self(self) -> None:
        """Nobody outside can wake this loop."""

    def _asyncgen_finalizer_hook(self, generator: Any) -> None:
        """A generator that nobody holds any more belonged to a process that is dead."""

    call_soon_threadsafe = _refuse
    run_in_executor = _refuse
    create_connection = create_server = create_datagram_endpoint = _refuse
    create_unix_connection = create_unix_server = _refuse
    subprocess_exec = subprocess_shell = connect_read_pipe = connect_write_pipe = _refuse
    add_reader = add_writer = remove_reader = remove_writer = _refuse
    sock_recv = sock_recv_into = sock_sendall = sock_connect = sock_accept = sock_sendfile = _refuse
    getaddrinfo = getnameinfo = add_signal_handler = _refuse


def _close(coroutine: Any) -> None:
    try:
        coroutine.close()
    except BaseException:  # noqa: BLE001 (whatever a finally of a dead process does, nobody is left to care)
        return


def run_seeded(seed: int, main: Callable[[SeededLoop], Any], *, start_s: float = 0.0) -> Any:
    """Run the coroutine that ``main`` makes to its end, under ``seed``."""
    loop = SeededLoop(seed, start_s)
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(main(loop))
    finally:
        loop.bury()
        asyncio.set_event_loop(None)
        loop.close()
