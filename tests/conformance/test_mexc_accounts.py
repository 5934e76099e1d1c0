"""Two accounts at one MEXC venue: neither hears, finds, or touches what is the other's."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import ccxt.async_support as ccxt

from tests.support.binance_venue import LIMIT_S, SYMBOL, awake, compile_kernels, raised_by, until
from tests.support.mexc_venue import make_client
from venue.binance.demo import demo_wire, fund
from venue.clock import WallClock
from venue.mexc.facade import Facade
from venue.serving.keys import ApiKey


async def story() -> None:
    """One account trades, the other one tries to look."""
    clock = WallClock()
    wire, key = demo_wire(clock)
    other = ApiKey("other", "another secret", wire.exchange.open_account(ts=clock.now()))
    fund(wire, other.account, {"USDT": Decimal(1_000)}, clock.now())
    async with Facade(wire, [key, other], clock=clock) as facade:
        owner, stranger = make_client(facade.address, key), make_client(facade.address, other)
        try:
            await owner.load_markets()
            stranger.set_markets_from_exchange(owner)
            heard = asyncio.ensure_future(owner.watch_orders(SYMBOL))
            spied = asyncio.ensure_future(stranger.watch_orders(SYMBOL))
            await until(lambda: len(facade.users) == 2)
            placed = await owner.create_order(SYMBOL, "limit", "buy", 1, 140, {"clientOrderId": "kp-1"})
            assert (await heard)[-1]["id"] == placed["id"]
            named = {"clientOrderId": "kp-1"}
            for asked in (
                stranger.fetch_order(placed["id"], SYMBOL),
                stranger.fetch_order(None, SYMBOL, named),
            ):
                assert '"code":-2013' in str(await raised_by(asked))
            refused = await raised_by(stranger.cancel_order(placed["id"], SYMBOL))
            assert '"code":-2011' in str(refused)
            assert await stranger.fetch_open_orders(SYMBOL) == await stranger.fetch_orders(SYMBOL) == []
            assert (await stranger.fetch_balance())["total"] == {"USDT": 1_000}
            listen = {"listenKey": owner.options["listenKey"]}
            gone = await raised_by(stranger.spot_private_delete_userdatastream(listen))
            assert isinstance(gone, ccxt.BadRequest)
            await awake(0.05)
            assert not spied.done()
            mine = await stranger.create_order(
                SYMBOL, "limit", "buy", 1, 141, named
            )  # ids are an account's own
            assert (await spied)[-1]["id"] == mine["id"] != placed["id"]
            assert [one["id"] for one in await owner.fetch_open_orders(SYMBOL)] == [placed["id"]]
        finally:
            await asyncio.gather(owner.close(), stranger.close())


def test_what_is_one_account_s_is_nobody_else_s() -> None:
    compile_kernels()

    async def told() -> None:
        async with asyncio.timeout(LIMIT_S):
            await story()

    asyncio.run(told())
