"""A piece of work in a child process that is killed before its n-th change of a file, as by kill -9.

The changes are those that Python's audit hooks tell of, so a new step in the work is met without being named.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "os.link"})
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
ENDED, BROKEN = 0, 97


def changes_of(work: Callable[[], object], root: Path) -> int:
    """How many changes below ``root`` the ``work`` makes, done once in a child."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        count = _hook(root, 0)
        code = _done(work)
        os.write(writing, str(count()).encode())
        os._exit(code)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    told = os.read(reading, 64)
    os.close(reading)
    assert os.waitstatus_to_exitcode(status) == ENDED, "the work itself failed"
    return int(told)


def killed_before_change(number: int, work: Callable[[], object], root: Path) -> bool:
    """Do ``work`` in a child that dies before its ``number``-th change below ``root``; whether it died."""
    child = os.fork()
    if child == 0:
        _hook(root, number)
        os._exit(_done(work))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == ENDED, "the work itself failed"
    return False


def _done(work: Callable[[], object]) -> int:
    try:
        work()
    except Exception as error:  # noqa: BLE001 (a child of a test must never return into the test)
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        return BROKEN
    return ENDED


def _hook(root: Path, last: int) -> Callable[[], int]:
    """From now on, in this process, count changes below ``root`` and die before the ``last``-th."""
    count = 0
    prefix = os.fspath(root)

    def hear(event: str, words: tuple[Any, ...]) -> None:
        nonlocal count
        if event in CHANGES or (event == "open" and isinstance(words[2], int) and words[2] & WRITING):
            place = os.fsdecode(words[0]) if isinstance(words[0], str | bytes | os.PathLike) else ""
            if place.startswith(prefix) or not Path(place).is_absolute():
                count += 1
                if count == last:
                    os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)
    return lambda: count
