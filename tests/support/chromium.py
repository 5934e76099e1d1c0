"""A real browser over a served home: what it asked for, what it complained of, when it first painted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.api import Caller

LOOKS, LOOK_MS = 400, 50
NAMES = ("chromium", "chromium-browser", "google-chrome")
PAINT = "performance.getEntriesByType('paint').map(one => one.startTime)"


@dataclass
class Window:
    """One window.

    Attributes:
        page: Playwright's own.
        complaints: Errors and warnings on the console, uncaught faults, answers from 400 on.
        foreign: Addresses asked for that are none of the home's.
    """

    page: Any
    url: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(self, target: str) -> None:
        """Open a page and wait until its stream told something and nothing more is loaded."""
        self.page.goto(self.url + target, wait_until="load")
        self.until("document.documentElement.dataset.seen !== undefined")
        self.until("document.querySelector('.loading') === null")

    def until(self, claim: str) -> None:
        """Wait until ``claim`` is true; by looks from outside, as the policy lets no page evaluate text."""
        for _ in range(LOOKS):
            if self.page.evaluate(claim):
                return
            self.page.wait_for_timeout(LOOK_MS)
        raise AssertionError(f"never came true at {self.page.url}: {claim}; heard {self.complaints}")

    def first_paint_ms(self) -> float:
        """When the page that is open first painted, after the address was asked for."""
        self.until(f"{PAINT}.length > 0")
        return float(min(self.page.evaluate(PAINT)))


def executable() -> str:
    """Where Chromium is; the test is skipped where it or playwright is missing."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("Chromium is not installed on this machine")
    return found


@contextmanager
def browsing(call: Caller, **context: Any) -> Iterator[Window]:
    """A logged-in window on ``call``'s home."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = executable()
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            page = browser.new_context(**context).new_page()
            window = Window(page, call.address.url)
            page.on("console", lambda one: _note(window, one.type, one.text))
            page.on("pageerror", lambda fault: window.complaints.append(f"uncaught: {fault}"))
            page.on("response", lambda one: _answered(window, one))
            page.on("request", lambda one: _asked(window, one.url))
            page.goto(f"{call.address.url}/login?code={call.desk.sessions.new_link()}")
            yield window
        finally:
            browser.close()


def _note(window: Window, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        window.complaints.append(f"{kind}: {text}")


def _answered(window: Window, response: Any) -> None:
    if response.status >= 400:
        window.complaints.append(f"{response.status} {response.url}")


def _asked(window: Window, url: str) -> None:
    if not url.startswith(window.url):
        window.foreign.append(url)
