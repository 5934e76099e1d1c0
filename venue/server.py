"""A scenario in wall time behind the facades: participants trade while clients come and go.

The world's clock is the wall's: whoever asks for the time first lets everything happen that
was due before it. The truth goes to files beside it, never to a socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from venue.binance.facade import Facade, FacadeConfig
from venue.clock import Clock, WallClock
from venue.futures.facade import Futures, stock_account
from venue.ledger import TruthLedger
from venue.mexc.facade import Facade as MexcFacade
from venue.scenario.build import Scenario, build
from venue.serving.keys import ApiKey
from venue.sim import Simulation

STEP_S = 0.005  # between two looks at what is due
FLUSH_S = 1.0
RICHES = Decimal(100_000)  # quote that the client starts with
PPM_A_BPS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """What is served.

    Attributes:
        truth: Folder of the labels; None keeps none.
        quote: What the client owns at the start, in quote.
        maker_bps: Its fee for resting fills, basis points.
        warm_s: Seconds of the world that have passed before anybody is let in.
    """

    scenario: Scenario
    api_key: str
    secret: str = field(repr=False)
    port: int = 0
    control_port: int = 0
    truth: Path | None = None
    quote: Decimal = RICHES
    maker_bps: float = 0.0
    taker_bps: float = 5.0
    warm_s: float = 180.0


class WorldClock:
    """The wall's time; telling it lets the world catch up first."""

    def __init__(self, wall: Clock) -> None:
        self._wall = wall
        self._sim: Simulation | None = None
        self._is_winding = False

    def wind(self, sim: Simulation) -> None:
        """From now on ``sim`` follows this clock."""
        self._sim = sim

    def now(self) -> int:
        """The present; in the middle of an action or of its news, the time of that action."""
        if self._sim is None:
            return self._wall.now()
        if self._is_winding or self._sim.wire.is_telling:
            return self._sim.now
        self._is_winding = True
        try:
            self._sim.run_until(self._wall.now())
        finally:
            self._is_winding = False
        return self._sim.now


class Server:
    """A running world with its facades."""

    def __init__(self, config: ServerConfig, wall: Clock | None = None) -> None:
        self.config = config
        wall = wall or WallClock()
        start = wall.now() - round(config.warm_s * 1e9)
        self.sim = build(config.scenario, start_ns=start, has_clients=True)
        self.clock = WorldClock(wall)
        self.key = self._admit()
        limits = FacadeConfig(port=config.port, control_port=config.control_port)
        self.binance = Facade(self.sim.wire, [self.key], clock=self.clock, config=limits)
        self.mexc = MexcFacade(self.sim.wire, [self.key], clock=self.clock)
        self.futures = self._host_futures()
        self.sim.run_until(wall.now())  # with the facades there: what was traded so far can be asked for
        self.clock.wind(self.sim)
        self._ledger = TruthLedger(self.sim, config.truth)

    def _admit(self) -> ApiKey:
        sim, config = self.sim, self.config
        account = sim.admit(
            "client",
            maker_ppm=round(config.maker_bps * PPM_A_BPS),
            taker_ppm=round(config.taker_bps * PPM_A_BPS),
        )
        units = sim.exchange.assets.units("USDT", config.quote)
        sim.wire.tell(sim.exchange.deposit(account, "USDT", units, ts=sim.now))
        return ApiKey(config.api_key, config.secret, account)

    def _host_futures(self) -> Futures:
        """The futures venue for the same key, with an account and a wallet of its own."""
        sim, config = self.sim, self.config
        account = sim.admit("client-futures", maker_ppm=0, taker_ppm=0)
        stock_account(sim.wire, account, sim.now)
        key = ApiKey(config.api_key, config.secret, account)
        wallet = sim.exchange.assets.units("USDT", config.quote)
        return Futures(
            self.binance,
            [key],
            {account: wallet},
            maker_ppm=round(config.maker_bps * PPM_A_BPS),
            taker_ppm=round(config.taker_bps * PPM_A_BPS),
        )

    async def run(self, until: Callable[[], bool]) -> None:
        """Let the world go on until ``until``."""
        loop = asyncio.get_running_loop()
        flush_at = loop.time() + FLUSH_S
        while not until():
            self.clock.now()
            if loop.time() >= flush_at:
                self._ledger.flush()
                flush_at = loop.time() + FLUSH_S
            await asyncio.sleep(STEP_S)

    def described(self) -> dict[str, object]:
        """What a client has to know; a facade that is not served is null."""
        base = f"http://{self.binance.address}"
        return {
            "binance": base,
            "mexc": f"http://{self.mexc.address}",
            "futures": base,
            "stream": f"ws://{self.binance.address}/stream/ws",
            "ws_api": f"ws://{self.binance.address}/ws-api/v3",
            "control": f"http://{self.binance.control_address}",
            "mexc_control": f"http://{self.mexc.control_address}",
            "api_key": self.key.key,
            "secret": self.key.secret,
            "symbols": [pit.symbol.name for pit in self.sim.pits],
            "mexc_symbols": [market.symbol for market in self.mexc.desk.listed],
            "scenario": self.config.scenario.tier,
            "seed": self.config.scenario.seed,
        }

    def close(self) -> None:
        """Write the rest of the truth."""
        self._ledger.close()


@asynccontextmanager
async def serving(config: ServerConfig) -> AsyncIterator[Server]:
    """A server whose facades listen; the truth is whole when this is left."""
    server = Server(config)
    try:
        async with server.binance, server.mexc:
            yield server
    finally:
        server.close()
