"""One question as server-sent events: what is read as it is read, then the answer or why there is none.

The answer is made in a thread. It stops at its next read once nobody waits for it, or after ``LONGEST_S``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

from starlette.concurrency import run_in_threadpool

from graphs.answers import as_data
from graphs.query import answer
from keeper_agent.api.desk import Desk
from keeper_agent.api.pulse import event
from keeper_agent.api.shapes import Question
from keeper_agent.api.watched import WatchedStore
from memory.account import present
from tools.domain.errors import KeeperError

MOST_ASKED = 4  # questions answered at a time
MOST_READS = 200  # told of one question; further ones are counted alone
LONGEST_S = 30.0


class Abandoned(Exception):
    """Nobody waits for this answer any more."""


class Questions:
    """The questions that are being answered; belongs to the server's loop.

    Args:
        desk: Whose record is asked.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._working: set[asyncio.Task[None]] = set()

    @property
    def are_too_many(self) -> bool:
        """Whether as many are being answered as may be."""
        return len(self._working) >= MOST_ASKED

    def ask(self, wanted: Question) -> AsyncIterator[bytes]:
        """Begin to answer; the events are ``reading``, ``found``, and ``answer`` or ``fault``."""
        asked = _Asked(self._desk, wanted)
        task = asyncio.create_task(run_in_threadpool(asked.work))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return asked.told()


class _Asked:
    """One question on its way: ``work`` in a thread, ``told`` in the loop."""

    def __init__(self, desk: Desk, wanted: Question) -> None:
        self._desk, self._wanted = desk, wanted
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + LONGEST_S
        self._events: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue()
        self._reads = self._rows = 0
        self._is_abandoned = False

    def work(self) -> None:
        """Answer, telling the loop what happens."""
        try:
            self._tell("answer", self._answer())
        except KeeperError as error:
            self._tell("fault", {"error": str(error)})
        except Abandoned:
            pass
        except Exception as error:  # noqa: BLE001 (the headers have left: this is the only way to say so)
            self._tell("fault", {"error": f"internal error: {type(error).__name__}"})
        finally:
            self._put(None)

    async def told(self) -> AsyncIterator[bytes]:
        """The events, in order, each as it is sent."""
        try:
            while True:
                left = self._until - self._loop.time()
                told = await asyncio.wait_for(self._events.get(), max(left, 0.0))
                if told is None:
                    return
                yield event(*told)
        except TimeoutError:
            yield event("fault", {"error": f"no answer within {LONGEST_S:.0f} s; ask for less at a time"})
        finally:
            self._is_abandoned = True

    def _answer(self) -> dict[str, Any]:
        wanted = self._wanted
        with WatchedStore.open(self._desk.home, read_only=True) as store:
            store.on_read = self._see
            now = present(store, self._desk.clock.now())
            found = as_data(answer(store, wanted.question, now, tuple(wanted.before)))
        self._tell("found", {"reads": self._reads, "rows": self._rows, "understood": found["understood"]})
        return found

    def _see(self, tables: Sequence[str], rows: int | None) -> None:
        """Tell one read; refuse to begin another for nobody."""
        if rows is None:
            if self._is_abandoned:
                raise Abandoned
            return
        self._reads, self._rows = self._reads + 1, self._rows + rows
        if self._reads <= MOST_READS:
            self._tell("reading", {"tables": tables, "rows": rows})

    def _tell(self, name: str, what: object) -> None:
        self._put((name, what))

    def _put(self, told: tuple[str, Any] | None) -> None:
        with suppress(RuntimeError):  # the server was closed meanwhile, and its loop with it
            self._loop.call_soon_threadsafe(self._events.put_nowait, told)
