"""Death at the n-th step: every await point of a process, and every write to its memory, is a step."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine, Generator
from typing import Any

from memory.episodes import EpisodeLog
from tools.domain.trading import Fill, Intent, OrderUpdate


class Steps:
    """Counts, and kills its process at step ``kill_at`` as the kernel would: nothing is tidied up."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at = kill_at
        self.count = 0

    def step(self) -> None:
        self.count += 1
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


class Stepped(Coroutine[Any, Any, Any]):
    """A coroutine each of whose resumptions and suspensions is a step."""

    def __init__(self, inner: Coroutine[Any, Any, Any], steps: Steps) -> None:
        self._inner = inner
        self._steps = steps

    def send(self, value: Any) -> Any:
        self._steps.step()
        waited_for = self._inner.send(value)
        self._steps.step()
        return waited_for

    def throw(self, *error: Any) -> Any:
        self._steps.step()
        return self._inner.throw(*error)

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inner.__await__()


def count_awaits(loop: asyncio.AbstractEventLoop, steps: Steps) -> None:
    """Let every task of ``loop``, those of the client library too, step at each of its awaits."""

    def make(loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
        return asyncio.Task(Stepped(work, steps), loop=loop, **options)

    loop.set_task_factory(make)


class SteppedLog:
    """The log of episodes, with a step before and after every write."""

    def __init__(self, log: EpisodeLog, steps: Steps) -> None:
        self._log = log
        self._steps = steps

    def record_intent(self, intent: Intent) -> None:
        self._steps.step()
        self._log.record_intent(intent)
        self._steps.step()

    def record_fill(self, fill: Fill) -> None:
        self._steps.step()
        self._log.record_fill(fill)
        self._steps.step()

    def record_order(self, update: OrderUpdate) -> None:
        self._steps.step()
        self._log.record_order(update)
        self._steps.step()
