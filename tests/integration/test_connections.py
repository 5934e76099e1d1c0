"""Who opens many connections and says nothing, or half of it, keeps nobody else out; over real sockets."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI

from keeper_agent.api import connections, guard
from keeper_agent.api.connections import Connection
from tests.support.api import Caller, served
from tools.domain.clock import NS, SystemStopwatch, sleep

PATIENCE_S = 120.0
MORE_THAN_IS_HELD = 12 << 20  # bytes, by both kernels between us
BEGUN = b"GET /api/health HTTP/1.1\r\nHost: "
HALF = (
    b"POST /api/ask HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Length: 9\r\n\r\n{"
)


@pytest.fixture
def call(tmp_path: Path) -> Iterator[Caller]:
    with served(tmp_path / "home") as found:
        yield found


@contextmanager
def opened(call: Caller, count: int, said: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections, each of which has said this and no more."""
    at = urlsplit(call.address.url)
    with ExitStack() as all_of_them:
        peers = []
        for _ in range(count):
            peer = socket.create_connection((at.hostname, at.port), timeout=PATIENCE_S)
            peers.append(all_of_them.enter_context(peer))
            if said:
                peer.sendall(said)
        yield peers


def is_closed(peer: socket.socket) -> bool:
    """Whether the other side has hung up; what it says before that is thrown away."""
    peer.setblocking(False)
    try:
        while peer.recv(65_536):
            pass
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
    return True


def takes(peer: socket.socket) -> bool:
    """Whether the other side takes one more byte."""
    try:
        peer.sendall(b"a")
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def await_true(is_so: Callable[[], bool]) -> None:
    watch = SystemStopwatch()
    until = watch.elapsed() + PATIENCE_S * NS
    while not is_so():
        assert watch.elapsed() < until
        sleep(0.05)


def test_an_error_that_nobody_foresaw_hangs_up_and_says_so(tmp_path: Path) -> None:
    def planted(app: FastAPI) -> None:
        @app.get("/api/planted")
        def fail() -> None:
            raise ZeroDivisionError("a bug")

    with served(tmp_path, planted) as call:
        place = urlsplit(call.address.url)
        peer = HTTPConnection(place.netloc, timeout=PATIENCE_S)
        for target, status, said in (
            ("/api/health", 200, None),
            ("/api/planted", 500, "close"),
            ("/api/health", 200, None),  # over a connection of its own
        ):
            peer.request("GET", target, headers={"Authorization": f"Bearer {call.tokens['read']}"})
            answer = peer.getresponse()
            assert (answer.status, answer.getheader("connection")) == (status, said)
            assert {name: answer.getheader(name) for name in guard.HEADERS} == guard.HEADERS
            told = json.loads(answer.read())
            assert status == 200 or told == {"error": "internal error: ZeroDivisionError"}
            assert (peer.sock is None) == (said == "close")
        peer.close()


def test_hundreds_that_say_nothing_keep_nobody_out(call: Caller) -> None:
    most = connections.MOST_CONNECTIONS
    with opened(call, most + 40) as peers:
        assert [call("GET", "/api/health").status for _ in range(3)] == [200, 200, 200]
        await_true(lambda: sum(map(is_closed, peers)) >= 41)  # whoever came first, and one for the request
        assert not is_closed(peers[-1])


def test_a_request_has_so_long_to_come_however_it_trickles(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "SAYS_S", 1.0)
    watch = SystemStopwatch()
    with opened(call, 1, BEGUN) as (slow,), opened(call, 1) as (silent,):
        began = watch.elapsed()
        await_true(lambda: not takes(slow))
        assert watch.elapsed() - began > 0.9 * NS
        await_true(lambda: is_closed(silent))


def test_an_idle_connection_serves_again_and_a_stream_is_not_cut_off(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "SAYS_S", 1.0)
    at, token = urlsplit(call.address.url), call.tokens["read"]
    ask = "GET {} HTTP/1.1\r\nHost: " + f"{at.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    with opened(call, 1, ask.format("/api/events").encode()) as (stream,), opened(call, 1) as (peer,):
        for _ in range(2):
            peer.sendall(ask.format("/api/health").encode())
            assert peer.recv(65_536).startswith(b"HTTP/1.1 200 ")
            sleep(0.3)
        await_true(lambda: is_closed(peer))
        sleep(1.2)
        assert not is_closed(stream)


def test_half_a_body_is_not_waited_for(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_S", 0.5)
    host, token = urlsplit(call.address.url).netloc.encode(), call.tokens["read"].encode()
    said = HALF.replace(b"{host}", host).replace(b"{token}", token)
    with opened(call, guard.MOST_REQUESTS + 5, said) as peers:
        statuses = {peer.recv(65_536).split(b" ")[1] for peer in peers}
        assert statuses == {b"408", b"503"}, "no more than so many are under way"
        assert call("GET", "/api/health").status == 200


def test_who_takes_nothing_is_left(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "TAKES_S", 0.3)
    at, token = urlsplit(call.address.url), call.tokens["read"]
    answer = call("GET", "/api/openapi.json").body
    count = MORE_THAN_IS_HELD // len(answer)
    asked = f"GET /api/openapi.json HTTP/1.1\r\nHost: {at.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    got = 0
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        peer.settimeout(PATIENCE_S)
        peer.connect((at.hostname, at.port))
        peer.sendall(asked.encode() * count)
        sleep(2.0)
        with suppress(ConnectionResetError):
            while found := peer.recv(65_536):
                got += len(found)
    assert 0 < got < count * len(answer)
    assert call("GET", "/api/health").status == 200
