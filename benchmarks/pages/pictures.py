"""Pictures of every page: light, dark, and on a phone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, StorageState

from keeper_agent.dashboard.rendering import PAGES
from tests.support.browsers import Tab, a_tab

LOOKS: Mapping[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 820}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 820}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
QUESTION = "how many decisions today?"
BOUGHT = "#latest section:first-child tbody th"  # the symbol of the newest purchase
ROW = "tr.pick a[href^='/decisions/d_']"
WHOLE = "() => document.querySelector('.graph:empty, .loading') === null"
DRAWN_MS = 1_500  # charts and graphs are drawn a moment after they were loaded


def take(browser: Browser, origin: str, known: StorageState, folder: Path) -> list[Path]:
    """A picture of each page in each look below ``folder``, as ``look-page.png``."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    for look, words in LOOKS.items():
        tab = a_tab(browser, origin, storage_state=known, **words)
        tab.go("/")
        bought = tab.page.locator(BOUGHT).first.inner_text()
        for address, name in PAGES:
            tab.go(f"{address}?symbol={bought}" if address == "/market" else address)
            if address == "/ask":
                _ask(tab)
            taken.append(_picture(tab, folder / f"{look}-{name.lower()}.png"))
        tab.go("/decisions?action=enter")
        tab.page.locator(ROW).first.click()
        tab.page.wait_for_url("**/decisions/d_*")
        tab.settle()
        taken.append(_picture(tab, folder / f"{look}-decision.png"))
        tab.page.context.close()
    return taken


def _ask(tab: Tab) -> None:
    tab.page.locator("#question").fill(QUESTION)
    tab.click("#ask-send")
    tab.page.locator(".turn .answer, .turn .down").first.wait_for()


def _picture(tab: Tab, path: Path) -> Path:
    tab.page.wait_for_function(WHOLE)
    tab.page.wait_for_timeout(DRAWN_MS)
    tab.page.screenshot(path=path)
    return path
