"""A real headless Chromium, and tabs that note whatever goes wrong in them.

It is the system's own (``apt-get install chromium``): nothing is downloaded, and where it is missing whoever
needs it says so.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
WORDS = ("--no-sandbox", "--disable-dev-shm-usage")  # containers have no user namespaces and a small /dev/shm
PATIENCE_MS = 240_000
LOOK_MS = 50
INLINE = ("data:", "blob:", "about:")  # held by the page itself, asked of nobody

# The page's own policy holds for the page's own code, not for this, which the browser's driver puts in.
REFUSALS = """
globalThis.keeperRefused = [];
addEventListener("securitypolicyviolation", (event) => {
  globalThis.keeperRefused.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


def chromium() -> str | None:
    """The program, or None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def a_browser() -> Iterator[Browser]:
    """A browser while it is needed.

    Raises:
        FileNotFoundError: There is none on this machine.
    """
    program = chromium()
    if program is None:
        raise FileNotFoundError(f"expected one of {', '.join(NAMES)}, was none")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(WORDS), timeout=PATIENCE_MS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tab:
    """A page of one visitor.

    Attributes:
        page: What is driven.
        origin: Whose pages are looked at, without a slash at the end.
        faults: Errors of the console, exceptions, answers from 400 on and requests that failed.
        foreign: Addresses of others that were asked for.
        loads: Requests that were made in all.
        clicks: How often the visitor touched something.
    """

    page: Page
    origin: str
    faults: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    loads: int = 0
    clicks: int = 0

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.add_init_script(REFUSALS)
        self.page.on("console", lambda said: self._note(said.type, said.text))
        self.page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        self.page.on("request", self._requested)
        self.page.on("response", self._answered)

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.faults.append(f"{kind}: {text}")

    def _requested(self, request: Request) -> None:
        self.loads += 1
        at = urlsplit(request.url)
        if not request.url.startswith(INLINE) and f"{at.scheme}://{at.netloc}" != self.origin:
            self.foreign.append(request.url)

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def go(self, target: str) -> None:
        """Open an address of the origin and wait until it and the pieces it fetches at once are there."""
        self.page.goto(f"{self.origin}{target}", wait_until="load")
        self.settle()

    def settle(self) -> None:
        """Wait until the page that is shown is alive and nothing in it is still being counted."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_function("() => document.querySelector('.loading') === null")

    def click(self, selector: str) -> None:
        """Touch the first thing that ``selector`` names, as a visitor would, and count it."""
        self.clicks += 1
        self.page.locator(selector).first.click()

    def refused(self) -> list[str]:
        """What the policy of the page that is shown refused since it was opened."""
        found: list[str] = self.page.evaluate("() => globalThis.keeperRefused")
        return found

    def await_fault(self, part: str) -> None:
        """Wait until a fault that holds ``part`` was noted: the browser tells of some only afterwards."""
        left_ms = PATIENCE_MS
        while not any(part in one for one in self.faults):
            assert left_ms > 0, self.faults
            self.page.wait_for_timeout(LOOK_MS)
            left_ms -= LOOK_MS

    def first_paint_ms(self) -> float:
        """When the page that is shown first had something to read, after it was asked for."""
        script = "() => performance.getEntriesByName('first-contentful-paint').map((one) => one.startTime)"
        self.page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
        return float(self.page.evaluate(script)[0])


SMALL = {"viewport": {"width": 720, "height": 480}}  # little to paint, where nobody looks


def a_tab(browser: Browser, origin: str, **look: Any) -> Tab:
    """A fresh visitor without any cookie; ``look`` is the window, the colours and the like."""
    return Tab(browser.new_context(**look).new_page(), origin)


def another_tab(context: BrowserContext, origin: str) -> Tab:
    """One more page of a visitor who is known."""
    return Tab(context.new_page(), origin)
