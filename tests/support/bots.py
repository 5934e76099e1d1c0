"""The bot of a home at work in a thread of its own, against a Bot API of our own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from keeper_agent.settings import load_settings
from keeper_agent.telegram.service import Pace, Service
from tests.support.bot_api import OWNER, TOKEN, BotApi
from tools.domain.clock import Clock, SystemClock

QUICK = Pace(poll_s=1, look_s=0.05, first_s=0.05, most_s=0.2)


class Bot:
    """A running bot."""

    def __init__(self, service: Service) -> None:
        self.complaints: list[str] = []
        self.service = service
        self.fault: BaseException | None = None
        self.is_over = threading.Event()


@contextmanager
def a_bot(home: Path, api: BotApi, clock: Clock | None = None, **given: Any) -> Iterator[Bot]:
    """The bot of ``home``, which obeys ``OWNER``, from its first look at the home on."""
    words = {"telegram_bot_token": TOKEN, "telegram_user_ids": str(OWNER), "telegram_base_url": api.url}
    settings = load_settings(keeper_home=home, **(words | given))
    complaints: list[str] = []
    bot = Bot(Service(settings, clock or SystemClock(), complaints.append, QUICK))
    bot.complaints = complaints
    loop = asyncio.new_event_loop()
    serving: list[asyncio.Task[None]] = []

    async def serve() -> None:
        serving.append(asyncio.create_task(bot.service.run()))
        await serving[0]

    def work() -> None:
        try:
            loop.run_until_complete(serve())
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            bot.fault = error
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            bot.is_over.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while not bot.service.looks and not bot.is_over.wait(0.005):
        pass
    try:
        yield bot
    finally:
        if not bot.is_over.is_set():
            loop.call_soon_threadsafe(serving[0].cancel)
        thread.join(90)
        assert not thread.is_alive(), "the bot did not stop"
