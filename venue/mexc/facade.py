"""A MEXC spot venue on a loopback port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType

from aiohttp import web

from venue.clock import Clock, WallClock
from venue.mexc.desk import Desk
from venue.mexc.feeds import Feeds
from venue.mexc.limits import LimitConfig, Limits
from venue.mexc.reports import Reports
from venue.mexc.rest import Rest
from venue.mexc.routes import routes
from venue.mexc.streaming import Streaming
from venue.mexc.users import Users
from venue.serving.control import Control
from venue.serving.doors import Doors
from venue.serving.faults import Faults
from venue.serving.keys import ApiKey
from venue.serving.session import SocketConfig
from venue.serving.sockets import Sockets
from venue.wire import Wire

STREAMS = 30  # a connection


@dataclass(frozen=True, slots=True)
class FacadeConfig:
    """Ports (0: any that is free), limits, and how often candles are sent."""

    port: int = 0
    control_port: int = 0
    kline_ms: int = 2_000
    limits: LimitConfig = field(default_factory=LimitConfig)
    sockets: SocketConfig = field(default_factory=lambda: SocketConfig(streams=STREAMS))


class Facade:
    """The protocols of MEXC spot in front of an exchange.

    ``async with Facade(wire, keys) as facade`` serves at ``facade.address``; faults are armed
    through ``facade.faults`` or the control port. Several facades may stand on one wire.
    """

    def __init__(
        self,
        wire: Wire,
        keys: Sequence[ApiKey],
        *,
        clock: Clock | None = None,
        faults: Faults | None = None,
        config: FacadeConfig | None = None,
    ) -> None:
        self.config = config or FacadeConfig()
        self.faults = faults or Faults()
        self.desk = Desk(wire, keys, clock or WallClock(), Limits(self.config.limits))
        self.feeds = Feeds(self.desk, kline_ms=self.config.kline_ms)
        self.users = Users(self.desk)
        Reports(self.desk, self.users.tell)
        self.sockets = Sockets(self.desk, self.faults, self.config.sockets)
        self._doors = Doors()
        self.address = ""
        self.control_address = ""

    async def start(self) -> None:
        """Listen; afterwards the addresses are known."""
        desk = self.desk
        control = Control(desk, self.faults, desk.limits, self.users, self.sockets)
        self.address = await self._doors.open(self._application(), self.config.port)
        self.control_address = await self._doors.open(control.application(), self.config.control_port)

    def _application(self) -> web.Application:
        app = web.Application()
        streaming = Streaming(self.feeds, self.users, self.sockets)
        app.router.add_get("/ws", streaming.serve)
        rest = Rest(self.desk, self.faults, routes(self.users))
        app.router.add_route("*", "/{path:.*}", rest.serve)
        return app

    async def stop(self) -> None:
        """Cut all connections and listen no longer."""
        self.feeds.close()
        await self.sockets.close()
        await self._doors.close()

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
