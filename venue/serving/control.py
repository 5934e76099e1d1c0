"""The other door, for those who run the venue: faults, clock, bans, halts, money.

It listens on a loopback port of its own, so that no client of the venue meets it by accident.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

import orjson
from aiohttp import web

from venue.engine.rules import BadRules
from venue.serving.desk import Desk
from venue.serving.events import NS_A_MS
from venue.serving.faults import BadFault, Faults, fault_of
from venue.serving.sockets import Sockets

Body = dict[str, Any]
Controls = Mapping[tuple[str, str], Callable[[Body], Any]]  # by method and path


class Bans(Protocol):
    """What counts requests, and may refuse them all for a while."""

    def ban(self, now_ms: int, seconds: float, status: int) -> None:
        """Refuse everything."""
        ...


class Listeners(Protocol):
    """The user streams."""

    def terminate(self, account: int) -> None:
        """End those of an account."""
        ...


class Control:
    """What may be done to a facade while it runs; ``more`` is what its world lets one do besides."""

    def __init__(
        self,
        desk: Desk,
        faults: Faults,
        bans: Bans,
        users: Listeners,
        sockets: Sockets,
        *,
        more: Controls | None = None,
    ) -> None:
        self._desk = desk
        self._bans = bans
        self._faults = faults
        self._users = users
        self._sockets = sockets
        self._more = more or {}

    def application(self) -> web.Application:
        """The control endpoints."""
        app = web.Application()
        app.router.add_get("/faults", _json(self._list_faults))
        app.router.add_post("/faults", _json(self._arm))
        app.router.add_delete("/faults", _json(self._clear))
        app.router.add_post("/skew", _json(self._skew))
        app.router.add_post("/ban", _json(self._ban))
        app.router.add_post("/halt", _json(self._halt))
        app.router.add_post("/resume", _json(self._resume))
        app.router.add_post("/deposit", _json(self._deposit))
        app.router.add_post("/disconnect", _json(self._disconnect))
        app.router.add_post("/terminate", _json(self._terminate))
        app.router.add_post("/rights", _json(self._rights))
        for (method, path), act in self._more.items():
            app.router.add_route(method, path, _json(act))
        return app

    def _list_faults(self, body: Body) -> Any:
        """GET faults: what is armed and what has struck."""
        armed = [fault.described() for fault in self._faults.armed]
        return {"armed": armed, "struck": self._faults.struck}

    def _arm(self, body: Body) -> Any:
        self._faults.arm(fault_of(body))
        return {}

    def _clear(self, body: Body) -> Any:
        self._faults.clear()
        return {}

    def _skew(self, body: Body) -> Any:
        """POST skew {ms}: move the venue's clock against the machine's."""
        self._desk.skew_ns = int(body["ms"]) * NS_A_MS
        return {}

    def _ban(self, body: Body) -> Any:
        """POST ban {seconds, status}: refuse all requests with 418 or 429."""
        self._bans.ban(self._desk.now_ms(), float(body["seconds"]), int(body.get("status", 418)))
        return {}

    def _halt(self, body: Body) -> Any:
        self._desk.wire.tell(self._desk.exchange.halt(body["symbol"], ts=self._desk.now()))
        return {}

    def _resume(self, body: Body) -> Any:
        self._desk.wire.tell(self._desk.exchange.resume(body["symbol"], ts=self._desk.now()))
        return {}

    def _deposit(self, body: Body) -> Any:
        """POST deposit {account, asset, amount}: amounts below zero are taken out."""
        exchange, asset = self._desk.exchange, body["asset"]
        units = exchange.assets.units(asset, Decimal(str(body["amount"])))
        move = exchange.deposit if units > 0 else exchange.withdraw
        answer = self._desk.wire.tell(move(int(body["account"]), asset, abs(units), ts=self._desk.now()))
        return {"reason": answer.reason.name}

    def _rights(self, body: Body) -> Any:
        """POST rights {account, may_trade, may_withdraw}: what the account's keys may do from now on."""
        for name, key in self._desk.keys.items():
            if key.account == int(body["account"]):
                self._desk.keys[name] = replace(
                    key,
                    may_trade=bool(body.get("may_trade", key.may_trade)),
                    may_withdraw=bool(body.get("may_withdraw", key.may_withdraw)),
                )
        return {}

    def _disconnect(self, body: Body) -> Any:
        """POST disconnect {code}: close every socket, as happens once a day."""
        for session in list(self._sockets.open):
            session.close_soon(int(body.get("code", 1001)))
        return {}

    def _terminate(self, body: Body) -> Any:
        """POST terminate {account}: end the account's user streams with a word."""
        self._users.terminate(int(body["account"]))
        return {}


def _json(act: Callable[[Body], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        text = await request.text()
        try:
            body = orjson.loads(text) if text else {}
            result = act(body)
        except (BadFault, BadRules, KeyError, TypeError, ValueError, InvalidOperation) as wrong:
            told = {"error": f"{type(wrong).__name__}: {wrong}"}
            return web.Response(status=400, body=orjson.dumps(told), content_type="application/json")
        return web.Response(body=orjson.dumps(result), content_type="application/json")

    return handle
