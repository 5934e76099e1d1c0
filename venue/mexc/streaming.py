"""The one WebSocket endpoint: subscriptions to public and private channels, and pings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import orjson
from aiohttp import web

from venue.mexc.channels import PRIVATE
from venue.mexc.feeds import Feeds
from venue.mexc.users import Users
from venue.serving.session import POLICY_VIOLATION, Session
from venue.serving.sockets import Sockets

INVALID_KEY = b"Invalid listen key"
CLOSE_S = 0.05  # for the last words to leave
BLOCKED, TOO_MANY = "Blocked! ", "Too many subscriptions! "


class Streaming:
    """Reads what clients say and passes it to feeds and users."""

    def __init__(self, feeds: Feeds, users: Users, sockets: Sockets) -> None:
        self._feeds = feeds
        self._users = users
        self._sockets = sockets

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection; a listen key may come in its url."""
        name = request.query.get("listenKey", "")

        def opened(session: Session) -> None:
            if not name:
                return
            if self._users.account_of(name) is None:
                session.reply(INVALID_KEY)
                loop = asyncio.get_running_loop()
                loop.call_later(CLOSE_S, session.close_soon, POLICY_VIOLATION)
                return
            self._users.open(session, name)

        return await self._sockets.serve(request, self.receive, self._gone, opened)

    def _gone(self, session: Session) -> None:
        self._feeds.forget(session)
        self._users.forget(session)

    def receive(self, session: Session, text: str) -> None:
        """Answer one message; what cannot be read is answered with an error."""
        try:
            request = orjson.loads(text)
        except orjson.JSONDecodeError:
            request = None
        if not isinstance(request, dict):
            _answer(session, 1, "Invalid JSON")
            return
        method, names = str(request.get("method", "")).upper(), request.get("params") or []
        if method == "PING":
            _answer(session, 0, "PONG")
        elif method in ("SUBSCRIPTION", "UNSUBSCRIPTION") and _is_texts(names):
            self._sort_out(session, names, is_wanted=method == "SUBSCRIPTION")
        else:
            _answer(session, 1, f"Invalid method or parameters: {method[:40]}")

    def _sort_out(self, session: Session, names: Iterable[str], *, is_wanted: bool) -> None:
        """One answer: the channels that were taken, and those that were not with the reason."""
        taken: list[str] = []
        refused: list[str] = []
        reason = BLOCKED
        for name in names:
            if not is_wanted:
                self._unsubscribe(session, name)
            elif self._n_of(session) >= session.config.streams:
                refused, reason = [*refused, name], TOO_MANY
                continue
            elif not self._subscribe(session, name):
                refused.append(name)
                continue
            taken.append(name)
        if taken:
            _answer(session, 0, ",".join(taken))
        if refused:
            listed = ",".join(refused)
            _answer(session, 0, f"Not Subscribed successfully! [{listed}].  Reason: {reason}")

    def _n_of(self, session: Session) -> int:
        return len(self._feeds.of(session)) + len(self._users.of(session))

    def _subscribe(self, session: Session, name: str) -> bool:
        if name in PRIVATE:
            if not self._users.may_hear(session):
                return False
            self._users.subscribe(session, name)
            return True
        channel = self._feeds.channel(name)
        if channel is None:
            return False
        self._feeds.subscribe(session, channel)
        return True

    def _unsubscribe(self, session: Session, name: str) -> None:
        self._feeds.unsubscribe(session, name)
        self._users.unsubscribe(session, name)


def _is_texts(names: Any) -> bool:
    return isinstance(names, list) and bool(names) and all(isinstance(name, str) for name in names)


def _answer(session: Session, code: int, msg: str) -> None:
    session.reply(orjson.dumps({"id": 0, "code": code, "msg": msg}))
