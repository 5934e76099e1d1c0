"""No way into a served home is open by mistake: every route, whoever adds one, refuses whom it must."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from fastapi import FastAPI

from keeper_agent.api.guard import HEADERS, SAFE
from keeper_agent.api.sessions import COOKIE, csrf_of
from keeper_agent.dashboard.routes import add_dashboard
from tests.support.api import Caller, Reply, served
from tests.support.doors import Door, doors
from tests.support.watched import a_busy_day, a_stand_in

READERS = {"/logout", "/api/ask", "/api/ask/stream", "/api/sizing/calculate"}
"""Posts that change nothing but the caller's own session."""
BODIES: dict[str, Any] = {
    "/api/kill": {"killed": True},
    "/api/ask": {"question": "how many decisions?"},
    "/api/ask/stream": {"question": "how many decisions?"},
    "/api/sizing/calculate": {"symbol": "BTCUSDT", "target_size_usd": 5, "risk_appetite": "balanced"},
}
LONG = ("/login", "/pieces/checks", "/pieces/invariants", "/pieces/performance", "/pieces/quality", "/risk")
"""What has a test of its own, or would take long to be asked for once more; the API is asked by the fuzz."""
KEY = "a-key-of-a-test"
Offence = tuple[str, str, int]


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    home: Path = tmp_path_factory.mktemp("home")
    a_busy_day(home)
    with served(home) as caller, a_stand_in(home):
        yield caller


@pytest.fixture(scope="module")
def ways(call: Caller) -> list[Door]:
    return doors(call.desk.home)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Caller]:
    with served(tmp_path / "fresh") as caller:
        yield caller


def session(call: Caller) -> str:
    found = call("GET", f"/login?code={call.desk.sessions.new_link()}", scope=None)
    return found.headers["set-cookie"].partition(";")[0].removeprefix(f"{COOKIE}=")


@contextmanager
def listening(call: Caller, **headers: str) -> Iterator[socket.socket]:
    """A stream of events, as it comes over the line."""
    at = urlsplit(call.address.url)
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection((at.hostname, at.port), timeout=240) as peer:
        peer.sendall(f"GET /api/events HTTP/1.1\r\nHost: {at.netloc}\r\n{told}\r\n".encode())
        yield peer


def until(stream: socket.socket, part: bytes = b"") -> bytes:
    """What comes until ``part`` does, or until the other side hangs up; waiting longer than 10 s fails."""
    held = b""
    while got := stream.recv(4_096):
        held += got
        if part and part in held:
            break
    return held


def knock(call: Caller, door: Door, scope: str | None = None, **headers: str) -> Reply:
    """Status and headers of the answer; of a stream that does not end no more is read."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if scope is not None:
        given["Authorization"] = f"Bearer {call.tokens[scope]}"
    body = None
    if door.method not in SAFE:
        body, given["Content-Type"] = orjson.dumps(BODIES.get(door.path, {})), "application/json"
    peer = HTTPConnection(urlsplit(call.address.url).netloc, timeout=240)
    try:
        peer.request(door.method, door.target, body, given)
        got = peer.getresponse()
        return Reply(got.status, {name.lower(): value for name, value in got.getheaders()}, b"")
    finally:
        peer.close()


def raw_head(call: Caller, door: Door, **headers: str) -> tuple[int, set[str], bytes]:
    """Status, names of headers and whatever follows them, of a HEAD whose connection is closed after it."""
    at = urlsplit(call.address.url)
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection((at.hostname, at.port), timeout=240) as peer:
        asked = f"HEAD {door.target} HTTP/1.1\r\nHost: {at.netloc}\r\nConnection: close\r\n{told}\r\n"
        peer.sendall(asked.encode())
        head, _, rest = until(peer).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), {line.partition(":")[0].lower() for line in lines}, rest


def offences(ways: list[Door], ask: Callable[[Door], Reply], right: Callable[[Door], int]) -> list[Offence]:
    """Doors that answered otherwise than is right, or without the headers that every answer leaves with."""
    found = []
    for door in ways:
        reply = ask(door)
        if reply.status != right(door):
            found.append((door.method, door.path, reply.status))
        if {name: reply.headers.get(name) for name in HEADERS} != HEADERS:
            found.append((door.method, f"{door.path} without its headers", reply.status))
    return found


def shut(door: Door) -> int:
    """What who has no credential is answered: programs by a refusal, persons by the entrance."""
    if door.needs_nothing:
        return {"/login": 422}.get(door.path, 200)
    return 401 if door.is_for_programs else 303


def test_all_the_ways_are_known(ways: list[Door]) -> None:
    paths = {door.path for door in ways}
    assert len(ways) >= 45
    assert {"/", "/api/kill", "/api/events", "/metrics", "/pieces/depth", "/logout"} <= paths
    assert {door.method for door in ways} == {"GET", "POST"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
    ],
)
def test_no_way_is_open_to_another_site_even_with_every_right(
    call: Caller, ways: list[Door], headers: dict[str, str], status: int
) -> None:
    assert offences(ways, lambda door: knock(call, door, "admin", **headers), lambda door: status) == []
    held = {"Cookie": f"{COOKIE}={session(call)}"}
    assert offences(ways, lambda door: knock(call, door, **held, **headers), lambda door: status) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": f"Bearer {'0' * 64}"},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
        {"Cookie": f"{COOKIE}={'0' * 64}"},
    ],
)
def test_no_way_is_open_to_a_stranger(call: Caller, ways: list[Door], headers: dict[str, str]) -> None:
    assert offences(ways, lambda door: knock(call, door, **headers), shut) == []


def test_head_is_answered_as_get_is_and_without_a_body(call: Caller, ways: list[Door]) -> None:
    held = {"Cookie": f"{COOKIE}={session(call)}"}
    asked = [door for door in ways if door.method == "GET" and not door.path.startswith(("/api/", *LONG))]
    assert len(asked) > 15
    for door in asked:
        got = knock(call, door, **held)
        status, names, rest = raw_head(call, door, **held)
        assert (status, rest) == (got.status, b""), door
        assert names - {"connection"} == set(got.headers) - {"connection"}, door
        assert raw_head(call, door)[0] == shut(door), door
    assert call.desk.sessions.is_known(held["Cookie"].removeprefix(f"{COOKIE}="))


def test_who_looks_at_the_head_of_a_link_does_not_use_it_up(call: Caller) -> None:
    link = f"/login?code={call.desk.sessions.new_link()}"
    refused = call("HEAD", link, scope=None)
    assert (refused.status, refused.headers["allow"]) == (405, "GET")
    assert call("PUT", "/api/health").headers["allow"] == "GET, HEAD"
    assert call("HEAD", "/api/kill", scope="admin").headers["allow"] == "POST"
    assert call("GET", link, scope=None).status == 303


def test_a_way_without_a_lock_would_be_found(tmp_path: Path) -> None:
    def add(app: FastAPI) -> None:
        add_dashboard(app)
        app.get("/api/planted")(lambda: {"secret": 1})

    with served(tmp_path, add) as call:
        found = offences(doors(tmp_path, add), lambda door: knock(call, door), shut)
    assert found == [("GET", "/api/planted", 200)]


def test_no_write_passes_without_the_token_of_its_own_session(call: Caller, ways: list[Door]) -> None:
    held, other = session(call), session(call)
    writes = [door for door in ways if door.method not in SAFE]
    assert {door.path for door in writes} == {"/api/kill"} | READERS
    for token in ({}, {"X_CSRF_Token": csrf_of(other)}, {"X_CSRF_Token": "0" * 64}):
        cookie = {"Cookie": f"{COOKIE}={held}", "Idempotency_Key": KEY}
        assert offences(writes, lambda door: knock(call, door, **cookie, **token), lambda door: 403) == []  # noqa: B023


def test_what_changes_the_agent_needs_the_scope_admin(call: Caller, ways: list[Door]) -> None:
    changing = [door for door in ways if door.method not in SAFE and door.path not in READERS]
    for scope in ("read", "trade"):
        ask = {"scope": scope, "Idempotency_Key": KEY}
        assert offences(changing, lambda door: knock(call, door, **ask), lambda door: 403) == []  # noqa: B023


def test_new_tokens_end_every_session_link_and_stream_of_before(fresh: Caller) -> None:
    ways = doors(fresh.desk.home)
    cookie, link = session(fresh), fresh.desk.sessions.new_link()
    held = {"Cookie": f"{COOKIE}={cookie}", "X_CSRF_Token": csrf_of(cookie)}
    assert fresh("GET", "/api/health", scope=None, **held).status == 200
    with (
        listening(fresh, Authorization=f"Bearer {fresh.tokens['read']}") as by_token,
        listening(fresh, Cookie=held["Cookie"]) as by_cookie,
    ):
        for stream in (by_token, by_cookie):
            assert b" 200 OK" in until(stream, b"event: fault")
        fresh.desk.tokens.rotate()
        for stream in (by_token, by_cookie):
            assert b"event:" not in until(stream)
    assert offences(ways, lambda door: knock(fresh, door, "admin"), shut) == []
    assert offences(ways, lambda door: knock(fresh, door, **held), shut) == []
    assert fresh("GET", f"/login?code={link}", scope=None).status == 403
    assert session(fresh) != cookie, "a link made after that lets in"
