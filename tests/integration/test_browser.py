"""The dashboard in a real headless Chromium over hostile words; and that its faults would be noticed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from keeper_agent.dashboard.rendering import PAGES
from tests.support.api import served
from tests.support.browsers import SMALL, a_browser, a_tab, chromium
from tests.support.hostile import FIRED, HOSTILE, a_hostile_agent, a_hostile_memory
from tests.support.watched import a_stand_in

pytestmark = pytest.mark.skipif(chromium() is None, reason="Chromium is not installed on this machine")

SEEN = "document.documentElement.dataset.seen"
SHOWN = """(isShown) => {
  Object.defineProperty(document, "hidden", { value: !isShown, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
ADDRESSES = [address for address, _ in PAGES]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as found:
        yield found


def test_what_goes_wrong_in_a_page_is_noted(browser: Browser, tmp_path: Path) -> None:
    """Each kind of fault that the tests above rule out is planted, and seen."""
    with served(tmp_path / "home") as call:
        tab = a_tab(browser, call.address.url, **SMALL)
        tab.page.goto(call.address.link)
        assert (tab.faults, tab.foreign, tab.refused()) == ([], [], [])
        tab.page.evaluate("() => document.body.setAttribute('style', 'color: red')")
        assert [one.partition(" ")[0] for one in tab.refused()] == ["style-src-attr"]
        tab.await_fault("style")
        tab.faults.clear()
        tab.page.evaluate("() => fetch('/api/nothing')")
        tab.page.evaluate("() => { setTimeout(() => { throw new Error('planted'); }); }")
        tab.await_fault("404: ")
        tab.await_fault("planted")
        with tab.page.expect_event("request"):
            tab.page.goto("about:blank")
            tab.page.set_content("<img src='http://127.0.0.2:9/elsewhere.png'>")
        assert tab.foreign == ["http://127.0.0.2:9/elsewhere.png"]


def test_a_page_that_nobody_sees_hears_nothing_until_somebody_does(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path / "home") as call, a_stand_in(tmp_path / "home"):
        tab = a_tab(browser, call.address.url, **SMALL)
        tab.page.goto(call.address.link)
        tab.page.wait_for_function(f"() => {SEEN} !== undefined")
        tab.page.evaluate(SHOWN, False)
        seen = tab.page.evaluate(f"() => {SEEN}")
        tab.page.wait_for_timeout(600)
        assert tab.page.evaluate(f"() => {SEEN}") == seen, "there was news ten times a second"
        tab.page.evaluate(SHOWN, True)
        tab.page.wait_for_function(f"(seen) => {SEEN} !== seen", arg=seen)
        assert tab.page.locator("#stale").is_hidden()
        assert tab.faults == []


def test_hostile_words_stay_text_on_every_page_that_shows_them(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "home"
    name = a_hostile_memory(home)
    shown: set[str] = set()
    with served(home) as call, a_hostile_agent(home):
        tab = a_tab(browser, call.address.url, **SMALL)
        tab.page.goto(call.address.link)
        for address in (*ADDRESSES, f"/decisions/{name}"):
            tab.go(address)
            if address == "/ask":
                tab.page.locator("#question").fill(HOSTILE["question"])
                tab.click("#ask-send")
                tab.page.locator(".turn .answer, .turn .down").first.wait_for()
            text = tab.page.locator("body").inner_text()
            shown |= {f"{address} {kind}" for kind, word in HOSTILE.items() if word in text}
            assert tab.page.locator("main [onerror], main [onload], main script").count() == 0, address
            assert tab.page.evaluate(f"() => globalThis.{FIRED} === undefined"), address
            assert (tab.refused(), tab.foreign) == ([], []), address
        story = f"/decisions/{name}"
        with_symbol = {f"{address} symbol" for address in (*ADDRESSES, story) if address != "/reflection"}
        with_reason = {f"{address} reason" for address in (*ADDRESSES, story)}
        assert with_symbol | with_reason | {f"{story} said", "/ask question"} == shown
        tab.page.evaluate("(word) => { document.querySelector('main').innerHTML = word; }", HOSTILE["symbol"])
        assert tab.page.locator("main [onerror]").count() == 1, "as markup it would be found"
