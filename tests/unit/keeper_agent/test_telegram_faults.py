"""A network that fails: what passes is waited for, what is old is thrown away and owned up to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from keeper_agent.telegram.client import BotRefused
from tests.support.bot_api import OWNER, TOKEN, BotApi, bot_api
from tests.support.bots import a_bot
from tools.domain.clock import NS, SystemClock
from tools.domain.errors import StoreUnusable
from tools.execution.kill import KillSwitch, PauseSwitch


class Moved:
    """The machine's clock, moved forward by hand."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def now(self) -> int:
        return SystemClock().now() + round(self.ahead_s * NS)


@pytest.fixture
def clock() -> Moved:
    return Moved()


@pytest.fixture
def api(clock: Moved) -> Iterator[BotApi]:
    with bot_api(clock) as served:
        yield served


def calls_of(api: BotApi, method: str) -> list[int]:
    return [ns for name, ns in list(api.calls) if name == method]


def await_poll(api: BotApi) -> None:
    """Until what was said has been read: the next poll begins after it."""
    n = len(api.polls)
    api.wait_for(lambda: len(api.polls), lambda found: found > n)


def test_the_servers_wait_is_heeded_and_the_answer_comes_after_it(tmp_path: Path, api: BotApi) -> None:
    api.misbehave("sendMessage", (429, {"parameters": {"retry_after": 1}}))
    with a_bot(tmp_path, api) as bot:
        api.say("/version")
        api.await_text("Keeper")
    first, second = calls_of(api, "sendMessage")
    assert second - first >= NS
    assert bot.complaints == ["sendMessage: 429 said by the stand-in"]
    assert len(api.texts()) == 1


@pytest.mark.parametrize("status", [409, 500, 502, 503])
def test_a_poll_that_fails_is_tried_again_ever_slower(tmp_path: Path, api: BotApi, status: int) -> None:
    api.misbehave("getUpdates", *[(status, {})] * 5)
    with a_bot(tmp_path, api) as bot:
        api.say("/version")
        api.await_text("Keeper")
        assert len(bot.complaints) == 5
    polls = calls_of(api, "getUpdates")
    waits = [later - earlier for earlier, later in pairwise(polls[:6])]
    assert waits[0] >= 0.05 * NS
    assert min(waits[2:]) >= 0.2 * NS, "0.05, 0.1, then 0.2 s at most"


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_token_ends_it(tmp_path: Path, api: BotApi, status: int) -> None:
    api.misbehave("getUpdates", (status, {}))
    with a_bot(tmp_path, api) as bot:
        assert bot.is_over.wait(90)
    assert isinstance(bot.fault, BotRefused)
    assert TOKEN not in str(bot.fault)


def test_a_user_who_blocked_the_bot_is_passed_over(tmp_path: Path, api: BotApi) -> None:
    api.misbehave("sendMessage", (403, {}))
    with a_bot(tmp_path, api) as bot:
        api.say("/version")
        api.wait_for(lambda: list(bot.complaints), bool)
        api.say("/start")
        api.await_text("Keeper listens")
        assert bot.complaints == ["sendMessage: 403 said by the stand-in"]


def test_after_a_short_outage_what_happened_is_told(tmp_path: Path, api: BotApi) -> None:
    with a_bot(tmp_path, api):
        api.wait_for(lambda: len(api.polls), lambda n: n > 0)
        api.is_down = True
        KillSwitch(tmp_path).set("a test")
        tries = len(calls_of(api, "sendMessage"))
        api.wait_for(lambda: len(calls_of(api, "sendMessage")), lambda n: n > tries + 2)
        api.is_down = False
        assert "Kill switch set: a test" in api.await_text("Kill switch")
    assert len(api.texts()) == 1


def test_after_a_long_outage_no_old_command_is_done_and_what_was_lost_is_said(
    tmp_path: Path, api: BotApi, clock: Moved
) -> None:
    with a_bot(tmp_path, api, clock):
        api.wait_for(lambda: len(api.polls), lambda n: n > 0)
        api.is_down = True
        api.say("/stopentry")
        KillSwitch(tmp_path).set("a test")
        tries = len(calls_of(api, "sendMessage"))
        api.wait_for(lambda: len(calls_of(api, "sendMessage")), lambda n: n > tries + 2)
        clock.ahead_s = 7 * 3_600.0
        api.say("/version")
        api.is_down = False
        api.await_text("1 messages could not be delivered in time")
        texts = api.texts()
    assert not PauseSwitch(tmp_path).is_set, "the command was seven hours old"
    assert not [text for text in texts if "Kill switch set" in text]
    assert [text for text in texts if "Keeper 0." in text]


def test_what_waits_is_bounded(tmp_path: Path, api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keeper_agent.telegram.outbox.MOST", 3)
    with a_bot(tmp_path, api, telegram_notices=""):
        api.misbehave("sendMessage", (429, {"parameters": {"retry_after": 1}}))
        for text in ("/version", "/start", "/start", "/start", "/start", "/start"):
            api.say(text)
            await_poll(api)
        api.await_text("messages could not be delivered in time")
    assert len([text for text in api.texts() if "listens" in text]) <= 3


def test_where_it_cannot_be_kept_what_was_read_nothing_is_done(tmp_path: Path, api: BotApi) -> None:
    with a_bot(tmp_path, api) as bot:
        api.wait_for(lambda: len(api.polls), lambda n: n > 0)
        (tmp_path / "telegram" / "state.json").mkdir()
        api.say("/stopentry")
        assert bot.is_over.wait(90)
    assert isinstance(bot.fault, StoreUnusable)
    assert not PauseSwitch(tmp_path).is_set
    assert api.texts(OWNER) == []
