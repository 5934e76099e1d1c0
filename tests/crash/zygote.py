"""Loads everything once, then forks a worker for each life, so that a thousand deaths take minutes.

It talks in JSON lines: a job comes in, the worker's words and its end go out.
"""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from typing import Any

import orjson

from tests.crash.worker import Job, live

IN, OUT = 0, 1


def say(words: dict[str, Any]) -> None:
    """One line out, at once."""
    os.write(OUT, orjson.dumps(words) + b"\n")


def read_line() -> bytes:
    """One line in, and not a byte more: the rest may be for another process."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(IN, 1)
        if not byte:
            return b""
        line += byte
    return line


def serve() -> None:
    """Fork a worker for each job until there are no more."""
    import_module("ccxt.pro")
    while line := read_line():
        if not line.startswith(b"{"):
            continue  # a word, or the rest of one, for a worker that died before it could read it
        child = os.fork()
        if child == 0:
            _be(Job(**orjson.loads(line)))
        _, status = os.waitpid(child, 0)
        signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        say({"ended": os.WEXITSTATUS(status) if not signal else -signal})


def _be(job: Job) -> None:
    try:
        say({"pid": os.getpid()})
        live(job, say, lambda: None if read_line() else os._exit(3))
    except BaseException:  # noqa: BLE001 (a worker has no caller; its parent reads the code)
        traceback.print_exc(file=sys.stderr)
        os._exit(1)
    os._exit(0)
