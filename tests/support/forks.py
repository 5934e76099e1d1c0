"""Processes that are ``keeper words…``, forked from one that has loaded everything.

They are real ones without the price of the imports: with a pid, an environment, a folder and files of their
own, to be signalled and killed. What a process only does as it starts is asked of ``commands.keeper_itself``.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from tests.support import zygote

KEEPER = "keeper_agent.cli:main"
NOTHING = Path(os.devnull)
PATIENCE_S = 300.0  # to load everything, kernels that must be compiled first included


class Zygote:
    """The process that forks; one for each test process, started when it is first needed."""

    _one: Zygote | None = None

    def __init__(self, jobs: int, told: int) -> None:
        """Talk to one that reads ``jobs`` and writes to ``told``."""
        self._jobs = jobs
        self._told = told
        self._heard = b""
        self._began: list[int] = []
        self._ended: dict[int, int] = {}

    @classmethod
    def started(cls) -> Zygote:
        """A process of its own that loads everything first."""
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.support.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[2],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        one = cls(os.dup(process.stdin.fileno()), os.dup(process.stdout.fileno()))

        def leave() -> None:
            one.close()
            process.communicate()

        atexit.register(leave)
        return one

    @classmethod
    def forked(cls) -> Zygote:
        """A copy of this process, which has loaded everything and has no threads."""
        jobs, from_us = os.pipe()
        to_us, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            zygote.serve_through(jobs, told)
        os.close(jobs)
        os.close(told)
        return cls(from_us, to_us)

    @classmethod
    def here(cls) -> Zygote:
        """The one of this process."""
        if cls._one is None:
            cls._one = cls.started()
        return cls._one

    @classmethod
    def adopt(cls, one: Zygote) -> None:
        """Let ``one`` be that of this process."""
        cls._one = one

    def close(self) -> None:
        """Let it end: there are no more jobs."""
        os.close(self._jobs)
        os.close(self._told)

    def fork(
        self,
        words: list[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        out: Path,
        err: Path,
        reads: Path = NOTHING,
        does: str = KEEPER,
    ) -> int:
        """The pid of a new ``keeper words…``, or what ``does`` that, which appends what it says to files."""
        job = {
            "does": does,
            "reads": str(reads),
            "words": words,
            "environment": dict(environment),
            "folder": str(folder),
            "out": str(out),
            "err": str(err),
        }
        line = orjson.dumps(job) + b"\n"
        while line:
            line = line[os.write(self._jobs, line) :]
        until = time.monotonic() + PATIENCE_S
        while not self._began:
            self._hear(max(0.0, until - time.monotonic()))
            assert time.monotonic() < until, "the process that forks does not answer"
        return self._began.pop()

    def code_of(self, pid: int, wait_s: float) -> int | None:
        """How ``pid`` ended, once it has; None where it had not within ``wait_s`` seconds."""
        until = time.monotonic() + wait_s
        self._hear(0.0)
        while pid not in self._ended and time.monotonic() < until:
            self._hear(until - time.monotonic())
        return self._ended.get(pid)

    def _hear(self, wait_s: float) -> None:
        ready, _, _ = select.select([self._told], [], [], wait_s)
        if not ready:
            return
        read = os.read(self._told, 65_536)
        assert read, "the process that forks has ended"
        *lines, self._heard = (self._heard + read).split(b"\n")
        for line in lines:
            said: dict[str, Any] = orjson.loads(line)
            if "began" in said:
                self._began.append(said["began"])
            else:
                self._ended[said["ended"]] = said["code"]


class Fork:
    """A forked ``keeper words…``; what it offers is as with ``subprocess.Popen``."""

    def __init__(
        self,
        *words: str | Path,
        environment: Mapping[str, str],
        folder: Path,
        out: Path,
        err: Path,
        reads: Path = NOTHING,
        does: str = KEEPER,
    ) -> None:
        """Start it; ``does`` names another function, ``module:function``, for the same kind of process."""
        self._zygote = Zygote.here()
        self.returncode: int | None = None
        self.pid = self._zygote.fork(
            [str(word) for word in words],
            environment=environment,
            folder=folder,
            out=out,
            err=err,
            reads=reads,
            does=does,
        )

    def poll(self) -> int | None:
        """Its exit code, or minus its signal; None while it lives."""
        if self.returncode is None:
            self.returncode = self._zygote.code_of(self.pid, 0.0)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """The same once it has ended.

        Raises:
            TimeoutError: It had not within ``timeout`` seconds.
        """
        if self.returncode is None:
            self.returncode = self._zygote.code_of(self.pid, timeout)
        if self.returncode is None:
            raise TimeoutError(f"process {self.pid} lives after {timeout} s")
        return self.returncode

    def send_signal(self, sig: int) -> None:
        """Send it a signal, if it lives."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)
