"""Keeper's command line as a user has it: a process of its own with a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from keeper_agent.cli import main

ROOT = Path(__file__).resolve().parents[2]


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


def keeper(
    *words: str | Path, home: Path, cwd: Path | None = None, timeout: float = 900, **extra: str
) -> Said:
    """Run ``keeper words…`` to its end, away from any ``.env``; ``extra`` goes into its environment."""
    cwd = cwd or home.parent
    done = subprocess.run(
        command(*words),
        env=environment(home, extra),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return Said(done.returncode, done.stdout, done.stderr)


@contextmanager
def started(*words: str | Path, home: Path, **extra: str) -> Iterator[subprocess.Popen[str]]:
    """``keeper words…`` until the end of the block; what it says goes into a file beside the home."""
    with (home.parent / f"{words[0]}.out").open("w") as out:
        process = subprocess.Popen(
            command(*words), env=environment(home, extra), cwd=home.parent, stdout=out, stderr=out, text=True
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
