"""A sender in a process of its own, for as long as a block lasts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.loopback.log import STATE_FILE
from benchmarks.loopback.plan import LoadPlan

PATIENCE_S = 240.0
ROOT = Path(__file__).resolve().parents[2]  # where `-m benchmarks…` is found


@contextmanager
def sending(plan: LoadPlan, folder: Path) -> Iterator[str]:
    """The address (host:port) of a sender; on leaving, its log and state lie in ``folder``.

    Raises:
        RuntimeError: It did not start or did not end well.
    """
    command = [sys.executable, "-m", "benchmarks.loopback", msgspec.json.encode(plan).decode(), str(folder)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT)  # noqa: S603 (our own)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        if not port.isdigit():
            raise RuntimeError(f"the sender did not start: it said {port!r}")
        yield f"127.0.0.1:{port}"
        process.communicate(timeout=PATIENCE_S)
        if process.returncode:
            raise RuntimeError(f"the sender ended with {process.returncode}")
    finally:
        process.kill()
        process.wait()


def read_state(folder: Path) -> dict[str, Any]:
    """What the sender kept beside its log."""
    found: dict[str, Any] = msgspec.json.decode((folder / STATE_FILE).read_bytes())
    return found
