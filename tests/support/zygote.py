"""Loads Keeper once, then forks a process for each command: a test pays for what that does, not for imports.

It talks in JSON lines: a job (words, environment, folder, files for what it reads and says) comes in; its pid
and its end go out.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import time
import traceback
from importlib import import_module
from typing import Any, NoReturn

import orjson

from tools.execution.warmup import warm_kernels

IN, OUT = 0, 1
SELDOM = (50_000, 20, 10)  # looking for garbage took a twentieth of the run, for a few megabytes
# What ``keeper run`` and most commands would import in the end; the child imports whatever is missing here.
MODULES = (
    "alembic.command",
    "alembic.context",
    "ccxt.pro",
    "chromadb_rust_bindings",
    "keeper_agent.api.application",
    "keeper_agent.cli",
    "keeper_agent.commands.live",
    "keeper_agent.commands.local_venue",
    "keeper_agent.commands.run",
    "keeper_agent.telegram.service",
    "langgraph.graph",
    "langsmith.run_helpers",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
)


def load() -> None:
    """Import all that commands import, and read the kernels."""
    for name in MODULES:
        import_module(name)
    warm_kernels()


def serve() -> None:
    """Fork a process for each job, and tell of each end, until there are no more jobs."""
    gc.freeze()  # the children need not look through what is loaded, and share it for longer
    gc.set_threshold(*SELDOM)
    gc.enable()
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(ended, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    waiting = b""
    while True:
        ready, _, _ = select.select([IN, ended], [], [])
        if ended in ready:
            os.read(ended, 512)
            reap()
        if IN in ready:
            read = os.read(IN, 65_536)
            if not read:
                return
            *lines, waiting = (waiting + read).split(b"\n")
            for line in lines:
                start(orjson.loads(line), (ended, wake))


def serve_through(jobs: int, told: int) -> NoReturn:
    """Do that in a process that was forked for it: ``jobs`` are read, what is said goes to ``told``."""
    try:
        os.dup2(jobs, IN)
        os.dup2(told, OUT)
        os.closerange(3, max(jobs, told) + 2)  # what the other side holds lies among them
        serve()
    except BaseException:  # noqa: BLE001 (nobody is above it)
        traceback.print_exc()
    finally:
        os._exit(0)


def start(job: dict[str, Any], private: tuple[int, int]) -> None:
    """Fork ``job`` and say its pid."""
    pid = os.fork()
    if pid == 0:
        be(job, private)
    say({"began": pid})


def reap() -> None:
    """Say how every child ended that has."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def say(words: dict[str, Any]) -> None:
    """One line out, at once."""
    os.write(OUT, orjson.dumps(words) + b"\n")


def be(job: dict[str, Any], private: tuple[int, int]) -> NoReturn:
    """Become ``keeper words…``, or what else it ``does``: with its own environment, folder and files."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in private:
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(job["environment"])
        time.tzset()
        os.chdir(job["folder"])
        for descriptor, path in ((1, job["out"]), (2, job["err"]), (0, job["reads"])):
            flags = os.O_RDONLY if descriptor == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND
            opened = os.open(path, flags, 0o600)
            os.dup2(opened, descriptor)
            os.close(opened)
        sys.argv = ["keeper", *job["words"]]
        module, _, function = job["does"].partition(":")
        getattr(import_module(module), function)()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001 (nobody is above it; its parent reads the code)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    load()
    serve()
