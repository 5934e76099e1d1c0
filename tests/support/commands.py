"""Keeper's command line as a user has it: a process of its own with a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import orjson
import pytest

from keeper_agent.cli import main
from tests.support.forks import Fork
from tools.domain.clock import NS, SystemStopwatch

ROOT = Path(__file__).resolve().parents[2]


class Process(Protocol):
    """What is asked of a process that was started."""

    pid: int

    def poll(self) -> int | None:
        """Its exit code; None while it lives."""

    def wait(self, timeout: float) -> int:
        """Its exit code, once it has ended."""

    def send_signal(self, sig: int) -> None:
        """Send it a signal, if it lives."""

    def kill(self) -> None:
        """End it at once."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command ended with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as the one JSON document it must be."""
        return orjson.loads(self.out)

    def fails_in_one_line(self, code: int, *words: str) -> None:
        """It ended with ``code`` and one line on stderr that holds every one of ``words``."""
        assert self.code == code, self.err or self.out
        assert self.out == ""
        lines = [line for line in self.err.splitlines() if line.startswith("keeper: ")]
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        assert self.err.splitlines()[-1] == lines[0], "something was said after the error"
        for word in words:
            assert word in lines[0]


class Here:
    """The same command line without the price of a process; its errors and exit codes are the same."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> Said:
        """Run ``keeper words…`` in this process."""
        self._monkeypatch.setattr(sys, "argv", ["keeper", *map(str, words)])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main()
        return Said(int(leaving.value.code or 0), *self._capsys.readouterr())


def environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without any setting of Keeper, but with ``home`` and ``extra``."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG", "XDG_CACHE_HOME", "PYTHONPATH")
        if name in os.environ
    }
    return kept | {"KEEPER_HOME": str(home), "COLUMNS": "200"} | dict(extra or {})


def command(*words: str | Path) -> list[str]:
    """The words of a process that is ``keeper words…``."""
    return [sys.executable, "-P", "-m", "keeper_agent.cli", *map(str, words)]


def must_be_its_own(settings: Mapping[str, str]) -> bool:
    """Whether ``settings`` hold what an interpreter reads only as it starts."""
    return any(name == "TZ" or name.startswith("PYTHON") for name in settings)


def keeper(
    *words: str | Path, home: Path, cwd: Path | None = None, timeout: float = 900, **extra: str
) -> Said:
    """Run ``keeper words…`` to its end, away from any ``.env``; ``extra`` goes into its environment."""
    cwd = cwd or home.parent
    if must_be_its_own(extra):
        return keeper_itself(*words, home=home, cwd=cwd, timeout=timeout, **extra)
    with TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = Fork(*words, environment=environment(home, extra), folder=cwd, out=out, err=err)
        try:
            process.wait(timeout)
        finally:
            process.kill()
        return Said(process.wait(timeout), out.read_text("utf-8"), err.read_text("utf-8"))


def keeper_itself(
    *words: str | Path, home: Path, cwd: Path | None = None, timeout: float = 900, **extra: str
) -> Said:
    """The same by an interpreter that starts and imports as a user's does."""
    done = subprocess.run(
        command(*words),
        env=environment(home, extra),
        cwd=cwd or home.parent,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return Said(done.returncode, done.stdout, done.stderr)


class Spoken:
    """A process that was started, and what it says."""

    def __init__(self, process: Process, out: Path, err: Path) -> None:
        self.pid = process.pid
        self.poll, self.kill, self.send_signal = process.poll, process.kill, process.send_signal
        self._process, self._out, self._err = process, out, err

    def await_that(self, look: Callable[[], object], most_s: float = 900) -> None:
        """Wait, while it lives, until ``look`` finds something."""
        watch, pause = SystemStopwatch(), threading.Event()
        until = watch.elapsed() + most_s * NS
        while not look():
            assert self.poll() is None, self._err.read_text("utf-8")
            assert watch.elapsed() < until, f"not within {most_s} seconds"
            pause.wait(0.1)

    def end(self, most_s: float = 900) -> Said:
        """What it has said, once it has ended."""
        return Said(self._process.wait(most_s), self._out.read_text("utf-8"), self._err.read_text("utf-8"))


@contextmanager
def spoken(*words: str | Path, home: Path, **extra: str) -> Iterator[Spoken]:
    """``keeper words…`` until the end of the block, and what it says."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = Fork(*words, environment=environment(home, extra), folder=home.parent, out=out, err=err)
        try:
            yield Spoken(process, out, err)
        finally:
            process.kill()
            process.wait(60)


@contextmanager
def started(*words: str | Path, home: Path, **extra: str) -> Iterator[Process]:
    """``keeper words…`` until the end of the block; what it says goes into a file beside the home."""
    out = home.parent / f"{words[0]}.out"
    out.write_text("")
    process: Process
    if must_be_its_own(extra):
        with out.open("w") as file:
            process = subprocess.Popen(
                command(*words), env=environment(home, extra), cwd=home.parent, stdout=file, stderr=file
            )
    else:
        process = Fork(*words, environment=environment(home, extra), folder=home.parent, out=out, err=out)
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)
