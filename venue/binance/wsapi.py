"""The WebSocket API: the operations of REST and the user stream on one socket."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from venue.binance import errors
from venue.binance.answering import Answering, Request
from venue.binance.calls import Call, Operation, Security
from venue.binance.routes import WS_API
from venue.binance.signing import as_text, signed_text
from venue.binance.users import Users
from venue.serving.answer import Answer, ConnectionCut
from venue.serving.session import Session
from venue.serving.sockets import Sockets

SUBSCRIBE = "userDataStream.subscribe.signature"
UNSUBSCRIBE = "userDataStream.unsubscribe"


class WsApi:
    """The WebSocket API of a facade."""

    def __init__(self, answering: Answering, users: Users, sockets: Sockets) -> None:
        self._answering = answering
        self._users = users
        self._sockets = sockets
        self._running: set[asyncio.Task[None]] = set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection."""
        return await self._sockets.serve(request, self.receive, self._users.forget)

    def receive(self, session: Session, text: str) -> None:
        """Take one request; answers come when they are ready."""
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            message = None
        if not isinstance(message, dict) or not isinstance(message.get("params", {}), dict):
            refusal = errors.Refusal(400, -1135, "Error: Invalid JSON Request.")
            session.reply(orjson.dumps({"id": None, "status": 400, "error": refusal.body()}))
            return
        task = asyncio.ensure_future(self._answer(session, message))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, session: Session, message: dict[str, Any]) -> None:
        params: dict[str, Any] = message.get("params") or {}
        operation = self._operation(session, str(message.get("method", "")))
        if operation is None:
            refusal = errors.Refusal(400, -1000, f"Method '{message.get('method')}' is unknown.")
            answer = Answer(400, refusal.body())
        else:
            texts = {name: as_text(value) for name, value in params.items()}
            key, signature = texts.get("apiKey", ""), texts.get("signature", "")
            request = Request(operation, texts, key, signed_text(params), signature)
            try:
                answer = await self._answering.answer(request)
            except ConnectionCut:
                session.abort()
                return
        session.reply(self._encode(message.get("id"), answer, params))

    def _operation(self, session: Session, method: str) -> Operation | None:
        if method == SUBSCRIBE:
            return Operation(SUBSCRIBE, lambda call: self._subscribe(session, call), Security.SIGNED, 2)
        if method == UNSUBSCRIBE:
            return Operation(UNSUBSCRIBE, lambda call: self._unsubscribe(session, call), weight=2)
        return WS_API.get(method)

    def _subscribe(self, session: Session, call: Call) -> dict[str, Any]:
        return {"subscriptionId": self._users.subscribe(session, call.account)}

    def _unsubscribe(self, session: Session, call: Call) -> dict[str, Any]:
        self._users.unsubscribe(session, call.params.integer("subscriptionId"))
        return {}

    def _encode(self, request_id: Any, answer: Answer, params: Mapping[str, Any]) -> bytes:
        if answer.raw is not None and not answer.raw.startswith("{"):
            return answer.raw.encode()
        body = answer.result if answer.raw is None else orjson.loads(answer.raw)
        told: dict[str, Any] = {"id": request_id, "status": answer.status}
        told["result" if answer.status == 200 else "error"] = body
        if params.get("returnRateLimits", True) is not False:
            desk = self._answering.desk
            weight = desk.limits.weight.at(desk.now_ms())
            told["rateLimits"] = [desk.limits.described()[0] | {"count": weight}]
        return orjson.dumps(told)

    def close(self) -> None:
        """Drop the requests that still wait."""
        for task in self._running:
            task.cancel()
