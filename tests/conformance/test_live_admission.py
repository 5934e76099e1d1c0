"""Who is let in to trade live, judged by the unmodified client at a local venue."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from keeper_agent.commands.live import admitted
from keeper_agent.settings import Settings
from tests.support.binance_venue import MARKET, World, at_venue, until
from tests.support.mexc_venue import MexcWorld, at_mexc
from tests.support.order_path import FAST, an_order, resting
from tools.domain.clock import SystemClock
from tools.domain.errors import BadUsage
from tools.domain.trading import OrderStatus
from tools.execution.admission import VenueClosedToUs
from tools.execution.gateway import OrderGateway

MS = 1_000_000


def settings_for(world: World | MexcWorld, **changed: Any) -> Settings:
    """The settings of a live account at the local venue."""
    usual: dict[str, Any] = {
        "keeper_api_key": world.key.key,
        "keeper_api_secret": world.key.secret,
        "keeper_base_url": f"http://{world.facade.address}",
        "keeper_symbols": MARKET,
    }
    return Settings(_env_file=None, **(usual | changed))  # type: ignore[call-arg]


async def turned_away(world: World | MexcWorld, kind: type[Exception], **changed: Any) -> str:
    """Why the venue does not let us in; the words hold no secret and no signature."""
    settings = settings_for(world, **changed)
    with pytest.raises(kind) as refusal:
        async with admitted(settings, FAST, SystemClock()):
            pass
    said = str(refusal.value)
    for name in ("keeper_api_key", "keeper_api_secret"):
        assert getattr(settings, name).get_secret_value() not in said
    assert "signature" not in said
    assert refusal.value.__cause__ is None
    return said


async def set_rights(world: World, **rights: bool) -> None:
    """Change what the key may do, through the control port."""
    url = f"http://{world.facade.control_address}/rights"
    async with aiohttp.ClientSession() as http:
        answer = await http.post(url, json={"account": world.key.account, **rights})
        assert answer.status == 200


def test_a_key_that_may_only_trade_places_and_cancels() -> None:
    async def story(world: World) -> None:
        async with admitted(settings_for(world), FAST, SystemClock()) as wire:
            gateway = OrderGateway(wire, SystemClock(), config=FAST)
            gateway.start()
            try:
                exchange, account = world.wire.exchange, world.key.account
                gateway.place(resting("live1"))
                await until(lambda: len(exchange.open_orders(account, MARKET)) == 1)
                gateway.cancel("live1", SystemClock().now())
                await until(lambda: len(exchange.open_orders(account, MARKET)) == 0)
                (order,) = exchange.all_orders(account, MARKET)
                assert order.status == "CANCELED"
                ends = [update.status for update in gateway.drain().updates]
                assert OrderStatus.OPEN in ends
            finally:
                await gateway.close()

    at_venue(story)


def test_a_key_that_may_withdraw_is_refused_and_places_nothing() -> None:
    async def story(world: World) -> None:
        await set_rights(world, may_withdraw=True)
        said = await turned_away(world, BadUsage)
        assert said.startswith("KEEPER_API_KEY may withdraw money (enableWithdrawals is True)")
        await set_rights(world, may_withdraw=False)
        async with admitted(settings_for(world), FAST, SystemClock()):
            pass
        assert world.wire.exchange.all_orders(world.key.account, MARKET) == []

    at_venue(story)


def test_a_key_that_may_not_trade_is_refused() -> None:
    async def story(world: World) -> None:
        await set_rights(world, may_trade=False)
        assert "KEEPER_API_KEY may not trade" in await turned_away(world, BadUsage)

    at_venue(story)


@pytest.mark.parametrize(("skew_ms", "is_refused"), [(60_000, True), (-60_000, True), (400, False)])
def test_a_clock_that_is_far_off_is_refused(skew_ms: int, is_refused: bool) -> None:
    async def story(world: World) -> None:
        world.facade.desk.skew_ns = skew_ms * MS
        if is_refused:
            said = await turned_away(world, BadUsage)
            assert "this machine's clock must be within 1000 ms of the venue's" in said
            off = re.search(r"was ([+-]\d+) ms off", said)
            assert off is not None
            assert abs(int(off[1]) + skew_ms) < 6_000
        else:
            async with admitted(settings_for(world), FAST, SystemClock()):
                pass

    at_venue(story)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"keeper_api_secret": "not-the-secret-of-this-key"}, "Signature for this request is not valid."),
        ({"keeper_api_key": "not-a-key-of-this-venue"}, "Invalid API-key, IP, or permissions for action."),
    ],
)
def test_a_wrong_key_is_one_line_without_it(changed: dict[str, str], words: str) -> None:
    async def story(world: World) -> None:
        assert words in await turned_away(world, VenueClosedToUs, **changed)

    at_venue(story)


def test_an_error_that_quotes_the_signed_url_is_told_without_its_query() -> None:
    async def story(world: World) -> None:
        world.arm(kind="error_before", where="apiRestrictions", status=502, body="gateway")
        said = await turned_away(world, VenueClosedToUs)
        assert "/sapi/v1/account/apiRestrictions" in said
        assert "timestamp" not in said

    at_venue(story)


def test_a_venue_that_is_not_there_is_one_line() -> None:
    async def story(world: World) -> None:
        await world.facade.stop()
        said = await turned_away(world, VenueClosedToUs)
        assert said.startswith("the venue did not let us in: ")
        assert "\n" not in said
        await asyncio.sleep(0)

    at_venue(story)


def test_a_symbol_that_is_not_listed_is_refused() -> None:
    async def story(world: World) -> None:
        assert "NOPEUSDT" in await turned_away(world, BadUsage, keeper_symbols="NOPEUSDT")

    at_venue(story)


def test_on_mexc_the_account_s_right_is_asked_and_orders_go_through() -> None:
    async def story(world: MexcWorld) -> None:
        exchange, account = world.wire.exchange, world.key.account
        async with admitted(settings_for(world, keeper_venue="mexc"), FAST, SystemClock()) as wire:
            gateway = OrderGateway(wire, SystemClock(), config=FAST)
            gateway.start()
            try:
                gateway.place(resting("live3", venue="mexc"))
                await until(lambda: len(exchange.open_orders(account, MARKET)) == 1)
                gateway.cancel("live3", SystemClock().now())
                await until(lambda: len(exchange.open_orders(account, MARKET)) == 0)
            finally:
                await gateway.close()
        world.facade.desk.keys[world.key.key] = replace(world.key, may_trade=False)
        said = await turned_away(world, BadUsage, keeper_venue="mexc")
        assert said == "the account may not trade (canTrade is not true)"

    at_mexc(story)


def test_a_market_order_of_the_live_path_is_filled() -> None:
    async def story(world: World) -> None:
        async with admitted(settings_for(world), FAST, SystemClock()) as wire:
            gateway = OrderGateway(wire, SystemClock(), config=FAST)
            gateway.start()
            try:
                gateway.place(an_order("live2"))
                await until(lambda: bool(world.wire.exchange.my_trades(world.key.account, MARKET)))
            finally:
                await gateway.close()

    at_venue(story)
