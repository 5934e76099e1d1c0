"""An event loop in a thread of its own, in which brains are asked while the caller waits.

The decision cycle may itself run inside an event loop, which cannot be entered twice. A call
that is late is cancelled here, which closes its connection; a thread could only be left behind.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
CLOSING_S = 5.0


class LoopThread:
    """The loop; started with the object, ended by ``close``."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="keeper-brain", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], timeout_s: float) -> T:
        """The result of ``work``.

        Raises:
            TimeoutError: It took longer than ``timeout_s``; it is cancelled.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout_s)
        except TimeoutError:
            future.cancel()
            raise

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Begin ``work`` and do not wait for it; it must keep its faults to itself."""
        asyncio.run_coroutine_threadsafe(work, self._loop)

    def drain(self, timeout_s: float) -> None:
        """Wait for everything that was started, but not for ever."""
        with suppress(TimeoutError):
            self.run(_wait_all(), timeout_s)

    def close(self) -> None:
        """Cancel what still runs and end the thread."""
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(CLOSING_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSING_S)
        self._loop.close()


async def _wait_all() -> None:
    others = _others()
    if others:
        await asyncio.wait(others)  # which, unlike gather, cancels nobody when it is cancelled itself


def _others() -> list[asyncio.Task[Any]]:
    own = asyncio.current_task()
    return [task for task in asyncio.all_tasks() if task is not own]


async def _cancel_all() -> None:
    others = _others()
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
