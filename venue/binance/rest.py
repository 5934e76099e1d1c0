"""REST over HTTP: paths, headers, and answers that may never come."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from aiohttp import web

from venue.binance.answering import Answering, Request
from venue.binance.calls import Operation
from venue.binance.limits import DAY_MS
from venue.binance.routes import REST
from venue.serving.answer import Answer, ConnectionCut
from venue.serving.keys import decode, split_signature

Routes = Mapping[tuple[str, str], Operation]

JSON = "application/json"
NOT_FOUND = '{"code":-1000,"msg":"This endpoint does not exist."}'


class Rest:
    """The HTTP side of a facade: the operations of ``routes``, by method and path."""

    def __init__(self, answering: Answering, routes: Routes = REST) -> None:
        self._answering = answering
        self._routes = routes

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        path, _, query = request.raw_path.partition("?")
        operation = self._routes.get((request.method, path))
        if operation is None:
            return web.Response(status=404, text=NOT_FOUND, content_type=JSON)
        body = await request.text()
        signed, signature = split_signature(query, body)
        key = request.headers.get("X-MBX-APIKEY", "")
        asked = Request(operation, decode(query) | decode(body), key, signed, signature)
        try:
            answer = await self._answering.answer(asked)
        except ConnectionCut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=499)
        return self._respond(answer, key)

    def _respond(self, answer: Answer, key: str) -> web.Response:
        response = (
            web.Response(status=answer.status, body=orjson.dumps(answer.result), content_type=JSON)
            if answer.raw is None
            else web.Response(status=answer.status, text=answer.raw, content_type=_kind(answer.raw))
        )
        desk = self._answering.desk
        now = desk.now_ms()
        used = str(desk.limits.weight.at(now))
        response.headers["X-MBX-USED-WEIGHT"] = used
        response.headers["X-MBX-USED-WEIGHT-1M"] = used
        if key in desk.keys:
            account = desk.keys[key].account
            response.headers["X-MBX-ORDER-COUNT-10S"] = str(desk.limits.orders_in(account, 10_000, now))
            response.headers["X-MBX-ORDER-COUNT-1D"] = str(desk.limits.orders_in(account, DAY_MS, now))
        if answer.retry_after is not None:
            response.headers["Retry-After"] = str(answer.retry_after)
        return response


def _kind(text: str) -> str:
    return JSON if text.startswith("{") else "text/html"
