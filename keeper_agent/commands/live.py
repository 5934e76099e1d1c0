"""``keeper run`` with real money: nothing is sent before everything here has been said on purpose.

The same session as at a local venue; this module decides whether it may begin.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from typing import Any, TypeVar

from rich.markup import escape

from keeper_agent.brains import require_brain
from keeper_agent.commands.run import show_end
from keeper_agent.commands.trade import VenueSession
from keeper_agent.console import COMPILING, ERR, OUT, print_json, telling_why
from keeper_agent.settings import Settings
from memory.account_lock import AccountLock
from memory.lock import HomeLock
from memory.open_orders import OpenOrders
from memory.store import Store
from tools.domain.clock import Clock, SystemClock
from tools.domain.errors import BadUsage, KeeperError
from tools.domain.trading import World
from tools.execution.admission import TELLING, VenueClosedToUs, admit, in_one_line
from tools.execution.client import AccountKey, open_account
from tools.execution.warmup import warm_kernels
from tools.execution.wire import Wire
from tools.execution.working import GatewayConfig

CONFIRMATION = "I trade with real money and may lose it"
UNTOLD = "; my key cannot withdraw"  # where the venue does not tell, the operator must
Answer = TypeVar("Answer")
LIMITS = ("max_order_size_usd", "max_total_exposure_usd", "daily_loss_limit_usd")


def trade_live(settings: Settings, *, as_json: bool) -> None:
    """Check that all is meant, connect, check the account, trade, and sum up.

    Raises:
        BadUsage: Something that real money needs is not set, or the key or the clock is unfit.
    """
    refuse_unless_meant(settings)
    require_brain(settings)
    console = ERR if as_json else OUT
    where = settings.keeper_base_url or settings.keeper_venue
    console.print(
        f"[bold red]Keeper LIVE[/] at {escape(where)}, home {escape(str(settings.keeper_home))}",
        soft_wrap=True,
    )
    with telling_why(COMPILING):
        warm_kernels()
    with (
        HomeLock.acquire(settings.keeper_home, "keeper run") as lock,
        Store.open(settings.keeper_home) as store,
    ):
        summary = asyncio.run(_trade(settings, store, lock, console))
    if as_json:
        print_json(summary)
    else:
        show_end(summary)


def refuse_unless_meant(settings: Settings) -> None:
    """Refuse settings that do not say everything real money needs.

    Raises:
        BadUsage: The message names what is missing; no message holds a secret.
    """
    for check in (_confirmation, _account, _symbols, _limits):
        check(settings)


def _confirmation(settings: Settings) -> None:
    sentence = CONFIRMATION if settings.keeper_venue in TELLING else CONFIRMATION + UNTOLD
    if settings.keeper_live_confirm != sentence:
        raise BadUsage(f"the live world trades real money: KEEPER_LIVE_CONFIRM must be {sentence!r}")


def _account(settings: Settings) -> None:
    for name in ("keeper_api_key", "keeper_api_secret"):
        if not getattr(settings, name).get_secret_value().strip():
            raise BadUsage(f"the live world needs {name.upper()}")


def _symbols(settings: Settings) -> None:
    if not settings.symbols():
        raise BadUsage("the live world needs KEEPER_SYMBOLS, for example BTCUSDT,ETHUSDT")


def _limits(settings: Settings) -> None:
    """The limits that bound a loss must be the operator's own words, even where they equal the defaults."""
    named = settings.named_parameters()
    if "max_order_size_usd" in settings.model_fields_set:
        named = {"max_order_size_usd": settings.max_order_size_usd} | named
    for name in LIMITS:
        if named.get(name, 0) <= 0:
            raise BadUsage(
                f"the live world needs limits of your own: set {_place_of(name)}, a positive number of USD"
            )


def _place_of(name: str) -> str:
    return "MAX_ORDER_SIZE_USD" if name == LIMITS[0] else f"{name} in KEEPER_PARAMETERS"


@asynccontextmanager
async def admitted(
    settings: Settings, config: GatewayConfig, clock: Clock, left: Sequence[str] = ()
) -> AsyncIterator[Wire]:
    """A wire to the account, once the venue has said that key and clock are fit; see ``open_account``.

    Raises:
        BadUsage: They are not, or a symbol is not listed.
        VenueClosedToUs: The venue could not be reached or refused us.
    """
    wire = await _let_in(lambda: open_account(account_key(settings), settings.symbols(), config, left))
    try:
        await _let_in(lambda: admit(wire.client, settings.keeper_venue, clock))
        yield wire
    finally:
        client: Any = wire.client
        await client.close()


async def _let_in(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    try:
        return await ask()
    except KeeperError:
        raise
    except Exception as error:  # noqa: BLE001 (whatever class the client library has for it)
        raise VenueClosedToUs(f"the venue did not let us in: {in_one_line(error)}") from None


def account_key(settings: Settings) -> AccountKey:
    """Who we are, and where: the one place that reads the secrets."""
    return AccountKey(
        settings.keeper_venue,
        settings.keeper_api_key.get_secret_value(),
        settings.keeper_api_secret.get_secret_value(),
        settings.keeper_base_url,
    )


async def _trade(settings: Settings, store: Store, lock: HomeLock, console: Any) -> dict[str, Any]:
    config = GatewayConfig(has_stream=True)
    key = account_key(settings)
    left = OpenOrders(store, World.LIVE.value, key.venue).symbols()
    async with admitted(settings, config, SystemClock(), left) as wire:
        with (
            AccountLock.acquire(settings.keeper_home / "accounts", key.api_key) as account,
            ExitStack() as resources,
        ):
            session = VenueSession(
                settings, store, lock, console, wire, account, config, resources, World.LIVE
            )
            return await session.play(key)
