"""The world around the agent: the real engine, its own answering, a moving market, one account."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.simulation.weather import Weather
from tests.support.seeded_loop import SeededLoop
from tools.domain.market import NANOS, Instrument, to_units
from venue.binance.answering import Answering
from venue.binance.demo import RandomFlow, fund
from venue.binance.desk import Desk
from venue.binance.limits import Limits
from venue.engine.exchange import Exchange
from venue.engine.rules import MarketRules
from venue.serving.faults import Faults
from venue.serving.keys import ApiKey
from venue.symbols import THIN
from venue.wire import Wire

START_NS = 1_763_000_000 * NANOS
COINS = ("ORB", "MOSS", "DUSK")
FLOW_S = 3.0
FEE_BPS = 10.0


class LoopClock:
    """The loop's time since the start, moved by what a clock may be wrong by; the venue's is right."""

    def __init__(self, loop: SeededLoop) -> None:
        self._loop = loop
        self.wrong_ns = 0

    def now(self) -> int:
        """Nanoseconds since the epoch, UTC, as this clock has it."""
        return START_NS + round(self._loop.time() * NANOS) + self.wrong_ns

    def elapsed(self) -> int:
        """Monotonic; no step of the clock moves it."""
        return round(self._loop.time() * NANOS)


def rules() -> list[MarketRules]:
    """Three thin coins whose smallest order is worth five."""
    return [replace(coin.rules(), min_notional=Decimal(5)) for coin in THIN if coin.base in COINS]


def instruments() -> dict[str, Instrument]:
    """The same as Keeper knows them."""
    return {
        one.symbol: Instrument(
            symbol=one.symbol,
            venue="binance",
            base=one.base,
            quote=one.quote,
            tick=to_units(one.tick),
            lot=to_units(one.lot),
            min_notional=one.min_notional,
            maker_fee_bps=FEE_BPS,
            taker_fee_bps=FEE_BPS,
            quote_usd=Decimal(1),
            quiet_limit_s=None,
            has_dense_trade_ids=False,
        )
        for one in rules()
    }


class World:
    """The venue and its market; ``wire`` hears every command's events."""

    def __init__(self, loop: SeededLoop, seed: int, weather: Weather) -> None:
        self.clock = LoopClock(loop)
        self.markets: list[Any] | None = None
        self.weather = weather
        self.wire = Wire(Exchange(rules()))
        self.exchange = self.wire.exchange
        assert self.exchange.history is not None
        self.exchange.history.watch_nobody()
        self.account = self.exchange.open_account(ts=self.clock.now())
        self.exchange.history.watch(self.account)
        fund(self.wire, self.account, {"USDT": Decimal(10_000)}, self.clock.now())
        self.key = ApiKey("simulated-key", "simulated-secret", self.account)
        self.desk = Desk(self.wire, [self.key], self.clock, Limits())
        self.answering = Answering(self.desk, Faults())
        self._flows = [
            RandomFlow(self.wire, one.symbol, seed * 16 + n, self.clock)
            for n, one in enumerate(self.exchange.rules)
        ]

    async def move(self) -> None:
        """Let the market go on until cancelled."""
        while True:
            await asyncio.sleep(FLOW_S)
            for flow in self._flows:
                flow.step()
                flow.step()

    def ban(self, seconds: float, status: int) -> None:
        """The venue refuses everything for a while."""
        self.desk.limits.ban(self.desk.now_ms(), seconds, status)
