"""What waits to be sent: bounded, in order, tried again when the server says, and thrown away when it is old.

A message whose answer was lost is sent again: it may come twice, and never not at all while it is young.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keeper_agent.telegram.client import BotClient, BotRefused, Patience, TryAgain
from keeper_agent.telegram.message import Message
from tools.domain.clock import NS, Clock

MOST = 200
REPLY_LASTS_S = 300.0
NOTICE_LASTS_S = 6 * 3_600.0


@dataclass(frozen=True, slots=True)
class _Letter:
    user: int
    words: dict[str, Any]
    until: int


class Outbox:
    """Letters to users.

    Args:
        client: Sends them.
        clock: Tells which are old.
        complain: Told why one could not be sent, in a line.
        dropped: Says to a user that so many were lost.
    """

    def __init__(
        self,
        client: BotClient,
        clock: Clock,
        complain: Callable[[str], None],
        dropped: Callable[[int], Message],
        patience: Patience | None = None,
    ) -> None:
        self._client, self._clock, self._complain, self._dropped = client, clock, complain, dropped
        self._letters: deque[_Letter] = deque()
        self._is_something = asyncio.Event()
        self._patience = patience or Patience()
        self._lost: dict[int, int] = {}

    def put(self, user: int, message: Message, lasts_s: float = REPLY_LASTS_S) -> None:
        """Send ``message`` when it is its turn; where too many wait, the oldest is lost."""
        until = self._clock.now() + round(lasts_s * NS)
        for words in message.parts():
            if len(self._letters) >= MOST:
                self._lose(self._letters.popleft())
            self._letters.append(_Letter(user, words, until))
        self._is_something.set()

    async def deliver(self) -> None:
        """Send what waits, until cancelled."""
        while True:
            await self._is_something.wait()
            while self._letters:
                await self._send(self._letters.popleft())
            self._is_something.clear()

    async def _send(self, letter: _Letter) -> None:
        while True:
            if self._clock.now() >= letter.until:
                self._lose(letter)
                return
            try:
                await self._client.call("sendMessage", chat_id=letter.user, **letter.words)
            except TryAgain as failure:
                self._complain(str(failure))
                await self._patience.wait(failure)
                continue
            except BotRefused as refused:  # they never wrote to the bot, or blocked it
                self._complain(str(refused))
                return
            self._patience.reset()
            self._own_up(letter.user)
            return

    def _lose(self, letter: _Letter) -> None:
        self._lost[letter.user] = self._lost.get(letter.user, 0) + 1

    def _own_up(self, user: int) -> None:
        """Say what was lost, now that something comes through again."""
        if lost := self._lost.pop(user, 0):
            self.put(user, self._dropped(lost), NOTICE_LASTS_S)
