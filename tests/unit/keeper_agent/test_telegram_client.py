"""The wire to Telegram, against a Bot API of our own over real HTTP: faults, waits, and the token kept in."""

from __future__ import annotations

import asyncio
import io
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from keeper_agent.telegram.client import BotClient, BotRefused, Patience, TryAgain
from tests.support.bot_api import TOKEN, BotApi, bot_api


@pytest.fixture
def api() -> Iterator[BotApi]:
    with bot_api() as served:
        yield served


def ask(
    url: str, work: Callable[[BotClient], Awaitable[Any]], token: str = TOKEN, patience_s: float = 90
) -> Any:
    """What ``work`` finds with a client of ``url``."""

    async def whole() -> Any:
        async with aiohttp.ClientSession() as http:
            return await work(BotClient(http, SecretStr(token), url, poll_s=0, patience_s=patience_s))

    return asyncio.run(whole())


def test_updates_come_and_are_asked_for_after_the_last(api: BotApi) -> None:
    first, second = api.say("/status"), api.say("/help")
    found = ask(api.url, lambda bot: bot.updates(None))
    assert [one["update_id"] for one in found] == [first, second]
    assert [one["update_id"] for one in ask(api.url, lambda bot: bot.updates(first))] == [second]
    assert ask(api.url, lambda bot: bot.updates(second)) == []
    assert api.polls == [None, first + 1, second + 1]


@pytest.mark.parametrize(
    ("status", "more", "after_s", "is_conflict"),
    [
        (429, {"parameters": {"retry_after": 7}}, 7.0, False),
        (429, {"parameters": {"retry_after": 10**9}}, 3_600.0, False),
        (429, {"parameters": {"retry_after": "soon"}}, None, False),
        (429, {"parameters": {"retry_after": -1}}, None, False),
        (409, {}, None, True),
        (500, {}, None, False),
        (502, {}, None, False),
    ],
)
def test_what_passes_is_tried_again_when_the_server_says(
    api: BotApi, status: int, more: dict[str, Any], after_s: float | None, is_conflict: bool
) -> None:
    api.misbehave("getMe", (status, more))
    with pytest.raises(TryAgain, match=str(status)) as failed:
        ask(api.url, lambda bot: bot.call("getMe"))
    assert (failed.value.after_s, failed.value.is_conflict) == (after_s, is_conflict)
    assert ask(api.url, lambda bot: bot.call("getMe")) is True


@pytest.mark.parametrize("status", [400, 403, 404])
def test_what_never_passes_is_refused(api: BotApi, status: int) -> None:
    api.misbehave("sendMessage", (status, {}))
    with pytest.raises(BotRefused, match=str(status)):
        ask(api.url, lambda bot: bot.call("sendMessage", chat_id=1, text="x"))


def test_a_server_that_hangs_is_given_up(api: BotApi) -> None:
    api.misbehave("getMe", None)
    with pytest.raises(TryAgain, match=r"no answer within 0\.2 s"):
        ask(api.url, lambda bot: bot.call("getMe"), patience_s=0.2)


def test_a_server_that_hangs_up_or_is_not_there_is_tried_again(api: BotApi) -> None:
    api.is_down = True
    with pytest.raises(TryAgain, match="getMe"):
        ask(api.url, lambda bot: bot.call("getMe"))
    with pytest.raises(TryAgain, match="ClientConnector"):
        ask("http://127.0.0.1:9", lambda bot: bot.call("getMe"))


def _refused(api: BotApi) -> tuple[str, str]:
    api.misbehave("getMe", (400, {"description": f"no bot{TOKEN} here"}))
    return api.url, TOKEN


def _gone(api: BotApi) -> tuple[str, str]:
    api.is_down = True
    return api.url, TOKEN


def _hangs(api: BotApi) -> tuple[str, str]:
    api.misbehave("getMe", None)
    return api.url, TOKEN


def _malformed(api: BotApi) -> tuple[str, str]:
    return "http://127.0.0.1:99999", TOKEN


@pytest.mark.parametrize("fault", [_refused, _gone, _hangs, _malformed])
def test_the_token_is_in_no_message_traceback_or_log(
    api: BotApi, fault: Callable[[BotApi], tuple[str, str]]
) -> None:
    url, token = fault(api)
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with pytest.raises((TryAgain, BotRefused)) as failed:
            ask(url, lambda bot: bot.call("getMe"), token, patience_s=0.2)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    whole = "".join(traceback.format_exception(failed.value)) + repr(failed.value) + said.getvalue()
    link: BaseException | None = failed.value
    while link is not None:  # also what a traceback leaves out
        whole += repr(link) + str(link)
        link = link.__context__ or link.__cause__
    assert "getMe" in whole
    assert fault is not _refused or "[hidden] here" in whole, "the server's words were told"
    assert TOKEN not in whole
    assert TOKEN.partition(":")[2] not in whole


def test_a_client_does_not_show_its_token() -> None:
    async def show() -> str:
        async with aiohttp.ClientSession() as http:
            return repr(BotClient(http, SecretStr(TOKEN), "http://127.0.0.1:1"))

    assert "canary" not in asyncio.run(show())


def test_waits_double_until_it_works_but_the_servers_word_counts() -> None:
    patience, fault = Patience(1.0, 8.0), TryAgain("x")
    assert [patience.after(fault) for _ in range(5)] == [1.0, 2.0, 4.0, 8.0, 8.0]
    assert patience.after(TryAgain("x", 3.0)) == 3.0
    patience.reset()
    assert patience.after(fault) == 1.0
