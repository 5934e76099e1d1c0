"""A Binance spot venue on a loopback port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol

from aiohttp import web

from venue.binance.answering import Answering
from venue.binance.desk import Desk
from venue.binance.feeds import Feeds
from venue.binance.limits import LimitConfig, Limits
from venue.binance.rest import Rest
from venue.binance.streaming import Streaming
from venue.binance.users import Users
from venue.binance.wsapi import WsApi
from venue.clock import Clock, WallClock
from venue.serving.control import Control, Controls
from venue.serving.faults import Faults
from venue.serving.keys import ApiKey
from venue.serving.session import SocketConfig
from venue.serving.sockets import Sockets
from venue.wire import Wire

LOOPBACK = "127.0.0.1"


class Guest(Protocol):
    """Another protocol at the same address."""

    def mount(self, app: web.Application) -> None:
        """Add its paths."""
        ...

    def close(self) -> None:
        """The facade serves no longer."""
        ...


@dataclass(frozen=True, slots=True)
class FacadeConfig:
    """Ports (0: any that is free), limits, how often candles are sent, whether depth waits for its beat."""

    port: int = 0
    control_port: int = 0
    kline_ms: int = 2_000
    is_prompt: bool = False
    limits: LimitConfig = field(default_factory=LimitConfig)
    sockets: SocketConfig = field(default_factory=SocketConfig)


class Facade:
    """The protocols of Binance spot in front of an exchange.

    ``async with Facade(wire, keys) as facade`` serves at ``facade.address``; faults are armed
    through ``facade.faults`` or the control port. Other commands reach the exchange by
    ``wire.run`` or ``wire.tell``, so that the facade hears of them.
    """

    def __init__(
        self,
        wire: Wire,
        keys: Sequence[ApiKey],
        *,
        clock: Clock | None = None,
        faults: Faults | None = None,
        config: FacadeConfig | None = None,
        controls: Controls | None = None,
    ) -> None:
        self.config = config or FacadeConfig()
        self._controls = controls or {}
        self.faults = faults or Faults()
        self.desk = Desk(wire, keys, clock or WallClock(), Limits(self.config.limits))
        self.feeds = Feeds(self.desk, kline_ms=self.config.kline_ms, is_prompt=self.config.is_prompt)
        self.users = Users(self.desk)
        self.sockets = Sockets(self.desk, self.faults, self.config.sockets)
        self._answering = Answering(self.desk, self.faults)
        self._ws_api = WsApi(self._answering, self.users, self.sockets)
        self.guests: list[Guest] = []
        self._runners: list[web.AppRunner] = []
        self.address = ""
        self.control_address = ""

    async def start(self) -> None:
        """Listen; afterwards the addresses are known."""
        control = Control(
            self.desk, self.faults, self.desk.limits, self.users, self.sockets, more=self._controls
        )
        self.address = await self._listen(self._application(), self.config.port)
        self.control_address = await self._listen(control.application(), self.config.control_port)

    def _application(self) -> web.Application:
        app = web.Application()
        streaming = Streaming(self.feeds, self.sockets)
        app.router.add_get("/ws-api/v3", self._ws_api.serve)
        for path in ("/stream", "/ws", "/stream/ws", "/ws/{names:.+}", "/stream/ws/{names:.+}"):
            app.router.add_get(path, streaming.serve)
        for guest in self.guests:
            guest.mount(app)
        app.router.add_route("*", "/{path:.*}", Rest(self._answering).serve)
        return app

    async def _listen(self, app: web.Application, port: int) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, LOOPBACK, port)
        await site.start()
        self._runners.append(runner)
        host, bound = runner.addresses[0][:2]
        return f"{host}:{bound}"

    async def stop(self) -> None:
        """Cut all connections and listen no longer."""
        self.feeds.close()
        self._ws_api.close()
        for guest in self.guests:
            guest.close()
        await self.sockets.close()
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    async def __aenter__(self) -> Facade:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()
