"""One agent at a local venue and all its faces: pages in a real Chromium, API, bot, brains; its secrets."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from urllib.request import Request, urlopen

import orjson
import pytest
from playwright.sync_api import Browser

from keeper_agent.api.tokens import TOKENS_FILE
from keeper_agent.dashboard.rendering import PAGES
from keeper_agent.settings import SECRETS
from keeper_agent.spellings import spellings
from keeper_agent.veil import HIDDEN
from tests.support.browsers import SMALL, Tab, a_browser, a_tab, chromium
from tests.support.canaries import leaks
from tests.support.commands import keeper
from tests.support.faces import Faces, faces

needs_chromium = pytest.mark.skipif(chromium() is None, reason="Chromium is not installed on this machine")
ADDRESSES = [address for address, _ in PAGES]
BOUGHT = "#latest section:first-child a[href^='/decisions/d_']"
GROWS = "[data-live='run.decisions']"
MEANT = {TOKENS_FILE: "token_"}  # the one file that is there to hold secrets, and which
UNREAD = "gimme da tally of scalps"  # no rule reads it, so a brain is asked


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faces]:
    with faces(tmp_path_factory.mktemp("faces") / "home") as found:
        found.run.await_said("fill buy")
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as found:
        yield found


@pytest.fixture(scope="module")
def tab(shown: Faces, browser: Browser) -> Tab:
    """A newcomer who opened the link that the run printed."""
    opened = a_tab(browser, shown.run.origin, **SMALL)
    opened.page.goto(shown.run.link)
    return opened


@needs_chromium
def test_why_it_bought_is_reached_from_the_link_in_three_clicks(tab: Tab) -> None:
    """Opening the printed link is the first of them."""
    tab.clicks = 1
    tab.page.locator(BOUGHT).first.wait_for()  # the page itself shows what was bought meanwhile
    tab.click(BOUGHT)
    tab.page.wait_for_url("**/decisions/d_*")
    name = tab.page.url.rpartition("/")[2]
    story = tab.page.locator(".story").inner_text()
    assert f"{name} entered" in story
    assert "Because: " in story
    assert tab.clicks <= 3
    assert (tab.faults, tab.foreign, tab.refused()) == ([], [], [])


@needs_chromium
def test_every_page_loads_beside_a_running_session_without_any_fault(tab: Tab) -> None:
    tab.go("/")
    story = str(tab.page.locator(BOUGHT).first.get_attribute("href"))
    before, loads = tab.page.locator(GROWS).inner_text(), tab.loads
    for address in (*ADDRESSES, story, "/licences"):
        tab.go(address)
        assert tab.page.locator("#banner strong").inner_text() == "PAPER", address
        assert tab.page.locator("#kill").is_visible(), address
        tab.page.wait_for_function("() => document.documentElement.dataset.seen !== undefined")
        tab.page.locator("#stale").wait_for(state="hidden")
        assert (tab.faults, tab.foreign, tab.refused()) == ([], [], []), address
    assert tab.loads - loads > 5 * len(ADDRESSES), "otherwise nothing was watched"
    tab.go("/")
    tab.page.wait_for_function(
        "([place, before]) => Number(document.querySelector(place).textContent) > Number(before)",
        arg=[GROWS, before],
    )


def test_no_byte_that_a_whole_run_writes_holds_a_secret(shown: Faces) -> None:
    """The agent ends in it: whatever else is tested of this run comes before."""
    run, chat = shown.run, shown.bot_api
    assert {name for name in SECRETS if shown.secrets[name]} == SECRETS
    token = shown.secrets["telegram_bot_token"]
    chat.misbehave("sendMessage", (502, {"description": f"bad gateway at /bot{token}/"}))
    chat.say("/status")
    chat.await_text("running since")
    for scope in ("read", "admin"):
        bearer = {"Authorization": f"Bearer {shown.secrets[f'token_{scope}']}"}
        for target in ("/api/status", "/api/decisions", "/metrics"):
            with urlopen(Request(f"{run.origin}{target}", headers=bearer)) as answer:  # noqa: S310 (our own)
                assert answer.status == 200
    asked = keeper("ask", UNREAD, "--json", home=run.home, timeout=900, **shown.settings | shown.brains)
    assert asked.code == 0, asked.err
    assert asked.json["brain"]["provider"] == "anthropic"
    (run.home.parent / "ask.out").write_text(asked.out + asked.err, "utf-8")
    backed = keeper("backup", home=run.home, timeout=900, **shown.settings)
    assert backed.code == 0, backed.err
    (run.home.parent / "backup.out").write_text(backed.out + backed.err, "utf-8")
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(900) == 0, run.said.read_text("utf-8")

    assert leaks(shown.folder, shown.secrets, MEANT) == []
    told = orjson.dumps([chat.sent, shown.openai.asked, shown.anthropic.asked]).decode()
    assert [name for name, one in shown.secrets.items() if any(form in told for form in spellings(one))] == []

    written = {path.name: path.read_bytes() for path in shown.folder.rglob("*") if path.is_file()}
    assert {"keeper.sqlite", "keeper.log", "run.out", "telegram.out", "ask.out", TOKENS_FILE} <= set(written)
    used = orjson.dumps([shown.openai.headers, shown.anthropic.headers]).decode()
    for name in ("openai_api_key", "anthropic_api_key"):
        assert orjson.dumps(shown.secrets[name]).decode()[1:-1] in used, name
    blanked = {name for name, raw in written.items() if HIDDEN.encode() in raw}
    assert {"keeper.sqlite", "telegram.out"} <= blanked, "there was something to blank"
    planted = shown.folder / "planted"
    planted.mkdir()
    (planted / "one.bin").write_text(f"at {shown.secrets['keeper_key'].encode().hex()} it ended")
    assert [one[:2] for one in leaks(planted, shown.secrets, MEANT)] == [("one.bin", "keeper_key")]
