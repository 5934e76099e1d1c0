"""Loads of every page by visitors with an empty cache: faults, requests elsewhere, first paint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from playwright.sync_api import Browser, StorageState

from benchmarks.pages.figures import interval
from keeper_agent.dashboard.rendering import PAGES
from tests.support.browsers import a_tab

STORY = "a decision"
LINK = "#latest a[href^='/decisions/d_']"


@dataclass(frozen=True, slots=True)
class Load:
    """One load of one page.

    Attributes:
        page: Its name in the navigation.
        paint_ms: From the request to the first content on the screen.
        faults: Errors of the console, exceptions, failed answers, refusals by the policy.
        foreign: Requests to other origins.
        requests: Requests in all.
    """

    page: str
    paint_ms: float
    faults: int
    foreign: int
    requests: int


def loads(browser: Browser, origin: str, known: StorageState, rounds: int) -> Iterator[Load]:
    """Every page once a round, each time by a browser that has kept no file.

    Args:
        browser: Opens the pages.
        origin: Where they are served.
        known: Of a visitor who is logged in.
        rounds: How often.
    """
    for _ in range(rounds):
        for name, address in (
            *((name, address) for address, name in PAGES),
            (STORY, _a_story(browser, origin, known)),
        ):
            tab = a_tab(browser, origin, storage_state=known)
            tab.go(address)
            paint = tab.first_paint_ms()
            faults = len(tab.faults) + len(tab.refused())
            tab.page.context.close()
            yield Load(name, paint, faults, len(tab.foreign), tab.loads)


def _a_story(browser: Browser, origin: str, known: StorageState) -> str:
    tab = a_tab(browser, origin, storage_state=known)
    tab.go("/")
    address = str(tab.page.locator(LINK).first.get_attribute("href"))
    tab.page.context.close()
    return address


def figures(found: Sequence[Load]) -> dict[str, Any]:
    """By page and of all together."""
    by_page: dict[str, list[Load]] = defaultdict(list)
    for load in found:
        by_page[load.page].append(load)
    return {name: _of(part) for name, part in by_page.items()} | {"all": _of(found)}


def _of(part: Sequence[Load]) -> dict[str, Any]:
    paints = np.array([load.paint_ms for load in part])
    return {
        "n": len(part),
        "errors": sum(load.faults for load in part),
        "foreign_requests": sum(load.foreign for load in part),
        "requests": sum(load.requests for load in part),
        "first_paint_ms": {
            "median": float(np.median(paints)),
            "interval": interval(paints, lambda one: float(np.median(one))),
            "p95": float(np.quantile(paints, 0.95)),
            "most": float(paints.max()),
        },
    }
