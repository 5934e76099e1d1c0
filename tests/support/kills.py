"""A piece of work in a child process that is killed at its n-th step, as by kill -9."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

ENDED, BROKEN = 0, 97


def run_killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a child that dies before its ``step``-th statement or file; whether it died."""
    child = os.fork()
    if child == 0:
        code = BROKEN
        try:
            with steps(lambda count: count < step or os.kill(os.getpid(), signal.SIGKILL)):
                work()
            code = ENDED
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == ENDED, "the work itself failed"
    return False


@contextmanager
def steps(each: Callable[[int], object]) -> Iterator[None]:
    """Call ``each`` with the count of steps before every SQL statement and every file put in place."""
    count = 0

    def step(*_: Any, **__: Any) -> None:
        nonlocal count
        count += 1
        each(count)

    replace = Path.replace

    def replacing(path: Path, target: Path) -> Path:
        step()
        return replace(path, target)

    event.listen(Engine, "before_cursor_execute", step)
    Path.replace = replacing  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        Path.replace = replace  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", step)
