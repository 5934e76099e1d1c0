"""The dashboard in a real headless Chromium: beside a running venue session, and over hostile words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from keeper_agent.dashboard.rendering import PAGES
from tests.support.api import served
from tests.support.browsers import Tab, a_browser, a_tab, chromium
from tests.support.hostile import FIRED, HOSTILE, a_hostile_agent, a_hostile_memory
from tests.support.sessions import VenueRun, a_venue_run

pytestmark = pytest.mark.skipif(chromium() is None, reason="Chromium is not installed on this machine")

BOUGHT = "#latest section:first-child a[href^='/decisions/d_']"
GROWS = "[data-live='run.decisions']"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as found:
        yield found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VenueRun]:
    with a_venue_run(tmp_path_factory.mktemp("venue") / "home") as found:
        yield found


@pytest.fixture(scope="module")
def tab(browser: Browser, run: VenueRun) -> Tab:
    """A newcomer who opened the link that the run printed."""
    opened = a_tab(browser, run.origin)
    opened.page.goto(run.link)
    return opened


def test_why_it_bought_is_reached_from_the_link_in_three_clicks(tab: Tab) -> None:
    """Opening the printed link is the first of them; the page shows the purchase without a reload."""
    tab.clicks = 1
    tab.page.locator(BOUGHT).first.wait_for()
    name = str(tab.page.locator(BOUGHT).first.get_attribute("href")).rpartition("/")[2]
    tab.click(BOUGHT)
    tab.page.wait_for_url(f"**/decisions/{name}")
    story = tab.page.locator(".story").inner_text()
    assert f"{name} entered" in story
    assert "Because: " in story
    assert tab.clicks <= 3
    assert (tab.faults, tab.foreign, tab.refused()) == ([], [], [])


def test_every_page_loads_beside_a_running_session_without_any_fault(tab: Tab) -> None:
    tab.go("/")
    first = next(line for line in tab.page.locator(BOUGHT).all())
    story = str(first.get_attribute("href"))
    before, loads = tab.page.locator(GROWS).inner_text(), tab.loads
    for address in (*(address for address, _ in PAGES), story, "/licences"):
        tab.go(address)
        assert tab.page.locator("#banner strong").inner_text() == "PAPER", address
        assert tab.page.locator("#kill").is_visible(), address
        tab.page.wait_for_function("() => document.documentElement.dataset.seen !== undefined")
        assert tab.page.locator("#stale").is_hidden(), address
        assert (tab.faults, tab.foreign, tab.refused()) == ([], [], []), address
    assert tab.loads - loads > 5 * len(PAGES), "otherwise nothing was watched"
    tab.go("/")
    tab.page.wait_for_function(
        "([place, before]) => Number(document.querySelector(place).textContent) > Number(before)",
        arg=[GROWS, before],
    )
    drawn = tab.page.evaluate("() => performance.getEntriesByType('navigation').length")
    assert drawn == 1, "it grew without being loaded anew"


def test_what_goes_wrong_in_a_page_is_noted(browser: Browser, tmp_path: Path) -> None:
    """Each kind of fault that the tests above rule out is planted, and seen."""
    with served(tmp_path / "home") as call:
        tab = a_tab(browser, call.address.url)
        tab.page.goto(call.address.link)
        assert (tab.faults, tab.foreign, tab.refused()) == ([], [], [])
        tab.page.evaluate("() => document.body.setAttribute('style', 'color: red')")
        assert [one.partition(" ")[0] for one in tab.refused()] == ["style-src-attr"]
        assert any("style" in one for one in tab.faults), tab.faults
        tab.faults.clear()
        tab.page.evaluate("() => fetch('/api/nothing')")
        tab.page.evaluate("() => { setTimeout(() => { throw new Error('planted'); }); }")
        tab.page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 0))")
        assert any(one.startswith("404") for one in tab.faults)
        assert any("planted" in one for one in tab.faults)
        with tab.page.expect_event("request"):
            tab.page.goto("about:blank")
            tab.page.set_content("<img src='http://127.0.0.2:9/elsewhere.png'>")
        assert tab.foreign == ["http://127.0.0.2:9/elsewhere.png"]


def test_hostile_words_stay_text_on_every_page_that_shows_them(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "home"
    name = a_hostile_memory(home)
    shown: set[str] = set()
    with served(home) as call, a_hostile_agent(home):
        tab = a_tab(browser, call.address.url)
        tab.page.goto(call.address.link)
        for address in (*(address for address, _ in PAGES), f"/decisions/{name}"):
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
        wanted = {"/ask question", "/ symbol", "/decisions symbol", "/signals symbol", "/ reason"}
        assert wanted | {f"{story} symbol", f"{story} reason", f"{story} said"} <= shown
        tab.page.evaluate("(word) => { document.querySelector('main').innerHTML = word; }", HOSTILE["symbol"])
        assert tab.page.locator("main [onerror]").count() == 1, "as markup it would be found"
