"""A run reaches the symbols on which another left something, and trades only its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tools.domain.errors import BadUsage
from tools.execution.client import AccountKey, open_account
from tools.execution.working import GatewayConfig
from venue.scenario.build import Scenario
from venue.server import ServerConfig, serving


def reached(symbols: Sequence[str], left: Sequence[str]) -> tuple[list[str], list[str]]:
    """What an account opened on ``symbols`` reaches, and what of it may be entered."""

    async def story() -> tuple[list[str], list[str]]:
        config = ServerConfig(scenario=Scenario(tier="T2", seed=3, seconds=60.0), api_key="k", secret="s")  # noqa: S106
        async with serving(config) as server:
            key = AccountKey("binance", "k", "s", f"http://{server.binance.address}")
            wire = await open_account(key, symbols, GatewayConfig(), left)
            try:
                return list(wire.instruments), list(wire.traded)
            finally:
                await wire.client.close()  # type: ignore[attr-defined]

    return asyncio.run(story())


def test_what_another_run_left_is_reached_and_not_traded() -> None:
    assert reached(["ORBUSDT"], ["KITEUSDT", "ORBUSDT"]) == (["ORBUSDT", "KITEUSDT"], ["ORBUSDT"])


def test_where_every_thin_coin_is_traded_the_leader_is_reached_when_something_is_left_on_it() -> None:
    instruments, traded = reached([], ["BTCUSDT", "DUSKUSDT"])
    assert traded == ["ORBUSDT", "KITEUSDT", "MOSSUSDT", "FERNUSDT", "DUSKUSDT"]
    assert instruments == [*traded, "BTCUSDT"]


def test_a_symbol_that_is_no_longer_listed_is_named() -> None:
    with pytest.raises(BadUsage, match="a symbol that binance lists, was GONEUSDT"):
        reached(["ORBUSDT"], ["GONEUSDT"])
