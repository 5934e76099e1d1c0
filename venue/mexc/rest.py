"""REST over HTTP: everything, signature included, comes in the query string, also with POST."""

from __future__ import annotations

from functools import partial

import orjson
from aiohttp import web

from venue.mexc import errors
from venue.mexc.calls import Call, Operation, Security, check
from venue.mexc.desk import Desk
from venue.mexc.parameters import Params
from venue.mexc.routes import Routes
from venue.serving.answer import Answer, ConnectionCut, through_faults
from venue.serving.faults import READING, Faults
from venue.serving.keys import decode, split_signature

JSON = "application/json"
NOT_FOUND = '{"code":404,"msg":"Not Found"}'


class Rest:
    """The HTTP side of a facade."""

    def __init__(self, desk: Desk, faults: Faults, routes: Routes) -> None:
        self._desk = desk
        self._faults = faults
        self._routes = routes

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        path, _, query = request.raw_path.partition("?")
        operation = self._routes.get((request.method, path))
        if operation is None:
            return web.Response(status=404, text=NOT_FOUND, content_type=JSON)
        key = request.headers.get("X-MEXC-APIKEY", "")
        perform = partial(self._perform, operation, query, key)
        try:
            answer = await through_faults(self._faults, operation.name, perform, errors.UNKNOWN)
        except ConnectionCut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=499)
        return _response(answer)

    def _perform(self, operation: Operation, query: str, key: str) -> Answer:
        try:
            return Answer(200, operation.handler(self._admit(operation, query, key)))
        except errors.Refusal as refusal:
            return Answer(refusal.status, refusal.body(), retry_after=refusal.retry_after)

    def _admit(self, operation: Operation, query: str, name: str) -> Call:
        """Let a request in.

        Raises:
            Refusal: It is too much, unknown, late or forged.
        """
        desk, params = self._desk, decode(query)
        desk.limits.charge(operation.name, operation.weight, desk.now_ms())
        is_stale = self._faults.strike(READING, operation.name) is not None
        if operation.security == Security.NONE:
            return Call(desk, Params(params), None, is_stale)
        key = desk.key(name)
        check(key.secret, *split_signature(query, ""), params, desk.now_ms())
        if operation.security == Security.TRADE and not key.may_trade:
            raise errors.no_permission()
        return Call(desk, Params(params), key, is_stale)


def _response(answer: Answer) -> web.Response:
    if answer.raw is None:
        response = web.Response(status=answer.status, body=orjson.dumps(answer.result), content_type=JSON)
    else:
        kind = JSON if answer.raw.startswith("{") else "text/html"
        response = web.Response(status=answer.status, text=answer.raw, content_type=kind)
    if answer.retry_after is not None:
        response.headers["Retry-After"] = str(answer.retry_after)
    return response
