"""The bot at work: it listens, answers, and tells what happens, until it is stopped.

A process of its own beside the agent: it shares no interpreter, no lock and no connection with the trading
loop, so however it hangs, the loop does not notice; and it lives on to tell that the agent died.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp

from keeper_agent.settings import Settings
from keeper_agent.telegram.client import POLL_S, BotClient, BotRefused, Patience, TryAgain
from keeper_agent.telegram.dialogue import SWITCHES, Dialogue
from keeper_agent.telegram.inbox import Inbox, Said
from keeper_agent.telegram.message import Message
from keeper_agent.telegram.noticing import Notice, Watch
from keeper_agent.telegram.outbox import NOTICE_LASTS_S, Outbox
from tools.domain.clock import Clock

LOOK_S = 2.0
MOST_AT_A_TIME = 4  # questions that are being answered


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the bot waits: for updates, between two looks, and after failures at first and at most."""

    poll_s: int = POLL_S
    look_s: float = LOOK_S
    first_s: float = 1.0
    most_s: float = 60.0

    def patience(self) -> Patience:
        """What waits after failures."""
        return Patience(self.first_s, self.most_s)


class Service:
    """Serves the users of the settings.

    Args:
        settings: Token, users, language, home.
        clock: The machine's.
        complain: Told in a line what does not work.
        pace: How long it waits.

    Attributes:
        looks: How often it has looked at the home; what is there at the first look is not told.

    Raises:
        StoreUnusable: What was read before cannot be known.
    """

    def __init__(
        self, settings: Settings, clock: Clock, complain: Callable[[str], None], pace: Pace | None = None
    ) -> None:
        self._settings, self._clock, self._complain = settings, clock, complain
        self._pace = pace or Pace()
        self._users = settings.users()
        self._inbox = Inbox(settings.keeper_home, self._users, clock)
        self._dialogue = Dialogue(settings, self._inbox, clock)
        self._watch = Watch(settings, self._dialogue.words, clock)
        self._answering: set[asyncio.Task[None]] = set()
        self.looks = 0

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            BotRefused: Telegram does not know the token.
            StoreUnusable: It cannot be kept what was read.
        """
        settings = self._settings
        async with aiohttp.ClientSession() as http:
            client = BotClient(
                http, settings.telegram_bot_token, settings.telegram_base_url, poll_s=self._pace.poll_s
            )
            outbox = Outbox(client, self._clock, self._complain, self._dropped, self._pace.patience())
            work = [
                asyncio.create_task(one)
                for one in (
                    self._introduce(client),
                    self._listen(client, outbox),
                    outbox.deliver(),
                    self._notice(outbox),
                )
            ]
            try:
                done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in (*work, *self._answering):
                    task.cancel()
                await asyncio.gather(*work, *self._answering, return_exceptions=True)

    async def _introduce(self, client: BotClient) -> None:
        """Let Telegram offer the commands where one types; without it they work all the same."""
        offered = self._dialogue.offered()
        try:
            await client.call("setMyCommands", commands=offered)
        except (TryAgain, BotRefused) as failure:
            self._complain(str(failure))
        await asyncio.Event().wait()  # the others go on

    async def _listen(self, client: BotClient, outbox: Outbox) -> None:
        patience = self._pace.patience()
        while True:
            try:
                updates = await client.updates(self._inbox.after())
            except TryAgain as failure:
                self._complain(str(failure))
                await patience.wait(failure)
                continue
            patience.reset()
            for said in await asyncio.to_thread(self._inbox.admit, updates):
                await self._hear(client, outbox, said)

    async def _hear(self, client: BotClient, outbox: Outbox, said: Said) -> None:
        """Switches at once and in order; what reads the record beside them, a few at a time."""
        if said.query is not None:
            self._beside(_calm(client, said.query))
        if self._dialogue.wanted(said).name in SWITCHES:
            await self._answer(outbox, said)
        elif len(self._answering) >= MOST_AT_A_TIME:
            outbox.put(said.user, Message(self._dialogue.words("busy")))
        else:
            self._beside(self._answer(outbox, said))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, outbox: Outbox, said: Said) -> None:
        try:
            message = await asyncio.to_thread(self._dialogue.answer, said)
        except Exception as error:  # noqa: BLE001 (no question may end the bot)
            self._complain(f"internal error: {type(error).__name__}: {error}")
            message = Message(self._dialogue.words("internal"))
        outbox.put(said.user, message)

    async def _notice(self, outbox: Outbox) -> None:
        while True:
            for notice in await asyncio.to_thread(self._look):
                if notice.kind in self._settings.notices() - self._inbox.silenced:
                    for user in sorted(self._users):
                        outbox.put(user, notice.message, NOTICE_LASTS_S)
            self.looks += 1
            await asyncio.sleep(self._pace.look_s)

    def _look(self) -> list[Notice]:
        try:
            return self._watch.look()
        except Exception as error:  # noqa: BLE001 (a look that fails must not end the answers)
            self._complain(f"cannot look: {type(error).__name__}: {error}")
            return []

    def _dropped(self, n: int) -> Message:
        return Message(self._dialogue.words("tell.dropped", n=n))


async def _calm(client: BotClient, query: str) -> None:
    """Let the button stop turning; where that fails, it stops by itself."""
    try:
        await client.call("answerCallbackQuery", callback_query_id=query)
    except (TryAgain, BotRefused):
        return
