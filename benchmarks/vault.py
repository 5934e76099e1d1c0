"""What a backup and a restore cost: ``python -m benchmarks.vault --json --decisions 5000``.

The baseline is the barest copy there is in the same run: SQLite's own backup, and gzip over the file. What a
backup costs the agent beside it is the time of durable commits without and with one under way.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import resource
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from memory.backup import Wish, back_up
from memory.connection import DATABASE, connect_reader
from memory.restore import restore
from memory.sealed import Secret
from memory.store import Store
from tests.support.memories import MemoryBuilder, at
from tools.domain.trading import Action

SECRET = Secret("correct horse battery staple")
STEP_NS = 10_000_000
COMMITS = 300


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--decisions", type=int, default=5_000)
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="keeper-vault-") as scratch:
        found = measure(Path(scratch), words.decisions)
    if words.json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        for name, value in found.items():
            print(f"{name:<34} {value:>14,.3f}" if isinstance(value, float) else f"{name:<34} {value:>14,}")


def measure(folder: Path, decisions: int) -> dict[str, Any]:
    """All figures; seconds unless the name says otherwise."""
    home = folder / "home"
    build(home, decisions)
    bare_s = timed(lambda: bare_copy(home, folder / "bare"))
    found: dict[str, Any] = {
        "decisions": decisions,
        "database_bytes": (home / DATABASE).stat().st_size,
        "bare_copy_s": bare_s,
        "bare_copy_bytes": (folder / "bare.gz").stat().st_size,
    }
    for name, secret in (("plain", None), ("sealed", SECRET)):
        file, wish = folder / f"{name}.backup", Wish(ts=1, code_version="benchmark", secret=secret)
        took = timed(lambda: back_up(home, file, wish))  # noqa: B023 (called at once)
        found |= {f"{name}_backup_s": took, f"{name}_backup_bytes": file.stat().st_size}
        found[f"{name}_backup_over_bare"] = took / bare_s
        found[f"{name}_restore_s"] = timed(
            lambda: restore(  # called at once
                file,  # noqa: B023
                folder / f"{name}-home",  # noqa: B023
                stamp="now",
                is_forced=False,
                secret=secret,  # noqa: B023
                tell=lambda *_: None,
            )
        )
    found |= beside(home, folder)
    found["peak_rss_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return found


def build(home: Path, decisions: int) -> None:
    """A memory of so many decisions, a quarter of them traded and the others followed."""
    with Store.open(home, is_throwaway=True) as store:
        builder = MemoryBuilder(store)
        builder.begin()
        for n in range(decisions):
            action = Action.ENTER if n % 4 == 0 else Action.SKIP
            decision = builder.decide(at("00:00:01") + n * STEP_NS, action=action)
            if action is Action.ENTER:
                builder.trade(decision, 1.0)
            else:
                builder.follow(decision, -1.0)


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def bare_copy(home: Path, target: Path) -> None:
    """The baseline: nothing is checked, sealed or read back."""
    with closing(connect_reader(home / DATABASE)) as reader, closing(sqlite3.connect(target)) as copy:
        reader.backup(copy)
    with target.open("rb") as plain, gzip.open(target.with_suffix(".gz"), "wb", compresslevel=6) as packed:
        shutil.copyfileobj(plain, packed, 1 << 20)


def beside(home: Path, folder: Path) -> dict[str, Any]:
    """How long a durable commit takes without and with a backup beside it."""
    quiet = commits(home, "quiet")
    stop = multiprocessing.Event()
    child = multiprocessing.Process(target=back_up_again_and_again, args=(home, folder, stop))
    child.start()
    try:
        busy = commits(home, "busy")
    finally:
        stop.set()
        child.join()
    return {
        "commits": COMMITS,
        "commit_p50_ms": float(np.percentile(quiet, 50)),
        "commit_p99_ms": float(np.percentile(quiet, 99)),
        "commit_beside_p50_ms": float(np.percentile(busy, 50)),
        "commit_beside_p99_ms": float(np.percentile(busy, 99)),
    }


def commits(home: Path, name: str) -> list[float]:
    """Milliseconds of durable commits."""
    found = []
    with Store.open(home) as store:
        builder = MemoryBuilder(store)
        builder.begin(f"run_{name}", ts=at("23:00:00"))
        for n in range(COMMITS):
            builder.decide(at("23:00:00") + n * STEP_NS)
            start = time.perf_counter()
            store.commit_durable([])
            found.append((time.perf_counter() - start) * 1e3)
    return found


def back_up_again_and_again(home: Path, folder: Path, stop: Event) -> None:
    """Keep a backup under way until told to stop."""
    number = 0
    while not stop.is_set():
        number += 1
        file = folder / f"beside-{number}.backup"
        back_up(home, file, Wish(ts=1, code_version="benchmark"))
        file.unlink()


if __name__ == "__main__":
    main()
