"""A Bot API of our own over real HTTP on loopback: hands out updates, keeps what was sent, misbehaves."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tools.domain.clock import NS, Clock, SystemClock, SystemStopwatch

TOKEN = "123456789:canary-AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # noqa: S105 (nobody's)
OWNER = 4_711
PATIENCE_S = 900.0  # for what is sure to come, however busy the machine is
HELD_S = 2.0  # a poll is held open for at most so long


@dataclass(slots=True)
class Misbehaviour:
    """What the next calls of ``method`` get instead of an answer, one after the other; None hangs."""

    method: str
    answers: deque[tuple[int, dict[str, Any]] | None]


@dataclass
class BotApi:
    """The server as its tests see it.

    Attributes:
        sent: What ``sendMessage`` was called with, in order.
        polls: The ``offset`` of every request for updates.
        calls: Every method that was called, with its time by the stopwatch, ns.
    """

    clock: Clock = field(default_factory=SystemClock)
    url: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    polls: list[int | None] = field(default_factory=list)
    calls: list[tuple[str, int]] = field(default_factory=list)
    answered: list[dict[str, Any]] = field(default_factory=list)
    offered: list[dict[str, str]] = field(default_factory=list)
    forgets_nothing: bool = False
    is_down: bool = False
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _faults: list[Misbehaviour] = field(default_factory=list)
    _next: int = 1_000
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _watch: SystemStopwatch = field(default_factory=SystemStopwatch)

    def say(
        self, text: Any, user: int = OWNER, *, age_s: float = 0, chat: str = "private", **more: Any
    ) -> int:
        """A user writes; the id of the update."""
        with self._lock:
            self._next += 1
            date = int(self.clock.now() / NS - age_s)
            message = {
                "message_id": self._next,
                "date": date,
                "from": {"id": user, "is_bot": False, "first_name": "A"},
                "chat": {"id": user if chat == "private" else -user, "type": chat},
                "text": text,
            }
            self._updates.append({"update_id": self._next, "message": message | more})
            return self._next

    def press(self, data: str, user: int = OWNER) -> int:
        """A user presses a button."""
        with self._lock:
            self._next += 1
            query = {
                "id": str(self._next),
                "from": {"id": user, "is_bot": False, "first_name": "A"},
                "message": {"message_id": 1, "date": 0, "chat": {"id": user, "type": "private"}},
                "data": data,
            }
            self._updates.append({"update_id": self._next, "callback_query": query})
            return self._next

    def put(self, update: dict[str, Any]) -> None:
        """Hand out ``update`` as it is."""
        with self._lock:
            self._updates.append(update)

    def misbehave(self, method: str, *answers: tuple[int, dict[str, Any]] | None) -> None:
        """Let the next calls of ``method`` get ``answers``."""
        with self._lock:
            self._faults.append(Misbehaviour(method, deque(answers)))

    def texts(self, user: int = OWNER) -> list[str]:
        """What ``user`` was sent."""
        with self._lock:
            return [one["text"] for one in self.sent if one["chat_id"] == user]

    def await_texts(self, n: int, user: int = OWNER, within_s: float = PATIENCE_S) -> list[str]:
        """What ``user`` was sent, once it is ``n`` messages."""
        found: list[str] = self.wait_for(lambda: self.texts(user), lambda texts: len(texts) >= n, within_s)
        return found

    def await_text(self, part: str, user: int = OWNER, within_s: float = PATIENCE_S) -> str:
        """The first message to ``user`` that holds ``part``."""
        found = self.wait_for(
            lambda: [one for one in self.texts(user) if part in one], lambda texts: bool(texts), within_s
        )
        return str(found[0])

    def wait_for(
        self, look: Callable[[], Any], is_enough: Callable[[Any], bool], within_s: float = PATIENCE_S
    ) -> Any:
        """What ``look`` finds once it is enough."""
        until, pause = self._watch.elapsed() + within_s * NS, threading.Event()
        while not is_enough(found := look()):
            assert self._watch.elapsed() < until, f"not within {within_s} s: {found}, sent {self.sent}"
            pause.wait(0.05)
        return found

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        token, method = request.match_info["token"], request.match_info["method"]
        words = await request.json()
        self.calls.append((method, self._watch.elapsed()))
        if self.is_down:
            return _hang_up(request)
        if token != f"bot{TOKEN}":
            return _error(401, "Unauthorized")
        fault = self._fault(method)
        if fault is not None:
            if fault[0] is None:
                await asyncio.sleep(30)
            return _error(fault[0] or 500, "said by the stand-in", fault[1])
        if method == "getUpdates":
            return await self._get_updates(request, words)
        if method == "sendMessage":
            return self._send(words)
        if method == "setMyCommands":
            self.offered = words["commands"]
        if method == "answerCallbackQuery":
            self.answered.append(words)
        return web.json_response({"ok": True, "result": True})

    def _fault(self, method: str) -> tuple[int | None, dict[str, Any]] | None:
        with self._lock:
            for one in self._faults:
                if one.method == method and one.answers:
                    return one.answers.popleft() or (None, {})
        return None

    async def _get_updates(self, request: web.Request, words: dict[str, Any]) -> web.StreamResponse:
        offset = words.get("offset")
        self.polls.append(offset)
        for _ in range(round(min(words["timeout"], HELD_S) / 0.02) + 1):
            if self.is_down:
                return _hang_up(request)
            with self._lock:
                if offset is not None and not self.forgets_nothing:
                    self._updates = [one for one in self._updates if one["update_id"] >= offset]
                if self._updates:
                    return web.json_response({"ok": True, "result": self._updates[: words["limit"]]})
            await asyncio.sleep(0.02)
        return web.json_response({"ok": True, "result": []})

    def _send(self, words: dict[str, Any]) -> web.Response:
        if len(words["text"]) > 4_096 * 2 or words.get("parse_mode") not in (None, "HTML"):
            return _error(400, "Bad Request: message is too long")
        with self._lock:
            self.sent.append(words)
            return web.json_response({"ok": True, "result": {"message_id": len(self.sent)}})


def _hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _error(code: int, description: str, more: Mapping[str, Any] | None = None) -> web.Response:
    answer = {"ok": False, "error_code": code, "description": description} | dict(more or {})
    return web.json_response(answer, status=code)


@contextmanager
def bot_api(clock: Clock | None = None) -> Iterator[BotApi]:
    """The server on a free port, in a thread of its own."""
    api = BotApi(clock or SystemClock())
    loop, is_up = asyncio.new_event_loop(), threading.Event()

    async def start() -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/{token}/{method}", api.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        is_up.set()
        return runner

    def serve() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert is_up.wait(PATIENCE_S)
    try:
        yield api
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE_S)
