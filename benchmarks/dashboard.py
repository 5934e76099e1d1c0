"""What live updates at 10 Hz cost the server: ``python -m benchmarks.dashboard --json``.

The server is ``keeper serve`` in a process of its own, beside an agent that stands another way each time
it is asked. Windows with and without a listener take turns, so that both have the same machine; compared is
the processor time of the server's process. The baseline is the same process with nobody listening.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import orjson

from keeper_agent.api.tokens import TOKENS_FILE
from tests.support.watched import a_busy_day, a_stand_in

TICKS = os.sysconf("SC_CLK_TCK")
SETTLE_S = 1.0
DRAWS = 2_000


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="keeper-dashboard-") as scratch:
        found = measure(Path(scratch), words.pairs, words.seconds)
    if words.json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        for name, value in found.items():
            print(f"{name:<34} {value}")


def measure(folder: Path, pairs: int, seconds: float) -> dict[str, object]:
    """Shares of a core with and without a listener, and their difference with a 95 % interval over pairs."""
    home = folder / "home"
    a_busy_day(home, 60)
    without, listening, rates, size = [], [], [], 0
    with a_stand_in(home), served_apart(home) as (process, url):
        token = orjson.loads((home / TOKENS_FILE).read_bytes())["read"]
        for _ in range(pairs):
            time.sleep(SETTLE_S)
            without.append(busy(process.pid, seconds))
            with Listener(url, token) as listener:
                time.sleep(SETTLE_S)
                before = listener.events
                listening.append(busy(process.pid, seconds))
                rates.append((listener.events - before) / seconds)
                size = listener.size
    added = np.array(listening) - np.array(without)
    rng = np.random.default_rng(7)
    means = rng.choice(added, (DRAWS, pairs)).mean(axis=1)
    idle = float(np.mean(without))
    return {
        "pairs": pairs,
        "seconds_a_window": seconds,
        "events_a_second": float(np.mean(rates)),
        "bytes_an_event": size,
        "cores_without_listener": idle,
        "cores_with_listener": float(np.mean(listening)),
        "cores_added": float(added.mean()),
        "cores_added_interval": [float(one) for one in np.quantile(means, (0.025, 0.975))],
        "ratio_with_to_without": float(np.mean(listening)) / idle if idle else None,
    }


@contextmanager
def served_apart(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``keeper serve`` over ``home`` in a process of its own, and its address."""
    words = [sys.executable, "-m", "keeper_agent.cli", "serve", "--home", str(home)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603 (our own program)
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+?:\d+", process.stdout.readline())
        assert found is not None, "keeper serve did not tell its address"
        yield process, found[0]
    finally:
        process.terminate()
        process.wait(10)


def busy(pid: int, seconds: float) -> float:
    """Share of one core that the process takes over ``seconds``."""
    began, at = processor_s(pid), time.perf_counter()
    time.sleep(seconds)
    return (processor_s(pid) - began) / (time.perf_counter() - at)


def processor_s(pid: int) -> float:
    """User and system time of the process so far, s (proc(5), fields 14 and 15)."""
    told = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / TICKS


class Listener:
    """Reads the event stream in a thread and counts."""

    def __init__(self, url: str, token: str) -> None:
        self.events = self.size = 0
        self._peer = HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._peer.request("GET", "/api/events", headers={"Authorization": f"Bearer {token}"})
        self._answer: HTTPResponse = self._peer.getresponse()
        self._is_over = False
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Listener:
        """Begin to read."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up; at the next event the thread ends."""
        self._is_over = True
        self._thread.join(5)
        self._peer.close()

    def _read(self) -> None:
        while not self._is_over:
            line = self._answer.readline()
            if line.startswith(b"data: "):
                self.events, self.size = self.events + 1, len(line)


if __name__ == "__main__":
    main()
