"""The control socket: private, versioned, bounded, and nobody at the other end can hold it up."""

from __future__ import annotations

import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest

from keeper_agent.controlling import Refused, tell
from scheduler import control
from scheduler.control import MOST_CLIENTS, MOST_REQUEST, SOCKET_FILE, ControlServer
from tools.domain.errors import BadUsage, NotRunning, StoreUnusable

PING = b'{"v":1,"do":"ping"}\n'


def refuse(request: Any) -> None:
    raise BadUsage(f"not {request['what']}")


def err(request: Any) -> None:
    raise RuntimeError("a bug")


HANDLERS = {
    "ping": lambda request: "pong",
    "refuse": refuse,
    "err": err,
    "long": lambda request: "x" * (control.MOST_REPLY + 1),
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose agent answers."""
    server = ControlServer(tmp_path, HANDLERS)
    server.start()
    yield tmp_path
    server.close()


def descriptors() -> int:
    """How many files are open here."""
    return len(list(Path("/proc/self/fd").iterdir()))


def connected(home: Path) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX)
    with control.short_path(home / SOCKET_FILE) as name:
        peer.connect(name)
    peer.settimeout(90)
    return peer


def heard(peer: socket.socket) -> bytes:
    """What comes, nothing where the other end has hung up."""
    try:
        return peer.recv(10)
    except ConnectionResetError:
        return b""


def is_open(peer: socket.socket) -> bool:
    """Whether the other end has not hung up yet; it had time for it."""
    peer.settimeout(0.05)
    try:
        return heard(peer) != b""
    except TimeoutError:
        return True


def said(home: Path, line: bytes) -> dict[str, Any]:
    """The reply to a line of bytes, whatever they are."""
    with connected(home) as peer:
        peer.sendall(line)
        with peer.makefile("rb") as reader:
            found: dict[str, Any] = orjson.loads(reader.readline())
    return found


def test_the_socket_is_its_owners_alone_and_goes_with_the_agent(tmp_path: Path) -> None:
    server = ControlServer(tmp_path, HANDLERS)
    server.start()
    found = (tmp_path / SOCKET_FILE).lstat()
    assert stat.S_ISSOCK(found.st_mode)
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert tell(tmp_path, "ping") == "pong"
    server.close()
    assert not (tmp_path / SOCKET_FILE).exists()
    with pytest.raises(NotRunning, match="no agent is running"):
        tell(tmp_path, "ping")


def test_a_home_too_deep_for_the_kernels_names_works(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    server = ControlServer(deep, HANDLERS)
    server.start()
    try:
        assert tell(deep, "ping") == "pong"
    finally:
        server.close()


def test_a_dead_agents_socket_is_said_to_be_one_and_a_new_agent_takes_its_place(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead, control.short_path(tmp_path / SOCKET_FILE) as name:
        dead.bind(name)
    with pytest.raises(NotRunning, match="one that died left control"):
        tell(tmp_path, "ping")
    server = ControlServer(tmp_path, HANDLERS)
    server.start()
    try:
        assert tell(tmp_path, "ping") == "pong"
    finally:
        server.close()


def test_a_file_in_the_sockets_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / SOCKET_FILE).write_text("mine")
    with pytest.raises(StoreUnusable, match="expected no file at"):
        ControlServer(tmp_path, HANDLERS).start()
    assert (tmp_path / SOCKET_FILE).read_text() == "mine"


def test_another_users_process_is_hung_up_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "own_user", lambda: 4_242)
    with connected(home) as peer:
        assert heard(peer) == b""
    with pytest.raises(Refused, match="another user's process"):
        tell(home, "ping")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"\x00\xff\xfe garbage\n", "expected a line of JSON"),
        (b"[]\n", "expected a request of version 1"),
        (b'{"v":2,"do":"ping"}\n', "expected a request of version 1"),
        (b'{"v":1,"do":"rm -rf"}\n', "expected one of err, long, ping, refuse"),
        (b'{"v":1,"do":["ping"]}\n', "expected one of"),
        (b'{"v":1}\n', "expected one of"),
        (b"x" * (MOST_REQUEST + 1), f"at most {MOST_REQUEST} bytes"),
        (b"[" * MOST_REQUEST + b"\n", "expected a line of JSON"),
        (b'{"v":1,"do":"refuse","what":"now"}\n', "not now"),
        (b'{"v":1,"do":"err"}\n', "internal error: RuntimeError: a bug"),
        (b'{"v":1,"do":"long"}\n', "the reply is too long"),
    ],
)
def test_what_is_no_request_gets_one_line_of_error_and_the_next_client_is_served(
    home: Path, line: bytes, told: str
) -> None:
    reply = said(home, line)
    assert (reply["ok"], reply["v"]) == (False, 1)
    assert told in reply["error"]
    assert tell(home, "ping") == "pong"


def test_a_client_may_ask_several_times_and_in_pieces(home: Path) -> None:
    with connected(home) as peer, peer.makefile("rb") as reader:
        for piece in (PING[:5], PING[5:] + PING + PING[:3]):
            peer.sendall(piece)
        assert [orjson.loads(reader.readline())["result"] for _ in range(2)] == ["pong", "pong"]
        peer.sendall(PING[3:])
        assert orjson.loads(reader.readline())["result"] == "pong"


def test_clients_that_say_nothing_never_keep_others_out(home: Path) -> None:
    silent = [connected(home) for _ in range(MOST_CLIENTS * 2)]
    try:
        for half in silent:
            with suppress(OSError):  # those that came first are sent away meanwhile
                half.sendall(b'{"v":1,')
        assert tell(home, "ping") == "pong"
        assert sum(is_open(one) for one in silent) <= MOST_CLIENTS
    finally:
        for one in silent:
            one.close()


def test_a_thousand_connections_leave_nothing_behind(home: Path) -> None:
    before = descriptors()
    for n in range(1_000):
        with connected(home) as peer:
            peer.sendall(b"garbage\n" if n % 3 else b'{"v":1,')
    assert tell(home, "ping") == "pong"
    for _ in range(100):
        if descriptors() <= before + MOST_CLIENTS:
            break
        threading.Event().wait(0.05)
    assert descriptors() <= before + MOST_CLIENTS
    assert threading.active_count() < 20


def test_a_client_that_dawdles_is_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "PATIENCE_S", 0.1)
    server = ControlServer(tmp_path, HANDLERS)
    server.start()
    try:
        with connected(tmp_path) as peer:
            peer.sendall(PING[:-1])
            assert heard(peer) == b""
    finally:
        server.close()


def test_an_agent_that_answers_late_is_no_dead_one(tmp_path: Path) -> None:
    server = ControlServer(tmp_path, {"ping": lambda request: threading.Event().wait(5.5) or "at last"})
    server.start()
    try:
        assert tell(tmp_path, "ping") == "at last"
    finally:
        server.close()


def test_what_is_to_be_done_again_and_again_survives_its_own_failures(tmp_path: Path) -> None:
    calls, enough = [0], threading.Event()

    def each() -> None:
        calls[0] += 1
        if calls[0] == 3:
            enough.set()
        raise StoreUnusable("the disk is full")

    server = ControlServer(tmp_path, HANDLERS, each, 0.01)
    server.start()
    try:
        assert enough.wait(90)
        assert tell(tmp_path, "ping") == "pong"
    finally:
        server.close()
