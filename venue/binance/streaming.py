"""The endpoints of market streams: /ws, /stream, and what is said on them."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from venue.binance.feeds import Feeds
from venue.serving.session import Session
from venue.serving.sockets import Sockets

INVALID_REQUEST = 2
INVALID_JSON = 3
UNKNOWN_PROPERTY = 0


class Wrong(Exception):
    """A message that is answered with an error."""

    def __init__(self, code: int, msg: str) -> None:
        super().__init__(msg)
        self.code = code
        self.msg = msg


class Streaming:
    """Reads subscriptions and passes them to the feeds."""

    def __init__(self, feeds: Feeds, sockets: Sockets) -> None:
        self._feeds = feeds
        self._sockets = sockets

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection; streams may be named in its url."""
        is_combined = request.path.rstrip("/") == "/stream"
        if is_combined:
            names = request.query.get("streams", "").split("/")
        else:
            names = request.match_info.get("names", "").split("/")
        named = [name for name in names if name and not name.isdigit()]

        def opened(session: Session) -> None:
            self._feeds.wrap(session, is_wrapped=is_combined)
            for name in named:
                channel = self._feeds.channel(name)
                if channel is not None:
                    self._feeds.subscribe(session, channel)

        return await self._sockets.serve(request, self.receive, self._feeds.forget, opened, is_paced=True)

    def receive(self, session: Session, text: str) -> None:
        """Answer one message."""
        request: Any = None
        try:
            try:
                request = orjson.loads(text)
            except orjson.JSONDecodeError as wrong:
                raise Wrong(INVALID_JSON, f"Invalid JSON: {wrong}") from wrong
            if not isinstance(request, dict):
                raise Wrong(INVALID_REQUEST, "Invalid request: request must be an object")
            result = self._do(session, request)
        except Wrong as wrong:
            told: dict[str, Any] = {"error": {"code": wrong.code, "msg": wrong.msg}}
            if isinstance(request, dict):
                told["id"] = request.get("id")
            session.reply(orjson.dumps(told))
            return
        session.reply(orjson.dumps({"result": result, "id": request.get("id")}))

    def _do(self, session: Session, request: dict[str, Any]) -> Any:
        method, params = request.get("method"), request.get("params", [])
        if not isinstance(params, list) or not all(isinstance(one, str | bool) for one in params):
            raise Wrong(INVALID_REQUEST, "Invalid request: params must be an array of strings")
        if method == "SUBSCRIBE":
            return self._subscribe(session, params)
        if method == "UNSUBSCRIBE":
            for name in params:
                self._feeds.unsubscribe(session, str(name))
            return None
        if method == "LIST_SUBSCRIPTIONS":
            return self._feeds.of(session)
        if method == "SET_PROPERTY" and params[:1] == ["combined"] and len(params) == 2:
            self._feeds.wrap(session, is_wrapped=params[1] is True)
            return None
        if method == "GET_PROPERTY" and params == ["combined"]:
            return self._feeds.is_wrapped(session)
        if method in ("SET_PROPERTY", "GET_PROPERTY"):
            raise Wrong(UNKNOWN_PROPERTY, "Unknown property")
        raise Wrong(INVALID_REQUEST, "Invalid request: unknown variant of method")

    def _subscribe(self, session: Session, names: list[Any]) -> None:
        channels = [self._feeds.channel(str(name)) for name in names]
        known = [channel for channel in channels if channel is not None]
        if len(known) < len(channels):
            raise Wrong(INVALID_REQUEST, "Invalid request: invalid stream")
        if len(self._feeds.of(session)) + len(known) > session.config.streams:
            raise Wrong(INVALID_REQUEST, "Invalid request: too many streams")
        for channel in known:
            self._feeds.subscribe(session, channel)
