"""``keeper run`` at a venue of our own, started and stopped with the run, or at one that is named."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from typing import Any

from rich.markup import escape

from keeper_agent.brains import require_brain
from keeper_agent.commands.run import show_end
from keeper_agent.commands.trade import VenueSession
from keeper_agent.console import COMPILING, ERR, OUT, print_json, telling_why
from keeper_agent.lab.child import local_venue
from keeper_agent.settings import Settings
from memory.account_lock import AccountLock
from memory.lock import HomeLock
from memory.open_orders import OpenOrders
from memory.store import Store
from tools.domain.errors import BadUsage
from tools.domain.trading import World
from tools.execution.client import AccountKey, open_account
from tools.execution.warmup import warm_kernels
from tools.execution.working import GatewayConfig


def trade_at_local_venue(settings: Settings, *, as_json: bool) -> None:
    """Start a venue of our own, trade there, stop it, and sum up."""
    require_brain(settings)
    console = ERR if as_json else OUT
    console.print(
        f"[bold]Keeper[/] at a local venue ({escape(settings.keeper_scenario)}), "
        f"home {escape(str(settings.keeper_home))}",
        soft_wrap=True,
    )
    with telling_why(COMPILING):
        warm_kernels()
    with (
        HomeLock.acquire(settings.keeper_home, "keeper run") as lock,
        Store.open(settings.keeper_home) as store,
    ):
        summary = asyncio.run(_at_local_venue(settings, store, lock, console))
    if as_json:
        print_json(summary)
    else:
        show_end(summary)


async def _at_local_venue(settings: Settings, store: Store, lock: HomeLock, console: Any) -> dict[str, Any]:
    async with AsyncExitStack() as opened:
        with telling_why(COMPILING):  # the venue's own are compiled there
            key, symbols = await opened.enter_async_context(_account(settings))
        config = GatewayConfig(has_stream=True)
        left = OpenOrders(store, World.VENUE.value, key.venue).symbols()
        wire = await open_account(key, symbols, config, left)
        try:
            with (
                AccountLock.acquire(settings.keeper_home / "accounts", key.api_key) as account,
                ExitStack() as resources,
            ):
                session = VenueSession(settings, store, lock, console, wire, account, config, resources)
                return await session.play(key)
        finally:
            await wire.client.close()  # type: ignore[attr-defined]


@asynccontextmanager
async def _account(settings: Settings) -> AsyncIterator[tuple[AccountKey, Sequence[str]]]:
    """Where to trade, and what: at a venue of our own unless one is named."""
    if settings.keeper_base_url:
        key, secret = settings.keeper_api_key, settings.keeper_api_secret
        if not key.get_secret_value() or not secret.get_secret_value():
            raise BadUsage("KEEPER_BASE_URL needs KEEPER_API_KEY and KEEPER_API_SECRET")
        yield (
            AccountKey(
                "binance", key.get_secret_value(), secret.get_secret_value(), settings.keeper_base_url
            ),
            settings.symbols(),
        )
        return
    words = ["--scenario", settings.keeper_scenario, "--seed", str(settings.keeper_seed)]
    async with local_venue(words) as venue:
        named = AccountKey("binance", str(venue["api_key"]), str(venue["secret"]), str(venue["binance"]))
        yield named, settings.symbols()
