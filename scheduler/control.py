"""The control socket: other programs of the same user ask the running agent, and tell it a few things.

A Unix socket in the home, mode 600; the kernel says who is at the other end. It is served in a
thread of its own and answers from what the loop last published, so that no client, however slow
or hostile, can hold the loop up. Requests and replies are lines of JSON.
"""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

import orjson

from tools.domain.errors import KeeperError, StoreUnusable

SOCKET_FILE = "control.sock"
VERSION = 1
MOST_REQUEST = 4_096  # bytes of a line
MOST_REPLY = 1 << 20
MOST_CLIENTS = 32
BACKLOG = 1_024  # who waits to be let in
MOST_REQUESTS = 1_000  # of one client
STOP_S = 30.0  # for the request under way; the socket is closed only then
PATIENCE_S = 5.0  # for a client to say something, or to take what it asked for
LONGEST_PATH = 100  # bytes; the kernel takes 107
CREDENTIALS = struct.Struct("3i")  # pid, user, group
Handler: TypeAlias = Callable[[Mapping[str, Any]], Any]


class ControlServer:
    """Answers on ``home/control.sock`` from ``start`` until ``close``.

    Args:
        home: The home; whoever starts this owns it, so a socket that is there already is a dead one's.
        handlers: What is done for a request, by its word ``do``; called in the server's own thread.
        each_s: Seconds between two calls of ``each``.
        each: Called in that thread now and then.
    """

    def __init__(
        self,
        home: Path,
        handlers: Mapping[str, Handler],
        each: Callable[[], None] | None = None,
        each_s: float = PATIENCE_S,
    ) -> None:
        self.path = home / SOCKET_FILE
        self._handlers = dict(handlers)
        self._each, self._each_s = each, each_s
        self._clients: dict[asyncio.Task[None], None] = {}  # in the order in which they came
        self._thread = threading.Thread(target=self._serve, name="keeper-control", daemon=True)
        self._socket: socket.socket | None = None

    def start(self) -> None:
        """Begin to listen.

        Raises:
            StoreUnusable: The socket cannot be made.
        """
        self._socket = _listening(self.path)
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def close(self) -> None:
        """Hang up on everybody and take the socket away."""
        if self._socket is None:
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_S)
        self._socket.close()
        self._socket = None
        self.path.unlink(missing_ok=True)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        work = [self._loop.create_task(self._accept())]
        if self._each is not None:
            work.append(self._loop.create_task(self._again_and_again(self._each)))
        try:
            self._loop.run_forever()
        finally:
            for task in (*work, *self._clients):
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*work, *self._clients, return_exceptions=True))
            self._loop.close()

    async def _again_and_again(self, each: Callable[[], None]) -> None:
        while True:
            await asyncio.sleep(self._each_s)
            with suppress(KeeperError, OSError):  # a report that fails is made anew the next time
                each()

    async def _accept(self) -> None:
        """Take whoever calls, by hand: whom the loop accepts for us would be lost when it stops."""
        assert self._socket is not None  # noqa: S101 (set before the thread is started)
        listening, called = self._socket, asyncio.Event()
        while True:
            self._loop.add_reader(listening, called.set)
            try:
                await called.wait()
            finally:
                self._loop.remove_reader(listening)
            called.clear()
            try:
                client, _ = listening.accept()
            except BlockingIOError:
                continue  # it has left again
            except OSError:
                await asyncio.sleep(0.1)  # no descriptor is free: those in use come back in time
                continue
            self._admit(client)

    def _admit(self, client: socket.socket) -> None:
        client.setblocking(False)
        if not is_same_user(client):
            client.close()
            return
        if len(self._clients) >= MOST_CLIENTS:  # whoever came first has had its time
            oldest = next(iter(self._clients))
            del self._clients[oldest]
            oldest.cancel()
        self._begin(client)

    def _begin(self, client: socket.socket) -> None:
        task = self._loop.create_task(self._attend(client))
        self._clients[task] = None

        def end(done: asyncio.Task[None]) -> None:
            client.close()  # here, because a task that is sent away before it began closes nothing
            self._clients.pop(done, None)

        task.add_done_callback(end)

    async def _attend(self, client: socket.socket) -> None:
        """Serve one client until it leaves, errs or dawdles."""
        held = b""
        for _ in range(MOST_REQUESTS):
            try:
                line, held = await asyncio.wait_for(self._line(client, held), PATIENCE_S)
                if line is None:
                    return
                reply, is_over = self._reply(line)
                await asyncio.wait_for(self._loop.sock_sendall(client, reply), PATIENCE_S)
            except (TimeoutError, OSError):
                return
            if is_over:
                return

    async def _line(self, client: socket.socket, held: bytes) -> tuple[bytes | None, bytes]:
        """The next line and what came after it; None once the client has left."""
        while b"\n" not in held and len(held) <= MOST_REQUEST:
            got = await self._loop.sock_recv(client, MOST_REQUEST)
            if not got:
                return None, b""
            held += got
        line, _, rest = held.partition(b"\n")
        return line, rest

    def _reply(self, line: bytes) -> tuple[bytes, bool]:
        """The reply to a line, and whether the client is sent away."""
        if len(line) > MOST_REQUEST:
            return _error(f"a request has at most {MOST_REQUEST} bytes"), True
        try:
            request = orjson.loads(line)
        except orjson.JSONDecodeError:
            return _error("expected a line of JSON"), True
        if not isinstance(request, dict) or request.get("v") != VERSION:
            return _error(f"expected a request of version {VERSION}"), True
        handler = self._handlers.get(str(request.get("do")))
        if handler is None:
            return _error(f"expected one of {', '.join(sorted(self._handlers))}"), False
        try:
            reply = _line({"v": VERSION, "ok": True, "result": handler(request)})
        except KeeperError as error:
            return _error(str(error)), False
        except Exception as error:  # noqa: BLE001  no request may end the server
            return _error(f"internal error: {type(error).__name__}: {error}"[:500]), False
        return (reply, False) if len(reply) <= MOST_REPLY else (_error("the reply is too long"), False)


def _line(value: Mapping[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)


def _error(text: str) -> bytes:
    return _line({"v": VERSION, "ok": False, "error": text})


def is_same_user(peer: socket.socket) -> bool:
    """Whether the process at the other end of a Unix socket belongs to our user."""
    try:
        raw = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    except OSError:
        return False
    return bool(CREDENTIALS.unpack(raw)[1] == own_user())


def own_user() -> int:
    """The number of our user."""
    return os.geteuid()


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name of ``path`` that the kernel takes for a socket, however deep its folder lies."""
    if len(os.fsencode(path)) <= LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _listening(path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with suppress(FileNotFoundError):
            if not stat.S_ISSOCK(os.lstat(path).st_mode):
                raise StoreUnusable(f"expected no file at {path}, or a socket that an agent left there")
            path.unlink()
        with short_path(path) as name:
            made.bind(name)
        path.chmod(0o600)  # before anybody can connect: it does not listen yet
        made.listen(BACKLOG)
        made.setblocking(False)
    except OSError as error:
        made.close()
        raise StoreUnusable(f"cannot open the control socket {path}: {error.strerror}") from error
    except StoreUnusable:
        made.close()
        raise
    return made
