"""A wall around the tests: no connection leaves this machine.

A refused attempt raises at once. It is also kept, because the code under test may swallow the exception and
the test must fail all the same.
"""

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

INTERNET = (socket.AF_INET, socket.AF_INET6)
GUARDED = ("connect", "connect_ex", "sendto")


class OutsideConnectionError(RuntimeError):
    """A test tried to leave this machine."""


@dataclass(slots=True)
class Wall:
    """The attempts that were refused since the last test began."""

    refused: list[str] = field(default_factory=list)

    def check(self, family: int, address: object) -> None:
        """Refuse an internet address beyond loopback.

        Raises:
            OutsideConnectionError: The address is not this machine's.
        """
        if family not in INTERNET or not isinstance(address, tuple) or is_loopback(str(address[0])):
            return
        self.refused.append(str(address))
        raise OutsideConnectionError(f"a test may reach loopback only, asked for {address}")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine; a name other than localhost would need a server to find out."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(address, "ipv4_mapped", None)
    return (inner or address).is_loopback


def build(wall: Wall, patch: pytest.MonkeyPatch) -> None:
    """Put the wall in front of every way a socket or a resolver leaves the machine."""
    for name in GUARDED:
        patch.setattr(socket.socket, name, _guarded(wall, getattr(socket.socket, name)))
    resolve = socket.getaddrinfo

    def resolve_at_home(host: Any, *arguments: Any, **options: Any) -> Any:
        text = host.decode() if isinstance(host, bytes) else host
        if text:
            wall.check(socket.AF_INET, (text,))
        return resolve(host, *arguments, **options)

    patch.setattr(socket, "getaddrinfo", resolve_at_home)


def _guarded(wall: Wall, original: Any) -> Any:
    def call(self: socket.socket, *arguments: Any) -> Any:
        wall.check(self.family, arguments[-1] if arguments else None)
        return original(self, *arguments)

    return call


@pytest.fixture(scope="session", autouse=True)
def _session_wall() -> Iterator[Wall]:
    """One wall for the whole session, so that a thread that outlives its test stays inside."""
    wall = Wall()
    with pytest.MonkeyPatch.context() as patch:
        build(wall, patch)
        yield wall


@pytest.fixture(autouse=True)
def wall(_session_wall: Wall) -> Iterator[Wall]:
    """Fail the test that tried to leave, even if nobody noticed."""
    _session_wall.refused.clear()
    yield _session_wall
    assert _session_wall.refused == [], "the test tried to leave this machine"
