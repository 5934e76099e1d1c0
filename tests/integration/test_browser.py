"""The dashboard in real headless Chromium, under the strict policy; skipped where Chromium is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from keeper_agent.dashboard.rendering import PAGES
from tests.support.api import Caller, served
from tests.support.chromium import Window, browsing
from tests.support.memories import a_memory, at
from tests.support.watched import a_busy_day, a_stand_in
from tools.domain.trading import Action, Decision, Route
from tools.execution.kill import KillSwitch

ADDRESSES = [address for address, _ in PAGES]
FIRST_PAINT_MS = 500.0
LOOKS = 3
CANARY = "<img src=x onerror=window.struck=1><script>window.struck=2</script>"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Window, Caller, list[Decision]]]:
    home: Path = tmp_path_factory.mktemp("busy")
    decisions = a_busy_day(home)
    with served(home) as call, a_stand_in(home), browsing(call) as window:
        yield window, call, decisions


@pytest.fixture
def window(opened: tuple[Window, Caller, list[Decision]]) -> Window:
    opened[0].complaints.clear()
    return opened[0]


def test_every_page_opens_without_a_complaint_or_a_request_to_others(
    opened: tuple[Window, Caller, list[Decision]],
) -> None:
    window, _, decisions = opened
    for target in (*ADDRESSES, f"/decisions/{decisions[0].decision_id}"):
        window.open(target)
    assert window.complaints == []
    assert window.foreign == []


def test_planted_inline_style_and_foreign_picture_are_noticed(window: Window) -> None:
    window.open("/licences")
    window.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b style=\"color: red\">x</b>')")
    window.page.evaluate("new Image().src = 'http://127.0.0.2:9/x.png'")
    window.page.wait_for_timeout(300)
    assert any("style" in one for one in window.complaints)
    assert any("img-src" in one or "x.png" in one for one in window.complaints)
    window.foreign.clear()


def test_pages_first_paint_within_half_a_second(window: Window) -> None:
    painted: dict[str, float] = {}
    for target in ADDRESSES:
        times = []
        for _ in range(LOOKS):
            window.open(target)
            times.append(window.first_paint_ms())
        painted[target] = median(times)
    assert {target: ms for target, ms in painted.items() if ms >= FIRST_PAINT_MS} == {}


def test_live_figures_move_by_themselves(window: Window) -> None:
    window.open("/")
    place = window.page.locator("[data-live='time']")
    before = place.text_content()
    window.page.wait_for_function(
        f"document.querySelector(\"[data-live='time']\").textContent !== '{before}'"
    )


def test_why_it_bought_is_at_most_three_clicks_away(opened: tuple[Window, Caller, list[Decision]]) -> None:
    window, _, decisions = opened
    last = next(one for one in reversed(decisions) if one.action is Action.ENTER)
    window.open("/")
    window.page.locator("#latest tr.pick").first.click()
    window.page.wait_for_url(f"**/decisions/{last.decision_id}")
    assert "Because: neighbours won." in str(window.page.locator(".story").text_content())
    assert window.page.locator("#graph canvas").count() > 0


def test_a_question_is_answered_and_its_citation_opens_the_decision(window: Window) -> None:
    window.open("/ask")
    window.page.fill("#question", "how many decisions on 2024-08-08 on ORBUSDT?")
    window.page.press("#question", "Enter")
    window.page.locator("#talk .cites a").first.click()
    window.page.wait_for_url("**/decisions/d_*")
    assert window.complaints == []


def test_the_kill_switch_asks_before_it_is_set_and_can_be_cleared(
    opened: tuple[Window, Caller, list[Decision]],
) -> None:
    window, call, _ = opened
    switch = KillSwitch(call.desk.home)
    window.open("/health")
    window.page.click("#kill")
    window.page.click("#kill-no")
    assert not switch.is_set
    window.page.click("#kill")
    window.page.fill("#kill-why", "a test")
    window.page.click("#kill-yes")
    window.page.wait_for_selector("#kill-dialog", state="hidden")
    assert switch.is_set
    assert switch.reason() == "a test"
    window.open("/")
    window.page.click("#kill")
    window.page.click("#kill-yes")
    window.page.wait_for_selector("#kill-dialog", state="hidden")
    assert not switch.is_set


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_phone(opened: tuple[Window, Caller, list[Decision]], scheme: str) -> None:
    window, _, decisions = opened
    page = window.page
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme=scheme)
    try:
        wide = {}
        for target in (*ADDRESSES, f"/decisions/{decisions[0].decision_id}"):
            window.open(target)
            wide[target] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert {target: over for target, over in wide.items() if over > 0} == {}
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")


def test_what_others_wrote_never_runs(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with a_memory(home) as build:
        told = build.decide(
            at("10:00:00"), symbol=CANARY, action=Action.ENTER, route=Route.MODEL, reason=CANARY
        )
        build.trade(told, 3.0)
        build.follow(told, 2.0)
    with served(home) as call, a_stand_in(home, place=CANARY, why=CANARY) as agent, browsing(call) as window:
        agent["entries"] = "paused"
        for target in (*ADDRESSES, f"/decisions/{told.decision_id}"):
            window.open(target)
            assert window.page.evaluate("window.struck") is None, target
        window.open("/ask")
        window.page.fill("#question", CANARY)
        window.page.press("#question", "Enter")
        window.page.wait_for_selector("#talk .turn")
        assert window.page.locator("#talk .asked").text_content() == CANARY
        assert window.page.evaluate("window.struck") is None
        assert window.complaints == []
        assert window.foreign == []
