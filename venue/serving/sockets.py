"""What every WebSocket endpoint does: accept, write, ping, count what comes in, hand it on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from aiohttp import ClientConnectionError, WSMessage, WSMsgType, web

from venue.serving.desk import Desk
from venue.serving.faults import Faults
from venue.serving.session import POLICY_VIOLATION, Session, SocketConfig
from venue.serving.window import Window

MOST_BYTES = 1 << 17

Receiver = Callable[[Session, str], None]


class Sockets:
    """All open sockets of a facade."""

    def __init__(self, desk: Desk, faults: Faults, config: SocketConfig) -> None:
        self.desk = desk
        self.faults = faults
        self.config = config
        self.open: set[Session] = set()

    async def serve(
        self,
        request: web.Request,
        receive: Receiver,
        gone: Callable[[Session], None],
        opened: Callable[[Session], None] | None = None,
        *,
        is_paced: bool = False,
    ) -> web.WebSocketResponse:
        """Serve one socket until it ends; a paced one may send only so many messages a second."""
        socket = web.WebSocketResponse(autoping=False, compress=False, max_msg_size=MOST_BYTES)
        await socket.prepare(request)
        session = Session(socket, request, self.faults)
        session.config = self.config
        self.open.add(session)
        tasks = [asyncio.ensure_future(session.write())]
        pongs = [asyncio.get_running_loop().time()]
        tasks.append(asyncio.ensure_future(self._keep_alive(session, pongs)))
        try:
            if opened is not None:
                opened(session)
            await self._read(session, receive, pongs, is_paced=is_paced)
        finally:
            self.open.discard(session)
            gone(session)
            for task in tasks:
                task.cancel()
        return socket

    async def _read(self, session: Session, receive: Receiver, pongs: list[float], *, is_paced: bool) -> None:
        window = Window(1_000)
        loop = asyncio.get_running_loop()
        async for message in session.socket:
            now = loop.time()
            if message.type == WSMsgType.PONG:
                pongs[0] = now
                continue
            window.at(int(now * 1_000))
            window.count += 1
            if is_paced and window.count > self.config.messages_a_second:
                await session.socket.close(code=POLICY_VIOLATION, message=b"Too many requests")
                return
            await self._take(session, message, receive)

    async def _take(self, session: Session, message: WSMessage, receive: Receiver) -> None:
        if message.type == WSMsgType.PING and not session.is_frozen:
            with suppress(ConnectionError, ClientConnectionError):
                await session.socket.pong(message.data)
        elif message.type == WSMsgType.TEXT:
            receive(session, message.data)

    async def _keep_alive(self, session: Session, pongs: list[float]) -> None:
        loop = asyncio.get_running_loop()
        while not session.socket.closed:
            await asyncio.sleep(self.config.ping_s)
            if loop.time() - pongs[0] > self.config.pong_s:
                session.abort()
                return
            await session.ping(self.desk.now_ms())

    async def close(self) -> None:
        """Cut every socket."""
        for session in list(self.open):
            session.abort()
