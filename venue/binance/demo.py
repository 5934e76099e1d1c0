"""A market with a trivial seeded flow, to try a client on: no participants, no truth."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import orjson

from venue.binance.facade import Facade, FacadeConfig
from venue.clock import Clock, WallClock
from venue.engine.codes import OrderKind, SelfTrade, Side
from venue.engine.exchange import Exchange, NewOrder
from venue.engine.rules import MarketRules
from venue.serving.keys import ApiKey
from venue.wire import Wire

KEY = "demo-key-of-the-local-venue"
SECRET = "demo-secret-of-the-local-venue"  # noqa: S105 (it opens nothing but this venue)
LEVELS = 20
WIDTH = 40  # ticks around the middle in which the flow places orders


def demo_markets() -> list[MarketRules]:
    """A thin coin, and BTC."""
    return [
        MarketRules(
            symbol="SOLUSDT",
            base="SOL",
            quote="USDT",
            tick=Decimal("0.01"),
            lot=Decimal("0.001"),
            reference=Decimal("150"),
            min_notional=Decimal(5),
            bid_up=Decimal(5),
            bid_down=Decimal("0.2"),
            ask_up=Decimal(5),
            ask_down=Decimal("0.2"),
        ),
        MarketRules(
            symbol="BTCUSDT",
            base="BTC",
            quote="USDT",
            tick=Decimal("0.1"),
            lot=Decimal("0.00001"),
            reference=Decimal("60000"),
            min_notional=Decimal(5),
        ),
    ]


def fund(wire: Wire, account: int, amounts: dict[str, Decimal], ts: int) -> None:
    """Bring money in."""
    exchange = wire.exchange
    for asset, amount in amounts.items():
        wire.tell(exchange.deposit(account, asset, exchange.assets.units(asset, amount), ts=ts))


class RandomFlow:
    """Two accounts that place limit and market orders at random around a price that wanders."""

    def __init__(self, wire: Wire, symbol: str, seed: int, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock
        self._chance = np.random.default_rng(seed)
        self._rules = wire.exchange.rules[wire.exchange.numbers[symbol]]
        self._middle = self._rules.ticks(self._rules.reference)
        self._least = self._least_lots()
        self._accounts = [wire.exchange.open_account(ts=clock.now()) for _ in range(2)]
        riches = {self._rules.base: Decimal(1_000_000), self._rules.quote: Decimal(1_000_000_000)}
        for account in self._accounts:
            fund(wire, account, riches, clock.now())
        for level in range(1, LEVELS + 1):
            self._place(Side.BUY, OrderKind.LIMIT, self._middle - level)
            self._place(Side.SELL, OrderKind.LIMIT, self._middle + level)

    def _least_lots(self) -> int:
        per_lot = self._rules.lot * self._rules.reference
        return int(Decimal(20) / per_lot) + 1

    def _place(self, side: Side, kind: OrderKind, price: int = 0) -> None:
        size = self._least * int(self._chance.integers(1, 20))
        account = self._accounts[int(self._chance.integers(2))]
        order = NewOrder(side=side, kind=kind, price=price, size=size, stp=SelfTrade.EXPIRE_MAKER)
        wire = self._wire
        wire.tell(wire.exchange.place(account, self._rules.symbol, order, ts=self._clock.now()))

    def step(self) -> None:
        """One order, or one cancel."""
        self._middle += int(self._chance.integers(-1, 2))
        side = Side(int(self._chance.integers(2)))
        draw = self._chance.random()
        if draw < 0.15:
            self._place(side, OrderKind.MARKET)
        elif draw < 0.65:
            away = int(self._chance.integers(1, WIDTH))
            self._place(side, OrderKind.LIMIT, self._middle + (-away if side == Side.BUY else away))
        else:
            self._cancel()

    def _cancel(self) -> None:
        exchange, symbol = self._wire.exchange, self._rules.symbol
        account = self._accounts[int(self._chance.integers(2))]
        waiting = exchange.open_orders(account, symbol)
        if len(waiting) > LEVELS:
            order_id = int(waiting[int(self._chance.integers(len(waiting)))]["id"])
            self._wire.tell(exchange.cancel(account, symbol, order_id, ts=self._clock.now()))


def demo_wire(clock: Clock) -> tuple[Wire, ApiKey]:
    """Both markets, and a funded account with a key."""
    wire = Wire(Exchange(demo_markets()))
    account = wire.exchange.open_account(ts=clock.now())
    fund(wire, account, {"USDT": Decimal(100_000), "SOL": Decimal(500), "BTC": Decimal(1)}, clock.now())
    return wire, ApiKey(KEY, SECRET, account)


async def serve(port: int, control_port: int, seed: int, orders_a_second: float) -> None:
    """Run until cancelled; says in one JSON line where."""
    clock = WallClock()
    wire, key = demo_wire(clock)
    config = FacadeConfig(port=port, control_port=control_port)
    async with Facade(wire, [key], clock=clock, config=config) as facade:
        flows = [
            RandomFlow(wire, rules.symbol, seed + number, clock)
            for number, rules in enumerate(wire.exchange.rules)
        ]
        print(orjson.dumps(described(facade, key)).decode(), flush=True)  # noqa: T201 (the ready line)
        while True:
            await asyncio.sleep(1 / orders_a_second)
            for flow in flows:
                flow.step()


def described(facade: Facade, key: ApiKey) -> dict[str, object]:
    """What a client has to know."""
    return {
        "binance": f"http://{facade.address}",
        "stream": f"ws://{facade.address}/stream/ws",
        "ws_api": f"ws://{facade.address}/ws-api/v3",
        "control": f"http://{facade.control_address}",
        "api_key": key.key,
        "secret": key.secret,
        "symbols": [market.symbol for market in facade.desk.markets],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m venue.binance", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=float, default=20.0, help="orders a second and market")
    options = parser.parse_args(arguments)
    if options.rate <= 0:
        parser.error(f"--rate must be positive, was {options.rate}")
    try:
        asyncio.run(serve(options.port, options.control_port, options.seed, options.rate))
    except KeyboardInterrupt:
        return
