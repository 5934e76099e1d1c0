"""``keeper telegram``: the bot, beside a running agent or without one."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from keeper_agent.console import ERR, OUT
from keeper_agent.settings import Settings, load_settings
from keeper_agent.telegram.inbox import FOLDER
from keeper_agent.veil import veiled
from memory.lock import HomeLock
from tools.domain.clock import SystemClock
from tools.domain.errors import BadUsage


def serve_telegram(*, home: Path | None) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Raises:
        BadUsage: There is no token.
        HomeLocked: A bot serves this home already.
        BotRefused: Telegram does not know the token.
    """
    settings = load_settings(keeper_home=home)
    if not settings.telegram_bot_token.get_secret_value():
        raise BadUsage("keeper telegram needs TELEGRAM_BOT_TOKEN; @BotFather gives one")
    n = len(settings.users())
    OUT.print(f"Telegram bot for {settings.keeper_home}, obeying {n} users", soft_wrap=True, markup=False)
    if not n:
        _complain("TELEGRAM_USER_IDS is empty: nobody is obeyed, and nobody is told anything")
    with HomeLock.acquire(settings.keeper_home / FOLDER, "keeper telegram"):
        asyncio.run(_until_stopped(settings))


async def _until_stopped(settings: Settings) -> None:
    from keeper_agent.telegram.service import Service  # heavy: a setting that is missing is told before

    serving = asyncio.create_task(Service(settings, SystemClock(), _complain).run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        return


def _complain(text: str) -> None:
    ERR.print(f"telegram: {veiled(text)}", style="yellow", markup=False, soft_wrap=True)
