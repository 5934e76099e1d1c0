"""What browsers that show live figures cost the process that serves them, beside none in the same run.

A round measures the process's time with no browser and with some, in an order that is drawn; what counts is
the difference within a round, as the agent's own work and the machine change over minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, StorageState

from benchmarks.pages.figures import interval
from tests.support.browsers import Tab, a_tab
from tools.domain.clock import NS, SystemStopwatch

CROWDS = (0, 1, 4)
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
SETTLE_MS = 1_500
COUNT = """async (script) => {
  const { live } = await import(script);
  globalThis.keeperEvents = 0;
  live.on("status", () => { globalThis.keeperEvents += 1; });
}"""


@dataclass(frozen=True, slots=True)
class Watched:
    """One stretch of watching.

    Attributes:
        crowd: How many browsers.
        share: Of a core that the process took, 1 is a whole one.
        events_hz: Live events that each browser got, a second; nan without a browser.
    """

    crowd: int
    share: float
    events_hz: float


def processor_s(pid: int) -> float:
    """Time that all threads of a process took so far, seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def rounds(
    browser: Browser, origin: str, known: StorageState, pid: int, page: str, n: int, seconds: float
) -> Iterator[list[Watched]]:
    """``n`` rounds, each with every crowd once.

    Args:
        browser: Opens the pages.
        origin: Where they are served.
        known: Of a visitor who is logged in.
        pid: Of the process that serves them.
        page: Address of what is shown.
        n: How many rounds.
        seconds: Of each stretch.
    """
    rng = np.random.default_rng(7)
    for _ in range(n):
        yield [
            _watch(browser, origin, known, pid, page, int(crowd), seconds)
            for crowd in rng.permutation(CROWDS)
        ]


def _watch(
    browser: Browser, origin: str, known: StorageState, pid: int, page: str, crowd: int, seconds: float
) -> Watched:
    watch, idle = SystemStopwatch(), browser.new_page()  # a blank page to wait in
    with _opened(browser, origin, known, page, crowd) as tabs:
        idle.wait_for_timeout(SETTLE_MS)
        events, took, began = _events(tabs), processor_s(pid), watch.elapsed()
        idle.wait_for_timeout(1_000 * seconds)
        lasted = (watch.elapsed() - began) / NS
        share = (processor_s(pid) - took) / lasted
        told = (_events(tabs) - events) / lasted / crowd if crowd else float("nan")
    idle.close()
    return Watched(crowd, share, told)


@contextmanager
def _opened(
    browser: Browser, origin: str, known: StorageState, page: str, crowd: int
) -> Iterator[Sequence[Tab]]:
    tabs = [a_tab(browser, origin, storage_state=known) for _ in range(crowd)]
    for tab in tabs:
        tab.go(page)
        script = tab.page.locator("script[src$='/keeper.js']").get_attribute("src")
        tab.page.evaluate(COUNT, str(script).replace("keeper.js", "live.js"))
    yield tabs
    for tab in tabs:
        tab.page.context.close()


def _events(tabs: Sequence[Tab]) -> int:
    return sum(int(tab.page.evaluate("() => globalThis.keeperEvents")) for tab in tabs)


def figures(found: Sequence[Sequence[Watched]]) -> dict[str, Any]:
    """In per cent of a core: what was taken, and what each crowd cost beside none of the same round."""
    taken = {crowd: np.array([_one(part, crowd).share for part in found]) * 100 for crowd in CROWDS}
    told: dict[str, Any] = {
        "rounds": len(found),
        "taken_pct": {str(c): float(v.mean()) for c, v in taken.items()},
    }
    for crowd in CROWDS[1:]:
        cost = taken[crowd] - taken[0]
        told[f"cost_of_{crowd}_pct"] = {
            "mean": float(cost.mean()),
            "interval": interval(cost, lambda one: float(one.mean())),
            "events_hz": float(np.mean([_one(part, crowd).events_hz for part in found])),
        }
    return told


def _one(part: Sequence[Watched], crowd: int) -> Watched:
    return next(one for one in part if one.crowd == crowd)
