"""A piece of work in a process of its own that dies at its n-th step, as by kill -9.

A step is whatever the process is about to do to the disk: every statement that SQLite begins on any
connection (a BEGIN, each row of an insert, a COMMIT, the chain's own), every file that is opened to be
written, written to, renamed, made or removed below the home, and the end of the work. They are not listed
anywhere: one undisturbed run is traced, so a step that is added tomorrow is met tomorrow.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

Work = Callable[[], object]
NAMED = 60  # characters of a statement in a step's name
TOUCHING = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.chmod"})
WRITING = frozenset({"write", "writelines", "truncate", "flush"})
ENDED, BROKEN = 0, 97
UNWATCHED = -1  # instead of a step: neither counted nor killed


@dataclass(frozen=True, slots=True)
class Death:
    """How a process ended: at which step, and whether it was killed there."""

    steps: tuple[str, ...]
    is_killed: bool


class WorkBroken(AssertionError):
    """The work itself failed, which no kill explains."""


def traced(home: Path, work: Work) -> tuple[str, ...]:
    """The names of the steps of ``work``, done to its end in a process of its own."""
    return run_killed_at(0, home, work).steps


def lived(home: Path, work: Work) -> None:
    """Do ``work`` to its end in a process of its own, unwatched."""
    run_killed_at(UNWATCHED, home, work)


def run_killed_at(step: int, home: Path, work: Work) -> Death:
    """Do ``work`` in a process that dies before its ``step``-th step; 0 lets it live.

    Raises:
        WorkBroken: The process failed by itself; its complaint is on standard error.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _live(step, home, work, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        names = told.read().decode().splitlines()
    _, status = os.waitpid(child, 0)
    is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if not is_killed and os.waitstatus_to_exitcode(status) != ENDED:
        raise WorkBroken(f"the work ended with {os.waitstatus_to_exitcode(status)} after {names[-3:]}")
    return Death(tuple(names), is_killed)


def _live(step: int, home: Path, work: Work, pipe: int) -> None:
    """The child's whole life; never returns."""
    code = BROKEN
    try:
        count = _Counter(step, pipe)
        if step != UNWATCHED:
            _watch(home, count)
        work()
        count("end")
        code = ENDED
    except BaseException as error:  # noqa: BLE001 (a child must not go on as its parent)
        sys.__stderr__.write(f"{type(error).__name__}: {error}\n")  # type: ignore[union-attr]
        sys.__stderr__.flush()  # type: ignore[union-attr]
    finally:
        os._exit(code)


class _Counter:
    """Counts steps, tells each to the parent, and dies at the chosen one."""

    def __init__(self, last: int, pipe: int) -> None:
        self._last, self._pipe = last, pipe
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self, name: str) -> None:
        with self._lock:
            self._count += 1
            os.write(self._pipe, (" ".join(name.split())[:NAMED] + "\n").encode())
            if self._count == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()


def _watch(home: Path, step: Callable[[str], None]) -> None:
    """Call ``step`` before each step of this process from now on; there is no way back."""
    below = str(home)

    def connected(connection: Any, _: object) -> None:
        connection.set_trace_callback(lambda statement: step(f"sql {statement}"))

    def audited(name: str, told: tuple[Any, ...]) -> None:
        if name == "open" and isinstance(told[0], str) and told[0].startswith(below):
            if told[2] & (os.O_WRONLY | os.O_RDWR):
                step(f"open {os.path.relpath(told[0], below)}")
        elif name in TOUCHING and str(told[0]).startswith(below):
            step(f"{name} {os.path.relpath(str(told[0]), below)}")

    def profiled(_: object, what: str, call: Any) -> None:
        if what == "c_call" and call.__name__ in WRITING and _is_file_below(call.__self__, below):
            step(f"{call.__name__} {os.path.relpath(call.__self__.name, below)}")

    event.listen(Pool, "connect", connected)
    sys.addaudithook(audited)
    threading.setprofile(profiled)
    sys.setprofile(profiled)


def _is_file_below(thing: object, below: str) -> bool:
    if not isinstance(thing, io.IOBase | io.TextIOWrapper):
        return False
    return str(getattr(thing, "name", "")).startswith(below)
