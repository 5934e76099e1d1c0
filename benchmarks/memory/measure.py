"""What is measured on a long record, each beside the same without its index where there is one."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.memory.timing import timed
from graphs.explanation import explain
from graphs.query import answer
from memory.account import account_day, present
from memory.chain import TABLES, read_head, seal
from memory.hindsight import judged_votes
from memory.lately import lately
from memory.lookup import tell
from memory.open_orders import OpenOrders
from memory.recent import last_decisions
from memory.statistics import symbols
from memory.store import Store

Figures = dict[str, object]

QUESTIONS = (
    "how many decisions?",
    "how many decisions by symbol?",
    "how many decisions on NEARUSDT?",
    "show the last 5 decisions on NEARUSDT",
    "how many decisions yesterday?",
    "why did you take the last trade?",
    "show the last 5 trades",
    "what was the best trade on NEARUSDT?",
    "how many trades did you win?",
    "how did you perform on NEARUSDT?",
    "how did you perform by symbol?",
    "how many decisions were refused because of spoofing?",
    "how many fills?",
    "what did you learn?",
)
WARM = 20
SCAN = (
    "SELECT decision_id FROM decision NOT INDEXED "
    "WHERE symbol = :symbol AND ts <= :ts ORDER BY ts DESC LIMIT 50"
)
FAR = "SELECT outcome_id FROM outcome NOT INDEXED WHERE decision_id = :name"


def measure(home: Path, *, reads: int, seed: int) -> Figures:
    """Every figure about the readers of ``home``."""
    generator = np.random.default_rng(seed)
    began = time.perf_counter()
    with Store.open(home, read_only=True) as store:
        opened_s = time.perf_counter() - began
        return {
            "rows": _rows(store),
            "bytes": sum(path.stat().st_size for path in home.rglob("*") if path.is_file()),
            "open_s": opened_s,
            "recall_last_50": _recall(store, generator, reads),
            "shown_to_a_brain": _lately(store, generator, min(reads, 500)),
            "explain": _explain(store, generator, min(reads, 500)),
            "start": _start(store),
            "ask": _ask(store),
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


def _rows(store: Store) -> Figures:
    return {name: store.fetch(f'SELECT COUNT(*) FROM "{name}"', {})[0][0] for name in TABLES}  # noqa: S608


def _moments(store: Store, generator: np.random.Generator, n: int) -> Iterator[tuple[str, int]]:
    """Symbols and times of the record, any of both."""
    names = symbols(store)
    ((first, last),) = store.fetch("SELECT MIN(ts), MAX(ts) FROM decision", {})
    for name, ts in zip(generator.choice(names, n), generator.integers(first, last, n), strict=True):
        yield str(name), int(ts)


def _recall(store: Store, generator: np.random.Generator, n: int) -> Figures:
    asked = list(_moments(store, generator, n + WARM))
    for symbol, ts in asked[:WARM]:
        last_decisions(store, symbol, ts)
    found = timed(lambda s=symbol, t=ts: last_decisions(store, s, t) for symbol, ts in asked[WARM:])  # type: ignore[misc]
    scan = timed(
        lambda s=symbol, t=ts: store.fetch(SCAN, {"symbol": s, "ts": t})  # type: ignore[misc]
        for symbol, ts in asked[:3]
    )
    return {**asdict(found), "full_scan": asdict(scan)}


def _lately(store: Store, generator: np.random.Generator, n: int) -> Figures:
    """What a brain is shown of a symbol's last 50 decisions, for signals of the record."""
    signals = [tell(store, name).signal for name in _ids(store, generator, n + WARM)]
    for signal in signals[:WARM]:
        lately(store, signal)
    return asdict(timed(lambda s=signal: lately(store, s) for signal in signals[WARM:]))  # type: ignore[misc]


def _explain(store: Store, generator: np.random.Generator, n: int) -> Figures:
    names = _ids(store, generator, n + WARM)
    for name in names[:WARM]:
        explain(store, name)
    found = timed(lambda d=name: explain(store, d) for name in names[WARM:])  # type: ignore[misc]
    scan = timed(lambda d=name: store.fetch(FAR, {"name": d}) for name in names[:3])  # type: ignore[misc]
    return {**asdict(found), "full_scan_for_its_outcomes_alone": asdict(scan)}


def _ids(store: Store, generator: np.random.Generator, n: int) -> list[str]:
    ((last,),) = store.fetch("SELECT MAX(rowid) FROM decision", {})
    rows = generator.integers(1, last + 1, n)
    query = "SELECT decision_id FROM decision WHERE rowid = :row"
    return [store.fetch(query, {"row": int(row)})[0][0] for row in rows]


def _start(store: Store) -> Figures:
    """What an agent reads before it sends anything."""
    ((ts, world, venue),) = store.fetch("SELECT MAX(ts), world, venue FROM decision", {})
    orders = OpenOrders(store, world, venue)
    works: dict[str, Callable[[], object]] = {
        "present": lambda: present(store, 0),
        "account_of_the_day": lambda: account_day(store, world, ts),
        "open_orders": orders.open_intents,
        "holdings": lambda: orders.holdings({}),
        "judged_votes": lambda: list(judged_votes(store, ts, 500)),
    }
    return {name: asdict(timed([work] * 5)) for name, work in works.items()}


def _ask(store: Store) -> Figures:
    now = present(store, 0)
    return {
        text: asdict(timed([lambda asked=text: answer(store, asked, now)] * 3))  # type: ignore[misc]
        for text in QUESTIONS
    }


def measure_commands(home: Path, *, n: int, seed: int) -> Figures:
    """Whole commands, from the start of the program to its end."""
    with Store.open(home, read_only=True) as store:
        names = _ids(store, np.random.default_rng(seed), n)
    return {
        "keeper explain": asdict(timed(lambda d=name: _keeper(home, "explain", d) for name in names)),  # type: ignore[misc]
        "keeper ask": asdict(timed([lambda: _keeper(home, "ask", "how many decisions by symbol?")] * n)),
    }


def _keeper(home: Path, *words: str) -> None:
    command = [sys.executable, "-m", "keeper_agent.cli", *words, "--home", str(home)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 (our own program)


def measure_sealing(home: Path, n: int) -> Figures:
    """What the seal adds to a commit of one signal, and to one that looks at every table; all rolled back."""
    with Store.open(home) as store:
        driver = store._driver
        head = read_head(driver)
        columns = [row[1] for row in driver.execute("PRAGMA table_info(signal)")]
        listed = ", ".join(columns[1:])
        insert = (
            f"INSERT INTO signal ({', '.join(columns)}) SELECT 's_planted', {listed} "  # noqa: S608
            "FROM signal WHERE rowid = 1"
        )
        driver.execute("BEGIN IMMEDIATE")
        driver.execute(insert)
        told = timed([lambda: seal(driver, head, {"signal"})] * 1)
        driver.execute("DELETE FROM link WHERE number > :last", {"last": head.number})

        def sealed(tables: frozenset[str]) -> None:
            seal(driver, head, tables)
            driver.execute("DELETE FROM link WHERE number > :last", {"last": head.number})

        touched = timed([lambda: sealed(frozenset({"signal"}))] * n)
        every = timed([lambda: sealed(frozenset(TABLES))] * n)
        driver.execute("ROLLBACK")
    return {"first_ms": told.max_ms, "touched_tables": asdict(touched), "every_table": asdict(every)}


def measure_checks(home: Path, told: Callable[[str], None]) -> Figures:
    """How long it takes to look through everything, and to make the views anew, each in its own process."""
    verified = _checked(home, "verify")
    told(f"verified in {verified['wall_s']:.0f} s: {verified['told']}")
    rebuilt = _checked(home, "rebuild")
    return {"verify": verified, "rebuild": rebuilt}


def _checked(home: Path, what: str) -> dict[str, Any]:
    """``keeper memory verify`` or ``rebuild``: what it said, its time and the most memory it held, MB."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "keeper_agent.cli", "memory", what, "--json", "--home", str(home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 (ours)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    return {
        "wall_s": time.perf_counter() - began,
        "exit_code": os.waitstatus_to_exitcode(status),
        "peak_rss_mb": used.ru_maxrss / 1024,
        "told": json.loads(said),
    }
